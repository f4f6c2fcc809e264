package org.roadloop.core.clearing;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A metered use that did not happen and is taken back (冲正); the inline body of the event {@code
 * usage.reversed}, whose subject is the agreement id. It negates the whole entry it names, once: a
 * second reversal of the same entry counts for nothing.
 *
 * @param of ledger index of the {@code usage.metered} entry
 * @param use what that entry says
 * @param reason short stable name: {@code sandbox_not_started}, {@code nothing_sent}
 */
public record UsageReversal(long of, UsageRecord use, String reason) {
    public static final String EVENT = "usage.reversed";

    public UsageReversal {
        if (of < 0) {
            throw new IllegalArgumentException("reversal of entry " + of + ", which is negative");
        }
        if (!reason.matches("[a-z0-9_]{1,64}")) {
            throw new IllegalArgumentException(
                    "reason '" + reason + "' is not a short name of lower-case letters and '_'");
        }
    }

    public JsonNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("of", of).put("reason", reason);
        json.set("use", use.toJson());
        return json;
    }

    public static UsageReversal fromJson(JsonNode json) {
        return new UsageReversal(
                json.required("of").asLong(),
                UsageRecord.fromJson(json.required("use")),
                json.required("reason").asString());
    }
}
