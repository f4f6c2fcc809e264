package org.roadloop.apply.certify;

/** A controller under test (被测控制器). */
public interface Controller {
    /** Name and version, as they go into the certificate. */
    String name();

    /** A fresh run with everything at rest inside. */
    Run start(double initialSpeedMps);

    /** One run; called every 0.1 s with what a perfect sensor sees. One thread. */
    interface Run {
        /**
         * Acceleration wanted for the next 0.1 s, m/s².
         *
         * @param gapMetres bumper to bumper along the lane; negative when the other is beside or
         *     behind
         * @param asideMetres between the sides of the bodies; negative when they overlap sideways
         * @param otherLateralMps positive towards the ego's lane
         */
        double accelerate(
                double speedMps,
                double gapMetres,
                double otherSpeedMps,
                double asideMetres,
                double otherLateralMps);
    }
}
