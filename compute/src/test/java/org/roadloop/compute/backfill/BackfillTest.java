package org.roadloop.compute.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.roadloop.compute.backfill.Backfill.Order;

class BackfillTest {
    private static final Path LOGS =
            Path.of(System.getProperty("roadloop.root", "."))
                    .resolve("../shared/data/swf")
                    .normalize();

    private static Job job(long number, long submit, long run, long estimate, int processors) {
        return new Job(number, submit, run, estimate, processors);
    }

    /**
     * Worked by hand: four processors. Job 1 has three of them until 100; job 2 wants all four and
     * waits for them; jobs 3 and 4 want one each, for 50 s and for 150 s. EASY lets 3 go before,
     * for it ends in time, and 4 not, which would delay job 2.
     */
    @ParameterizedTest
    @CsvSource({
        "ARRIVAL_ONLY,          190", // 4 starts when 2 ends, at 200, having come at 10
        "ARRIVAL,               190",
        "SHORTEST_BEHIND_FIRST, 190",
    })
    void aJobGoesBeforeWhereItDelaysNobody(Order order, long longestWait) {
        List<Job> jobs =
                List.of(
                        job(1, 0, 100, 100, 3),
                        job(2, 5, 100, 100, 4),
                        job(3, 10, 50, 50, 1),
                        job(4, 10, 150, 150, 1));
        Backfill.Outcome outcome = Backfill.replay(jobs, 4, order);
        assertThat(outcome.longestWaitSeconds()).isEqualTo(longestWait);
        double third = order == Order.ARRIVAL_ONLY ? (190 + 50) / 50.0 : 1;
        double expected = (1 + (95 + 100) / 100.0 + third + (190 + 150) / 150.0) / 4;
        assertThat(outcome.meanBoundedSlowdown()).isCloseTo(expected, within(1e-12));
    }

    /** With estimates that are right, no reservation is missed and nobody overtakes for nothing. */
    @ParameterizedTest
    @EnumSource(Order.class)
    void everyJobRunsOnceAndThePoolIsNeverOverdrawn(Order order) {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            List<Job> jobs = new ArrayList<>();
            long at = 0;
            long work = 0;
            for (int i = 0; i < 80; i++) {
                at += random.nextInt(30);
                long run = 1 + random.nextInt(200);
                int processors = 1 + random.nextInt(16);
                work += run * processors;
                jobs.add(job(i, at, run, run * (1 + random.nextInt(3)), processors));
            }
            Backfill.Outcome outcome = Backfill.replay(jobs, 16, order);
            assertThat(outcome.meanBoundedSlowdown()).as("seed %d", seed).isGreaterThanOrEqualTo(1);
            // the pool's own bound: less time than the work needs would be an overdrawn pool
            assertThat(outcome.makespanSeconds())
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(work / 16);
        }
    }

    /** 10 s of threshold: a job of a second that waits for nine has no slowdown. */
    @Test
    void slowdownIsBounded() {
        assertThat(job(1, 0, 1, 1, 1).boundedSlowdown(9)).isEqualTo(1);
        assertThat(job(1, 0, 1, 1, 1).boundedSlowdown(19)).isEqualTo(2);
    }

    /** Regression values; the first two were had from another simulator as well. */
    @ParameterizedTest
    @CsvSource({
        "hpc2n,      ARRIVAL_ONLY,          47.41",
        "hpc2n,      ARRIVAL,               17.06",
        "hpc2n,      SHORTEST_BEHIND_FIRST, 15.37",
        "hpc2n,      EXPANSION,             12.24",
        "wagap-2013, ARRIVAL_ONLY,           9.59",
        "wagap-2013, ARRIVAL,                9.02",
        "wagap-2013, EXPANSION,              6.65",
    })
    void realLogsAreReplayedAsBefore(String log, Order order, double slowdown) throws Exception {
        Assumptions.assumeTrue(
                Files.exists(LOGS), "../shared/data/swf is missing: real logs are not replayed");
        List<Job> jobs = StandardWorkload.jobs(LOGS.resolve(log + ".swf"));
        int processors = StandardWorkload.processors(LOGS.resolve(log + ".swf.machines"));
        assertThat(Backfill.replay(jobs, processors, order).meanBoundedSlowdown())
                .isCloseTo(slowdown, within(0.006));
    }

    @Test
    void linesThatAreNoJobAreNamed(@TempDir Path folder) throws Exception {
        Path log =
                Files.writeString(
                        folder.resolve("a.swf"),
                        """
                        ; MaxProcs: 4
                        1 0 0 10 2 -1 -1 2 20 -1 1 1 1 1 1 1 -1 -1
                        2 5 0 -1 2 -1 -1 2 20 -1 0 1 1 1 1 1 -1 -1
                        """);
        assertThat(StandardWorkload.jobs(log)).containsExactly(job(1, 0, 10, 20, 2));
        Files.writeString(log, "1 0 0 ten 2 -1 -1 2 20\n");
        assertThatThrownBy(() -> StandardWorkload.jobs(log)).hasMessageContaining("a.swf, line 1");
        Files.writeString(log, "1 0 0\n");
        assertThatThrownBy(() -> StandardWorkload.jobs(log)).hasMessageContaining("3 fields");
        assertThatThrownBy(() -> Backfill.replay(List.of(job(7, 0, 1, 1, 9)), 4, Order.ARRIVAL))
                .hasMessageContaining("job 7 asks for 9 processors, there are 4");
    }
}
