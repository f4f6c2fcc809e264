package org.roadloop.govern.classify;

/**
 * What the numbers of a column look like (数值画像): range, decimals, steps. Counts only, so it is as
 * large for a thousand rows as for a billion. One thread.
 */
final class NumberProfile {
    private static final double MICRO = 1e6;

    private long values;
    private long zeros;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private double mean;
    private double squares;
    private long whole;
    private long twoDecimals;
    private long fourDecimals;
    private long sixDecimals;
    private long fine;
    private long mobile;
    private long steps;
    private long smallSteps;
    private long rises;
    private long sameStep;
    private long moved;
    private long minutes;
    private double last = Double.NaN;
    private double lastStep = Double.NaN;

    /** The next value of the same run of rows. */
    void add(double value) {
        if (value == 0) {
            zeros++;
            return;
        }
        values++;
        least = Math.min(least, value);
        most = Math.max(most, value);
        double delta = value - mean; // Welford
        mean += delta / values;
        squares += delta * (value - mean);
        double size = Math.abs(value);
        if (value == Math.rint(value)) {
            whole++;
            long number = (long) size;
            fine += number % 1000 != 0 ? 1 : 0;
            mobile += value > 0 && Validators.isMobile(number) ? 1 : 0;
        } else {
            twoDecimals += isFraction(size, 10) ? 1 : 0;
            fourDecimals += isFraction(size, 1000) ? 1 : 0;
            sixDecimals += isFraction(size, 100_000) ? 1 : 0;
            minutes += size % 100 < 60 ? 1 : 0;
        }
        if (!Double.isNaN(last)) {
            double step = value - last;
            steps++;
            rises += step > 0 ? 1 : 0;
            moved += step != 0 ? 1 : 0;
            smallSteps += Math.abs(step) <= 1e-4 * size + 1e-12 ? 1 : 0;
            sameStep += step != 0 && Math.abs(step - lastStep) <= 1e-9 * size ? 1 : 0;
            lastStep = step;
        }
        last = value;
    }

    /** The next value does not follow the last in its table. */
    void gap() {
        last = Double.NaN;
        lastStep = Double.NaN;
    }

    /** Whether more decimals are there than the scale has. */
    private static boolean isFraction(double size, double scale) {
        double scaled = size * scale;
        return Math.abs(scaled - Math.rint(scaled)) > 1e-7 * Math.max(1, scaled / MICRO);
    }

    /** Without zeros, which stand for "no fix" as often as for a place. */
    long values() {
        return values;
    }

    long withZeros() {
        return values + zeros;
    }

    boolean within(double from, double to) {
        return values > 0 && least >= from && most <= to;
    }

    double span() {
        return most - least;
    }

    double size() {
        return Math.max(Math.abs(least), Math.abs(most));
    }

    double shareWhole() {
        return share(whole);
    }

    /** More than one decimal. */
    double shareTwoDecimals() {
        return share(twoDecimals);
    }

    /** More than three decimals. */
    double shareFourDecimals() {
        return share(fourDecimals);
    }

    /** More than five decimals. */
    double shareSixDecimals() {
        return share(sixDecimals);
    }

    /** Whole numbers that are no multiples of a thousand. */
    double shareFine() {
        return share(fine);
    }

    double shareMobile() {
        return share(mobile);
    }

    /** Fractions whose last two places before the point are minutes of an angle. */
    double shareMinutes() {
        return share(minutes);
    }

    /** How far from zero the values stand, in their own spread; infinite if all are the same. */
    double remoteness() {
        double deviation = Math.sqrt(squares / Math.max(1, values));
        return deviation == 0 ? Double.POSITIVE_INFINITY : Math.abs(mean) / deviation;
    }

    /** Values that go on from the one before by at most a ten-thousandth of themselves. */
    boolean walks() {
        return steps > 0 && smallSteps >= 0.9 * steps && moved >= 0.1 * steps;
    }

    /** A counter: always up, or always by the same step. */
    boolean counts() {
        return steps > 4 && (sameStep >= 0.9 * moved || (rises == steps && shareWhole() == 1));
    }

    private double share(long count) {
        return values == 0 ? 0 : (double) count / values;
    }
}
