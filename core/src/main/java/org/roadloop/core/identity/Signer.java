package org.roadloop.core.identity;

import java.security.PublicKey;

/** Signs in the name of a participant. Any thread. */
public interface Signer {
    /** DID of the participant, for example {@code did:web:localhost%3A7080}. */
    String did();

    /** DID URL of the key, {@code did#fragment}. */
    String keyId();

    /** JCA name: {@code Ed25519}. */
    String algorithm();

    byte[] sign(byte[] message);

    PublicKey publicKey();
}
