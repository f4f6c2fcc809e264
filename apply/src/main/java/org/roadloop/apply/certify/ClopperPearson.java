package org.roadloop.apply.certify;

/**
 * Exact bound on a rate from counts (Clopper–Pearson 置信上界): the largest p for which so few failures
 * still have probability {@code 1 − confidence}; Clopper and Pearson, Biometrika 26 (1934).
 */
final class ClopperPearson {
    private ClopperPearson() {}

    /**
     * One-sided upper bound, 0 … 1; 1 without trials.
     *
     * @param confidence for example 0.95
     */
    static double upper(int failures, int trials, double confidence) {
        if (failures < 0 || failures > trials || !(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "no bound for " + failures + " of " + trials + " at " + confidence);
        }
        if (failures == trials) {
            return 1;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < 100; i++) {
            double p = (low + high) / 2;
            if (atMost(failures, trials, p) > 1 - confidence) {
                low = p;
            } else {
                high = p;
            }
        }
        return high;
    }

    /** P(X ≤ k) of a binomial, summed in logarithms. */
    private static double atMost(int k, int n, double p) {
        double logTerm = n * Math.log1p(-p);
        double odds = Math.log(p) - Math.log1p(-p);
        double sum = Math.exp(logTerm);
        for (int i = 1; i <= k; i++) {
            logTerm += Math.log((double) (n - i + 1) / i) + odds;
            sum += Math.exp(logTerm);
        }
        return sum;
    }
}
