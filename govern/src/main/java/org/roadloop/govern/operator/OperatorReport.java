package org.roadloop.govern.operator;

import java.util.Collections;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one operator did in a run (算子报告).
 *
 * @param dropped rows that did not come out, by short stable reason
 * @param changed cells or rows that came out changed, by short stable reason
 * @param figures what else a reader of the passport needs, with units in the names: {@code
 *     achieved_k}, {@code loss_percent}
 */
public record OperatorReport(
        long rowsIn,
        long rowsOut,
        SortedMap<String, Long> dropped,
        SortedMap<String, Long> changed,
        SortedMap<String, Double> figures) {
    public OperatorReport {
        dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
        changed = Collections.unmodifiableSortedMap(new TreeMap<>(changed));
        figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
    }

    /** One of the figures; throws {@link NoSuchElementException} with the names there are. */
    public double figure(String name) {
        Double value = figures.get(name);
        if (value == null) {
            throw new NoSuchElementException(
                    "no figure '" + name + "'; there are " + figures.keySet());
        }
        return value;
    }

    public static OperatorReport of(long rowsIn, long rowsOut) {
        return new OperatorReport(
                rowsIn, rowsOut, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    }
}
