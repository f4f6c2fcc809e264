package org.roadloop.compute.site;

import java.time.Duration;

/**
 * What one run may take (限额).
 *
 * @param memoryBytes of all processes together, scratch files included
 * @param processes and threads
 * @param cpus share of the machine's cores, for example 0.5
 * @param time from start to end
 * @param scratchBytes of {@code /tmp}, below half of the memory
 * @param outputBytes of everything written for release
 */
public record Limits(
        long memoryBytes,
        int processes,
        double cpus,
        Duration time,
        long scratchBytes,
        long outputBytes) {
    public Limits {
        if (memoryBytes < 16L << 20 || processes < 1 || !(cpus > 0) || time.isNegative()) {
            throw new IllegalArgumentException(
                    "limits of %d bytes, %d processes, %s cpus, %s: at least 16 MiB, 1, above 0, ≥ 0"
                            .formatted(memoryBytes, processes, cpus, time));
        }
        scratchBytes = Math.min(scratchBytes, memoryBytes / 2);
    }
}
