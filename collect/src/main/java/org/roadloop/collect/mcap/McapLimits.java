package org.roadloop.collect.mcap;

/**
 * What a reader holds in memory at most (内存上限); what is larger is told and passed over.
 *
 * @param recordBytes of one record, a compressed chunk among them
 * @param chunkBytes of one chunk without its compression
 * @param openBytes of chunks that are open at once because their times overlap
 */
public record McapLimits(int recordBytes, int chunkBytes, long openBytes) {
    public static final McapLimits DEFAULT = new McapLimits(64 << 20, 64 << 20, 128L << 20);

    public McapLimits {
        if (recordBytes < 1 || chunkBytes < 1 || openBytes < chunkBytes) {
            throw new IllegalArgumentException(
                    "limits are positive, and openBytes is at least chunkBytes: %d, %d, %d"
                            .formatted(recordBytes, chunkBytes, openBytes));
        }
    }
}
