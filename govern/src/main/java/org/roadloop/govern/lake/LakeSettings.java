package org.roadloop.govern.lake;

/**
 * What the embedded engine may take.
 *
 * @param memoryMegabytes DuckDB's own limit for buffers and sorting; beyond it, it spills to disk
 * @param threads DuckDB's worker threads
 */
public record LakeSettings(int memoryMegabytes, int threads) {
    public static final LakeSettings DEFAULT = new LakeSettings(256, 2);

    public LakeSettings {
        if (memoryMegabytes < 32 || threads < 1) {
            throw new IllegalArgumentException(
                    "lake settings need at least 32 MB and 1 thread, not "
                            + memoryMegabytes
                            + " MB and "
                            + threads);
        }
    }
}
