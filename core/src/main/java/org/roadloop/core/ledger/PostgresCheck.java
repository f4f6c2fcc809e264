package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What opening asks of the tables (开库核验): the edge of the tree hashes to the committed root, no
 * entry goes on beyond it, and the tree continues the last signed checkpoint. Costs a few hundred
 * rows, whatever the size of the log; the whole log is verified on a backup.
 *
 * @param checkpoint the last that was signed; empty in a new log
 * @param missing handovers to our key that the log does not have yet, {@link KeyEvents#missing}
 */
record PostgresCheck(TileTree tree, Optional<Checkpoint> checkpoint, List<Event> missing) {

    /**
     * In a transaction of the caller that sees one state.
     *
     * @throws IllegalStateException if the log was handed over to a newer key than ours
     */
    static PostgresCheck of(Connection session, PostgresKeys keys, PostgresTiles.Cache cache)
            throws SQLException {
        // before the checkpoint, whose key would not be known
        List<Event> missing =
                KeyEvents.missing(
                        keys.handovers(), PostgresSubjects.version(session, KeyEvents.SUBJECT));
        PostgresTiles.Head head = PostgresTiles.head(session);
        TileTree tree = new PostgresTiles(session, head.size(), cache).tree(head);
        mustEnd(session, head.size());
        Optional<Checkpoint> last = newest(session, keys.verifiers());
        if (last.isPresent()) {
            mustContinue(session, head, last.get(), cache);
        }
        return new PostgresCheck(tree, last, missing);
    }

    /** The last checkpoint, its signature verified. */
    static Optional<Checkpoint> newest(Connection session, List<SignedNote.VerifierKey> keys)
            throws SQLException {
        try (PreparedStatement asked =
                        session.prepareStatement(
                                "SELECT size, root, note FROM ledger_checkpoint"
                                        + " ORDER BY seq DESC LIMIT 1");
                ResultSet row = asked.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            String key = "size " + row.getLong(1);
            Checkpoint checkpoint;
            try {
                checkpoint = SignedNote.parseCheckpoint(row.getString(3), keys);
            } catch (SignedNote.InvalidNoteException e) {
                throw CorruptLogException.inTable(
                        "ledger_checkpoint", key, "the note " + e.getMessage());
            }
            if (checkpoint.size() != row.getLong(1)
                    || !Arrays.equals(checkpoint.rootHash(), row.getBytes(2))
                    || !checkpoint.origin().equals(keys.getFirst().name())) {
                throw CorruptLogException.inTable(
                        "ledger_checkpoint", key, "size, root or origin are not those of the note");
            }
            return Optional.of(checkpoint);
        }
    }

    static boolean signedBy(Checkpoint checkpoint, SignedNote.VerifierKey key) {
        try {
            SignedNote.parseCheckpoint(checkpoint.note(), List.of(key));
            return true;
        } catch (SignedNote.InvalidNoteException e) {
            return false;
        }
    }

    /** The tree has the signed one as its beginning. */
    static void mustContinue(
            Connection session,
            PostgresTiles.Head head,
            Checkpoint signed,
            PostgresTiles.Cache cache) {
        String key = "size " + head.size();
        if (signed.size() > head.size()) {
            throw CorruptLogException.inTable(
                    "ledger_head",
                    key,
                    "a signed checkpoint covers "
                            + signed.size()
                            + " entries: the database was rolled back");
        }
        try {
            byte[] root =
                    new PostgresTiles(session, head.size(), cache).proofs().root(signed.size());
            if (!Arrays.equals(root, signed.rootHash())) {
                throw CorruptLogException.inTable(
                        "ledger_checkpoint",
                        "size " + signed.size(),
                        "its root is not the root of the tiles");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("tiles of the ledger", e);
        }
    }

    private static void mustEnd(Connection session, long size) throws SQLException {
        try (PreparedStatement asked =
                session.prepareStatement("SELECT 1 FROM ledger_entry WHERE index >= ? LIMIT 1")) {
            asked.setLong(1, size);
            try (ResultSet row = asked.executeQuery()) {
                if (row.next()) {
                    throw CorruptLogException.inTable(
                            "ledger_head",
                            "size " + size,
                            "entries go on beyond it: the row was rolled back");
                }
            }
        }
    }
}
