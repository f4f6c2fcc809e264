package org.roadloop.dataspace.identity;

import java.net.URI;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bearer tokens a participant signs itself (自签发令牌): {@code iss} = {@code sub} = its DID, {@code
 * aud} = the receiver's DID, one minute. Any thread.
 *
 * <p>A token serves several requests to the same receiver, and a receiver that has checked it knows
 * it again: a signature costs more than all else in a message. Nothing rests on a token being used
 * once; messages are idempotent, and outside this machine the line is TLS.
 */
public final class SelfIssuedTokens implements CallerIdentity {
    private static final Logger log = LoggerFactory.getLogger(SelfIssuedTokens.class);
    private static final Duration LIFETIME = Duration.ofSeconds(60);
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final int MAX_TOKEN_CHARS = 4 * 1024;
    private static final int MAX_ACCEPTED = 10_000;

    /** A token that still has this long to live is used again. */
    private static final Duration REUSE_ABOVE = Duration.ofSeconds(20);

    private final Signer signer;
    private final ParticipantKeys keys;
    private final Clock clock;
    private final Map<String, Issued> issued = new ConcurrentHashMap<>();
    private final Map<String, Accepted> accepted = new ConcurrentHashMap<>();

    private record Issued(String header, Instant expires) {}

    private record Accepted(String issuer, Instant expires) {}

    public SelfIssuedTokens(Signer signer, DidResolver resolver, Clock clock) {
        this.signer = signer;
        this.keys = new ParticipantKeys(signer, resolver);
        this.clock = clock;
    }

    @Override
    public String didOf(URI connector) {
        return keys.didOf(connector);
    }

    @Override
    public String authorization(String audience) {
        Instant now = clock.instant();
        Issued known = issued.get(audience);
        if (known != null && known.expires().minus(REUSE_ABOVE).isAfter(now)) {
            return known.header();
        }
        Instant expires = now.plus(LIFETIME);
        ObjectNode claims = JsonMapper.shared().createObjectNode();
        claims.put("iss", signer.did()).put("sub", signer.did()).put("aud", audience);
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", expires.getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        String header = "Bearer " + Jws.sign(claims, signer, "JWT");
        issued.values().removeIf(old -> !old.expires().isAfter(now));
        issued.put(audience, new Issued(header, expires));
        return header;
    }

    @Override
    public String verify(String header) {
        if (!header.startsWith("Bearer ")) {
            throw new UnauthorizedException(
                    "token_missing", "an Authorization header with a Bearer token is expected");
        }
        String token = header.substring("Bearer ".length()).trim();
        if (token.length() > MAX_TOKEN_CHARS) {
            throw new UnauthorizedException("token_too_long", "the token is too long");
        }
        Instant now = clock.instant();
        Accepted known = accepted.get(token);
        if (known != null && known.expires().isAfter(now)) {
            return known.issuer();
        }
        try {
            String issuer = Jws.unverifiedPayload(token).path("iss").asString("");
            JsonNode claims = Jws.verify(token, callersKey(issuer, token));
            check(claims, issuer, now);
            remember(token, issuer, Instant.ofEpochSecond(claims.path("exp").asLong()), now);
            return issuer;
        } catch (Jws.InvalidJwsException e) {
            throw new UnauthorizedException(
                    "token_forged", "the token is not valid: " + e.getMessage());
        }
    }

    /** Forgets all rather than grow: what is forgotten is only checked again. */
    private void remember(String token, String issuer, Instant expires, Instant now) {
        if (accepted.size() >= MAX_ACCEPTED) {
            accepted.values().removeIf(old -> !old.expires().isAfter(now));
            if (accepted.size() >= MAX_ACCEPTED) {
                accepted.clear();
            }
        }
        accepted.put(token, new Accepted(issuer, expires));
    }

    private void check(JsonNode claims, String issuer, Instant now) {
        if (!claims.path("aud").asString("").equals(signer.did())) {
            throw new UnauthorizedException("token_audience", "the token is for another audience");
        }
        if (!claims.path("sub").asString(issuer).equals(issuer)) {
            throw new UnauthorizedException("token_subject", "the token's sub is not its iss");
        }
        long expires = claims.path("exp").asLong(0);
        long issued = claims.path("iat").asLong(0);
        if (now.getEpochSecond() >= expires) {
            throw new UnauthorizedException("token_expired", "the token has expired");
        }
        if (issued > now.plus(SKEW).getEpochSecond()) {
            throw new UnauthorizedException("token_early", "the token is from the future");
        }
        if (expires - now.getEpochSecond() > MAX_LIFETIME.toSeconds()
                || expires - issued > MAX_LIFETIME.toSeconds()) {
            throw new UnauthorizedException(
                    "token_lifetime", "the token lives longer than 10 minutes");
        }
    }

    @Override
    public boolean signed(String did, String jws, byte[] payload) {
        return keys.signed(did, jws, payload);
    }

    /**
     * What went wrong while reading the document is for our log: a caller nobody knows yet must not
     * learn from it what answers in this network.
     */
    private PublicKey callersKey(String did, String jws) {
        Optional<PublicKey> key;
        try {
            key = keys.findKey(did, jws);
        } catch (UnauthorizedException e) {
            log.info("a caller is turned away: {}", e.getMessage());
            throw new UnauthorizedException(
                    "token_key", "the DID document of the token's issuer is no use");
        }
        return key.orElseThrow(
                () ->
                        new UnauthorizedException(
                                "token_key",
                                "the token is signed with a key that the document of its issuer"
                                        + " does not have"));
    }
}
