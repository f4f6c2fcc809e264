package org.roadloop.core.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.json.JsonMapper;

/** What differs is found and said, and only what a limit names is let through. */
class LimitTest {
    private static final String OURS =
            """
            {"@type":"Offer","@id":"o","target":"t","permission":[{"action":"use","constraint":[
             {"leftOperand":"count","operator":"lteq","rightOperand":"10"},
             {"leftOperand":"dateTime","operator":"lteq","rightOperand":"2030-01-01T00:00:00Z"},
             {"leftOperand":"purpose","operator":"isAnyOf","rightOperand":["mining"]}]}],
             "prohibition":[{"action":"distribute"}],
             "roadloop:tariff":{"currency":"CNY","prices":[{"unit":"use","per":1,"milli":2500}]}}
            """;
    private static final ApprovalRule RULE =
            ApprovalRule.read(
                    JsonMapper.shared()
                            .readTree(
                                    """
                                    {"name":"r","decide":"automatic","limits":[
                                     {"term":"count","atMost":"20"},
                                     {"term":"dateTime","atMost":"2030-06-01T00:00:00Z"},
                                     {"term":"purpose","among":["mining","research"]},
                                     {"term":"price:use","atLeast":"2000"}]}
                                    """));

    private static Policy policy(String json) {
        return Policy.fromJson(JsonMapper.shared().readTree(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "10"                    | "20"                            | true
                    "10"                    | "21"                            | false
                    "10"                    | "many"                          | false
                    2030-01-01              | 2030-05-01                      | true
                    2030-01-01              | 2031-01-01                      | false
                    ["mining"]              | ["mining","research"]           | true
                    ["mining"]              | ["mining","sale"]               | false
                    "milli":2500            | "milli":2000                    | true
                    "milli":2500            | "milli":1999                    | false
                    "per":1,"milli":2500    | "per":1000,"milli":2500         | false
                    CNY                     | USD                             | false
                    lteq","rightOperand":"10| gteq","rightOperand":"10        | false
                    "action":"use"          | "action":"transfer"             | false
                    "action":"distribute"   | "action":"aggregate"            | false
                    """)
    void onlyWithinTheLimits(String ours, String theirs, boolean allowed) {
        String changed = OURS.replace(ours, theirs);
        assertThat(changed).isNotEqualTo(OURS);
        List<PolicyDiff.Difference> differences = PolicyDiff.between(policy(OURS), policy(changed));
        assertThat(differences).isNotEmpty();
        assertThat(RULE.allows(differences)).as(differences.toString()).isEqualTo(allowed);
    }

    @Test
    void aConditionThatIsLeftOutIsNeverWithinALimit() {
        Policy without =
                policy(
                        OURS.replace(
                                "{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"10\"},",
                                ""));
        List<PolicyDiff.Difference> differences = PolicyDiff.between(policy(OURS), without);
        assertThat(differences).hasSize(1);
        assertThat(differences.getFirst().english())
                .isEqualTo("ours: number of uses at most 10; theirs: nothing");
        assertThat(differences.getFirst().chinese()).isEqualTo("我方：使用次数不超过 10；对方：无");
        assertThat(RULE.allows(differences)).isFalse();
    }

    @Test
    void theSameTermsInAnotherOrderOfConditionsDoNotDiffer() {
        Policy turned =
                policy(
                        OURS.replace(
                                        "{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"10\"},",
                                        "")
                                .replace(
                                        "\"rightOperand\":[\"mining\"]}",
                                        "\"rightOperand\":[\"mining\"]},"
                                                + "{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"10\"}"));
        assertThat(PolicyDiff.between(policy(OURS), turned)).isEmpty();
    }
}
