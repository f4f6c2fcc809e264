package org.roadloop.apply.scenario;

/** What can be found (场景类型). */
public enum ScenarioType {
    /** The ego brakes hard; there need not be another. */
    HARD_BRAKING,
    /** A short time headway, held. */
    CLOSE_FOLLOWING,
    /** Another car comes into the ego's path from the side, close. */
    CUT_IN,
    /** Collision with the car ahead within a very short time at constant speeds. */
    LOW_TTC,
    /** A forward collision warning would be due: time and needed braking both critical. */
    FORWARD_COLLISION,
    /** Two predicted paths cross with little time between. */
    CROSSING
}
