package org.roadloop.app.witness;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.HandoverProofs;
import org.roadloop.core.ledger.KeyChain;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.witness.SplitView;

/**
 * Our own log, and what makes a signature ours (我方账本).
 *
 * @param keys of its checkpoints, former ones too; not revoked ones: others may have them, and
 *     would bring our writing to a stop with them
 * @param participants our keys that vouch for a ledger key that replaces a lost one; not revoked
 *     ones
 */
record OwnLog(
        TransparencyLog log, List<SignedNote.VerifierKey> keys, List<PublicKey> participants) {
    OwnLog {
        keys = List.copyOf(keys);
        participants = List.copyOf(participants);
    }

    /**
     * That the log was rolled back or forked.
     *
     * @param view {@code first} is what a witness remembers and we signed, {@code second} what we
     *     have
     * @param handovers by which the signature is seen to be ours, where its key is newer than those
     *     we know; else none
     */
    record Fault(SplitView view, List<ProofBundle> handovers) {
        Fault {
            handovers = List.copyOf(handovers);
        }
    }

    /** True if one of the keys is named in the note, so that its signature can be told. */
    boolean knowsSignerOf(String note) {
        return SignedNote.names(note, keys);
    }

    /**
     * Holds a note that we may have signed against the log as it is.
     *
     * @throws SignedNote.InvalidNoteException if no key of ours has signed it
     */
    Optional<Fault> against(String note) {
        Checkpoint remembered = SignedNote.parseCheckpoint(note, keys);
        return OwnHistory.contradiction(log, remembered, keys)
                .map(view -> new Fault(view, List.of()));
    }

    /**
     * As {@link #against(String)} of a note by a key newer than ours: this home may be a copy from
     * before it was made.
     *
     * @param handovers of our log as somebody else kept them, nothing of them verified yet
     * @throws SignedNote.InvalidNoteException if they do not lead from our newest key to one that
     *     signed the note
     */
    Optional<Fault> against(String note, List<ProofBundle> handovers) {
        KeyChain chain = HandoverProofs.follow(log.verifierKey(), handovers, participants);
        Checkpoint remembered = chain.checkpoint(note);
        List<SignedNote.VerifierKey> all = new ArrayList<>(keys);
        chain.spans().forEach(span -> all.add(span.key()));
        return OwnHistory.contradiction(log, remembered, all)
                .map(view -> new Fault(view, handovers));
    }
}
