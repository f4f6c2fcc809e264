package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that another program made: key, entries and checkpoints are those of the test log that
 * transparency-dev/tessera publishes. Our verifier knows nothing of it but the C2SP formats.
 */
class OthersLogTest {
    private static final SignedNote.VerifierKey KEY =
            SignedNote.VerifierKey.parse(
                    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");

    private static final List<String> ENTRIES =
            List.of(
                    "one",
                    "two",
                    "three",
                    "four",
                    "five",
                    "six",
                    "seven",
                    "eit",
                    "nain",
                    "ten",
                    "ileven",
                    "twelf",
                    "threeten",
                    "fourten",
                    "fivten");

    private static final String OF_15 =
            """
            example.com/log/testdata
            15
            rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

            \u2014 example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=
            """;

    @TempDir Path dir;

    @BeforeEach
    void publish() throws Exception {
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        ByteArrayOutputStream bundle = new ByteArrayOutputStream();
        for (String entry : ENTRIES) {
            byte[] bytes = entry.getBytes(UTF_8);
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((byte) 0);
            hashes.write(sha256.digest(bytes));
            bundle.write(0);
            bundle.write(bytes.length);
            bundle.write(bytes);
        }
        write("tile/0/000.p/15", hashes.toByteArray());
        write("tile/entries/000.p/15", bundle.toByteArray());
        write("checkpoint", OF_15.getBytes(UTF_8));
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(DurableFiles.directory(file));
        Files.write(file, bytes);
    }

    @Test
    void isVerifiedFromItsTilesAlone() {
        Verification all = LedgerVerifier.verify(dir, List.of(KEY), true);
        assertThat(all.ok()).as(all.summary()).isTrue();
        assertThat(all.summary()).contains("15 entries").contains("example.com/log/testdata");
    }

    @Test
    void oneChangedLetterIsFoundAndPlaced() throws Exception {
        byte[] bundle = Files.readAllBytes(dir.resolve("tile/entries/000.p/15"));
        bundle[9] = 'X';
        write("tile/entries/000.p/15", bundle);
        Verification changed = LedgerVerifier.verify(dir, List.of(KEY), true);
        assertThat(changed.ok()).isFalse();
        assertThat(changed.fault().orElseThrow().entryIndex()).isEqualTo(1);
    }

    @Test
    void anEntryIsProvenFromItsTiles() throws Exception {
        ProofBundle eighth = LogReader.open(new LogDirectory(dir), List.of(KEY)).prove(7);
        assertThat(eighth.leafText()).isEqualTo("eit");
        assertThat(ProofBundle.parse(eighth.write()).verify(List.of(KEY)).ok()).isTrue();
    }

    @Test
    void aLogOfOursWithoutItsFormatIsStillRefused() throws Exception {
        write("journal", new byte[64]);
        assertThat(LedgerVerifier.verify(dir, List.of(KEY), true).summary())
                .contains("format")
                .contains("missing");
    }
}
