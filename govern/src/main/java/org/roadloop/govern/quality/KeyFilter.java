package org.roadloop.govern.quality;

/*
 * Blocked Bloom filter (Putze, Sanders, Singler 2007): all bits of a key lie in one block of 512
 * bits, so that a question costs one or two cache lines. With ten bits a key and six bits set, about
 * 1.3 % of the keys that were never added seem to be there; with five bits, about 10 %.
 */

/** Says "surely not there" or "perhaps there" of a key (布隆过滤器). One thread. */
final class KeyFilter {
    private static final int BLOCK_LONGS = 8;
    private static final int BITS_SET = 6;

    private final long[] words;
    private final int blocks;

    /**
     * @param bytes at least 64
     */
    KeyFilter(long bytes) {
        blocks = Math.toIntExact(Math.max(1, bytes / (BLOCK_LONGS * 8)));
        words = new long[blocks * BLOCK_LONGS];
    }

    long bytes() {
        return words.length * 8L;
    }

    void add(long place, long low) {
        long bits = mix(place, low);
        int block = block(bits);
        for (int i = 0; i < BITS_SET; i++, bits >>>= 9) {
            words[block + (int) (bits >>> 6 & 7)] |= 1L << (bits & 63);
        }
    }

    /**
     * Sets {@code bit} of {@code perhaps[i]} for each key that may be there. Without a jump within
     * a key, so that the memory of many is waited for at once.
     *
     * @param low of key {@code i}: {@code low[from + i]}
     */
    void sift(long[] places, long[] low, int from, int begin, int end, long[] perhaps, long bit) {
        for (int i = begin; i < end; i++) {
            long bits = mix(places[i], low[from + i]);
            int block = block(bits);
            long missing = 0;
            for (int k = 0; k < BITS_SET; k++, bits >>>= 9) {
                missing |= ~words[block + (int) (bits >>> 6 & 7)] & 1L << (bits & 63);
            }
            perhaps[i] |= missing == 0 ? bit : 0;
        }
    }

    boolean mayContain(long place, long low) {
        long bits = mix(place, low);
        int block = block(bits);
        for (int i = 0; i < BITS_SET; i++, bits >>>= 9) {
            if ((words[block + (int) (bits >>> 6 & 7)] & 1L << (bits & 63)) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Not the place itself: entries of one run have neighbouring places. */
    private static long mix(long place, long low) {
        long mixed = (place ^ Long.rotateLeft(low, 32)) * 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 32;
        mixed *= 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 29;
    }

    /** From other bits than those within the block: multiplied once more. */
    private int block(long bits) {
        long other = bits * 0x9E3779B97F4A7C15L;
        return (int) ((other >>> 32) * blocks >>> 32) * BLOCK_LONGS;
    }
}
