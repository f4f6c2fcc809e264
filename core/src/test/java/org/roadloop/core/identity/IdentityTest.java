package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class IdentityTest {
    @TempDir Path temp;

    /** RFC 8037 appendix A.1, A.4, A.5. */
    @Test
    void theEd25519ExampleOfRfc8037() throws Exception {
        PrivateKey d =
                KeyFactory.getInstance("Ed25519")
                        .generatePrivate(
                                new EdECPrivateKeySpec(
                                        NamedParameterSpec.ED25519,
                                        Base64.getUrlDecoder()
                                                .decode(
                                                        "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")));
        PublicKey x =
                Jwk.read(
                                JsonMapper.shared()
                                        .readTree(
                                                """
                                                {"kty":"OKP","crv":"Ed25519",
                                                 "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"""))
                        .orElseThrow();
        Signer signer = new FixedSigner(d, x);
        String expected =
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
                        + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt"
                        + "9g7sVvpAr_MuM0KAg";
        String jws =
                Jws.sign(
                        JsonMapper.shared().readTree("{\"alg\":\"EdDSA\"}"),
                        "Example of Ed25519 signing".getBytes(UTF_8),
                        signer);
        assertThat(jws).isEqualTo(expected);
        assertThat(new String(Jws.verifyBytes(expected, x), UTF_8))
                .isEqualTo("Example of Ed25519 signing");
        for (int i = 0; i < expected.length(); i++) {
            String bent =
                    expected.substring(0, i)
                            + (expected.charAt(i) == 'A' ? 'B' : 'A')
                            + expected.substring(i + 1);
            assertThatThrownBy(() -> Jws.verifyBytes(bent, x))
                    .as("character %d", i)
                    .isInstanceOf(Jws.InvalidJwsException.class);
        }
    }

    private record FixedSigner(PrivateKey key, PublicKey publicKey) implements Signer {
        @Override
        public String did() {
            return "did:web:a.example";
        }

        @Override
        public String keyId() {
            return "did:web:a.example#1";
        }

        @Override
        public String algorithm() {
            return "Ed25519";
        }

        @Override
        public byte[] sign(byte[] message) {
            return Ed25519.sign(key, message);
        }
    }

    @Test
    void aTokenIsSignedAndVerifiedByTheParticipantsKey() {
        Keystore keys = Keystore.open(temp.resolve("keys"));
        Signer signer = keys.signer("participant", "did:web:localhost%3A7080");
        ObjectNode claims = JsonMapper.shared().createObjectNode().put("sub", "x").put("exp", 12);
        String jws = Jws.sign(claims, signer, "JWT");
        assertThat(Jws.verify(jws, signer.publicKey())).isEqualTo(claims);
        assertThat(Jws.header(jws).path("kid").asString())
                .isEqualTo("did:web:localhost%3A7080#participant-1");
        PublicKey other = keys.signer("ledger", "did:web:localhost%3A7080").publicKey();
        assertThatThrownBy(() -> Jws.verify(jws, other)).hasMessageContaining("does not verify");
        String none =
                Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8))
                        + jws.substring(jws.indexOf('.'));
        assertThatThrownBy(() -> Jws.verify(none, signer.publicKey()))
                .hasMessageContaining("'none'; with this key only EdDSA");
        assertThatThrownBy(() -> Jws.verify("a.b", signer.publicKey()))
                .hasMessageContaining("2 parts");
    }

    @Test
    void keysStayAreSecretAndRotateWithContinuity() throws Exception {
        Path dir = temp.resolve("home/keys");
        Keystore keys = Keystore.open(dir);
        Signer first = keys.signer("participant", "did:web:a.example");
        byte[] platform = keys.secret("platform").getEncoded();
        byte[] signature = first.sign(new byte[] {1, 2});
        assertThat(platform).hasSize(32).isNotEqualTo(keys.mac("platform").getEncoded());
        assertThat(platform).isNotEqualTo(keys.secret("framelog").getEncoded());

        Keystore reopened = Keystore.open(dir);
        assertThat(reopened.signer("participant", "did:web:a.example").publicKey())
                .isEqualTo(first.publicKey());
        assertThat(reopened.secret("platform").getEncoded()).isEqualTo(platform);

        assertThat(reopened.rotate("participant").epoch()).isEqualTo(2);
        reopened.rotate("platform");
        Signer second = reopened.signer("participant", "did:web:a.example");
        assertThat(second.keyId()).isEqualTo("did:web:a.example#participant-2");
        assertThat(second.publicKey()).isNotEqualTo(first.publicKey());
        assertThat(reopened.publicKeys("participant").getFirst().key())
                .isEqualTo(first.publicKey());
        assertThat(Ed25519.verify(first.publicKey(), new byte[] {1, 2}, signature)).isTrue();
        assertThat(reopened.secret("platform").getEncoded()).isNotEqualTo(platform);
        assertThat(reopened.secret("platform", 1).getEncoded()).isEqualTo(platform);
        assertThat(reopened.continuous("participant")).isTrue();
        assertThat(
                        reopened.list().stream()
                                .map(k -> k.name() + " " + k.epoch() + " " + k.current()))
                .containsExactly(
                        "framelog 1 true",
                        "participant 1 false",
                        "participant 2 true",
                        "platform 1 false",
                        "platform 2 true");
        assertThat(reopened.exportPublic().path("keys")).hasSize(2);
        assertThatThrownBy(() -> reopened.rotate("none")).hasMessageContaining("has no key 'none'");
        assertThatThrownBy(() -> reopened.secret("participant")).hasMessageContaining("SIGNING");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
        byte[] continuity = Files.readAllBytes(dir.resolve("participant.2.continuity"));
        continuity[5] ^= 1;
        Files.write(dir.resolve("participant.2.continuity"), continuity);
        assertThat(reopened.continuous("participant")).isFalse();
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> Keystore.open(dir)).hasMessageContaining("chmod 700");
    }

    /** did:web, section "Read (Resolve)"; loopback without TLS is ours. */
    @ParameterizedTest
    @CsvSource({
        "did:web:w3c-ccg.github.io, https://w3c-ccg.github.io/.well-known/did.json",
        "did:web:w3c-ccg.github.io:user:alice, https://w3c-ccg.github.io/user/alice/did.json",
        "did:web:example.com%3A3000:user:alice, https://example.com:3000/user/alice/did.json",
        "did:web:localhost%3A7080, http://localhost:7080/.well-known/did.json",
    })
    void didDocumentUrls(String did, URI url) {
        assertThat(new Did(did).documentUrl()).isEqualTo(url);
        assertThat(Did.parse(did + "#key-1")).isEqualTo(new Did(did));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "did:key:z6Mk",
                "did:web:",
                "did:web:a..%2",
                "did:web:a/b",
                "did:web:a::b",
                "did:web:localhost:7080%",
                "did:web:a b",
                "did:web:user%40host"
            })
    void whatIsNoDidWebIsRefused(String text) {
        assertThatThrownBy(() -> new Did(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDidDocumentIsReadBackAsWritten() {
        Signer signer =
                Keystore.open(temp.resolve("keys")).signer("participant", "did:web:a.example");
        DidDocument document =
                new DidDocument(
                        new Did("did:web:a.example"),
                        List.of(new DidDocument.Key(signer.keyId(), signer.publicKey())),
                        List.of(
                                new DidDocument.Service(
                                        "did:web:a.example#dsp",
                                        "DataService",
                                        URI.create("http://localhost:7080/dsp"))));
        assertThat(DidDocument.fromJson(document.toJson())).isEqualTo(document);
        assertThat(document.findKey(signer.keyId())).contains(signer.publicKey());
        assertThat(document.findService("DataService"))
                .contains(URI.create("http://localhost:7080/dsp"));
    }

    /** The Ed25519 example of the did:key method: one key in both notations. */
    @Test
    void aMultikeyIsTheSameKeyAsItsJwk() {
        PublicKey fromMultibase =
                DidDocument.fromMultibase("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
                        .orElseThrow();
        assertThat(Jwk.write(fromMultibase).path("x").asString())
                .isEqualTo("Lm_M42cB3HkUiODQsXRcweM6TByfzEHGO9ND274JcOY");
    }
}
