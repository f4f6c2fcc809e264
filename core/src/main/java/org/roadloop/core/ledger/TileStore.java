package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;

/**
 * Tiles, entry bundles and the checkpoint of one log directory. Any thread.
 *
 * <p>In memory: the growing edge, the last bundle, full files that still wait to be written, and a
 * cache of tiles; nothing that grows with the log.
 */
final class TileStore {
    /** 8 MiB of full tiles. */
    private static final int CACHED_TILES = 1024;

    private final Path dir;
    private final TreeHash hash;
    private final TileTree tree;
    private final EntryBundle tail = new EntryBundle();
    private final Map<String, byte[]> waiting = new LinkedHashMap<>();
    private List<Path> unsynced = new ArrayList<>();
    private final Set<String> partials = new LinkedHashSet<>();
    private final Map<String, byte[]> cache =
            new LinkedHashMap<>(64, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
                    return size() > CACHED_TILES;
                }
            };
    private final TileProofs proofs;

    TileStore(Path dir, TreeHash hash) {
        this.dir = dir;
        this.hash = hash;
        tree = new TileTree(hash);
        proofs = new TileProofs(hash, this::tile);
    }

    synchronized long size() {
        return tree.size();
    }

    synchronized byte[] root() {
        return tree.root();
    }

    /** Root of the first {@code size} entries. */
    synchronized byte[] root(long size) throws IOException {
        return proofs.root(size);
    }

    /** Adds entries that are durable in the journal; full tiles wait for {@link #writeWaiting}. */
    synchronized void append(List<byte[]> leaves) {
        for (byte[] leaf : leaves) {
            append(leaf);
        }
    }

    synchronized void append(byte[] leaf) {
        long bundle = tree.size() / TilePath.WIDTH;
        tail.add(leaf);
        if (tail.count() == TilePath.WIDTH) {
            waiting.put(TilePath.bundle(bundle), tail.toBytes());
            tail.clear();
        }
        tree.append(
                hash.leaf(leaf),
                (level, n, hashes) -> waiting.put(TilePath.tile(level, n), hashes));
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
    synchronized void writeWaiting() throws IOException {
        Iterator<Map.Entry<String, byte[]>> files = waiting.entrySet().iterator();
        while (files.hasNext()) {
            Map.Entry<String, byte[]> file = files.next();
            Path path = dir.resolve(file.getKey());
            DurableFiles.replace(path, file.getValue());
            unsynced.add(path);
            files.remove();
        }
    }

    /** Bytes of a bundle, full or not; empty if it has no entry yet. */
    byte[] bundle(long n) throws IOException {
        synchronized (this) {
            byte[] kept = waiting.get(TilePath.bundle(n));
            if (kept != null) {
                return kept;
            }
            if (n == tree.size() / TilePath.WIDTH) {
                return tail.toBytes();
            }
        }
        return Files.readAllBytes(dir.resolve(TilePath.bundle(n)));
    }

    /** The first {@code width} hashes of a tile. */
    synchronized byte[] tile(int level, long n, int width) throws IOException {
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
        return Arrays.copyOf(tile(level, n), width * TreeHash.BYTES);
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
        byte[] all = bundle(n);
        ByteBuffer in = ByteBuffer.wrap(all);
        for (int i = 0; i < width; i++) {
            in.position(in.position() + 2 + Short.toUnsignedInt(in.getShort(in.position())));
        }
        return Arrays.copyOf(all, in.position());
    }

    synchronized InclusionProof inclusion(long index) throws IOException {
        return inclusion(index, tree.size());
    }

    synchronized InclusionProof inclusion(long index, long size) throws IOException {
        if (index < 0 || index >= size || size > tree.size()) {
            throw new IllegalArgumentException(
                    "no proof of entry "
                            + index
                            + " among "
                            + size
                            + "; the ledger has "
                            + tree.size());
        }
        return new InclusionProof(
                index, size, proofs.leafHash(index), proofs.inclusion(index, size));
    }

    synchronized ConsistencyProof consistency(long oldSize, long newSize) throws IOException {
        if (oldSize < 0 || oldSize > newSize || newSize > tree.size()) {
            throw new IllegalArgumentException(
                    "no consistency proof from "
                            + oldSize
                            + " to "
                            + newSize
                            + " entries; the ledger has "
                            + tree.size());
        }
        return new ConsistencyProof(oldSize, newSize, proofs.consistency(oldSize, newSize));
    }

    private byte[] tile(int level, long n) throws IOException {
        if (n == tree.number(level)) {
            return tree.partial(level);
        }
        String path = TilePath.tile(level, n);
        byte[] kept = waiting.get(path);
        if (kept == null) {
            kept = cache.get(path);
        }
        if (kept == null) {
            kept = Files.readAllBytes(dir.resolve(path));
            if (kept.length != TilePath.WIDTH * TreeHash.BYTES) {
                throw new CorruptLogException(
                        dir.resolve(path), kept.length, "a full tile has 8192 bytes");
            }
            cache.put(path, kept);
        }
        return kept;
    }

    /** Writes the partial tiles and a signed checkpoint of what was appended. One thread. */
    Checkpoint publish(String origin, Signer signer) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        long size;
        byte[] root;
        synchronized (this) {
            writeWaiting();
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
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            DurableFiles.replace(dir.resolve(file.getKey()), file.getValue());
        }
        Checkpoint checkpoint = SignedNote.checkpoint(origin, size, root, signer);
        DurableFiles.replaceAndSync(
                dir.resolve("checkpoint"), checkpoint.note().getBytes(StandardCharsets.UTF_8));
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
            writeWaiting();
            files = unsynced;
            unsynced = new ArrayList<>();
            full = tree.size() / TilePath.WIDTH * TilePath.WIDTH;
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
