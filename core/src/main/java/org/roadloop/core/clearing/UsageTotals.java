package org.roadloop.core.clearing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a batch of samples comes to (用量汇总), the inline body of {@code usage.totalled}. It stands
 * when the samples are erased.
 *
 * @param from start of the first sample
 * @param until end of the last; the batch counts for the clearing day of this instant
 * @param count of samples
 * @param root RFC 6962 root over the samples as leaves, lower-case hex
 */
public record UsageTotals(
        String meter,
        int meterVersion,
        Instant from,
        Instant until,
        long count,
        String root,
        List<Total> totals) {
    public static final String EVENT = "usage.totalled";

    public UsageTotals {
        totals = List.copyOf(totals);
        long uses = 0;
        for (Total total : totals) {
            uses = Math.addExact(uses, total.uses());
        }
        if (uses != count || !root.matches("[0-9a-f]{64}") || until.isBefore(from)) {
            throw new IllegalArgumentException(
                    "batch of meter "
                            + meter
                            + ": "
                            + uses
                            + " uses of "
                            + count
                            + ", root of 64 hex digits, from before until");
        }
    }

    /** All samples of one agreement, asset, actor, unit and flavour. */
    public record Total(
            String agreement,
            String asset,
            String actor,
            String unit,
            String flavour,
            long uses,
            long quantity) {
        public Total {
            if (uses < 1 || quantity < 0) {
                throw new IllegalArgumentException(
                        "total of " + quantity + " " + unit + " in " + uses + " uses");
            }
        }
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("meter", meter).put("meterVersion", meterVersion);
        json.put("from", from.toString()).put("until", until.toString());
        json.put("count", count).put("root", root);
        ArrayNode array = json.putArray("totals");
        for (Total total : totals) {
            ObjectNode entry = array.addObject();
            entry.put("agreement", total.agreement()).put("asset", total.asset());
            entry.put("actor", total.actor()).put("unit", total.unit());
            if (!total.flavour().isEmpty()) {
                entry.put("flavour", total.flavour());
            }
            entry.put("uses", total.uses()).put("quantity", total.quantity());
        }
        return json;
    }

    public static UsageTotals fromJson(JsonNode json) {
        List<Total> totals = new ArrayList<>();
        for (JsonNode total : json.required("totals")) {
            totals.add(
                    new Total(
                            total.required("agreement").asString(),
                            total.required("asset").asString(),
                            total.required("actor").asString(),
                            total.required("unit").asString(),
                            total.path("flavour").asString(""),
                            total.required("uses").asLong(),
                            total.required("quantity").asLong()));
        }
        return new UsageTotals(
                json.required("meter").asString(),
                json.required("meterVersion").asInt(),
                Instant.parse(json.required("from").asString()),
                Instant.parse(json.required("until").asString()),
                json.required("count").asLong(),
                json.required("root").asString(),
                totals);
    }
}
