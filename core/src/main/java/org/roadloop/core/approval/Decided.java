package org.roadloop.core.approval;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.contract.Decider.Decision;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was decided about a negotiation in one of its states, and by whom (审批决定).
 *
 * @param turns messages the negotiation had
 * @param by {@code provider token 7}, {@code rule partners}
 */
public record Decided(int turns, String by, Instant at, Decision decision) {

    ObjectNode toJson() {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("turns", turns).put("by", by);
        switch (decision) {
            case Decision.Agree agree -> body.put("decision", "agree");
            case Decision.CounterOffer counter ->
                    body.put("decision", "counter").set("policy", counter.offer().toJson());
            case Decision.Terminate t -> {
                body.put("decision", "terminate").put("code", t.code());
                ArrayNode reasons = body.putArray("reason");
                t.reason().forEach(reasons::add);
            }
            case Decision.Hold h -> throw none();
            case Decision.Suspend s -> throw none();
            case Decision.Resume r -> throw none();
            case Decision.Complete c -> throw none();
        }
        return body;
    }

    private static IllegalArgumentException none() {
        return new IllegalArgumentException(
                "a negotiation is agreed to, answered with a counter-offer or terminated");
    }

    static Decided read(Instant at, JsonNode body) {
        List<String> reasons = new ArrayList<>();
        body.path("reason").forEach(r -> reasons.add(r.asString()));
        Decision decision =
                switch (body.required("decision").asString()) {
                    case "agree" -> new Decision.Agree();
                    case "counter" ->
                            new Decision.CounterOffer(Policy.fromJson(body.required("policy")));
                    default -> new Decision.Terminate(body.required("code").asString(), reasons);
                };
        return new Decided(
                body.required("turns").asInt(), body.required("by").asString(), at, decision);
    }
}
