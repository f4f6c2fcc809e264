package org.roadloop.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class EvaluationTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static Policy policy(String rules) {
        return Policy.fromJson(
                JsonMapper.shared().readTree("{\"@id\":\"p\",\"@type\":\"Offer\"," + rules + "}"));
    }

    private static String verdict(Policy policy, Request request) {
        return switch (Evaluation.evaluate(policy, request)) {
            case Verdict.Permitted p -> "permitted";
            case Verdict.Denied d -> {
                assertThat(d.reasons())
                        .allSatisfy(
                                r -> {
                                    assertThat(r.english()).isNotBlank();
                                    assertThat(r.chinese()).matches(".*\\p{IsHan}.*");
                                });
                yield d.reasons().stream()
                        .map(Verdict.Reason::code)
                        .collect(Collectors.joining("+"));
            }
        };
    }

    /** The request: count 3, purpose p1, agreed 10 days ago, place CN-31-0115, industry traffic. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # left      | operator | right                     | verdict
                    dateTime    | lteq     | 2026-12-31T00:00:00Z      | permitted
                    dateTime    | lt       | 2026-11-22T10:00:00Z      | expired
                    dateTime    | lteq     | 2026-11-22T18:00:00+08:00 | permitted
                    dateTime    | lteq     | 2023-12-31T06:00Z         | expired
                    dateTime    | gteq     | 2026-11-23                | not_yet_valid
                    dateTime    | lteq     | tomorrow                  | operand_unreadable
                    dateTime    | isPartOf | 2026-12-31T00:00:00Z      | operator_not_applicable
                    count       | lteq     | 3                         | permitted
                    count       | lt       | 3                         | count_exhausted
                    count       | lteq     | 2                         | count_exhausted
                    count       | eq       | 3.0                       | permitted
                    count       | lteq     | many                      | operand_unreadable
                    elapsedTime | lteq     | P30D                      | permitted
                    elapsedTime | lteq     | P9D                       | period_elapsed
                    purpose     | eq       | p1                        | permitted
                    purpose     | neq      | p1                        | purpose_not_allowed
                    purpose     | isAnyOf  | p2,p1                     | permitted
                    purpose     | isAnyOf  | p2,p3                     | purpose_not_allowed
                    purpose     | isNoneOf | p2,p1                     | purpose_not_allowed
                    purpose     | gt       | p1                        | operator_not_applicable
                    recipient   | eq       | did:web:me                | permitted
                    recipient   | isNoneOf | did:web:me                | recipient_not_allowed
                    spatial     | isPartOf | CN-31                     | permitted
                    spatial     | isPartOf | CN-3                      | place_not_allowed
                    industry    | isAnyOf  | traffic,insurance         | permitted
                    event       | eq       | flood                     | fact_missing
                    payAmount   | gteq     | 10.0                      | fact_missing
                    weather     | eq       | dry                       | unknown_operand
                    """)
    void oneConstraint(String left, String operator, String right, String expected) {
        String values = "[\"" + String.join("\",\"", right.split(",")) + "\"]";
        String rule =
                "{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"%s\",\"operator\":\"%s\",\"rightOperand\":%s}]}"
                        .formatted(left, operator, values);
        Request request =
                Request.of("use", "did:web:me", "p1", NOW)
                        .withCount(3)
                        .withAgreedAt(NOW.minusSeconds(10 * 86_400))
                        .withFact("spatial", "CN-31-0115")
                        .withFact("industry", "traffic");
        assertThat(verdict(policy("\"permission\":[" + rule + "]"), request)).isEqualTo(expected);

        // the same as a prohibition: what holds or is not understood forbids, what fails does not
        String prohibited = "\"permission\":[{\"action\":\"use\"}],\"prohibition\":[" + rule + "]";
        String forbidden =
                switch (expected) {
                    case "permitted" -> "prohibited";
                    case "operand_unreadable",
                            "operator_not_applicable",
                            "fact_missing",
                            "unknown_operand" ->
                            expected;
                    default -> "permitted";
                };
        assertThat(verdict(policy(prohibited), request)).isEqualTo(forbidden);
    }

    private static final String TRUE_ =
            "{\"leftOperand\":\"purpose\",\"operator\":\"eq\",\"rightOperand\":\"p1\"}";
    private static final String FALSE_ =
            "{\"leftOperand\":\"purpose\",\"operator\":\"eq\",\"rightOperand\":\"p2\"}";
    private static final String OPEN =
            "{\"leftOperand\":\"weather\",\"operator\":\"eq\",\"rightOperand\":\"dry\"}";

    /** Kleene's tables, T holds, F fails, ? can't be decided. */
    @ParameterizedTest
    @CsvSource({
        "and,TT,permitted",
        "and,TF,purpose_not_allowed",
        "and,T?,unknown_operand",
        "or,TF,permitted",
        "or,FF,purpose_not_allowed",
        "or,T?,permitted",
        "or,F?,purpose_not_allowed+unknown_operand",
        "xone,TF,permitted",
        "xone,TT,not_exactly_one",
        "xone,FF,not_exactly_one",
        "xone,T?,unknown_operand",
        "andSequence,TT,permitted"
    })
    void logic(String logical, String parts, String expected) {
        String list =
                parts.chars()
                        .mapToObj(c -> c == 'T' ? TRUE_ : c == 'F' ? FALSE_ : OPEN)
                        .collect(Collectors.joining(","));
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"use\",\"constraint\":[{\"%s\":[%s]}]}]"
                                .formatted(logical, list));
        assertThat(verdict(policy, Request.of("use", "did:web:me", "p1", NOW))).isEqualTo(expected);
    }

    @Test
    void computeToDataOnlyDoesNotGiveTheRows() {
        Policy only = policy("\"permission\":[{\"action\":\"roadloop:computeToData\"}]");
        assertThat(verdict(only, Request.of("computeToData", "a", "p", NOW)))
                .isEqualTo("permitted");
        assertThat(verdict(only, Request.of("use", "a", "p", NOW)))
                .isEqualTo("action_not_permitted");
        Policy use = policy("\"permission\":[{\"action\":\"use\"}]");
        assertThat(verdict(use, Request.of("computeToData", "a", "p", NOW))).isEqualTo("permitted");
        Policy full =
                policy(
                        "\"permission\":[{\"action\":\"https://roadloop.org/ns/odrl#computeToData\"}]");
        assertThat(full.permissions()).isEqualTo(only.permissions());
    }

    @Test
    void prohibitionWins() {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"use\"}],\"prohibition\":[{\"action\":\"distribute\"}]");
        assertThat(verdict(policy, Request.of("use", "a", "p", NOW))).isEqualTo("permitted");
        assertThat(verdict(policy, Request.of("distribute", "a", "p", NOW)))
                .isEqualTo("prohibited");
    }

    @Test
    void dutyOfAPermissionComesFirst() {
        Policy policy =
                policy(
                        "\"permission\":[{\"action\":\"use\",\"duty\":[{\"action\":\"compensate\"}]}]");
        assertThat(verdict(policy, Request.of("use", "a", "p", NOW)))
                .isEqualTo("duty_not_fulfilled");
    }

    @Test
    void othersThanTheAssigneeAreDenied() {
        Policy agreement =
                policy("\"permission\":[{\"action\":\"use\"}]").agreed("a1", "did:p", "did:c", "t");
        assertThat(verdict(agreement, Request.of("use", "did:c", "p", NOW))).isEqualTo("permitted");
        assertThat(verdict(agreement, Request.of("use", "did:x", "p", NOW)))
                .isEqualTo("actor_not_assignee");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"@type":"Offer","permission":[{"action":"use"}]}                                       | /@id
                    {"@id":"x","@type":"Recipe","permission":[{"action":"use"}]}                            | /@type
                    {"@id":"x","@type":"Offer"}                                                             |
                    {"@id":"x","@type":"Offer","permission":{"action":"use"}}                               | /permission
                    {"@id":"x","@type":"Offer","permission":[{}]}                                           | /permission/0/action
                    {"@id":"x","@type":"Offer","permisson":[]}                                              | /permisson
                    {"@id":"x","@type":"Offer","permission":[{"action":"use","beneficiary":"y"}]}           | /permission/0/beneficiary
                    {"@id":"x","@type":"Offer","permission":[{"action":"use","odrl:refinement":[]}]}        | /permission/0/odrl:refinement
                    {"@id":"x","@type":"Offer","permission":[{"action":"use","constraint":[{"leftOperand":"count","operator":"under","rightOperand":"3"}]}]} | /permission/0/constraint/0/operator
                    {"@id":"x","@type":"Offer","permission":[{"action":"use","constraint":[{"or":[{"operator":"lt","rightOperand":"3"}]}]}]} | /permission/0/constraint/0/or/0/leftOperand
                    """)
    void errorsPointAtTheMember(String json, String pointer) {
        String expected = pointer == null ? "" : pointer;
        assertThatThrownBy(() -> Policy.fromJson(JsonMapper.shared().readTree(json)))
                .isInstanceOfSatisfying(
                        MemberException.class, e -> assertThat(e.pointer()).isEqualTo(expected));
    }

    @Test
    void writesWhatItReads() {
        Policy policy =
                Policy.offer(
                                "o1",
                                List.of(
                                        Permission.of(
                                                Action.COMPUTE_TO_DATA,
                                                Constraint.Atomic.of("count", Operator.LTEQ, "5"),
                                                Constraint.or(
                                                        Constraint.Atomic.of(
                                                                "purpose",
                                                                Operator.IS_ANY_OF,
                                                                "p1")))))
                        .withTarget("t1");
        assertThat(policy.toJson().toString())
                .isEqualTo(
                        """
                        {"@type":"Offer","@id":"o1","profile":"https://roadloop.org/ns/odrl","target":"t1",\
                        "permission":[{"action":"roadloop:computeToData","constraint":[\
                        {"leftOperand":"odrl:count","operator":"lteq","rightOperand":"5"},\
                        {"or":[{"leftOperand":"odrl:purpose","operator":"isAnyOf","rightOperand":["p1"]}]}]}]}""");
        assertThat(Policy.fromJson(policy.toJson())).isEqualTo(policy);
    }
}
