package org.roadloop.dataspace.dcp;

import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.dataspace.identity.DidResolver;

/**
 * Finds the key a JWS names in its signer's DID document, if it is listed there for this use
 * (密钥用途), DCP 1.0.1 §4.3.3. Any thread.
 *
 * @param required false accepts, from documents that say of no key what it is for, any of their
 *     keys: older software publishes such
 */
public record KeyUses(boolean required, Clock clock) {
    /** Empty if the document has no such key, or not for this use. */
    Optional<PublicKey> find(DidResolver resolver, String did, String jws, DidDocument.Use use) {
        String kid = Jws.header(jws).path("kid").asString("");
        return resolver.find(did, document -> find(document, did, kid, use));
    }

    private Optional<PublicKey> find(
            DidDocument document, String did, String kid, DidDocument.Use use) {
        Instant now = clock.instant();
        List<DidDocument.Key> keys = document.keys();
        if (kid.isEmpty() && keys.size() != 1) {
            return Optional.empty();
        }
        String keyId = kid.isEmpty() ? keys.getFirst().id() : absolute(did, kid);
        if (!keyId.startsWith(did + "#")) {
            return Optional.empty();
        }
        return required || document.declaresUses()
                ? document.findKey(keyId, now, use)
                : document.findKey(keyId, now);
    }

    /** A key of ours needs no reading. */
    static Optional<PublicKey> keyOf(String did, String jws, Signer signer) {
        String kid = absolute(did, Jws.header(jws).path("kid").asString(""));
        return did.equals(signer.did()) && kid.equals(signer.keyId())
                ? Optional.of(signer.publicKey())
                : Optional.empty();
    }

    private static String absolute(String did, String kid) {
        if (kid.startsWith("did:")) {
            return kid;
        }
        return did + (kid.startsWith("#") ? kid : "#" + kid);
    }
}
