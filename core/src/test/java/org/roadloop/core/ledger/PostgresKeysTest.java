package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.SecurityProviders;
import org.roadloop.core.ledger.SignedNote.VerifierKey;
import tools.jackson.databind.json.JsonMapper;

/** Keys, profiles, roles and what must not be written, on several nodes with real keystores. */
@Tag("slow")
class PostgresKeysTest {
    private static final String ORIGIN = TestLog.ORIGIN;

    @TempDir Path folder;
    private final List<PostgresLedger> nodes = new ArrayList<>();
    private String url = "";

    @BeforeAll
    static void providerOfSm2() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    @BeforeEach
    void database() {
        url = TestDatabase.url();
    }

    @AfterEach
    void close() {
        closeAll();
    }

    private void closeAll() {
        nodes.forEach(PostgresLedger::close);
        nodes.clear();
    }

    private PostgresLedger open(String keys) {
        return open(keys, LedgerProfile.SHA256_ED25519, UUID.randomUUID());
    }

    private PostgresLedger open(String keys, LedgerProfile profile, UUID home) {
        Keystore keystore = Keystore.open(folder.resolve(keys));
        var signer = keystore.signer("ledger", ORIGIN, profile.keyAlgorithm());
        List<VerifierKey> oldestFirst =
                keystore.publicKeys("ledger").stream()
                        .map(epoch -> new VerifierKey(ORIGIN, epoch.key()))
                        .toList();
        List<Event> handovers = new ArrayList<>();
        for (int epoch = 2; epoch <= oldestFirst.size(); epoch++) {
            handovers.add(
                    KeyEvents.handover(
                            "ledger",
                            epoch,
                            oldestFirst.get(epoch - 1),
                            keystore.handover("ledger", epoch),
                            TestLog.AT,
                            ORIGIN));
        }
        PostgresLedger node =
                PostgresLedger.open(
                        TestDatabase.of(url),
                        ORIGIN,
                        signer,
                        oldestFirst.subList(0, oldestFirst.size() - 1).reversed(),
                        handovers,
                        home);
        synchronized (nodes) {
            nodes.add(node);
        }
        return node;
    }

    private void copyKeys(String from, String to) throws IOException {
        Keystore.open(folder.resolve(to));
        try (Stream<Path> files = Files.list(folder.resolve(from))) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        folder.resolve(to).resolve(file.getFileName()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private VerifierKey key(String keys, int epoch) {
        return new VerifierKey(
                ORIGIN,
                Keystore.open(folder.resolve(keys)).publicKeys("ledger").get(epoch - 1).key());
    }

    @Test
    void severalNodesHandTheLogOverOnceBeforeTheNewKeySigns() throws Exception {
        PostgresLedger first = open("keys");
        first.append(TestLog.event(0));
        assertThat(first.checkpoint().size()).isEqualTo(1);
        closeAll();
        copyKeys("keys", "old");
        Keystore.open(folder.resolve("keys")).rotate("ledger");
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<PostgresLedger>> opened = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                opened.add(threads.submit(() -> open("keys")));
            }
            for (Future<PostgresLedger> node : opened) {
                node.get().append(TestLog.event(1));
                node.get().checkpoint();
            }
        }
        PostgresLedger node = nodes.getFirst();
        try (Stream<Entry> entries = node.read(0)) {
            assertThat(entries.map(e -> e.event().type()).toList())
                    .startsWith("test.happened", KeyEvents.ROTATED)
                    .containsOnlyOnce(KeyEvents.ROTATED)
                    .hasSize(6);
        }
        String notes =
                TestDatabase.execute(url, "SELECT string_agg(note, '#') FROM ledger_checkpoint");
        int byNew = 0;
        for (String note : notes.split("#")) {
            try {
                assertThat(SignedNote.parseCheckpoint(note, List.of(key("keys", 2))).size())
                        .as("the new key signs nothing without its handover")
                        .isGreaterThan(1);
                byNew++;
            } catch (SignedNote.InvalidNoteException byOld) {
                assertThat(SignedNote.parseCheckpoint(note, List.of(key("keys", 1))).size())
                        .as("who leads before the first entry signs the empty tree")
                        .isLessThanOrEqualTo(1);
            }
        }
        assertThat(byNew).isPositive();
        node.backup(folder.resolve("copy"));
        Verification verification =
                LedgerVerifier.verify(folder.resolve("copy"), key("keys", 1).toString());
        assertThat(verification.ok()).as(verification.summary()).isTrue();

        assertThatThrownBy(() -> open("old"))
                .as("keys/ was not copied")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("handed over to its key of epoch 2");
    }

    @Test
    void aNodeWithANewerKeyIsRefusedWhileOneWithTheOldKeyLeads() throws Exception {
        PostgresLedger old = open("keys");
        old.append(TestLog.event(0));
        copyKeys("keys", "newer");
        Keystore.open(folder.resolve("newer")).rotate("ledger");
        assertThatThrownBy(() -> open("newer"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another node leads, with an older key")
                .hasMessageContaining("the same keys/");
        assertThat(old.append(TestLog.event(1)).firstIndex()).as("the other goes on").isEqualTo(1);
    }

    @Test
    void aLogOfSm3AndSm2IsSharedVerifiesAndKeepsItsProfile() {
        PostgresLedger a = open("keys", LedgerProfile.SM3_SM2, UUID.randomUUID());
        PostgresLedger b = open("keys", LedgerProfile.SM3_SM2, UUID.randomUUID());
        List<Event> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add(TestLog.event(i));
        }
        b.append(many);
        a.append(stored("kept"));
        long gone = b.append(stored("gone")).firstIndex();
        a.erase(gone);
        assertThat(TestDatabase.execute(url, "SELECT hash FROM ledger_format")).isEqualTo("sm3");
        InclusionProof proof = a.inclusion(299, 302);
        TreeHash sm3 = new TreeHash("SM3");
        assertThat(proof.leafHash()).isEqualTo(sm3.leaf(b.leaf(299)));
        a.backup(folder.resolve("copy"));
        Verification verification =
                LedgerVerifier.verify(folder.resolve("copy"), b.verifierKey().toString());
        assertThat(verification.ok()).as(verification.summary()).isTrue();
        assertThat(verification.entries()).isEqualTo(303);
        closeAll();
        assertThatThrownBy(() -> open("others"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("hashes with sm3, with this key it would be sha-256");
        assertThat(open("keys", LedgerProfile.SM3_SM2, UUID.randomUUID()).size()).isEqualTo(303);
    }

    private static Event stored(String text) {
        return Event.withPayload(
                "test.stored",
                TestLog.AT,
                "did:web:example.com",
                "subject-p",
                text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theSaltOfAPayloadProvesItsBytesUntilItIsErased() throws Exception {
        PostgresLedger a = open("keys");
        PostgresLedger b = open("keys");
        long index = b.append(stored("the bytes")).firstIndex();
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(a.findSalt(index).orElseThrow());
        String hash =
                HexFormat.of()
                        .formatHex(sha256.digest("the bytes".getBytes(StandardCharsets.UTF_8)));
        assertThat(new String(a.leaf(index), StandardCharsets.UTF_8))
                .contains("\"hash\":\"" + hash + "\"");
        b.erase(index);
        assertThat(a.findSalt(index)).isEmpty();
        assertThat(a.findSalt(index + 1)).as("an inline body has none").isEmpty();
    }

    /** The VIN is the example of 49 CFR 565. */
    @Test
    void personalDataIsRefusedWhicheverNodeIsAsked() {
        PostgresLedger a = open("keys");
        a.append(TestLog.event(0));
        PostgresLedger b = open("keys");
        Event bad =
                Event.of(
                        "test.happened",
                        TestLog.AT,
                        "did:web:example.com",
                        "subject-1",
                        JsonMapper.shared().createObjectNode().put("a", "1M8GDM9AXKP042788"));
        for (PostgresLedger node : List.of(a, b)) {
            assertThatThrownBy(() -> node.append(List.of(TestLog.event(1), bad)))
                    .hasMessageContaining("vin")
                    .hasMessageNotContaining("1M8GDM9AXKP042788");
        }
        assertThat(a.append(TestLog.event(2)).firstIndex()).isEqualTo(1);
    }

    @Test
    void aRoleHasOneHomeAndAHoldStopsEveryNodeUntilThatOneStartsAgain() {
        UUID home = UUID.randomUUID();
        PostgresLedger a = open("keys", LedgerProfile.SHA256_ED25519, home);
        a.append(TestLog.event(0));
        PostgresLedger b = open("keys");
        assertThat(a.claim("compute")).isTrue();
        assertThat(b.claim("compute")).isFalse();
        assertThat(b.claim("network")).as("another role").isTrue();

        LedgerHold hold = new LedgerHold();
        TransparencyLog held = hold.over(a);
        hold.hold("rolled back");
        for (TransparencyLog node : List.of(held, a, b)) {
            assertThatThrownBy(() -> node.append(TestLog.event(1)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("on hold: rolled back");
        }
        assertThat(b.size()).as("nothing was appended").isEqualTo(1);
        PostgresLedger other = open("keys");
        assertThatThrownBy(() -> other.append(TestLog.event(1)))
                .as("another start does not lift it")
                .hasMessageContaining("on hold: rolled back");

        PostgresLedger again = open("keys", LedgerProfile.SHA256_ED25519, home);
        assertThat(again.append(TestLog.event(1)).firstIndex()).isEqualTo(1);
        assertThat(b.append(TestLog.event(2)).firstIndex()).isEqualTo(2);
        assertThat(again.claim("compute")).as("the same home").isTrue();
    }
}
