package org.roadloop.app.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.KeyEvents;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.SignedNote;

/**
 * The name of a home's ledger and the keys its checkpoints are signed with. The name is made from
 * the first key, so it stays when ports, hosts or later keys change.
 *
 * @param verifiers newest first
 * @param participants keys that may vouch for a new ledger key when the old one is lost
 */
public record LedgerKeys(
        String origin, List<SignedNote.VerifierKey> verifiers, List<PublicKey> participants) {
    /** Name of the key in the keystore. */
    public static final String KEY = "ledger";

    public LedgerKeys {
        verifiers = List.copyOf(verifiers);
        participants = List.copyOf(participants);
    }

    /**
     * Signs checkpoints; makes the key if there is none yet.
     *
     * @throws IllegalStateException if there is a ledger but no key of it, or one of another
     *     profile
     */
    static Signer signer(Keystore keystore, String did, LedgerProfile profile, Path ledger)
            throws IOException {
        boolean made = keystore.list().stream().anyMatch(key -> key.name().equals(KEY));
        if (!made
                && (Files.exists(ledger.resolve("format"))
                        || LedgerPlace.findDatabase(ledger).isPresent())) {
            throw new IllegalStateException(
                    "there is a ledger in "
                            + ledger
                            + ", but the keystore has no file of its key ('ledger.1.public',"
                            + " 'ledger.1.private'); restore the folder 'keys' from a backup");
        }
        Signer signer = keystore.signer(KEY, did, profile.keyAlgorithm());
        if (!signer.algorithm().equals(profile.keyAlgorithm().label())) {
            throw new IllegalStateException(
                    "ledger.profile is "
                            + profile.word()
                            + ", but the ledger of this home was begun with a key of "
                            + signer.algorithm()
                            + " and keeps its profile; set it back, or start an empty --home");
        }
        return signer;
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
        List<PublicKey> participants =
                keystore.publicKeys("participant").stream().map(Keystore.PublicEpoch::key).toList();
        return new LedgerKeys(origin, verifiers, participants);
    }

    /** What the log must say of the keys after the first, in order. */
    List<Event> handovers(Keystore keystore, Instant at, String did) {
        List<Event> handovers = new ArrayList<>();
        List<SignedNote.VerifierKey> oldestFirst = verifiers.reversed();
        for (int epoch = 2; epoch <= oldestFirst.size(); epoch++) {
            handovers.add(
                    KeyEvents.handover(
                            KEY,
                            epoch,
                            oldestFirst.get(epoch - 1),
                            keystore.handover(KEY, epoch),
                            at,
                            did));
        }
        return handovers;
    }
}
