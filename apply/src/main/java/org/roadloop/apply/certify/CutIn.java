package org.roadloop.apply.certify;

/**
 * A cut-in (切入): another vehicle changes into the ego's lane at constant speed; its sideways speed
 * rises at 1.5 m/s², and at the end of that rise the bumpers are {@code gapMetres} apart. Sampled
 * at 10 Hz for 35 s and a little.
 *
 * @param otherSpeedMps slower than the ego for anything to happen
 * @param lateralMps 0 … 3
 */
public record CutIn(double egoSpeedMps, double otherSpeedMps, double gapMetres, double lateralMps) {
    private static final int AFTER = 350;

    public CutIn {
        if (!(egoSpeedMps > 0 && otherSpeedMps >= 0 && gapMetres >= 0)) {
            throw new IllegalArgumentException(
                    "cut-in needs an ego speed > 0, another's ≥ 0 and a gap ≥ 0, not "
                            + egoSpeedMps
                            + ", "
                            + otherSpeedMps
                            + ", "
                            + gapMetres);
        }
        if (!(lateralMps >= 0 && lateralMps <= 3)) {
            throw new IllegalArgumentException("lateralMps " + lateralMps + " is outside 0..3");
        }
    }

    /** Index of the nominal state. */
    int nominal() {
        return (int) Math.ceil(lateralMps / 0.15);
    }

    int samples() {
        return nominal() + 1 + AFTER;
    }

    /**
     * Positions of something that never changes its speed and is at {@code at} at the nominal
     * index.
     */
    double[] steady(double speed, double at) {
        int n = nominal();
        double[] x = new double[samples()];
        x[n] = at;
        double back = 0;
        for (int j = n - 1; j >= 0; j--) {
            back += -speed / 10;
            x[j] = back + at;
        }
        double sum = 0;
        for (int i = 0; i < AFTER; i++) {
            sum += speed;
            x[n + 1 + i] = sum / 10 + at;
        }
        return x;
    }

    double[] constant(double speed) {
        double[] v = new double[samples()];
        java.util.Arrays.fill(v, speed);
        return v;
    }

    OtherVehicle other() {
        int n = nominal();
        double s = lateralMps;
        double[] lateral = new double[samples()];
        for (int j = 0; j < n; j++) {
            lateral[j] = j * -0.15;
        }
        lateral[n] = -s;
        int moving = s == 0 ? 0 : (int) Math.rint((35 - 35 % s) / s) + 1;
        for (int i = 0; i < AFTER; i++) {
            lateral[n + 1 + i] = i < moving ? -s : 0;
        }
        double[] y = new double[samples()];
        double start = 1.6 + 1.9;
        y[n] = start;
        double back = 0;
        for (int j = n - 1; j >= 0; j--) {
            back += j * 0.15 / 10;
            y[j] = back + start;
        }
        double sum = 0;
        for (int i = 0; i < AFTER; i++) {
            sum += lateral[n + 1 + i];
            y[n + 1 + i] = sum / 10 + start;
        }
        return new OtherVehicle(
                steady(otherSpeedMps, gapMetres + ReferenceRun.LENGTH),
                y,
                constant(otherSpeedMps),
                lateral,
                ReferenceRun.LENGTH);
    }

    /**
     * What a reference driver does here.
     *
     * @param crashType 0 none, 1 ego's centre ahead at the first overlap, 2 otherwise
     * @param impactMps speed difference at the first overlap, 0 without
     * @param minTtcSeconds as the published tables define it, at most 4; no physical value
     * @param pfs largest proactive fuzzy measure, FSM only
     * @param cfs largest critical fuzzy measure, FSM only
     */
    public record Outcome(
            boolean crashed,
            int crashType,
            double impactMps,
            double minTtcSeconds,
            double pfs,
            double cfs) {}

    public Outcome drive(ReferenceDriver driver) {
        OtherVehicle o = other();
        ReferenceRun run =
                new ReferenceRun(driver, true, steady(egoSpeedMps, 0), constant(egoSpeedMps));
        double pfs = 0;
        double cfs = 0;
        boolean goesOn = true;
        for (int k = 0; k <= samples() - 2 && goesOn; k++) {
            goesOn = run.step(k, o);
            pfs = Math.max(pfs, run.pfs);
            cfs = Math.max(cfs, run.cfs);
        }
        return new Outcome(run.crashed, run.crashType, run.impactMps, minTtc(run, o), pfs, cfs);
    }

    private double minTtc(ReferenceRun run, OtherVehicle o) {
        double length = ReferenceRun.LENGTH;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < samples(); k++) {
            double h = o.x()[k] - run.x[k] - length / 2 - length / 2;
            double dv = run.v[k] - o.speedMps()[k];
            double t = Math.min(h / dv, 4);
            if (dv < 0) {
                t = 4;
            }
            if (h < -8.6) {
                t = 10;
            } else if (h > -8.6 && h <= 0) {
                t = 0;
            }
            double l = Math.abs(0 - o.y()[k]) - ReferenceRun.WIDTH / 2 - ReferenceRun.WIDTH / 2;
            double r = -o.lateralMps()[k];
            double aside = Math.min(l / (r == 0 ? 0.001 : r), 4);
            if (l < 0) {
                aside = 0;
            }
            double both = Math.max(t, aside);
            if (!Double.isNaN(both)) {
                least = Math.min(least, both);
            }
        }
        return least;
    }
}
