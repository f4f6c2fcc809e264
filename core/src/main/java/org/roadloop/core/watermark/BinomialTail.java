package org.roadloop.core.watermark;

/** The upper tail of fair coins (二项分布尾). */
final class BinomialTail {
    /** Below, the exact product; from it on Stirling's series is exact to 1e-13. */
    private static final int SMALL = 32;

    private static final double LN_2 = Math.log(2);

    private BinomialTail() {}

    /** Of P(X >= k), X ~ B(n, 1/2), exact but for rounding (relative error below 1e-9). */
    static double log10(long n, long k) {
        if (k <= 0) {
            return 0;
        }
        if (k > n) {
            return Double.NEGATIVE_INFINITY;
        }
        if (2 * k <= n) {
            // the smaller side is summed: P(X >= k) = 1 - P(X >= n - k + 1)
            return Math.log1p(-Math.exp(Math.log(10) * log10(n, n - k + 1))) / Math.log(10);
        }
        double first = lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k) - n * LN_2;
        double sum = 1;
        double term = 1;
        for (long i = k; i < n && term > sum * 1e-17; i++) {
            term *= (double) (n - i) / (i + 1);
            sum += term;
        }
        return Math.min(0, (first + Math.log(sum)) / Math.log(10));
    }

    private static double lnFactorial(long n) {
        if (n < SMALL) {
            double product = 1;
            for (int i = 2; i <= n; i++) {
                product *= i;
            }
            return Math.log(product);
        }
        double inverse = 1.0 / n;
        double square = inverse * inverse;
        return n * Math.log(n)
                - n
                + 0.5 * Math.log(2 * Math.PI * n)
                + inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
    }
}
