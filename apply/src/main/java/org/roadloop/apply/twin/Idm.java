package org.roadloop.apply.twin;

/**
 * The Intelligent Driver Model (智能驾驶员模型), one driver's parameters.
 *
 * <p>dv/dt = a·[1 − (v/v0)⁴ − (s*∕s)²] (equation 2), s* = s0 + max(0, v·T + v·Δv/(2·√(a·b)))
 * (equation 3). At equal speeds and dv/dt = 0 the gap is s_e(v) = (s0 + v·T)/√(1 − (v/v0)⁴).
 *
 * @param desiredSpeedMps v0
 * @param headwaySeconds T
 * @param jamGapMetres s0
 * @param accelerationMps2 a
 * @param comfortableBrakingMps2 b, positive
 */
public record Idm(
        double desiredSpeedMps,
        double headwaySeconds,
        double jamGapMetres,
        double accelerationMps2,
        double comfortableBrakingMps2) {
    /** No car brakes harder than this (dry road). */
    public static final double HARDEST_BRAKING_MPS2 = 9;

    /** A gap with nobody ahead. */
    public static final double FREE = 1e6;

    public Idm {
        if (!(desiredSpeedMps > 0
                && headwaySeconds > 0
                && jamGapMetres > 0
                && accelerationMps2 > 0
                && comfortableBrakingMps2 > 0)) {
            throw new IllegalArgumentException(
                    "every IDM parameter is positive, these are: v0 "
                            + desiredSpeedMps
                            + " T "
                            + headwaySeconds
                            + " s0 "
                            + jamGapMetres
                            + " a "
                            + accelerationMps2
                            + " b "
                            + comfortableBrakingMps2);
        }
    }

    /**
     * Acceleration in m/s².
     *
     * @param gapMetres bumper to bumper; {@link #FREE} with nobody ahead
     * @param limitMps speed allowed here; the lower of it and v0 is wanted
     */
    public double acceleration(
            double speedMps, double gapMetres, double leaderSpeedMps, double limitMps) {
        double wanted = Math.min(desiredSpeedMps, limitMps);
        double ratio = speedMps / wanted;
        double free = accelerationMps2 * (1 - ratio * ratio * ratio * ratio);
        // Above the wanted speed (a turn ahead) the fourth power would brake as if for a wall.
        free = Math.max(free, -1.5 * comfortableBrakingMps2);
        double closing = speedMps - leaderSpeedMps;
        double dynamic =
                speedMps * headwaySeconds
                        + speedMps
                                * closing
                                / (2 * Math.sqrt(accelerationMps2 * comfortableBrakingMps2));
        double desired = jamGapMetres + Math.max(0, dynamic);
        double q = desired / Math.max(gapMetres, 0.05);
        return Math.max(free - accelerationMps2 * q * q, -HARDEST_BRAKING_MPS2);
    }

    /** s_e(v), valid below v0; metres. */
    public double equilibriumGap(double speedMps) {
        double ratio = speedMps / desiredSpeedMps;
        return (jamGapMetres + speedMps * headwaySeconds)
                / Math.sqrt(1 - ratio * ratio * ratio * ratio);
    }
}
