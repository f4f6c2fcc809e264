package org.roadloop.dataspace.identity;

import java.net.URI;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bearer tokens a participant signs itself (自签发令牌): EdDSA, {@code iss} = {@code sub} = its DID,
 * {@code aud} = the receiver's DID, one minute, used once. Any thread.
 */
public final class SelfIssuedTokens implements CallerIdentity {
    private static final Logger log = LoggerFactory.getLogger(SelfIssuedTokens.class);
    private static final Duration LIFETIME = Duration.ofSeconds(60);
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final int MAX_TOKEN_CHARS = 8 * 1024;
    private static final int MAX_SEEN = 500_000;

    private final Signer signer;
    private final DidResolver resolver;
    private final Clock clock;
    private final Map<String, Instant> seen = new ConcurrentHashMap<>();
    private volatile Instant cleanedAt = Instant.MIN;

    public SelfIssuedTokens(Signer signer, DidResolver resolver, Clock clock) {
        this.signer = signer;
        this.resolver = resolver;
        this.clock = clock;
    }

    /** The did:web of host and port; what is there proves it with its document. */
    @Override
    public String didOf(URI connector) {
        String did =
                connector.getPort() < 0
                        ? "did:web:" + connector.getHost()
                        : Did.of(connector.getHost(), connector.getPort()).value();
        return resolver.resolve(did).id().value();
    }

    @Override
    public String authorization(String audience) {
        Instant now = clock.instant();
        ObjectNode claims = JsonMapper.shared().createObjectNode();
        claims.put("iss", signer.did()).put("sub", signer.did()).put("aud", audience);
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(LIFETIME).getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        return "Bearer " + Jws.sign(claims, signer, "JWT");
    }

    @Override
    public String verify(String header) {
        if (!header.startsWith("Bearer ")) {
            throw new UnauthorizedException(
                    "an Authorization header with a Bearer token is expected");
        }
        String token = header.substring("Bearer ".length()).trim();
        if (token.length() > MAX_TOKEN_CHARS) {
            throw new UnauthorizedException("the token is too long");
        }
        try {
            String issuer = Jws.unverifiedPayload(token).path("iss").asString("");
            JsonNode claims = Jws.verify(token, callersKey(issuer, token));
            check(claims, issuer);
            return issuer;
        } catch (Jws.InvalidJwsException e) {
            throw new UnauthorizedException("the token is not valid: " + e.getMessage());
        }
    }

    private void check(JsonNode claims, String issuer) {
        Instant now = clock.instant();
        if (!claims.path("aud").asString("").equals(signer.did())) {
            throw new UnauthorizedException("the token is for another audience");
        }
        if (!claims.path("sub").asString(issuer).equals(issuer)) {
            throw new UnauthorizedException("the token's sub is not its iss");
        }
        long expires = claims.path("exp").asLong(0);
        long issued = claims.path("iat").asLong(0);
        if (now.getEpochSecond() >= expires) {
            throw new UnauthorizedException("the token has expired");
        }
        if (issued > now.plus(SKEW).getEpochSecond()
                || expires - now.getEpochSecond() > MAX_LIFETIME.toSeconds()
                || expires - issued > MAX_LIFETIME.toSeconds()) {
            throw new UnauthorizedException(
                    "the token is from the future or lives longer than 10 minutes");
        }
        String id = claims.path("jti").asString("");
        if (id.isEmpty() || id.length() > 128) {
            throw new UnauthorizedException("the token has no usable jti");
        }
        clean(now);
        if (seen.size() >= MAX_SEEN) {
            throw new UnauthorizedException("too many tokens in one minute");
        }
        if (seen.putIfAbsent(issuer + " " + id, Instant.ofEpochSecond(expires)) != null) {
            throw new UnauthorizedException("the token was used before");
        }
    }

    private void clean(Instant now) {
        if (cleanedAt.equals(Instant.MIN) || cleanedAt.plusSeconds(5).isBefore(now)) {
            cleanedAt = now;
            seen.values().removeIf(expires -> !expires.isAfter(now));
        }
    }

    @Override
    public boolean signed(String did, String jws, byte[] payload) {
        try {
            Optional<PublicKey> key = findKey(did, jws);
            return key.isPresent() && Arrays.equals(Jws.verifyBytes(jws, key.get()), payload);
        } catch (Jws.InvalidJwsException e) {
            return false;
        }
    }

    /**
     * What went wrong while reading the document is for our log: a caller nobody knows yet must not
     * learn from it what answers in this network.
     */
    private PublicKey callersKey(String did, String jws) {
        Optional<PublicKey> key;
        try {
            key = findKey(did, jws);
        } catch (UnauthorizedException e) {
            log.info("a caller is turned away: {}", e.getMessage());
            throw new UnauthorizedException("the DID document of the token's issuer is no use");
        }
        return key.orElseThrow(
                () ->
                        new UnauthorizedException(
                                "the token is signed with a key that the document of its issuer"
                                        + " does not have"));
    }

    /** The key a JWS names, if it is one of the participant. */
    private Optional<PublicKey> findKey(String did, String jws) {
        String keyId = Jws.header(jws).path("kid").asString("");
        if (!keyId.startsWith(did + "#")) {
            return Optional.empty();
        }
        return did.equals(signer.did()) && keyId.equals(signer.keyId())
                ? Optional.of(signer.publicKey())
                : resolver.findKey(did, keyId);
    }
}
