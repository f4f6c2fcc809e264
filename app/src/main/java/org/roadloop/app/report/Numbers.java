package org.roadloop.app.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers as text, the same in both languages: comma for thousands, point for decimals. */
final class Numbers {
    private Numbers() {}

    /**
     * For reading: whole numbers in full, others to about four digits (never fewer than the whole
     * part).
     */
    static String show(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e15) {
            return format("#,##0", value);
        }
        if (size >= 1000) {
            return format("#,##0", value);
        }
        if (size >= 100) {
            return format("0.#", value);
        }
        if (size >= 10) {
            return format("0.##", value);
        }
        if (size >= 0.001) {
            return format("0.######", new BigDecimal(value).round(digits(3)).doubleValue());
        }
        return new BigDecimal(value).round(digits(2)).stripTrailingZeros().toString();
    }

    /** Without loss, whole numbers without a fraction, as in summary.json. */
    static String exact(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** 12345 → {@code 12.345}. */
    static String milli(long thousandths) {
        return format("#,##0.000", BigDecimal.valueOf(thousandths, 3));
    }

    private static java.math.MathContext digits(int digits) {
        return new java.math.MathContext(digits, RoundingMode.HALF_UP);
    }

    private static String format(String pattern, Object value) {
        DecimalFormat format =
                new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setRoundingMode(RoundingMode.HALF_UP);
        return format.format(value);
    }
}
