package org.roadloop.apply.certify;

/**
 * One reference driver in one case (参考驾驶员运行), stepped every 0.1 s. Starts from the undisturbed
 * trajectory, which stands where the run ends early. One thread.
 */
final class ReferenceRun {
    static final double LENGTH = 4.3;
    static final double WIDTH = 1.9;
    private static final double FULL_BRAKING = 0.774 * 9.81;

    private final ReferenceDriver driver;
    private final boolean cutIn;
    final double[] x;
    final double[] v;
    private boolean alarmed;
    private double waiting;
    private double braking;
    private int alarmAt = -1;

    boolean crashed;

    /** 0 none, 1 the ego's centre was ahead at the first overlap, 2 otherwise. */
    int crashType;

    /** Speed difference at the first overlap, m/s. */
    double impactMps;

    /** Of the last control step; 0 when the check left early. */
    double cfs;

    double pfs;

    /** Before step 0 counts as unsafe or safe whatever the measures say; for one rounding. */
    int forcedFirst;

    ReferenceRun(ReferenceDriver driver, boolean cutIn, double[] x, double[] v) {
        this.driver = driver;
        this.cutIn = cutIn;
        this.x = x;
        this.v = v;
        waiting = driver.delaySeconds;
    }

    private enum Check {
        SAFE,
        UNSAFE,
        /** Safe, and the case ends after this step. */
        LAST
    }

    /** Step of the first unsafe check, or −1. */
    int alarmAt() {
        return alarmAt;
    }

    /** Returns false if the case ends with this step. */
    boolean step(int k, OtherVehicle o) {
        cfs = 0;
        pfs = 0;
        Check check = check(k, o);
        double u;
        if (check == Check.UNSAFE) {
            u = react(k);
            alarmAt = alarmed ? alarmAt : k;
            alarmed = true;
        } else if (alarmed) {
            u = v[k];
        } else {
            u = Math.max(Math.min(v[k + 1], v[k] + 1 / 10.0), v[k] - 1 / 10.0);
        }
        v[k + 1] = u;
        x[k + 1] = x[k] + u / 10;
        if (gapAside(k, o) < 0 && gapAlong(k, o) < 0 && !crashed) {
            crashed = true;
            crashType = x[k] > o.x()[k] ? 1 : 2;
            impactMps = v[k] - o.speedMps()[k];
        }
        return check != Check.LAST;
    }

    private double gapAlong(int k, OtherVehicle o) {
        return Math.abs(x[k] - o.x()[k]) - LENGTH / 2 - o.lengthMetres() / 2;
    }

    private static double gapAside(int k, OtherVehicle o) {
        return Math.abs(0 - o.y()[k]) - WIDTH / 2 - WIDTH / 2;
    }

    private Check check(int k, OtherVehicle o) {
        if (driver == ReferenceDriver.CC_HUMAN_DRIVER && !cutIn) {
            return Check.UNSAFE;
        }
        if (x[k] > o.x()[k]) {
            return Check.SAFE;
        }
        double dv = v[k] - o.speedMps()[k];
        return switch (driver) {
            case CC_HUMAN_DRIVER -> {
                if (gapAside(k, o) > 0) {
                    yield Check.SAFE;
                }
                double along = o.x()[k] - x[k] - LENGTH / 2 - o.lengthMetres() / 2;
                yield Math.abs(Math.abs(along) / dv) > 2 ? Check.LAST : Check.UNSAFE;
            }
            case REG157 -> {
                if (gapAside(k, o) > 0.5) {
                    yield Check.SAFE;
                }
                double ttc = Math.abs(gapAlong(k, o) / dv);
                yield ttc > dv / (2 * 6.0) + 0.35 + 0.1 ? Check.SAFE : Check.UNSAFE;
            }
            case RSS -> checkRss(k, o);
            case FSM -> checkFuzzy(k, o, dv);
        };
    }

    private Check checkRss(int k, OtherVehicle o) {
        double ve = v[k];
        double vo = o.speedMps()[k];
        double s = Math.abs(o.lateralMps()[k]);
        double raised = ve + 0.75 * 3;
        double along = ve * 0.75 + 3 * (0.75 * 0.75) / 2 + raised * raised / (2 * 6.0);
        along -= vo * vo / (2 * 6.0);
        double side = s + 1 * 0.75;
        double aside = 0.3 + Math.abs((2 * s + 1 * 0.75) * 0.75 / 2) + side * side / (2 * 1.0);
        return gapAlong(k, o) < along && gapAside(k, o) < aside ? Check.UNSAFE : Check.SAFE;
    }

    private Check checkFuzzy(int k, OtherVehicle o, double dv) {
        double aside = gapAside(k, o);
        if (aside > 0) {
            double s = -o.lateralMps()[k];
            if (s <= 0) {
                return Check.SAFE;
            }
            double passed = Math.abs(x[k] - o.x()[k]) + LENGTH / 2 + o.lengthMetres() / 2;
            if (aside / s > passed / dv + 0.1) {
                return Check.SAFE;
            }
        }
        double a = k == 0 ? 0 : (v[k] - v[k - 1]) * 10;
        double gap = gapAlong(k, o);
        cfs = FuzzyRisk.critical(gap, v[k], o.speedMps()[k], a);
        pfs = FuzzyRisk.proactive(gap, v[k], o.speedMps()[k]);
        if (k == 0 && forcedFirst != 0) {
            return forcedFirst > 0 ? Check.UNSAFE : Check.SAFE;
        }
        return cfs + pfs == 0 ? Check.SAFE : Check.UNSAFE;
    }

    /** New speed on an unsafe step. */
    private double react(int k) {
        if (waiting > 0) {
            waiting -= 1 / 10.0;
            if (driver.coasting == 0) {
                return v[k];
            }
            braking = driver.coasting;
            return v[k] - braking / 10;
        }
        switch (driver) {
            case REG157 -> braking = 6;
            case CC_HUMAN_DRIVER, RSS -> braking = Math.min(braking + driver.rise, FULL_BRAKING);
            case FSM -> {
                double demand = cfs > 0 ? cfs * (6 - 4) + 4 : pfs * 4;
                braking = Math.min(Math.min(braking + driver.rise, FULL_BRAKING), demand);
            }
        }
        return Math.max(v[k] - braking / 10, 0);
    }
}
