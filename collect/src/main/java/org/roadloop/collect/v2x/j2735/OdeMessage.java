package org.roadloop.collect.v2x.j2735;

import java.util.Locale;
import java.util.Map;
import org.roadloop.collect.v2x.day1.BasicSafetyMessage;
import org.roadloop.collect.v2x.day1.BrakeSystem;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.IntersectionState;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.NodeReference;
import org.roadloop.collect.v2x.day1.Phase;
import org.roadloop.collect.v2x.day1.PhaseTimes;
import org.roadloop.collect.v2x.day1.Position3D;
import org.roadloop.collect.v2x.day1.SignalPhaseAndTiming;
import org.roadloop.collect.v2x.uper.Quantity;
import tools.jackson.databind.JsonNode;

/**
 * BSM, SPAT and MAP in the JSON of the US DOT's operational data environment (ODE 消息), put into the
 * fields of the Chinese messages that mean the same, so that they become the same rows. Two
 * dialects: numbers in units, or (schema 1 of the Tampa pilot) raw steps as strings.
 */
public final class OdeMessage {
    /** MovementPhaseState of J2735 to LightState of T/CSAE 53; letters only, lower case. */
    private static final Map<String, Integer> LIGHTS =
            Map.of(
                    "unavailable", 0,
                    "dark", 1,
                    "stopthenproceed", 2,
                    "stopandremain", 3,
                    "permissivemovementallowed", 5,
                    "protectedmovementallowed", 6,
                    "permissiveclearance", 7,
                    "protectedclearance", 7,
                    "cautionconflictingtraffic", 8);

    private static final int TIME_NOT_KNOWN = 36_001;

    private OdeMessage() {}

    /**
     * Fills a frame.
     *
     * @return false when the object is neither BSM nor SPAT nor MAP, or lacks what every one has
     */
    public static boolean read(JsonNode ode, MessageFrame into) {
        JsonNode data = ode.path("payload").path("data");
        if (data.path("coreData").isObject()) {
            into.kind = MessageFrame.BSM;
            return bsm(data.path("coreData"), into.bsm);
        }
        JsonNode list = data.path("intersectionStateList").path("intersectionStatelist");
        if (list.isArray()) {
            into.kind = MessageFrame.SPAT;
            return spat(data, list, into.spat);
        }
        JsonNode tampa = data.path("SPAT");
        if (tampa.isObject()) {
            into.kind = MessageFrame.SPAT;
            return spat(tampa, tampa.path("intersections").path("IntersectionState"), into.spat);
        }
        JsonNode geometry = data.path("intersections").path("intersectionGeometry");
        if (geometry.isArray()) {
            into.kind = MessageFrame.MAP;
            return OdeMap.read(data, geometry, into.map);
        }
        return false;
    }

    private static boolean bsm(JsonNode core, BasicSafetyMessage bsm) {
        bsm.presence = 0;
        bsm.msgCnt = core.path("msgCnt").asInt(0) & 0x7F;
        String id = core.path("id").asString("");
        boolean raw = core.has("lat");
        if (id.isEmpty() || id.length() > 16 || !id.matches("[0-9A-Fa-f]+")) {
            return false;
        }
        bsm.id = Long.parseUnsignedLong(id, raw ? 10 : 16);
        bsm.secMarkMillis = whole(core.path("secMark"), Elements.D_SECOND, true);
        JsonNode position = raw ? core : core.path("position");
        bsm.pos.presence = Position3D.ELEVATION;
        bsm.pos.latE7Degrees =
                whole(position.path(raw ? "lat" : "latitude"), Elements.LATITUDE, raw);
        bsm.pos.longE7Degrees =
                whole(position.path(raw ? "long" : "longitude"), Elements.LONGITUDE, raw);
        bsm.pos.elevationDecimetres =
                whole(position.path(raw ? "elev" : "elevation"), Elements.ELEVATION, raw);
        bsm.transmission = 7;
        bsm.speedFiftiethsMps = whole(core.path("speed"), Elements.SPEED, raw);
        bsm.headingEightiethsDegree = whole(core.path("heading"), Elements.HEADING, raw);
        JsonNode accel = core.path("accelSet");
        bsm.accelSet.longCmps2 =
                whole(accel.path(raw ? "long" : "accelLong"), Elements.ACCELERATION, raw);
        bsm.accelSet.latCmps2 =
                whole(accel.path(raw ? "lat" : "accelLat"), Elements.ACCELERATION, raw);
        bsm.accelSet.vertFiftiethsG = -127;
        JsonNode yaw = accel.path(raw ? "yaw" : "accelYaw");
        bsm.accelSet.yawCentidegreesPerSecond =
                isNumber(yaw) ? whole(yaw, Elements.YAW_RATE, raw) : 0;
        bsm.size.presence = 0;
        bsm.size.widthCm = Math.clamp(number(core.path("size").path("width"), 0), 0, 1023);
        bsm.size.lengthCm = Math.clamp(number(core.path("size").path("length"), 0), 0, 4095);
        bsm.vehicleClass.presence = 0;
        bsm.vehicleClass.classification = 0;
        bsm.brakes.presence = BrakeSystem.WHEEL_BRAKES;
        bsm.brakes.wheelBrakes = wheels(core.path("brakes").path("wheelBrakes"));
        return true;
    }

    private static long wheels(JsonNode wheels) {
        if (wheels.isString() && wheels.asString().matches("[01]{5}")) {
            return Long.parseLong(wheels.asString(), 2);
        }
        long bits = wheels.path("unavailable").asBoolean(!wheels.isObject()) ? 0x10 : 0;
        String[] names = {"leftFront", "leftRear", "rightFront", "rightRear"};
        for (int i = 0; i < names.length; i++) {
            bits |= wheels.path(names[i]).asBoolean(false) ? 8 >> i : 0;
        }
        return bits;
    }

    private static boolean spat(JsonNode message, JsonNode junctions, SignalPhaseAndTiming spat) {
        spat.presence = 0;
        spat.msgCnt = 0;
        spat.intersections.clear();
        for (JsonNode junction : junctions.isArray() ? junctions : java.util.List.of(junctions)) {
            JsonNode states = junction.path("states");
            JsonNode list =
                    states.path(states.has("MovementState") ? "MovementState" : "movementList");
            if (list.isEmpty() || spat.intersections.size() == 32) {
                return false;
            }
            IntersectionState state = spat.intersections.add();
            state.presence = IntersectionState.TIME_STAMP;
            state.timeStampMillis = whole(junction.path("timeStamp"), Elements.D_SECOND, true);
            state.status = 0;
            reference(junction.path("id"), state.intersectionId);
            state.phases.clear();
            for (JsonNode movement : list) {
                phase(movement, state.phases.add());
            }
        }
        return spat.intersections.size() > 0;
    }

    static void reference(JsonNode id, NodeReference into) {
        into.presence = isNumber(id.path("region")) ? NodeReference.REGION : 0;
        into.region = number(id.path("region"), 0) & 0xFFFF;
        into.id = number(id.path("id"), 0) & 0xFFFF;
    }

    private static void phase(JsonNode movement, Phase phase) {
        phase.id = number(movement.path("signalGroup"), 0) & 0xFF;
        phase.phaseStates.clear();
        JsonNode tampa = movement.path("state-time-speed").path("MovementEvent");
        JsonNode events =
                tampa.isMissingNode()
                        ? movement.path("state_time_speed").path("movementEventList")
                        : tampa;
        for (JsonNode event : events.isArray() ? events : java.util.List.of(events)) {
            Phase.State state = phase.phaseStates.add();
            state.light = light(event.path("eventState"));
            JsonNode timing = event.path("timing");
            state.presence = timing.isObject() ? Phase.State.TIMING : 0;
            state.timingForm = Phase.State.UTC;
            PhaseTimes times = state.utcTiming;
            times.presence =
                    (isNumber(timing.path("minEndTime")) ? PhaseTimes.MIN_END : 0)
                            | (isNumber(timing.path("maxEndTime")) ? PhaseTimes.MAX_END : 0)
                            | (isNumber(timing.path("nextTime")) ? PhaseTimes.NEXT_START : 0);
            times.startDeciseconds = mark(timing.path("startTime"));
            times.minEndDeciseconds = mark(timing.path("minEndTime"));
            times.maxEndDeciseconds = mark(timing.path("maxEndTime"));
            times.likelyEndDeciseconds = mark(timing.path("likelyTime"));
            times.nextStartDeciseconds = mark(timing.path("nextTime"));
        }
    }

    /** A word, or an object whose one name is the word. */
    private static int light(JsonNode eventState) {
        String word =
                eventState.isObject() && !eventState.isEmpty()
                        ? eventState.propertyNames().iterator().next()
                        : eventState.asString("");
        String letters = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return LIGHTS.getOrDefault(letters, 0);
    }

    private static int mark(JsonNode time) {
        int mark = number(time, TIME_NOT_KNOWN);
        return mark < 0 || mark > TIME_NOT_KNOWN ? TIME_NOT_KNOWN : mark;
    }

    /** Raw steps; what is missing or beyond the range is not known. */
    static int whole(JsonNode value, Quantity quantity, boolean raw) {
        if (!isNumber(value)) {
            return quantity.raw(Double.NaN);
        }
        double number = value.isNumber() ? value.asDouble() : Double.parseDouble(value.asString());
        double inUnits = raw ? quantity.value((int) number) : number;
        return quantity.raw(inUnits);
    }

    static boolean isNumber(JsonNode value) {
        return value.isNumber()
                || value.isString() && value.asString().matches("-?\\d{1,15}(\\.\\d{1,15})?");
    }

    static int number(JsonNode value, int otherwise) {
        return !isNumber(value)
                ? otherwise
                : (int)
                        (value.isNumber()
                                ? value.asDouble()
                                : Double.parseDouble(value.asString()));
    }
}
