package org.roadloop.app.witness;

import java.util.List;
import java.util.Optional;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.MerkleProofs;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.witness.SplitView;

/** Holds a checkpoint that we signed once against the log as it is now (自检). Pure. */
final class OwnHistory {
    private OwnHistory() {}

    /**
     * Empty if the log still begins with what the checkpoint covers.
     *
     * @param remembered signed by one of the keys
     */
    static Optional<SplitView> contradiction(
            TransparencyLog log, Checkpoint remembered, List<SignedNote.VerifierKey> ownKeys) {
        Checkpoint now = log.checkpoint();
        if (now.size() < remembered.size()) {
            return Optional.of(view(SplitView.Kind.SHRUNK, remembered, now, List.of()));
        }
        List<byte[]> path =
                remembered.size() == 0 || remembered.size() == now.size()
                        ? List.of()
                        : log.consistency(remembered.size(), now.size()).path();
        if (remembered.size() == 0
                || MerkleProofs.verifyConsistency(
                        LedgerProfile.of(ownKeys).treeHash(),
                        remembered.size(),
                        now.size(),
                        path,
                        remembered.rootHash(),
                        now.rootHash())) {
            return Optional.empty();
        }
        return SplitView.between(remembered.note(), now.note(), path, ownKeys)
                .or(() -> Optional.of(view(SplitView.Kind.UNPROVEN, remembered, now, path)));
    }

    private static SplitView view(
            SplitView.Kind kind, Checkpoint remembered, Checkpoint now, List<byte[]> path) {
        return new SplitView(kind, now.origin(), remembered.note(), now.note(), path);
    }
}
