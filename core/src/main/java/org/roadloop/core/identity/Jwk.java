package org.roadloop.core.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Public keys as JSON Web Keys (公钥), RFC 7517: Ed25519 (RFC 8037 §2), P-256 (RFC 7518 §6.2), SM2 as
 * an elliptic curve key of curve {@code SM2}, and, to read only, RSA (RFC 7518 §6.3).
 */
public final class Jwk {
    /** A key of fewer bits is broken too easily, one of more would cost us too much. */
    private static final int MIN_RSA_BITS = 2048;

    private static final int MAX_RSA_BITS = 8192;

    private Jwk() {}

    /**
     * @throws IllegalArgumentException if the key is neither Ed25519, P-256 nor SM2
     */
    public static ObjectNode write(PublicKey key) {
        KeyAlgorithm algorithm = KeyAlgorithm.of(key);
        byte[] raw = algorithm.rawPublicKey(key);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        ObjectNode jwk = JsonMapper.shared().createObjectNode();
        if (algorithm == KeyAlgorithm.ED25519) {
            return jwk.put("kty", "OKP")
                    .put("crv", algorithm.label())
                    .put("x", base64.encodeToString(raw));
        }
        return jwk.put("kty", "EC")
                .put("crv", algorithm.label())
                .put("x", base64.encodeToString(Arrays.copyOfRange(raw, 1, 33)))
                .put("y", base64.encodeToString(Arrays.copyOfRange(raw, 33, 65)));
    }

    /**
     * Empty if the key is of a kind that is not used here.
     *
     * @throws IllegalArgumentException if it says what it is and is not
     */
    public static Optional<PublicKey> read(JsonNode jwk) {
        return switch (jwk.path("kty").asString("")) {
            case "OKP" ->
                    jwk.path("crv").asString("").equals("Ed25519")
                            ? Optional.of(KeyAlgorithm.ED25519.publicKey(bytes(jwk, "x")))
                            : Optional.empty();
            case "EC" -> readCurve(jwk);
            case "RSA" -> Optional.of(readRsa(jwk));
            default -> Optional.empty();
        };
    }

    private static Optional<PublicKey> readCurve(JsonNode jwk) {
        KeyAlgorithm algorithm;
        switch (jwk.path("crv").asString("")) {
            case "P-256" -> algorithm = KeyAlgorithm.P256;
            case "SM2" -> algorithm = KeyAlgorithm.SM2;
            default -> {
                return Optional.empty();
            }
        }
        byte[] x = bytes(jwk, "x");
        byte[] y = bytes(jwk, "y");
        if (x.length != 32 || y.length != 32) {
            throw new IllegalArgumentException(
                    "coordinates of " + algorithm.label() + " have 32 bytes (RFC 7518 §6.2.1.2)");
        }
        byte[] raw = new byte[65];
        raw[0] = 4;
        System.arraycopy(x, 0, raw, 1, 32);
        System.arraycopy(y, 0, raw, 33, 32);
        return Optional.of(algorithm.publicKey(raw));
    }

    private static PublicKey readRsa(JsonNode jwk) {
        BigInteger n = new BigInteger(1, bytes(jwk, "n"));
        BigInteger e = new BigInteger(1, bytes(jwk, "e"));
        if (n.bitLength() < MIN_RSA_BITS || n.bitLength() > MAX_RSA_BITS || e.bitLength() > 64) {
            throw new IllegalArgumentException(
                    "an RSA key has " + n.bitLength() + " bits; 2048 to 8192 are accepted");
        }
        try {
            return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e));
        } catch (GeneralSecurityException bad) {
            throw new IllegalArgumentException("no RSA key", bad);
        }
    }

    private static byte[] bytes(JsonNode jwk, String member) {
        return Base64.getUrlDecoder().decode(jwk.path(member).asString(""));
    }
}
