package org.roadloop.dataspace.dcp;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes and signs credentials (签发凭证) in both profiles. Any thread.
 *
 * @param statusUrl where the status lists are: a profile's word is appended
 */
record CredentialWriter(Signer issuer, URI statusUrl, Clock clock) {
    /**
     * @param statusIndex its bit
     */
    String credential(
            Profile profile,
            String id,
            String type,
            String holder,
            Map<String, Object> claims,
            int statusIndex,
            Instant validUntil) {
        ObjectNode body = body(profile, id, type, validUntil);
        ObjectNode subject = body.putObject("credentialSubject");
        subject.put("id", holder);
        claims.forEach((name, value) -> subject.set(name, JsonMapper.shared().valueToTree(value)));
        String list = listUrl(profile).toString();
        body.putObject("credentialStatus")
                .put("id", list + "#" + statusIndex)
                .put(
                        "type",
                        profile == Profile.VC20
                                ? "BitstringStatusListEntry"
                                : "StatusList2021Entry")
                .put("statusPurpose", "revocation")
                .put("statusListIndex", Integer.toString(statusIndex))
                .put("statusListCredential", list);
        return sign(profile, id, holder, body, validUntil);
    }

    URI listUrl(Profile profile) {
        return URI.create(statusUrl + "/" + (profile == Profile.VC20 ? "bitstring" : "list2021"));
    }

    /** The list itself, as a credential of the same profile. */
    String statusList(Profile profile, String encoded, Duration lifetime) {
        String id = listUrl(profile).toString();
        boolean v2 = profile == Profile.VC20;
        Instant until = now().plus(lifetime);
        ObjectNode body =
                body(
                        profile,
                        id,
                        v2 ? "BitstringStatusListCredential" : "StatusList2021Credential",
                        until);
        body.putObject("credentialSubject")
                .put("id", id + "#list")
                .put("type", v2 ? "BitstringStatusList" : "StatusList2021")
                .put("statusPurpose", "revocation")
                .put("encodedList", encoded);
        return sign(profile, id, id + "#list", body, until);
    }

    private ObjectNode body(Profile profile, String id, String type, Instant validUntil) {
        boolean v2 = profile == Profile.VC20;
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.putArray("@context")
                .add(v2 ? VerifiableCredential.CONTEXT_V2 : VerifiableCredential.CONTEXT_V1);
        body.put("id", id);
        body.putArray("type").add("VerifiableCredential").add(type);
        body.put("issuer", issuer.did());
        body.put(v2 ? "validFrom" : "issuanceDate", now().toString());
        body.put(v2 ? "validUntil" : "expirationDate", validUntil.toString());
        return body;
    }

    private String sign(
            Profile profile, String id, String subject, ObjectNode body, Instant validUntil) {
        return switch (profile) {
            case VC20 -> Jws.sign(body, issuer, "vc+jwt");
            case VC11 -> {
                ObjectNode claims = JsonMapper.shared().createObjectNode();
                claims.put("iss", issuer.did()).put("sub", subject).put("jti", id);
                claims.put("nbf", now().getEpochSecond()).put("iat", now().getEpochSecond());
                claims.put("exp", validUntil.getEpochSecond());
                claims.set("vc", body);
                yield Jws.sign(claims, issuer, "JWT");
            }
        };
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
