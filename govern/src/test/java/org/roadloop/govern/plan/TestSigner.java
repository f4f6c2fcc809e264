package org.roadloop.govern.plan;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import org.roadloop.core.identity.Signer;

/** Signs with a fresh Ed25519 key. */
public final class TestSigner implements Signer {
    private final KeyPair pair;

    public TestSigner() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String did() {
        return "did:web:localhost";
    }

    @Override
    public String keyId() {
        return "did:web:localhost#test";
    }

    @Override
    public String algorithm() {
        return "Ed25519";
    }

    @Override
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public PublicKey publicKey() {
        return pair.getPublic();
    }
}
