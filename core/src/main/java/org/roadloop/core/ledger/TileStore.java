package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;

/**
 * Tiles, entry bundles and the checkpoint of one log directory. Any thread.
 *
 * <p>In memory: the growing edge, the last bundle, full files that still wait to be written, and a
 * cache of tiles ({@link TileReader}); nothing that grows with the log.
 */
final class TileStore {
    /** A fold that has not asked for the next 256 entries for so long has ended. */
    private static final long READING_NANOS = 20_000_000;

    private final Path dir;
    private final TreeHash hash;
    private final Supplier<TreeHash> hashes;
    private final Step.Listener steps;
    private final TileTree tree;
    private final EntryBundle tail = new EntryBundle();
    private final Map<String, byte[]> waiting = new LinkedHashMap<>();
    private List<Path> unsynced = new ArrayList<>();
    private final Set<String> partials = new LinkedHashSet<>();
    private final TileReader reader;

    /** Held while full files are written, which is done beside the monitor. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile boolean writeFailed;
    private volatile long readAt = System.nanoTime() - READING_NANOS;

    /** An empty log. */
    TileStore(Path dir, Supplier<TreeHash> hashes, Step.Listener steps) {
        this(dir, hashes, steps, new TileTree(hashes.get()));
    }

    /**
     * @param tree of a multiple of 256 entries whose files are on disk
     */
    TileStore(Path dir, Supplier<TreeHash> hashes, Step.Listener steps, TileTree tree) {
        this.dir = dir;
        this.hashes = hashes;
        this.steps = steps;
        this.tree = tree;
        hash = hashes.get();
        reader = new TileReader(dir, hashes, new GrowingEdge());
    }

    private final class GrowingEdge implements TileReader.Edge {
        @Override
        public byte @Nullable [] partial(int level, long n) {
            synchronized (TileStore.this) {
                return n == tree.number(level) ? tree.partial(level) : null;
            }
        }

        @Override
        public byte @Nullable [] waiting(String path) {
            synchronized (TileStore.this) {
                return waiting.get(path);
            }
        }
    }

    synchronized long size() {
        return tree.size();
    }

    synchronized byte[] root() {
        return tree.root();
    }

    /** Root of the first {@code size} entries. */
    byte[] root(long size) throws IOException {
        return reader.root(size);
    }

    TreeHash newHash() {
        return hashes.get();
    }

    /**
     * Hashes of the tiles that are not full in the tree of {@code size} entries, level by level.
     */
    byte[] edge(long size) throws IOException {
        byte[] edge = new byte[TileTree.edgeHashes(size) * TreeHash.BYTES];
        int at = 0;
        for (int level = 0; size >>> (8 * level) > 0 && level < Long.SIZE / 8; level++) {
            int bytes = (int) (size >>> (8 * level) & 0xFF) * TreeHash.BYTES;
            if (bytes > 0) {
                long n = level + 1 < Long.SIZE / 8 ? size >>> (8 * (level + 1)) : 0;
                System.arraycopy(reader.tile(level, n), 0, edge, at, bytes);
            }
            at += bytes;
        }
        return edge;
    }

    /** Adds entries that are durable in the journal; full tiles wait for {@link #writeWaiting}. */
    synchronized void append(Batch batch) {
        byte[] packed = batch.packed();
        int at = 0;
        for (int i = 0; i < batch.count(); i++) {
            int until = at + 2 + ((packed[at] & 0xFF) << 8 | packed[at + 1] & 0xFF);
            tail.addPacked(packed, at, until);
            grow(batch.hashes(), i * TreeHash.BYTES);
            at = until;
        }
    }

    synchronized void append(byte[] leaf) {
        tail.add(leaf);
        grow(hash.leaf(leaf), 0);
    }

    private void grow(byte[] leafHashes, int offset) {
        if (tail.count() == TilePath.WIDTH) {
            waiting.put(TilePath.bundle(tree.size() / TilePath.WIDTH), tail.toBytes());
            tail.clear();
        }
        tree.append(
                leafHashes, offset, (level, n, full) -> waiting.put(TilePath.tile(level, n), full));
    }

    /**
     * Adds entries that are on disk as a full bundle; their full tiles must be there, and equal.
     */
    synchronized void adopt(List<EntryBundle.Located> leaves) {
        for (EntryBundle.Located located : leaves) {
            tree.append(hash.leaf(located.leaf()), this::mustEqual);
        }
    }

    private void mustEqual(int level, long n, byte[] hashes) {
        Path file = dir.resolve(TilePath.tile(level, n));
        byte[] stored;
        try {
            stored = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CorruptLogException(file, 0, "the tile can't be read (" + e + ")");
        }
        int differs = Arrays.mismatch(stored, hashes);
        if (differs >= 0) {
            throw new CorruptLogException(file, differs, "the tile is not the hash of its entries");
        }
    }

    /** Writes full tiles and bundles; what can't be written stays and is tried again. */
    void writeWaiting() throws IOException {
        writing.lock();
        try {
            Map<String, byte[]> files;
            synchronized (this) {
                files = new LinkedHashMap<>(waiting);
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = dir.resolve(file.getKey());
                DurableFiles.replace(path, file.getValue());
                synchronized (this) {
                    unsynced.add(path);
                    waiting.remove(file.getKey());
                }
                steps.done(Step.TILE_WRITTEN);
            }
            writeFailed = false;
        } catch (IOException e) {
            writeFailed = true;
            throw e;
        } finally {
            writing.unlock();
        }
    }

    /** A fold is under way. */
    void beingRead() {
        readAt = System.nanoTime();
    }

    /** Whether a fold went on just now: what can wait makes room for it. */
    boolean isBeingRead() {
        return System.nanoTime() - readAt < READING_NANOS;
    }

    /** Full files in memory only; their entries are in the journal. */
    synchronized int waitingFiles() {
        return waiting.size();
    }

    /** True from a failed write of full files to the next that succeeds. */
    boolean writeFailed() {
        return writeFailed;
    }

    /** Bytes of a bundle, full or not; empty if it has no entry yet. */
    byte[] bundle(long n, TreeHash own) throws IOException {
        synchronized (this) {
            if (n == tree.size() / TilePath.WIDTH) {
                return tail.toBytes();
            }
        }
        return reader.bundle(n, own);
    }

    /** Of full bundles that were read. */
    CheckedBundles checkedBundles() {
        return reader.checked();
    }

    /** Bytes of a full bundle; it, its tile and the tiles above must hash to the tree. */
    byte[] check(long n, TreeHash own) throws IOException {
        return reader.check(n, own);
    }

    /** The first {@code width} hashes of a tile. */
    byte[] tile(int level, long n, int width) throws IOException {
        synchronized (this) {
            boolean there =
                    level >= 0
                            && level < Long.SIZE / 8 - 1
                            && n >= 0
                            && width >= 1
                            && width <= TilePath.WIDTH
                            && (n < tree.number(level)
                                    || (n == tree.number(level) && width <= tree.width(level)));
            if (!there) {
                throw new IllegalArgumentException(
                        "no tile " + level + "/" + n + " of width " + width + " in " + tree.size());
            }
        }
        return Arrays.copyOf(reader.tile(level, n), width * TreeHash.BYTES);
    }

    /** The first {@code width} entries of a bundle. */
    byte[] bundle(long n, int width) throws IOException {
        if (n < 0
                || width < 1
                || width > TilePath.WIDTH
                || n > (Long.MAX_VALUE >>> 8) - 1
                || n * TilePath.WIDTH + width > size()) {
            throw new IllegalArgumentException(
                    "no entry bundle " + n + " of width " + width + " in " + size());
        }
        byte[] all = bundle(n, hashes.get());
        ByteBuffer in = ByteBuffer.wrap(all);
        for (int i = 0; i < width; i++) {
            in.position(in.position() + 2 + Short.toUnsignedInt(in.getShort(in.position())));
        }
        return Arrays.copyOf(all, in.position());
    }

    InclusionProof inclusion(long index) throws IOException {
        return inclusion(index, size());
    }

    InclusionProof inclusion(long index, long size) throws IOException {
        if (index < 0 || index >= size || size > size()) {
            throw new IllegalArgumentException(
                    "no proof of entry " + index + " among " + size + "; the ledger has " + size());
        }
        return reader.inclusion(index, size);
    }

    ConsistencyProof consistency(long oldSize, long newSize) throws IOException {
        if (oldSize < 0 || oldSize > newSize || newSize > size()) {
            throw new IllegalArgumentException(
                    "no consistency proof from "
                            + oldSize
                            + " to "
                            + newSize
                            + " entries; the ledger has "
                            + size());
        }
        return reader.consistency(oldSize, newSize);
    }

    /** Writes the partial tiles and a signed checkpoint of what was appended. One thread. */
    Checkpoint publish(String origin, Signer signer) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        long size;
        byte[] root;
        synchronized (this) {
            size = tree.size();
            root = tree.root();
            for (int level = 0; level < tree.levelCount(); level++) {
                int width = tree.width(level);
                if (width > 0) {
                    long n = tree.number(level);
                    files.put(TilePath.partialTile(level, n, width), tree.partial(level));
                    partials.add(TilePath.tile(level, n));
                }
            }
            if (tail.count() > 0) {
                long n = size / TilePath.WIDTH;
                files.put(TilePath.partialBundle(n, tail.count()), tail.toBytes());
                partials.add(TilePath.bundle(n));
            }
        }
        // What is full at this size must be there before the checkpoint says so.
        writeWaiting();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            DurableFiles.replace(dir.resolve(file.getKey()), file.getValue());
        }
        steps.done(Step.PARTIALS_WRITTEN);
        Checkpoint checkpoint = SignedNote.checkpoint(origin, size, root, signer);
        DurableFiles.replaceAndSync(
                dir.resolve("checkpoint"), checkpoint.note().getBytes(StandardCharsets.UTF_8));
        steps.done(Step.CHECKPOINT_WRITTEN);
        return checkpoint;
    }

    /** Deletes partial files whose full file exists, as tlog-tiles allows. */
    void dropPartials() throws IOException {
        List<String> full = new ArrayList<>();
        synchronized (this) {
            for (String path : partials) {
                if (!waiting.containsKey(path) && Files.exists(dir.resolve(path))) {
                    full.add(path);
                }
            }
            full.forEach(partials::remove);
        }
        for (String path : full) {
            deletePartials(path);
        }
    }

    /** After a restart: partial files that the last run left beside full ones. */
    void dropPartialsFrom(long base) throws IOException {
        long first = base / TilePath.WIDTH;
        for (int level = 0; level < Long.SIZE / 8 - 1; level++) {
            long last = size() >>> (8 * (level + 1));
            for (long n = first >>> (8 * level); n < last; n++) {
                deletePartials(TilePath.tile(level, n));
                if (level == 0) {
                    deletePartials(TilePath.bundle(n));
                }
            }
            partials.add(TilePath.tile(level, last));
        }
        partials.add(TilePath.bundle(size() / TilePath.WIDTH));
    }

    private void deletePartials(String path) throws IOException {
        Path partial = dir.resolve(path + ".p");
        try (Stream<Path> files = Files.list(partial)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(partial);
        } catch (NoSuchFileException none) {
            // nothing was published while this tile was filling
        }
    }

    /** Flushes full files and returns the size up to which all of them are on disk. */
    long sync() throws IOException {
        List<Path> files;
        long full;
        synchronized (this) {
            full = tree.size() / TilePath.WIDTH * TilePath.WIDTH;
        }
        // Everything that is full now; what fills meanwhile may come along.
        writeWaiting();
        synchronized (this) {
            files = unsynced;
            unsynced = new ArrayList<>();
        }
        try {
            Set<Path> directories = new LinkedHashSet<>();
            for (Path file : files) {
                DurableFiles.sync(file);
                for (@Nullable Path up = file.getParent();
                        up != null && !up.equals(dir.getParent());
                        up = up.getParent()) {
                    directories.add(up);
                }
            }
            for (Path directory : directories) {
                DurableFiles.sync(directory);
            }
        } catch (IOException e) {
            synchronized (this) {
                unsynced.addAll(files);
            }
            throw e;
        }
        return full;
    }
}
