package org.roadloop.app.demo;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.report.GovernSummary;
import org.roadloop.govern.plan.Passport;
import tools.jackson.databind.JsonNode;

/**
 * The passports of a ledger, added up (合规护照汇总). A run that was killed between its passport and its
 * commit is run again from the same place in the log: the later passport of a place replaces the
 * earlier one.
 */
final class Passports {
    /** The six of GB/T 36344, in the standard's order. */
    static final List<String> INDICATORS =
            List.of(
                    "normativity",
                    "completeness",
                    "accuracy",
                    "consistency",
                    "timeliness",
                    "accessibility");

    private final Map<String, Long> rejects = new TreeMap<>();
    private final Map<String, Double> weighted = new HashMap<>();
    private long rows;
    private long maskedRows;
    private GovernSummary.@Nullable Passport latest;

    private Passports() {}

    static Passports read(Api city) throws Exception {
        Map<String, JsonNode> byPlace = new LinkedHashMap<>();
        for (JsonNode entry : Evidence.entries(city)) {
            if (entry.required("type").asString().equals(Passport.EVENT_TYPE)) {
                String place =
                        entry.required("subject").asString()
                                + "@"
                                + entry.at("/body/input/from").asString();
                byPlace.put(place, entry);
            }
        }
        Passports sum = new Passports();
        byPlace.values().forEach(sum::add);
        return sum;
    }

    private void add(JsonNode entry) {
        JsonNode body = entry.required("body");
        JsonNode counts = body.required("counts");
        long out = counts.required("rowsOut").asLong();
        rows += out;
        maskedRows += counts.required("maskedRows").asLong();
        counts.required("rejects")
                .properties()
                .forEach(e -> rejects.merge(e.getKey(), e.getValue().asLong(), Long::sum));
        for (String name : INDICATORS) {
            double share = body.required("qualityPartsPerMillion").required(name).asLong() / 1e6;
            weighted.merge(name, share * out, Double::sum);
        }
        JsonNode plan = body.required("plan");
        latest =
                new GovernSummary.Passport(
                        entry.required("subject").asString()
                                + "@"
                                + entry.required("index").asLong(),
                        plan.required("name").asString()
                                + " v"
                                + plan.required("version").asString(),
                        "sha256:" + Passport.read(body).sha256(),
                        Instant.parse(entry.required("at").asString()));
    }

    /** Counts by short stable name; a finding does not mean that the row was dropped. */
    Map<String, Long> rejects() {
        return rejects;
    }

    long maskedRows() {
        return maskedRows;
    }

    /** 0..1; 1 where nothing was judged. */
    double indicator(String name) {
        return rows == 0 ? 1 : Math.clamp(weighted.getOrDefault(name, 0.0) / rows, 0, 1);
    }

    GovernSummary.@Nullable Passport latest() {
        return latest;
    }
}
