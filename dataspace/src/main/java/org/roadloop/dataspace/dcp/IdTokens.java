package org.roadloop.dataspace.dcp;

import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.ReplayGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes and checks self-issued ID tokens (自签发身份令牌), DCP 1.0.1 §4.3: each for one receiver and one
 * use. Any thread.
 */
public final class IdTokens {
    private static final Logger log = LoggerFactory.getLogger(IdTokens.class);
    private static final Duration LIFETIME = Duration.ofSeconds(60);

    /** How long a token of others may live, so that what must be remembered is bounded. */
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);

    /** How far the clocks of two participants may differ. */
    static final Duration LEEWAY = Duration.ofSeconds(30);

    private static final int MAX_CHARS = 16 * 1024;
    private static final int MAX_JTI_CHARS = 256;
    private static final int REMEMBERED = 200_000;
    private static final int REMEMBERED_OF_ONE = 100_000;

    private final Signer signer;
    private final DidResolver resolver;
    private final Clock clock;
    private final KeyUses uses;
    private final ReplayGuard guard;

    /**
     * @param signer of the participant that the tokens are from or for
     */
    public IdTokens(Signer signer, DidResolver resolver, Clock clock, KeyUses uses) {
        this.signer = signer;
        this.resolver = resolver;
        this.clock = clock;
        this.uses = uses;
        this.guard = new ReplayGuard(clock, REMEMBERED, REMEMBERED_OF_ONE);
    }

    String did() {
        return signer.did();
    }

    /**
     * A header for one request.
     *
     * @param accessToken opens our credential service, or is one that the receiver gave us; empty
     *     for none
     */
    public String authorization(String audience, String accessToken) {
        Instant now = clock.instant();
        ObjectNode claims = JsonMapper.shared().createObjectNode();
        claims.put("iss", signer.did()).put("sub", signer.did()).put("aud", audience);
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(LIFETIME).getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        if (!accessToken.isEmpty()) {
            claims.put("token", accessToken);
        }
        return "Bearer " + Jws.sign(claims, signer, "JWT");
    }

    /**
     * Checks a header by the steps of §4.3.3.
     *
     * @throws UnauthorizedException under a code of its own; says nothing of the token's content
     */
    IdToken verify(String header) {
        if (!header.startsWith("Bearer ")) {
            throw new UnauthorizedException(
                    "token_missing", "an Authorization header with a Bearer token is expected");
        }
        String token = header.substring("Bearer ".length()).trim();
        if (token.length() > MAX_CHARS) {
            throw new UnauthorizedException("token_too_long", "the token is too long");
        }
        try {
            JsonNode unverified = Jws.unverifiedPayload(token);
            String issuer = unverified.path("iss").asString("");
            if (issuer.isEmpty() || !unverified.path("sub").asString("").equals(issuer)) {
                throw new UnauthorizedException(
                        "token_subject", "the token's iss and sub are not the same");
            }
            // Cheap checks first: a stranger should not send us reading documents for nothing.
            Instant expires = checkAudienceAndTimes(unverified);
            JsonNode claims = Jws.verify(token, key(issuer, token));
            String jti = claims.path("jti").asString("");
            if (jti.isEmpty() || jti.length() > MAX_JTI_CHARS) {
                throw new UnauthorizedException("token_invalid", "the token has no usable jti");
            }
            switch (guard.firstUse(issuer, jti, expires.plus(LEEWAY))) {
                case NEW -> {}
                case REPLAYED ->
                        throw new UnauthorizedException(
                                "token_replayed", "the token was used before");
                case FULL ->
                        throw new UnauthorizedException(
                                "token_flood",
                                "too many tokens of this issuer within their lifetime; send fewer"
                                        + " or shorter-lived ones");
            }
            return new IdToken(issuer, expires, claims.path("token").asString(""));
        } catch (Jws.InvalidJwsException e) {
            throw new UnauthorizedException(
                    "token_forged", "the token is not valid: " + e.getMessage());
        }
    }

    private Instant checkAudienceAndTimes(JsonNode claims) {
        JsonNode audience = claims.path("aud");
        if (audience.isArray() && audience.size() == 1) {
            audience = audience.path(0);
        }
        if (!audience.asString("").equals(signer.did())) {
            throw new UnauthorizedException("token_audience", "the token is for another audience");
        }
        long now = clock.instant().getEpochSecond();
        long issued = claims.path("iat").asLong(Long.MIN_VALUE);
        long expires = claims.path("exp").asLong(Long.MIN_VALUE);
        if (issued == Long.MIN_VALUE || expires == Long.MIN_VALUE) {
            throw new UnauthorizedException("token_invalid", "the token lacks iat or exp");
        }
        if (now >= expires + LEEWAY.toSeconds()) {
            throw new UnauthorizedException("token_expired", "the token has expired");
        }
        if (issued > now + LEEWAY.toSeconds()
                || claims.path("nbf").asLong(issued) > now + LEEWAY.toSeconds()) {
            throw new UnauthorizedException("token_early", "the token is from the future");
        }
        if (expires > now + MAX_LIFETIME.plus(LEEWAY).toSeconds()) {
            throw new UnauthorizedException(
                    "token_lifetime", "the token lives longer than 10 minutes");
        }
        return Instant.ofEpochSecond(expires);
    }

    /** What went wrong while reading the document is for our log, not for a stranger. */
    private PublicKey key(String issuer, String token) {
        try {
            return KeyUses.keyOf(issuer, token, signer)
                    .or(() -> uses.find(resolver, issuer, token, DidDocument.Use.INVOCATION))
                    .orElseThrow(
                            () ->
                                    new UnauthorizedException(
                                            "token_key",
                                            "the document of the token's issuer has no such key"
                                                    + " for capabilityInvocation"));
        } catch (UnauthorizedException e) {
            if (e.code().equals("token_key")) {
                throw e;
            }
            log.info("a caller is turned away: {}", e.getMessage());
            throw new UnauthorizedException(
                    e.code(), "the DID document of the token's issuer is no use");
        }
    }
}
