package org.roadloop.app.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.LogDirectory;
import org.roadloop.core.ledger.LogReader;
import org.roadloop.core.ledger.SignedNote;
import tools.jackson.databind.json.JsonMapper;

/** What is said of witnesses and older checkpoints. */
class LedgerCheckTest {
    private static final long TIME = 1_790_000_000L;
    @TempDir Path temp;
    private Path log = Path.of("");
    private List<SignedNote.VerifierKey> keys = List.of();
    private Signer witness;
    private Signer other;
    private String early = "";

    @BeforeEach
    void write() throws Exception {
        Keystore keystore = Keystore.open(temp.resolve("keys"));
        witness = keystore.signer("witness-a", "did:web:a.example");
        other = keystore.signer("witness-b", "did:web:b.example");
        log = temp.resolve("log");
        try (FileLedger ledger =
                FileLedger.open(log, "park.example/log", keystore.signer("ledger", "did:web:p"))) {
            keys = List.of(ledger.verifierKey());
            append(ledger, 300);
            early = ledger.checkpoint().note();
            append(ledger, 100);
            ledger.checkpoint();
        }
    }

    private static void append(FileLedger ledger, int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(
                    Event.of(
                            "test.happened",
                            Instant.parse("2026-11-22T01:02:03.004Z"),
                            "did:web:a.example",
                            "subject",
                            JsonMapper.shared().createObjectNode().put("n", i)));
        }
        ledger.append(events);
    }

    private SignedNote.VerifierKey witnessKey() {
        return SignedNote.VerifierKey.cosigner("w.example/a", witness.publicKey());
    }

    private SignedNote.VerifierKey otherKey() {
        return SignedNote.VerifierKey.cosigner("w.example/b", other.publicKey());
    }

    private String cosigned(String note) {
        return SignedNote.add(note, SignedNote.cosignature(note, "w.example/a", witness, TIME));
    }

    private LedgerCheck.Result check(
            List<SignedNote.VerifierKey> witnesses, @Nullable String since, @Nullable String older)
            throws Exception {
        return LedgerCheck.log(
                new LogDirectory(log),
                new LedgerCheck.Question(
                        keys,
                        List.of(),
                        witnesses,
                        OptionalLong.empty(),
                        0,
                        Optional.ofNullable(since),
                        Optional.ofNullable(older),
                        n -> {}));
    }

    @Test
    void whoWitnessedAndWhenIsSaid() throws Exception {
        Path file = log.resolve("checkpoint");
        String newest = Files.readString(file);
        Files.writeString(file, cosigned(newest));
        LedgerCheck.Result result = check(List.of(witnessKey()), early, null);
        assertThat(result.says())
                .startsWith("verified: 400 entries hash to root ")
                .endsWith(
                        "; witnessed by 1: w.example/a at 2026-09-21T14:13:20Z; append-only since"
                                + " 300 entries");
        assertThat(result.holds()).isTrue();
        LedgerCheck.Result both = check(List.of(witnessKey(), otherKey()), null, null);
        assertThat(both.holds()).isFalse();
        assertThat(both.says())
                .startsWith("NOT verified: the checkpoint has no cosignature by w.example/b+");
    }

    @Test
    void aWitnessThatFollowsAtADistanceCountsAsFarAsItSaw() throws Exception {
        LedgerCheck.Result result = check(List.of(witnessKey()), null, cosigned(early));
        assertThat(result.says()).endsWith("14:13:20Z (the first 300 entries)");
        assertThat(result.holds()).isTrue();
        assertThat(check(List.of(witnessKey()), null, null).says())
                .startsWith("NOT verified: witnesses of the checkpoint: no signature by");
    }

    /** The witness saw another log under this name: the split is found without the other log. */
    @Test
    void aWitnessOfAnotherViewIsASplitView() throws Exception {
        String[] lines = early.split("\n", -1);
        String forked =
                lines[0] + "\n" + lines[1] + "\n" + "A".repeat(43) + "=" + "\n\n" + lines[4] + "\n";
        LedgerCheck.Result result = check(List.of(witnessKey()), null, cosigned(forked));
        assertThat(result.holds()).isFalse();
        assertThat(result.says())
                .startsWith("NOT verified: against what the witnesses signed: SPLIT VIEW: the log");
    }

    private LedgerCheck.Question question(
            List<SignedNote.VerifierKey> witnesses,
            OptionalLong entry,
            @Nullable String since,
            @Nullable String older) {
        return new LedgerCheck.Question(
                keys,
                List.of(),
                witnesses,
                entry,
                0,
                Optional.ofNullable(since),
                Optional.ofNullable(older),
                n -> {});
    }

    /** A cosignature of a tree that the entry is not in says nothing about it. */
    @Test
    void anEntryBeyondWhatTheWitnessSawIsNotWitnessed() throws Exception {
        LogDirectory source = new LogDirectory(log);
        LedgerCheck.Result covered =
                LedgerCheck.log(
                        source,
                        question(
                                List.of(witnessKey()),
                                OptionalLong.of(299),
                                null,
                                cosigned(early)));
        assertThat(covered.says()).endsWith("(the first 300 entries)");
        assertThat(covered.holds()).isTrue();
        LedgerCheck.Result beyond =
                LedgerCheck.log(
                        source,
                        question(
                                List.of(witnessKey()),
                                OptionalLong.of(300),
                                null,
                                cosigned(early)));
        assertThat(beyond.says())
                .startsWith("NOT verified: the witnesses have signed the first 300 entries");
        assertThat(beyond.holds()).isFalse();
    }

    @Test
    void aCosignatureOfTheEmptyLogIsNoWitnessOfThisOne() throws Exception {
        String[] lines = early.split("\n", -1);
        String empty =
                lines[0]
                        + "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
                        + lines[4]
                        + "\n";
        LedgerCheck.Result result = check(List.of(witnessKey()), null, cosigned(empty));
        assertThat(result.holds()).as(result.says()).isFalse();
    }

    /** One party under two names, or the log itself, is not two who have looked. */
    @Test
    void oneKeyIsOneWitness() {
        SignedNote.VerifierKey twin =
                SignedNote.VerifierKey.cosigner("w.example/twin", witness.publicKey());
        SignedNote.VerifierKey self =
                SignedNote.VerifierKey.cosigner("w.example/self", keys.getFirst().publicKey());
        for (List<SignedNote.VerifierKey> witnesses :
                List.of(List.of(witnessKey(), twin), List.of(self))) {
            assertThatThrownBy(() -> question(witnesses, OptionalLong.empty(), null, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one and the same");
        }
        assertThat(
                        question(
                                        List.of(witnessKey(), witnessKey()),
                                        OptionalLong.empty(),
                                        null,
                                        null)
                                .witnesses())
                .hasSize(2);
    }

    /** What is asked but can't be answered from a proof is not passed over in silence. */
    @Test
    void aProofFileAnswersOnlyWhatItCan() throws Exception {
        Path file = temp.resolve("entry.tlog-proof");
        Files.writeString(file, LogReader.open(new LogDirectory(log), keys).prove(7).write());
        assertThat(LedgerCheck.proof(file, question(List.of(), OptionalLong.of(7), null, null)))
                .matches(LedgerCheck.Result::holds);
        assertThat(LedgerCheck.proof(file, question(List.of(), OptionalLong.of(8), null, null)))
                .matches(result -> !result.holds())
                .matches(result -> result.says().contains("of entry 7, not of 8"));
        assertThat(LedgerCheck.proof(file, question(List.of(), OptionalLong.empty(), early, null)))
                .matches(result -> !result.holds());
    }
}
