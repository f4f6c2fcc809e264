package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.PublicKey;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signed JSON in compact form (RFC 7515) with EdDSA over Ed25519 (RFC 8037): tokens and contracts.
 * Any thread.
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

    /** Signs with header {@code {"alg":"EdDSA","kid":…}}. */
    public static String sign(JsonNode payload, Signer signer) {
        return sign(payload, signer, "");
    }

    /**
     * Signs with a type in the header.
     *
     * @param typ media type for the header, {@code JWT} for tokens; empty for none
     */
    public static String sign(JsonNode payload, Signer signer, String typ) {
        ObjectNode header = JsonMapper.shared().createObjectNode();
        header.put("alg", "EdDSA").put("kid", signer.keyId());
        if (!typ.isEmpty()) {
            header.put("typ", typ);
        }
        return sign(header, JsonMapper.shared().writeValueAsBytes(payload), signer);
    }

    /** Signs any bytes under a header made by the caller. */
    public static String sign(JsonNode header, byte[] payload, Signer signer) {
        if (!signer.algorithm().equals("Ed25519")) {
            throw new IllegalArgumentException(
                    "signer " + signer.keyId() + " signs " + signer.algorithm() + ", not Ed25519");
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
        String algorithm = header.path("alg").asString("");
        if (!algorithm.equals("EdDSA") && !algorithm.equals("Ed25519")) {
            throw new InvalidJwsException(
                    "JWS is signed with '" + algorithm + "'; only EdDSA is accepted");
        }
        if (header.has("crit")) {
            throw new InvalidJwsException("JWS has critical headers that are not known here");
        }
        int end = jws.lastIndexOf('.');
        byte[] signature = decode(part(jws, 2), "signature");
        if (!Ed25519.verify(key, jws.substring(0, end).getBytes(UTF_8), signature)) {
            throw new InvalidJwsException("JWS signature does not verify with the key given");
        }
        return decode(part(jws, 1), "payload");
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
