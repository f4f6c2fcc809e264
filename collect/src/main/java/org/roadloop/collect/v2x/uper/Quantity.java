package org.roadloop.collect.v2x.uper;

/**
 * An INTEGER (a..b) and what one of its steps is (整数量): as text it is {@code raw × times / per} of
 * the unit in {@code textName}, or "invalid" where the raw value means "not known".
 */
public final class Quantity {
    /** No raw value means "not known". */
    private static final long NEVER = Long.MIN_VALUE;

    final String textName;
    final int least;
    final int most;
    final long span;
    final int bits;
    final long times;
    final long per;
    final long unknown;

    private Quantity(String textName, int least, int most, long times, long per, long unknown) {
        this.textName = textName;
        this.least = least;
        this.most = most;
        this.times = times;
        this.per = per;
        this.unknown = unknown;
        span = (long) most - least;
        bits = 64 - Long.numberOfLeadingZeros(span);
        if (span < 1) {
            throw new IllegalArgumentException(textName + " has no range");
        }
    }

    public static Quantity of(String textName, int least, int most) {
        return new Quantity(textName, least, most, 1, 1, NEVER);
    }

    /** One unit is {@code perUnit} steps. */
    public Quantity per(long perUnit) {
        return new Quantity(textName, least, most, times, perUnit, unknown);
    }

    /** One step is {@code units} units. */
    public Quantity times(long units) {
        return new Quantity(textName, least, most, units, per, unknown);
    }

    /** The raw value that stands for "not known". */
    public Quantity unknown(int raw) {
        return new Quantity(textName, least, most, times, per, raw);
    }

    /** The same element under another name. */
    public Quantity named(String otherName) {
        return new Quantity(otherName, least, most, times, per, unknown);
    }

    /** In the unit of the name; NaN when not known. */
    public double value(int raw) {
        return raw == unknown ? Double.NaN : raw * times / (double) per;
    }

    /** The nearest raw value within the range; NaN gives "not known", if there is such. */
    public int raw(double value) {
        if (Double.isNaN(value)) {
            if (unknown == NEVER) {
                throw new IllegalArgumentException(textName + " has no value for not known");
            }
            return (int) unknown;
        }
        long low = unknown == least ? least + 1L : least;
        long high = unknown == most ? most - 1L : most;
        return (int) Math.clamp(Math.round(value * per / times), low, high);
    }
}
