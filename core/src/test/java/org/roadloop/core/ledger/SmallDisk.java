package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A small file system that only the processes of one command see. */
public final class SmallDisk {
    private static final String MOUNTED =
            "mount -t tmpfs -o size=\"$1\" tmpfs \"$2\" && shift 2 && exec \"$@\"";

    private SmallDisk() {}

    /** The command with the disk mounted at a folder; the test is skipped where it can't be. */
    public static List<String> at(Path folder, String size, List<String> command) {
        assumeTrue(
                succeeds("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", folder.toString()),
                "no mount namespace of our own here (unshare -Urm): the fault can't be made");
        List<String> all =
                new ArrayList<>(
                        List.of("unshare", "-Urm", "sh", "-c", MOUNTED, "sh", size, "" + folder));
        all.addAll(command);
        return all;
    }

    /** What it printed; it must end well. */
    public static String run(List<String> command) throws Exception {
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

    static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Takes what is left of the disk. */
    public static void fill(Path ballast) throws IOException {
        byte[] page = new byte[4096];
        Arrays.fill(page, (byte) 1);
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            System.out.println("full: " + full.getMessage());
        }
    }
}
