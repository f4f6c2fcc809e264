package org.roadloop.bench;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import org.roadloop.core.identity.Ed25519;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;

/** A ledger of a bench: the real one, with a key of this process. */
final class BenchLog {
    static final String ORIGIN = "bench.roadloop/log";
    private static final String DID = "did:web:cloud.park.example";
    private static final KeyPair KEY = key();

    private static final Signer SIGNER =
            new Signer() {
                @Override
                public String did() {
                    return DID;
                }

                @Override
                public String keyId() {
                    return DID + "#ledger-1";
                }

                @Override
                public String algorithm() {
                    return "Ed25519";
                }

                @Override
                public byte[] sign(byte[] message) {
                    return Ed25519.sign(KEY.getPrivate(), message);
                }

                @Override
                public PublicKey publicKey() {
                    return KEY.getPublic();
                }
            };

    private BenchLog() {}

    static FileLedger open(Path dir) {
        return FileLedger.open(dir, ORIGIN, SIGNER);
    }

    static Signer signer() {
        return SIGNER;
    }

    private static KeyPair key() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no Ed25519", e);
        }
    }
}
