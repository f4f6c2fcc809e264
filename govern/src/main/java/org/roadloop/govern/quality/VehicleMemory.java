package org.roadloop.govern.quality;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/*
 * All that is remembered of a vehicle stands side by side, in one or two cache lines:
 *
 *   +0 hash   +1 time   +2 longitude or x   +3 latitude or y   +4 speed, km/h   +5 heading
 *   +6 rows with one position (int), rows in the clock's window (int)
 *   +7 number of the row that was checked last   +8 arrival
 *   +9 end of the clock's window   +10 least delay in it   +11 least delay of the first one
 *   +12… per watched sensor: float bits of the last value (int), rows that had it (int)
 *
 * Clock drift. A row's delay (arrival less its own time) is the way it took, never less than
 * nothing, plus what the vehicle's clock is wrong by. Over a window the least delay is that of the
 * rows that went straight through, so it follows the clock and not the traffic (Paxson 1998, "On
 * calibrating measurements of packet transit times"): re-issued and queued rows do not move it. The
 * first full window of a vehicle is the base; a later one that is off by more than the tolerance
 * says that the clock has drifted, and every row is marked until a window says otherwise.
 */

/**
 * The last row of every vehicle and the physics checks against it (物理合理性检查). It lives in memory
 * only: after a restart the first row of a vehicle has nothing to be compared with. Vehicles that
 * change their id never stop coming, so those silent for a day are forgotten when room is short,
 * and past {@link #MOST_VEHICLES} the half that was silent longest. One thread.
 */
public final class VehicleMemory {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final double METERS_PER_DEGREE = 111_320.0;
    private static final double MOVING_KMH = 10;

    /** So slow a vehicle may drive backwards. */
    private static final double REVERSING_KMH = 15;

    /** A shorter displacement has no direction: positions are known to a metre or so. */
    private static final double LEAST_DIRECTED_METERS = 5;

    private static final int FEWEST_CLOCK_ROWS = 30;
    private static final long SILENT_MICROS = 86_400_000_000L;

    /** Remembered at once: 130 MB or so with two sensors. */
    static final int MOST_VEHICLES = 1 << 19;

    /** Bit of {@link #check}'s answer: there was something to compare with. */
    public static final long COMPARED = 1L << 63;

    private static final int TIME = 1;
    private static final int FIRST = 2;
    private static final int SECOND = 3;
    private static final int SPEED = 4;
    private static final int HEADING = 5;
    private static final int COUNTS = 6;
    private static final int TOUCHED = 7;
    private static final int ARRIVAL = 8;
    private static final int WINDOW_END = 9;
    private static final int WINDOW_LEAST = 10;
    private static final int BASE = 11;
    private static final int SENSORS = 12;
    private static final long NO_BASE = Long.MIN_VALUE;

    private final Limits limits;
    private final int stride;
    private final int[] sensorRows;

    private int[] places = new int[2048]; // of a hash: 1 + number of the entry; 0 = free
    private long[] entries;
    private long rows;
    private long latestArrival = Long.MIN_VALUE;
    private int size;

    /**
     * @param maxSpeedKmh displacement faster than this is a jump
     * @param toleranceKmh reported and displacement speed may differ by this
     * @param headingToleranceDegrees reported heading and displacement may differ by this; NaN: any
     * @param withinMicros rows further apart are not compared
     * @param frozenRows so many rows with one position while moving mean a stuck sensor
     * @param driftMicros a clock may drift by this; 0: any
     * @param driftWindowMicros over which the least delay is taken
     */
    public record Limits(
            double maxSpeedKmh,
            double toleranceKmh,
            double headingToleranceDegrees,
            long withinMicros,
            int frozenRows,
            long driftMicros,
            long driftWindowMicros) {}

    /** What is checked of a row; used again for the next one. */
    public static final class Row {
        /** 64-bit hash of the identity. */
        public long vehicle;

        public long micros;

        /** Microseconds; {@link Long#MIN_VALUE} if unknown. */
        public long arrivalMicros = Long.MIN_VALUE;

        /** Longitude in degrees or x in metres east, by {@link #degrees}; NaN if unknown. */
        public double a = Double.NaN;

        /** Latitude in degrees or y in metres north. */
        public double b = Double.NaN;

        public boolean degrees;

        /** NaN if unknown. */
        public double speedKmh = Double.NaN;

        /** Clockwise from north; NaN if unknown. */
        public double headingDegrees = Double.NaN;

        /** Watched sensors; NaN if unknown. */
        public final double[] sensors;

        public Row(int sensors) {
            this.sensors = new double[sensors];
            Arrays.fill(this.sensors, Double.NaN);
        }
    }

    /**
     * @param sensorRows per watched sensor: so many rows with one value while moving mean that it
     *     is stuck
     */
    public VehicleMemory(Limits limits, int... sensorRows) {
        this.limits = limits;
        this.sensorRows = sensorRows.clone();
        stride = SENSORS + sensorRows.length;
        entries = new long[stride * 1024];
    }

    /**
     * Checks a row and remembers it.
     *
     * @return bits of {@link Reason}, and {@link #COMPARED}
     */
    public long check(Row row) {
        long key = row.vehicle == 0 ? 1 : row.vehicle;
        int place = place(key);
        if (places[place] == 0) {
            if ((size + 1) * stride > entries.length || size * 2 >= places.length) {
                makeRoom();
                place = place(key);
            }
            places[place] = ++size;
            int at = (size - 1) * stride;
            entries[at] = key;
            Arrays.fill(entries, at + 1, at + stride, 0);
            entries[at + BASE] = NO_BASE;
            entries[at + WINDOW_LEAST] = Long.MAX_VALUE;
            entries[at + ARRIVAL] = Long.MIN_VALUE;
            entries[at + TOUCHED] = ++rows;
            remember(at, row);
            return clock(at, row);
        }
        int at = (places[place] - 1) * stride;
        entries[at + TOUCHED] = ++rows;
        long found = clock(at, row);
        long elapsed = row.micros - entries[at + TIME];
        if (elapsed < 0) {
            return found | Reason.DISORDER.bit();
        }
        if (elapsed > 0 && elapsed <= limits.withinMicros) {
            if (!Double.isNaN(row.a) && !Double.isNaN(number(at + FIRST))) {
                found |= compare(at, elapsed, row) | COMPARED;
            }
            found |= sensors(at, row);
        }
        remember(at, row);
        return found;
    }

    /** 64-bit hash of an identity for {@link Row#vehicle}, eight bytes a step. */
    public static long hash(byte[] identity, int offset, int length) {
        long h = length * 0x9E3779B97F4A7C15L;
        int at = offset;
        int end = offset + length;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            h = step(h, (long) LONG.get(identity, at));
        }
        long tail = 0;
        for (; at < end; at++) {
            tail = tail << 8 | (identity[at] & 0xFF);
        }
        h = step(h, tail) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 32;
    }

    /** One to one in each of the two. */
    private static long step(long h, long word) {
        long x = (h ^ word) * 0xff51afd7ed558ccdL;
        return x ^ x >>> 32;
    }

    private double number(int at) {
        return Double.longBitsToDouble(entries[at]);
    }

    private long compare(int at, long elapsed, Row row) {
        double east = row.a - number(at + FIRST);
        double north = row.b - number(at + SECOND);
        if (row.degrees) {
            east *= METERS_PER_DEGREE * Math.cos(Math.toRadians(row.b));
            north *= METERS_PER_DEGREE;
        }
        double meters = Math.sqrt(east * east + north * north);
        double displacementKmh = meters * 3.6e6 / elapsed;
        double meanKmh = (row.speedKmh + number(at + SPEED)) / 2;
        long found = 0;
        if (displacementKmh > limits.maxSpeedKmh) {
            found |= Reason.POSITION_JUMP.bit();
        } else {
            if (Math.abs(meanKmh - displacementKmh) > limits.toleranceKmh) {
                found |= Reason.SPEED_MISMATCH.bit();
            }
            if (meters >= LEAST_DIRECTED_METERS
                    && meanKmh > MOVING_KMH
                    && isOffHeading(
                            east, north, number(at + HEADING), row.headingDegrees, meanKmh)) {
                found |= Reason.HEADING_MISMATCH.bit();
            }
        }
        int still = 0;
        if (meters == 0 && row.speedKmh > MOVING_KMH) {
            still = (int) entries[at + COUNTS] + 1;
            found |= still >= limits.frozenRows ? Reason.FROZEN_POSITION.bit() : 0;
        }
        entries[at + COUNTS] = entries[at + COUNTS] & 0xFFFF_FFFF_0000_0000L | still;
        return found;
    }

    /**
     * In a curve the chord lies between the headings at its ends, so it may differ from the nearer
     * one by the tolerance.
     */
    private boolean isOffHeading(
            double east, double north, double before, double now, double meanKmh) {
        if (Double.isNaN(limits.headingToleranceDegrees)
                || Double.isNaN(before)
                || Double.isNaN(now)) {
            return false;
        }
        double chord = Math.toDegrees(Math.atan2(east, north));
        double off = Math.min(apart(chord, before), apart(chord, now));
        double least = meanKmh <= REVERSING_KMH ? Math.min(off, 180 - off) : off;
        return least > limits.headingToleranceDegrees;
    }

    /** Degrees between two directions, 0..180. */
    private static double apart(double a, double b) {
        return Math.abs(Math.IEEEremainder(a - b, 360));
    }

    /** Only while the vehicle moves: a parked one may say the same for hours. */
    private long sensors(int at, Row row) {
        boolean moves = row.speedKmh > MOVING_KMH;
        long found = 0;
        for (int s = 0; s < sensorRows.length; s++) {
            if (Double.isNaN(row.sensors[s])) {
                continue;
            }
            int bits = Float.floatToIntBits((float) row.sensors[s]);
            long entry = entries[at + SENSORS + s];
            int same = moves && (int) (entry >>> 32) == bits ? (int) entry + 1 : 0;
            entries[at + SENSORS + s] = (long) bits << 32 | same;
            if (same >= sensorRows[s]) {
                found |= Reason.FROZEN_SENSOR.bit();
            }
        }
        return found;
    }

    private long clock(int at, Row row) {
        if (row.arrivalMicros == Long.MIN_VALUE) {
            return 0;
        }
        latestArrival = Math.max(latestArrival, row.arrivalMicros);
        entries[at + ARRIVAL] = Math.max(entries[at + ARRIVAL], row.arrivalMicros);
        if (limits.driftMicros == 0) {
            return 0;
        }
        long counted = entries[at + COUNTS] >>> 32;
        boolean skewed = counted < 0 || (counted & 0x8000_0000L) != 0;
        counted &= 0x7FFF_FFFFL;
        if (row.arrivalMicros >= entries[at + WINDOW_END]) {
            if (counted >= FEWEST_CLOCK_ROWS) {
                long least = entries[at + WINDOW_LEAST];
                if (entries[at + BASE] == NO_BASE) {
                    entries[at + BASE] = least;
                }
                skewed = Math.abs(least - entries[at + BASE]) > limits.driftMicros;
            }
            counted = 0;
            entries[at + WINDOW_LEAST] = Long.MAX_VALUE;
            entries[at + WINDOW_END] = row.arrivalMicros + limits.driftWindowMicros;
        }
        entries[at + WINDOW_LEAST] =
                Math.min(entries[at + WINDOW_LEAST], row.arrivalMicros - row.micros);
        counted = Math.min(counted + 1, 0x7FFF_FFFFL);
        long high = counted | (skewed ? 0x8000_0000L : 0);
        entries[at + COUNTS] = high << 32 | entries[at + COUNTS] & 0xFFFF_FFFFL;
        return skewed ? Reason.CLOCK_SKEW.bit() : 0;
    }

    private void remember(int at, Row row) {
        entries[at + TIME] = row.micros;
        entries[at + FIRST] = Double.doubleToRawLongBits(row.a);
        entries[at + SECOND] = Double.doubleToRawLongBits(row.b);
        entries[at + SPEED] = Double.doubleToRawLongBits(row.speedKmh);
        entries[at + HEADING] = Double.doubleToRawLongBits(row.headingDegrees);
    }

    private int place(long key) {
        int mask = places.length - 1;
        int place = (int) (key >>> 20) & mask;
        while (places[place] != 0 && entries[(places[place] - 1) * stride] != key) {
            place = (place + 1) & mask;
        }
        return place;
    }

    /** Vehicles remembered. */
    int size() {
        return size;
    }

    private void makeRoom() {
        if (latestArrival != Long.MIN_VALUE) {
            keep(ARRIVAL, latestArrival - SILENT_MICROS);
        }
        if (size >= MOST_VEHICLES) {
            long[] order = new long[size];
            for (int i = 0; i < size; i++) {
                order[i] = entries[i * stride + TOUCHED];
            }
            Arrays.sort(order);
            keep(TOUCHED, order[size / 2]);
        } else if ((size + 1) * stride > entries.length * 3L / 4) {
            int room = Math.min(MOST_VEHICLES, entries.length / stride * 2);
            entries = Arrays.copyOf(entries, room * stride);
        }
        places = new int[Integer.highestOneBit(entries.length / stride * 2 - 1) * 2];
        for (int i = 0; i < size; i++) {
            places[place(entries[i * stride])] = i + 1;
        }
    }

    /** Moves the vehicles together that have at least so much in a field. */
    private void keep(int field, long least) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (entries[i * stride + field] >= least) {
                System.arraycopy(entries, i * stride, entries, kept++ * stride, stride);
            }
        }
        size = kept;
    }
}
