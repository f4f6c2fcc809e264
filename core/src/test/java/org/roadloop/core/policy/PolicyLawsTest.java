package org.roadloop.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.policy.Constraint.Atomic;
import org.roadloop.core.policy.PolicyReport.Activation;
import org.roadloop.core.policy.PolicyReport.RuleReport;
import org.roadloop.core.policy.Verdict.Denied;
import org.roadloop.core.policy.Verdict.Permitted;

/** What holds of every policy and request; what is random prints its seed. */
@Tag("slow")
class PolicyLawsTest {
    private static final int CASES = 1_500;
    private final long seed = new Random().nextLong();

    private interface Law {
        void check(Policy policy, Request request, RandomPolicies random);
    }

    private void forAll(Law law) {
        for (int i = 0; i < CASES; i++) {
            RandomPolicies random = new RandomPolicies(seed + i);
            Policy policy = random.policy();
            Request request = random.request();
            try {
                law.check(policy, request, random);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + (seed + i) + "\n" + policy.toJson() + "\n" + request, e);
            }
        }
    }

    private static boolean permitted(Policy policy, Request request) {
        return Evaluation.evaluate(policy, request) instanceof Permitted;
    }

    @Test
    void randomPoliciesDoPermitAndDeny() {
        int[] permitted = new int[1];
        forAll((policy, request, random) -> permitted[0] += permitted(policy, request) ? 1 : 0);
        assertThat(permitted[0]).as("seed %d", seed).isBetween(CASES / 50, CASES / 2);
    }

    @Test
    void aProhibitionMoreNeverPermitsMore() {
        forAll(
                (policy, request, random) -> {
                    List<Prohibition> more = new ArrayList<>(policy.prohibitions());
                    more.add(random.prohibition());
                    Policy stricter =
                            new Policy(
                                    policy.uid(),
                                    policy.kind(),
                                    policy.profile(),
                                    policy.assigner(),
                                    policy.assignee(),
                                    policy.target(),
                                    policy.permissions(),
                                    more,
                                    policy.obligations(),
                                    policy.conflict(),
                                    policy.extensions());
                    if (permitted(stricter, request)) {
                        assertThat(permitted(policy, request)).isTrue();
                    }
                });
    }

    @Test
    void knowingLessNeverPermitsMore() {
        forAll(
                (policy, request, random) -> {
                    if (permitted(policy, random.lessKnown(request))) {
                        assertThat(permitted(policy, request)).isTrue();
                    }
                });
    }

    @Test
    void theOrderOfRulesAndPartsIsNothing() {
        forAll(
                (policy, request, random) -> {
                    if (!request.infringed().isEmpty()) {
                        return; // named by place, which the order is about
                    }
                    Verdict one = Evaluation.evaluate(policy, request);
                    Verdict other = Evaluation.evaluate(random.shuffled(policy), request);
                    assertThat(other.changesAt()).isEqualTo(one.changesAt());
                    switch (one) {
                        case Permitted p ->
                                assertThat(((Permitted) other).remaining())
                                        .isEqualTo(p.remaining());
                        case Denied d ->
                                assertThat(((Denied) other).reasons())
                                        .containsExactlyInAnyOrderElementsOf(d.reasons());
                    }
                });
    }

    @Test
    void nothingChangesBeforeItIsSaidTo() {
        forAll(
                (policy, request, random) -> {
                    Verdict now = Evaluation.evaluate(policy, request);
                    Instant end = now.changesAt();
                    assertThat(end == null || end.isAfter(request.now())).isTrue();
                    Set<Instant> before = new HashSet<>();
                    for (int i = 0; i < 12; i++) {
                        before.add(random.instant());
                    }
                    before.add(end == null ? request.now().plus(Duration.ofDays(99)) : end);
                    if (end != null) {
                        before.add(end.minusNanos(1));
                    }
                    for (Instant at : before) {
                        if (at.isAfter(request.now()) && (end == null || at.isBefore(end))) {
                            assertThat(permitted(policy, request.withNow(at)))
                                    .as("at %s, before %s", at, end)
                                    .isEqualTo(now instanceof Permitted);
                        }
                    }
                });
    }

    @Test
    void whatRemainsMayBeUsed() {
        forAll(
                (policy, request, random) -> {
                    if (Evaluation.evaluate(policy, request) instanceof Permitted permitted) {
                        for (String counter : request.usage().counters().keySet()) {
                            long value = request.usage().counters().get(counter);
                            long left = permitted.remaining().getOrDefault(counter, 20L);
                            for (long more = 1; more <= left; more++) {
                                Usage grown = request.usage().withCounter(counter, value + more);
                                assertThat(permitted(policy, request.withUsage(grown)))
                                        .as("%s + %d of %d", counter, more, left)
                                        .isTrue();
                            }
                        }
                    }
                });
    }

    @Test
    void theReportAgreesWithTheVerdict() {
        forAll(
                (policy, request, random) -> {
                    PolicyReport report = PolicyReport.of(policy, request);
                    Map<String, RuleReport> byId = new HashMap<>();
                    for (RuleReport rule : report.rules()) {
                        byId.put(rule.id(), rule);
                        assertThat(rule.reasons()).as(rule.id()).isNotEmpty();
                        assertThat(rule.reasons())
                                .allSatisfy(r -> assertThat(r.chinese()).matches(".*\\p{IsHan}.*"));
                    }
                    boolean forbidden =
                            report.rules().stream()
                                    .anyMatch(
                                            r ->
                                                    r.rule() instanceof Prohibition
                                                            && r.activation() == Activation.ACTIVE);
                    if (report.verdict() instanceof Permitted permitted) {
                        assertThat(byId.get(permitted.ruleId()).activation())
                                .isEqualTo(Activation.ACTIVE);
                        assertThat(forbidden && policy.conflict() != Policy.Conflict.PERM)
                                .isFalse();
                    }
                });
    }

    @Test
    void jsonKeepsEveryPolicy() {
        forAll(
                (policy, request, random) ->
                        assertThat(Policy.fromJson(policy.toJson())).isEqualTo(policy));
    }

    /** Exactly one of n holds, against counting; U can't be decided. */
    @Test
    void xoneCounts() {
        for (int n = 1; n <= 6; n++) {
            for (int code = 0; code < Math.pow(3, n); code++) {
                List<Constraint> parts = new ArrayList<>();
                int holding = 0;
                int open = 0;
                for (int i = 0, c = code; i < n; i++, c /= 3) {
                    parts.add(
                            switch (c % 3) {
                                case 0 -> Atomic.of("purpose", Operator.EQ, "other");
                                case 1 -> Atomic.of("purpose", Operator.EQ, "mining");
                                default -> Atomic.of("weather", Operator.EQ, "dry");
                            });
                    holding += c % 3 == 1 ? 1 : 0;
                    open += c % 3 == 2 ? 1 : 0;
                }
                Policy policy =
                        Policy.offer(
                                "p",
                                List.of(
                                        Permission.of(
                                                "use",
                                                Constraint.xone(
                                                        parts.toArray(Constraint[]::new)))));
                assertThat(permitted(policy, Request.of("use", "a", "mining", RandomPolicies.NOW)))
                        .as("%d hold and %d are open of %d", holding, open, n)
                        .isEqualTo(holding == 1 && open == 0);
            }
        }
    }

    /** The bound is 10:00:00; the columns are the nanosecond before, the bound, the one after. */
    @ParameterizedTest
    @CsvSource({
        "lt,   yes, no,  no,  2026-11-22T10:00:00Z",
        "lteq, yes, yes, no,  2026-11-22T10:00:00.000000001Z",
        "eq,   no,  yes, no,  2026-11-22T10:00:00.000000001Z",
        "neq,  yes, no,  yes, 2026-11-22T10:00:00Z",
        "gteq, no,  yes, yes, ",
        "gt,   no,  no,  yes, "
    })
    void timeBounds(String operator, String before, String at, String after, String ends) {
        Operator op = Operator.of(operator, "");
        Instant bound = RandomPolicies.NOW;
        Policy date =
                Policy.offer(
                        "p",
                        List.of(
                                Permission.of(
                                        "use",
                                        Atomic.of("dateTime", op, "2026-11-22T18:00:00+08:00"))));
        Policy elapsed =
                Policy.offer(
                        "p", List.of(Permission.of("use", Atomic.of("elapsedTime", op, "P1M"))));
        // a calendar month: from 22 October
        Request request =
                Request.of("use", "a", "p", bound)
                        .withAgreedAt(Instant.parse("2026-10-22T10:00:00Z"));
        for (Policy policy : List.of(date, elapsed)) {
            String found =
                    List.of(bound.minusNanos(1), bound, bound.plusNanos(1)).stream()
                            .map(t -> permitted(policy, request.withNow(t)) ? "yes" : "no")
                            .collect(Collectors.joining(","));
            assertThat(found).isEqualTo(String.join(",", before, at, after));
            Instant permittedAt = before.equals("yes") ? bound.minusNanos(1) : bound;
            if (ends != null && permitted(policy, request.withNow(permittedAt))) {
                assertThat(Evaluation.evaluate(policy, request.withNow(permittedAt)).changesAt())
                        .isEqualTo(Instant.parse(ends));
            }
        }
    }
}
