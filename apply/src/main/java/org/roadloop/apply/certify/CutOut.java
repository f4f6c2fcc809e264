package org.roadloop.apply.certify;

import java.util.Arrays;

/**
 * A cut-out (切出): the leader leaves the lane and uncovers a standing vehicle. Everybody starts at
 * the same speed, the ego at its own equilibrium gap. 35 s at 10 Hz.
 *
 * @param frontMetres nominal distance from the leader to the standing vehicle
 * @param lateralMps of the leader, negative: away from the lane
 */
public record CutOut(double speedMps, double frontMetres, double lateralMps) {
    private static final int SAMPLES = 350;
    private static final double STANDING_LENGTH = 5;

    public CutOut {
        if (!(speedMps > 0 && frontMetres >= 0 && lateralMps < 0)) {
            throw new IllegalArgumentException(
                    "cut-out needs speed > 0, distance ≥ 0 and a negative lateral speed, not "
                            + speedMps
                            + ", "
                            + frontMetres
                            + ", "
                            + lateralMps);
        }
    }

    /**
     * What a reference driver does here.
     *
     * @param frontCrashed the leader hit the standing vehicle
     * @param gapMetres initial gap of the driver
     */
    public record Outcome(
            boolean crashed, boolean frontCrashed, double gapMetres, double pfs, double cfs) {}

    public Outcome drive(ReferenceDriver driver) {
        double gap = EquilibriumGap.of(driver, speedMps);
        double x0 = gap + ReferenceRun.LENGTH;
        double[] egoX = EquilibriumGap.steady(speedMps, 0, SAMPLES);
        double[] egoV = new double[SAMPLES];
        Arrays.fill(egoV, speedMps);
        double[] leaderX = EquilibriumGap.steady(speedMps, x0, SAMPLES);
        double[] leaderV = egoV.clone();
        double w = Math.abs(lateralMps);
        int moving = Math.min(SAMPLES, (int) Math.rint((40 - 40 % w) / w) + 1);
        double[] leaderLateral = new double[SAMPLES];
        double[] leaderY = new double[SAMPLES];
        double sum = 0;
        for (int k = 0; k < SAMPLES; k++) {
            leaderLateral[k] = k < moving ? lateralMps : 0;
            sum += leaderLateral[k];
            leaderY[k] = sum / 10 + 4 - 4;
        }
        double standingX = x0 + frontMetres + ReferenceRun.LENGTH;
        OtherVehicle standing = standing(standingX);
        OtherVehicle leader =
                new OtherVehicle(leaderX, leaderY, leaderV, leaderLateral, ReferenceRun.LENGTH);
        ReferenceRun run = new ReferenceRun(driver, false, egoX, egoV);
        boolean front = false;
        boolean met = false;
        double pfs = 0;
        double cfs = 0;
        for (int k = 0; k < SAMPLES - 1; k++) {
            double width = ReferenceRun.WIDTH;
            double aside = Math.abs(0 - leaderY[k]) - width / 2 - width / 2;
            double along =
                    Math.abs(standingX - leaderX[k])
                            - STANDING_LENGTH / 2
                            - ReferenceRun.LENGTH / 2;
            if (!front && aside < 0 && along < 0) {
                front = true;
                Arrays.fill(leaderX, k, SAMPLES, leaderX[k]);
                Arrays.fill(leaderY, k, SAMPLES, leaderY[k]);
                Arrays.fill(leaderV, k, SAMPLES, 0);
                Arrays.fill(leaderLateral, k, SAMPLES, 0);
            }
            if (front) {
                run.step(k, leader);
                pfs = 0;
                cfs = 0;
            } else if (leaderY[k] < -0.375) {
                run.step(k, standing);
                if (!met) {
                    met = true;
                    pfs = run.pfs;
                    cfs = run.cfs;
                }
            }
            if (egoV[k] == 0) {
                break;
            }
        }
        return new Outcome(run.crashed, front, gap, pfs, cfs);
    }

    private static OtherVehicle standing(double at) {
        double[] x = new double[SAMPLES];
        Arrays.fill(x, at);
        double[] zero = new double[SAMPLES];
        return new OtherVehicle(x, zero, zero, zero, STANDING_LENGTH);
    }
}
