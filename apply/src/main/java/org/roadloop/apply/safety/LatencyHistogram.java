package org.roadloop.apply.safety;

/**
 * Times in nanoseconds (时延分布), 16 steps per doubling: a percentile is at most 6.25 % too high. No
 * garbage. One thread writes.
 */
public final class LatencyHistogram {
    private static final int STEPS = 16;
    private final long[] counts = new long[64 * STEPS];
    private long total;
    private long most;

    public void record(long nanos) {
        long value = Math.max(nanos, 0);
        counts[bucket(value)]++;
        total++;
        most = Math.max(most, value);
    }

    private static int bucket(long value) {
        if (value < STEPS) {
            return (int) value;
        }
        int exponent = 63 - Long.numberOfLeadingZeros(value);
        return (exponent - 3) * STEPS + (int) (value >>> (exponent - 4)) - STEPS;
    }

    private static long upperEnd(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int exponent = bucket / STEPS + 3;
        return ((long) (bucket % STEPS + STEPS + 1) << (exponent - 4)) - 1;
    }

    public long count() {
        return total;
    }

    /**
     * Upper bound of the time that {@code share} of all stayed within; 0 without any.
     *
     * @param share 0 … 1
     */
    public long percentileNanos(double share) {
        long wanted = (long) Math.ceil(share * total);
        long seen = 0;
        for (int b = 0; b < counts.length; b++) {
            seen += counts[b];
            if (seen >= wanted && seen > 0) {
                return Math.min(upperEnd(b), most);
            }
        }
        return most;
    }
}
