package org.roadloop.app.operate;

import java.time.Instant;
import java.util.List;

/**
 * What a backup holds (备份清单), its last entry {@code manifest.json}.
 *
 * @param format version of the archive, 1
 * @param homeFormat layout of the home it was made from
 * @param ledgerSize entries that the checkpoint in the archive covers at least
 * @param ledgerRoot RFC 6962 root of the first {@code ledgerSize} entries, hex
 * @param skipped what was not a regular file, or vanished while it was copied
 */
public record Manifest(
        int format,
        int homeFormat,
        Instant madeAt,
        long ledgerSize,
        String ledgerRoot,
        List<Item> files,
        List<String> skipped) {
    public static final int FORMAT = 1;
    static final String NAME = "manifest.json";

    /**
     * One file of the archive.
     *
     * @param path relative to the home, with '/'
     * @param sha256 lower-case hex
     */
    public record Item(String path, long bytes, String sha256) {}

    public Manifest {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
    }

    /** Bytes of all files. */
    public long totalBytes() {
        return files.stream().mapToLong(Item::bytes).sum();
    }
}
