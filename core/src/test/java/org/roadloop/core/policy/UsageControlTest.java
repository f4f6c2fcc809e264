package org.roadloop.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.policy.PolicyReport.Activation;
import org.roadloop.core.policy.Verdict.Denied;
import org.roadloop.core.policy.Verdict.Deontic;
import org.roadloop.core.policy.Verdict.Permitted;
import tools.jackson.databind.json.JsonMapper;

/** Duties, remedies, budgets, conflicts and refinements: what goes on over time. */
class UsageControlTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Request READ = Request.of("read", "did:c", "mining", NOW);

    private static Policy policy(String rules) {
        return Policy.fromJson(
                JsonMapper.shared().readTree("{\"@id\":\"p\",\"@type\":\"Set\"," + rules + "}"));
    }

    private static String verdict(Policy policy, Request request) {
        return switch (Evaluation.evaluate(policy, request)) {
            case Permitted p -> "permitted";
            case Denied d ->
                    d.reasons().stream().map(Verdict.Reason::code).collect(Collectors.joining("+"));
        };
    }

    private static String due(Policy policy, Request request) {
        return Evaluation.evaluate(policy, request).due().stream()
                .map(
                        d ->
                                d.duty().action()
                                        + " "
                                        + d.origin()
                                        + " "
                                        + d.deontic()
                                        + " by "
                                        + d.deadline())
                .collect(Collectors.joining("; "));
    }

    private static String atomic(String left, String operator, String right) {
        return "{\"leftOperand\":\"%s\",\"operator\":\"%s\",\"rightOperand\":\"%s\"}"
                .formatted(left, operator, right);
    }

    /** What is left after the act at hand. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # left       | operator | right | counter         | value | left
                    count        | lteq     | 5     | count           | 1     | 4
                    count        | lteq     | 5     | count           | 5     | 0
                    count        | lt       | 5     | count           | 1     | 3
                    count        | lteq     | 5.5   | count           | 5     | 0
                    count        | gteq     | 5     | count           | 5     | -1
                    meteredTime  | lteq     | PT1M  | meteredSeconds  | 20    | 40
                    meteredTime  | lteq     | PT1.5S| meteredSeconds  | 1     | 0
                    payAmount    | lt       | 2.5   | payAmountMilli  | 1000  | 1499
                    """)
    void remaining(
            String left, String operator, String right, String counter, long value, long remains) {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"read\",\"constraint\":[%s]}]"
                                .formatted(atomic(left, operator, right)));
        Permitted permitted =
                (Permitted)
                        Evaluation.evaluate(
                                policy, READ.withUsage(Usage.UNKNOWN.withCounter(counter, value)));
        assertThat(permitted.remaining())
                .isEqualTo(remains < 0 ? Map.of() : Map.of(counter, remains));
    }

    @Test
    void oneOfTwoBudgetsIsEnoughAndAProhibitionEndsBoth() {
        String two =
                "\"permission\":[{\"action\":\"read\",\"constraint\":[%s]},{\"action\":\"use\",\"constraint\":[%s]}]"
                        .formatted(atomic("count", "lteq", "3"), atomic("count", "lteq", "9"));
        Permitted either = (Permitted) Evaluation.evaluate(policy(two), READ);
        assertThat(either.remaining()).isEqualTo(Map.of(Usage.COUNT, 8L));
        Policy forbidden =
                policy(
                        two
                                + ",\"prohibition\":[{\"action\":\"read\",\"constraint\":[%s]}]"
                                        .formatted(atomic("count", "gt", "6")));
        assertThat(((Permitted) Evaluation.evaluate(forbidden, READ)).remaining())
                .isEqualTo(Map.of(Usage.COUNT, 5L));
    }

    @Test
    void rulesAreCountedOnTheirOwnWhereCountersSaySo() {
        Policy policy =
                policy(
                        "\"permission\":[{\"@id\":\"urn:r1\",\"action\":\"read\",\"constraint\":[{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"1000\",\"odrl:unit\":\"record\"}]}]");
        Usage usage = Usage.UNKNOWN.withCounter(Usage.quantity("record"), 2_000);
        assertThat(verdict(policy, READ.withUsage(usage))).isEqualTo("count_exhausted");
        assertThat(
                        verdict(
                                policy,
                                READ.withUsage(
                                        usage.withRuleCounter(
                                                "urn:r1", Usage.quantity("record"), 10))))
                .isEqualTo("permitted");
        assertThat(verdict(policy, READ)).as("uses are no records").isEqualTo("fact_missing");
    }

    @Test
    void aCurrencyThatIsNotPaidInDecidesNothing() {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"read\",\"constraint\":[{\"leftOperand\":\"payAmount\",\"operator\":\"gteq\",\"rightOperand\":\"5\",\"odrl:unit\":\"CNY\"}]}]");
        Usage paid = Usage.UNKNOWN.withCounter(Usage.PAY_AMOUNT_MILLI, 5_000);
        assertThat(verdict(policy, READ.withUsage(paid))).isEqualTo("unit_not_counted");
        assertThat(verdict(policy, READ.withUsage(paid.withCurrency("EUR"))))
                .isEqualTo("unit_not_counted");
        assertThat(verdict(policy, READ.withUsage(paid.withCurrency("CNY"))))
                .isEqualTo("permitted");
    }

    private static final String DELETE =
            """
            "permission":[{"action":"read","duty":[{"@id":"urn:d","action":"delete",
              "constraint":[{"leftOperand":"elapsedTime","operator":"lteq","rightOperand":"P30D"}],
              "odrl:consequence":[{"action":"compensate",
                "constraint":[{"leftOperand":"elapsedTime","operator":"lteq","rightOperand":"P7D"}],
                "odrl:consequence":[{"action":"inform"}]}]}]}]""";

    /** First use on 22 November: delete by 22 December, else pay by 29 December, else inform. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # now                 | deleted              | paid                 | verdict       | due
                    2026-11-22T10:00:00Z  |                      |                      | permitted     | delete DUTY NON_SET by 2026-12-22T10:00:00Z
                    2026-12-22T10:00:00Z  |                      |                      | permitted     | delete DUTY NON_SET by 2026-12-22T10:00:00Z
                    2026-12-22T10:00:01Z  |                      |                      | duty_violated |
                    2026-12-22T10:00:01Z  | 2026-12-22T10:00:00Z |                      | permitted     | ''
                    2026-12-25T10:00:00Z  | 2026-12-24T10:00:00Z |                      | duty_violated |
                    2026-12-25T10:00:00Z  | 2026-12-24T10:00:00Z | 2026-12-25T09:00:00Z | permitted     | ''
                    2026-12-30T10:00:00Z  | 2026-12-24T10:00:00Z | 2026-12-30T09:00:00Z | duty_violated |
                    2026-12-25T10:00:00Z  | 2026-12-26T10:00:00Z | 2026-12-25T09:00:00Z | duty_violated |
                    """)
    void aDutyItsDeadlineAndItsConsequences(
            Instant now, Instant deleted, Instant paid, String verdict, String due) {
        Request request = READ.withNow(now).withUsage(READ.usage().withFirstUsedAt(NOW));
        if (deleted != null) {
            request = request.withDuty("urn:d", Performance.performedAt(deleted));
        }
        if (paid != null) {
            request = request.withDuty("compensate", Performance.performedAt(paid));
        }
        assertThat(verdict(policy(DELETE), request)).isEqualTo(verdict);
        if (due != null) {
            assertThat(due(policy(DELETE), request)).isEqualTo(due);
        }
    }

    @Test
    void consequencesFollowOneAnother() {
        Policy obliged =
                policy(
                        DELETE.replace("\"duty\"", "\"obligation\"")
                                .replaceFirst(
                                        "\"permission\":\\[\\{\"action\":\"read\",",
                                        "\"permission\":[{\"action\":\"read\"}],")
                                .replaceFirst("}]$", ""));
        Request used = READ.withUsage(READ.usage().withFirstUsedAt(NOW));
        assertThat(due(obliged, used.withNow(Instant.parse("2026-12-23T00:00:00Z"))))
                .isEqualTo(
                        "delete OBLIGATION VIOLATED by 2026-12-22T10:00:00Z; "
                                + "compensate CONSEQUENCE NON_SET by 2026-12-29T10:00:00Z");
        Request later = used.withNow(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(due(obliged, later))
                .isEqualTo(
                        "delete OBLIGATION VIOLATED by 2026-12-22T10:00:00Z; "
                                + "compensate CONSEQUENCE VIOLATED by 2026-12-29T10:00:00Z; "
                                + "inform CONSEQUENCE NON_SET by null");
        assertThat(verdict(obliged, later)).isEqualTo("obligation_violated");
        assertThat(verdict(obliged, later.withDuty("delete", Performance.PERFORMED)))
                .as("done, and nothing says that it was late")
                .isEqualTo("permitted");
    }

    @Test
    void aDutyBeforeTheUseBlocksIt() {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"read\",\"duty\":[{\"action\":\"compensate\"}]}]");
        assertThat(verdict(policy, READ)).isEqualTo("duty_not_fulfilled");
        // to the report the permission is active: nothing of it is violated
        assertThat(PolicyReport.of(policy, READ).rules().getFirst().activation())
                .isEqualTo(Activation.ACTIVE);
        assertThat(verdict(policy, READ.withDuty("compensate", Performance.PERFORMED)))
                .isEqualTo("permitted");
        assertThat(verdict(policy, READ.withDuty("compensate", Performance.UNPERFORMED)))
                .isEqualTo("duty_violated");
    }

    @Test
    void aDutyIsOwedFromItsEventOn() {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"read\",\"duty\":[{\"action\":\"inform\",\"constraint\":[%s]}]}]"
                                .formatted(atomic("event", "gt", "breach")));
        Usage usage = Usage.UNKNOWN.withEvent("breach", Usage.Happening.NOT_YET);
        assertThat(verdict(policy, READ.withUsage(usage))).isEqualTo("permitted");
        Usage over =
                Usage.UNKNOWN.withEvent(
                        "breach", new Usage.Happening(NOW.minusSeconds(9), NOW.minusSeconds(8)));
        assertThat(verdict(policy, READ.withUsage(over))).isEqualTo("duty_not_fulfilled");
        assertThat(verdict(policy, READ)).as("nobody knows").isEqualTo("duty_not_fulfilled");
    }

    @Test
    void aDutyThatACountBringsUpEndsTheBudget() {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"read\",\"duty\":[{\"action\":\"compensate\",\"constraint\":[%s]}]}]"
                                .formatted(atomic("count", "gteq", "6")));
        Permitted fourth = (Permitted) Evaluation.evaluate(policy, READ.withCount(4));
        assertThat(fourth.remaining()).isEqualTo(Map.of(Usage.COUNT, 1L));
        assertThat(verdict(policy, READ.withCount(6))).isEqualTo("duty_not_fulfilled");
    }

    @Test
    void anInfringedProhibitionShutsTheDoorUntilItsRemedyIsDone() {
        Policy policy =
                policy(
                        """
                        "permission":[{"action":"read"}],
                        "prohibition":[{"@id":"urn:no","action":"distribute",
                          "odrl:remedy":[{"action":"anonymize"}]}]""");
        assertThat(verdict(policy, READ)).isEqualTo("permitted");
        Request infringed = READ.withInfringed("urn:no");
        assertThat(verdict(policy, infringed)).isEqualTo("remedy_open");
        assertThat(due(policy, infringed)).isEqualTo("anonymize REMEDY NON_SET by null");
        assertThat(verdict(policy, infringed.withDuty("anonymize", Performance.PERFORMED)))
                .isEqualTo("permitted");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                          prohibited,         unknown_operand",
        "odrl:perm,                   permitted,          permitted",
        "prohibit,                    prohibited,         unknown_operand",
        "http://www.w3.org/ns/odrl/2/invalid, policy_in_conflict, unknown_operand"
    })
    void conflicts(String strategy, String both, String undecided) {
        String conflict = strategy.isEmpty() ? "" : "\"conflict\":\"" + strategy + "\",";
        String rules = conflict + "\"permission\":[{\"action\":\"use\"}],\"prohibition\":[%s]";
        assertThat(verdict(policy(rules.formatted("{\"action\":\"read\"}")), READ)).isEqualTo(both);
        assertThat(
                        verdict(
                                policy(
                                        rules.formatted(
                                                "{\"action\":\"read\",\"constraint\":[%s]}"
                                                        .formatted(
                                                                atomic("weather", "eq", "dry")))),
                                READ))
                .isEqualTo(undecided);
        assertThat(verdict(policy(rules.formatted("{\"action\":\"sell\"}")), READ))
                .isEqualTo("permitted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # rule    | act           | covers
                    use       | read          | true
                    use       | display       | true
                    use       | extract       | true
                    play      | display       | true
                    reproduce | extract       | true
                    use       | write         | true
                    use       | computeToData | true
                    use       | sell          | false
                    transfer  | sell          | true
                    read      | use           | false
                    use       | urn:x         | false
                    urn:x     | urn:x         | true
                    """)
    void actionsIncludeOthers(String rule, String act, boolean covers) {
        assertThat(Action.covers(rule, act)).isEqualTo(covers);
    }

    private static final String REFINED =
            """
            "permission":[{"action":{"@id":"read","odrl:refinement":[%s]},
              "assignee":{"@type":"odrl:PartyCollection","@id":"urn:members","odrl:refinement":[%s]},
              "target":{"@type":"odrl:AssetCollection","@id":"urn:tracks","odrl:refinement":[%s]}}]"""
                    .formatted(
                            atomic("resolution", "lteq", "10"),
                            atomic("industry", "isAnyOf", "traffic"),
                            atomic("language", "eq", "zh"));

    @Test
    void refinementsNarrowActionPartyAndAsset() {
        Policy policy = policy(REFINED);
        Request request =
                READ.withTarget("urn:t1")
                        .withPartOf("did:c", "urn:city")
                        .withPartOf("urn:city", "urn:members")
                        .withPartOf("urn:t1", "urn:tracks")
                        .withClaim("industry", "traffic")
                        .withFact("resolution", "5")
                        .withAssetFact("language", "zh");
        assertThat(verdict(policy, request)).isEqualTo("permitted");
        assertThat(verdict(policy, request.withFact("resolution", "50")))
                .isEqualTo("constraint_failed");
        assertThat(verdict(policy, request.withClaim("industry", "toys")))
                .isEqualTo("industry_not_allowed");
        assertThat(verdict(policy, request.withClaims(Map.of()))).isEqualTo("fact_missing");
        assertThat(verdict(policy, request.withAssetFact("language", "en")))
                .isEqualTo("constraint_failed");
        assertThat(verdict(policy, request.withTarget("urn:t2"))).isEqualTo("target_not_covered");
        assertThat(verdict(policy, request.withPartOf("did:c", "urn:other")))
                .isEqualTo("actor_not_assignee");
    }

    /** Nothing known of an operand: neither a permission nor the failure of a prohibition. */
    @ParameterizedTest
    @CsvSource({
        "count, lteq, 5, fact_missing",
        "count, gt, 5, fact_missing",
        "elapsedTime, lteq, P30D, fact_missing",
        "purpose, eq, marketing, fact_missing",
        "spatial, isNoneOf, CN-31, fact_missing",
        "industry, neq, toys, fact_missing",
        "https://example.org/credential, isAnyOf, gold, unknown_operand"
    })
    void whatIsNotKnownIsNeverTrue(String left, String operator, String right, String reason) {
        Request bare = Request.of("read", "did:c", "", NOW).withUsage(Usage.UNKNOWN);
        String rule =
                "{\"action\":\"read\",\"constraint\":[%s]}"
                        .formatted(atomic(left, operator, right));
        assertThat(verdict(policy("\"permission\":[" + rule + "]"), bare)).isEqualTo(reason);
        Policy prohibited =
                policy("\"permission\":[{\"action\":\"read\"}],\"prohibition\":[" + rule + "]");
        assertThat(verdict(prohibited, bare)).isEqualTo(reason);
        Denied denied = (Denied) Evaluation.evaluate(prohibited, bare);
        assertThat(denied.reasons().getFirst().english()).contains(left);
        assertThat(denied.reasons().getFirst().chinese()).contains(left);
    }

    @Test
    void aVerifiedClaimIsAnOperandOfItsOwn() {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"read\",\"constraint\":[%s,%s]}]"
                                .formatted(
                                        atomic("membership", "eq", "active"),
                                        atomic("urn:x:level", "gteq", "3")));
        Request member = READ.withClaim("membership", "active");
        assertThat(verdict(policy, member.withClaim("urn:x:level", "3"))).isEqualTo("permitted");
        assertThat(verdict(policy, member.withClaim("urn:x:level", "2")))
                .isEqualTo("constraint_failed");
        assertThat(verdict(policy, member)).isEqualTo("unknown_operand");
    }

    @Test
    void theReportNamesEveryConstraintAndDuty() {
        PolicyReport report =
                PolicyReport.of(
                        policy(DELETE),
                        READ.withUsage(READ.usage().withFirstUsedAt(NOW))
                                .withNow(Instant.parse("2026-12-23T00:00:00Z")));
        PolicyReport.RuleReport rule = report.rules().getFirst();
        assertThat(rule.activation()).isEqualTo(Activation.INACTIVE);
        assertThat(rule.reasons().getFirst().english())
                .isEqualTo(
                        "duty 'delete' was not fulfilled by 2026-12-22T10:00:00Z; owed as well"
                                + " now: compensate");
        assertThat(rule.conditions().getFirst().deontic()).isEqualTo(Deontic.VIOLATED);
        assertThat(rule.conditions().getFirst().consequences().getFirst().id())
                .isEqualTo("urn:d/consequence/0");
    }
}
