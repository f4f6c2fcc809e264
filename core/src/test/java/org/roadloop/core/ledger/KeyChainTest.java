package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.identity.KeyHandover;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.SecurityProviders;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.SignedNote.VerifierKey;

/** Real keystore, real log: who knows one key of it follows to the newest, and no further. */
class KeyChainTest {
    private static final String DID = "did:web:a.example";
    private static final String ORIGIN = "roadloop/test";

    @TempDir Path temp;

    @BeforeAll
    static void providerOfSm2() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    private Keystore keys() {
        return Keystore.open(temp.resolve("keys"));
    }

    private Path log() {
        return temp.resolve("ledger");
    }

    private VerifierKey key(int epoch) {
        return new VerifierKey(ORIGIN, keys().publicKeys("ledger").get(epoch - 1).key());
    }

    private List<Event> handovers() {
        List<Event> events = new ArrayList<>();
        for (int epoch = 2; epoch <= keys().publicKeys("ledger").size(); epoch++) {
            events.add(
                    KeyEvents.handover(
                            "ledger",
                            epoch,
                            key(epoch),
                            keys().handover("ledger", epoch),
                            TestLog.AT,
                            DID));
        }
        return events;
    }

    private FileLedger open(LedgerProfile profile) {
        Signer signer = keys().signer("ledger", DID, profile.keyAlgorithm());
        List<VerifierKey> former = new ArrayList<>();
        for (int epoch = 1; epoch < keys().publicKeys("ledger").size(); epoch++) {
            former.add(key(epoch));
        }
        return FileLedger.open(log(), ORIGIN, signer, former, handovers());
    }

    /** Appends so many entries in one opening; returns the checkpoint at its end. */
    private String run(int entries) throws Exception {
        return run(entries, LedgerProfile.SHA256_ED25519);
    }

    private String run(int entries, LedgerProfile profile) throws Exception {
        try (FileLedger ledger = open(profile)) {
            TestLog.fill(ledger, entries, new Random(entries));
            return ledger.checkpoint().note();
        }
    }

    private KeyChain from(int epoch, PublicKey... participants) throws Exception {
        return KeyChain.follow(key(epoch), said(), List.of(participants));
    }

    /** What the log says of its keys. */
    private List<KeyChain.Located> said() throws Exception {
        Path copy = temp.resolve("copy-" + copies++);
        copy(log(), copy);
        try (FileLedger ledger =
                FileLedger.open(
                        copy,
                        ORIGIN,
                        keys().signer("ledger", DID),
                        keys().publicKeys("ledger").stream()
                                .map(k -> new VerifierKey(ORIGIN, k.key()))
                                .toList())) {
            return KeyChain.read(ledger);
        }
    }

    private int copies;

    /** The same checkpoint, of so many entries, signed by that key. */
    private static String resigned(String note, long size, Signer signer) {
        String text = note.substring(0, note.indexOf("\n\n") + 1);
        return SignedNote.sign(text.replaceFirst("\n[0-9]+\n", "\n" + size + "\n"), ORIGIN, signer);
    }

    @ParameterizedTest
    @EnumSource(LedgerProfile.class)
    void whoKnowsTheFirstKeyFollowsToTheThird(LedgerProfile profile) throws Exception {
        String first = run(300, profile);
        keys().rotate("ledger");
        String second = run(5, profile);
        keys().rotate("ledger");
        String third = run(7, profile);

        KeyChain chain = from(1);
        assertThat(chain.broken()).isEmpty();
        assertThat(chain.spans())
                .containsExactly(
                        new KeyChain.Span(1, key(1), 0, 300),
                        new KeyChain.Span(2, key(2), 301, 306),
                        new KeyChain.Span(3, key(3), 307, Long.MAX_VALUE));
        for (String note : List.of(first, second, third)) {
            assertThat(chain.checkpoint(note).note()).isEqualTo(note);
        }
        assertThat(from(2).checkpoint(third).size()).isEqualTo(314);
        assertThat(from(3).newest()).isEqualTo(key(3));
        assertThat(LedgerVerifier.verify(log(), List.of(key(1)), true).ok()).isTrue();
        // Its key alone tells what a log hashes with, so a proof needs nothing else.
        try (FileLedger ledger = open(profile)) {
            ProofBundle proof = ledger.proofBundle(301);
            assertThat(proof.verify(key(3).toString()).ok()).isTrue();
            assertThat(proof.verify(key(2).toString()).ok()).isFalse();
        }
        assertThat(Files.readString(log().resolve("format")))
                .isEqualTo(
                        profile == LedgerProfile.SM3_SM2
                                ? "roadloop-ledger 1\nsm3\n"
                                : "roadloop-ledger 1\nsha-256\n");
    }

    /** One entry and an older checkpoint, for who knows no key but the first. */
    @Test
    void aSingleEntryIsProvenAcrossRotations() throws Exception {
        String first = run(300);
        keys().rotate("ledger");
        String second = run(5);
        keys().rotate("ledger");
        run(7);
        LogDirectory source = new LogDirectory(log());
        LogReader reader = LogReader.open(source, List.of(key(1)));
        assertThat(reader.keys()).containsExactly(key(3));
        ProofBundle proof = reader.prove(4);
        assertThat(proof.verify(reader.keys()).ok()).isTrue();
        assertThat(proof.verify(List.of(key(1))).reason())
                .contains("it is signed by " + key(3).toString().substring(0, 22));
        assertThat(reader.since(reader.kept(first, List.of(key(1)), List.of())).holds()).isTrue();
        assertThat(reader.since(reader.kept(second, List.of(key(1)), List.of())).holds()).isTrue();

        VerifierKey stranger =
                new VerifierKey(
                        ORIGIN,
                        Keystore.open(temp.resolve("other")).signer("ledger", DID).publicKey());
        assertThatThrownBy(() -> LogReader.open(source, List.of(stranger)))
                .isInstanceOf(SignedNote.InvalidNoteException.class);
        // An entry that speaks of a key must be in the tree it speaks for.
        Path bundle = log().resolve("tile/entries/001.p/58");
        byte[] bytes = Files.readAllBytes(bundle);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("epoch");
        bytes[at + "epoch\":".length()] = '9';
        Files.write(bundle, bytes);
        assertThatThrownBy(() -> LogReader.open(source, List.of(key(1))))
                .hasMessageContaining("entry 300 speaks of, but that entry is not in its tree");
    }

    private Verification from(long entry, int epoch, PublicKey... participants) throws Exception {
        return LedgerVerifier.verify(
                new LogDirectory(log()),
                List.of(key(epoch)),
                new LedgerVerifier.Scope(true, entry, List.of(participants), done -> {}));
    }

    /** Rotations are entries 300 and 606; the last reading begins after both. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 299, 300, 301, 512, 605, 606, 607, 613})
    void whoReadsFromAnEntryOnFollowsTheRotationsBeforeItToo(long entry) throws Exception {
        run(300);
        keys().rotate("ledger");
        run(305);
        keys().rotate("ledger");
        run(7);
        for (int known = 1; known <= 3; known++) {
            Verification verified = from(entry, known);
            assertThat(verified.ok())
                    .as("from %s, key of epoch %s: %s", entry, known, verified.summary())
                    .isTrue();
        }
    }

    @Test
    void whatIsBeforeTheEntryReadFromIsBelievedWithItsProofOnly() throws Exception {
        Signer participant = keys().signer("participant", DID);
        run(300);
        Files.delete(temp.resolve("keys/ledger.1.private"));
        keys().replace("ledger", KeyHandover.Because.LOST, participant);
        run(300);
        assertThat(from(400, 1, participant.publicKey()).ok()).isTrue();
        assertThat(from(400, 1).summary()).contains("no participant's key given here vouches");
        Path bundle = log().resolve("tile/entries/001");
        byte[] bytes = Files.readAllBytes(bundle);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("epoch");
        bytes[at + "epoch\":".length()] = '9';
        Files.write(bundle, bytes);
        assertThat(from(512, 1, participant.publicKey()).summary())
                .contains("entry 300 speaks of, but that entry is not in its tree");
    }

    /** An old copy of a home follows what somebody else kept; a made-up chain leads nowhere. */
    @Test
    void keptHandoversLeadFromAnOldKeyToTheNewest() throws Exception {
        run(300);
        keys().rotate("ledger");
        run(5);
        keys().rotate("ledger");
        String third = run(7);
        List<ProofBundle> proofs;
        try (FileLedger ledger = open(LedgerProfile.SHA256_ED25519)) {
            proofs = HandoverProofs.of(ledger);
        }
        assertThat(proofs).extracting(ProofBundle::index).containsExactly(300L, 306L);
        for (int known = 1; known <= 3; known++) {
            KeyChain chain = HandoverProofs.follow(key(known), proofs, List.of());
            assertThat(chain.checkpoint(third).size()).as("from %s", known).isEqualTo(314);
        }
        assertThat(HandoverProofs.follow(key(1), proofs.subList(1, 2), List.of()).newest())
                .as("one is missing")
                .isEqualTo(key(1));
        ProofBundle second = proofs.get(1);
        ProofBundle elsewhere =
                new ProofBundle(305, second.leaf(), second.path(), second.checkpointNote());
        KeyChain unproven =
                HandoverProofs.follow(key(1), List.of(proofs.get(0), elsewhere), List.of());
        assertThat(unproven.newest()).isEqualTo(key(1));
        assertThat(unproven.broken()).hasValueSatisfying(b -> assertThat(b).contains("entry 305"));
        VerifierKey stranger =
                new VerifierKey(
                        ORIGIN,
                        Keystore.open(temp.resolve("other")).signer("ledger", DID).publicKey());
        assertThat(HandoverProofs.follow(stranger, proofs, List.of()).newest()).isEqualTo(stranger);
    }

    @Test
    void aRetiredKeySignsNothingBeyondItsRetirement() throws Exception {
        String first = run(20);
        Signer old = keys().signer("ledger", DID);
        keys().rotate("ledger");
        String second = run(3);
        Signer young = keys().signer("ledger", DID);
        KeyChain chain = from(1);
        assertThat(chain.checkpoint(resigned(first, 20, old)).size()).isEqualTo(20);
        assertThatThrownBy(() -> chain.checkpoint(resigned(second, 24, old)))
                .isInstanceOf(SignedNote.InvalidNoteException.class)
                .hasMessage("the key of epoch 1 signs trees of 0 to 20 entries, not of 24");
        assertThatThrownBy(() -> chain.checkpoint(resigned(first, 20, young)))
                .hasMessageContaining("epoch 2 signs trees of 21 to")
                .hasMessageContaining("not of 20");
        // A log directory with such a checkpoint, true root and all, is refused.
        Files.writeString(log().resolve("checkpoint"), resigned(second, 24, old));
        assertThat(LedgerVerifier.verify(log(), List.of(key(1)), true).summary())
                .contains("the key of epoch 1 signs trees of 0 to 20 entries");
        Files.writeString(log().resolve("checkpoint"), second);
        assertThat(LedgerVerifier.verify(log(), List.of(key(1)), true).ok()).isTrue();
    }

    @Test
    void theHandoverIsDurableBeforeTheNewKeySignsAnything() throws Exception {
        run(40);
        Path before = temp.resolve("before");
        copy(log(), before);
        keys().rotate("ledger");
        run(0);
        // Killed after the append, before the checkpoint: the old checkpoint is there still.
        Files.copy(
                before.resolve("checkpoint"),
                log().resolve("checkpoint"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        run(1);
        assertThat(from(1).spans())
                .containsExactly(
                        new KeyChain.Span(1, key(1), 0, 40),
                        new KeyChain.Span(2, key(2), 41, Long.MAX_VALUE));
        assertThat(said()).hasSize(1);
        // The keys of before the rotation can't open the log of after it.
        assertThatThrownBy(() -> KeyEvents.missing(List.of(), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("epoch 2, the newest key here is of epoch 1; restore");
    }

    @Test
    void aHandoverThatTheOldKeyDidNotSignEndsTheChain() throws Exception {
        run(10);
        keys().rotate("ledger");
        Path continuity = temp.resolve("keys/ledger.2.continuity");
        byte[] bytes = Files.readAllBytes(continuity);
        bytes[7] ^= 1;
        Files.write(continuity, bytes);
        String note = run(4);
        KeyChain chain = from(1);
        assertThat(chain.newest()).isEqualTo(key(1));
        assertThat(chain.broken())
                .contains("entry 10, key of epoch 2: the key of epoch 1 did not sign it");
        assertThatThrownBy(() -> chain.checkpoint(note))
                .hasMessageContaining("no signature by")
                .hasMessageContaining("did not sign it");
    }

    @Test
    void aLostKeyIsReplacedOnTheParticipantsWord() throws Exception {
        Signer participant = keys().signer("participant", DID);
        String first = run(12);
        Files.delete(temp.resolve("keys/ledger.1.private"));
        assertThatThrownBy(() -> run(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ledger.1.private is missing")
                .hasMessageContaining("keys replace ledger --because lost");
        keys().replace("ledger", KeyHandover.Because.LOST, participant);
        String second = run(3);

        assertThat(from(1, participant.publicKey()).checkpoint(second).size()).isEqualTo(16);
        assertThat(from(1, participant.publicKey()).checkpoint(first).size()).isEqualTo(12);
        KeyChain alone = from(1);
        assertThatThrownBy(() -> alone.checkpoint(second))
                .hasMessageContaining("was lost, and no participant's key given here vouches")
                .hasMessageContaining("did:web:a.example#participant-1");
        LogDirectory source = new LogDirectory(log());
        LedgerVerifier.Scope vouched =
                new LedgerVerifier.Scope(true, 0, List.of(participant.publicKey()), done -> {});
        assertThat(LedgerVerifier.verify(source, List.of(key(1)), vouched).ok()).isTrue();
        assertThat(LedgerVerifier.verify(source, List.of(key(1)), LedgerVerifier.Scope.ALL).ok())
                .isFalse();
        assertThat(from(2).checkpoint(second).size()).as("given the new key").isEqualTo(16);
        PublicKey stranger =
                Keystore.open(temp.resolve("other")).signer("participant", DID).publicKey();
        assertThat(from(1, stranger).broken()).isPresent();
    }

    @Test
    void whatALeakedKeySignedAfterItsRevocationDoesNotCount() throws Exception {
        run(30);
        String at36 = run(6);
        keys().rotate("ledger");
        try (FileLedger ledger = open(LedgerProfile.SHA256_ED25519)) {
            ledger.append(KeyEvents.revocation("ledger", 1, 30, TestLog.AT, DID));
            // No key revokes itself.
            ledger.append(KeyEvents.revocation("ledger", 2, 0, TestLog.AT, DID));
            KeyChain chain = KeyChain.follow(key(1), KeyChain.read(ledger));
            assertThat(chain.spans().getFirst().toSize()).isEqualTo(30);
            assertThatThrownBy(() -> chain.checkpoint(at36))
                    .hasMessageContaining("epoch 1 signs trees of 0 to 30 entries, not of 36");
            assertThat(chain.checkpoint(ledger.checkpoint().note()).size()).isEqualTo(39);
        }
    }

    @Test
    void aLogKeepsTheProfileItWasMadeWith() throws Exception {
        run(3);
        Keystore other = Keystore.open(temp.resolve("other"));
        Signer sm2 = other.signer("ledger", DID, LedgerProfile.SM3_SM2.keyAlgorithm());
        assertThatThrownBy(() -> FileLedger.open(log(), ORIGIN, sm2))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("a log keeps the profile it was made with");
        VerifierKey sm2Key = new VerifierKey(ORIGIN, sm2.publicKey());
        assertThat(LedgerVerifier.verify(log(), List.of(sm2Key), true).ok()).isFalse();
    }

    @Test
    void leavesOfOtherEventsAreNotTakenForKeyEvents() {
        byte[] other = Leaf.bytes(TestLog.event(1), null);
        assertThat(KeyEvents.find(other)).isEmpty();
        String quoted = new String(other, UTF_8).replace("test.happened", "ledger.key-made");
        assertThat(KeyEvents.find(quoted.getBytes(UTF_8))).isEmpty();
        assertThat(KeyEvents.find("\",\"type\":\"ledger.key-rotated\"}".getBytes(UTF_8))).isEmpty();
        byte[] revoked = Leaf.bytes(KeyEvents.revocation("ledger", 1, 5, TestLog.AT, DID), null);
        assertThat(KeyEvents.find(revoked).orElseThrow().json().path("fromSize").asLong())
                .isEqualTo(5);
    }

    private static void copy(Path from, Path to) throws Exception {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
