package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway in a process that lacks something for a while: a disk, or file descriptors. */
@Tag("slow")
class StarvedGatewayTest {
    /** Mounts a small file system that only the child sees. */
    private static final String SMALL_DISK =
            "mount -t tmpfs -o size=16m tmpfs \"$1\" && shift && exec \"$@\"";

    @TempDir Path temp;

    @Test
    void aFullDiskStopsTheReadingAndNothingAcknowledgedIsLost() throws Exception {
        assumeTrue(
                ends("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", temp.toString()),
                "no mount namespace of our own here (unshare -Urm): no disk can be filled");
        String output =
                run(
                        List.of("unshare", "-Urm", "sh", "-c", SMALL_DISK, "sh", temp.toString()),
                        StarvedGatewayChild.class,
                        temp.toString());
        assertThat(output)
                .contains("cannot be written", "stopped reading", "goes on", "every record once");
        System.out.println(output.lines().filter(line -> line.startsWith("=")).toList());
    }

    @Test
    void withoutDescriptorsConnectionsAreRefusedByNameAndThePortRests() throws Exception {
        Path small = Files.createDirectory(temp.resolve("log"));
        assumeTrue(ends("sh", "-c", "ulimit -n 150"), "no limit of descriptors can be set here");
        String output =
                run(
                        List.of("sh", "-c", "ulimit -n 150 && exec \"$@\"", "sh"),
                        CrowdedGatewayChild.class,
                        small.toString());
        assertThat(output).contains("refused by name", "the port rests", "serves again");
        System.out.println(output.lines().filter(line -> line.startsWith("=")).toList());
    }

    private static String run(List<String> under, Class<?> child, String argument)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("timeout", "180"));
        command.addAll(under);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                        "-cp",
                        System.getProperty("java.class.path"),
                        child.getName(),
                        argument));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean ends(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such command on this machine
        }
    }
}
