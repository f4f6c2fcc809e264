package org.roadloop.compute.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept by its content is that content, or is kept no longer. */
class StagedFilesTest {
    private static final long RATE = 1_000_000_000;

    @TempDir Path home;
    private StagedFiles files;
    private Path source;
    private String sha256;

    @BeforeEach
    void stage() throws Exception {
        files = new StagedFiles("site", home.resolve("cache"));
        source = Files.writeString(home.resolve("a.txt"), "rows");
        sha256 =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256")
                                        .digest(Files.readAllBytes(source)));
        assertThat(files.stage(source, sha256, RATE).movedBytes()).isEqualTo(4);
    }

    private void damage() throws Exception {
        Path kept = files.find(sha256).orElseThrow();
        Files.delete(kept); // it is read-only
        Files.writeString(kept, "r0ws");
    }

    @Test
    void whatIsThereIsNotMovedAgain() throws Exception {
        Path none = home.resolve("none");
        assertThat(files.stage(none, sha256, RATE).movedBytes()).isZero();
    }

    @Test
    void aDamagedCopyIsDroppedSoThatItIsNoReasonToComeHere() throws Exception {
        damage();
        assertThatThrownBy(() -> files.stage(home.resolve("none"), sha256, RATE))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(files.find(sha256)).isEmpty();
        assertThat(files.stage(source, sha256, RATE).movedBytes()).isEqualTo(4);
        damage();
        assertThat(files.findWhole(sha256)).isEmpty();
        assertThat(files.find(sha256)).isEmpty();
    }
}
