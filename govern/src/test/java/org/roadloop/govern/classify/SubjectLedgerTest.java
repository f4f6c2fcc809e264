package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.govern.classify.SubjectLedger.Counts;
import org.roadloop.govern.classify.SubjectLedger.Disclosure;
import org.roadloop.govern.operator.Keyring;

class SubjectLedgerTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final Disclosure TRACKS = new Disclosure("did:web:b.example", "research", true);
    private static final Disclosure STATES = new Disclosure("did:web:c.example", "", false);

    @TempDir Path folder;

    private SubjectLedger at(String instant) {
        return new SubjectLedger(folder, KEYS, Clock.fixed(Instant.parse(instant), ZoneOffset.UTC));
    }

    private static List<String> vehicles(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 100_000, 1_000_000})
    void oneBelowAndOneAtTheLimitSurviveARestart(int limit) {
        try (SubjectLedger ledger = at("2026-06-01T00:00:00Z")) {
            ledger.debit(TRACKS, ledger.subjects(vehicles(0, limit / 2)));
            ledger.debit(TRACKS, ledger.subjects(vehicles(limit / 4, limit - 1)));
            assertThat(ledger.counts().sensitive()).isEqualTo(limit - 1);
        }
        try (SubjectLedger ledger = at("2026-06-02T00:00:00Z")) {
            assertThat(ledger.counts()).isEqualTo(new Counts(2026, 0, limit - 1));
            long[] known = ledger.subjects(List.of("v7"));
            assertThat(ledger.preview(TRACKS, known).sensitive()).isEqualTo(limit - 1);
            long[] fresh = ledger.subjects(List.of("v" + limit, "v3", "v" + limit));
            assertThat(ledger.preview(TRACKS, fresh).sensitive()).isEqualTo(limit);
            assertThat(ledger.counts().sensitive()).isEqualTo(limit - 1);
            assertThat(ledger.debit(TRACKS, fresh).sensitive()).isEqualTo(limit);
        }
    }

    @Test
    void aYearBeginsAtMidnightInShanghai() {
        try (SubjectLedger old = at("2026-12-31T15:59:59Z")) {
            old.debit(TRACKS, old.subjects(vehicles(0, 10)));
            assertThat(old.counts()).isEqualTo(new Counts(2026, 0, 10));
        }
        try (SubjectLedger young = at("2026-12-31T16:00:00Z")) {
            assertThat(young.counts()).isEqualTo(new Counts(2027, 0, 0));
        }
    }

    @Test
    void recipientsAndPurposesAreCountedApartAndTogetherOnce() {
        try (SubjectLedger ledger = at("2026-06-01T00:00:00Z")) {
            ledger.debit(STATES, ledger.subjects(vehicles(0, 60)));
            ledger.debit(
                    new Disclosure("did:web:d.example", "repair", false),
                    ledger.subjects(vehicles(40, 100)));
            ledger.debit(TRACKS, ledger.subjects(vehicles(0, 5)));
            assertThat(ledger.counts()).isEqualTo(new Counts(2026, 100, 5));
            assertThat(ledger.counts("did:web:c.example", "")).isEqualTo(new Counts(2026, 60, 0));
            assertThat(ledger.counts("", "repair")).isEqualTo(new Counts(2026, 60, 0));
            assertThat(ledger.counts("", "research")).isEqualTo(new Counts(2026, 0, 5));
        }
    }

    /** Against a set of texts, in random batches with restarts between. */
    @Test
    void countsAreThoseOfASet() {
        long seed = 6;
        Random random = new Random(seed);
        TreeSet<String> oracle = new TreeSet<>();
        for (int round = 0; round < 20; round++) {
            try (SubjectLedger ledger = at("2026-06-01T00:00:00Z")) {
                int from = random.nextInt(20_000);
                List<String> some = vehicles(from, from + random.nextInt(9_000));
                oracle.addAll(some);
                ledger.debit(STATES, ledger.subjects(some));
                assertThat(ledger.counts().ordinary()).as("seed " + seed).isEqualTo(oracle.size());
            }
        }
    }

    /** What a kill in the midst of a write leaves: a part of a frame, or one with a wrong end. */
    @Test
    void aHalfWrittenFrameIsCutOff() throws IOException {
        try (SubjectLedger ledger = at("2026-06-01T00:00:00Z")) {
            ledger.debit(STATES, ledger.subjects(vehicles(0, 5_000)));
        }
        Path file = folder.resolve("2026-all-ordinary.subjects");
        byte[] whole = Files.readAllBytes(file);
        for (int cut : new int[] {1, 3, 5, 12, 7_000}) {
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length - cut));
            try (SubjectLedger ledger = at("2026-06-01T00:00:00Z")) {
                assertThat(ledger.counts().ordinary()).as("cut %d", cut).isEqualTo(4_096);
                assertThat(ledger.debit(STATES, ledger.subjects(vehicles(0, 5_000))).ordinary())
                        .isEqualTo(5_000);
            }
            assertThat(Files.size(file)).isEqualTo(whole.length);
        }
        Files.write(file, new byte[] {0, 0, 0, 1, 2, 3}, StandardOpenOption.APPEND);
        try (SubjectLedger ledger = at("2026-06-01T00:00:00Z")) {
            assertThat(ledger.counts().ordinary()).isEqualTo(5_000);
        }
    }

    @Test
    void noFileNamesAnyone() throws IOException {
        try (SubjectLedger ledger = at("2026-06-01T00:00:00Z")) {
            ledger.debit(TRACKS, ledger.subjects(vehicles(100_000, 100_500)));
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(
                    f -> {
                        try {
                            String text =
                                    new String(Files.readAllBytes(f), StandardCharsets.ISO_8859_1);
                            assertThat(f.getFileName() + text)
                                    .doesNotContain("v1000", "b.example", "research");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }

    @Test
    void aMillionSubjectsTakeSixteenMebibytes() {
        try (SubjectSet set = new SubjectSet(folder.resolve("million"))) {
            set.addAll(new Random(6).longs(1_000_000).sorted().distinct().toArray());
            assertThat(set.size()).isEqualTo(1_000_000);
            assertThat(set.memoryBytes()).isLessThanOrEqualTo(16 << 20);
        }
    }
}
