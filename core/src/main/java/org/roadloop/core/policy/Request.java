package org.roadloop.core.policy;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
        return new Request(
                action,
                actor,
                asset,
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

    public Request withPurpose(String stated) {
        return new Request(
                action,
                actor,
                target,
                stated,
                now,
                usage,
                facts,
                claims,
                assetFacts,
                partOf,
                duties,
                infringed);
    }

    public Request withNow(Instant instant) {
        return new Request(
                action,
                actor,
                target,
                purpose,
                instant,
                usage,
                facts,
                claims,
                assetFacts,
                partOf,
                duties,
                infringed);
    }

    public Request withUsage(Usage soFar) {
        return new Request(
                action,
                actor,
                target,
                purpose,
                now,
                soFar,
                facts,
                claims,
                assetFacts,
                partOf,
                duties,
                infringed);
    }

    public Request withFacts(Map<String, Set<String>> known) {
        return new Request(
                action,
                actor,
                target,
                purpose,
                now,
                usage,
                known,
                claims,
                assetFacts,
                partOf,
                duties,
                infringed);
    }

    public Request withFact(String leftOperand, String... values) {
        return withFacts(plus(facts, leftOperand, values));
    }

    public Request withClaims(Map<String, Set<String>> verified) {
        return new Request(
                action,
                actor,
                target,
                purpose,
                now,
                usage,
                facts,
                verified,
                assetFacts,
                partOf,
                duties,
                infringed);
    }

    public Request withClaim(String leftOperand, String... values) {
        return withClaims(plus(claims, leftOperand, values));
    }

    public Request withAssetFact(String leftOperand, String... values) {
        return new Request(
                action,
                actor,
                target,
                purpose,
                now,
                usage,
                facts,
                claims,
                plus(assetFacts, leftOperand, values),
                partOf,
                duties,
                infringed);
    }

    /**
     * @param member a party, an asset or a value
     */
    public Request withPartOf(String member, String... collections) {
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
                plus(partOf, member, collections),
                duties,
                infringed);
    }

    /**
     * @param duty {@link Rule#id} or action
     */
    public Request withDuty(String duty, Performance performance) {
        Map<String, Performance> more = new HashMap<>(duties);
        more.put(duty, performance);
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
                more,
                infringed);
    }

    public Request withInfringed(String prohibition) {
        Set<String> more = new HashSet<>(infringed);
        more.add(prohibition);
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
                more);
    }

    /** Shorthand for {@link Usage#withCounter} on {@link Usage#COUNT}. */
    public Request withCount(long count) {
        return withUsage(usage.withCounter(Usage.COUNT, count));
    }

    public Request withAgreedAt(Instant instant) {
        return withUsage(usage.withAgreedAt(instant));
    }

    private static Map<String, Set<String>> plus(
            Map<String, Set<String>> sets, String name, String... values) {
        Map<String, Set<String>> more = new HashMap<>(sets);
        more.put(name, Set.of(values));
        return more;
    }
}
