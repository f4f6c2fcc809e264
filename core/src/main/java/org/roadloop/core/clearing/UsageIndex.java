package org.roadloop.core.clearing;

import java.security.SecureRandom;

/**
 * The uses of one open day, each known by 128 bits (用量去重). One thread.
 *
 * <p>An open-addressed table in three long arrays: the two halves of the name and the quantity. The
 * name is SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, INDOCRYPT 2012, and its
 * reference code) under a random key, so that nobody can choose uses that meet; by chance two of 10
 * million do so with a probability of 1.5e-25. The table is dropped when its day is closed.
 *
 * <p>Memory: 24 bytes a slot, at most two of three slots taken, so 36 to 72 bytes a use, and for a
 * moment half as much again while it grows.
 */
final class UsageIndex {
    enum Found {
        /** Not seen before; it is in the table now. */
        FRESH,
        /** The same use with the same quantity. */
        SAME,
        /** The same use with another quantity; the first is kept. */
        OTHER
    }

    /** Half a SipHash key each. */
    record Key(long k0, long k1) {
        static Key random() {
            SecureRandom random = new SecureRandom();
            return new Key(random.nextLong(), random.nextLong());
        }
    }

    private final Key key;
    private long[] high;
    private long[] low;
    private long[] quantities;
    private int size;

    private long v0;
    private long v1;
    private long v2;
    private long v3;

    UsageIndex(Key key) {
        this.key = key;
        int slots = 1 << 10;
        high = new long[slots];
        low = new long[slots];
        quantities = new long[slots];
    }

    int size() {
        return size;
    }

    /** Looks the use up and takes it in if it is fresh. */
    Found put(long[] words, int count, long quantity) {
        hash(words, count);
        long h = nameHigh();
        long l = nameLow();
        int slot = find(high, low, h, l);
        if (high[slot] == h && low[slot] == l) {
            return quantities[slot] == quantity ? Found.SAME : Found.OTHER;
        }
        high[slot] = h;
        low[slot] = l;
        quantities[slot] = quantity;
        size++;
        if (size > high.length / 3 * 2) {
            grow();
        }
        return Found.FRESH;
    }

    /** As {@link #put}, without taking it in. */
    Found find(long[] words, int count, long quantity) {
        hash(words, count);
        int slot = find(high, low, nameHigh(), nameLow());
        if (high[slot] == 0 && low[slot] == 0) {
            return Found.FRESH;
        }
        return quantities[slot] == quantity ? Found.SAME : Found.OTHER;
    }

    private static int find(long[] high, long[] low, long h, long l) {
        int mask = high.length - 1;
        int slot = (int) l & mask;
        while ((high[slot] != 0 || low[slot] != 0) && (high[slot] != h || low[slot] != l)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        int slots = Math.multiplyExact(high.length, 2);
        long[] newHigh = new long[slots];
        long[] newLow = new long[slots];
        long[] newQuantities = new long[slots];
        for (int i = 0; i < high.length; i++) {
            if (high[i] != 0 || low[i] != 0) {
                int slot = find(newHigh, newLow, high[i], low[i]);
                newHigh[slot] = high[i];
                newLow[slot] = low[i];
                newQuantities[slot] = quantities[i];
            }
        }
        high = newHigh;
        low = newLow;
        quantities = newQuantities;
    }

    /** SipHash-2-4-128 of little-endian words; the result is {@link #nameLow} ‖ high. */
    void hash(long[] words, int count) {
        v0 = key.k0() ^ 0x736f6d6570736575L;
        v1 = key.k1() ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = key.k0() ^ 0x6c7967656e657261L;
        v3 = key.k1() ^ 0x7465646279746573L;
        for (int i = 0; i < count; i++) {
            absorb(words[i]);
        }
        absorb((long) count * 8 << 56);
        v2 ^= 0xee;
        rounds(4);
        first = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        rounds(4);
        second = v0 ^ v1 ^ v2 ^ v3;
    }

    private long first;
    private long second;

    long nameLow() {
        // all zero marks a free slot
        return first == 0 && second == 0 ? 1 : first;
    }

    long nameHigh() {
        return second;
    }

    private void absorb(long word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }

    private void rounds(int count) {
        long a = v0;
        long b = v1;
        long c = v2;
        long d = v3;
        for (int i = 0; i < count; i++) {
            a += b;
            b = Long.rotateLeft(b, 13) ^ a;
            a = Long.rotateLeft(a, 32);
            c += d;
            d = Long.rotateLeft(d, 16) ^ c;
            a += d;
            d = Long.rotateLeft(d, 21) ^ a;
            c += b;
            b = Long.rotateLeft(b, 17) ^ c;
            c = Long.rotateLeft(c, 32);
        }
        v0 = a;
        v1 = b;
        v2 = c;
        v3 = d;
    }
}
