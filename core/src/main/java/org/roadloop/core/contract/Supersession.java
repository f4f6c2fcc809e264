package org.roadloop.core.contract;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.roadloop.core.policy.MemberException;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A contract that takes the place of another (合约变更): the protocol knows no change of an agreement,
 * so a change is a new negotiation whose policy names the old one. Both sides sign the member, and
 * end the old contract in the same step as the new one comes into force. A peer that does not know
 * the member has two contracts.
 *
 * <pre>
 * "roadloop:supersedes": {"agreement": "urn:uuid:…", "counters": "carried" | "fresh"}
 * </pre>
 *
 * @param carried whether uses under the old contract count under the new one
 */
public record Supersession(String agreementId, boolean carried) {
    /** Member of the policy. */
    public static final String MEMBER = "roadloop:supersedes";

    /** Code of the old contract's end. */
    public static final String CODE = "superseded";

    private static final String CARRIED = "carried";
    private static final String FRESH = "fresh";

    /**
     * @throws MemberException if the member is not as above
     */
    public static Optional<Supersession> find(Policy policy) {
        JsonNode json = policy.extensions().get(MEMBER);
        if (json == null) {
            return Optional.empty();
        }
        String agreement = json.path("agreement").asString("");
        String counters = json.path("counters").asString(CARRIED);
        if (agreement.isBlank() || !counters.equals(CARRIED) && !counters.equals(FRESH)) {
            throw new MemberException(
                    "/" + MEMBER, "needs 'agreement', and 'counters' is carried or fresh");
        }
        return Optional.of(new Supersession(agreement, counters.equals(CARRIED)));
    }

    /** A policy on the same terms that supersedes. */
    public Policy on(Policy policy) {
        return policy.withExtension(
                MEMBER,
                JsonMapper.shared()
                        .createObjectNode()
                        .put("agreement", agreementId)
                        .put("counters", carried ? CARRIED : FRESH));
    }

    /** The terms without it. */
    public static Policy without(Policy p) {
        Map<String, JsonNode> rest = new TreeMap<>(p.extensions());
        return rest.remove(MEMBER) == null
                ? p
                : new Policy(
                        p.uid(),
                        p.kind(),
                        p.profile(),
                        p.assigner(),
                        p.assignee(),
                        p.target(),
                        p.permissions(),
                        p.prohibitions(),
                        p.obligations(),
                        p.conflict(),
                        rest);
    }
}
