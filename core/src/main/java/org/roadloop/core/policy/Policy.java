package org.roadloop.core.policy;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Permissions, prohibitions and duties over an asset (使用策略), ODRL 2.2.
 *
 * @param uid {@code @id}
 * @param profile IRI of the ODRL profile
 * @param assigner DID of the provider; an agreement has it
 * @param assignee DID of the consumer; an agreement has it
 * @param target id of the asset; absent only in the offers inside a catalogue
 * @param conflict what holds where a permission and a prohibition both apply; null reads as {@link
 *     Conflict#PROHIBIT}
 * @param extensions prefixed members, kept as they came: {@code roadloop:tariff}
 */
public record Policy(
        String uid,
        Kind kind,
        @Nullable String profile,
        @Nullable String assigner,
        @Nullable String assignee,
        @Nullable String target,
        List<Permission> permissions,
        List<Prohibition> prohibitions,
        List<Duty> obligations,
        @Nullable Conflict conflict,
        Map<String, JsonNode> extensions) {

    /** {@code @type}. */
    public enum Kind {
        SET("Set"),
        OFFER("Offer"),
        AGREEMENT("Agreement");

        private final String term;

        Kind(String term) {
            this.term = term;
        }

        public String term() {
            return term;
        }
    }

    /** {@code odrl:conflict}, ODRL 2.2 §2.10. */
    public enum Conflict {
        /** The permission wins. */
        PERM("perm"),
        /** The prohibition wins. */
        PROHIBIT("prohibit"),
        /**
         * The policy is void. ODRL's own default; a request in conflict is denied by it exactly as
         * by {@link #PROHIBIT}, with another reason.
         */
        INVALID("invalid");

        private final String term;

        Conflict(String term) {
            this.term = term;
        }

        public String term() {
            return term;
        }
    }

    public Policy {
        if (uid.isBlank()) {
            throw new IllegalArgumentException("policy has no @id");
        }
        boolean obliges = kind == Kind.SET && !obligations.isEmpty();
        if (permissions.isEmpty() && prohibitions.isEmpty() && !obliges) {
            throw new IllegalArgumentException(
                    "policy " + uid + " has neither permission nor prohibition");
        }
        if (kind == Kind.AGREEMENT && (assigner == null || assignee == null || target == null)) {
            throw new IllegalArgumentException(
                    "agreement " + uid + " needs assigner, assignee and target");
        }
        permissions = List.copyOf(permissions);
        prohibitions = List.copyOf(prohibitions);
        obligations = List.copyOf(obligations);
        // as parsed from text, so that 1 made as a long equals 1 that was read
        Map<String, JsonNode> asRead = new TreeMap<>();
        extensions.forEach((k, v) -> asRead.put(k, JsonMapper.shared().readTree(v.toString())));
        extensions = Collections.unmodifiableMap(asRead);
    }

    /** An offer as a provider writes it, not yet bound to an asset. */
    public static Policy offer(String uid, List<Permission> permissions) {
        return new Policy(
                uid,
                Kind.OFFER,
                Action.PROFILE,
                null,
                null,
                null,
                permissions,
                List.of(),
                List.of(),
                null,
                Map.of());
    }

    public Policy withTarget(@Nullable String newTarget) {
        return new Policy(
                uid,
                kind,
                profile,
                assigner,
                assignee,
                newTarget,
                permissions,
                prohibitions,
                obligations,
                conflict,
                extensions);
    }

    public Policy withExtension(String name, JsonNode value) {
        Map<String, JsonNode> more = new TreeMap<>(extensions);
        more.put(name, value);
        return new Policy(
                uid,
                kind,
                profile,
                assigner,
                assignee,
                target,
                permissions,
                prohibitions,
                obligations,
                conflict,
                more);
    }

    /** These rules as an agreement between two parties, under a new id. */
    public Policy agreed(String newUid, String provider, String consumer, String asset) {
        return new Policy(
                newUid,
                Kind.AGREEMENT,
                profile,
                provider,
                consumer,
                asset,
                permissions,
                prohibitions,
                obligations,
                conflict,
                extensions);
    }

    /** The rules that are not part of another one, with their places. */
    void forEachRule(RuleVisitor visitor) {
        for (int i = 0; i < permissions.size(); i++) {
            visitor.visit(permissions.get(i), "/permission/" + i);
        }
        for (int i = 0; i < prohibitions.size(); i++) {
            visitor.visit(prohibitions.get(i), "/prohibition/" + i);
        }
        for (int i = 0; i < obligations.size(); i++) {
            visitor.visit(obligations.get(i), "/obligation/" + i);
        }
    }

    interface RuleVisitor {
        /**
         * @param place JSON Pointer within the policy
         */
        void visit(Rule rule, String place);
    }

    /** Whether both grant the same, whatever their ids, kinds and parties are. */
    public boolean sameTerms(Policy other) {
        return permissions.equals(other.permissions)
                && prohibitions.equals(other.prohibitions)
                && obligations.equals(other.obligations)
                && conflict == other.conflict
                && extensions.equals(other.extensions);
    }

    /** What permissions and prohibitions compare a left operand with, as it is written. */
    public Set<String> rightOperands(String leftOperand) {
        Set<String> values = new LinkedHashSet<>();
        Stream.<Rule>concat(permissions.stream(), prohibitions.stream())
                .flatMap(
                        rule ->
                                Stream.concat(
                                        rule.constraints().stream(),
                                        rule.scope().actionRefinements().stream()))
                .forEach(constraint -> collect(constraint, leftOperand, values));
        return values;
    }

    private static void collect(Constraint constraint, String leftOperand, Set<String> values) {
        switch (constraint) {
            case Constraint.Atomic atomic -> {
                if (atomic.leftOperand().equals(leftOperand)) {
                    values.addAll(atomic.rightOperand());
                }
            }
            case Constraint.Logical logical ->
                    logical.parts().forEach(part -> collect(part, leftOperand, values));
        }
    }

    public ObjectNode toJson() {
        return PolicyWriter.write(this);
    }

    /** Throws {@link MemberException} with the place of what is wrong. */
    public static Policy fromJson(JsonNode json) {
        return PolicyReader.read(json, "");
    }

    /**
     * @param pointer where the policy stands in its document, for the error
     */
    public static Policy fromJson(JsonNode json, String pointer) {
        return PolicyReader.read(json, pointer);
    }
}
