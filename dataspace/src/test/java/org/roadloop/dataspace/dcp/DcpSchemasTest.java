package org.roadloop.dataspace.dcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.KeyAlgorithm;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What members and issuers of a space say to each other, by the published JSON Schemas of the
 * Decentralized Claims Protocol 1.0.
 */
@Tag("slow")
class DcpSchemasTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("roadloop.root", "."))
                    .resolve("../shared/data/dcp")
                    .normalize();
    private static final String PUBLISHED = "https://w3id.org/dspace-dcp/v1.0/";

    private static final Map<String, String> BY_TYPE =
            Map.of(
                    "PresentationQueryMessage", "presentation/presentation-query-message-schema",
                    "PresentationResponseMessage",
                            "presentation/presentation-response-message-schema",
                    "CredentialRequestMessage", "issuance/credential-request-message-schema",
                    "CredentialMessage", "issuance/credential-message-schema",
                    "CredentialOfferMessage", "issuance/credential-offer-message-schema",
                    "CredentialStatus", "issuance/credential-status-schema",
                    "IssuerMetadata", "issuance/issuer-metadata-schema");

    @TempDir Path home;

    @BeforeEach
    void schemas() {
        assumeTrue(Files.isDirectory(FOLDER), "shared/data is missing: " + FOLDER);
    }

    /** By the path of the file: two of the published files have the {@code $id} of another. */
    private static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2019_09, b -> b.schemas(DcpSchemasTest::published));
    }

    private static String published(String iri) {
        try {
            if (iri.startsWith(PUBLISHED)) {
                String name =
                        iri.substring(PUBLISHED.length())
                                .replace("presentation/credential-message", "issuance/credential-message");
                return Files.readString(FOLDER.resolve(name));
            }
            return "{}"; // Presentation Exchange, of which we send nothing
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> errors(SchemaRegistry registry, JsonNode message) {
        String type = message.path("type").asString("");
        String name = BY_TYPE.get(type);
        if (name == null) {
            return List.of("no schema for '" + type + "'");
        }
        Schema schema =
                registry.getSchema(
                        com.networknt.schema.SchemaLocation.of(PUBLISHED + name + ".json"));
        return schema.validate(message).stream()
                .map(e -> type + " " + e.getInstanceLocation() + ": " + e.getMessage())
                .toList();
    }

    @Test
    void everyMessageOfASpaceFitsThePublishedSchemas() throws Exception {
        try (SpaceMember authority =
                        new SpaceMember(home.resolve("authority"), KeyAlgorithm.ED25519);
                SpaceMember member = new SpaceMember(home.resolve("member"), KeyAlgorithm.P256)) {
            authority.trusted.put(authority.did, Set.of("MembershipCredential"));
            authority.start();
            member.trusted.put(authority.did, Set.of());
            member.start();
            authority.issuer.offer(member.did, "welcome");
            assertThat(member.service.offers()).hasSize(1);
            String no = member.service.request(authority.did, List.of("SensitiveDataCredential"));
            authority.issuer.reject(
                    authority.issuer.requests().getFirst().get("id"), "no such member");
            EmbeddedSpaceTest.await(() -> "REJECTED: no such member".equals(member.service.requests().get(no)));
            authority.members.put(member.did, new Member(member.did, Map.of("memberOf", "park")));
            String yes = member.service.request(authority.did, List.of("MembershipCredential"));
            EmbeddedSpaceTest.await(() -> "ISSUED".equals(member.service.requests().get(yes)));
            authority.identity.verify(member.identity.authorization(authority.did));

            SchemaRegistry registry = registry();
            Set<String> said = new TreeSet<>();
            for (SpaceMember each : List.of(authority, member)) {
                for (String text : each.said) {
                    JsonNode message = JsonMapper.shared().readTree(text);
                    said.add(message.path("type").asString());
                    assertThat(errors(registry, message)).as(text).isEmpty();
                }
            }
            said.add("CredentialStatus"); // asked for by holders of other makes only
            JsonNode status =
                    authority.issuer.status(
                            member.tokens.authorization(authority.did, ""),
                            authority.issuer.requests().getLast().get("id"));
            assertThat(errors(registry, status)).isEmpty();
            assertThat(said).containsExactlyInAnyOrderElementsOf(BY_TYPE.keySet());
        }
    }
}
