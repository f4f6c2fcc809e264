package org.roadloop.core.evidence;

import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence that is missing (存证缺口).
 *
 * @param count events that were dropped; 0 if only {@code cutBytes} are known
 * @param from time of the first, of the cut
 * @param until time of the last
 * @param cutBytes bytes of the file that did not check
 */
record Gap(long count, Instant from, Instant until, long cutBytes) {
    Gap and(Gap later) {
        return new Gap(
                count + later.count,
                from.isBefore(later.from) ? from : later.from,
                until.isAfter(later.until) ? until : later.until,
                cutBytes + later.cutBytes);
    }

    ObjectNode toJson() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("count", count)
                .put("from", from.toString())
                .put("until", until.toString())
                .put("cutBytes", cutBytes);
    }

    static Gap fromJson(JsonNode json) {
        return new Gap(
                json.required("count").asLong(),
                Instant.parse(json.required("from").asString()),
                Instant.parse(json.required("until").asString()),
                json.required("cutBytes").asLong());
    }
}
