package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/**
 * Numbers over time, or a distribution (时序与分布).
 *
 * @param name short and stable: {@code throughput}, {@code queue}, {@code speed}, {@code soc}
 * @param xLabel with its unit: {@code wall time, s}
 * @param yLabel with its unit
 */
public record Chart(
        String name, Text title, Kind kind, Text xLabel, Text yLabel, List<Series> series) {
    public Chart {
        requireNonNull(name, "name");
        requireNonNull(title, "title");
        requireNonNull(kind, "kind");
        requireNonNull(xLabel, "xLabel");
        requireNonNull(yLabel, "yLabel");
        series = List.copyOf(series);
    }

    public enum Kind {
        /** Points joined by a line. */
        LINE,
        /** One bar from each x to the next; the last is as wide as the one before. */
        BARS
    }

    /**
     * One line or one row of bars.
     *
     * @param x ascending
     * @param y as many as {@code x}; rounded to three decimals
     */
    public record Series(String name, Text label, List<Double> x, List<Double> y) {
        public Series {
            requireNonNull(name, "name");
            requireNonNull(label, "label");
            if (x.size() != y.size()) {
                throw new IllegalArgumentException(
                        "series '" + name + "' has " + x.size() + " x and " + y.size() + " y");
            }
            x = thousandths(name, x);
            y = thousandths(name, y);
        }

        public static Series of(String name, Text label, double[] x, double[] y) {
            return new Series(name, label, boxed(x), boxed(y));
        }

        private static List<Double> boxed(double[] values) {
            List<Double> list = new ArrayList<>(values.length);
            for (double value : values) {
                list.add(value);
            }
            return list;
        }

        private static List<Double> thousandths(String name, List<Double> values) {
            return values.stream()
                    .map(v -> Math.round(Figure.requireFinite("series " + name, v) * 1000) / 1000.0)
                    .toList();
        }
    }
}
