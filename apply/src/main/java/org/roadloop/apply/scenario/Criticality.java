package org.roadloop.apply.scenario;

/**
 * Measures of how close a call was (危险度). Gaps are bumper to bumper in metres, closing speed is
 * positive while the gap shrinks, infinity means "never". Definitions: Westhofen et al.,
 * Criticality metrics for automated driving, Arch. Comput. Methods Eng. 30 (2023), and the SSM
 * device of SUMO.
 */
public final class Criticality {
    private Criticality() {}

    /** Time to collision at constant speeds, seconds. */
    public static double ttc(double gapMetres, double closingMps) {
        return closingMps > 0 ? Math.max(gapMetres, 0) / closingMps : Double.POSITIVE_INFINITY;
    }

    /** Time headway: gap over the follower's speed, seconds. */
    public static double thw(double gapMetres, double speedMps) {
        return speedMps > 0 ? Math.max(gapMetres, 0) / speedMps : Double.POSITIVE_INFINITY;
    }

    /** Deceleration rate to avoid a crash, Δv²/(2·gap), m/s². */
    public static double drac(double gapMetres, double closingMps) {
        if (closingMps <= 0) {
            return 0;
        }
        return gapMetres > 0 ? closingMps * closingMps / (2 * gapMetres) : Double.POSITIVE_INFINITY;
    }

    /**
     * Required longitudinal acceleration, at most 0: min(a_leader − Δv²/(2·gap), 0), m/s². As
     * {@link #drac} when the leader holds its speed.
     */
    public static double requiredAcceleration(
            double gapMetres, double closingMps, double leaderAccelerationMps2) {
        return Math.min(leaderAccelerationMps2 - drac(gapMetres, closingMps), 0);
    }

    /**
     * Smallest t ≥ 0 at which something moving at {@code speed} with constant acceleration has gone
     * {@code metres}; infinity if it stops before. Seconds.
     */
    public static double timeToReach(double metres, double speedMps, double accelerationMps2) {
        if (metres <= 0) {
            return 0;
        }
        if (Math.abs(accelerationMps2) < 1e-6) {
            return speedMps > 0 ? metres / speedMps : Double.POSITIVE_INFINITY;
        }
        double root = speedMps * speedMps + 2 * accelerationMps2 * metres;
        if (root < 0) {
            return Double.POSITIVE_INFINITY;
        }
        double atEnd = Math.sqrt(root);
        return speedMps + atEnd > 0 ? 2 * metres / (speedMps + atEnd) : Double.POSITIVE_INFINITY;
    }

    /**
     * Predicted post-encroachment time of two bodies on straight paths, each at its speed or, if it
     * brakes, braking on: from one leaving the place where the paths cross to the other entering
     * it. Seconds; negative if both would be there at once; infinity if the paths do not cross
     * ahead of both or not both arrive within {@code withinSeconds}.
     *
     * @param dx east from a to b, centre to centre
     * @param dy north from a to b
     * @param eastA direction of a, unit vector
     */
    public static double predictedPet(
            double dx,
            double dy,
            double eastA,
            double northA,
            double speedA,
            double accelerationA,
            double lengthA,
            double widthA,
            double eastB,
            double northB,
            double speedB,
            double accelerationB,
            double lengthB,
            double widthB,
            double withinSeconds) {
        // p_a + wayA·u_a = p_b + wayB·u_b
        double sin = eastA * northB - northA * eastB;
        double wayA = (dx * northB - dy * eastB) / sin;
        double wayB = (dx * northA - dy * eastA) / sin;
        if (!(wayA > 0 && wayB > 0)) {
            return Double.POSITIVE_INFINITY;
        }
        double reachA = 0.5 * (lengthA + widthB);
        double reachB = 0.5 * (lengthB + widthA);
        double slowA = Math.min(accelerationA, 0);
        double slowB = Math.min(accelerationB, 0);
        double enterA = timeToReach(wayA - reachA, speedA, slowA);
        double enterB = timeToReach(wayB - reachB, speedB, slowB);
        if (Math.max(enterA, enterB) > withinSeconds) {
            return Double.POSITIVE_INFINITY;
        }
        double exitA = timeToReach(wayA + reachA, speedA, slowA);
        double exitB = timeToReach(wayB + reachB, speedB, slowB);
        return Math.max(enterA - exitB, enterB - exitA);
    }
}
