package org.roadloop.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.json.JsonMapper;

class CatalogScopeTest {
    private static final CatalogScope BUS_COMPANY =
            new CatalogScope(
                    "did:web:bus.example",
                    Map.of("industry", Set.of("transport")),
                    Instant.parse("2026-11-22T00:00:00Z"));

    @ParameterizedTest
    @CsvSource({
        "recipient, eq, did:web:bus.example, true",
        "recipient, eq, did:web:bank.example, false",
        "recipient, isAnyOf, did:web:bus.example, true",
        "recipient, isNoneOf, did:web:bus.example, false",
        "recipient, neq, did:web:bank.example, true",
        "industry, eq, transport, true",
        "industry, eq, insurance, false",
        "membership, eq, gold, true", // nothing is known: judged at use
        "dateTime, lt, 2026-11-21T00:00:00Z, false",
        "dateTime, lteq, 2026-12-31T00:00:00Z, true",
        "dateTime, gt, 2027-01-01T00:00:00Z, true", // not yet, but one day
        "dateTime, lt, 2026-11-21, false",
        "dateTime, lt, some day, true",
        "purpose, eq, mining, true",
        "count, lteq, 0, true",
    })
    void whatCanNeverApplyIsNotShown(String left, String operator, String right, boolean shown) {
        String constraint =
                "{'leftOperand':'%s','operator':'%s','rightOperand':%s}"
                        .formatted(
                                left,
                                operator,
                                operator.startsWith("is")
                                        ? "['" + right + "']"
                                        : "'" + right + "'");
        assertThat(BUS_COMPANY.mayApply(offer(constraint))).isEqualTo(shown);
        String other =
                "{'leftOperand':'recipient','operator':'eq','rightOperand':'did:web:x.example'}";
        assertThat(BUS_COMPANY.mayApply(offer("{'or':[" + other + "," + constraint + "]}")))
                .isEqualTo(shown);
        assertThat(BUS_COMPANY.mayApply(offer("{'and':[" + other + "," + constraint + "]}")))
                .isFalse();
    }

    private static Policy offer(String constraint) {
        String json =
                "{'@type':'Offer','@id':'o','permission':[{'action':'use','constraint':["
                        + constraint
                        + "]}]}";
        return Policy.fromJson(JsonMapper.shared().readTree(json.replace('\'', '"')));
    }
}
