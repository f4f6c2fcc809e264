package org.roadloop.core.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractText;
import org.roadloop.core.policy.Evaluation;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.Request;
import org.roadloop.core.policy.Usage;
import org.roadloop.core.policy.Verdict;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Each shipped template allows what it says, and refuses what it does not. */
class ShippedTemplatesTest {
    private static final Instant AGREED = Instant.parse("2029-06-01T00:00:00Z");

    private static Template template(String name) {
        return ShippedTemplates.find(name).orElseThrow();
    }

    private static Policy terms(String name) {
        return template(name).offer("offer-1", template(name).examples()).terms();
    }

    private static Agreement agreement(String name) {
        return Agreement.conclude(
                "urn:uuid:1",
                "did:web:p.example",
                "did:web:c.example",
                terms(name).withTarget("tracks"),
                AGREED);
    }

    /** Uses, days since the agreement, and place are those of the act. */
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    template,             action,        purpose,         uses, days, place, verdict
                    count-limited,        use,           any,             10,   1,    -,     allowed
                    count-limited,        use,           any,             11,   1,    -,     refused
                    subscription,         use,           any,             900,  1,    -,     allowed
                    subscription,         use,           any,             1,    215,  -,     refused
                    subscription,         distribute,    any,             1,    1,    -,     refused
                    compute-to-data-only, computeToData, scenario-mining, 20,   1,    -,     allowed
                    compute-to-data-only, use,           scenario-mining, 1,    1,    -,     refused
                    compute-to-data-only, computeToData, advertising,     1,    1,    -,     refused
                    compute-to-data-only, computeToData, scenario-mining, 21,   1,    -,     refused
                    regional-research,    use,           research,        1,    1,    CN-31, allowed
                    regional-research,    use,           research,        1,    1,    CN-11, refused
                    regional-research,    use,           research,        1,    1,    -,     refused
                    regional-research,    use,           advertising,     1,    1,    CN-31, refused
                    regional-research,    use,           research,        1,    215,  CN-31, refused
                    delete-after,         use,           any,             1,    29,   -,     allowed
                    delete-after,         use,           any,             1,    31,   -,     refused
                    """,
            useHeadersInDisplayName = true)
    void allowsAndRefuses(
            String name,
            String action,
            String purpose,
            long uses,
            int days,
            String place,
            String verdict) {
        Request request =
                Request.of(action, "did:web:c.example", purpose, AGREED.plusSeconds(days * 86_400L))
                        .withTarget("tracks")
                        .withUsage(
                                Usage.UNKNOWN
                                        .withCounter(Usage.COUNT, uses)
                                        .withAgreedAt(AGREED)
                                        .withFirstUsedAt(AGREED));
        if (!place.equals("-")) {
            request = request.withFacts(Map.of("spatial", Set.of(place)));
        }
        Verdict answer = Evaluation.evaluate(agreement(name).policy(), request);
        assertThat(answer instanceof Verdict.Permitted)
                .as(answer.toString())
                .isEqualTo(verdict.equals("allowed"));
    }

    @Test
    void thereAreFiveAndEachIsReadBackAsItWas() {
        assertThat(ShippedTemplates.list()).hasSize(5);
        for (Template template : ShippedTemplates.list()) {
            assertThat(Template.read(template.toJson())).isEqualTo(template);
            Policy terms = terms(template.name());
            assertThat(Policy.fromJson(terms.toJson())).isEqualTo(terms);
            assertThat(Template.nameIn(terms)).contains(template.name());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"uses": 0, "milliPerUse": 5}             | uses
                    {"uses": "many", "milliPerUse": 5}        | uses
                    {"uses": 10}                              | milliPerUse
                    {"uses": 10, "milliPerUse": 5, "free": 1} | free
                    {"uses": [10], "milliPerUse": 5}          | uses
                    """)
    void aValueThatIsNotAllowedIsNamed(String values, String parameter) {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(values);
        assertThatThrownBy(() -> template("count-limited").offer("o", json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + parameter + "'");
    }

    @Test
    void aTemplateWithAGapThatNoParameterFillsIsRefused() {
        ObjectNode json = template("count-limited").toJson();
        ((ObjectNode) json.get("tariff").get("prices").get(0)).put("milli", "${other}");
        assertThatThrownBy(() -> Template.read(json)).hasMessageContaining("other");
    }

    @Test
    void theTextOfAContractIsTheSameForBothAndSaysItsTerms() {
        Agreement agreement = agreement("count-limited");
        String page = ContractText.html(agreement, ContractText.Language.BOTH);
        assertThat(page)
                .contains("number of uses at most 10", "使用次数不超过 10", "2.500 CNY", agreement.hash())
                .contains("count-limited v1")
                .doesNotContain("${");
        Agreement theirs = Agreement.fromJson(agreement.document(), "");
        assertThat(ContractText.sha256(theirs)).isEqualTo(ContractText.sha256(agreement));
        assertThat(ContractText.html(agreement, ContractText.Language.ENGLISH))
                .doesNotContain("使用条款");
    }

    @Test
    void markupInAContractStaysText() {
        Policy evil = terms("count-limited").withTarget("<script>alert(1)</script>");
        Agreement agreement = Agreement.conclude("urn:1", "did:web:p", "did:web:c", evil, AGREED);
        assertThat(ContractText.html(agreement, ContractText.Language.BOTH))
                .doesNotContain("<script")
                .contains("&lt;script");
    }
}
