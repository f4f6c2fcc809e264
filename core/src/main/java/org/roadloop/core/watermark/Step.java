package org.roadloop.core.watermark;

import java.math.BigDecimal;

/*
 * Values are counted in steps: index = round(|v| / step). Indices form pairs (1, 2), (3, 4), …; a
 * mark moves a value to the other index of its pair or leaves it, so the number of the pair is the
 * same before and after, the change is one step at most and as often up as down, zero stays zero,
 * nothing changes its sign, and a bound of the valid range that is an even number of steps is kept.
 */

/**
 * By how much a column's values may be changed (容差), in the unit of the column: a decimal step.
 * Immutable.
 */
public final class Step {
    /** Beyond, a double could not hold halves of a step safely. */
    private static final long LARGEST_INDEX = 1_000_000_000;

    /** So much of a step may be lost in binary fractions. */
    private static final double SLACK = 1e-6;

    private static final double[] POWERS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };
    private static final int MOST_DECIMALS = 9;
    private static final double EXACT = 1L << 53;

    private final long units;
    private final int decimals;

    private Step(long units, int decimals) {
        this.units = units;
        this.decimals = decimals;
    }

    /**
     * @param text a positive decimal such as {@code 0.1}
     */
    static Step of(String text) {
        BigDecimal value;
        try {
            value = new BigDecimal(text).stripTrailingZeros();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("tolerance '" + text + "' is no decimal number", e);
        }
        int decimals = Math.max(0, value.scale());
        if (value.signum() <= 0
                || decimals > MOST_DECIMALS
                || value.compareTo(BigDecimal.valueOf(1_000)) > 0) {
            throw new IllegalArgumentException(
                    "tolerance '" + text + "' is not between 0.000000001 and 1000");
        }
        return new Step(value.movePointRight(decimals).longValueExact(), decimals);
    }

    /** Number of the value's pair, negative for a negative value; 0: it can carry no mark. */
    long pair(double value) {
        long index = index(value);
        long pair = (index + 1) >> 1;
        return value < 0 ? -pair : pair;
    }

    /** The mark that the value shows: the lowest bit of its index. */
    int mark(double value) {
        return (int) (index(value) & 1);
    }

    /** In steps; 0 for what is not finite or too large. */
    private long index(double value) {
        double steps = Math.abs(value) * POWERS[decimals] / units;
        // Halves go up, also when the binary fraction is a little below.
        return steps < LARGEST_INDEX ? (long) (steps + 0.5 + SLACK) : 0;
    }

    /**
     * The value with that mark; itself if it shows it already or can carry none.
     *
     * @param single the value is of 32 bits, and so is the result
     */
    double marked(double value, int mark, boolean single) {
        long index = index(value);
        if (index == 0 || (index & 1) == mark) {
            return value;
        }
        long other = mark == 1 ? index - 1 : index + 1;
        double size = Math.abs(value);
        double moved = moved(size, index, other, single);
        // A fraction of a step that binary rounding would carry over stays unmarked.
        return index(moved) == other ? Math.copySign(moved, value) : value;
    }

    /** Keeps the decimals short: digits that nobody measured would show which cells are marked. */
    private double moved(double size, long index, long other, boolean single) {
        if (cast(index * units / POWERS[decimals], single) == size) {
            return cast(other * units / POWERS[decimals], single);
        }
        for (int more = 1; decimals + more < POWERS.length; more++) {
            double scale = POWERS[decimals + more];
            double counted = Math.rint(size * scale);
            if (counted >= EXACT) {
                break;
            }
            if (cast(counted / scale, single) == size) {
                return cast((counted + (other - index) * units * POWERS[more]) / scale, single);
            }
        }
        return cast(size + (other - index) * units / POWERS[decimals], single);
    }

    private static double cast(double value, boolean single) {
        return single ? (float) value : value;
    }

    /** In the unit of the column. */
    double size() {
        return units / POWERS[decimals];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Step step && step.units == units && step.decimals == decimals;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(units * 31 + decimals);
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(units, decimals).toPlainString();
    }
}
