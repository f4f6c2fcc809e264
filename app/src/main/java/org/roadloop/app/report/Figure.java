package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

/**
 * One named number (指标).
 *
 * @param name short and stable, for programs: {@code frames_acknowledged}
 * @param value finite, in {@code unit}
 * @param unit as shown: {@code frames}, {@code ms}, {@code 1/s}; empty for a bare count
 * @param hint what it is, a few words
 */
public record Figure(String name, double value, String unit, Text hint) {
    public Figure {
        requireNonNull(unit, "unit");
        requireNonNull(hint, "hint");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a figure has no name (hint: " + hint.en() + ")");
        }
        requireFinite(name, value);
    }

    public static Figure of(String name, double value, String unit, String en, String zh) {
        return new Figure(name, value, unit, new Text(en, zh));
    }

    /** JSON has no NaN and no infinity: an unknown number is left out, not written. */
    static double requireFinite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    name + " is " + value + "; leave a number out that is not known");
        }
        return value;
    }
}
