package org.roadloop.dataspace.access;

import java.nio.file.Path;
import java.util.HexFormat;

/**
 * What one transfer carries (固定导出): one file of one snapshot, so that ranges and repeats are of the
 * same bytes even if the table goes on.
 *
 * @param sha256 of the file, lower-case hex
 * @param directory holds the file alone
 */
record PinnedExport(
        Path directory,
        Path file,
        String mediaType,
        String sha256,
        long dataBytes,
        long rows,
        long snapshot) {
    /** A strong validator: equal tags, equal bytes (RFC 9110 §8.8.3). */
    String entityTag() {
        return '"' + sha256 + '"';
    }

    /** The value of {@code Repr-Digest}. */
    String digest() {
        return Digests.header(HexFormat.of().parseHex(sha256));
    }
}
