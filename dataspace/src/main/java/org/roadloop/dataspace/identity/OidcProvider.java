package org.roadloop.dataspace.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Jwk;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import tools.jackson.databind.JsonNode;

/**
 * An OpenID provider as its discovery document and key set describe it (身份提供方): OpenID Connect
 * Discovery 1.0, RFC 7517. Any thread.
 *
 * <p>Keys are kept for ten minutes. A token signed with a key that is not among them makes the set
 * be read again, at most every ten seconds, so that a rotation is followed at once and a stranger
 * can't make us ask without end.
 */
final class OidcProvider {
    private static final Duration KEEP = Duration.ofMinutes(10);
    private static final Duration REFRESH_AFTER = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_KEYS = 100;

    private final URI issuer;
    private final GuardedHttp http;
    private final Clock clock;
    private @Nullable Metadata metadata;
    private @Nullable KeySet keySet;

    /** One signing key of the provider. */
    record Key(String kid, String alg, PublicKey publicKey) {}

    private record KeySet(List<Key> keys, Instant at) {}

    private record Metadata(URI jwks, URI token, Instant at) {}

    OidcProvider(URI issuer, GuardedHttp http, Clock clock) {
        this.issuer = issuer;
        this.http = http;
        this.clock = clock;
    }

    /**
     * The key that a token names.
     *
     * @param kid empty if it names none: then the only key that fits the algorithm
     */
    Optional<PublicKey> findKey(String kid, String algorithm) {
        Optional<PublicKey> found = find(keys(KEEP), kid, algorithm);
        return found.isPresent() ? found : find(keys(REFRESH_AFTER), kid, algorithm);
    }

    private static Optional<PublicKey> find(List<Key> keys, String kid, String algorithm) {
        List<Key> fitting =
                keys.stream()
                        .filter(key -> key.alg().isEmpty() || key.alg().equals(algorithm))
                        .filter(key -> kid.isEmpty() || key.kid().equals(kid))
                        .toList();
        return fitting.size() == 1 ? Optional.of(fitting.getFirst().publicKey()) : Optional.empty();
    }

    private synchronized List<Key> keys(Duration keep) {
        KeySet known = keySet;
        Instant now = clock.instant();
        if (known == null || !known.at().plus(keep).isAfter(now)) {
            known = new KeySet(readKeys(), now);
            keySet = known;
        }
        return known.keys();
    }

    private List<Key> readKeys() {
        JsonNode json = http.get(metadata().jwks(), "application/json", MAX_BYTES).json();
        JsonNode list = json.path("keys");
        if (!list.isArray() || list.size() > MAX_KEYS) {
            throw new UnauthorizedException(
                    "jwks_invalid",
                    "the key set of " + issuer + " has no 'keys', or more than " + MAX_KEYS);
        }
        List<Key> keys = new ArrayList<>();
        for (JsonNode jwk : list) {
            if (jwk.path("use").asString("sig").equals("sig")) {
                try {
                    Jwk.read(jwk)
                            .ifPresent(
                                    key ->
                                            keys.add(
                                                    new Key(
                                                            jwk.path("kid").asString(""),
                                                            jwk.path("alg").asString(""),
                                                            key)));
                } catch (IllegalArgumentException e) {
                    // one broken key of a set is as if it were not there
                    continue;
                }
            }
        }
        return List.copyOf(keys);
    }

    private synchronized Metadata metadata() {
        Metadata known = metadata;
        Instant now = clock.instant();
        if (known == null || !known.at().plus(KEEP).isAfter(now)) {
            known = readMetadata(now);
            metadata = known;
        }
        return known;
    }

    private Metadata readMetadata(Instant now) {
        URI url =
                URI.create(
                        issuer.toString().replaceAll("/+$", "")
                                + "/.well-known/openid-configuration");
        JsonNode json = http.get(url, "application/json", MAX_BYTES).json();
        if (!json.path("issuer").asString("").equals(issuer.toString())) {
            throw new UnauthorizedException(
                    "oidc_metadata", url + " is the document of another issuer than " + issuer);
        }
        try {
            return new Metadata(
                    URI.create(json.required("jwks_uri").asString()),
                    URI.create(json.required("token_endpoint").asString()),
                    now);
        } catch (RuntimeException e) {
            throw new UnauthorizedException(
                    "oidc_metadata", url + " lacks jwks_uri or token_endpoint");
        }
    }

    /** A token by client credentials (RFC 6749 §4.4), the client named in a Basic header. */
    JsonNode token(String clientId, String clientSecret, Map<String, String> parameters) {
        String basic =
                Base64.getEncoder()
                        .encodeToString(
                                (form(clientId) + ":" + form(clientSecret)).getBytes(UTF_8));
        String body =
                parameters.entrySet().stream()
                        .map(e -> form(e.getKey()) + "=" + form(e.getValue()))
                        .collect(Collectors.joining("&"));
        GuardedHttp.Answer answer =
                http.exchange(
                        HttpRequest.newBuilder(metadata().token())
                                .header("Authorization", "Basic " + basic)
                                .header("Accept", "application/json")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        MAX_BYTES);
        if (!answer.good()) {
            throw new UnauthorizedException(
                    "oidc_token",
                    "the token endpoint of "
                            + issuer
                            + " answered "
                            + answer.status()
                            + "; check dataspace.identity.oidc.clientId and its secret");
        }
        return answer.json();
    }

    private static String form(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
