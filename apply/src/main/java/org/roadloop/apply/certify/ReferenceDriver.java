package org.roadloop.apply.certify;

/** The drivers a system is compared with (参考驾驶员模型). */
public enum ReferenceDriver {
    /** The careful and competent human driver of UN R157's guidance. */
    CC_HUMAN_DRIVER(0.75, 0.4, 12.65 / 10),
    /** Responsibility-sensitive safety; no part of the rule. */
    RSS(0.75, 0, 12.65 / 10),
    /** The collision-avoidance condition of UN R157 5.2.5.2 as if it were a driver. */
    REG157(0.35, 0, Double.POSITIVE_INFINITY),
    /** The fuzzy safety model of UN R157's guidance. */
    FSM(0.75, 0, 12.65 / 10);

    /** From perceiving to braking, seconds. */
    final double delaySeconds;

    /** Deceleration while waiting, m/s². */
    final double coasting;

    /** Most that braking rises in a step, m/s². */
    final double rise;

    ReferenceDriver(double delaySeconds, double coasting, double rise) {
        this.delaySeconds = delaySeconds;
        this.coasting = coasting;
        this.rise = rise;
    }
}
