package org.roadloop.dataspace.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.policy.MemberException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class CanonicalFormTest {
    private static final String CANONICAL =
            """
            {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
             "@type": "ContractRequestMessage", "consumerPid": "urn:uuid:c",
             "callbackAddress": "https://consumer.example/dsp",
             "offer": {"@type": "Offer", "@id": "urn:o", "target": "urn:t",
               "permission": [{"action": "use", "constraint": [
                 {"leftOperand": "count", "operator": "lteq", "rightOperand": "2"}]}]}}
            """;

    private static Message read(String json) {
        JsonNode message = JsonMapper.shared().readTree(json);
        return MessageJson.read(CanonicalForm.has(message) ? message : CanonicalForm.of(message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                {"@context": "https://w3id.org/dspace/2025/1/context.jsonld",
                 "@type": "ContractRequestMessage", "consumerPid": "urn:uuid:c",
                 "callbackAddress": "https://consumer.example/dsp",
                 "offer": {"@type": "Offer", "@id": "urn:o", "target": "urn:t",
                   "permission": {"action": "use", "constraint":
                     {"leftOperand": "count", "operator": "lteq", "rightOperand": "2"}}}}
                """,
                """
                {"@context": {"dspace": "https://w3id.org/dspace/2025/1/",
                              "odrl": "http://www.w3.org/ns/odrl/2/"},
                 "@type": "dspace:ContractRequestMessage",
                 "dspace:consumerPid": {"@id": "urn:uuid:c"},
                 "dspace:callbackAddress": "https://consumer.example/dsp",
                 "dspace:offer": {"@type": "odrl:Offer", "@id": "urn:o",
                   "odrl:target": {"@id": "urn:t"},
                   "odrl:permission": {"odrl:action": {"@id": "odrl:use"}, "odrl:constraint":
                     {"odrl:leftOperand": {"@id": "odrl:count"},
                      "odrl:operator": {"@id": "odrl:lteq"}, "odrl:rightOperand": "2"}}}}
                """
            })
    void otherFormsMeanTheSame(String form) {
        assertThat(read(form)).isEqualTo(read(CANONICAL));
    }

    /** Nothing is fetched because a peer names it. */
    @Test
    void anUnknownContextIsRefused() {
        assertThatThrownBy(
                        () ->
                                read(
                                        CANONICAL.replace(
                                                "[\"https://w3id.org/dspace/2025/1/context.jsonld\"]",
                                                "\"http://127.0.0.1:1/context.jsonld\"")))
                .isInstanceOf(MemberException.class)
                .hasMessageContaining("/@context")
                .hasMessageContaining("http://127.0.0.1:1/context.jsonld");
    }

    @Test
    void termsOfAFurtherContextArePassedOver() {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(CANONICAL);
        json.put("colour", "blue");
        assertThatThrownBy(() -> MessageJson.read(json))
                .isInstanceOf(MemberException.class)
                .hasMessageContaining("/colour");
        json.withArray("/@context").add("https://paint.example/colours.jsonld");
        assertThat(CanonicalForm.has(json)).isTrue();
        assertThat(MessageJson.read(json)).isEqualTo(read(CANONICAL));
    }

    /** Each published example, its context written as a text, is read as it was. */
    @Test
    void publishedExamplesSurvive() throws Exception {
        Path folder =
                Path.of(System.getProperty("roadloop.root", "."))
                        .resolve("../shared/data/dsp")
                        .normalize();
        Assumptions.assumeTrue(
                Files.isDirectory(folder), "shared/data is missing: no published examples");
        int read = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
                if (!(json instanceof ObjectNode message)
                        || !json.path("@type").asString("").endsWith("Message")
                        || json.path("@type").asString("").startsWith("Catalog")) {
                    continue;
                }
                Message expected;
                try {
                    expected = MessageJson.read(message);
                } catch (MemberException e) {
                    continue; // what we refuse anyhow has tests of its own
                }
                ObjectNode other = message.deepCopy();
                other.put("@context", MessageJson.CONTEXT);
                assertThat(MessageJson.read(CanonicalForm.of(other)))
                        .as(file.toString())
                        .usingRecursiveComparison()
                        .ignoringFields("agreement.canonical")
                        .isEqualTo(expected);
                read++;
            }
        }
        assertThat(List.of(read)).allMatch(n -> n >= 5);
    }
}
