package org.roadloop.dataspace.dcp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Wraps credentials for one reader (可验证表述): one presentation for each data model, because a
 * presentation must be of the model of its credentials (DCP 1.0.1 "Homogeneity requirement"). Any
 * thread.
 */
record Presentations(Signer holder, Clock clock) {
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    List<String> of(List<VerifiableCredential> credentials, String reader) {
        List<String> presentations = new ArrayList<>();
        for (Profile profile : Profile.values()) {
            List<VerifiableCredential> alike =
                    credentials.stream().filter(c -> c.profile() == profile).toList();
            if (!alike.isEmpty()) {
                presentations.add(
                        switch (profile) {
                            case VC11 -> v1(alike, reader);
                            case VC20 -> v2(alike, reader);
                        });
            }
        }
        return presentations;
    }

    private ObjectNode claims(String reader) {
        Instant now = clock.instant();
        return JsonMapper.shared()
                .createObjectNode()
                .put("iss", holder.did())
                .put("sub", holder.did())
                .put("aud", reader)
                .put("jti", "urn:uuid:" + UUID.randomUUID())
                .put("nbf", now.getEpochSecond())
                .put("iat", now.getEpochSecond())
                .put("exp", now.plus(LIFETIME).getEpochSecond());
    }

    private String v1(List<VerifiableCredential> credentials, String reader) {
        ObjectNode claims = claims(reader);
        ObjectNode vp = claims.putObject("vp");
        vp.putArray("@context").add(VerifiableCredential.CONTEXT_V1);
        vp.putArray("type").add("VerifiablePresentation");
        vp.put("holder", holder.did());
        ArrayNode list = vp.putArray("verifiableCredential");
        credentials.forEach(credential -> list.add(credential.jwt()));
        return Jws.sign(claims, holder, "JWT");
    }

    /** W3C "Securing VCs using JOSE and COSE" §3.1.2. */
    private String v2(List<VerifiableCredential> credentials, String reader) {
        ObjectNode claims = claims(reader);
        claims.putArray("@context").add(VerifiableCredential.CONTEXT_V2);
        claims.putArray("type").add("VerifiablePresentation");
        claims.put("holder", holder.did());
        ArrayNode list = claims.putArray("verifiableCredential");
        for (VerifiableCredential credential : credentials) {
            list.addObject()
                    .put("@context", VerifiableCredential.CONTEXT_V2)
                    .put("type", "EnvelopedVerifiableCredential")
                    .put("id", "data:application/vc+jwt," + credential.jwt());
        }
        return Jws.sign(claims, holder, "vp+jwt");
    }
}
