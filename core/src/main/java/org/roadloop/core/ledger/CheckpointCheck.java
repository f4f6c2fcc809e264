package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the checkpoint that everything else has to lead to (核对检查点). One thread. */
final class CheckpointCheck {
    private static final String FILE = "checkpoint";
    private final LogSource source;
    private final List<SignedNote.VerifierKey> keys;
    private final TreeHash hash;
    private String note = "";

    CheckpointCheck(LogSource source, List<SignedNote.VerifierKey> keys, TreeHash hash) {
        this.source = source;
        this.keys = List.copyOf(keys);
        this.hash = hash;
    }

    /**
     * The checkpoint; whether it is signed by a key that {@link #followKeys} has yet to find, only
     * the entries can tell.
     *
     * @throws FaultFound if it is not one, or wrongly signed; a bad signature is put down to the
     *     line that does not fit the entries
     */
    Checkpoint read() throws IOException {
        byte[] bytes =
                source.find(FILE)
                        .orElseThrow(() -> new FaultFound(FILE, 0, -1, "the file is missing"));
        note = new String(bytes, UTF_8);
        try {
            Checkpoint checkpoint =
                    SignedNote.names(note, keys)
                            ? LogReader.parse(note, keys)
                            : SignedNote.parseCheckpointUnverified(note);
            if (!Arrays.equals(note.getBytes(UTF_8), bytes)) {
                throw new FaultFound(FILE, 0, -1, "is not UTF-8");
            }
            if (keys.stream().noneMatch(key -> key.name().equals(checkpoint.origin()))) {
                throw new FaultFound(
                        FILE, 0, -1, "checkpoint is of another log: " + checkpoint.origin());
            }
            return checkpoint;
        } catch (SignedNote.InvalidNoteException e) {
            String first = note.lines().findFirst().orElse("");
            boolean ours = keys.stream().anyMatch(key -> key.name().equals(first));
            throw fault(e, ours ? badLine(note, e.byteOffset()) : 0);
        }
    }

    /**
     * Follows the log's keys from those given to the one that signed.
     *
     * @param events in the order of the log
     * @throws FaultFound if none leads there, or it was not in use at this size
     */
    void followKeys(List<KeyChain.Located> events, List<PublicKey> participants) {
        SignedNote.InvalidNoteException why = whyNot(events, participants);
        if (why != null) {
            throw fault(why, why.byteOffset());
        }
    }

    /**
     * As {@link #followKeys} for who has read the end of the log only: if that does not lead to the
     * key that signed, the entries before are looked through for what they say of the keys.
     *
     * @param events of the entries from {@code from} on, and some before it
     * @param log whose tiles have been found to be those of the checkpoint
     */
    void followKeys(
            List<KeyChain.Located> events, List<PublicKey> participants, long from, LogReader log)
            throws IOException {
        if (whyNot(events, participants) == null) {
            return;
        }
        List<KeyChain.Located> all = new ArrayList<>();
        try {
            all.addAll(log.keyEvents(from));
        } catch (SignedNote.InvalidNoteException notInTheTree) {
            throw fault(notInTheTree, notInTheTree.byteOffset());
        }
        events.stream().filter(event -> event.index() >= from).forEach(all::add);
        followKeys(all, participants);
    }

    /** Why no key given leads to the one that signed; null if one does. */
    private SignedNote.@Nullable InvalidNoteException whyNot(
            List<KeyChain.Located> events, List<PublicKey> participants) {
        SignedNote.@Nullable InvalidNoteException why = null;
        for (SignedNote.VerifierKey key : keys) {
            try {
                KeyChain.follow(key, events, participants).checkpoint(note);
                return null;
            } catch (SignedNote.InvalidNoteException e) {
                why = e;
            }
        }
        return why;
    }

    private static FaultFound fault(SignedNote.InvalidNoteException e, long byteOffset) {
        return new FaultFound(FILE, byteOffset, -1, "checkpoint " + e.getMessage());
    }

    /** Start of the size or root line, if it is not that of the entries; else as given. */
    private long badLine(String note, long otherwise) throws IOException {
        if (source.directory().isEmpty()) {
            return otherwise; // not worth reading a whole log over a network
        }
        Checkpoint claimed;
        try {
            claimed = SignedNote.parseCheckpointUnverified(note);
        } catch (SignedNote.InvalidNoteException e) {
            return e.byteOffset();
        }
        TileTree entries = new TileTree(hash);
        for (long n = 0; n * TilePath.WIDTH < claimed.size(); n++) {
            int width = (int) Math.min(TilePath.WIDTH, claimed.size() - n * TilePath.WIDTH);
            String path = TilePath.bundle(n);
            var found = source.find(path, width);
            try {
                if (found.isPresent()) {
                    for (EntryBundle.Located entry :
                            EntryBundle.parse(Path.of(path), found.get().bytes(), width)) {
                        entries.append(hash.leaf(entry.leaf()), (level, tile, hashes) -> {});
                    }
                }
            } catch (CorruptLogException tooShort) {
                found = java.util.Optional.empty();
            }
            if (found.isEmpty()) {
                return note.indexOf('\n') + 1L;
            }
        }
        return Arrays.equals(entries.root(), claimed.rootHash()) ? otherwise : rootOffset(note);
    }

    /** Where the root line starts, in bytes. */
    static long rootOffset(String note) {
        int size = note.indexOf('\n') + 1;
        int root = note.indexOf('\n', size) + 1;
        return note.substring(0, root).getBytes(UTF_8).length;
    }
}
