package org.roadloop.dataspace.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.identity.Jwk;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Callers by tokens of a small real OpenID provider. */
class OidcTest {
    private static final String US = "did:web:us.example";
    private static final String THEM = "did:web:them.example";

    @TempDir Path home;

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final AtomicInteger keySetReads = new AtomicInteger();
    private final AtomicInteger tokenCalls = new AtomicInteger();
    private HttpServer provider;
    private String issuer;
    private volatile Signer key;
    private volatile int keysInSet = 1;
    private OidcIdentity identity;

    @BeforeEach
    void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://localhost:" + provider.getAddress().getPort() + "/realms/space";
        provider.createContext(
                "/realms/space/.well-known/openid-configuration",
                x ->
                        answer(
                                x,
                                200,
                                JsonMapper.shared()
                                        .createObjectNode()
                                        .put("issuer", issuer)
                                        .put("jwks_uri", issuer + "/keys")
                                        .put("token_endpoint", issuer + "/token")));
        provider.createContext("/realms/space/keys", this::keySet);
        provider.createContext("/realms/space/token", this::token);
        provider.start();
        key = signer("one", KeyAlgorithm.P256);
        InstantSource source = now::get;
        var clock = source.withZone(ZoneOffset.UTC);
        GuardedHttp guarded = new GuardedHttp(new HostPolicy(true, List.of()));
        identity =
                new OidcIdentity(
                        new OidcIdentity.Settings(
                                URI.create(issuer),
                                US,
                                Set.of("ES256", "EdDSA", "RS256"),
                                "client_id",
                                Map.of("client-them", THEM),
                                Map.of("industry", "sector"),
                                Duration.ofSeconds(30),
                                "client-us",
                                "dataspace",
                                "audience"),
                        () -> "s3cr et",
                        new ParticipantKeys(
                                signer("us", KeyAlgorithm.ED25519),
                                new DidResolver(guarded, clock)),
                        guarded,
                        clock);
    }

    @AfterEach
    void stop() {
        provider.stop(0);
    }

    private Signer signer(String name, KeyAlgorithm algorithm) {
        return Keystore.open(home).signer(name, US, algorithm);
    }

    private static void answer(HttpExchange exchange, int status, JsonNode json)
            throws IOException {
        byte[] bytes = json.toString().getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void keySet(HttpExchange exchange) throws IOException {
        keySetReads.incrementAndGet();
        ObjectNode set = JsonMapper.shared().createObjectNode();
        ArrayNode keys = set.putArray("keys");
        for (int i = 0; i < keysInSet; i++) {
            keys.add(
                    Jwk.write(key.publicKey())
                            .put("kid", key.keyId() + (i == 0 ? "" : i))
                            .put("use", "sig"));
        }
        keys.addObject().put("kty", "oct").put("k", "AAAA");
        answer(exchange, 200, set);
    }

    private void token(HttpExchange exchange) throws IOException {
        tokenCalls.incrementAndGet();
        String basic = Base64.getEncoder().encodeToString("client-us:s3cr+et".getBytes(UTF_8));
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        boolean good =
                exchange.getRequestHeaders().getFirst("Authorization").equals("Basic " + basic)
                        && body.contains("grant_type=client_credentials")
                        && body.contains("scope=dataspace")
                        && body.contains("audience=did%3Aweb%3Athem.example");
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("access_token", "t" + tokenCalls.get()).put("expires_in", 300);
        answer(exchange, good ? 200 : 401, json);
    }

    private ObjectNode claims() {
        long seconds = now.get().getEpochSecond();
        ObjectNode claims = JsonMapper.shared().createObjectNode();
        claims.put("iss", issuer).put("aud", US).put("client_id", "client-them");
        claims.put("iat", seconds).put("exp", seconds + 300);
        claims.putArray("sector").add("logistics");
        return claims;
    }

    private String bearer(JsonNode claims) {
        return "Bearer " + Jws.sign(claims, key, "at+jwt");
    }

    private void refused(String header, String code) {
        assertThatThrownBy(() -> identity.verify(header))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aCallerIsTheParticipantOfItsToken() {
        CallerIdentity.Caller caller = identity.caller(bearer(claims()));
        assertThat(caller.did()).isEqualTo(THEM);
        assertThat(caller.claims()).isEqualTo(Map.of("industry", Set.of("logistics")));
        assertThat(identity.claims(THEM)).isEqualTo(caller.claims());
        now.set(now.get().plusSeconds(3601));
        assertThat(identity.claims(THEM)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "exp, -31, token_expired",
        "nbf, 31, token_early",
        "iat, 31, token_early",
        "exp, -29, ''",
        "nbf, 29, ''",
    })
    void timesHaveALeewayOfHalfAMinute(String claim, int seconds, String code) {
        ObjectNode claims = claims().put(claim, now.get().getEpochSecond() + seconds);
        if (code.isEmpty()) {
            assertThat(identity.verify(bearer(claims))).isEqualTo(THEM);
        } else {
            refused(bearer(claims), code);
        }
    }

    @Test
    void tokensOfOthersOrForOthersAreRefused() {
        refused("", "token_missing");
        refused("Bearer " + "a".repeat(20_000), "token_too_long");
        refused("Bearer a.b.c", "token_forged");
        refused(bearer(claims().put("aud", THEM)), "token_audience");
        refused(bearer(claims().put("iss", issuer + "/")), "token_issuer");
        refused(bearer(claims().put("client_id", "client-x")), "participant_unknown");
        ObjectNode both = claims();
        both.putArray("aud").add(THEM).add(US);
        assertThat(identity.verify(bearer(both))).isEqualTo(THEM);
    }

    @Test
    void forgedAndConfusedAlgorithmsAreRefused() {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String payload = base64.encodeToString(claims().toString().getBytes(UTF_8));
        for (String alg : new String[] {"none", "HS256", "ES384"}) {
            String head =
                    base64.encodeToString(
                            ("{\"alg\":\"" + alg + "\",\"kid\":\"" + key.keyId() + "\"}")
                                    .getBytes(UTF_8));
            refused("Bearer " + head + "." + payload + ".AAAA", "token_algorithm");
        }
        String named =
                base64.encodeToString(
                        ("{\"alg\":\"RS256\",\"kid\":\"" + key.keyId() + "\"}").getBytes(UTF_8));
        refused("Bearer " + named + "." + payload + ".AAAA", "token_forged");
        String good = bearer(claims());
        int dot = good.lastIndexOf('.');
        String bent =
                good.substring(0, dot + 9)
                        + (good.charAt(dot + 9) == 'A' ? 'B' : 'A')
                        + good.substring(dot + 10);
        refused(bent, "token_forged");
        assertThat(identity.verify(good)).isEqualTo(THEM);
    }

    @Test
    void aRotatedKeyIsFollowedAtOnceButNotAskedForWithoutEnd() {
        identity.verify(bearer(claims()));
        key = signer("two", KeyAlgorithm.ED25519);
        refused(bearer(claims()), "token_key");
        refused(bearer(claims().put("n", 1)), "token_key");
        assertThat(keySetReads).hasValue(1);
        now.set(now.get().plusSeconds(11));
        assertThat(identity.verify(bearer(claims()))).isEqualTo(THEM);
        assertThat(keySetReads).hasValue(2);
    }

    @Test
    void aHugeKeySetIsNotTaken() {
        keysInSet = 101;
        refused(bearer(claims()), "jwks_invalid");
        keysInSet = 3000;
        refused(bearer(claims()), "host_unreachable");
    }

    @Test
    void rs256OfTheProviderIsTaken() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        RSAPublicKey rsa = (RSAPublicKey) pair.getPublic();
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        ObjectNode set = JsonMapper.shared().createObjectNode();
        set.putArray("keys")
                .addObject()
                .put("kty", "RSA")
                .put("kid", "r")
                .put("alg", "RS256")
                .put("n", base64.encodeToString(rsa.getModulus().toByteArray()))
                .put("e", base64.encodeToString(rsa.getPublicExponent().toByteArray()));
        provider.removeContext("/realms/space/keys");
        provider.createContext("/realms/space/keys", x -> answer(x, 200, set));
        String input =
                base64.encodeToString("{\"alg\":\"RS256\",\"kid\":\"r\"}".getBytes(UTF_8))
                        + "."
                        + base64.encodeToString(claims().toString().getBytes(UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(UTF_8));
        assertThat(
                        identity.verify(
                                "Bearer " + input + "." + base64.encodeToString(signature.sign())))
                .isEqualTo(THEM);
    }

    @Test
    void ourOwnTokenComesFromTheProviderAndIsUsedUntilItEnds() {
        assertThat(identity.authorization(THEM)).isEqualTo("Bearer t1");
        now.set(now.get().plusSeconds(270));
        assertThat(identity.authorization(THEM)).isEqualTo("Bearer t1");
        now.set(now.get().plusSeconds(20));
        assertThat(identity.authorization(THEM)).isEqualTo("Bearer t2");
        assertThatThrownBy(() -> identity.authorization(US)).hasMessageContaining("answered 401");
    }
}
