package org.roadloop.compute.site.slurm;

import java.time.Instant;
import java.util.Optional;

/**
 * What Slurm says about a job (作业).
 *
 * @param name {@code roadloop-KEY}
 * @param reason Slurm's word for why it waits or ended, {@code None} where there is none
 * @param start absent until it started
 * @param end absent until it ended
 * @param nodes allocated or asked for
 * @param cpus on all nodes together
 * @param requeues how often Slurm queued it again after it had nodes
 */
record JobStatus(
        long id,
        String name,
        JobState state,
        String reason,
        Optional<Instant> start,
        Optional<Instant> end,
        int nodes,
        int cpus,
        int requeues) {}
