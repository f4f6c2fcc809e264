package org.roadloop.core.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What keys of this program sign with (签名算法). Any thread.
 *
 * <p>The raw form of a public key is the short one of its standard; in front of it the
 * SubjectPublicKeyInfo is the same for every key of the algorithm.
 */
public enum KeyAlgorithm {
    /** RFC 8032; raw: 32 bytes of §5.1.5; a signature has 64 bytes. */
    ED25519("Ed25519", "EdDSA", "302a300506032b6570032100", 32),

    /**
     * SM2 with SM3, GB/T 32918.2 on the curve of GB/T 32918.5; raw: 0x04, x, y (GB/T 32918.1
     * §4.2.9), 65 bytes; a signature is r and s, 32 bytes each. Needs a provider that has it.
     */
    SM2("SM2", "SM2", "3059301306072a8648ce3d020106082a811ccf5501822d034200", 65),

    /**
     * ECDSA with SHA-256 on P-256, FIPS 186-5; raw: 0x04, x, y (SEC 1 §2.3.3), 65 bytes; a
     * signature is r and s, 32 bytes each.
     */
    P256("P-256", "ES256", "3059301306072a8648ce3d020106082a8648ce3d030107034200", 65);

    private final String label;
    private final String jws;
    private final byte[] prefix;
    private final int rawBytes;

    KeyAlgorithm(String label, String jws, String spkiPrefix, int rawBytes) {
        this.label = label;
        this.jws = jws;
        this.prefix = HexFormat.of().parseHex(spkiPrefix);
        this.rawBytes = rawBytes;
    }

    /** As in {@link Signer#algorithm()}. */
    public String label() {
        return label;
    }

    /**
     * What a JWS header calls it: {@code EdDSA} (RFC 8037), {@code ES256} (RFC 7518), {@code SM2}
     * (not registered; the name in use beside JWK curve {@code SM2}).
     */
    public String jws() {
        return jws;
    }

    /** Bytes of the raw form. */
    public int rawBytes() {
        return rawBytes;
    }

    /**
     * @throws IllegalArgumentException if no algorithm is called so
     */
    public static KeyAlgorithm of(String label) {
        for (KeyAlgorithm algorithm : values()) {
            if (algorithm.label.equals(label)) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException(
                "no key algorithm '"
                        + label
                        + "'; there are "
                        + Arrays.stream(values()).map(KeyAlgorithm::label).toList());
    }

    /**
     * @throws IllegalArgumentException if the key is of none of these
     */
    public static KeyAlgorithm of(PublicKey key) {
        try {
            return ofEncoded(key.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "key is "
                            + key.getAlgorithm()
                            + ", none of "
                            + Arrays.stream(values()).map(KeyAlgorithm::label).toList(),
                    e);
        }
    }

    /** Of a SubjectPublicKeyInfo, without the provider that would make a key of it. */
    static KeyAlgorithm ofEncoded(byte[] encoded) throws GeneralSecurityException {
        for (KeyAlgorithm algorithm : values()) {
            if (algorithm.encodes(encoded)) {
                return algorithm;
            }
        }
        throw new InvalidKeySpecException(
                "none of " + Arrays.stream(values()).map(KeyAlgorithm::label).toList());
    }

    private boolean encodes(byte[] encoded) {
        return encoded.length == prefix.length + rawBytes
                && Arrays.equals(encoded, 0, prefix.length, prefix, 0, prefix.length);
    }

    public byte[] rawPublicKey(PublicKey key) {
        byte[] encoded = key.getEncoded();
        if (!encodes(encoded)) {
            throw new IllegalArgumentException(
                    "key is " + key.getAlgorithm() + ", not an " + label + " public key");
        }
        return Arrays.copyOfRange(encoded, prefix.length, encoded.length);
    }

    /**
     * @throws IllegalArgumentException if the bytes are no such key
     */
    public PublicKey publicKey(byte[] raw) {
        if (raw.length != rawBytes) {
            throw new IllegalArgumentException(
                    "an " + label + " public key has " + rawBytes + " bytes, not " + raw.length);
        }
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + rawBytes);
        System.arraycopy(raw, 0, encoded, prefix.length, rawBytes);
        try {
            if (this == P256) {
                P256Curve.check(raw);
            }
            return decodePublic(encoded);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    rawBytes + " bytes that are no " + label + " public key", e);
        }
    }

    PublicKey decodePublic(byte[] encoded) throws GeneralSecurityException {
        return factory().generatePublic(new X509EncodedKeySpec(encoded));
    }

    PrivateKey decodePrivate(byte[] encoded) throws GeneralSecurityException {
        return factory().generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    private KeyFactory factory() throws GeneralSecurityException {
        return switch (this) {
            case ED25519 -> KeyFactory.getInstance("Ed25519");
            case SM2 -> KeyFactory.getInstance("EC", Sm2.provider());
            case P256 -> KeyFactory.getInstance("EC");
        };
    }

    KeyPair generate() {
        try {
            return switch (this) {
                case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                case SM2 -> Sm2.generate();
                case P256 -> P256Curve.generate();
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no " + label + " key can be made", e);
        }
    }

    byte[] sign(PrivateKey key, byte[] message) {
        return switch (this) {
            case ED25519 -> Ed25519.sign(key, message);
            case SM2 -> Sm2.sign(key, message);
            case P256 -> P256Curve.sign(key, message);
        };
    }

    /** False also for a signature of the wrong length. */
    public boolean verify(PublicKey key, byte[] message, byte[] signature) {
        return switch (this) {
            case ED25519 -> Ed25519.verify(key, message, signature);
            case SM2 -> Sm2.verify(key, message, signature);
            case P256 -> P256Curve.verify(key, message, signature);
        };
    }
}
