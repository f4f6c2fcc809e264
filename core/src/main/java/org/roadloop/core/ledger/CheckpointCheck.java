package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads the checkpoint that everything else has to lead to (核对检查点). One thread. */
final class CheckpointCheck {
    private static final String FILE = "checkpoint";
    private final LogSource source;
    private final List<SignedNote.VerifierKey> keys;
    private final TreeHash hash;

    CheckpointCheck(LogSource source, List<SignedNote.VerifierKey> keys, TreeHash hash) {
        this.source = source;
        this.keys = List.copyOf(keys);
        this.hash = hash;
    }

    /**
     * @throws FaultFound if it is not one, or not signed; a bad signature is put down to the line
     *     that does not fit the entries
     */
    Checkpoint read() throws IOException {
        byte[] bytes =
                source.find(FILE)
                        .orElseThrow(() -> new FaultFound(FILE, 0, -1, "the file is missing"));
        String note = new String(bytes, UTF_8);
        try {
            Checkpoint checkpoint = LogReader.parse(note, keys);
            if (!Arrays.equals(note.getBytes(UTF_8), bytes)) {
                throw new FaultFound(FILE, 0, -1, "is not UTF-8");
            }
            return checkpoint;
        } catch (SignedNote.InvalidNoteException e) {
            String first = note.lines().findFirst().orElse("");
            boolean ours = keys.stream().anyMatch(key -> key.name().equals(first));
            long differs = ours ? badLine(note, e.byteOffset()) : 0;
            throw new FaultFound(FILE, differs, -1, "checkpoint " + e.getMessage());
        }
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
