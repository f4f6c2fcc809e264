package org.roadloop.dataspace.dcp;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.dataspace.identity.GuardedHttp;
import tools.jackson.databind.JsonNode;

/**
 * Whether a credential is shaped as the schema that it names (凭证模式), W3C "Verifiable Credentials
 * JSON Schema". Schemas are read once and kept. Any thread.
 *
 * <p>A schema that describes no {@code credentialSubject} is taken to be about the subject itself,
 * as credentials of VC 1.1 with type {@code JsonSchemaValidator2018} mean it.
 */
public final class SubjectSchemas {
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_KEPT = 200;
    private static final Duration KEEP = Duration.ofHours(1);

    private final GuardedHttp http;
    private final Clock clock;
    private final Map<String, Kept> schemas = new ConcurrentHashMap<>();

    private record Kept(JsonNode schema, Instant until) {}

    public SubjectSchemas(GuardedHttp http, Clock clock) {
        this.http = http;
        this.clock = clock;
    }

    /** What is not as the schema wants it. */
    Optional<String> flaw(VerifiableCredential credential) {
        for (JsonNode reference : credential.schemas()) {
            String type = reference.path("type").asString("");
            if (!type.equals("JsonSchema") && !type.equals("JsonSchemaValidator2018")) {
                return Optional.of("its schema is of a type that is not known here");
            }
            try {
                JsonNode schema = schema(reference.path("id").asString(""));
                boolean whole = schema.path("properties").has("credentialSubject");
                Optional<String> flaw =
                        new SchemaCheck(schema)
                                .flaw(whole ? credential.body() : credential.subject());
                if (flaw.isPresent()) {
                    return Optional.of("it is not as its schema wants it: " + flaw.get());
                }
            } catch (IllegalArgumentException e) {
                return Optional.of("its schema is no use: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    private JsonNode schema(String url) {
        Instant now = clock.instant();
        Kept known = schemas.get(url);
        if (known != null && known.until().isAfter(now)) {
            return known.schema();
        }
        JsonNode schema =
                http.get(URI.create(url), "application/schema+json, application/json", MAX_BYTES)
                        .json();
        if (schemas.size() >= MAX_KEPT) {
            schemas.clear();
        }
        schemas.put(url, new Kept(schema, now.plus(KEEP)));
        return schema;
    }
}
