package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.json.JsonMapper;

@Tag("slow")
class PostgresLedgerTest {
    @TempDir Path folder;
    private final Signer signer = TestLog.signer();
    private final List<PostgresLedger> nodes = new ArrayList<>();
    private String url = "";

    @BeforeEach
    void database() {
        url = TestDatabase.url();
    }

    @AfterEach
    void close() {
        nodes.forEach(PostgresLedger::close);
    }

    private PostgresLedger node() {
        PostgresLedger node =
                PostgresLedger.open(TestDatabase.of(url), TestLog.ORIGIN, signer, List.of());
        nodes.add(node);
        return node;
    }

    private static Event about(String subject, int number) {
        return Event.of(
                "test.happened",
                TestLog.AT,
                "did:web:example.com",
                subject,
                JsonMapper.shared().createObjectNode().put("number", number));
    }

    private static Event payload(String text) {
        return Event.withPayload(
                "test.stored",
                TestLog.AT,
                "did:web:example.com",
                "subject-p",
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static void fill(Ledger ledger, int count) {
        for (int from = 0; from < count; from += 100) {
            List<Event> events = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + 100); i++) {
                events.add(TestLog.event(i));
            }
            ledger.append(events);
        }
    }

    @Test
    void twoNodesShareOneLogWhoseTreeIsThatOfRfc6962() throws Exception {
        PostgresLedger a = node();
        PostgresLedger b = node();
        Random random = new Random(11);
        List<Event> written = new ArrayList<>();
        while (written.size() < 700) {
            List<Event> events = new ArrayList<>();
            for (int i = random.nextInt(60); i >= 0; i--) {
                events.add(TestLog.event(written.size() + events.size()));
            }
            Receipt receipt = (random.nextBoolean() ? a : b).append(events);
            assertThat(receipt).isEqualTo(new Receipt(written.size(), events.size()));
            written.addAll(events);
        }
        List<byte[]> leaves = new ArrayList<>();
        IndependentTree tree = new IndependentTree();
        try (Stream<Entry> entries = a.read(0)) {
            entries.forEach(e -> leaves.add(b.leaf(e.index())));
            leaves.forEach(tree::add);
        }
        assertThat(leaves).hasSameSizeAs(written);
        try (Stream<Entry> entries = b.read(0)) {
            assertThat(entries.map(e -> e.event().json().get("number").asInt()).toList())
                    .isEqualTo(written.stream().map(e -> e.json().get("number").asInt()).toList());
        }
        Checkpoint checkpoint = b.checkpoint();
        assertThat(checkpoint.size()).isEqualTo(written.size());
        assertThat(checkpoint.rootHash()).isEqualTo(tree.root(leaves.size()));
        assertThat(a.checkpoint().rootHash()).isEqualTo(checkpoint.rootHash());
        for (long size : new long[] {1, 255, 256, 257, 511, 512, checkpoint.size()}) {
            byte[] root = tree.root((int) size);
            for (long index : new long[] {0, size / 2, size - 1}) {
                InclusionProof proof = a.inclusion(index, size);
                assertThat(
                                MerkleProofs.verifyInclusion(
                                        index, size, proof.leafHash(), proof.path(), root))
                        .as("entry %d of %d", index, size)
                        .isTrue();
            }
        }
        assertThat(a.proofBundle(300).verify(List.of(b.verifierKey())).ok()).isTrue();
    }

    @Test
    void someTypesOrSubjectsAreThoseOfTheWhole() {
        PostgresLedger node = node();
        fill(node, 1100);
        node.append(List.of(payload("one \",\"type\":\"test.happened\""), about("x", 1)));
        fill(node, 1100);
        node.append(payload("two"));
        for (long from : new long[] {0, 1023, 1024, 1100, 1101, 2201, 2203}) {
            try (Stream<Entry> all = node.read(from);
                    Stream<Entry> stored = node.read(from, Set.of("test.stored", "no.such"));
                    Stream<Entry> about =
                            node.readAbout(from, Set.of("x", "subject-p")::contains)) {
                List<Entry> whole = all.toList();
                assertThat(stored.map(Entry::index))
                        .containsExactlyElementsOf(
                                whole.stream()
                                        .filter(e -> e.event().type().equals("test.stored"))
                                        .map(Entry::index)
                                        .toList());
                assertThat(about.map(Entry::index))
                        .containsExactlyElementsOf(
                                Stream.of(1100L, 1101L, 2202L).filter(i -> i >= from).toList());
            }
        }
    }

    @Test
    void anExpectedVersionIsCheckedByTheLeaderWhoeverAsks() throws Exception {
        PostgresLedger a = node();
        PostgresLedger b = node();
        a.append(about("x", 0));
        assertThat(b.version("x")).isEqualTo(1);
        assertThatThrownBy(() -> b.append(List.of(about("x", 9)), Map.of("x", 0L)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("'x' is at version 1, not 0");
        // twelve writers on two nodes count one subject up: nobody's step is lost
        try (var threads = Executors.newFixedThreadPool(12)) {
            List<Future<?>> done = new ArrayList<>();
            for (int w = 0; w < 12; w++) {
                PostgresLedger node = w % 2 == 0 ? a : b;
                done.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 5; i++) {
                                        step(node);
                                    }
                                }));
            }
            for (Future<?> f : done) {
                f.get();
            }
        }
        assertThat(a.version("x")).isEqualTo(61);
        assertThat(a.size()).isEqualTo(61);
    }

    private static void step(PostgresLedger node) {
        while (true) {
            long version = node.version("x");
            try {
                node.append(List.of(about("x", (int) version)), Map.of("x", version));
                return;
            } catch (ConflictException again) {
                // another writer was first
            }
        }
    }

    @Test
    void aPayloadIsErasedWithTheEntryThatSaysSoAndTheCopyVerifies() {
        PostgresLedger a = node();
        PostgresLedger b = node();
        fill(a, 300);
        long kept = b.append(payload("kept")).firstIndex();
        long gone = b.append(payload("gone")).firstIndex();
        assertThat(body(a, gone)).isEqualTo("gone");
        a.erase(gone);
        a.erase(gone);
        assertThat(body(b, gone)).startsWith("erased ");
        assertThat(body(b, kept)).isEqualTo("kept");
        assertThat(TestDatabase.execute(url, "SELECT count(*) FROM ledger_payload")).isEqualTo("1");
        assertThatThrownBy(() -> a.append(List.of(payload("refused")), Map.of("subject-0", 0L)))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> b.append(List.of(payload("refused")), Map.of("subject-0", 0L)))
                .isInstanceOf(ConflictException.class);
        assertThat(TestDatabase.execute(url, "SELECT count(*) FROM ledger_payload"))
                .as("of a refused append nothing stays")
                .isEqualTo("1");

        Checkpoint copied = b.backup(folder.resolve("copy"));
        assertThat(copied.size()).isEqualTo(303);
        Verification verification =
                LedgerVerifier.verify(folder.resolve("copy"), a.verifierKey().toString());
        assertThat(verification.ok()).as(verification.summary()).isTrue();
        try (FileLedger files = TestLog.open(folder.resolve("copy"), signer)) {
            assertThat(files.size()).isEqualTo(303);
            assertThat(body(files, kept)).isEqualTo("kept");
            assertThat(body(files, gone)).startsWith("erased ");
            assertThat(files.leaf(gone)).isEqualTo(a.leaf(gone));
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String body(Ledger ledger, long index) {
        try (Stream<Entry> entries = ledger.read(index)) {
            return switch (entries.findFirst().orElseThrow().event().body()) {
                case Event.Payload p -> new String(p.bytes(), StandardCharsets.UTF_8);
                case Event.Erased e -> "erased " + e.id();
                case Event.Inline i -> "inline";
            };
        }
    }

    @Test
    void aLostLeaderIsFollowedByTheOther() {
        PostgresLedger a = node();
        a.append(TestLog.event(0));
        PostgresLedger b = node();
        assertThat(a.leads()).isTrue();
        b.append(TestLog.event(1));
        long began = System.nanoTime();
        assertThat(TestDatabase.killLeader(url)).isEqualTo("t");
        assertThat(b.append(TestLog.event(2)).firstIndex()).isEqualTo(2);
        assertThat(a.append(TestLog.event(3)).firstIndex()).isEqualTo(3);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("two seconds on a quiet machine")
                .isLessThan(Duration.ofSeconds(20));
        PostgresLedger leader = a.leads() ? a : b;
        leader.close();
        PostgresLedger other = leader == a ? b : a;
        assertThat(other.append(TestLog.event(4)).firstIndex()).isEqualTo(4);
        assertThat(other.leads()).isTrue();
    }

    @Test
    void aRequestThatIsMadeTwiceIsAppendedOnce() throws Exception {
        PostgresLedger a = node();
        a.append(TestLog.event(0));
        PostgresLedger b = node();
        PostgresRequest request =
                PostgresRequest.of(
                        List.of(Leaf.bytes(TestLog.event(1), null)), Map.of(), List.of());
        // as a writer that lost its connection after the commit and before the answer
        Receipt first = b.settle(request);
        String handOver =
                "INSERT INTO ledger_intake (request, leaves, expected) VALUES ('"
                        + request.id
                        + "', '\\x"
                        + java.util.HexFormat.of().formatHex(request.bundle())
                        + "', '{}')";
        TestDatabase.execute(url, handOver);
        Receipt next = a.append(TestLog.event(2));
        long until = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!TestDatabase.execute(url, "SELECT count(*) FROM ledger_intake").equals("0")) {
            assertThat(System.nanoTime() - until).as("the intake is served").isNegative();
        }
        assertThat(next.firstIndex()).isEqualTo(first.firstIndex() + 1);
        assertThat(a.append(TestLog.event(3)).firstIndex()).isEqualTo(first.firstIndex() + 2);
    }

    @Test
    void withoutTheDatabaseAppendsAreRefusedAndResumeByThemselves() {
        PostgresLedger a = node();
        a.append(TestLog.event(0));
        String name = url.substring(url.lastIndexOf('/') + 1);
        String elsewhere = url.replace("/" + name, "/postgres");
        TestDatabase.execute(elsewhere, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
        TestDatabase.execute(
                elsewhere,
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '"
                        + name
                        + "'");
        // the first may still hear how the session ended
        String refused = "";
        for (long until = System.nanoTime() + Duration.ofSeconds(120).toNanos();
                !refused.contains("not currently accepting connections")
                        && System.nanoTime() - until < 0; ) {
            Throwable problem = catchThrowable(() -> a.append(TestLog.event(1)));
            assertThat(problem).isInstanceOf(UncheckedIOException.class);
            refused = problem.getMessage();
            assertThat(refused).contains("the act must not happen");
        }
        assertThat(refused).contains("not currently accepting connections");
        TestDatabase.execute(elsewhere, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
        Receipt receipt = appended(a, TestLog.event(2));
        assertThat(receipt.firstIndex()).as("the refused one is not in the log").isEqualTo(1);
    }

    private static Receipt appended(Ledger ledger, Event event) {
        long until = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (true) {
            try {
                return ledger.append(event);
            } catch (UncheckedIOException refused) {
                if (System.nanoTime() - until > 0) {
                    throw refused;
                }
            }
        }
    }

    @Test
    void damageIsRefusedByTableAndRow() {
        PostgresLedger a = node();
        fill(a, 600);
        a.checkpoint();
        a.close();
        nodes.clear();
        TestDatabase.execute(
                url, "CREATE TABLE entries AS SELECT * FROM ledger_entry WHERE index = 520");
        TestDatabase.execute(
                url, "CREATE TABLE tiles AS SELECT * FROM ledger_tile WHERE level = 0 AND n = 1");
        String table =
                """
                UPDATE ledger_entry SET leaf = leaf || 'x' WHERE index = 599 | UPDATE ledger_entry SET leaf = substr(leaf, 1, length(leaf) - 1) WHERE index = 599 | ledger_head is damaged at size 600
                UPDATE ledger_head SET size = 590 | UPDATE ledger_head SET size = 600 | ledger_head is damaged at size 590
                DELETE FROM ledger_entry WHERE index = 520 | INSERT INTO ledger_entry SELECT * FROM entries | ledger_entry is damaged at index 520
                DELETE FROM ledger_tile WHERE level = 0 AND n = 1 | INSERT INTO ledger_tile SELECT * FROM tiles | ledger_tile is damaged at level 0, n 1
                UPDATE ledger_checkpoint SET note = replace(note, E'\\n600\\n', E'\\n601\\n') | UPDATE ledger_checkpoint SET note = replace(note, E'\\n601\\n', E'\\n600\\n') | ledger_checkpoint is damaged at size 600
                UPDATE ledger_format SET version = 2 | UPDATE ledger_format SET version = 1 | ledger_format is damaged at version
                """;
        for (String line : table.lines().toList()) {
            String[] damage = line.split(" \\| ");
            assertThat(damage).hasSize(3);
            TestDatabase.execute(url, damage[0]);
            assertThatThrownBy(this::node)
                    .as(damage[0])
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(damage[2]);
            TestDatabase.execute(url, damage[1]);
        }
        assertThat(node().size()).as("undone, it opens").isEqualTo(600);
        assertThatThrownBy(
                        () ->
                                PostgresLedger.open(
                                        TestDatabase.of(url), "another/log", signer, List.of()))
                .hasMessageContaining("holds the log '" + TestLog.ORIGIN);
    }

    @Test
    void tilesAndBundlesAreThoseOfAFileLedger() throws Exception {
        PostgresLedger a = node();
        try (FileLedger files = TestLog.open(folder.resolve("files"), signer)) {
            fill(a, 600);
            fill(files, 600);
            for (int width : new int[] {1, 87, 88}) {
                assertThat(a.tile(0, 2, width)).isEqualTo(files.tile(0, 2, width));
                assertThat(a.entryBundle(2, width)).isEqualTo(files.entryBundle(2, width));
            }
            assertThat(a.tile(0, 1, 256)).isEqualTo(files.tile(0, 1, 256));
            assertThat(a.tile(1, 0, 2)).isEqualTo(files.tile(1, 0, 2));
            assertThat(Arrays.equals(a.checkpoint().rootHash(), files.checkpoint().rootHash()))
                    .isTrue();
            assertThatThrownBy(() -> a.tile(1, 0, 3)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> a.inclusion(600, 601))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
