package org.roadloop.compute.replay;

import java.time.Duration;
import java.util.List;
import org.roadloop.compute.broker.Wish;

/**
 * A recorded job with data (回放作业).
 *
 * @param arrival from the beginning of the month
 * @param seconds it is thought to take at speed 1
 * @param share of that which it really takes
 * @param slots cores, or cards
 * @param cards it runs on accelerators
 * @param patience from the arrival to the time it is due
 */
public record TraceJob(
        String id,
        Duration arrival,
        double seconds,
        double share,
        int slots,
        boolean cards,
        List<Wish.Data> data,
        Duration patience) {
    public TraceJob {
        data = List.copyOf(data);
    }
}
