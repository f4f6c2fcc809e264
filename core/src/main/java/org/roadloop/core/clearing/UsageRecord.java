package org.roadloop.core.clearing;

import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A metered act under an agreement (使用记录); the inline body of the event {@code usage.metered},
 * whose subject is the agreement id.
 *
 * @param quantity in {@code unit}, never negative
 * @param unit {@code call}, {@code byte}, {@code row}, {@code compute-second}, {@code use}
 * @param meter what measured: {@code usage-gate}, {@code sandbox-cgroup}
 * @param meterVersion from 1
 * @param flavour of the compute, where {@code unit} is {@code compute-second}; empty for none, and
 *     then not in the JSON
 */
public record UsageRecord(
        String agreement,
        String asset,
        String actor,
        String action,
        String purpose,
        long quantity,
        String unit,
        String meter,
        int meterVersion,
        Instant from,
        Instant until,
        String flavour) {
    public static final String EVENT = "usage.metered";

    /** Member of the body beside the record's own: the lease under which it was used. */
    public static final String LEASE = "lease";

    /** Units that every platform knows; a tariff may price others. */
    public static final List<String> UNITS =
            List.of("use", "call", "row", "byte", "compute-second");

    /**
     * The consumer's own meter, with the same body. A ledger has either this or {@link #EVENT} for
     * an agreement: the provider's the one, the consumer's the other.
     */
    public static final String RECEIVED = "usage.received";

    public UsageRecord {
        if (quantity < 0) {
            throw new IllegalArgumentException(
                    "usage of " + quantity + " " + unit + " is negative");
        }
        if (until.isBefore(from)) {
            throw new IllegalArgumentException(
                    "usage ends at " + until + ", before its start " + from);
        }
    }

    /** Without flavour. */
    public UsageRecord(
            String agreement,
            String asset,
            String actor,
            String action,
            String purpose,
            long quantity,
            String unit,
            String meter,
            int meterVersion,
            Instant from,
            Instant until) {
        this(
                agreement,
                asset,
                actor,
                action,
                purpose,
                quantity,
                unit,
                meter,
                meterVersion,
                from,
                until,
                "");
    }

    public JsonNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("agreement", agreement).put("asset", asset).put("actor", actor);
        json.put("action", action).put("purpose", purpose);
        json.put("quantity", quantity).put("unit", unit);
        if (!flavour.isEmpty()) {
            json.put("flavour", flavour);
        }
        json.put("meter", meter).put("meterVersion", meterVersion);
        json.put("from", from.toString()).put("until", until.toString());
        return json;
    }

    public static UsageRecord fromJson(JsonNode json) {
        return new UsageRecord(
                json.required("agreement").asString(),
                json.required("asset").asString(),
                json.required("actor").asString(),
                json.required("action").asString(),
                json.required("purpose").asString(),
                json.required("quantity").asLong(),
                json.required("unit").asString(),
                json.required("meter").asString(),
                json.required("meterVersion").asInt(),
                InstantText.parse(json.required("from").asString()),
                InstantText.parse(json.required("until").asString()),
                json.path("flavour").asString(""));
    }
}
