package org.roadloop.apply.certify;

import org.roadloop.apply.scenario.Criticality;
import org.roadloop.apply.twin.Idm;

/**
 * Adaptive cruise control by IDM with an emergency brake on top (自动紧急制动): the other counts as soon
 * as it overlaps the ego's path sideways or will within {@code foresightSeconds}; once the braking
 * needed exceeds {@code triggerMps2} in two samples, the brake rises to {@code fullMps2} and stays
 * until the speeds match.
 *
 * @param foresightSeconds how far ahead a sideways movement is believed
 * @param triggerMps2 needed deceleration (DRAC) at which the brake takes over
 * @param fullMps2 what the brake can do
 * @param riseMps3 how fast it gets there
 */
public record AebController(
        double foresightSeconds, double triggerMps2, double fullMps2, double riseMps3)
        implements Controller {
    public static final AebController DEFAULTS = new AebController(0.8, 3, 8.5, 30);

    public AebController {
        if (!(foresightSeconds >= 0 && triggerMps2 > 0 && fullMps2 > 0 && riseMps3 > 0)) {
            throw new IllegalArgumentException(
                    "AEB needs foresight ≥ 0 and trigger, full braking and rise > 0");
        }
    }

    @Override
    public String name() {
        return "idm-aeb-1 foresight "
                + foresightSeconds
                + " s trigger "
                + triggerMps2
                + " m/s2 full "
                + fullMps2
                + " m/s2 rise "
                + riseMps3
                + " m/s3";
    }

    @Override
    public Run start(double initialSpeedMps) {
        Idm cruise = new Idm(initialSpeedMps, 1.5, 2, 1.2, 2);
        return new Run() {
            private int alerts;
            private boolean emergency;
            private double braking;

            @Override
            public double accelerate(
                    double speed, double gap, double otherSpeed, double aside, double lateral) {
                boolean inPath = aside < Math.max(lateral, 0) * foresightSeconds;
                boolean ahead = inPath && gap > -ReferenceRun.LENGTH;
                double room = ahead ? Math.max(gap, 0) : Idm.FREE;
                double lead = ahead ? otherSpeed : speed;
                double closing = speed - lead;
                alerts = Criticality.drac(room, closing) >= triggerMps2 ? alerts + 1 : 0;
                emergency = closing > 0 && (emergency || alerts >= 2);
                if (emergency) {
                    braking = Math.min(fullMps2, braking + riseMps3 / 10);
                    return -braking;
                }
                braking = 0;
                // Cruise control alone brakes with at most 3.5 m/s² (ISO 15622).
                return Math.max(-3.5, cruise.acceleration(speed, room, lead, initialSpeedMps));
            }
        };
    }
}
