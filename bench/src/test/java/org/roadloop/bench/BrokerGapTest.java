package org.roadloop.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.compute.broker.Placement;

/** The broker beside the exact optimum; a tenth of what {@code bench compute} runs. */
@Tag("slow")
class BrokerGapTest {
    /** Two of jobs that come over the day, four of jobs that come all at once. */
    private static final long[] SEEDS = {1, 2, 3, 4, 7, 11};

    @Test
    void noPlanIsInfeasibleNoneBeatsTheOptimumAndTheMeanGapIsSmall() {
        double sum = 0;
        List<String> gaps = new ArrayList<>();
        for (long seed : SEEDS) {
            SmallMarket market = new SmallMarket(seed);
            ExactPlan.Best best = ExactPlan.of(market, 30);
            List<Placement> plan = market.broker.placeAll(market.wishes);
            assertThat(market.faults(plan)).as("seed %d", seed).isEmpty();
            double gap = market.milli(plan) / best.milli() - 1;
            gaps.add("seed %d: %.2f %%".formatted(seed, 100 * gap));
            // what CP-SAT proves is a lower bound, so a negative gap is an error in one of the two
            assertThat(gap).as(gaps.getLast()).isGreaterThan(-1e-4);
            sum += gap;
        }
        System.out.println("gap to the optimum: " + String.join(", ", gaps));
        assertThat(sum / SEEDS.length).as("%s", gaps).isLessThanOrEqualTo(0.10);
    }

    @Test
    void theCheckOfPlansFindsWhatIsWrong() {
        SmallMarket market = new SmallMarket(1);
        List<Placement> plan = new ArrayList<>(market.broker.placeAll(market.wishes));
        plan.set(1, plan.get(0));
        plan.set(2, plan.get(0));
        plan.set(3, plan.get(0));
        assertThat(market.faults(plan)).anyMatch(f -> f.endsWith("beyond its capacity"));
    }
}
