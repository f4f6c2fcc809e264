package org.roadloop.bench;

import java.util.Arrays;

/** Order statistics of a few measured values, nearest rank. */
record Percentiles(double[] sorted) {
    Percentiles {
        sorted = sorted.clone();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no values to take percentiles of");
        }
        Arrays.sort(sorted);
    }

    /**
     * @param percent 0..100
     */
    double at(double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }
}
