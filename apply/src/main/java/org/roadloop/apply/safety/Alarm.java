package org.roadloop.apply.safety;

/**
 * A warning to one vehicle (告警). Ids are the short-lived ids of the messages.
 *
 * @param ego who is warned
 * @param other whom to watch
 * @param timeMicros time of the message that completed the condition
 * @param ttcSeconds constant speeds; infinity for ICW
 * @param gapMetres bumper to bumper along the ego's path; infinity for ICW
 * @param closingMps positive while the gap shrinks
 * @param petSeconds of ICW, else infinity
 * @param latencyNanos from the arrival of the completing message to the making of this alarm
 */
public record Alarm(
        Kind kind,
        long ego,
        long other,
        int junction,
        long timeMicros,
        double ttcSeconds,
        double gapMetres,
        double closingMps,
        double petSeconds,
        long latencyNanos) {
    /** Applications of T/CSAE 53. */
    public enum Kind {
        /** Forward collision warning (前向碰撞预警). */
        FCW,
        /** Intersection collision warning (交叉路口碰撞预警). */
        ICW,
        /** Emergency brake warning: one ahead brakes hard (紧急制动预警). */
        EBW
    }
}
