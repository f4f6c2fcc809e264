package org.roadloop.apply.certify;

import java.util.Arrays;

/**
 * Following a leader that brakes to standstill (跟车制动). 35 s at 10 Hz.
 *
 * @param decelerationG constant, without a rise
 */
public record CarFollowing(double speedMps, double decelerationG) {
    private static final int SAMPLES = 350;

    public CarFollowing {
        if (!(speedMps > 0 && decelerationG > 0)) {
            throw new IllegalArgumentException(
                    "car following needs speed and deceleration > 0, not "
                            + speedMps
                            + ", "
                            + decelerationG);
        }
    }

    /**
     * What a reference driver does here.
     *
     * @param impactMps speed difference at the crash, 0 without
     */
    public record Outcome(
            boolean crashed, double gapMetres, double impactMps, double pfs, double cfs) {}

    public Outcome drive(ReferenceDriver driver) {
        return drive(driver, 0);
    }

    /**
     * @param forcedFirst 1 or −1: the first step is unsafe or safe whatever the measures say. At
     *     the equilibrium the proactive measure of step 0 is rounding noise, and a table whose
     *     square is one unit off in the last place decides otherwise for two speeds
     */
    Outcome drive(ReferenceDriver driver, int forcedFirst) {
        double gap = EquilibriumGap.of(driver, speedMps);
        double[] egoX = EquilibriumGap.steady(speedMps, 0, SAMPLES);
        double[] egoV = new double[SAMPLES];
        Arrays.fill(egoV, speedMps);
        double[] leaderX = new double[SAMPLES];
        double[] leaderV = new double[SAMPLES];
        double braking = 9.81 * decelerationG;
        double sum = 0;
        for (int k = 0; k < SAMPLES; k++) {
            leaderV[k] = Math.max(0, speedMps - k * braking / 10);
            sum += leaderV[k];
            leaderX[k] = sum / 10 + (gap + ReferenceRun.LENGTH);
        }
        double[] zero = new double[SAMPLES];
        OtherVehicle leader = new OtherVehicle(leaderX, zero, leaderV, zero, ReferenceRun.LENGTH);
        ReferenceRun run = new ReferenceRun(driver, false, egoX, egoV);
        run.forcedFirst = forcedFirst;
        double pfs = 0;
        double cfs = 0;
        double impact = 0;
        for (int k = 0; k < SAMPLES - 1; k++) {
            run.step(k, leader);
            pfs = Math.max(pfs, run.pfs);
            cfs = Math.max(cfs, run.cfs);
            if (egoV[k] == 0) {
                break;
            }
            if (run.crashed) {
                impact = egoV[k] - leaderV[k];
                break;
            }
        }
        return new Outcome(run.crashed, gap, impact, pfs, cfs);
    }
}
