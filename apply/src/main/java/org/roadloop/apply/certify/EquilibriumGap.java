package org.roadloop.apply.certify;

/** Where a reference driver starts behind a leader of the same speed (平衡间距). */
final class EquilibriumGap {
    private EquilibriumGap() {}

    /** Bumper to bumper, metres. */
    static double of(ReferenceDriver driver, double v) {
        return switch (driver) {
            case CC_HUMAN_DRIVER -> 2 * v;
            case RSS -> {
                double raised = v + 0.75 * 3;
                double m = Math.max(v - 0.75 * 6, 0);
                yield v * 0.75
                        + 3 * (0.75 * 0.75) / 2
                        + raised * raised / (2 * 6.0)
                        - m * m / (2 * 6.0)
                        + 0.5 * 6 * (0.75 * 0.75);
            }
            case FSM -> v * 0.75 + v * v / (2 * 4.0) - v * v / (2 * 7.0) + 2 + 2;
            case REG157 ->
                    throw new IllegalArgumentException(
                            "REG157 judges cut-ins only; use CC_HUMAN_DRIVER, RSS or FSM");
        };
    }

    /** Positions at constant speed; index 0 lies one step beyond the start. */
    static double[] steady(double speed, double at, int samples) {
        double[] x = new double[samples];
        double sum = 0;
        for (int k = 0; k < samples; k++) {
            sum += speed;
            x[k] = sum / 10 + at;
        }
        return x;
    }
}
