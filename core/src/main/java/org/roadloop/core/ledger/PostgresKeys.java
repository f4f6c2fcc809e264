package org.roadloop.core.ledger;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Signer;

/**
 * What a node signs and verifies a shared log with (签名密钥); the nodes of a platform have the same.
 *
 * @param origin name of the log, first line of each checkpoint
 * @param verifiers newest first; the first verifies what {@code signer} signs
 * @param handovers by which the keys of epochs 2, 3, … come into use, in order
 */
record PostgresKeys(
        String origin,
        Signer signer,
        List<SignedNote.VerifierKey> verifiers,
        List<Event> handovers) {
    static PostgresKeys of(
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> formerKeys,
            List<Event> handovers) {
        List<SignedNote.VerifierKey> verifiers = new ArrayList<>(formerKeys);
        verifiers.addFirst(new SignedNote.VerifierKey(origin, signer.publicKey()));
        return new PostgresKeys(origin, signer, List.copyOf(verifiers), List.copyOf(handovers));
    }

    SignedNote.VerifierKey current() {
        return verifiers.getFirst();
    }

    LedgerProfile profile() {
        return LedgerProfile.of(KeyAlgorithm.of(signer.publicKey()));
    }
}
