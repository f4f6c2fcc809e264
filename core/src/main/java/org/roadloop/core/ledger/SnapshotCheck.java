package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Compares the snapshot of a log directory with its verified tree (核对快照). One thread. */
final class SnapshotCheck {
    private SnapshotCheck() {}

    /**
     * Versions are left to the ledger's own scrub: no proof rests on them.
     *
     * @param verified over a tree whose bundles and tiles were compared already
     */
    static void run(Path dir, LedgerProfile profile, LogReader verified) throws IOException {
        Optional<Snapshot> found;
        try {
            found = Snapshot.find(dir, profile.treeHash());
        } catch (CorruptLogException e) {
            throw new FaultFound(Snapshot.NAME, e.byteOffset(), -1, "the snapshot is damaged");
        }
        if (found.isPresent()) {
            Snapshot snapshot = found.get();
            if (snapshot.size() > verified.checkpoint().size()) {
                throw new FaultFound(
                        Snapshot.NAME, 8, -1, "it has more entries than the checkpoint covers");
            }
            if (!Arrays.equals(snapshot.root(), verified.root(snapshot.size()))) {
                throw new FaultFound(Snapshot.NAME, 16, -1, "its root is not that of the tree");
            }
        }
    }
}
