package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Signer;

class LedgerVerifierTest {
    private static final int ENTRIES = 700;
    @TempDir Path temp;
    private final Signer signer = TestLog.signer();
    private String vkey = "";

    @BeforeEach
    void write() throws Exception {
        try (FileLedger ledger = TestLog.openSmallJournal(temp, signer)) {
            vkey = ledger.verifierKey().toString();
            TestLog.fill(ledger, ENTRIES / 2, new Random(4));
            ledger.append(
                    Event.withPayload(
                            "test.stored",
                            TestLog.AT,
                            "did:web:a.example",
                            "s",
                            "kept".getBytes(UTF_8)));
            ledger.append(
                    Event.withPayload(
                            "test.stored",
                            TestLog.AT,
                            "did:web:a.example",
                            "s",
                            "dropped".getBytes(UTF_8)));
            ledger.erase(ledger.size() - 1);
            ledger.checkpoint();
            for (int i = 0; i < ENTRIES / 2; i++) {
                ledger.append(TestLog.event(i));
                if (Journal.readHeader(temp.resolve("journal")).base() < 256) {
                    // begun anew by an append once bundles are on disk, so that they stand alone
                    Thread.sleep(100);
                }
            }
        }
    }

    @Test
    void theWholeLogVerifiesInOneLine() {
        Verification verification = LedgerVerifier.verify(temp, vkey);
        assertThat(verification.summary())
                .startsWith("verified: 703 entries hash to root ")
                .endsWith("no file differs");
        assertThat(verification.ok()).isTrue();
    }

    /** Any bit of any byte of any file of the log. */
    @Test
    @Tag("slow")
    void oneFlippedByteAnywhereIsFoundInItsFile() throws Exception {
        long seed = 99;
        Random random = new Random(seed);
        List<Path> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(temp)) {
            walk.filter(Files::isRegularFile)
                    .filter(f -> !f.endsWith("lock"))
                    .sorted()
                    .forEach(files::add);
        }
        assertThat(files.stream().map(f -> temp.relativize(f).toString().split("/")[0]).distinct())
                .containsExactlyInAnyOrder(
                        "checkpoint", "format", "journal", "payload", "salt", "tile");
        List<String> wrong = new ArrayList<>();
        int flips = 0;
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            String name = temp.relativize(file).toString();
            boolean small = good.length < 300;
            int count = small ? good.length : 16;
            for (int i = 0; i < count; i++) {
                int at = small ? i : random.nextInt(good.length);
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bad);
                Verification verification = LedgerVerifier.verify(temp, vkey);
                flips++;
                if (verification.ok()) {
                    wrong.add(name + " byte " + at + ": not found");
                    continue;
                }
                Fault fault = verification.fault().orElseThrow();
                if (!fault.file().equals(name)) {
                    wrong.add(name + " byte " + at + ": put down to " + fault);
                } else if (name.startsWith("tile/") && !name.contains("entries")) {
                    if (fault.byteOffset() != at) {
                        wrong.add(name + " byte " + at + ": located at " + fault);
                    }
                } else if (fault.byteOffset() > at) {
                    wrong.add(name + " byte " + at + ": located after it, " + fault);
                } else if (name.startsWith("tile/entries") && at - fault.byteOffset() > 300) {
                    wrong.add(name + " byte " + at + ": located in another entry, " + fault);
                }
            }
            Files.write(file, good);
        }
        assertThat(wrong).as("%d flips, seed %d", flips, seed).isEmpty();
        assertThat(flips).isGreaterThan(300);
        assertThat(LedgerVerifier.verify(temp, vkey).ok()).isTrue();
    }

    /** A byte that became a line break makes two lines of one signature. */
    @Test
    void aBrokenSignatureLineIsLocatedAtTheBreakOrBefore() throws Exception {
        Path file = temp.resolve("checkpoint");
        byte[] good = Files.readAllBytes(file);
        int signatures = new String(good, UTF_8).indexOf("\n\n") + 2;
        for (int at = signatures + 1; at < good.length - 2; at++) {
            if (good[at] != '\n') {
                byte[] bad = good.clone();
                bad[at] = '\n';
                Files.write(file, bad);
                assertThat(LedgerVerifier.verify(temp, vkey).fault().orElseThrow().byteOffset())
                        .as("byte %d", at)
                        .isLessThanOrEqualTo(at);
            }
        }
    }

    @Test
    void aMissingFileIsFound() throws Exception {
        for (String name : List.of("checkpoint", "format", "tile/0/000", "tile/entries/001")) {
            Path file = temp.resolve(name);
            byte[] good = Files.readAllBytes(file);
            Files.delete(file);
            assertThat(LedgerVerifier.verify(temp, vkey).fault().orElseThrow())
                    .returns(name, Fault::file)
                    .extracting(Fault::what)
                    .asString()
                    .contains("missing");
            Files.write(file, good);
        }
        try (Stream<Path> payloads = Files.walk(temp.resolve("payload"))) {
            Files.delete(payloads.filter(Files::isRegularFile).findFirst().orElseThrow());
        }
        Fault fault = LedgerVerifier.verify(temp, vkey).fault().orElseThrow();
        assertThat(fault.entryIndex()).isEqualTo(ENTRIES / 2);
        assertThat(fault.what()).contains("no later entry says that it was erased");
    }

    @Test
    void anotherKeyDoesNotVerifyTheLog() throws Exception {
        String other =
                new SignedNote.VerifierKey(TestLog.ORIGIN, TestLog.signer().publicKey()).toString();
        assertThat(LedgerVerifier.verify(temp, other).summary())
                .startsWith("NOT verified: checkpoint byte ")
                .contains("no signature by");
    }

    @Test
    void aDamagedBundleIsRefusedAtStartWithItsEntry() throws Exception {
        long base = Journal.readHeader(temp.resolve("journal")).base();
        assertThat(base).isGreaterThanOrEqualTo(256);
        Path bundle = temp.resolve("tile/entries/000");
        byte[] bytes = Files.readAllBytes(bundle);
        int second = 2 + ((bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF);
        bytes[second + 10] ^= 1;
        Files.write(bundle, bytes);
        assertThatThrownBy(() -> TestLog.open(temp, signer))
                .isInstanceOfSatisfying(
                        CorruptLogException.class,
                        e -> {
                            assertThat(e.file()).isEqualTo(bundle);
                            assertThat(e.byteOffset()).isEqualTo(second);
                        });
    }

    /** The examples of C2SP tlog-checkpoint and signed-note: key from the Go sumdb/note tests. */
    @Test
    void aNoteOfAnotherProgramVerifies() {
        String key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        String text =
                "If you think cryptography is the answer to your problem,\n"
                        + "then you don't know what your problem is.\n";
        String note =
                text
                        + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        SignedNote.VerifierKey peter = SignedNote.VerifierKey.parse(key);
        assertThat(SignedNote.verify(note, List.of(peter)).text()).isEqualTo(text);
        assertThat(peter.toString()).isEqualTo(key);
        assertThatThrownBy(() -> SignedNote.verify(note.replace("If", "if"), List.of(peter)))
                .hasMessageContaining("does not verify");
        assertThatThrownBy(() -> SignedNote.VerifierKey.parse(key.replace("c74f", "c74e")))
                .hasMessageContaining("key hash");
    }
}
