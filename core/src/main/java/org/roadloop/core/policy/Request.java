package org.roadloop.core.policy;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An act that somebody wants to do, with all that it is judged by (使用请求). The five control factors
 * of usage control: time {@code now}, place {@code facts.spatial}, subject {@code actor} with its
 * {@code claims}, behaviour {@code action} and {@code purpose}, object {@code target}.
 *
 * @param action bare ODRL term
 * @param actor DID
 * @param target id of the asset; null for the policy's own target
 * @param purpose blank if none is stated
 * @param facts left operands with what holds of the act: {@code spatial}, {@code event}, {@code
 *     recipient}; an operand without an entry is a missing fact and denies
 * @param claims left operands with what is verified of the actor: {@code industry}, {@code
 *     membership}; asked where {@code facts} says nothing
 * @param assetFacts left operands with what holds of the target, for refinements of assets
 * @param partOf collections that a party, an asset or a value directly belongs to
 * @param duties what is known of duties, by {@link Rule#id} or by action
 * @param infringed ids of prohibitions that were infringed
 */
public record Request(
        String action,
        String actor,
        @Nullable String target,
        String purpose,
        Instant now,
        Usage usage,
        Map<String, Set<String>> facts,
        Map<String, Set<String>> claims,
        Map<String, Set<String>> assetFacts,
        Map<String, Set<String>> partOf,
        Map<String, Performance> duties,
        Set<String> infringed) {
    public Request {
        facts = copy(facts);
        claims = copy(claims);
        assetFacts = copy(assetFacts);
        partOf = copy(partOf);
        duties = Map.copyOf(duties);
        infringed = Set.copyOf(infringed);
    }

    private static Map<String, Set<String>> copy(Map<String, Set<String>> sets) {
        if (sets.isEmpty()) {
            return Map.of();
        }
        Map<String, Set<String>> copy = new HashMap<>();
        sets.forEach((name, values) -> copy.put(name, Set.copyOf(values)));
        return Map.copyOf(copy);
    }

    /** A first use, with nothing else known. */
    public static Request of(String action, String actor, String purpose, Instant now) {
        return new Request(
                action,
                actor,
                null,
                purpose,
                now,
                Usage.UNKNOWN.withCounter(Usage.COUNT, 1),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Set.of());
    }

    public Request withTarget(String asset) {
        return with(draft -> draft.target = asset);
    }

    public Request withPurpose(String stated) {
        return with(draft -> draft.purpose = stated);
    }

    public Request withNow(Instant instant) {
        return with(draft -> draft.now = instant);
    }

    public Request withUsage(Usage soFar) {
        return with(draft -> draft.usage = soFar);
    }

    /** Shorthand for {@link Usage#withCounter} on {@link Usage#COUNT}. */
    public Request withCount(long count) {
        return withUsage(usage.withCounter(Usage.COUNT, count));
    }

    public Request withAgreedAt(Instant instant) {
        return withUsage(usage.withAgreedAt(instant));
    }

    public Request withFacts(Map<String, Set<String>> known) {
        return with(draft -> draft.facts = known);
    }

    public Request withFact(String leftOperand, String... values) {
        return withFacts(plus(facts, leftOperand, Set.of(values)));
    }

    public Request withClaims(Map<String, Set<String>> verified) {
        return with(draft -> draft.claims = verified);
    }

    public Request withClaim(String leftOperand, String... values) {
        return withClaims(plus(claims, leftOperand, Set.of(values)));
    }

    public Request withAssetFact(String leftOperand, String... values) {
        return with(draft -> draft.assetFacts = plus(assetFacts, leftOperand, Set.of(values)));
    }

    /**
     * @param member a party, an asset or a value
     */
    public Request withPartOf(String member, String... collections) {
        return with(draft -> draft.partOf = plus(partOf, member, Set.of(collections)));
    }

    /**
     * @param duty {@link Rule#id} or action
     */
    public Request withDuty(String duty, Performance performance) {
        return with(draft -> draft.duties = plus(duties, duty, performance));
    }

    public Request withInfringed(String prohibition) {
        Set<String> more = new HashSet<>(infringed);
        more.add(prohibition);
        return with(draft -> draft.infringed = more);
    }

    private static <V> Map<String, V> plus(Map<String, V> map, String name, V value) {
        Map<String, V> more = new HashMap<>(map);
        more.put(name, value);
        return more;
    }

    private Request with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.request();
    }

    /** The components of a request while one of them changes. */
    private static final class Draft {
        private final String action;
        private final String actor;
        private @Nullable String target;
        private String purpose;
        private Instant now;
        private Usage usage;
        private Map<String, Set<String>> facts;
        private Map<String, Set<String>> claims;
        private Map<String, Set<String>> assetFacts;
        private Map<String, Set<String>> partOf;
        private Map<String, Performance> duties;
        private Set<String> infringed;

        Draft(Request of) {
            action = of.action;
            actor = of.actor;
            target = of.target;
            purpose = of.purpose;
            now = of.now;
            usage = of.usage;
            facts = of.facts;
            claims = of.claims;
            assetFacts = of.assetFacts;
            partOf = of.partOf;
            duties = of.duties;
            infringed = of.infringed;
        }

        Request request() {
            return new Request(
                    action,
                    actor,
                    target,
                    purpose,
                    now,
                    usage,
                    facts,
                    claims,
                    assetFacts,
                    partOf,
                    duties,
                    infringed);
        }
    }
}
