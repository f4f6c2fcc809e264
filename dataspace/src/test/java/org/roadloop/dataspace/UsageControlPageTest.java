package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.ledger.Jcs;
import org.roadloop.core.policy.Evaluation;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.Request;
import org.roadloop.core.policy.Usage;
import org.roadloop.core.policy.Verdict;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The policies of docs/usage-control.md are what the page says they are. */
class UsageControlPageTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("```json policy\\n(.*?)```", Pattern.DOTALL);

    private static Map<String, JsonNode> examples() throws IOException {
        String page =
                Files.readString(
                        Path.of(System.getProperty("roadloop.root", "."))
                                .resolve("docs/usage-control.md"));
        Map<String, JsonNode> examples = new TreeMap<>();
        Matcher matcher = EXAMPLE.matcher(page);
        while (matcher.find()) {
            JsonNode json = JsonMapper.shared().readTree(matcher.group(1));
            String id = json.get("@id").asString();
            examples.put(id.substring(id.lastIndexOf(':') + 1), json);
        }
        return examples;
    }

    @Test
    void thereIsOneForEveryFactor() throws IOException {
        assertThat(examples().keySet())
                .containsExactly("behaviour", "object", "place", "subject", "time", "watermark");
    }

    @Test
    void theyAreValidByThePublishedSchema() throws IOException {
        Assumptions.assumeTrue(
                Files.isDirectory(DspSchemas.FOLDER),
                "shared/data is missing: " + DspSchemas.FOLDER);
        DspSchemas schemas = new DspSchemas();
        for (JsonNode example : examples().values()) {
            assertThat(schemas.errors(example, "negotiation/contract-schema"))
                    .as(example.toString())
                    .isEmpty();
        }
    }

    @Test
    void theyComeBackButForPrefixes() throws IOException {
        for (JsonNode example : examples().values()) {
            assertThat(bare(Policy.fromJson(example).toJson())).isEqualTo(bare(example));
        }
    }

    /** The published examples of agreements and offers come back as they were, too. */
    @Test
    void publishedPoliciesComeBackButForPrefixes() throws IOException {
        Path folder = DspSchemas.FOLDER.resolve("negotiation/example");
        Assumptions.assumeTrue(Files.isDirectory(folder), "shared/data is missing: " + folder);
        List<JsonNode> policies = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                JsonNode message = JsonMapper.shared().readTree(Files.readString(file));
                for (String member : List.of("offer", "agreement")) {
                    if (message.path(member).has("permission")) {
                        policies.add(message.get(member));
                    }
                }
            }
        }
        assertThat(policies).hasSizeGreaterThan(3);
        for (JsonNode policy : policies) {
            var back = Policy.fromJson(policy).toJson();
            if (policy.has("timestamp")) {
                back.set("timestamp", policy.get("timestamp")); // the Agreement's, not the rules'
            }
            assertThat(bare(back)).isEqualTo(bare(policy));
        }
    }

    /** We write the prefix of terms that are not in the protocol's context; others may not. */
    private static String bare(JsonNode policy) {
        return Jcs.text(policy).replaceAll("\"(odrl|roadloop):", "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # example   | act           | said of it                            | verdict
                    time        | use           | count=100                             | permitted
                    time        | use           | count=101                             | count_exhausted
                    time        | use           | meteredSeconds=3601                   | metered_time_exhausted
                    place       | use           | spatial=CN-31-0115                    | permitted
                    place       | use           | spatial=CN-32                         | place_not_allowed
                    place       | distribute    | spatial=CN-32                         | prohibited
                    place       | distribute    |                                       | fact_missing
                    subject     | use           | membership=active industry=traffic    | permitted
                    subject     | use           | industry=traffic                      | fact_missing
                    subject     | use           | membership=active industry=toys       | not_exactly_one
                    behaviour   | computeToData | purpose=traffic-signal-timing         | permitted
                    behaviour   | computeToData | purpose=marketing                     | purpose_not_allowed
                    behaviour   | use           | purpose=traffic-signal-timing         | action_not_permitted
                    object      | read          |                                       | permitted
                    object      | aggregate     |                                       | target_not_covered
                    """)
    void theyDecideAsThePageSays(String example, String act, String said, String expected)
            throws IOException {
        Instant now = Instant.parse("2026-11-22T10:00:00Z");
        Request request = Request.of(act, "did:web:c.example", "", now).withAgreedAt(now);
        Usage usage = request.usage().withCounter(Usage.METERED_SECONDS, 0);
        for (String pair : said == null ? new String[0] : said.split(" ")) {
            String name = pair.substring(0, pair.indexOf('='));
            String value = pair.substring(pair.indexOf('=') + 1);
            switch (name) {
                case "count", "meteredSeconds" ->
                        usage = usage.withCounter(name, Long.parseLong(value));
                case "purpose" -> request = request.withPurpose(value);
                case "spatial" -> request = request.withFact(name, value);
                default -> request = request.withClaim(name, value);
            }
        }
        String verdict =
                switch (Evaluation.evaluate(
                        Policy.fromJson(examples().get(example)), request.withUsage(usage))) {
                    case Verdict.Permitted p -> "permitted";
                    case Verdict.Denied d -> d.reasons().getFirst().code();
                };
        assertThat(verdict).isEqualTo(expected);
    }
}
