package org.roadloop.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Policies as other connectors write them, and ours as they can read them. */
class ForeignPolicyTest {
    private static Policy policy(String permission) {
        JsonNode json =
                JsonMapper.shared()
                        .readTree(
                                "{\"@type\":\"Offer\",\"@id\":\"o\",\"permission\":[%s]}"
                                        .formatted(permission));
        return Policy.fromJson(json);
    }

    /** The DSP 2025-1 context defines use, and no other action and no left operand. */
    @ParameterizedTest
    @CsvSource({
        "use,                   use",
        "aggregate,             odrl:aggregate",
        "transfer,              odrl:transfer",
        "computeToData,         roadloop:computeToData",
        "https://x.example/act, https://x.example/act"
    })
    void anActionOutsideTheContextHasItsPrefix(String action, String written) {
        Policy policy = policy("{\"action\":\"%s\"}".formatted(action));
        JsonNode json = policy.toJson();
        assertThat(json.path("permission").get(0).path("action").asString()).isEqualTo(written);
        assertThat(Policy.fromJson(json)).isEqualTo(policy);
    }

    @ParameterizedTest
    @CsvSource({
        "purpose,                  odrl:purpose",
        "odrl:count,               odrl:count",
        "membership,               roadloop:membership",
        "creditCode,               roadloop:creditCode",
        "https://x.example/colour, https://x.example/colour"
    })
    void aLeftOperandHasItsPrefix(String operand, String written) {
        Policy policy =
                policy(
                        "{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"%s\",\"operator\":\"eq\",\"rightOperand\":\"1\"}]}"
                                .formatted(operand));
        JsonNode json = policy.toJson();
        assertThat(
                        json.path("permission")
                                .get(0)
                                .path("constraint")
                                .get(0)
                                .path("leftOperand")
                                .asString())
                .isEqualTo(written);
        assertThat(Policy.fromJson(json)).isEqualTo(policy);
    }

    /** Seen on the wire from Eclipse EDC 0.15.1. */
    @Test
    void anArrayHandedOnAsATextIsTheArray() {
        String constraint =
                "{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"odrl:spatial\",\"operator\":\"isAnyOf\",\"rightOperand\":%s}]}";
        String text = "\"[{\\\"@value\\\":\\\"CN-SH\\\"},{\\\"@value\\\":\\\"CN-BJ\\\"}]\"";
        Policy asText = policy(constraint.formatted(text));
        assertThat(asText.sameTerms(policy(constraint.formatted("[\"CN-SH\",\"CN-BJ\"]"))))
                .isTrue();
        assertThat(asText.toJson().toString()).contains(text);
        assertThat(asText.sameTerms(policy(constraint.formatted("[\"CN-SH\"]")))).isFalse();
        assertThat(policy(constraint.formatted("\"[{\\\"@broken\"")).permissions()).hasSize(1);
    }
}
