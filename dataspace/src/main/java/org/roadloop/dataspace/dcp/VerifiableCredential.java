package org.roadloop.dataspace.dcp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.roadloop.core.identity.Jws;
import tools.jackson.databind.JsonNode;

/**
 * A credential as its JWT says (可验证凭证), VC Data Model 1.1 or 2.0; nothing is verified by reading
 * it.
 *
 * @param jwt the credential itself, compact
 * @param id empty if it has none
 * @param validFrom the latest of what credential and JWT say
 * @param validUntil the earliest of what both say; empty: without end
 * @param subject the one {@code credentialSubject}
 * @param statuses its {@code credentialStatus} entries
 * @param schemas its {@code credentialSchema} entries
 * @param body the whole credential, for a schema
 */
record VerifiableCredential(
        String jwt,
        Profile profile,
        String id,
        String issuer,
        Set<String> types,
        Instant validFrom,
        Optional<Instant> validUntil,
        JsonNode subject,
        List<JsonNode> statuses,
        List<JsonNode> schemas,
        JsonNode body) {
    static final String CONTEXT_V2 = "https://www.w3.org/ns/credentials/v2";
    static final String CONTEXT_V1 = "https://www.w3.org/2018/credentials/v1";

    VerifiableCredential {
        types = Set.copyOf(types);
        statuses = List.copyOf(statuses);
        schemas = List.copyOf(schemas);
    }

    /**
     * @throws Jws.InvalidJwsException if it is no compact JWS with JSON
     * @throws IllegalArgumentException saying what is not as the data model wants it
     */
    static VerifiableCredential read(String jwt) {
        JsonNode claims = Jws.unverifiedPayload(jwt);
        return claims.path("vc").isObject() ? readV1(jwt, claims) : readV2(jwt, claims);
    }

    private static VerifiableCredential readV1(String jwt, JsonNode claims) {
        JsonNode vc = claims.path("vc");
        String issuer = id(vc.path("issuer"));
        String signed = claims.path("iss").asString("");
        if (!issuer.isEmpty() && !signed.equals(issuer)) {
            throw new IllegalArgumentException("issuer and iss are not the same");
        }
        Instant from = time(vc, "issuanceDate", "validFrom").orElse(Instant.MIN);
        Optional<Instant> until = time(vc, "expirationDate", "validUntil");
        String id = vc.path("id").asString(claims.path("jti").asString(""));
        return of(jwt, Profile.VC11, id, signed, from, until, vc, claims);
    }

    private static VerifiableCredential readV2(String jwt, JsonNode claims) {
        boolean named = false;
        for (JsonNode context : claims.path("@context")) {
            named |= context.asString("").equals(CONTEXT_V2);
        }
        if (!named) {
            throw new IllegalArgumentException(
                    "it has neither a vc claim (VC 1.1) nor the @context of VC 2.0");
        }
        String issuer = id(claims.path("issuer"));
        if (!claims.path("iss").asString(issuer).equals(issuer)) {
            throw new IllegalArgumentException("issuer and iss are not the same");
        }
        Instant from = time(claims, "validFrom", "").orElse(Instant.MIN);
        Optional<Instant> until = time(claims, "validUntil", "");
        String id = claims.path("id").asString("");
        return of(jwt, Profile.VC20, id, issuer, from, until, claims, claims);
    }

    private static VerifiableCredential of(
            String jwt,
            Profile profile,
            String id,
            String issuer,
            Instant from,
            Optional<Instant> until,
            JsonNode body,
            JsonNode claims) {
        Set<String> types = new HashSet<>();
        list(body.path("type")).forEach(type -> types.add(type.asString("")));
        List<JsonNode> subjects = list(body.path("credentialSubject"));
        if (subjects.size() != 1 || !subjects.getFirst().isObject()) {
            throw new IllegalArgumentException("it has not exactly one credentialSubject");
        }
        if (claims.path("nbf").isNumber()) {
            Instant notBefore = Instant.ofEpochSecond(claims.path("nbf").asLong());
            from = notBefore.isAfter(from) ? notBefore : from;
        }
        if (claims.path("exp").isNumber()) {
            Instant expires = Instant.ofEpochSecond(claims.path("exp").asLong());
            until = Optional.of(until.filter(u -> u.isBefore(expires)).orElse(expires));
        }
        return new VerifiableCredential(
                jwt,
                profile,
                id,
                issuer,
                types,
                from,
                until,
                subjects.getFirst(),
                list(body.path("credentialStatus")),
                list(body.path("credentialSchema")),
                body);
    }

    String subjectId() {
        return subject.path("id").asString("");
    }

    /** JSON-LD writes a list of one as the one. */
    static List<JsonNode> list(JsonNode node) {
        List<JsonNode> all = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(all::add);
        } else if (!node.isMissingNode() && !node.isNull()) {
            all.add(node);
        }
        return all;
    }

    /** An issuer is written as its id or as an object that has one. */
    private static String id(JsonNode node) {
        return node.isObject() ? node.path("id").asString("") : node.asString("");
    }

    private static Optional<Instant> time(JsonNode body, String member, String otherwise) {
        JsonNode text = body.path(member);
        if (text.isMissingNode() && !otherwise.isEmpty()) {
            text = body.path(otherwise);
        }
        if (text.isMissingNode() || text.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text.asString("")).toInstant());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(member + " is no time", e);
        }
    }
}
