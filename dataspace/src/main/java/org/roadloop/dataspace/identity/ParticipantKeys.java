package org.roadloop.dataspace.identity;

import java.net.URI;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Optional;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;

/**
 * Participants by the keys they publish (参与方公钥): whatever proves a caller, contracts are signed
 * with these. Any thread.
 *
 * @param signer ourselves: our own keys need no reading
 */
public record ParticipantKeys(Signer signer, DidResolver resolver) {
    /** The did:web of host and port; what is there proves it with its document. */
    public String didOf(URI connector) {
        String did =
                connector.getPort() < 0
                        ? "did:web:" + connector.getHost()
                        : Did.of(connector.getHost(), connector.getPort()).value();
        return resolver.resolve(did).id().value();
    }

    /** As {@link CallerIdentity#signed}. */
    public boolean signed(String did, String jws, byte[] payload) {
        try {
            Optional<PublicKey> key = findKey(did, jws);
            return key.isPresent() && Arrays.equals(Jws.verifyBytes(jws, key.get()), payload);
        } catch (Jws.InvalidJwsException e) {
            return false;
        }
    }

    /** The key a JWS names, if it is one of the participant. */
    Optional<PublicKey> findKey(String did, String jws) {
        String keyId = Jws.header(jws).path("kid").asString("");
        if (!keyId.startsWith(did + "#")) {
            return Optional.empty();
        }
        return did.equals(signer.did()) && keyId.equals(signer.keyId())
                ? Optional.of(signer.publicKey())
                : resolver.findKey(did, keyId);
    }
}
