package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a log directory that nobody writes to (核验), offline, with nothing but the log's public
 * key: streams every entry once, recomputes all hashes, compares every file.
 *
 * <p>If an entry and its tile disagree, the signed root decides: the tile's hashes are carried on;
 * if they lead to the root, the entry was changed, else the tile. One thread.
 */
public final class LedgerVerifier {
    private final Path dir;
    private final List<SignedNote.VerifierKey> keys;
    private final boolean withPayloads;
    private final TreeHash hash = TreeHash.sha256();
    private final TileTree tree = new TileTree(hash);

    /** First disagreement between a bundle and its tile: one of the two is wrong. */
    private @Nullable Fault entryFault;

    private @Nullable Fault tileFault;

    /** Salt id → fault, for payloads not there; an erasure further on takes it out. */
    private final Map<String, Fault> missingPayloads = new HashMap<>();

    private LedgerVerifier(Path dir, List<SignedNote.VerifierKey> keys, boolean withPayloads) {
        this.dir = dir;
        this.keys = keys;
        this.withPayloads = withPayloads;
    }

    /** The finding that ends a verification. */
    private static final class FaultFound extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Fault fault;

        FaultFound(Fault fault) {
            super(fault.toString(), null, false, false);
            this.fault = fault;
        }
    }

    /** Verifies everything, payloads too, against one key in its text form. */
    public static Verification verify(Path dir, String vkey) {
        return verify(dir, List.of(SignedNote.VerifierKey.parse(vkey)), true);
    }

    /**
     * Verifies against any of several keys: of a log whose key was rotated, or a copy without
     * payloads.
     *
     * @param keys the checkpoint is signed by one of them
     * @param withPayloads false for a copy that has the log only
     */
    public static Verification verify(
            Path dir, List<SignedNote.VerifierKey> keys, boolean withPayloads) {
        if (!Files.isDirectory(dir)) {
            throw new IllegalArgumentException(dir + " is no directory, so no log to verify");
        }
        LedgerVerifier verifier = new LedgerVerifier(dir, keys, withPayloads);
        try {
            return verifier.run();
        } catch (FaultFound found) {
            return new Verification(
                    verifier.tree.size(), verifier.tree.root(), false, Optional.of(found.fault));
        } catch (IOException e) {
            throw new UncheckedIOException("log " + dir + " can't be read", e);
        }
    }

    private Verification run() throws IOException {
        byte[] format = read("format");
        int odd = Arrays.mismatch(format, FileLedger.FORMAT.getBytes(UTF_8));
        if (odd >= 0) {
            throw fault("format", odd, -1, "is not the format this program reads");
        }
        byte[] noteBytes = read("checkpoint");
        String note = new String(noteBytes, UTF_8);
        Checkpoint checkpoint = checkpoint(note, noteBytes);
        Optional<Journal.Header> journal = journalHeader();
        Optional<Snapshot> snapshot = snapshot();
        byte[] snapshotRoot = hash.empty();
        byte[] journalRoot = hash.empty();
        for (long from = 0; from < checkpoint.size(); from += TilePath.WIDTH) {
            if (journal.isPresent() && journal.get().base() == from) {
                journalRoot = tree.root();
            }
            if (snapshot.isPresent() && snapshot.get().size() == from) {
                snapshotRoot = tree.root();
            }
            bundle(from / TilePath.WIDTH, (int) Math.min(TilePath.WIDTH, checkpoint.size() - from));
        }
        if (journal.isPresent() && journal.get().base() == tree.size()) {
            journalRoot = tree.root();
        }
        partialTiles();
        byte[] root = tree.root();
        boolean rootHolds = Arrays.equals(root, checkpoint.rootHash());
        if (entryFault != null && tileFault != null) {
            throw new FaultFound(rootHolds ? entryFault : tileFault);
        }
        if (tileFault != null) {
            throw new FaultFound(tileFault);
        }
        if (!rootHolds) {
            throw fault(
                    "checkpoint",
                    rootOffset(note),
                    -1,
                    "its root is not the root of the " + tree.size() + " entries");
        }
        if (journal.isPresent()) {
            journal(journal.get(), journalRoot);
        }
        if (snapshot.isPresent() && snapshot.get().size() == tree.size()) {
            snapshotRoot = root;
        }
        if (snapshot.isPresent() && !Arrays.equals(snapshot.get().root(), snapshotRoot)) {
            throw fault(Snapshot.NAME, 16, -1, "its root is not that of its entries");
        }
        if (!missingPayloads.isEmpty()) {
            throw new FaultFound(missingPayloads.values().iterator().next());
        }
        return new Verification(tree.size(), root, true, Optional.empty());
    }

    /** A bad signature is put down to the line that does not fit the entries. */
    private Checkpoint checkpoint(String note, byte[] noteBytes) throws IOException {
        try {
            Checkpoint checkpoint = SignedNote.parseCheckpoint(note, keys);
            if (!Arrays.equals(note.getBytes(UTF_8), noteBytes)) {
                throw fault("checkpoint", 0, -1, "is not UTF-8");
            }
            if (keys.stream().noneMatch(k -> k.name().equals(checkpoint.origin()))) {
                throw fault("checkpoint", 0, -1, "is of another log: " + checkpoint.origin());
            }
            return checkpoint;
        } catch (SignedNote.InvalidNoteException e) {
            int differs = e.byteOffset();
            String first = note.lines().findFirst().orElse("");
            if (keys.stream().noneMatch(k -> k.name().equals(first))) {
                differs = 0;
            } else {
                differs = badLine(note, differs);
            }
            throw fault("checkpoint", differs, -1, "checkpoint " + e.getMessage());
        }
    }

    /** Start of the size or root line, if it is not that of the entries; else as given. */
    private int badLine(String note, int otherwise) throws IOException {
        Checkpoint claimed;
        try {
            claimed = SignedNote.parseCheckpointUnverified(note);
        } catch (SignedNote.InvalidNoteException e) {
            return e.byteOffset();
        }
        TileTree entries = new TileTree(hash);
        try {
            for (long n = 0; n * TilePath.WIDTH < claimed.size(); n++) {
                int width = (int) Math.min(TilePath.WIDTH, claimed.size() - n * TilePath.WIDTH);
                String name = findFile(TilePath.bundle(n), width);
                for (EntryBundle.Located l :
                        EntryBundle.parse(dir.resolve(name), read(name), width)) {
                    entries.append(hash.leaf(l.leaf()), (level, tile, hashes) -> {});
                }
            }
        } catch (CorruptLogException | FaultFound sizeIsWrong) {
            return note.indexOf('\n') + 1;
        }
        return Arrays.equals(entries.root(), claimed.rootHash()) ? otherwise : rootOffset(note);
    }

    private static int rootOffset(String note) {
        int size = note.indexOf('\n') + 1;
        int root = note.indexOf('\n', size) + 1;
        return note.substring(0, root).getBytes(UTF_8).length;
    }

    private void bundle(long n, int width) throws IOException {
        long first = n * TilePath.WIDTH;
        String bundleName = findFile(TilePath.bundle(n), width);
        String tileName = findFile(TilePath.tile(0, n), width);
        byte[] bundle = read(bundleName);
        byte[] tile = read(tileName);
        boolean fullFile = !tileName.contains(".p/");
        if (tile.length != (fullFile ? TilePath.WIDTH : width) * TreeHash.BYTES) {
            throw fault(
                    tileName,
                    tile.length,
                    first,
                    "a tile has 32 bytes for each of its hashes, this one " + tile.length);
        }
        int at = 0;
        for (int i = 0; i < width; i++) {
            int length =
                    at + 2 > bundle.length
                            ? -1
                            : ((bundle[at] & 0xFF) << 8) | (bundle[at + 1] & 0xFF);
            if (length < 0 || at + 2 + length > bundle.length) {
                throw fault(bundleName, at, first + i, "the entry runs past the end of the bundle");
            }
            byte[] own = hash.leaf(bundle, at + 2, length);
            byte[] stored = Arrays.copyOfRange(tile, i * TreeHash.BYTES, (i + 1) * TreeHash.BYTES);
            int differs = Arrays.mismatch(own, stored);
            if (differs >= 0) {
                if (entryFault == null) {
                    entryFault =
                            new Fault(
                                    bundleName,
                                    at,
                                    first + i,
                                    "the entry does not hash to its leaf hash in " + tileName);
                    note(
                            new Fault(
                                    tileName,
                                    i * TreeHash.BYTES + differs,
                                    first + i,
                                    "the leaf hash is not the hash of the entry"));
                }
            } else if (entryFault == null) {
                visitEntry(first + i, Arrays.copyOfRange(bundle, at + 2, at + 2 + length));
            }
            tree.append(stored, this::compareTile);
            // A changed length makes all that follows unreadable; the tile knows the rest.
            if (differs >= 0) {
                for (int rest = i + 1; rest < width; rest++) {
                    tree.append(
                            Arrays.copyOfRange(
                                    tile, rest * TreeHash.BYTES, (rest + 1) * TreeHash.BYTES),
                            this::compareTile);
                }
                return;
            }
            at += 2 + length;
        }
        boolean holdsMore = width < TilePath.WIDTH && !bundleName.contains(".p/");
        if (at != bundle.length && !holdsMore) {
            throw fault(bundleName, at, first + width, "bytes follow the last entry");
        }
        partialFiles(TilePath.bundle(n), bundle, first);
    }

    /** Keeps the first. */
    private void note(Fault fault) {
        if (tileFault == null) {
            tileFault = fault;
        }
    }

    private void compareTile(int level, long n, byte[] hashes) {
        try {
            if (level > 0) {
                compare(TilePath.tile(level, n), hashes, level, n);
            }
            partialFiles(TilePath.tile(level, n), hashes, (n << (8 * (level + 1))));
        } catch (IOException e) {
            throw new UncheckedIOException("log " + dir, e);
        }
    }

    private void compare(String name, byte[] hashes, int level, long n) throws IOException {
        int differs = Arrays.mismatch(read(name), hashes);
        if (differs >= 0) {
            long entry = (n * TilePath.WIDTH + differs / TreeHash.BYTES) << (8 * level);
            note(new Fault(name, differs, entry, "the hash is not that of the tile below it"));
        }
    }

    private void partialTiles() throws IOException {
        for (int level = 0; level < tree.levelCount(); level++) {
            int width = tree.width(level);
            if (width > 0) {
                long n = tree.number(level);
                String name = findFile(TilePath.tile(level, n), width);
                byte[] hashes = tree.partial(level);
                if (name.contains(".p/") && level > 0) {
                    compare(name, hashes, level, n);
                }
                partialFiles(TilePath.tile(level, n), hashes, n << (8 * (level + 1)));
            }
        }
    }

    /** Earlier, shorter states of a file must be its beginning. */
    private void partialFiles(String full, byte[] bytes, long firstEntry) throws IOException {
        Path partial = dir.resolve(full + ".p");
        if (!Files.isDirectory(partial)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> list = Files.list(partial)) {
            files = list.filter(p -> !p.toString().endsWith(".draft")).sorted().toList();
        }
        for (Path file : files) {
            byte[] shorter = Files.readAllBytes(file);
            int differs = Arrays.mismatch(shorter, bytes);
            if (differs >= 0 && differs < Math.min(shorter.length, bytes.length)) {
                note(
                        new Fault(
                                full + ".p/" + file.getFileName(),
                                differs,
                                firstEntry,
                                "it is not the beginning of what the tree holds"));
            }
        }
    }

    private void visitEntry(long index, byte[] leaf) throws IOException {
        if (!withPayloads) {
            return;
        }
        Leaf.erasedSalt(leaf).ifPresent(missingPayloads::remove);
        Optional<Payloads.Reference> found = Leaf.payload(leaf);
        if (found.isEmpty()) {
            return;
        }
        Payloads payloads = new Payloads(dir);
        try {
            if (payloads.find(found.get()).isEmpty()) {
                missingPayloads.put(
                        found.get().salt(),
                        new Fault(
                                relative(payloads.payloadFile(found.get())),
                                0,
                                index,
                                "payload or salt is missing, and no later entry says that it was"
                                        + " erased"));
            }
        } catch (CorruptLogException e) {
            throw fault(
                    relative(e.file()), e.byteOffset(), index, "it is not what the entry names");
        }
    }

    private Optional<Journal.Header> journalHeader() throws IOException {
        Path file = dir.resolve("journal");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Journal.readHeader(file));
        } catch (CorruptLogException e) {
            throw fault("journal", e.byteOffset(), -1, "the header is damaged");
        }
    }

    /** Versions are left to the ledger's own scrub: no proof rests on them. */
    private Optional<Snapshot> snapshot() throws IOException {
        try {
            return Snapshot.find(dir, hash);
        } catch (CorruptLogException e) {
            throw fault(Snapshot.NAME, e.byteOffset(), -1, "the snapshot is damaged");
        }
    }

    /** Every entry of the journal that the checkpoint covers is the entry of the bundle. */
    private void journal(Journal.Header header, byte[] rootAtBase) throws IOException {
        if (header.base() <= tree.size() && !Arrays.equals(header.root(), rootAtBase)) {
            throw fault("journal", 24, header.base(), "the base root is not that of the tree");
        }
        long[] cached = {-1};
        byte[][] bundle = new byte[TilePath.WIDTH][];
        Journal.Scan scan;
        try {
            scan =
                    Journal.scan(
                            dir.resolve("journal"),
                            (index, leaf, at) -> {
                                if (index >= tree.size()) {
                                    return;
                                }
                                long n = index / TilePath.WIDTH;
                                if (n != cached[0]) {
                                    load(n, bundle);
                                    cached[0] = n;
                                }
                                if (!Arrays.equals(leaf, bundle[(int) (index % TilePath.WIDTH)])) {
                                    throw fault(
                                            "journal",
                                            at,
                                            index,
                                            "the entry is not that of the tree");
                                }
                            });
        } catch (CorruptLogException e) {
            throw fault("journal", e.byteOffset(), -1, "the frame is damaged");
        }
        if (scan.size() < tree.size()) {
            throw fault(
                    "journal",
                    scan.goodBytes(),
                    scan.size(),
                    "it ends before entry "
                            + scan.size()
                            + ", yet the checkpoint covers "
                            + tree.size());
        }
    }

    private void load(long n, byte[][] into) throws IOException {
        int width = (int) Math.min(TilePath.WIDTH, tree.size() - n * TilePath.WIDTH);
        String name = findFile(TilePath.bundle(n), width);
        List<EntryBundle.Located> leaves = EntryBundle.parse(dir.resolve(name), read(name), width);
        for (int i = 0; i < width; i++) {
            into[i] = leaves.get(i).leaf();
        }
    }

    /** The full file if there is one, else the partial one of this width. */
    private String findFile(String full, int width) {
        if (width == TilePath.WIDTH || Files.exists(dir.resolve(full))) {
            return full;
        }
        return full + ".p/" + width;
    }

    private byte[] read(String name) throws IOException {
        Path file = dir.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw fault(name, 0, -1, "the file is missing");
        }
        return Files.readAllBytes(file);
    }

    private String relative(Path file) {
        return dir.relativize(file).toString().replace('\\', '/');
    }

    private static FaultFound fault(String file, long byteOffset, long entryIndex, String what) {
        return new FaultFound(new Fault(file, byteOffset, entryIndex, what));
    }
}
