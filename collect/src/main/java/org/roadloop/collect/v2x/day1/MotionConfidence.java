package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** How good speed, heading and steering are (运动状态精度): module DefMotion, MotionConfidenceSet. */
public final class MotionConfidence implements Structure {
    private static final Layout LAYOUT = Layout.closed("speedCfd", "headingCfd", "steerCfd");
    public static final int SPEED = LAYOUT.bit("speedCfd");
    public static final int HEADING = LAYOUT.bit("headingCfd");
    public static final int STEER = LAYOUT.bit("steerCfd");
    private static final Enumeration SPEED_CFD =
            Enumeration.of(
                    "speedCfd",
                    "unavailable prec100ms prec10ms prec5ms prec1ms prec0-1ms prec0-05ms"
                            + " prec0-01ms");
    private static final Enumeration HEADING_CFD =
            Enumeration.of(
                    "headingCfd",
                    "unavailable prec10deg prec05deg prec01deg prec0-1deg prec0-05deg prec0-01deg"
                            + " prec0-0125deg");
    private static final Enumeration STEER_CFD =
            Enumeration.of("steerCfd", "unavailable prec2deg prec1deg prec0-02deg");

    public int presence;

    /** 0 unavailable, then from 100 m/s to 0.01 m/s. */
    public int speedCfd;

    /** 0 unavailable, then from 10 to 0.0125 degree. */
    public int headingCfd;

    /** 0 unavailable, then 2, 1 and 0.02 degree. */
    public int steerCfd;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & SPEED) != 0) {
            speedCfd = x.enumerated(SPEED_CFD, speedCfd);
        }
        if ((presence & HEADING) != 0) {
            headingCfd = x.enumerated(HEADING_CFD, headingCfd);
        }
        if ((presence & STEER) != 0) {
            steerCfd = x.enumerated(STEER_CFD, steerCfd);
        }
    }
}
