package org.roadloop.compute.broker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.Site;

/**
 * What is to be placed, and what matters (调度意愿).
 *
 * @param task id, the owner of the bookings
 * @param data where the inputs are
 * @param at the earliest start
 * @param deadline of the finish; sites that can't meet it are infeasible
 * @param finishWeight 0 (only the cost counts) to 1 (only the finish counts)
 * @param onlySite id, empty for any
 * @param maxMilliCost cost of run and transfer together, {@link Long#MAX_VALUE} for none
 */
public record Wish(
        String task,
        Site.Work work,
        List<Data> data,
        Instant at,
        Optional<Instant> deadline,
        double finishWeight,
        String onlySite,
        long maxMilliCost) {
    /**
     * @param node of the topology
     */
    public record Data(String node, long dataBytes) {}

    public Wish {
        data = List.copyOf(data);
        if (!(finishWeight >= 0 && finishWeight <= 1)) {
            throw new IllegalArgumentException(
                    "weight of the finish is " + finishWeight + ", not within 0 to 1");
        }
    }
}
