package org.roadloop.core.clearing;

import java.math.BigInteger;

/**
 * What the operator says its own means cost (成本单价), in thousandths of the currency.
 *
 * @param milliPerGibCollected a GiB (2³⁰ bytes) of raw frames taken in
 * @param milliPerGibMonth a GiB kept for 30 days
 * @param milliPerCpuHour an hour of one core
 */
public record CostPrices(
        String currency, long milliPerGibCollected, long milliPerGibMonth, long milliPerCpuHour) {
    private static final long GIB = 1L << 30;
    private static final long MONTH_SECONDS = 30L * 86_400;
    private static final long HOUR_MILLIS = 3_600_000;

    public CostPrices {
        if (milliPerGibCollected < 0 || milliPerGibMonth < 0 || milliPerCpuHour < 0) {
            throw new IllegalArgumentException("a cost per unit is negative; give 0 or more");
        }
    }

    long collectionMilli(BigInteger bytes) {
        return rounded(bytes, milliPerGibCollected, BigInteger.valueOf(GIB));
    }

    long storageMilli(BigInteger byteSeconds) {
        return rounded(
                byteSeconds,
                milliPerGibMonth,
                BigInteger.valueOf(GIB).multiply(BigInteger.valueOf(MONTH_SECONDS)));
    }

    long computeMilli(BigInteger cpuMillis) {
        return rounded(cpuMillis, milliPerCpuHour, BigInteger.valueOf(HOUR_MILLIS));
    }

    /** Half up. */
    private static long rounded(BigInteger quantity, long milli, BigInteger unit) {
        return quantity.multiply(BigInteger.valueOf(milli))
                .add(unit.shiftRight(1))
                .divide(unit)
                .longValueExact();
    }
}
