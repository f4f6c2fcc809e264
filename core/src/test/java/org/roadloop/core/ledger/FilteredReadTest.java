package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A read of some types gives what the whole read has of them. */
class FilteredReadTest {
    private static final long SEED = 31;
    private static final List<String> TYPES =
            List.of("a.b", "a.bc", "aa.b", "usage.metered", "usage.metered-2", "x.a.b", "rare.one");
    private static final List<String> NASTY =
            List.of(
                    "",
                    "plain",
                    "合约 𠀀",
                    "\",\"type\":\"a.b\",\"version\":1}",
                    ",\"type\":\"a.b",
                    "\\\",\\\"type\\\":\\\"a.b",
                    "a.b",
                    "\",\"subject\":\"s-1\",\"type\":\"a.b\",\"version\":1}",
                    "back \\",
                    "line\nend \u0001");

    @TempDir Path temp;
    private final Signer signer = TestLog.signer();
    private final Random random = new Random(SEED);

    private FileLedger open(Path dir) {
        return TestLog.openSmallJournal(dir, signer, 256);
    }

    private String nasty() {
        return NASTY.get(random.nextInt(NASTY.size()));
    }

    private Event event(int i) {
        // long runs of one type too, so that whole bundles have nothing of the others
        boolean run = i / 300 % 2 == 1;
        String type =
                run ? "usage.metered" : TYPES.get(random.nextInt(TYPES.size() - (i < 900 ? 0 : 1)));
        String subject = random.nextBoolean() ? "s-" + random.nextInt(5) : nasty();
        if (random.nextInt(9) == 0) {
            return Event.withPayload(
                    type, TestLog.AT, "did:web:a.example", subject, nasty().getBytes(UTF_8));
        }
        ObjectNode body = JsonMapper.shared().createObjectNode();
        for (int k = random.nextInt(4); k > 0; k--) {
            body.put(nasty(), nasty());
        }
        body.putObject("zz").put("type", "a.b").put("version", 1);
        return new Event(
                type,
                random.nextInt(4) == 0 ? 1 + random.nextInt(Integer.MAX_VALUE - 1) : 1,
                TestLog.AT.plusMillis(i),
                "did:web:" + (random.nextInt(5) == 0 ? nasty() : "a.example"),
                subject,
                new Event.Inline(body));
    }

    private void fill(FileLedger ledger, int count) {
        for (int done = 0; done < count; ) {
            List<Event> events = new ArrayList<>();
            for (int n = 1 + random.nextInt(90); n > 0 && done < count; n--) {
                events.add(event(done++));
            }
            ledger.append(events);
        }
    }

    private static List<Entry> all(Stream<Entry> stream) {
        try (stream) {
            return stream.toList();
        }
    }

    private static boolean payload(Entry entry) {
        return !(entry.event().body() instanceof Event.Inline);
    }

    /** Texts of entries: a payload is its bytes, which have no equals. */
    private static List<String> texts(Stream<Entry> entries) {
        return all(entries).stream()
                .map(
                        e ->
                                e.index()
                                        + " "
                                        + e.event().type()
                                        + e.event().version()
                                        + e.event().at()
                                        + e.event().actor()
                                        + e.event().subject()
                                        + (e.event().body() instanceof Event.Payload p
                                                ? new String(p.bytes(), UTF_8)
                                                : e.event().body().toString()))
                .toList();
    }

    private void mustBeTheSame(Ledger ledger, String as) {
        List<Set<String>> wanted =
                List.of(
                        Set.of("a.b"),
                        Set.of("rare.one", "a.bc"),
                        Set.of("usage.metered", "x.a.b"),
                        Set.of("unknown.type"),
                        Set.of(),
                        Set.of("ledger.erased"),
                        Set.copyOf(TYPES));
        Predicate<String> subjects = Set.of("s-1", "s-3", NASTY.get(3), NASTY.get(7))::contains;
        long size = ledger.size();
        for (long from : new long[] {0, 255, 256, 777, size - 1, size + 9}) {
            for (Set<String> types : wanted) {
                assertThat(texts(ledger.read(from, types)))
                        .as("%s: %s from %d, seed %d", as, types, from, SEED)
                        .isEqualTo(
                                texts(
                                        ledger.read(from)
                                                .filter(e -> types.contains(e.event().type()))));
            }
            assertThat(texts(ledger.readAbout(from, subjects)))
                    .as("%s: subjects from %d, seed %d", as, from, SEED)
                    .isEqualTo(
                            texts(
                                    ledger.read(from)
                                            .filter(e -> subjects.test(e.event().subject()))));
        }
    }

    @Tag("slow")
    @Test
    void someTypesAreThoseOfTheWhole() throws Exception {
        try (FileLedger ledger = open(temp)) {
            fill(ledger, 1500);
            mustBeTheSame(ledger, "while it is written");
            // what was read once is read again, by what was learnt of it
            mustBeTheSame(ledger, "again");
            Entry stored =
                    all(ledger.read(0)).stream()
                            .filter(FilteredReadTest::payload)
                            .findAny()
                            .orElseThrow();
            ledger.erase(stored.index());
            assertThat(all(ledger.read(0, Set.of(stored.event().type()))))
                    .filteredOn(e -> e.index() == stored.index())
                    .extracting(e -> e.event().body().getClass())
                    .containsExactly((Class) Event.Erased.class);
            mustBeTheSame(ledger, "with an erased one");
        }
        try (FileLedger ledger = open(temp)) {
            mustBeTheSame(ledger, "opened by the snapshot");
        }
        Files.delete(temp.resolve("snapshot"));
        try (FileLedger ledger = open(temp)) {
            mustBeTheSame(ledger, "opened without");
            fill(ledger, 300);
            mustBeTheSame(ledger, "grown");
        }
        Files.write(temp.resolve("journal"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        try (FileLedger ledger = open(temp)) {
            mustBeTheSame(ledger, "torn");
        }
    }

    /** The checksum of a bundle that hashed to the tree does not hide what happens to it after. */
    @Tag("slow")
    @Test
    void damageSinceTheFirstReadIsNamedByTheSecond() throws Exception {
        try (FileLedger ledger = open(temp)) {
            fill(ledger, 1000);
            ledger.checkpoint();
        }
        Path file = temp.resolve("tile/entries/001");
        byte[] good = Files.readAllBytes(file);
        try (FileLedger ledger = open(temp)) {
            ledger.awaitScrub();
            assertThat(all(ledger.read(0))).hasSize(1000);
            for (int i = 0; i < 20; i++) {
                byte[] bad = good.clone();
                int at = random.nextInt(bad.length);
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bad);
                assertThatThrownBy(() -> all(ledger.read(0)))
                        .as("bit of byte %d, seed %d", at, SEED)
                        .isInstanceOfSatisfying(
                                CorruptLogException.class,
                                e -> assertThat(e.file()).isEqualTo(file));
            }
            Files.write(file, good);
            assertThat(all(ledger.read(0))).hasSize(1000);
        }
    }
}
