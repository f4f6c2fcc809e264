package org.roadloop.apply.safety;

import java.time.Instant;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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

    /** Event type of the ledger. */
    public static final String EVENT = "alarm.raised";

    /** Evidence, written after the alarm went out: no id and no place of a vehicle is in it. */
    public Event event(Instant at, String actor) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("kind", kind.name()).put("junction", junction);
        put(body, "ttcSeconds", ttcSeconds);
        put(body, "gapMetres", gapMetres);
        put(body, "petSeconds", petSeconds);
        body.put("closingMps", closingMps).put("latencyNanos", latencyNanos);
        return Event.of(EVENT, at, actor, "junction:" + junction, body);
    }

    private static void put(ObjectNode body, String name, double value) {
        if (Double.isFinite(value)) {
            body.put(name, value);
        } else {
            body.putNull(name);
        }
    }
}
