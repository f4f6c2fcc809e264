package org.roadloop.core.identity;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ed25519 (RFC 8032), with the 32-byte form of a public key. Any thread.
 *
 * <p>A process that signs and verifies much goes over from the JDK's implementation to that of the
 * offered provider ({@link SecurityProviders}), which it loads in the background: it is several
 * times faster, and loading it would delay a start.
 */
public final class Ed25519 {
    /** SubjectPublicKeyInfo of RFC 8410 in front of the 32 bytes. */
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final String ALGORITHM = "Ed25519";

    /** Operations after which loading another provider, 1 s of work, is worth its while. */
    private static final int BUSY = 32;

    private static final AtomicInteger USES = new AtomicInteger();
    private static volatile @Nullable Provider faster;

    private Ed25519() {}

    public static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = signature();
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 signing failed", e);
        }
    }

    /** False also for a signature of the wrong length, and for a key that is no point. */
    public static boolean verify(PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature verifier = signature();
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (SignatureException malformed) {
            return false;
        } catch (InvalidKeyException | IllegalArgumentException e) {
            // The JDK and Bouncy Castle say in different ways that the bytes are no point.
            if (key instanceof EdECPublicKey) {
                return false;
            }
            throw new IllegalArgumentException(
                    "key is " + key.getAlgorithm() + ", not an Ed25519 public key", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no Ed25519", e);
        }
    }

    private static Signature signature() throws NoSuchAlgorithmException {
        Provider provider = faster;
        if (provider != null) {
            return Signature.getInstance(ALGORITHM, provider);
        }
        if (USES.incrementAndGet() == BUSY && SecurityProviders.isOffered()) {
            Thread.ofPlatform().daemon().name("ed25519-provider").start(Ed25519::useOffered);
        }
        return Signature.getInstance(ALGORITHM);
    }

    /** Loads the offered provider and uses it from then on, if it has Ed25519. */
    static void useOffered() {
        Provider provider = SecurityProviders.load();
        if (provider != null && provider.getService("Signature", ALGORITHM) != null) {
            faster = provider;
        }
    }

    /** Name of the provider in use; empty: the JDK's. */
    static String provider() {
        Provider provider = faster;
        return provider == null ? "" : provider.getName();
    }

    /** Back to the JDK's, for tests. */
    static void useJdk() {
        faster = null;
        USES.set(0);
    }

    /** The 32 bytes of RFC 8032 §5.1.5. */
    public static byte[] rawPublicKey(PublicKey key) {
        if (!(key instanceof EdECPublicKey)) {
            throw new IllegalArgumentException(
                    "key is " + key.getAlgorithm() + ", not an Ed25519 public key");
        }
        byte[] encoded = key.getEncoded();
        if (encoded.length != SPKI_PREFIX.length + 32
                || !Arrays.equals(
                        encoded, 0, SPKI_PREFIX.length, SPKI_PREFIX, 0, SPKI_PREFIX.length)) {
            throw new IllegalArgumentException("key is not an Ed25519 public key (RFC 8410)");
        }
        return Arrays.copyOfRange(encoded, SPKI_PREFIX.length, encoded.length);
    }

    public static PublicKey publicKey(byte[] raw) {
        if (raw.length != 32) {
            throw new IllegalArgumentException(
                    "an Ed25519 public key has 32 bytes, this one " + raw.length);
        }
        byte[] encoded = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + 32);
        System.arraycopy(raw, 0, encoded, SPKI_PREFIX.length, 32);
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("32 bytes that are no Ed25519 public key", e);
        }
    }
}
