package org.roadloop.apply.certify;

/**
 * The two measures of the fuzzy safety model (模糊安全度), 0 safe … 1 unsafe. Delay 0.75 s, comfortable
 * braking 4, hard 6, leader 7 m/s².
 */
final class FuzzyRisk {
    private static final double DELAY = 0.75;

    private FuzzyRisk() {}

    /**
     * Proactive: is the distance kept?
     *
     * @param gap bumper to bumper
     * @param u ego speed
     * @param w speed of the one ahead
     */
    static double proactive(double gap, double u, double w) {
        double q = gap - 2;
        double safe = u * DELAY + u * u / (2 * 4.0) - w * w / (2 * 7.0) + 2;
        if (q > safe) {
            return 0;
        }
        double unsafe = u * DELAY + u * u / (2 * 6.0) - w * w / (2 * 7.0);
        if (q < unsafe) {
            return 1;
        }
        return (q - safe) / (unsafe - safe);
    }

    /**
     * Critical: does the present speed difference still fit the gap?
     *
     * @param a ego acceleration
     */
    static double critical(double gap, double u, double w, double a) {
        double limited = Math.max(a, -4);
        double z = u + DELAY * limited;
        if (u <= w) {
            return 0;
        }
        if (z < w) {
            double safe = (u - w) * (u - w) / Math.abs(a * 2);
            return gap < safe ? 1 : 0;
        }
        double r = (u + limited * DELAY / 2 - w) * DELAY;
        double p = u + limited * DELAY - w;
        double safe = r + p * p / (4 * 2.0);
        double unsafe = r + p * p / (6 * 2.0);
        if (gap > safe) {
            return 0;
        }
        if (gap < unsafe) {
            return 1;
        }
        return (gap - safe) / (unsafe - safe);
    }
}
