package org.roadloop.govern.align;

import java.util.Arrays;

/*
 * A row sent at t by a clock that needs the correction theta(t) arrives at r by the clock that counts:
 * r - t = theta(t) + delay. Delays are never below some least one, so the points (t, r - t) lie above
 * the line theta + least delay and touch it now and then. The line is an edge of the lower convex hull
 * of the points: the one over the mean of t, which of all lines below the points has the least mean
 * distance to them (Zhang, Liu, Xia, "Clock synchronization algorithms for network measurements",
 * INFOCOM 2002, objective 2; Moon, Skelly, Towsley, INFOCOM 1999). The hull is built in order of t
 * (Andrew's monotone chain), so memory is the hull's: of n points in whole microseconds within T by D
 * it has O((T D)^(1/3)) corners, a few hundred as a rule.
 *
 * Bound. Let the two rows at the ends t1 < t2 of that edge have taken between `from` and `to`, as the
 * quickest rows do; h = (to - from) / 2. Then the line minus (from + to) / 2 is within h of theta at
 * both, so within h between them, and within h (1 + 2 d / (t2 - t1)) at a distance d outside.
 */

/** Offset and drift of a clock from the quickest rows (到达时间下包络). One thread. */
final class ArrivalEnvelope {
    private static final int LEAST_ROWS = 50;
    private static final double MOST_DRIFT = 500e-6;

    // a quarter of the range, so that differences do not overflow
    private static final long FOREVER_BACK = Long.MIN_VALUE / 4;
    private static final long FOREVER = Long.MAX_VALUE / 4;

    private final TimeSync.Arrival arrival;
    private long[] t = new long[64];
    private long[] d = new long[64];
    private int size;
    private long rows;
    private long first;
    private long last;
    private double sumSinceFirst;

    ArrivalEnvelope(TimeSync.Arrival arrival) {
        this.arrival = arrival;
    }

    /** A row, not earlier than the one before. */
    void add(long sentMicros, long arrivedMicros) {
        if (rows++ == 0) {
            first = sentMicros;
        }
        last = sentMicros;
        sumSinceFirst += sentMicros - first;
        long delay = arrivedMicros - sentMicros;
        if (size > 0 && t[size - 1] == sentMicros) {
            if (d[size - 1] <= delay) {
                return;
            }
            size--;
        }
        while (size >= 2 && !turnsUp(sentMicros, delay)) {
            size--;
        }
        if (size == t.length) {
            t = Arrays.copyOf(t, size * 2);
            d = Arrays.copyOf(d, size * 2);
        }
        t[size] = sentMicros;
        d[size++] = delay;
    }

    /** If the last corner stays one below the line to a new point. */
    private boolean turnsUp(long at, long delay) {
        double before = (double) (d[size - 1] - d[size - 2]) / (t[size - 1] - t[size - 2]);
        double after = (double) (delay - d[size - 1]) / (at - t[size - 1]);
        return after > before;
    }

    /**
     * @throws IllegalStateException if the rows can't tell
     */
    TimeSync.Clock clock() {
        if (rows < LEAST_ROWS) {
            throw new IllegalStateException(
                    "%d rows tell nothing of a clock; it takes %d".formatted(rows, LEAST_ROWS));
        }
        double from =
                arrival.leastDelayFrom() == null ? 0 : arrival.leastDelayFrom().toNanos() / 1e3;
        double to = arrival.leastDelayTo().toNanos() / 1e3;
        double half = (to - from) / 2;
        if (Boolean.FALSE.equals(arrival.drift())) {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < size; i++) {
                least = Math.min(least, d[i]);
            }
            return new Line(first, least - from - half, 0, FOREVER_BACK, FOREVER, half);
        }
        if (size < 2) {
            throw new IllegalStateException("all rows were sent at one time: no drift can be told");
        }
        double mean = first + sumSinceFirst / rows;
        int edge = 0;
        while (edge + 2 < size && t[edge + 1] < mean) {
            edge++;
        }
        double drift = (double) (d[edge + 1] - d[edge]) / (t[edge + 1] - t[edge]);
        if (Math.abs(drift) > MOST_DRIFT) {
            throw new IllegalStateException(
                    "the drift comes out at %.0f ppm; no clock that runs is off by more than %.0f"
                            .formatted(drift * 1e6, MOST_DRIFT * 1e6));
        }
        return new Line(t[edge], d[edge] - from - half, drift, t[edge], t[edge + 1], half);
    }

    long firstMicros() {
        return first;
    }

    long lastMicros() {
        return last;
    }

    private record Line(long origin, double offset, double drift, long from, long to, double half)
            implements TimeSync.Clock {
        @Override
        public double offsetMicros(long micros) {
            return offset + drift * (micros - origin);
        }

        @Override
        public double boundMicros(long micros) {
            double outside = Math.max(0, Math.max(from - micros, micros - to));
            return outside == 0 ? half : half * (1 + 2 * outside / (to - from));
        }
    }
}
