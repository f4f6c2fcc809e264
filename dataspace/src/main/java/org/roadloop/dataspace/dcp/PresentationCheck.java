package org.roadloop.dataspace.dcp;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Jws;
import org.roadloop.dataspace.dcp.CredentialCheck.RefusedException;
import org.roadloop.dataspace.identity.DidResolver;
import tools.jackson.databind.JsonNode;

/**
 * Opens presentations (可验证表述) and checks who made them, for whom, and each credential inside, DCP
 * 1.0.1 §5.4.3. One bad credential spoils all; those of unknown issuers are passed over. Any
 * thread.
 */
public final class PresentationCheck {
    private static final int MAX_PRESENTATIONS = 16;
    private static final int MAX_CREDENTIALS = 64;
    private static final String ENVELOPE = "data:application/vc+jwt,";

    private final DidResolver resolver;
    private final KeyUses uses;
    private final CredentialCheck credentials;
    private final Clock clock;

    public PresentationCheck(
            DidResolver resolver, KeyUses uses, CredentialCheck credentials, Clock clock) {
        this.resolver = resolver;
        this.uses = uses;
        this.credentials = credentials;
        this.clock = clock;
    }

    CredentialCheck credentials() {
        return credentials;
    }

    /**
     * @param response a PresentationResponseMessage
     * @param holder who must have made the presentations, and whom all credentials must be about
     * @param audience our DID
     * @throws RefusedException saying why it does not count
     */
    List<VerifiableCredential> open(JsonNode response, String holder, String audience) {
        try {
            Messages.expect(response, "PresentationResponseMessage");
        } catch (DcpException e) {
            throw new RefusedException("presentation_invalid", String.valueOf(e.getMessage()));
        }
        List<JsonNode> presentations = VerifiableCredential.list(response.path("presentation"));
        if (presentations.size() > MAX_PRESENTATIONS) {
            throw new RefusedException("presentation_invalid", "too many presentations");
        }
        List<VerifiableCredential> all = new ArrayList<>();
        for (JsonNode presentation : presentations) {
            if (!presentation.isString()) {
                throw new RefusedException(
                        "presentation_format", "only presentations as JWT are read here");
            }
            for (String jwt : credentialsOf(presentation.asString(), holder, audience)) {
                if (all.size() == MAX_CREDENTIALS) {
                    throw new RefusedException("presentation_invalid", "too many credentials");
                }
                verify(jwt, holder).ifPresent(all::add);
            }
        }
        return all;
    }

    /** Empty for a credential of an issuer that we don't know: it says nothing, good or bad. */
    private Optional<VerifiableCredential> verify(String jwt, String holder) {
        try {
            return Optional.of(credentials.verify(jwt, holder));
        } catch (RefusedException e) {
            if (e.code().equals("credential_issuer")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private List<String> credentialsOf(String jwt, String holder, String audience) {
        JsonNode claims;
        try {
            claims =
                    Jws.verify(
                            jwt,
                            uses.find(resolver, holder, jwt, DidDocument.Use.AUTHENTICATION)
                                    .orElseThrow(
                                            () ->
                                                    new RefusedException(
                                                            "presentation_key",
                                                            "it is signed with a key that the"
                                                                    + " holder does not publish for"
                                                                    + " authentication")));
        } catch (Jws.InvalidJwsException e) {
            throw new RefusedException("presentation_invalid", String.valueOf(e.getMessage()));
        }
        checkClaims(claims, holder, audience);
        boolean enveloped = !claims.path("vp").isObject();
        JsonNode vp = enveloped ? claims : claims.path("vp");
        List<String> jwts = new ArrayList<>();
        for (JsonNode credential : VerifiableCredential.list(vp.path("verifiableCredential"))) {
            jwts.add(jwtOf(credential));
        }
        return jwts;
    }

    /** VC 1.1 has the JWT itself; VC 2.0 an EnvelopedVerifiableCredential with a data URL. */
    private static String jwtOf(JsonNode credential) {
        if (credential.isString()) {
            return credential.asString();
        }
        String id = credential.path("id").asString("");
        if (!id.startsWith(ENVELOPE)) {
            throw new RefusedException(
                    "presentation_format", "only credentials as JWT are read here");
        }
        return id.substring(ENVELOPE.length());
    }

    private void checkClaims(JsonNode claims, String holder, String audience) {
        List<JsonNode> audiences = VerifiableCredential.list(claims.path("aud"));
        if (audiences.stream().noneMatch(a -> a.asString("").equals(audience))) {
            throw new RefusedException("presentation_audience", "it is for somebody else");
        }
        String stated = claims.path("iss").asString(claims.path("holder").asString(holder));
        if (!stated.equals(holder) || !claims.path("sub").asString(holder).equals(holder)) {
            throw new RefusedException("presentation_holder", "it is made by somebody else");
        }
        Instant now = clock.instant();
        long leeway = IdTokens.LEEWAY.toSeconds();
        if (claims.path("exp").asLong(Long.MAX_VALUE) <= now.getEpochSecond() - leeway
                || claims.path("nbf").asLong(0) > now.getEpochSecond() + leeway
                || claims.path("iat").asLong(0) > now.getEpochSecond() + leeway) {
            throw new RefusedException("presentation_time", "it is out of its time");
        }
    }
}
