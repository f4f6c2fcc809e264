package org.roadloop.govern.quality;

import java.util.Arrays;

/**
 * The last row of every vehicle, in flat arrays, and the physics checks against it (物理合理性检查). It
 * lives in memory only: after a restart the first row of a vehicle has nothing to be compared with.
 * Vehicles that change their id never stop coming, so past {@link #MOST_VEHICLES} the half that was
 * silent longest is forgotten. One thread.
 */
public final class VehicleMemory {
    private static final double METERS_PER_DEGREE = 111_320.0;
    private static final double MOVING_KMH = 10;

    /** Remembered at once: 100 MB or so. */
    static final int MOST_VEHICLES = 1 << 20;

    private final double maxSpeedKmh;
    private final double toleranceKmh;
    private final long withinMicros;
    private final int frozenRows;

    private long[] keys = new long[1024];
    private long[] times = new long[1024];
    private double[] first = new double[1024]; // longitude or x; NaN if unknown
    private double[] second = new double[1024];
    private double[] speeds = new double[1024]; // km/h; NaN if unknown
    private int[] still = new int[1024];
    private long[] touched = new long[1024]; // number of the row that was checked last
    private long rows;
    private int size;

    public VehicleMemory(
            double maxSpeedKmh, double toleranceKmh, long withinMicros, int frozenRows) {
        this.maxSpeedKmh = maxSpeedKmh;
        this.toleranceKmh = toleranceKmh;
        this.withinMicros = withinMicros;
        this.frozenRows = frozenRows;
    }

    /**
     * Checks a row and remembers it.
     *
     * @param vehicle 64-bit hash of the identity
     * @param a longitude in degrees or x in metres, by {@code degrees}; NaN if unknown
     * @param speedKmh NaN if unknown
     * @return bits of {@link Reason}; bit 63 set if the row could be compared at all
     */
    public long check(
            long vehicle, long micros, double a, double b, boolean degrees, double speedKmh) {
        if (size * 2 > keys.length) {
            makeRoom();
        }
        long key = vehicle == 0 ? 1 : vehicle;
        int slot = slot(keys, key);
        touched[slot] = ++rows;
        if (keys[slot] == 0) {
            keys[slot] = key;
            size++;
            still[slot] = 0;
            remember(slot, micros, a, b, speedKmh);
            return 0;
        }
        long elapsed = micros - times[slot];
        if (elapsed < 0) {
            return Reason.DISORDER.bit();
        }
        long found = 0;
        boolean comparable =
                elapsed > 0
                        && elapsed <= withinMicros
                        && !Double.isNaN(a)
                        && !Double.isNaN(first[slot]);
        if (comparable) {
            found = compare(slot, elapsed, a, b, degrees, speedKmh) | COMPARED;
        }
        remember(slot, micros, a, b, speedKmh);
        return found;
    }

    /** Bit of {@link #check}'s answer: there was something to compare with. */
    public static final long COMPARED = 1L << 63;

    private long compare(
            int slot, long elapsed, double a, double b, boolean degrees, double speedKmh) {
        double east = a - first[slot];
        double north = b - second[slot];
        if (degrees) {
            east *= METERS_PER_DEGREE * Math.cos(Math.toRadians(b));
            north *= METERS_PER_DEGREE;
        }
        double meters = Math.sqrt(east * east + north * north);
        double displacementKmh = meters * 3.6e6 / elapsed;
        long found = 0;
        if (displacementKmh > maxSpeedKmh) {
            found |= Reason.POSITION_JUMP.bit();
        } else if (!Double.isNaN(speedKmh)
                && !Double.isNaN(speeds[slot])
                && Math.abs((speedKmh + speeds[slot]) / 2 - displacementKmh) > toleranceKmh) {
            found |= Reason.SPEED_MISMATCH.bit();
        }
        if (meters == 0 && speedKmh > MOVING_KMH) {
            if (++still[slot] >= frozenRows) {
                found |= Reason.FROZEN_POSITION.bit();
            }
        } else {
            still[slot] = 0;
        }
        return found;
    }

    private void remember(int slot, long micros, double a, double b, double speedKmh) {
        times[slot] = micros;
        first[slot] = a;
        second[slot] = b;
        speeds[slot] = speedKmh;
    }

    private static int slot(long[] keys, long key) {
        int mask = keys.length - 1;
        int slot = (int) (key >>> 20) & mask;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Vehicles remembered. */
    int size() {
        return size;
    }

    private void makeRoom() {
        if (size < MOST_VEHICLES) {
            rehash(keys.length * 2, Long.MIN_VALUE);
        } else {
            long[] order = new long[size];
            int n = 0;
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] != 0) {
                    order[n++] = touched[i];
                }
            }
            Arrays.sort(order);
            rehash(keys.length, order[size / 2]);
        }
    }

    /** Keeps vehicles checked at row {@code since} or later. */
    private void rehash(int slots, long since) {
        long[] oldKeys = keys;
        long[] oldTimes = times;
        double[] oldFirst = first;
        double[] oldSecond = second;
        double[] oldSpeeds = speeds;
        int[] oldStill = still;
        long[] oldTouched = touched;
        keys = new long[slots];
        times = new long[slots];
        first = new double[slots];
        second = new double[slots];
        speeds = new double[slots];
        still = new int[slots];
        touched = new long[slots];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0 && oldTouched[i] >= since) {
                int slot = slot(keys, oldKeys[i]);
                keys[slot] = oldKeys[i];
                remember(slot, oldTimes[i], oldFirst[i], oldSecond[i], oldSpeeds[i]);
                still[slot] = oldStill[i];
                touched[slot] = oldTouched[i];
                size++;
            }
        }
    }
}
