package org.roadloop.dataspace.identity;

import java.net.URI;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.roadloop.core.identity.Jws;
import tools.jackson.databind.JsonNode;

/**
 * Callers by tokens of an OpenID provider (OIDC 接入认证) that the space agreed on; our own come from
 * it by client credentials. Contracts are signed with the participants' own keys all the same. Any
 * thread.
 *
 * <p>Bearer tokens serve many requests until they expire; a token that was checked is known again.
 */
public final class OidcIdentity implements CallerIdentity {
    /** What may be allowed; {@code none} and the symmetric ones can't be. */
    public static final Set<String> ALGORITHMS = Set.of("RS256", "ES256", "EdDSA");

    private static final int MAX_CHARS = 16 * 1024;
    private static final int MAX_KNOWN = 10_000;
    private static final Duration EARLY = Duration.ofSeconds(20);

    /** Access that goes on after the token that opened it rests on its claims so long. */
    private static final Duration VOUCHED = Duration.ofHours(1);

    /**
     * @param issuer as in the tokens' {@code iss}, to the letter
     * @param audience that a token for us must name
     * @param algorithms some of {@link #ALGORITHMS}
     * @param participantClaim claim that tells the participant
     * @param participants DID by value of that claim; a value that is a DID itself needs no entry
     * @param claims left operand of policies to claim of the token
     * @param leeway how far clocks may be apart
     * @param audienceParameter of a token request: {@code audience}, {@code resource} (RFC 8707),
     *     or empty for none
     */
    public record Settings(
            URI issuer,
            String audience,
            Set<String> algorithms,
            String participantClaim,
            Map<String, String> participants,
            Map<String, String> claims,
            Duration leeway,
            String clientId,
            String scope,
            String audienceParameter) {
        public Settings {
            algorithms = Set.copyOf(algorithms);
            participants = Map.copyOf(participants);
            claims = Map.copyOf(claims);
            if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
                throw new IllegalArgumentException(
                        "algorithms " + algorithms + " must be some of " + ALGORITHMS);
            }
            if (leeway.isNegative() || leeway.compareTo(Duration.ofMinutes(5)) > 0) {
                throw new IllegalArgumentException("leeway " + leeway + " is not 0 to 5 minutes");
            }
        }
    }

    private final Settings settings;
    private final Supplier<String> clientSecret;
    private final ParticipantKeys keys;
    private final OidcProvider provider;
    private final Clock clock;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final Map<String, Vouched> vouched = new ConcurrentHashMap<>();
    private final Map<String, Own> own = new ConcurrentHashMap<>();

    private record Known(Caller caller, Instant expires) {}

    private record Vouched(Map<String, Set<String>> claims, Instant until) {}

    private record Own(String header, Instant until) {}

    /**
     * @param clientSecret asked for when a token is needed, kept nowhere
     */
    public OidcIdentity(
            Settings settings,
            Supplier<String> clientSecret,
            ParticipantKeys keys,
            GuardedHttp http,
            Clock clock) {
        this.settings = settings;
        this.clientSecret = clientSecret;
        this.keys = keys;
        this.provider = new OidcProvider(settings.issuer(), http, clock);
        this.clock = clock;
    }

    @Override
    public String didOf(URI connector) {
        return keys.didOf(connector);
    }

    @Override
    public boolean signed(String did, String jws, byte[] payload) {
        return keys.signed(did, jws, payload);
    }

    @Override
    public String authorization(String audience) {
        Instant now = clock.instant();
        Own token = own.get(audience);
        if (token != null && token.until().isAfter(now)) {
            return token.header();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("grant_type", "client_credentials");
        if (!settings.scope().isEmpty()) {
            parameters.put("scope", settings.scope());
        }
        if (!settings.audienceParameter().isEmpty()) {
            parameters.put(settings.audienceParameter(), audience);
        }
        JsonNode answer = provider.token(settings.clientId(), clientSecret.get(), parameters);
        String header = "Bearer " + answer.path("access_token").asString("");
        Duration lifetime = Duration.ofSeconds(answer.path("expires_in").asLong(60));
        own.values().removeIf(old -> !old.until().isAfter(now));
        own.put(audience, new Own(header, now.plus(lifetime).minus(EARLY)));
        return header;
    }

    @Override
    public String verify(String header) {
        return caller(header).did();
    }

    @Override
    public Map<String, Set<String>> claims(String did) {
        Vouched last = vouched.get(did);
        return last == null || !last.until().isAfter(clock.instant()) ? Map.of() : last.claims();
    }

    @Override
    public Caller caller(String header) {
        if (!header.startsWith("Bearer ")) {
            throw new UnauthorizedException(
                    "token_missing", "an Authorization header with a Bearer token is expected");
        }
        String token = header.substring("Bearer ".length()).trim();
        if (token.length() > MAX_CHARS) {
            throw new UnauthorizedException("token_too_long", "the token is too long");
        }
        Instant now = clock.instant();
        Known before = known.get(token);
        if (before != null && before.expires().isAfter(now)) {
            return before.caller();
        }
        Known checked = check(token, now);
        if (known.size() >= MAX_KNOWN) {
            known.values().removeIf(old -> !old.expires().isAfter(now));
            if (known.size() >= MAX_KNOWN) {
                known.clear();
                vouched.clear();
            }
        }
        known.put(token, checked);
        vouched.put(
                checked.caller().did(), new Vouched(checked.caller().claims(), now.plus(VOUCHED)));
        return checked.caller();
    }

    private Known check(String token, Instant now) {
        try {
            JsonNode header = Jws.header(token);
            String algorithm = header.path("alg").asString("");
            if (!settings.algorithms().contains(algorithm)) {
                throw new UnauthorizedException(
                        "token_algorithm",
                        "the token's algorithm is none of " + settings.algorithms());
            }
            // Cheap checks first: a stranger should not make us ask the provider for keys.
            checkClaims(Jws.unverifiedPayload(token), now);
            PublicKey key =
                    provider.findKey(header.path("kid").asString(""), algorithm)
                            .orElseThrow(
                                    () ->
                                            new UnauthorizedException(
                                                    "token_key",
                                                    "the token is signed with a key that the"
                                                            + " provider does not publish"));
            JsonNode claims = Jws.verify(token, key);
            return new Known(
                    new Caller(participant(claims), operands(claims)),
                    Instant.ofEpochSecond(claims.path("exp").asLong()));
        } catch (Jws.InvalidJwsException e) {
            throw new UnauthorizedException(
                    "token_forged", "the token is not valid: " + e.getMessage());
        }
    }

    private void checkClaims(JsonNode claims, Instant now) {
        long seconds = now.getEpochSecond();
        long leeway = settings.leeway().toSeconds();
        if (!claims.path("iss").asString("").equals(settings.issuer().toString())) {
            throw new UnauthorizedException("token_issuer", "the token is of another issuer");
        }
        JsonNode audience = claims.path("aud");
        boolean ours =
                audience.isArray()
                        ? audience.valueStream()
                                .anyMatch(a -> a.asString("").equals(settings.audience()))
                        : audience.asString("").equals(settings.audience());
        if (!ours) {
            throw new UnauthorizedException("token_audience", "the token is for another audience");
        }
        if (seconds >= claims.path("exp").asLong(0) + leeway) {
            throw new UnauthorizedException("token_expired", "the token has expired");
        }
        if (claims.path("nbf").asLong(0) > seconds + leeway
                || claims.path("iat").asLong(0) > seconds + leeway) {
            throw new UnauthorizedException("token_early", "the token is from the future");
        }
    }

    private String participant(JsonNode claims) {
        String value = claims.path(settings.participantClaim()).asString("");
        String did = settings.participants().getOrDefault(value, value);
        if (!did.startsWith("did:")) {
            throw new UnauthorizedException(
                    "participant_unknown",
                    "the token's "
                            + settings.participantClaim()
                            + " is no DID and not among dataspace.identity.oidc.participants");
        }
        return did;
    }

    private Map<String, Set<String>> operands(JsonNode claims) {
        Map<String, Set<String>> operands = new TreeMap<>();
        settings.claims()
                .forEach(
                        (operand, name) -> {
                            JsonNode value = claims.path(name);
                            List<JsonNode> all =
                                    value.isArray()
                                            ? value.valueStream().limit(100).toList()
                                            : List.of(value);
                            for (JsonNode one : all) {
                                if (one.isString() || one.isNumber() || one.isBoolean()) {
                                    operands.computeIfAbsent(operand, o -> new TreeSet<>())
                                            .add(one.asString());
                                }
                            }
                        });
        return operands;
    }
}
