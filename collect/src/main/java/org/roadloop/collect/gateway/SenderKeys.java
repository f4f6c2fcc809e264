package org.roadloop.collect.gateway;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.cipher.DataUnitKeys;
import org.roadloop.core.identity.SecurityProviders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys that were agreed with GB/T 32960 senders (报文密钥册), one JSON object a line:
 *
 * <pre>
 * {"vin": "LTEST000000000001", "cipher": "sm4", "key": "32 hex digits"}
 * {"vin": "LTEST*",            "cipher": "rsa", "privateKey": "PKCS #8, base64"}
 * {"vin": "LTEST000000000001", "signer": "sm2", "publicKey": "X.509, base64"}
 * </pre>
 *
 * Ciphers are aes, sm4, rsa, sm2; signers are sm2, rsa, ecc. A {@code *} at the end stands for the
 * rest of the VIN, as for the fleet of one platform; the longest entry that fits counts. Immutable.
 */
public final class SenderKeys implements DataUnitKeys, FrameSecurity.SignerKeys {
    private static final List<String> CIPHERS = List.of("", "", "rsa", "aes", "sm2", "sm4");
    private static final int SYMMETRIC_BYTES = 16;

    private final Map<String, Key> keys = new HashMap<>();
    private final Map<String, PublicKey> signers = new HashMap<>();

    /**
     * Reads the lines of a file. Errors name the line and never what stands in it.
     *
     * @throws IllegalArgumentException at the first line that is none
     */
    public SenderKeys(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank()) {
                try {
                    add(JsonMapper.shared().readTree(line));
                } catch (JacksonException | IllegalArgumentException | GeneralSecurityException e) {
                    // The cause may quote the key.
                    throw new IllegalArgumentException(
                            "line %d of the sender keys is none (%s): it needs vin with cipher and key or privateKey, or with signer and publicKey"
                                    .formatted(i + 1, e.getClass().getSimpleName()));
                }
            }
        }
    }

    @Override
    public @Nullable Key find(String uniqueId, int encryption) {
        return longest(keys, uniqueId, encryption + " ");
    }

    @Override
    public Optional<PublicKey> find(String vin) {
        return Optional.ofNullable(longest(signers, vin, ""));
    }

    public int size() {
        return keys.size() + signers.size();
    }

    private static <K> @Nullable K longest(Map<String, K> among, String vin, String kind) {
        if (among.isEmpty()) {
            return null;
        }
        K exact = among.get(kind + vin);
        for (int n = vin.length() - 1; exact == null && n >= 0; n--) {
            exact = among.get(kind + vin.substring(0, n) + "*");
        }
        return exact;
    }

    private void add(JsonNode line) throws GeneralSecurityException {
        String vin = line.required("vin").asString();
        if (vin.length() != Frame.ID_BYTES && !vin.endsWith("*")) {
            throw new IllegalArgumentException("a VIN has 17 characters, or ends in *");
        }
        if (line.has("signer")) {
            byte[] encoded = Base64.getDecoder().decode(line.required("publicKey").asString());
            PublicKey key =
                    factory(line.required("signer").asString())
                            .generatePublic(new X509EncodedKeySpec(encoded));
            signers.put(vin, key);
            return;
        }
        String cipher = line.required("cipher").asString();
        int encryption = CIPHERS.indexOf(cipher);
        if (encryption < Frame.ENCRYPTION_RSA) {
            throw new IllegalArgumentException("no such cipher");
        }
        keys.put(encryption + " " + vin, key(cipher, encryption, line));
    }

    private static Key key(String cipher, int encryption, JsonNode line)
            throws GeneralSecurityException {
        if (encryption == Frame.ENCRYPTION_RSA || encryption == Frame.ENCRYPTION_SM2) {
            byte[] encoded = Base64.getDecoder().decode(line.required("privateKey").asString());
            return factory(cipher).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        }
        byte[] key = HexFormat.of().parseHex(line.required("key").asString());
        if (key.length != SYMMETRIC_BYTES) {
            throw new IllegalArgumentException("a key of AES-128 and SM4 has 16 bytes");
        }
        return new SecretKeySpec(key, encryption == Frame.ENCRYPTION_SM4 ? "SM4" : "AES");
    }

    private static KeyFactory factory(String algorithm) throws GeneralSecurityException {
        return switch (algorithm) {
            case "rsa" -> KeyFactory.getInstance("RSA");
            case "ecc" -> KeyFactory.getInstance("EC");
            // The JDK's own EC does not know the curve of SM2.
            case "sm2" -> KeyFactory.getInstance("EC", SecurityProviders.of("Cipher", "SM2"));
            default -> throw new IllegalArgumentException("no such algorithm");
        };
    }
}
