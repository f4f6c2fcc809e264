package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Signatures of other algorithms than Ed25519 (see IdentityTest for RFC 8037). */
class JwsAlgorithmTest {
    private static final String DID = "did:web:a.example";

    /** RFC 7515 appendix A.3. */
    private static final String ES256_KEY =
            """
            {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
             "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    private static final String ES256 =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                    + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCg"
                    + "fTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    /** RFC 7515 appendix A.2. */
    private static final String RS256_KEY =
            """
            {"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}""";

    private static final String RS256 =
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                    + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQg"
                    + "r9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbK"
                    + "BYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
                    + "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOY"
                    + "EUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    @TempDir Path dir;

    @BeforeAll
    static void provider() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    private static PublicKey key(String jwk) {
        return Jwk.read(JsonMapper.shared().readTree(jwk)).orElseThrow();
    }

    @Test
    void theExamplesOfRfc7515() {
        assertThat(Jws.verify(ES256, key(ES256_KEY)).path("iss").asString()).isEqualTo("joe");
        assertThat(Jws.verify(RS256, key(RS256_KEY)).path("iss").asString()).isEqualTo("joe");
        for (String good : new String[] {ES256, RS256}) {
            PublicKey key = key(good.equals(ES256) ? ES256_KEY : RS256_KEY);
            int at = good.lastIndexOf('.') + 5;
            String bent =
                    good.substring(0, at)
                            + (good.charAt(at) == 'A' ? 'B' : 'A')
                            + good.substring(at + 1);
            assertThatThrownBy(() -> Jws.verify(bent, key)).hasMessageContaining("does not verify");
        }
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void everyKeySignsAndIsReadBackAsJwk(KeyAlgorithm algorithm) {
        Signer signer = Keystore.open(dir.resolve("keys")).signer("participant", DID, algorithm);
        String jws = Jws.sign("合约".getBytes(UTF_8), signer, "agreement+jws");
        assertThat(Jws.header(jws).path("alg").asString()).isEqualTo(algorithm.jws());
        JsonNode jwk = Jwk.write(signer.publicKey());
        assertThat(jwk.path("crv").asString()).isEqualTo(algorithm.label());
        PublicKey read = Jwk.read(jwk).orElseThrow();
        assertThat(new String(Jws.verifyBytes(jws, read), UTF_8)).isEqualTo("合约");
        assertThat(Jwk.write(read)).isEqualTo(jwk);
    }

    /** The token must not choose how it is verified. */
    @Test
    void aTokenThatNamesAnotherAlgorithmThanTheKeysIsRefused() throws Exception {
        PublicKey rsa = key(RS256_KEY);
        String payload = RS256.split("\\.")[1];
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String head = base64.encodeToString("{\"alg\":\"HS256\"}".getBytes(UTF_8)) + "." + payload;
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec(rsa.getEncoded(), "HmacSHA256"));
        String confused = head + "." + base64.encodeToString(hmac.doFinal(head.getBytes(UTF_8)));
        assertThatThrownBy(() -> Jws.verify(confused, rsa))
                .hasMessageContaining("'HS256'; with this key only RS256");
        String none =
                base64.encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8)) + "." + payload + ".";
        assertThatThrownBy(() -> Jws.verify(none, rsa)).hasMessageContaining("'none'");
        assertThatThrownBy(() -> Jws.verify(ES256, rsa)).hasMessageContaining("only RS256");
        assertThatThrownBy(() -> Jws.verify(RS256, key(ES256_KEY)))
                .hasMessageContaining("only ES256");
    }

    @Test
    void keysThatAreNoneAreRefused() {
        assertThatThrownBy(
                        () ->
                                key(
                                        """
                                        {"kty":"EC","crv":"P-256",
                                         "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                                         "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI6a0"}"""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key("{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}"))
                .hasMessageContaining("2048 to 8192");
        JsonNode octets = JsonMapper.shared().readTree("{\"kty\":\"oct\",\"k\":\"AAAA\"}");
        assertThat(Jwk.read(octets)).isEmpty();
    }
}
