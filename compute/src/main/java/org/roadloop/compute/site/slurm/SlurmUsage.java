package org.roadloop.compute.site.slurm;

import java.time.Duration;
import java.time.Instant;

/**
 * What a job held of the cluster, and for how long (作业用量): kept by us, since Slurm forgets a
 * finished job after {@code MinJobAge}, and counts cards only with its own accounting service.
 *
 * @param job id at the cluster
 * @param account empty for the user's own
 * @param state Slurm's word for its end
 * @param cpus on all nodes together
 * @param cards on all nodes together, of the kind {@code accelerator}; empty for none
 */
public record SlurmUsage(
        String key,
        long job,
        String agreement,
        String user,
        String account,
        String partition,
        String state,
        Instant start,
        Instant end,
        int nodes,
        int cpus,
        String accelerator,
        int cards) {
    public Duration held() {
        Duration held = Duration.between(start, end);
        return held.isNegative() ? Duration.ZERO : held;
    }

    public double cpuSeconds() {
        return cpus * (held().toMillis() / 1000.0);
    }

    public double cardSeconds() {
        return cards * (held().toMillis() / 1000.0);
    }
}
