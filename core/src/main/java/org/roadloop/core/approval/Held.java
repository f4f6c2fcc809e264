package org.roadloop.core.approval;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.PolicyText.Words;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A negotiation that waits for a person (待审批).
 *
 * @param pid ours
 * @param turns messages it had
 * @param rule that says so; empty: no rule is about it
 * @param until then it is terminated
 */
public record Held(
        String pid, int turns, Instant since, String rule, Optional<Instant> until, Words why) {

    ObjectNode toJson() {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("turns", turns).put("rule", rule);
        until.ifPresent(t -> body.put("until", t.toString()));
        return body.put("en", why.english()).put("zh", why.chinese());
    }

    static Held read(String pid, Instant at, JsonNode body) {
        @Nullable String until = body.path("until").asString(null);
        return new Held(
                pid,
                body.required("turns").asInt(),
                at,
                body.required("rule").asString(),
                Optional.ofNullable(until).map(Instant::parse),
                new Words(body.required("en").asString(), body.required("zh").asString()));
    }
}
