package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real full file system and real read-only mounts under the lake and the ledger. */
@Tag("slow")
class IngestDiskFaultTest {
    /** Mounts a small file system that only the child sees. */
    private static final String SMALL_DISK =
            "mount -t tmpfs -o size=8m tmpfs \"$1\" && shift && exec \"$@\"";

    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        // cause,     bytes left or folder,              what it waits for
        "full,        0,                                 No space left on device|disk is full",
        "full,        120000,                            No space left on device|disk is full",
        "read-only,   lake,                              Read-only file system",
        "read-only,   lake/tables/vehicle_report/metadata, Read-only file system",
    })
    void ingestWaitsAndGoesOn(String cause, String detail, String reason) throws Exception {
        Path disk = Files.createDirectory(temp.resolve("disk"));
        Path other = Files.createDirectory(temp.resolve("other"));
        assumeTrue(
                hasNamespaces(disk),
                "no mount namespace of our own here (unshare -Urm): the fault can't be made");
        Process child =
                new ProcessBuilder(
                                "timeout",
                                "180",
                                "unshare",
                                "-Urm",
                                "sh",
                                "-c",
                                SMALL_DISK,
                                "sh",
                                disk.toString(),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                                "-cp",
                                System.getProperty("java.class.path"),
                                StarvedIngestChild.class.getName(),
                                cause,
                                detail,
                                disk.toString(),
                                other.toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            String output =
                    new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor()).as(output).isZero();
            assertThat(output.lines().filter(line -> line.startsWith("waits: ")))
                    .as(output)
                    .singleElement()
                    .asString()
                    .containsPattern(reason);
            assertThat(output).contains("goes on", "every row once");
        } finally {
            child.destroyForcibly();
        }
    }

    private static boolean hasNamespaces(Path disk) throws Exception {
        List<String> mount =
                List.of("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", disk.toString());
        Process process;
        try {
            process =
                    new ProcessBuilder(mount)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (java.io.IOException e) {
            return false; // no unshare on this machine
        }
        return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
