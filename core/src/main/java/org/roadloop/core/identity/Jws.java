package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signed JSON in compact form (签名令牌), RFC 7515: tokens and contracts, with EdDSA over Ed25519 (RFC
 * 8037), ES256 (RFC 7518) or SM2; RS256 is verified only. Any thread.
 *
 * <p>The key says which algorithm verifies, never the token: the header must name the same.
 */
public final class Jws {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private Jws() {}

    /** A token that can't be believed, and why; nothing of its content is in the message. */
    public static final class InvalidJwsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidJwsException(String message) {
            super(message);
        }

        InvalidJwsException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Signs with header {@code {"alg":…,"kid":…}}. */
    public static String sign(JsonNode payload, Signer signer) {
        return sign(payload, signer, "");
    }

    /**
     * Signs with a type in the header.
     *
     * @param typ media type for the header, {@code JWT} for tokens; empty for none
     */
    public static String sign(JsonNode payload, Signer signer, String typ) {
        return sign(JsonMapper.shared().writeValueAsBytes(payload), signer, typ);
    }

    /** As {@link #sign(JsonNode, Signer, String)}, any bytes. */
    public static String sign(byte[] payload, Signer signer, String typ) {
        ObjectNode header = JsonMapper.shared().createObjectNode();
        header.put("alg", KeyAlgorithm.of(signer.algorithm()).jws()).put("kid", signer.keyId());
        if (!typ.isEmpty()) {
            header.put("typ", typ);
        }
        return sign(header, payload, signer);
    }

    /**
     * Signs any bytes under a header made by the caller.
     *
     * @throws IllegalArgumentException if the header names another algorithm than the signer's
     */
    public static String sign(JsonNode header, byte[] payload, Signer signer) {
        String algorithm = KeyAlgorithm.of(signer.algorithm()).jws();
        if (!header.path("alg").asString("").equals(algorithm)) {
            throw new IllegalArgumentException(
                    "signer " + signer.keyId() + " signs " + algorithm + ", not " + header);
        }
        String input =
                ENCODER.encodeToString(JsonMapper.shared().writeValueAsBytes(header))
                        + "."
                        + ENCODER.encodeToString(payload);
        return input + "." + ENCODER.encodeToString(signer.sign(input.getBytes(US_ASCII)));
    }

    /** The header, unverified: to find the key by {@code kid}. */
    public static JsonNode header(String jws) {
        return json(decode(part(jws, 0), "header"), "header");
    }

    /** The payload, unverified: to find out whose key verifies it. Decide nothing else by it. */
    public static JsonNode unverifiedPayload(String jws) {
        return json(decode(part(jws, 1), "payload"), "payload");
    }

    /**
     * The payload, if the signature is by this key.
     *
     * @throws InvalidJwsException if not, or if the payload is no JSON
     */
    public static JsonNode verify(String jws, PublicKey key) {
        return json(verifyBytes(jws, key), "payload");
    }

    /** As {@link #verify}, for a payload that need not be JSON. */
    public static byte[] verifyBytes(String jws, PublicKey key) {
        JsonNode header = header(jws);
        Algorithm algorithm = Algorithm.of(key);
        String named = header.path("alg").asString("");
        if (!algorithm.names.contains(named)) {
            throw new InvalidJwsException(
                    "JWS is signed with '"
                            + named.substring(0, Math.min(named.length(), 16))
                            + "'; with this key only "
                            + algorithm.names.getFirst()
                            + " is accepted");
        }
        if (header.has("crit")) {
            throw new InvalidJwsException("JWS has critical headers that are not known here");
        }
        int end = jws.lastIndexOf('.');
        byte[] signature = decode(part(jws, 2), "signature");
        byte[] input = jws.substring(0, end).getBytes(UTF_8);
        boolean good =
                switch (algorithm) {
                    case EDDSA -> KeyAlgorithm.ED25519.verify(key, input, signature);
                    case ES256 -> KeyAlgorithm.P256.verify(key, input, signature);
                    case SM2 -> KeyAlgorithm.SM2.verify(key, input, signature);
                    case RS256 -> rsa(key, input, signature);
                };
        if (!good) {
            throw new InvalidJwsException("JWS signature does not verify with the key given");
        }
        return decode(part(jws, 1), "payload");
    }

    /** With which algorithms a token may be signed. */
    private enum Algorithm {
        EDDSA("EdDSA", "Ed25519"),
        ES256("ES256"),
        SM2("SM2"),
        RS256("RS256");

        /** RFC 9864 calls EdDSA by its curve too. */
        private final List<String> names;

        Algorithm(String... names) {
            this.names = List.of(names);
        }

        private static Algorithm of(PublicKey key) {
            if (key instanceof RSAPublicKey) {
                return RS256;
            }
            return switch (KeyAlgorithm.of(key)) {
                case ED25519 -> EDDSA;
                case P256 -> ES256;
                case SM2 -> SM2;
            };
        }
    }

    private static boolean rsa(PublicKey key, byte[] input, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(key);
            verifier.update(input);
            return verifier.verify(signature);
        } catch (SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new InvalidJwsException("the RSA key can't be used", e);
        }
    }

    private static String part(String jws, int index) {
        String[] parts = jws.split("\\.", -1);
        if (parts.length != 3) {
            throw new InvalidJwsException(
                    "JWS has " + parts.length + " parts, not the three of the compact form");
        }
        return parts[index];
    }

    private static byte[] decode(String text, String what) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (!ENCODER.encodeToString(bytes).equals(text)) {
                throw new InvalidJwsException("JWS " + what + " is not canonical base64url");
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new InvalidJwsException("JWS " + what + " is not base64url", e);
        }
    }

    private static JsonNode json(byte[] bytes, String what) {
        try {
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new InvalidJwsException("JWS " + what + " is not JSON");
        }
    }
}
