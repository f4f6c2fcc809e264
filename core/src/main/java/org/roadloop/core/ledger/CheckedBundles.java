package org.roadloop.core.ledger;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What is known of the full bundles that hashed to the tree since the log was opened (已核对的条目包): at
 * a start many folds read the same ones.
 *
 * <p>The checksum takes a tenth of the time of 256 leaf hashes. It shows what a disk does to a file
 * meanwhile; a hand that writes another bundle of the same CRC-32C under a running platform is
 * found by the next start and by whoever verifies. With the marks of its types a bundle that has
 * nothing for a fold is not even read. 16 bytes a bundle. Any thread.
 */
final class CheckedBundles {
    private static final long KNOWN = 1L << 32;

    /** By number of the bundle; 0 if it was not checked. */
    private long[] checksums = {};

    /** {@link LeafFilter#mark} of all its leaves; 0 if nobody looked. */
    private long[] marks = {};

    /** Whether these bytes are what was checked. */
    boolean are(long n, byte[] bytes) {
        long known;
        synchronized (this) {
            known = n < checksums.length ? checksums[(int) n] : 0;
        }
        return known != 0 && known == checksum(bytes);
    }

    void add(long n, byte[] bytes) {
        long checksum = checksum(bytes);
        synchronized (this) {
            if (hasPlace(n)) {
                checksums[(int) n] = checksum;
            }
        }
    }

    /** Marks of a bundle that was read whole and checked. */
    synchronized void mark(long n, long bits) {
        if (hasPlace(n)) {
            marks[(int) n] = bits;
        }
    }

    /** Marks of a bundle; 0 if they are not known. */
    synchronized long marks(long n) {
        return n < marks.length ? marks[(int) n] : 0;
    }

    /** From 2^38 entries on nothing is kept. */
    private boolean hasPlace(long n) {
        if (n >= checksums.length && n < 1 << 30) {
            int length = Math.max(64, (int) n / 2 * 3 + 2);
            checksums = Arrays.copyOf(checksums, length);
            marks = Arrays.copyOf(marks, length);
        }
        return n < checksums.length;
    }

    private static long checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue() | KNOWN;
    }
}
