package org.roadloop.govern.privacy;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.roadloop.govern.operator.Keyring;

/*
 * The idea. A trip is a stretch of one vehicle's rows without a long pause and without a long stand.
 * Around each of its two ends lies a disc whose radius is drawn from [from, to] and whose centre is
 * shifted away from the end by at most (radius - from): so every point within `from` metres of the
 * end is hidden, but neither the radius nor the middle of the hidden disc tells where the end is.
 * The prefix up to the first exit and the suffix from the last entry are hidden. Both draws are an
 * HMAC of (vehicle, cell of 250 m of the end): asking again, or many trips from one home, gives the
 * same disc, so nothing is averaged out.
 *
 * A crossing of a sensitive area arrives here as a run of rows whose position was already taken out
 * at ingest. It is widened at both sides by a path length drawn from the margin, again by HMAC, so
 * that the hole does not show the outline of the area. Each side is drawn from its own border row
 * alone: while a vehicle is still inside, every snapshot shows the same margin before it.
 *
 * Bound: hidden at each end at least `from` metres radially; the adversary's view of a trip end is
 * a disc of at least that radius. Many trips of one vehicle towards different roads outline the
 * same disc, never its hidden centre.
 */

/** Finds the stretches of one vehicle's rows whose position must not be shown. One thread. */
public final class TripMask {
    private static final double METERS_PER_DEGREE = 111_320.0;
    private static final double DWELL_RADIUS_METERS = 50;
    private static final double HOME_CELL_METERS = 250;

    private final ReleaseRule rule;
    private final Mac mac;
    private final byte[] in = new byte[24];
    private final byte[] out = new byte[32];

    // One vehicle's rows, in order of time.
    private long[] times = new long[4096];
    private double[] east = new double[4096];
    private double[] north = new double[4096];
    private boolean[] inArea = new boolean[4096];
    private boolean[] hidden = new boolean[4096];
    private int rows;
    private long vehicle;
    private double scaleEast = Double.NaN;

    public TripMask(ReleaseRule rule, Keyring keys) {
        this.rule = rule;
        this.mac = keys.mac("release/mask");
    }

    /** Starts a vehicle; {@code vehicleHash} is {@link MaskIntervals#hash} of its token. */
    public void begin(long vehicleHash) {
        vehicle = vehicleHash;
        rows = 0;
        scaleEast = Double.NaN;
    }

    /** A row with a position in degrees, in ascending order of time. */
    public void addDegrees(long micros, double longitude, double latitude) {
        if (Double.isNaN(scaleEast)) {
            scaleEast = METERS_PER_DEGREE * Math.cos(Math.toRadians(latitude));
        }
        add(micros, longitude * scaleEast, latitude * METERS_PER_DEGREE, false);
    }

    /** A row with a position in local metres. */
    public void addMeters(long micros, double x, double y) {
        add(micros, x, y, false);
    }

    /** A row without a position; {@code masked} if it was taken out inside a sensitive area. */
    public void addUnknown(long micros, boolean masked) {
        add(micros, Double.NaN, Double.NaN, masked);
    }

    private void add(long micros, double eastMeters, double northMeters, boolean masked) {
        if (rows == times.length) {
            int next = rows * 2;
            times = Arrays.copyOf(times, next);
            east = Arrays.copyOf(east, next);
            north = Arrays.copyOf(north, next);
            inArea = Arrays.copyOf(inArea, next);
            hidden = Arrays.copyOf(hidden, next);
        }
        times[rows] = micros;
        east[rows] = eastMeters;
        north[rows] = northMeters;
        inArea[rows] = masked;
        hidden[rows] = false;
        rows++;
    }

    /** Ends the vehicle and adds its hidden intervals. */
    public void end(MaskIntervals to) {
        hide();
        int i = 0;
        while (i < rows) {
            if (!hidden[i]) {
                i++;
                continue;
            }
            int first = i;
            while (i < rows && hidden[i]) {
                i++;
            }
            to.add(vehicle, times[first], times[i - 1]);
        }
    }

    /** Rows of the present vehicle so far. */
    int rows() {
        return rows;
    }

    /** Whether a row of the present vehicle is hidden, after {@link #hide}. */
    boolean hides(int row) {
        return hidden[row];
    }

    /** Ends the vehicle. */
    void hide() {
        if (rows == 0) {
            return;
        }
        ReleaseRule.@Nullable TripEnd tripEnd = rule.tripEnd();
        if (tripEnd != null) {
            cutTrips(tripEnd);
        }
        if (rule.marginToMeters() > 0) {
            widenCrossings();
        }
    }

    private void cutTrips(ReleaseRule.TripEnd cut) {
        long gapMicros = cut.gap().toNanos() / 1000;
        long dwellMicros = cut.dwell().toNanos() / 1000;
        int start = 0;
        int anchor = -1; // first row of the present stand
        int i = 0;
        while (i < rows) {
            if (i > start && times[i] - times[i - 1] > gapMicros) {
                cutTrip(start, i, cut);
                start = i;
                anchor = -1;
            }
            if (Double.isNaN(east[i])) {
                i++;
                continue;
            }
            if (anchor < 0 || distance(anchor, i) > DWELL_RADIUS_METERS) {
                anchor = i++;
                continue;
            }
            if (times[i] - times[anchor] < dwellMicros) {
                i++;
                continue;
            }
            // A stand: the trip ends at its first row, the next one starts at its last.
            int last = i;
            int j = i + 1;
            while (j < rows
                    && times[j] - times[j - 1] <= gapMicros
                    && (Double.isNaN(east[j]) || distance(anchor, j) <= DWELL_RADIUS_METERS)) {
                if (!Double.isNaN(east[j])) {
                    last = j;
                }
                j++;
            }
            cutTrip(start, anchor + 1, cut);
            Arrays.fill(hidden, anchor, last + 1, true);
            start = last;
            anchor = -1;
            i = last + 1;
        }
        cutTrip(start, rows, cut);
    }

    /** Hides both ends of the trip of rows {@code [from, to)}. */
    private void cutTrip(int from, int to, ReleaseRule.TripEnd cut) {
        int first = from;
        while (first < to && Double.isNaN(east[first])) {
            first++;
        }
        int last = to - 1;
        while (last >= from && Double.isNaN(east[last])) {
            last--;
        }
        if (first >= to) {
            return; // no position to hide
        }
        disc(east[first], north[first], cut);
        int exit = first;
        while (exit < to && !outside(exit)) {
            exit++;
        }
        Arrays.fill(hidden, from, exit, true);
        disc(east[last], north[last], cut);
        int enter = last;
        while (enter >= from && !outside(enter)) {
            enter--;
        }
        Arrays.fill(hidden, enter + 1, to, true);
    }

    private double discEast;
    private double discNorth;
    private double discRadius;

    private void disc(double e, double n, ReleaseRule.TripEnd cut) {
        draw(1, (long) Math.floor(e / HOME_CELL_METERS), (long) Math.floor(n / HOME_CELL_METERS));
        discRadius = cut.fromMeters() + unit(0) * (cut.toMeters() - cut.fromMeters());
        double shift = unit(8) * (discRadius - cut.fromMeters());
        double angle = unit(16) * 2 * Math.PI;
        discEast = e + shift * Math.cos(angle);
        discNorth = n + shift * Math.sin(angle);
    }

    private boolean outside(int row) {
        // A row without position is not outside: it stays with what surrounds it.
        return Math.hypot(east[row] - discEast, north[row] - discNorth) > discRadius;
    }

    private void widenCrossings() {
        double span = rule.marginToMeters() - rule.marginFromMeters();
        int i = 0;
        while (i < rows) {
            if (!inArea[i]) {
                i++;
                continue;
            }
            int first = i;
            while (i < rows && inArea[i]) {
                i++;
            }
            draw(2, times[first], 0);
            double before = rule.marginFromMeters() + unit(0) * span;
            draw(3, times[i - 1], 0);
            double after = rule.marginFromMeters() + unit(0) * span;
            Arrays.fill(hidden, first, i, true);
            widen(first - 1, -1, before);
            widen(i, 1, after);
        }
    }

    private void widen(int from, int step, double meters) {
        double travelled = 0;
        int previous = -1;
        for (int k = from; k >= 0 && k < rows; k += step) {
            if (!Double.isNaN(east[k])) {
                if (previous >= 0) {
                    travelled += distance(previous, k);
                }
                previous = k;
            }
            hidden[k] = true;
            if (travelled >= meters) {
                return;
            }
        }
    }

    private double distance(int a, int b) {
        return Math.hypot(east[a] - east[b], north[a] - north[b]);
    }

    private void draw(int purpose, long a, long b) {
        put(0, vehicle ^ ((long) purpose << 56));
        put(8, a);
        put(16, b);
        mac.update(in);
        try {
            mac.doFinal(out, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC output does not fit 32 bytes", e);
        }
    }

    /** A draw of {@code [0, 1)} from bytes {@code at..at+7} of the last HMAC. */
    private double unit(int at) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (out[at + i] & 0xFF);
        }
        return (value >>> 11) * 0x1.0p-53;
    }

    private void put(int at, long value) {
        for (int i = 7; i >= 0; i--) {
            in[at + i] = (byte) value;
            value >>>= 8;
        }
    }
}
