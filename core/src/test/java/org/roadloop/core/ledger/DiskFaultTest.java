package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.JavaChild;

/** A real full file system, a real limit of a file's size, a real read-only mount. */
@Tag("slow")
class DiskFaultTest {
    /** Mounts a small file system that only the child sees. */
    private static final String SMALL_DISK =
            "mount -t tmpfs -o size=4m tmpfs \"$1\" && shift && exec \"$@\"";

    @TempDir Path temp;

    @Test
    void aFullDiskRefusesTheActAndComesBack() throws Exception {
        assertThat(inNamespace("full"))
                .contains("full: No space left on device")
                .contains("can't be written", "No space left on device", "must not happen")
                .contains("resumed", "verified");
    }

    @Test
    void aReadOnlyDirectoryRefusesTheActAndComesBack() throws Exception {
        assertThat(inNamespace("read-only"))
                .contains("can't be written", "Read-only file system", "must not happen")
                .contains("resumed", "not opened: ledger " + temp + "/home can't be opened")
                .contains("verified");
    }

    /** The write that crosses the limit is cut short, the next fails. */
    @Test
    void aShortWriteRefusesTheActAndComesBack() throws Exception {
        // Within a frame: an odd number in the journal, beyond the zeros written ahead.
        String output = run(child("limit", temp, "200003"));
        assertThat(output)
                .contains("refused: ledger ", "File too large", "must not happen")
                .contains("resumed", "verified");
    }

    private String inNamespace(String mode) throws Exception {
        assumeTrue(
                succeeds("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", temp.toString()),
                "no mount namespace of our own here (unshare -Urm): the fault can't be made");
        List<String> command =
                new ArrayList<>(
                        List.of("unshare", "-Urm", "sh", "-c", SMALL_DISK, "sh", temp.toString()));
        command.addAll(child(mode, temp));
        return run(command);
    }

    private static List<String> child(String mode, Path root, String... more) {
        assumeTrue(succeeds("prlimit", "--version"), "no prlimit here (util-linux)");
        List<Object> arguments = new ArrayList<>(List.of(mode, root));
        arguments.addAll(List.of(more));
        return JavaChild.command(StarvedChild.class, arguments.toArray());
    }

    private static boolean succeeds(String... command) {
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

    private static String run(List<String> command) throws Exception {
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
}
