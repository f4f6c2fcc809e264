package org.roadloop.apply.scenario;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An interesting interval of a recording (场景). The actors are "ego" and "other" and nothing more:
 * neither a pseudonym nor a place is kept.
 *
 * @param startSeconds since the recording's first tenth of a second
 * @param endSeconds of the last frame for which the condition holds
 * @param other whether there is another actor
 * @param minTtcSeconds smallest over the interval; infinity for never
 * @param minGapMetres bumper to bumper; infinity if there was no leader
 * @param minThwSeconds smallest over the interval; infinity if there was no leader
 * @param minPetSeconds of CROSSING, else infinity; negative for "both there at once"
 * @param leastAccelerationMps2 hardest braking of the ego in the interval
 * @param speedsDisputed the gap did not shrink as the reported speeds say it should: one of the
 *     sensors is wrong
 * @param queryHash {@link MiningConfig#queryHash}
 * @param trace from 2 s before to 2 s after, every tenth of a second
 */
public record Scenario(
        ScenarioType type,
        String recording,
        double startSeconds,
        double endSeconds,
        boolean other,
        double minTtcSeconds,
        double minGapMetres,
        double minThwSeconds,
        double minPetSeconds,
        double leastAccelerationMps2,
        boolean speedsDisputed,
        String queryHash,
        List<Point> trace) {
    public Scenario {
        trace = List.copyOf(trace);
        if (endSeconds < startSeconds) {
            throw new IllegalArgumentException(
                    "scenario ends at " + endSeconds + " s, before its start " + startSeconds);
        }
    }

    /**
     * One frame.
     *
     * @param seconds since {@link #startSeconds}; negative before
     * @param gapMetres infinity without an other in the path
     * @param otherSpeedMps NaN without an other
     * @param lateralMetres of the other, positive to the right of the ego; NaN without an other
     */
    public record Point(
            double seconds,
            double ttcSeconds,
            double gapMetres,
            double egoSpeedMps,
            double otherSpeedMps,
            double egoAccelerationMps2,
            double lateralMetres) {}

    /** Not-a-number and infinity are written as null. */
    public JsonNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("type", type.name()).put("recording", recording);
        put(json, "startSeconds", startSeconds, 1);
        put(json, "endSeconds", endSeconds, 1);
        ArrayNode actors = json.putArray("actors").add("ego");
        if (other) {
            actors.add("other");
        }
        put(json, "minTtcSeconds", minTtcSeconds, 3);
        put(json, "minGapMetres", minGapMetres, 2);
        put(json, "minThwSeconds", minThwSeconds, 3);
        put(json, "minPetSeconds", minPetSeconds, 3);
        put(json, "leastAccelerationMps2", leastAccelerationMps2, 2);
        json.put("speedsDisputed", speedsDisputed).put("queryHash", queryHash);
        ArrayNode points = json.putArray("trace");
        for (Point p : trace) {
            ObjectNode point = points.addObject();
            put(point, "seconds", p.seconds, 1);
            put(point, "ttcSeconds", p.ttcSeconds, 3);
            put(point, "gapMetres", p.gapMetres, 2);
            put(point, "egoSpeedMps", p.egoSpeedMps, 2);
            put(point, "otherSpeedMps", p.otherSpeedMps, 2);
            put(point, "egoAccelerationMps2", p.egoAccelerationMps2, 2);
            put(point, "lateralMetres", p.lateralMetres, 2);
        }
        return json;
    }

    public static Scenario fromJson(JsonNode json) {
        List<Point> trace = new ArrayList<>();
        for (JsonNode p : json.required("trace")) {
            trace.add(
                    new Point(
                            p.required("seconds").asDouble(),
                            orElse(p.get("ttcSeconds"), Double.POSITIVE_INFINITY),
                            orElse(p.get("gapMetres"), Double.POSITIVE_INFINITY),
                            p.required("egoSpeedMps").asDouble(),
                            orElse(p.get("otherSpeedMps"), Double.NaN),
                            p.required("egoAccelerationMps2").asDouble(),
                            orElse(p.get("lateralMetres"), Double.NaN)));
        }
        return new Scenario(
                ScenarioType.valueOf(json.required("type").asString()),
                json.required("recording").asString(),
                json.required("startSeconds").asDouble(),
                json.required("endSeconds").asDouble(),
                json.required("actors").size() > 1,
                orElse(json.get("minTtcSeconds"), Double.POSITIVE_INFINITY),
                orElse(json.get("minGapMetres"), Double.POSITIVE_INFINITY),
                orElse(json.get("minThwSeconds"), Double.POSITIVE_INFINITY),
                orElse(json.get("minPetSeconds"), Double.POSITIVE_INFINITY),
                json.required("leastAccelerationMps2").asDouble(),
                json.required("speedsDisputed").asBoolean(),
                json.required("queryHash").asString(),
                trace);
    }

    private static void put(ObjectNode json, String name, double value, int decimals) {
        if (Double.isFinite(value)) {
            double scale = Math.pow(10, decimals);
            json.put(name, Math.rint(value * scale) / scale);
        } else {
            json.putNull(name);
        }
    }

    private static double orElse(@Nullable JsonNode node, double otherwise) {
        return node == null || node.isNull() ? otherwise : node.asDouble();
    }
}
