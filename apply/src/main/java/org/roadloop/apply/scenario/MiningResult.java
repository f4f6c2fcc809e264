package org.roadloop.apply.scenario;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a search found (挖掘结果); a function of rows and thresholds alone, so that two runs agree byte
 * for byte.
 *
 * @param vehicleFrames vehicles times 10 Hz frames looked at
 * @param recordedSeconds sum over recordings of first to last frame
 * @param rejects rows left out, by short stable name
 */
public record MiningResult(
        List<Scenario> scenarios,
        long vehicleFrames,
        int recordings,
        double recordedSeconds,
        long rows,
        Map<String, Long> rejects,
        String queryHash) {
    public MiningResult {
        scenarios = List.copyOf(scenarios);
        rejects = Map.copyOf(rejects);
    }

    /** Every type is a key. */
    public Map<ScenarioType, Integer> countsByType() {
        Map<ScenarioType, Integer> counts = new EnumMap<>(ScenarioType.class);
        for (ScenarioType type : ScenarioType.values()) {
            counts.put(type, 0);
        }
        scenarios.forEach(s -> counts.merge(s.type(), 1, Integer::sum));
        return counts;
    }

    public JsonNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("format", "roadloop-mining").put("version", 1);
        json.put("queryHash", queryHash).put("rows", rows);
        json.put("vehicleFrames", vehicleFrames).put("recordings", recordings);
        json.put("recordedSeconds", Math.rint(recordedSeconds * 10) / 10);
        ObjectNode counts = json.putObject("countsByType");
        countsByType().forEach((type, count) -> counts.put(type.name(), count));
        ObjectNode left = json.putObject("rejects");
        new TreeMap<>(rejects).forEach(left::put);
        ArrayNode list = json.putArray("scenarios");
        scenarios.forEach(s -> list.add(s.toJson()));
        return json;
    }

    public static MiningResult parse(String text) {
        return fromJson(JsonMapper.shared().readTree(text));
    }

    public static MiningResult fromJson(JsonNode json) {
        if (!json.required("format").asString().equals("roadloop-mining")
                || json.required("version").asInt() != 1) {
            throw new IllegalArgumentException(
                    "not a mining result of version 1: format "
                            + json.required("format")
                            + " version "
                            + json.required("version"));
        }
        List<Scenario> scenarios = new ArrayList<>();
        json.required("scenarios").forEach(s -> scenarios.add(Scenario.fromJson(s)));
        Map<String, Long> rejects = new TreeMap<>();
        for (Map.Entry<String, JsonNode> e : json.required("rejects").properties()) {
            rejects.put(e.getKey(), e.getValue().asLong());
        }
        return new MiningResult(
                scenarios,
                json.required("vehicleFrames").asLong(),
                json.required("recordings").asInt(),
                json.required("recordedSeconds").asDouble(),
                json.required("rows").asLong(),
                rejects,
                json.required("queryHash").asString());
    }
}
