package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opening of a log directory after a clean end or a crash (恢复): snapshot, the bundles after it, the
 * journal; what comes out must hash to the signed checkpoint. Without a snapshot that holds every
 * bundle is read. One thread.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /**
     * What opening found.
     *
     * @param base first entry of the journal
     * @param snapshotSize entries that were taken from the snapshot, not from their bundles
     */
    record Found(
            Journal journal,
            long base,
            TileStore store,
            Versions versions,
            long snapshotSize,
            Optional<Snapshot> snapshot) {}

    /** A journal that could not be begun anew for long must not fill the memory. */
    private static final int MAX_WAITING_FILES = 4096;

    private final Path dir;
    private final List<SignedNote.VerifierKey> keys;
    private final LedgerProfile profile;
    private final Supplier<TreeHash> hashes;
    private final Step.Listener steps;
    private final Path journalFile;

    private Recovery(
            Path dir,
            List<SignedNote.VerifierKey> keys,
            LedgerProfile profile,
            Step.Listener steps) {
        this.dir = dir;
        this.keys = keys;
        this.profile = profile;
        hashes = profile::treeHash;
        this.steps = steps;
        journalFile = dir.resolve("journal");
    }

    static Found recover(
            Path dir, List<SignedNote.VerifierKey> keys, LedgerProfile profile, Step.Listener steps)
            throws IOException {
        return new Recovery(dir, keys, profile, steps).run();
    }

    private Found run() throws IOException {
        try {
            Checkpoint checkpoint = readCheckpoint();
            if (!Files.exists(journalFile)) {
                throw new CorruptLogException(journalFile, 0, "the journal is missing");
            }
            Journal.Header header = Journal.readHeader(journalFile);
            Optional<Snapshot> snapshot = snapshot(checkpoint, header);
            if (snapshot.isPresent()) {
                try {
                    return replay(checkpoint, header, snapshot);
                } catch (CorruptLogException e) {
                    LOG.warn(
                            "ledger {}: opening by the snapshot failed, every entry is read: {}",
                            dir,
                            e.getMessage());
                }
            }
            return replay(checkpoint, header, Optional.empty());
        } catch (CorruptLogException found) {
            throw locate(found);
        }
    }

    /** A snapshot beyond the journal's base or the checkpoint is tied to nothing. */
    private Optional<Snapshot> snapshot(Checkpoint checkpoint, Journal.Header header)
            throws IOException {
        try {
            Optional<Snapshot> found = Snapshot.find(dir, hashes.get());
            if (found.isPresent()
                    && found.get().size() <= header.base()
                    && found.get().size() <= checkpoint.size()) {
                return found;
            }
            found.ifPresent(
                    s ->
                            LOG.warn(
                                    "ledger {}: the snapshot of {} entries does not fit the"
                                            + " journal, every entry is read",
                                    dir,
                                    s.size()));
        } catch (CorruptLogException e) {
            LOG.warn("ledger {}: every entry is read: {}", dir, e.getMessage());
        }
        return Optional.empty();
    }

    private Found replay(Checkpoint checkpoint, Journal.Header header, Optional<Snapshot> snapshot)
            throws IOException {
        Versions versions = new Versions();
        List<Long> erasures = new ArrayList<>();
        TileTree tree = new TileTree(hashes.get());
        if (snapshot.isPresent()) {
            tree = snapshot.get().tree(hashes.get());
            snapshot.get().forEachVersion(versions::set);
            erasures.addAll(snapshot.get().erasures());
        }
        TileStore store = new TileStore(dir, hashes, steps, tree);
        long snapshotSize = store.size();
        for (long n = snapshotSize / TilePath.WIDTH; n < header.base() / TilePath.WIDTH; n++) {
            Path file = dir.resolve(TilePath.bundle(n));
            if (!Files.exists(file)) {
                throw new CorruptLogException(file, 0, "the entry bundle is missing");
            }
            List<EntryBundle.Located> leaves =
                    EntryBundle.parse(file, Files.readAllBytes(file), TilePath.WIDTH);
            store.adopt(leaves);
            leaves.forEach(l -> count(l.leaf(), versions, erasures));
        }
        if (!Arrays.equals(store.root(), header.root())) {
            throw new CorruptLogException(
                    journalFile, 24, "its base root is not the root of the bundles before it");
        }
        List<byte[]> upgraded = new ArrayList<>();
        Journal.Scan scan =
                Journal.scan(
                        journalFile,
                        (index, leaf, at) -> {
                            store.append(leaf);
                            count(leaf, versions, erasures);
                            if (header.version() != Journal.VERSION) {
                                upgraded.add(leaf);
                            }
                            if (store.waitingFiles() > MAX_WAITING_FILES) {
                                store.writeWaiting();
                            }
                        });
        if (scan.size() < checkpoint.size()) {
            throw new CorruptLogException(
                    journalFile,
                    scan.goodBytes(),
                    "it ends at entry "
                            + scan.size()
                            + ", yet a signed checkpoint covers "
                            + checkpoint.size()
                            + ": the file was cut or rolled back");
        }
        if (!Arrays.equals(store.root(checkpoint.size()), checkpoint.rootHash())) {
            throw new CorruptLogException(
                    dir.resolve("checkpoint"),
                    0,
                    "its root of " + checkpoint.size() + " entries is not the root of the entries");
        }
        mustNotGoOn(scan);
        if (scan.tornBytes() > 0) {
            LOG.warn(
                    "ledger {}: cut {} bytes of an unfinished append at byte {} of the journal;"
                            + " it was never acknowledged",
                    dir,
                    scan.tornBytes(),
                    scan.goodBytes());
        }
        store.writeWaiting();
        store.dropPartialsFrom(header.base());
        mendPartials(store);
        finishErasures(store, erasures);
        return new Found(
                header.version() == Journal.VERSION
                        ? Journal.open(journalFile, scan, steps)
                        : upgrade(header, upgraded),
                header.base(),
                store,
                versions,
                snapshotSize,
                snapshot);
    }

    /**
     * What is not full yet is the journal's once more: a partial file that says something else, by
     * damage or because it had not reached the disk when the power went, is named and removed; the
     * first checkpoint writes it again.
     */
    private void mendPartials(TileStore store) throws IOException {
        long size = store.size();
        mendPartials(
                TilePath.bundle(size / TilePath.WIDTH),
                width -> store.bundle(size / TilePath.WIDTH, width));
        for (int level = 0; level < Long.SIZE / 8 - 1; level++) {
            int at = level;
            long n = size >>> (8 * (level + 1));
            mendPartials(TilePath.tile(level, n), width -> store.tile(at, n, width));
        }
    }

    /** The first entries or hashes of a file. */
    private interface Beginning {
        byte[] of(int width) throws IOException;
    }

    private void mendPartials(String full, Beginning journal) throws IOException {
        Path folder = dir.resolve(full + ".p");
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files =
                    list.filter(f -> f.getFileName().toString().matches("[1-9][0-9]{0,2}"))
                            .toList();
        }
        for (Path file : files) {
            byte[] expected;
            try {
                expected = journal.of(Integer.parseInt(file.getFileName().toString()));
            } catch (IllegalArgumentException beyondTheJournal) {
                continue;
            }
            int differs = Arrays.mismatch(Files.readAllBytes(file), expected);
            if (differs >= 0) {
                LOG.warn(
                        "ledger {}: {} byte {} is not what the journal holds; it is written anew",
                        dir,
                        dir.relativize(file),
                        differs);
                Files.delete(file);
            }
        }
    }

    private static void count(byte[] leaf, Versions versions, List<Long> erasures) {
        versions.add(Leaf.subject(leaf));
        if (Leaf.isErasure(leaf, 0, leaf.length)) {
            erasures.add(Leaf.erasedIndex(leaf));
        }
    }

    /** Writes the entries of a journal of version 1 as one of version 2, in its place. */
    private Journal upgrade(Journal.Header old, List<byte[]> leaves) throws IOException {
        LOG.info("ledger {}: the journal is begun anew in version {}", dir, Journal.VERSION);
        byte[] packed = Batch.of(leaves, List.of(), hashes.get()).packed();
        return Journal.create(
                journalFile,
                new Journal.Header(old.base(), old.root()),
                ByteBuffer.wrap(packed),
                steps);
    }

    private Checkpoint readCheckpoint() throws IOException {
        Path file = dir.resolve("checkpoint");
        if (!Files.exists(file)) {
            throw new CorruptLogException(file, 0, "the checkpoint is missing");
        }
        try {
            Checkpoint checkpoint =
                    SignedNote.parseCheckpoint(new String(Files.readAllBytes(file), UTF_8), keys);
            if (!checkpoint.origin().equals(keys.getFirst().name())) {
                throw new CorruptLogException(
                        file,
                        0,
                        "it is of log '"
                                + checkpoint.origin()
                                + "', not '"
                                + keys.getFirst().name()
                                + "'");
            }
            return checkpoint;
        } catch (SignedNote.InvalidNoteException e) {
            throw new CorruptLogException(file, e.byteOffset(), "the checkpoint " + e.getMessage());
        }
    }

    /**
     * A bundle is written after the journal: one that goes on beyond it was there before a
     * roll-back.
     */
    private void mustNotGoOn(Journal.Scan scan) throws IOException {
        long bundle = scan.size() / TilePath.WIDTH;
        boolean goesOn = Files.exists(dir.resolve(TilePath.bundle(bundle)));
        Path partial = dir.resolve(TilePath.bundle(bundle) + ".p");
        if (Files.isDirectory(partial)) {
            try (Stream<Path> files = Files.list(partial)) {
                goesOn |=
                        files.map(f -> f.getFileName().toString())
                                .filter(f -> f.matches("[0-9]{1,3}"))
                                .anyMatch(w -> Long.parseLong(w) > scan.size() % TilePath.WIDTH);
            }
        }
        if (goesOn) {
            throw new CorruptLogException(
                    journalFile,
                    scan.goodBytes(),
                    "it ends at entry "
                            + scan.size()
                            + ", yet bundle "
                            + TilePath.bundle(bundle)
                            + " goes on: the file was cut or rolled back");
        }
    }

    /** The verifier tells a damaged entry from a damaged tile; its finding is more exact. */
    private CorruptLogException locate(CorruptLogException found) {
        Optional<Fault> fault = LedgerVerifier.verify(dir, keys, false).fault();
        return fault.map(
                        f ->
                                new CorruptLogException(
                                        dir.resolve(f.file()), f.byteOffset(), f.what()))
                .orElse(found);
    }

    private void finishErasures(TileStore store, List<Long> erasures) throws IOException {
        Payloads payloads = new Payloads(dir, profile);
        for (long index : erasures) {
            if (index < 0 || index >= store.size()) {
                throw new CorruptLogException(
                        dir.resolve(Snapshot.NAME), 0, "an erasure is of entry " + index);
            }
            Optional<Payloads.Reference> reference = Leaf.payload(leaf(dir, store, index));
            if (reference.isPresent()) {
                payloads.drop(reference.get());
            }
        }
    }

    static byte[] leaf(Path dir, TileStore store, long index) throws IOException {
        long bundle = index / TilePath.WIDTH;
        int within = (int) (index % TilePath.WIDTH);
        return EntryBundle.parse(
                        dir.resolve(TilePath.bundle(bundle)),
                        store.bundle(bundle, store.newHash()),
                        within + 1)
                .get(within)
                .leaf();
    }
}
