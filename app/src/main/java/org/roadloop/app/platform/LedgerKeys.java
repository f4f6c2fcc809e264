package org.roadloop.app.platform;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.SignedNote;

/**
 * The name of a home's ledger and the keys its checkpoints are signed with. The name is made from
 * the first key, so it stays when ports, hosts or later keys change.
 *
 * @param verifiers newest first
 */
public record LedgerKeys(String origin, List<SignedNote.VerifierKey> verifiers) {
    private static final String KEY = "ledger";

    public LedgerKeys {
        verifiers = List.copyOf(verifiers);
    }

    /** Signs checkpoints; makes the key if there is none yet. */
    static Signer signer(Keystore keystore, String did) {
        return keystore.signer(KEY, did);
    }

    /**
     * @throws IllegalStateException if the keystore has no ledger key
     */
    public static LedgerKeys of(Keystore keystore) {
        String origin =
                keystore.list().stream()
                        .filter(key -> key.name().equals(KEY) && key.epoch() == 1)
                        .findFirst()
                        .map(key -> "roadloop/" + key.fingerprint())
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "the keystore has no key '"
                                                        + KEY
                                                        + "'; the first 'roadloop up' makes it"));
        List<SignedNote.VerifierKey> verifiers = new ArrayList<>();
        for (Keystore.PublicEpoch epoch : keystore.publicKeys(KEY)) {
            verifiers.addFirst(new SignedNote.VerifierKey(origin, epoch.key()));
        }
        return new LedgerKeys(origin, verifiers);
    }
}
