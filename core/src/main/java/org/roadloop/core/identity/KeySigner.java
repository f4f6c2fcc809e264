package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.PrivateKey;
import java.security.PublicKey;

/** A key of the keystore at work. Any thread. */
record KeySigner(
        String did,
        String keyId,
        KeyAlgorithm keyAlgorithm,
        PrivateKey privateKey,
        PublicKey publicKey)
        implements Signer {
    @Override
    public String algorithm() {
        return keyAlgorithm.label();
    }

    @Override
    public byte[] sign(byte[] message) {
        return keyAlgorithm.sign(privateKey, message);
    }

    @Override
    public String toString() {
        return "signer " + keyId;
    }

    /** A private key with a flipped bit signs too, only nobody could verify it. */
    boolean fits() {
        byte[] probe = "roadloop-key-probe".getBytes(US_ASCII);
        return keyAlgorithm.verify(publicKey, probe, sign(probe));
    }
}
