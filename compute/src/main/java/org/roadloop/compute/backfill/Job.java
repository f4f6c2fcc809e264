package org.roadloop.compute.backfill;

/**
 * A rigid job of a batch queue (批作业).
 *
 * @param submitSeconds since the log began
 * @param runSeconds how long it ran, at least 1; the scheduler does not know it
 * @param estimateSeconds what its owner asked for, no less than {@code runSeconds}
 * @param processors all the time, at least 1
 */
public record Job(
        long number, long submitSeconds, long runSeconds, long estimateSeconds, int processors) {
    public Job {
        if (runSeconds < 1 || estimateSeconds < runSeconds || processors < 1) {
            throw new IllegalArgumentException(
                    "job %d: runs %d s of %d s on %d processors"
                            .formatted(number, runSeconds, estimateSeconds, processors));
        }
    }

    /** Bounded slowdown with the usual threshold of 10 s (Feitelson et al., JSSPP 1997). */
    double boundedSlowdown(long startSeconds) {
        double response = (startSeconds - submitSeconds) + runSeconds;
        return Math.max(1, response / Math.max(runSeconds, 10));
    }
}
