package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
        String output = SmallDisk.run(child("limit", temp, "200003"));
        assertThat(output)
                .contains("refused: ledger ", "File too large", "must not happen")
                .contains("resumed", "verified");
    }

    private String inNamespace(String mode) throws Exception {
        return SmallDisk.run(SmallDisk.at(temp, "4m", child(mode, temp)));
    }

    private static List<String> child(String mode, Path root, String... more) {
        assumeTrue(SmallDisk.succeeds("prlimit", "--version"), "no prlimit here (util-linux)");
        List<String> command = new ArrayList<>(List.of(mode, root.toString()));
        command.addAll(List.of(more));
        return JavaChild.command(StarvedChild.class, command.toArray());
    }
}
