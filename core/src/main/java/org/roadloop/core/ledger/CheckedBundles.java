package org.roadloop.core.ledger;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Checksums of the bundles that hashed to the tree since the log was opened (已核对的条目包): at a start
 * many folds read the same ones, and a checksum takes a tenth of the time of 256 leaf hashes. It
 * shows what a disk does to a file meanwhile; a hand that writes another bundle of the same CRC-32C
 * under a running platform is found by the next start and by whoever verifies. 8 bytes a bundle.
 * Any thread.
 */
final class CheckedBundles {
    private static final long KNOWN = 1L << 32;

    /** By number of the bundle; 0 if it was not checked. */
    private long[] checksums = {};

    /** Whether these bytes are what was checked. */
    boolean are(long n, byte[] bytes) {
        long known;
        synchronized (this) {
            known = n < checksums.length ? checksums[(int) n] : 0;
        }
        return known != 0 && known == checksum(bytes);
    }

    void add(long n, byte[] bytes) {
        if (n >= Integer.MAX_VALUE / 2) {
            return; // 2^38 entries on: hashed each time
        }
        long checksum = checksum(bytes);
        synchronized (this) {
            if (n >= checksums.length) {
                checksums = Arrays.copyOf(checksums, Math.max(64, (int) n / 2 * 3 + 2));
            }
            checksums[(int) n] = checksum;
        }
    }

    private static long checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue() | KNOWN;
    }
}
