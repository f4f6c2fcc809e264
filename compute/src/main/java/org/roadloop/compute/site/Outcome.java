package org.roadloop.compute.site;

import java.time.Duration;
import java.time.Instant;

/**
 * How a run ended, and what it took (运行结果、计量).
 *
 * @param exitCode of the command, 128 + signal where it was killed
 * @param cpuTime user and system, of all processes of the run
 * @param peakMemoryBytes −1 where nobody measured
 * @param meter {@code cgroup-v1}, {@code cgroup-v2} (kernel counters of the group), or {@code
 *     proc-sampled} (sum over processes seen while it ran, a lower limit)
 */
public record Outcome(
        Cause cause,
        int exitCode,
        Duration cpuTime,
        long peakMemoryBytes,
        String meter,
        Instant start,
        Instant end) {
    /** Why it ended. */
    public enum Cause {
        /** By itself, whatever the exit code. */
        EXITED,
        /** Killed for using more memory than it may. */
        MEMORY,
        /** Killed at its time limit. */
        TIME,
        /** Killed for writing more than it may. */
        OUTPUT,
        /** Failed or was killed for starting more processes than it may. */
        PROCESSES,
        CANCELLED,
        /** The sandbox itself could not be set up; nothing of the task ran. */
        NOT_STARTED
    }
}
