package org.roadloop.core.clearing;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Splits an amount so that the parts add up to it (最大余数法, Hamilton's method): each gets its exact
 * share rounded down, what is left goes one by one to the largest remainders; of equal ones the
 * first listed is first. No part differs from its exact share by 1 or more.
 */
final class LargestRemainder {
    private LargestRemainder() {}

    /**
     * @param amount a negative one is split as the positive, with the signs turned
     * @param weights none negative, not all 0
     */
    static long[] split(long amount, long[] weights) {
        long[] parts = new long[weights.length];
        BigInteger[] remainders = new BigInteger[weights.length];
        BigInteger whole = BigInteger.ZERO;
        for (long weight : weights) {
            if (weight < 0) {
                throw new IllegalArgumentException("weight " + weight + " is negative");
            }
            whole = whole.add(BigInteger.valueOf(weight));
        }
        if (whole.signum() == 0) {
            throw new IllegalArgumentException("all weights are 0: nobody to split for");
        }
        BigInteger left = BigInteger.valueOf(amount).abs();
        BigInteger magnitude = left;
        for (int i = 0; i < weights.length; i++) {
            BigInteger[] quotient =
                    magnitude.multiply(BigInteger.valueOf(weights[i])).divideAndRemainder(whole);
            parts[i] = quotient[0].longValueExact();
            remainders[i] = quotient[1];
            left = left.subtract(quotient[0]);
        }
        int[] order =
                IntStream.range(0, weights.length)
                        .boxed()
                        .sorted(Comparator.comparing((Integer i) -> remainders[i]).reversed())
                        .mapToInt(i -> i)
                        .toArray();
        for (int i = 0; i < left.intValueExact(); i++) {
            parts[order[i]]++;
        }
        return amount < 0 ? Arrays.stream(parts).map(p -> -p).toArray() : parts;
    }
}
