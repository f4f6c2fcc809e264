package org.roadloop.core.ledger.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.DurableFiles;
import org.roadloop.core.ledger.SignedNote;

/**
 * What witnesses have signed under our own checkpoints (联署): the newest checkpoint that has at
 * least one cosignature, with all it has, in one file that survives a restart. Any thread.
 */
public final class Cosignatures {
    private final Path file;
    private @Nullable Checkpoint latest;

    /**
     * @param file a signed note; missing: none yet
     * @throws SignedNote.InvalidNoteException if it is not what was written
     */
    public Cosignatures(Path file) {
        this.file = file;
        try {
            if (Files.exists(file)) {
                latest = SignedNote.parseCheckpointUnverified(Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cosignatures " + file + " can't be read", e);
        }
    }

    /**
     * Takes the signature lines that a witness answered.
     *
     * @param lines ignored if not by this witness
     * @return when it signed, seconds since 1970
     * @throws SignedNote.InvalidNoteException if no line is the witness's signature of this note
     */
    public synchronized long add(
            Checkpoint checkpoint, String lines, SignedNote.VerifierKey witness) {
        String text = text(checkpoint.note());
        String own = own(checkpoint, lines, witness);
        SignedNote.Verified verified = SignedNote.verify(text + "\n" + own, List.of(witness));
        Checkpoint known = latest;
        if (known == null || known.size() <= checkpoint.size()) {
            String base =
                    known != null && text(known.note()).equals(text)
                            ? known.note()
                            : checkpoint.note();
            String note = SignedNote.add(base, own);
            try {
                DurableFiles.replaceAndSync(file, note.getBytes(UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException("cosignatures " + file + " can't be written", e);
            }
            latest = SignedNote.parseCheckpointUnverified(note);
        }
        return verified.signatures().getFirst().timeSeconds();
    }

    /**
     * Of what a witness answered the one line that is its signature: the rest nobody verifies, and
     * it would take the room of others.
     *
     * @return with its newline
     * @throws SignedNote.InvalidNoteException if no line is the witness's signature of this note
     */
    public static String own(Checkpoint checkpoint, String lines, SignedNote.VerifierKey witness) {
        String text = text(checkpoint.note());
        SignedNote.@Nullable InvalidNoteException why = null;
        for (String line : lines.lines().toList()) {
            try {
                SignedNote.verify(text + "\n" + line + "\n", List.of(witness));
                return line + "\n";
            } catch (SignedNote.InvalidNoteException anothers) {
                why = anothers;
            }
        }
        if (why != null) {
            throw why;
        }
        SignedNote.verify(text + "\n", List.of(witness));
        throw new IllegalStateException("a note without signatures was verified");
    }

    /** The newest checkpoint that a witness has signed, with every cosignature it has. */
    public synchronized Optional<Checkpoint> findLatest() {
        return Optional.ofNullable(latest);
    }

    /** A checkpoint of ours with the cosignatures that there are for just it. */
    public synchronized String onto(Checkpoint checkpoint) {
        Checkpoint known = latest;
        if (known == null || !text(known.note()).equals(text(checkpoint.note()))) {
            return checkpoint.note();
        }
        return SignedNote.add(checkpoint.note(), signatures(known.note()));
    }

    private static String text(String note) {
        return note.substring(0, note.lastIndexOf("\n\n") + 1);
    }

    private static String signatures(String note) {
        return note.substring(note.lastIndexOf("\n\n") + 2);
    }
}
