package org.roadloop.core.ledger.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.HandoverProofs;
import org.roadloop.core.ledger.KeyEvents;
import org.roadloop.core.ledger.SignedNote;
import tools.jackson.databind.json.JsonMapper;

/** What a witness answers, and what it remembers (C2SP tlog-witness). */
class WitnessTest {
    private static final String ORIGIN = "example.com/roads";
    private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
    private static final InstantSource CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir Path folder;
    private Keystore keys;
    private FileLedger log;
    private Witness witness;
    private final List<SplitView> told = new ArrayList<>();

    @BeforeEach
    void open() {
        keys = Keystore.open(folder.resolve("keys"));
        log = open("log");
        witness = witness();
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private FileLedger open(String dir) {
        return FileLedger.open(folder.resolve(dir), ORIGIN, logSigner());
    }

    private Signer logSigner() {
        return keys.signer("ledger", "did:web:example.com");
    }

    private Witness witness() {
        Witness w =
                new Witness(
                        folder.resolve("witness"),
                        "witness.example/w1",
                        keys.signer("witness", "did:web:witness.example"),
                        keys.publicKeys("witness").stream().map(Keystore.PublicEpoch::key).toList(),
                        CLOCK,
                        told::add);
        w.trust(ORIGIN, List.of(log.verifierKey()));
        return w;
    }

    private static void grow(FileLedger to, int entries, String what) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            events.add(
                    Event.of(
                            "usage.metered",
                            NOW,
                            "did:web:example.com",
                            what,
                            JsonMapper.shared().createObjectNode().put("n", i)));
        }
        to.append(events);
    }

    private Answer offer(long oldSize) {
        return witness.addCheckpoint(
                Submission.of(log, log.checkpoint(), oldSize).write().getBytes(UTF_8));
    }

    @Test
    void a_growing_log_is_cosigned_step_by_step() {
        long old = 0;
        for (int entries : List.of(1, 2, 5, 300)) {
            grow(log, entries, "a");
            Checkpoint checkpoint = log.checkpoint();
            Answer answer = offer(old);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            SignedNote.Verified verified =
                    SignedNote.verify(
                            SignedNote.add(checkpoint.note(), answer.body()),
                            List.of(witness.key()));
            assertThat(verified.signatures().getFirst().timeSeconds())
                    .isEqualTo(NOW.getEpochSecond());
            old = checkpoint.size();
        }
        assertThat(offer(old).status()).as("the same again").isEqualTo(200);
        assertThat(witness.list()).extracting(Witness.Known::size).containsExactly(308L);
    }

    @Test
    void statuses_are_those_of_the_specification() {
        grow(log, 7, "a");
        Checkpoint seven = log.checkpoint();
        assertThat(offer(0).status()).isEqualTo(200);
        grow(log, 4, "a");
        Checkpoint eleven = log.checkpoint();
        List<byte[]> path = log.consistency(7, 11).path();

        Answer conflict = witness.addCheckpoint(new Submission(0, List.of(), eleven.note()));
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.body()).isEqualTo("7\n");
        assertThat(status(new Submission(12, List.of(), eleven.note()))).isEqualTo(400);
        assertThat(status(new Submission(7, path.subList(1, path.size()), eleven.note())))
                .isEqualTo(422);
        assertThat(status(new Submission(7, List.of(), eleven.note()))).isEqualTo(422);
        assertThat(status(new Submission(7, path, eleven.note().replace("example", "elsewhere"))))
                .isEqualTo(404);
        String forged = eleven.note().replace("\n11\n", "\n12\n");
        assertThat(status(new Submission(7, path, forged))).isEqualTo(403);
        String unsigned =
                eleven.note().replace("\u2014 " + ORIGIN, "\u2014 example.com/another-name");
        assertThat(status(new Submission(7, path, unsigned))).isEqualTo(403);
        assertThat(status(new Submission(7, path, seven.note()))).isEqualTo(422);
        assertThat(witness.list().getFirst().size()).as("nothing of this counted").isEqualTo(7);
        assertThat(status(new Submission(7, path, eleven.note()))).isEqualTo(200);
        assertThat(told).as("a bad proof convicts nobody").isEmpty();
    }

    private int status(Submission submission) {
        return witness.addCheckpoint(submission.write().getBytes(UTF_8)).status();
    }

    @Test
    void from_nothing_no_proof_is_wanted_and_an_empty_log_has_one_root() {
        String text = ORIGIN + "\n0\n" + Base64.getEncoder().encodeToString(new byte[32]) + "\n";
        String wrongRoot = SignedNote.sign(text, ORIGIN, logSigner());
        assertThat(status(new Submission(0, List.of(), wrongRoot))).isEqualTo(422);
        Checkpoint empty = log.checkpoint();
        assertThat(empty.size()).isZero();
        assertThat(status(new Submission(0, List.of(), empty.note()))).isEqualTo(200);
        grow(log, 3, "a");
        assertThat(status(new Submission(0, List.of(new byte[32]), log.checkpoint().note())))
                .as("a proof from nothing")
                .isEqualTo(422);
        assertThat(offer(0).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "'', no blank line",
        "'old 1', no blank line",
        "'old 01|', 'old SIZE'",
        "'old -1|', 'old SIZE'",
        "'old  1|', 'old SIZE'",
        "'new 1|', 'old SIZE'",
        "'old 1|AAAA|', base64 of 32 bytes",
        "'old 1|PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw|', base64 of 32 bytes",
        "'old 1|PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkax=|', base64 of 32 bytes",
    })
    void malformed_bodies_are_named(String head, String why) {
        String body = head.replace('|', '\n') + "\nexample.com/roads\n";
        Answer answer = witness.addCheckpoint(body.getBytes(UTF_8));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains(why);
    }

    @Test
    void a_body_is_read_as_the_specification_shows_it() {
        String body =
                """
                old 20852014
                PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
                jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=

                example.com/behind-the-sofa
                20852163
                CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

                — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
                """;
        Submission read = Submission.parse(body.getBytes(UTF_8));
        assertThat(read.oldSize()).isEqualTo(20852014);
        assertThat(read.path()).hasSize(2);
        assertThat(read.origin()).isEqualTo("example.com/behind-the-sofa");
        assertThat(read.write()).isEqualTo(body);
    }

    @Test
    void the_state_survives_a_restart_and_damage_is_refused() throws IOException {
        grow(log, 9, "a");
        assertThat(offer(0).status()).isEqualTo(200);
        witness = witness();
        assertThat(offer(0)).isEqualTo(new Answer.Conflict(9));
        Path file = folder.resolve("witness/" + Witness.originHash(ORIGIN) + "/checkpoint");
        assertThat(Files.readString(file))
                .as("the log's signature and ours")
                .contains("\u2014 " + ORIGIN, "\u2014 witness.example/w1");
        // A write that a power cut stopped leaves a draft beside the old state.
        Files.writeString(file.resolveSibling("checkpoint.draft"), ORIGIN + "\n4");
        assertThat(witness().findLatest(ORIGIN)).map(Checkpoint::size).hasValue(9L);
        byte[] bytes = Files.readAllBytes(file);
        for (int cut : new int[] {0, 1, ORIGIN.length() + 2, bytes.length - 2}) {
            Files.write(file, java.util.Arrays.copyOf(bytes, cut));
            assertThatThrownBy(this::witness)
                    .as("cut at %d", cut)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("damaged");
        }
        Files.writeString(file, new String(bytes, UTF_8).replace("\n9\n", "\n3\n"));
        assertThatThrownBy(this::witness).hasMessageContaining("damaged");
    }

    @Test
    void foreign_signatures_are_not_passed_on() {
        grow(log, 2, "a");
        Signer other = keys.signer("other", "did:web:other.example");
        String note =
                SignedNote.add(
                        log.checkpoint().note(),
                        SignedNote.cosignature(
                                log.checkpoint().note(), "other.example/w", other, 1));
        assertThat(status(new Submission(0, List.of(), note))).isEqualTo(200);
        assertThat(witness.findLatestByHash(Witness.originHash(ORIGIN)).orElseThrow().note())
                .contains(ORIGIN)
                .doesNotContain("other.example");
    }

    @Test
    void of_two_that_race_one_wins_and_nothing_goes_back() throws Exception {
        grow(log, 10, "a");
        List<Submission> race = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            race.add(Submission.of(log, log.checkpoint(), i % 3 == 0 ? 0 : 10 + i / 2));
            grow(log, 1, "a");
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (Submission one : race) {
                calls.add(() -> witness.addCheckpoint(one).status());
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> call : threads.invokeAll(calls)) {
                statuses.add(call.get());
            }
            assertThat(statuses).contains(200).isSubsetOf(200, 409);
        }
        long size = witness.list().getFirst().size();
        assertThat(size).isGreaterThanOrEqualTo(10);
        assertThat(witness().list().getFirst().size()).as("on disk").isEqualTo(size);
        assertThat(told).isEmpty();
    }

    @Test
    void a_fork_of_the_same_size_is_proven_by_two_notes() throws IOException {
        grow(log, 6, "a");
        offer(0);
        String first = log.checkpoint().note();
        log.close();
        log = open("fork");
        grow(log, 6, "b");
        assertThat(offer(6).status()).isEqualTo(422);
        assertThat(told).hasSize(1);
        SplitView view = told.getFirst();
        assertThat(view.kind()).isEqualTo(SplitView.Kind.FORKED);
        assertThat(view.convinces(List.of(log.verifierKey()))).isTrue();
        assertThat(SplitView.between(first, view.second(), List.of(log.verifierKey()))).isPresent();
        offer(6);
        assertThat(told).as("said once").hasSize(1);
        SplitView read = witness().list().getFirst().splitViews().getFirst();
        assertThat(read.toJson()).isEqualTo(view.toJson());
        assertThat(read.convinces(List.of(log.verifierKey()))).isTrue();
    }

    @Test
    void a_fork_that_went_on_is_convicted_by_its_own_proof() throws IOException {
        grow(log, 11, "a");
        offer(0);
        log.close();
        log = open("fork");
        grow(log, 20, "b");
        assertThat(offer(11).status()).isEqualTo(422);
        assertThat(told).extracting(SplitView::kind).containsExactly(SplitView.Kind.FORKED);
        SplitView view = told.getFirst();
        assertThat(view.firstSize()).isEqualTo(11);
        assertThat(view.secondSize()).isEqualTo(20);
        assertThat(view.convinces(List.of(log.verifierKey()))).isTrue();
        // An honest pair with the same kind of proof convinces nobody.
        log.close();
        log = open("log");
        String first = log.checkpoint().note();
        grow(log, 9, "a");
        assertThat(
                        SplitView.between(
                                first,
                                log.checkpoint().note(),
                                log.consistency(11, 20).path(),
                                List.of(log.verifierKey())))
                .isEmpty();
    }

    @Test
    void a_log_of_sm3_and_sm2_is_followed_and_convicted_alike() throws IOException {
        Security.addProvider(new BouncyCastleProvider());
        Signer sm2 = keys.signer("sm-ledger", "did:web:example.com", KeyAlgorithm.SM2);
        String origin = "example.com/sm";
        try (FileLedger smLog = FileLedger.open(folder.resolve("sm"), origin, sm2);
                FileLedger fork = FileLedger.open(folder.resolve("sm-fork"), origin, sm2)) {
            witness.trust(origin, List.of(smLog.verifierKey()));
            assertThat(offer(smLog, 0)).as("empty: the root is SM3 of nothing").isEqualTo(200);
            grow(smLog, 5, "a");
            assertThat(offer(smLog, 0)).isEqualTo(200);
            grow(smLog, 6, "a");
            assertThat(offer(smLog, 5)).isEqualTo(200);
            grow(fork, 13, "b");
            assertThat(offer(fork, 11)).isEqualTo(422);
            assertThat(told.getFirst().convinces(List.of(smLog.verifierKey()))).isTrue();
        }
    }

    private int offer(FileLedger one, long oldSize) {
        return status(Submission.of(one, one.checkpoint(), oldSize));
    }

    @Test
    void cosignatures_are_kept_for_the_newest_checkpoint() {
        Path file = folder.resolve("cosigned");
        Cosignatures cosignatures = new Cosignatures(file);
        assertThat(cosignatures.findLatest()).isEmpty();
        grow(log, 3, "a");
        Checkpoint three = log.checkpoint();
        long at = cosignatures.add(three, offer(0).body(), witness.key());
        assertThat(at).isEqualTo(NOW.getEpochSecond());
        Signer second = keys.signer("second", "did:web:two.example");
        SignedNote.VerifierKey secondKey =
                SignedNote.VerifierKey.cosigner("two.example/w", second.publicKey());
        cosignatures.add(
                three, SignedNote.cosignature(three.note(), "two.example/w", second, 5), secondKey);
        String shown = new Cosignatures(file).onto(log.checkpoint());
        assertThat(
                        SignedNote.verify(
                                        shown, List.of(witness.key(), secondKey, log.verifierKey()))
                                .signatures())
                .hasSize(3);
        grow(log, 1, "a");
        assertThat(cosignatures.onto(log.checkpoint())).isEqualTo(log.checkpoint().note());
        assertThatThrownBy(
                        () ->
                                cosignatures.add(
                                        log.checkpoint(),
                                        SignedNote.cosignature(
                                                three.note(), "two.example/w", second, 5),
                                        secondKey))
                .as("a signature of another note")
                .isInstanceOf(SignedNote.InvalidNoteException.class);
        assertThat(cosignatures.findLatest().orElseThrow().size()).isEqualTo(3);
    }

    /** What the key before has vouched for is not damaged. */
    @Test
    void a_witness_goes_on_after_its_key_was_rotated() {
        grow(log, 5, "a");
        offer(0);
        keys.rotate("witness");
        witness = witness();
        assertThat(witness.findLatest(ORIGIN).orElseThrow().size()).isEqualTo(5);
        grow(log, 4, "b");
        Answer answer = offer(5);
        assertThat(answer.status()).isEqualTo(200);
        SignedNote.verify(log.checkpoint().note() + answer.body(), List.of(witness.key()));
    }

    /** A witness could fill the note with lines that nobody verifies, up to the limit. */
    @Test
    void of_what_a_witness_answers_only_its_cosignature_is_kept() {
        grow(log, 5, "a");
        log.checkpoint();
        String line = ((Answer.Cosigned) offer(0)).lines();
        StringBuilder padded = new StringBuilder();
        for (int i = 0; i < 99; i++) {
            byte[] other = new byte[76];
            other[0] = (byte) i;
            padded.append("\u2014 witness.example/w1 ")
                    .append(Base64.getEncoder().encodeToString(other))
                    .append('\n');
        }
        Cosignatures cosignatures = new Cosignatures(folder.resolve("cosigned"));
        cosignatures.add(log.checkpoint(), padded + line, witness.key());
        assertThat(cosignatures.onto(log.checkpoint()).lines()).hasSize(6).contains(line.strip());
    }

    /** An instant that no calendar has, from a witness that holds its own key. */
    @Test
    void a_cosignature_of_the_year_ten_thousand_is_none() {
        grow(log, 5, "a");
        String note = log.checkpoint().note();
        Signer signer = keys.signer("witness", "did:web:witness.example");
        String late = SignedNote.cosignature(note, "witness.example/w1", signer, 253_402_300_800L);
        assertThatThrownBy(() -> SignedNote.verify(note + late, List.of(witness.key())))
                .isInstanceOf(SignedNote.InvalidNoteException.class);
    }

    /** What a log leaves about its keys is kept once, and only if the log has signed it. */
    @Test
    void handovers_of_a_log_are_kept_for_who_comes_back_without_them() throws IOException {
        grow(log, 3, "a");
        SignedNote.VerifierKey first = log.verifierKey();
        log.close();
        keys.rotate("ledger");
        SignedNote.VerifierKey second =
                new SignedNote.VerifierKey(ORIGIN, keys.publicKeys("ledger").getLast().key());
        Event handover =
                KeyEvents.handover(
                        "ledger", 2, second, keys.handover("ledger", 2), NOW, "did:web:e.example");
        log =
                FileLedger.open(
                        folder.resolve("log"),
                        ORIGIN,
                        logSigner(),
                        List.of(first),
                        List.of(handover));
        String proof = HandoverProofs.of(log).getFirst().write();
        String hash = Witness.originHash(ORIGIN);
        assertThat(witness.addHandover(hash, proof).status())
                .as("the new key is not known yet")
                .isEqualTo(403);
        witness.trust(ORIGIN, List.of(second, first));
        assertThat(witness.addHandover(Witness.originHash("else"), proof).status()).isEqualTo(404);
        assertThat(witness.addHandover(hash, "proof").status()).isEqualTo(400);
        assertThat(witness.addHandover(hash, log.proofBundle(1).write()).status())
                .as("an entry about something else")
                .isEqualTo(400);
        assertThat(witness.findHandover(hash, 2)).isEmpty();
        assertThat(witness.addHandover(hash, proof).status()).isEqualTo(200);
        grow(log, 1, "a");
        assertThat(witness.addHandover(hash, HandoverProofs.of(log).getFirst().write()).status())
                .isEqualTo(200);
        witness = witness();
        assertThat(witness.findHandover(hash, 2)).as("the first one stays").contains(proof);
        assertThat(witness.findHandover(hash, 3)).isEmpty();
    }
}
