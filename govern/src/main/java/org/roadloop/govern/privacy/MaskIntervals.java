package org.roadloop.govern.privacy;

import java.util.Arrays;

/**
 * Hidden stretches of time per vehicle, of one snapshot of one table. Built by one thread in order
 * (per vehicle ascending), then read by any thread after {@link #freeze}.
 */
public final class MaskIntervals {
    private long[] vehicles = new long[64];
    private long[] from = new long[64];
    private long[] to = new long[64];
    private int size;

    // Open addressing: hash of a vehicle -> first and end index of its intervals.
    private long[] keys = new long[0];
    private int[] starts = new int[0];
    private int[] ends = new int[0];

    /** 64-bit hash of a token (FNV-1a with a final mix). */
    public static long hash(byte[] bytes, int offset, int length) {
        long h = 0xcbf29ce484222325L;
        for (int i = 0; i < length; i++) {
            h = (h ^ (bytes[offset + i] & 0xFF)) * 0x100000001b3L;
        }
        h ^= h >>> 32;
        h *= 0x9E3779B97F4A7C15L;
        h ^= h >>> 29;
        return h == 0 ? 1 : h;
    }

    void add(long vehicle, long fromMicros, long toMicros) {
        if (size == vehicles.length) {
            vehicles = Arrays.copyOf(vehicles, size * 2);
            from = Arrays.copyOf(from, size * 2);
            to = Arrays.copyOf(to, size * 2);
        }
        vehicles[size] = vehicle;
        from[size] = fromMicros;
        to[size++] = toMicros;
    }

    /** Builds the index; no {@code add} after it. */
    public MaskIntervals freeze() {
        int slots = Integer.highestOneBit(Math.max(8, size * 2)) * 2;
        keys = new long[slots];
        starts = new int[slots];
        ends = new int[slots];
        int i = 0;
        while (i < size) {
            int first = i;
            long vehicle = vehicles[i];
            while (i < size && vehicles[i] == vehicle) {
                i++;
            }
            int slot = (int) (vehicle >>> 20) & (slots - 1);
            while (keys[slot] != 0) {
                slot = (slot + 1) & (slots - 1);
            }
            keys[slot] = vehicle;
            starts[slot] = first;
            ends[slot] = i;
        }
        return this;
    }

    public int size() {
        return size;
    }

    public boolean hides(long vehicle, long micros) {
        int mask = keys.length - 1;
        int slot = (int) (vehicle >>> 20) & mask;
        while (keys[slot] != vehicle) {
            if (keys[slot] == 0) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        int low = starts[slot];
        int high = ends[slot] - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (micros < from[middle]) {
                high = middle - 1;
            } else if (micros > to[middle]) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }
}
