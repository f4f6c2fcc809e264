package org.roadloop.govern.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicateIndexTest {
    private static final long DAY = 86_400_000_000L;

    @TempDir Path spill;

    /** What the index must answer, by maps that forget nothing they should not. */
    private static final class Oracle {
        private final long windowMicros;
        private final Map<Long, Map<String, Long>> rows = new HashMap<>();
        private final Map<Long, Long> arrivals = new HashMap<>();
        private long latest = Long.MIN_VALUE;

        Oracle(Duration window) {
            windowMicros = window.toNanos() / 1000;
        }

        DuplicateIndex.Verdict add(long event, long arrival, long high, long low, long content) {
            long day = Math.floorDiv(event, DAY);
            latest = Math.max(latest, arrival);
            arrivals.merge(day, arrival, Math::max);
            @Nullable Long before =
                    rows.computeIfAbsent(day, d -> new HashMap<>())
                            .putIfAbsent(high + "/" + low, content);
            if (before == null) {
                return DuplicateIndex.Verdict.NEW;
            }
            return before == content
                    ? DuplicateIndex.Verdict.DUPLICATE
                    : DuplicateIndex.Verdict.CONFLICT;
        }

        void forget() {
            arrivals.entrySet()
                    .removeIf(
                            entry -> {
                                boolean old = latest - entry.getValue() > windowMicros;
                                if (old) {
                                    rows.remove(entry.getKey());
                                }
                                return old;
                            });
        }

        long size() {
            return rows.values().stream().mapToLong(Map::size).sum();
        }
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # memory rows, keys of a day, small numbers as keys, a key has one time
                    1,             40,             true,                 false
                    1,             40,             true,                 true
                    3,             500,            false,                false
                    3,             500,            false,                true
                    64,            500,            true,                 false
                    64,            500,            true,                 true
                    100,           20000,          false,                false
                    100,           20000,          false,                true
                    5000,          20000,          true,                 false
                    2147483647,    20000,          false,                true
                    """)
    void everyAnswerIsThatOfAMapThatForgetsNothing(
            int memoryRows, int keys, boolean small, boolean timed) {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Duration window = Duration.ofHours(30);
        Oracle oracle = new Oracle(window);
        boolean bounded = memoryRows < Integer.MAX_VALUE;
        try (DuplicateIndex index =
                new DuplicateIndex(window, bounded ? spill : null, memoryRows, timed)) {
            long arrival = 0;
            int most = 0;
            for (int i = 0; i < 40 * Math.min(keys, 2_000); i++) {
                arrival += random.nextLong(8 * DAY / keys / 40 + 2);
                long number = random.nextInt(keys);
                long event = timed ? number * (2 * DAY / keys) : arrival - random.nextLong(3) * DAY;
                long high = small ? number : new SplittableRandom(number).nextLong();
                long low = small ? number % 7 : number * 0x9E3779B97F4A7C15L;
                long content = random.nextInt(2);
                assertThat(index.add(event, arrival, high, low, content))
                        .as("seed %d, row %d", seed, i)
                        .isEqualTo(oracle.add(event, arrival, high, low, content));
                most = Math.max(most, index.rowsInMemory());
                if (random.nextInt(50) == 0) {
                    index.forget();
                    oracle.forget();
                }
            }
            assertThat(index.size()).as("seed %d", seed).isEqualTo(oracle.size());
            assertThat(most).isLessThanOrEqualTo(memoryRows);
        }
    }

    /** Rows that were approached together, some left out, while runs come, merge and go. */
    @ParameterizedTest
    @CsvSource({
        "3,500,false",
        "64,500,false",
        "700,20000,false",
        "3,500,true",
        "64,500,true",
        "700,20000,true"
    })
    void rowsApproachedGetTheSameAnswers(int memoryRows, int keys, boolean timed) {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Duration window = Duration.ofHours(30);
        Oracle oracle = new Oracle(window);
        try (DuplicateIndex index = new DuplicateIndex(window, spill, memoryRows, timed)) {
            long[] high = new long[400];
            long[] low = new long[400];
            long[] event = new long[400];
            long arrival = 0;
            for (int block = 0; block < 200; block++) {
                int from = random.nextInt(100);
                int to = from + 1 + random.nextInt(300);
                for (int row = from; row < to; row++) {
                    long number = random.nextInt(keys);
                    high[row] = new SplittableRandom(number).nextLong();
                    low[row] = number * 0x9E3779B97F4A7C15L;
                    event[row] =
                            timed
                                    ? (number / 16) * (32 * DAY / keys) // some share a stretch
                                    : arrival - random.nextLong(3) * DAY;
                }
                index.approach(event, high, low, from, to);
                for (int row = from; row < to; row++) {
                    if (random.nextInt(8) == 0) {
                        continue;
                    }
                    arrival += random.nextLong(8 * DAY / keys / 40 + 2);
                    long content = random.nextInt(2);
                    assertThat(index.addApproached(row, event[row], arrival, low[row], content))
                            .as("seed %d, block %d, row %d", seed, block, row)
                            .isEqualTo(
                                    oracle.add(event[row], arrival, high[row], low[row], content));
                }
                index.forget();
                oracle.forget();
            }
            assertThat(index.size()).as("seed %d", seed).isEqualTo(oracle.size());
        }
    }

    @Test
    void memoryKeepsItsBoundAndFewRunsHoldAllRows() {
        int memoryRows = 1_000;
        try (DuplicateIndex index =
                new DuplicateIndex(Duration.ofDays(7), spill, memoryRows, false)) {
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 200_000; i++) {
                index.add(0, i, random.nextLong(), random.nextLong(), 1);
            }
            assertThat(index.size()).isEqualTo(200_000);
            assertThat(index.rowsInMemory()).isLessThanOrEqualTo(memoryRows);
            assertThat(index.filterBytes()).isLessThanOrEqualTo(memoryRows * 64L);
            assertThat(index.runs()).isLessThanOrEqualTo(3 * 5);
            SplittableRandom again = new SplittableRandom(7);
            for (int i = 0; i < 200_000; i++) {
                assertThat(index.add(0, i, again.nextLong(), again.nextLong(), 1))
                        .isEqualTo(DuplicateIndex.Verdict.DUPLICATE);
            }
            // Forgotten days leave their runs.
            index.add(30 * DAY, 30 * DAY, 1, 1, 1);
            index.forget();
            assertThat(index.size()).isEqualTo(1);
            assertThat(index.runs()).isZero();
        }
    }

    /**
     * Reports in order, as vehicles send them: runs follow one another and none is written twice.
     */
    @Test
    void rowsInOrderAreAskedOfTheRunsOfTheirTimeOnly() {
        int memoryRows = 100;
        long secondMicros = 1_000_000;
        try (DuplicateIndex index =
                new DuplicateIndex(Duration.ofDays(7), spill, memoryRows, true)) {
            for (int i = 0; i < 20_000; i++) {
                index.add(i * secondMicros, i * secondMicros, i, i, 1);
            }
            assertThat(index.runs()).isEqualTo(20_000 / memoryRows);
            assertThat(index.filterBytes()).isLessThanOrEqualTo(memoryRows * 64L);
            assertThat(index.newestIsFiltered()).isTrue();
            long late = 5_000 * secondMicros;
            assertThat(index.add(late, late, 5_000, 5_000, 1))
                    .isEqualTo(DuplicateIndex.Verdict.DUPLICATE);
            assertThat(index.add(late, late, 5_000, 5_000, 2))
                    .isEqualTo(DuplicateIndex.Verdict.CONFLICT);
            for (int i = 20_000; i < 100_000; i++) {
                index.add(i * secondMicros, i * secondMicros, i, i, 1);
            }
            assertThat(index.runs()).isLessThanOrEqualTo(512);
            for (int i = 0; i < 100_000; i += 7) {
                assertThat(index.add(i * secondMicros, i * secondMicros, i, i, 1))
                        .as("row %d", i)
                        .isEqualTo(DuplicateIndex.Verdict.DUPLICATE);
            }
        }
    }

    @Test
    void nothingIsLeftOnDiskAndADiskThatRefusesLosesNoRow() throws IOException {
        Path refusing = spill.resolve("file");
        Files.writeString(refusing, "not a folder");
        try (DuplicateIndex index = new DuplicateIndex(Duration.ofDays(7), refusing, 10, false)) {
            for (int i = 0; i < 95; i++) {
                index.add(0, i, i, i, 1);
            }
            Files.delete(refusing); // the disk has room again
            for (int i = 95; i < 400; i++) {
                index.add(0, i, i, i, 1);
            }
            assertThat(index.rowsInMemory()).isLessThanOrEqualTo(10);
            for (int i = 0; i < 400; i++) {
                assertThat(index.add(0, i, i, i, 1)).isEqualTo(DuplicateIndex.Verdict.DUPLICATE);
            }
            try (Stream<Path> left = Files.list(refusing)) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void theFilterIsWrongAsSeldomAsItSays() {
        KeyFilter filter = new KeyFilter(100_000 * 10 / 8);
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 100_000; i++) {
            filter.add(i * 0x9E3779B97F4A7C15L, i);
        }
        int wrong = 0;
        for (int i = 0; i < 100_000; i++) {
            assertThat(filter.mayContain(i * 0x9E3779B97F4A7C15L, i)).isTrue();
            wrong += filter.mayContain(random.nextLong(), random.nextLong()) ? 1 : 0;
        }
        assertThat(wrong).isBetween(300, 2_000);
    }
}
