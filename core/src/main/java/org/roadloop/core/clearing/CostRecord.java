package org.roadloop.core.clearing;

import java.time.Instant;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a data set took in an interval, from our own meters (成本计量). An event an interval, never a
 * row.
 *
 * @param dataset name of the governed table
 * @param collectedFrames rows that came in from frames, duplicates and rejects too
 * @param collectedBytes raw bytes of the frame log
 * @param storedBytes of the data files at the end of the interval
 * @param cpuMillis processor time of governance
 */
public record CostRecord(
        String dataset,
        long collectedFrames,
        long collectedBytes,
        long storedBytes,
        long cpuMillis,
        Instant from,
        Instant until) {
    /** Event type of the ledger; about {@code table:NAME}. */
    public static final String EVENT = "cost.metered";

    public CostRecord {
        if (collectedFrames < 0 || collectedBytes < 0 || storedBytes < 0 || cpuMillis < 0) {
            throw new IllegalArgumentException(
                    "cost of data set '" + dataset + "' has a negative quantity");
        }
        if (until.isBefore(from)) {
            throw new IllegalArgumentException(
                    "cost of data set '" + dataset + "' ends at " + until + ", before " + from);
        }
    }

    public Event event(Instant at, String actor) {
        JsonNode body =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("dataset", dataset)
                        .put("collectedFrames", collectedFrames)
                        .put("collectedBytes", collectedBytes)
                        .put("storedBytes", storedBytes)
                        .put("cpuMillis", cpuMillis)
                        .put("from", from.toString())
                        .put("until", until.toString());
        return Event.of(EVENT, at, actor, "table:" + dataset, body);
    }

    static CostRecord fromJson(JsonNode json) {
        return new CostRecord(
                json.required("dataset").asString(),
                json.required("collectedFrames").asLong(),
                json.required("collectedBytes").asLong(),
                json.required("storedBytes").asLong(),
                json.required("cpuMillis").asLong(),
                Instant.parse(json.required("from").asString()),
                Instant.parse(json.required("until").asString()));
    }
}
