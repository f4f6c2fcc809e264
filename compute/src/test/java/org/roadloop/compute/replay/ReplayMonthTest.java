package org.roadloop.compute.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A tenth of the month that {@code bench compute} runs. */
@Tag("slow")
class ReplayMonthTest {
    private static final long SEED = 5;
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data").normalize();

    @Test
    void theBrokerIsAheadOfEverySimpleRule() throws Exception {
        assumeTrue(Files.exists(DATA.resolve("openb")), "no traces in " + DATA);
        List<TraceJob> jobs = MonthTrace.read(DATA, SEED, 10);
        assertThat(jobs).hasSizeGreaterThan(300).isEqualTo(MonthTrace.read(DATA, SEED, 10));
        assertThat(jobs.stream().filter(TraceJob::cards).count()).isGreaterThan(100);
        Map<ReplayMonth.Policy, ReplayMonth.Totals> all = new EnumMap<>(ReplayMonth.Policy.class);
        for (ReplayMonth.Policy policy : ReplayMonth.Policy.values()) {
            all.put(policy, ReplayMonth.run(jobs, policy, SEED));
        }
        ReplayMonth.Totals ours = all.remove(ReplayMonth.Policy.OURS);
        assertThat(all.values())
                .as("seed %d, ours %s", SEED, ours)
                .allMatch(rule -> ours.weighted() <= rule.weighted());
        assertThat(all.get(ReplayMonth.Policy.NEAREST_DATA).movedBytes())
                .as("a rule that only looks at the data moves least")
                .isLessThan(ours.movedBytes());
    }
}
