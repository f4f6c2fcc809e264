package org.roadloop.core.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.roadloop.core.policy.Constraint.Atomic;
import org.roadloop.core.policy.Constraint.Connective;

/** Policies and requests over a small world, so that rules often meet. */
final class RandomPolicies {
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static final List<String> ACTS =
            List.of("use", "read", "computeToData", "distribute", "modify", "write");
    private static final List<String> PARTIES = List.of("did:a", "did:b", "did:group");
    private static final List<String> PLACES = List.of("CN-31", "CN-31-0115", "CN-32");
    private static final List<String> ASSETS = List.of("tracks", "signals", "all");

    private final Random random;

    RandomPolicies(long seed) {
        random = new Random(seed);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> List<T> some(int most, Supplier<T> make) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            list.add(make.get());
        }
        return list;
    }

    Policy policy() {
        List<Permission> permissions = some(3, this::permission);
        if (permissions.isEmpty()) {
            permissions = List.of(permission());
        }
        return new Policy(
                "p",
                Policy.Kind.OFFER,
                null,
                null,
                null,
                chance(50) ? any(ASSETS) : null,
                permissions,
                some(2, this::prohibition),
                chance(20) ? List.of(duty(1)) : List.of(),
                any(
                        java.util.Arrays.asList(
                                null,
                                Policy.Conflict.PERM,
                                Policy.Conflict.PROHIBIT,
                                Policy.Conflict.INVALID)),
                Map.of());
    }

    private Permission permission() {
        return new Permission(
                any(ACTS),
                some(2, () -> constraint(2)),
                chance(20) ? List.of(duty(1)) : List.of(),
                scope());
    }

    Prohibition prohibition() {
        return new Prohibition(
                any(ACTS),
                some(2, () -> constraint(2)),
                chance(30) ? List.of(duty(1)) : List.of(),
                scope());
    }

    private Duty duty(int depth) {
        return new Duty(
                any(List.of("delete", "compensate", "inform")),
                some(2, this::atomic),
                depth > 0 && chance(50) ? List.of(duty(depth - 1)) : List.of(),
                Scope.OF_POLICY);
    }

    private Scope scope() {
        if (chance(60)) {
            return Scope.OF_POLICY;
        }
        return new Scope(
                null,
                null,
                chance(50) ? reference(PARTIES) : null,
                chance(50) ? reference(ASSETS) : null,
                chance(30) ? List.of(atomic()) : List.of());
    }

    private Reference reference(List<String> of) {
        return new Reference(any(of), null, chance(20) ? List.of(fact("industry")) : List.of());
    }

    Constraint constraint(int depth) {
        if (depth == 0 || chance(60)) {
            return atomic();
        }
        List<Constraint> parts = new ArrayList<>(List.of(constraint(depth - 1)));
        parts.addAll(some(3, () -> constraint(depth - 1)));
        return new Constraint.Logical(any(List.of(Connective.values())), parts, null);
    }

    private Atomic fact(String left) {
        return Atomic.of(
                left,
                any(List.of(Operator.EQ, Operator.NEQ, Operator.IS_ANY_OF, Operator.IS_NONE_OF)),
                any(List.of("traffic", "insurance")));
    }

    private static final List<Operator> ORDER =
            List.of(
                    Operator.EQ,
                    Operator.NEQ,
                    Operator.LT,
                    Operator.LTEQ,
                    Operator.GT,
                    Operator.GTEQ,
                    Operator.IS_ANY_OF,
                    Operator.IS_NONE_OF);

    private Atomic atomic() {
        String near = Long.toString(random.nextLong(7));
        return switch (random.nextInt(9)) {
            case 0, 1 -> Atomic.of("dateTime", any(ORDER), instant().toString());
            case 2 -> Atomic.of("elapsedTime", any(ORDER), "P" + random.nextInt(30) + "D");
            case 3 -> Atomic.of("count", any(ORDER), chance(80) ? near : near + ".5");
            case 4 -> Atomic.of("meteredTime", any(ORDER), "PT" + near + "S");
            case 5 -> Atomic.of("payAmount", any(ORDER), "0.00" + near);
            case 6 -> Atomic.of("spatial", Operator.IS_PART_OF, any(PLACES));
            case 7 -> Atomic.of("event", any(ORDER), any(List.of("flood", "games")));
            default -> fact(any(List.of("industry", "purpose", "weather")));
        };
    }

    /** Often the same few instants, so that boundaries fall together. */
    Instant instant() {
        return NOW.plusSeconds(random.nextInt(-10, 11)).plusNanos(random.nextInt(3) - 1);
    }

    Request request() {
        Usage usage = Usage.UNKNOWN;
        for (String counter : List.of(Usage.COUNT, Usage.METERED_SECONDS, Usage.PAY_AMOUNT_MILLI)) {
            usage = chance(80) ? usage.withCounter(counter, random.nextInt(7)) : usage;
        }
        if (chance(80)) {
            usage = usage.withAgreedAt(instant().minus(Duration.ofDays(random.nextInt(30))));
        }
        if (chance(50)) {
            usage = usage.withFirstUsedAt(instant().minus(Duration.ofDays(random.nextInt(30))));
        }
        if (chance(50)) {
            Instant begin = instant();
            usage =
                    usage.withEvent(
                            "flood",
                            new Usage.Happening(begin, begin.plusSeconds(random.nextInt(5))));
        }
        Request request =
                Request.of(any(ACTS), any(PARTIES), chance(80) ? "traffic" : "", NOW)
                        .withUsage(usage)
                        .withTarget(any(ASSETS))
                        .withPartOf("did:a", "did:group")
                        .withPartOf("tracks", "all");
        request = chance(60) ? request.withFact("spatial", any(PLACES)) : request;
        request = chance(60) ? request.withClaim("industry", "traffic") : request;
        request = chance(40) ? request.withFact("event", "games") : request;
        request = chance(40) ? request.withAssetFact("industry", "traffic") : request;
        request = chance(20) ? request.withInfringed("/prohibition/0") : request;
        for (String duty : List.of("delete", "compensate", "inform")) {
            if (chance(50)) {
                request =
                        request.withDuty(
                                duty,
                                any(
                                        List.of(
                                                Performance.PERFORMED,
                                                Performance.performedAt(instant()),
                                                Performance.UNPERFORMED,
                                                Performance.UNKNOWN)));
            }
        }
        return request;
    }

    /** The same request with something no longer known of it. */
    Request lessKnown(Request request) {
        return switch (random.nextInt(5)) {
            case 0 -> request.withFacts(Map.of());
            case 1 -> request.withClaims(Map.of());
            case 2 -> request.withUsage(forgetCounters(request.usage()));
            case 3 ->
                    request.withUsage(
                            new Usage(
                                    request.usage().counters(),
                                    Map.of(),
                                    null,
                                    request.usage().firstUsedAt(),
                                    Map.of(),
                                    null));
            default ->
                    new Request(
                            request.action(),
                            request.actor(),
                            request.target(),
                            "",
                            request.now(),
                            request.usage(),
                            request.facts(),
                            request.claims(),
                            Map.of(),
                            request.partOf(),
                            request.duties(),
                            request.infringed());
        };
    }

    private static Usage forgetCounters(Usage usage) {
        return new Usage(
                Map.of(),
                Map.of(),
                usage.agreedAt(),
                usage.firstUsedAt(),
                usage.events(),
                usage.currency());
    }

    /** The same rules and parts in another order. */
    Policy shuffled(Policy policy) {
        return new Policy(
                policy.uid(),
                policy.kind(),
                policy.profile(),
                policy.assigner(),
                policy.assignee(),
                policy.target(),
                shuffled(
                        policy.permissions().stream()
                                .map(
                                        p ->
                                                new Permission(
                                                        p.action(),
                                                        reordered(p.constraints()),
                                                        p.duties(),
                                                        p.scope()))
                                .toList()),
                shuffled(
                        policy.prohibitions().stream()
                                .map(
                                        p ->
                                                new Prohibition(
                                                        p.action(),
                                                        reordered(p.constraints()),
                                                        p.remedies(),
                                                        p.scope()))
                                .toList()),
                policy.obligations(),
                policy.conflict(),
                policy.extensions());
    }

    private List<Constraint> reordered(List<Constraint> constraints) {
        return shuffled(
                constraints.stream()
                        .map(
                                c ->
                                        c instanceof Constraint.Logical l
                                                ? new Constraint.Logical(
                                                        l.connective(),
                                                        reordered(l.parts()),
                                                        l.uid())
                                                : c)
                        .toList());
    }

    private <T> List<T> shuffled(List<T> list) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }
}
