package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads single entries of somebody else's log with their proofs (查证), from its tiles and under its
 * signed checkpoint as it was when this was opened. One thread.
 */
public final class LogReader {
    private final LogSource source;
    private final Checkpoint checkpoint;
    private final List<SignedNote.VerifierKey> keys;
    private final TreeHash hash;
    private final TileProofs proofs;

    private LogReader(
            LogSource source,
            Checkpoint checkpoint,
            List<SignedNote.VerifierKey> keys,
            TreeHash hash) {
        this.source = source;
        this.checkpoint = checkpoint;
        this.keys = List.copyOf(keys);
        this.hash = hash;
        this.proofs = new TileProofs(hash, this::tile);
    }

    /** As {@link #open(LogSource, List, List)}, for who knows no participant's key. */
    public static LogReader open(LogSource source, List<SignedNote.VerifierKey> keys)
            throws IOException {
        return open(source, keys, List.of());
    }

    /**
     * Opens a log by its newest checkpoint. If none of the keys has signed it, the bundles are read
     * for what the log says of its keys, and the chain is followed from those given.
     *
     * @param keys of the log, any of them, also former ones
     * @param participants keys of the participant whose log it is ({@link KeyChain})
     * @throws SignedNote.InvalidNoteException if the keys do not lead to one that signed
     * @throws IOException if the log can't be read
     */
    public static LogReader open(
            LogSource source, List<SignedNote.VerifierKey> keys, List<PublicKey> participants)
            throws IOException {
        byte[] bytes =
                source.find("checkpoint")
                        .orElseThrow(() -> new IOException("there is no checkpoint at " + source));
        String note = new String(bytes, UTF_8);
        LedgerProfile profile = LedgerProfile.of(keys);
        if (SignedNote.names(note, keys)) {
            return new LogReader(source, parse(note, keys), keys, profile.treeHash());
        }
        LogReader unproven =
                new LogReader(
                        source,
                        SignedNote.parseCheckpointUnverified(note),
                        keys,
                        profile.treeHash());
        KeyChain chain = unproven.follow(note, keys, participants);
        return new LogReader(
                source,
                unproven.checkpoint,
                chain.keysAt(unproven.checkpoint.size()),
                profile.treeHash());
    }

    /**
     * An older checkpoint of this log, as somebody kept it.
     *
     * @throws SignedNote.InvalidNoteException if the keys do not lead to one that signed it
     */
    public Checkpoint kept(
            String note, List<SignedNote.VerifierKey> given, List<PublicKey> participants)
            throws IOException {
        if (!SignedNote.names(note, given)) {
            follow(note, given, participants);
        }
        return SignedNote.names(note, given)
                ? parse(note, given)
                : SignedNote.parseCheckpointUnverified(note);
    }

    /** What the entries before one say of the log's keys, each with its proof. */
    List<KeyChain.Located> keyEvents(long until) throws IOException {
        return new KeySearch(source, checkpoint, hash, proofs).find(until);
    }

    /** The chain by which the note holds. */
    private KeyChain follow(
            String note, List<SignedNote.VerifierKey> given, List<PublicKey> participants)
            throws IOException {
        if (given.stream().noneMatch(key -> key.name().equals(checkpoint.origin()))) {
            throw new SignedNote.InvalidNoteException(
                    "is of another log: " + checkpoint.origin(), 0);
        }
        List<KeyChain.Located> events = keyEvents(checkpoint.size());
        SignedNote.@Nullable InvalidNoteException why = null;
        for (SignedNote.VerifierKey key : given) {
            KeyChain chain = KeyChain.follow(key, events, participants);
            try {
                chain.checkpoint(note);
                return chain;
            } catch (SignedNote.InvalidNoteException e) {
                why = e;
            }
        }
        throw why != null ? why : new SignedNote.InvalidNoteException("no key was given", 0);
    }

    /** Keys by which the checkpoint holds: those given, or the one that they lead to. */
    public List<SignedNote.VerifierKey> keys() {
        return keys;
    }

    /** For a checkpoint that was verified already. */
    public static LogReader at(LogSource source, Checkpoint checkpoint, LedgerProfile profile) {
        return new LogReader(source, checkpoint, List.of(), profile.treeHash());
    }

    /**
     * A checkpoint of the log that has these keys.
     *
     * @throws SignedNote.InvalidNoteException if none of them has signed it, or it is another log's
     */
    public static Checkpoint parse(String note, List<SignedNote.VerifierKey> keys) {
        Checkpoint checkpoint = SignedNote.parseCheckpoint(note, keys);
        if (keys.stream().noneMatch(key -> key.name().equals(checkpoint.origin()))) {
            throw new SignedNote.InvalidNoteException(
                    "is of another log: " + checkpoint.origin(), 0);
        }
        return checkpoint;
    }

    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /**
     * An entry with its proof, not believed yet: {@link ProofBundle#verify} is to say.
     *
     * @throws IllegalArgumentException if the checkpoint does not cover the entry
     * @throws IOException if a tile or bundle is missing or of the wrong length
     */
    public ProofBundle prove(long index) throws IOException {
        if (index < 0 || index >= checkpoint.size()) {
            throw new IllegalArgumentException(
                    "the log has no entry "
                            + index
                            + "; its checkpoint covers "
                            + checkpoint.size());
        }
        return new ProofBundle(
                index, leaf(index), proofs.inclusion(index, checkpoint.size()), checkpoint.note());
    }

    private byte[] leaf(long index) throws IOException {
        long n = index / TilePath.WIDTH;
        LogSource.Found bundle = required(TilePath.bundle(n), width(checkpoint.size(), n));
        int wanted = (int) (index % TilePath.WIDTH) + 1;
        byte[] bytes = bundle.bytes();
        int at = 0;
        for (int i = 0; at + 2 <= bytes.length; i++) {
            int length = ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
            if (at + 2 + length > bytes.length) {
                break;
            }
            if (i == wanted - 1) {
                return Arrays.copyOfRange(bytes, at + 2, at + 2 + length);
            }
            at += 2 + length;
        }
        throw new IOException(bundle.path() + " of " + source + " ends before entry " + index);
    }

    /** Root of the first {@code size} entries, as the tiles have it. */
    byte[] root(long size) throws IOException {
        return proofs.root(size);
    }

    /**
     * How the log stands to an older checkpoint of it.
     *
     * @param holds true if it has only grown since
     * @param says what is proven, or both roots
     */
    public record Continuity(boolean holds, String says) {}

    /**
     * Compares with a checkpoint of the same log that somebody kept.
     *
     * @param kept signed by the log, see {@link #parse}
     */
    public Continuity since(Checkpoint kept) throws IOException {
        long now = checkpoint.size();
        if (kept.size() > now) {
            return says(
                    false,
                    "ROLLED BACK: the log signed %d entries with root %s before, and now %d with"
                            + " root %s",
                    kept.size(),
                    hex(kept.rootHash()),
                    now,
                    hex(checkpoint.rootHash()));
        }
        byte[] root = proofs.root(kept.size());
        if (kept.size() > 0
                && !MerkleProofs.verifyConsistency(
                        hash,
                        kept.size(),
                        now,
                        proofs.consistency(kept.size(), now),
                        root,
                        checkpoint.rootHash())) {
            return says(
                    false,
                    "tiles do not lead to root %s of %d entries, so nothing can be said about those"
                            + " before %d",
                    hex(checkpoint.rootHash()),
                    now,
                    kept.size());
        }
        if (!Arrays.equals(root, kept.rootHash())) {
            return says(
                    false,
                    "SPLIT VIEW: the log signed root %s of %d entries before, and now the first %d"
                            + " have root %s",
                    hex(kept.rootHash()),
                    kept.size(),
                    kept.size(),
                    hex(root));
        }
        return says(true, "append-only since %d entries", kept.size());
    }

    private static Continuity says(boolean holds, String format, Object... values) {
        return new Continuity(holds, String.format(Locale.ROOT, format, values));
    }

    private byte[] tile(int level, long n) throws IOException {
        int width = width(checkpoint.size() >>> (8 * level), n);
        LogSource.Found tile = required(TilePath.tile(level, n), width);
        if (tile.bytes().length != tile.width() * TreeHash.BYTES) {
            throw new IOException(
                    tile.path() + " of " + source + " has " + tile.bytes().length + " bytes");
        }
        return tile.bytes();
    }

    /** Hashes of tile n in a level of so many. */
    private static int width(long hashes, long n) {
        return (int) Math.min(TilePath.WIDTH, hashes - n * TilePath.WIDTH);
    }

    private LogSource.Found required(String fullPath, int width) throws IOException {
        Optional<LogSource.Found> found = source.find(fullPath, width);
        return found.orElseThrow(
                () -> new IOException(source + " has no " + fullPath + " of width " + width));
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
