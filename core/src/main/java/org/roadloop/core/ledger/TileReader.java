package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads full tiles and entry bundles and believes none of them (核对读取): a tile must hash to its hash
 * in the tile above, up to the growing edge, which is in memory and was checked against the signed
 * root. What checks is kept with all its inner nodes, so a proof is looked up; of a bundle its
 * checksum is kept, so that it is hashed once. Any thread.
 */
final class TileReader implements TileProofs.Source {
    /** 8 MiB of tiles, 16 KiB each with their inner nodes. */
    private static final int CACHED_TILES = 512;

    private static final int TILE_BYTES = TilePath.WIDTH * TreeHash.BYTES;

    /** The part of the tree that is in memory. */
    interface Edge {
        /** Hashes so far of the tile that is not full; null if the tile is full. */
        byte @Nullable [] partial(int level, long n);

        /** A full file that is not written yet. */
        byte @Nullable [] waiting(String path);
    }

    private record Key(int level, long n) {}

    private final Path dir;
    private final Edge edge;
    private final Supplier<TreeHash> hashes;
    private final TreeHash hash;
    private final TileProofs proofs;
    private final CheckedBundles checked = new CheckedBundles();

    /** Nodes as a heap: 1 the root, 2k and 2k+1 below k, 256 to 511 the hashes of the tile. */
    private final Map<Key, byte[]> cache =
            new LinkedHashMap<>(64, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, byte[]> eldest) {
                    return size() > CACHED_TILES;
                }
            };

    TileReader(Path dir, Supplier<TreeHash> hashes, Edge edge) {
        this.dir = dir;
        this.edge = edge;
        this.hashes = hashes;
        hash = hashes.get();
        proofs = new TileProofs(hash, this);
    }

    synchronized byte[] root(long size) throws IOException {
        return proofs.root(size);
    }

    synchronized InclusionProof inclusion(long index, long size) throws IOException {
        return new InclusionProof(
                index, size, proofs.leafHash(index), proofs.inclusion(index, size));
    }

    synchronized ConsistencyProof consistency(long oldSize, long newSize) throws IOException {
        return new ConsistencyProof(oldSize, newSize, proofs.consistency(oldSize, newSize));
    }

    @Override
    public synchronized byte[] tile(int level, long n) throws IOException {
        byte[] partial = edge.partial(level, n);
        return partial != null
                ? partial
                : Arrays.copyOfRange(nodes(level, n), TILE_BYTES, 2 * TILE_BYTES);
    }

    @Override
    public synchronized byte[] subtree(TreeHash own, int level, long n, int first, int height)
            throws IOException {
        byte[] partial = edge.partial(level, n);
        if (partial != null) {
            return own.root(partial, first, 1 << height);
        }
        return node(nodes(level, n), (TilePath.WIDTH + first) >> height);
    }

    /**
     * Bytes of a full bundle whose entries hash to the tree.
     *
     * @param own the caller's, since hashing 256 entries must not hold up the others
     */
    byte[] bundle(long n, TreeHash own) throws IOException {
        byte[] waiting = edge.waiting(TilePath.bundle(n));
        if (waiting != null) {
            return waiting;
        }
        Path file = dir.resolve(TilePath.bundle(n));
        byte[] bytes = read(file);
        if (!checked.are(n, bytes)) {
            mustHash(n, file, bytes, leafHashes(file, bytes, own), own);
            checked.add(n, bytes);
        }
        return bytes;
    }

    CheckedBundles checked() {
        return checked;
    }

    /** As {@link #bundle}; the file of its tile must hold too. */
    byte[] check(long n, TreeHash own) throws IOException {
        Path file = dir.resolve(TilePath.bundle(n));
        byte[] bytes = read(file);
        byte[] leafHashes = leafHashes(file, bytes, own);
        mustHash(n, file, bytes, leafHashes, own);
        Path tile = dir.resolve(TilePath.tile(0, n));
        int differs = Arrays.mismatch(leafHashes, read(tile));
        if (differs >= 0) {
            throw new CorruptLogException(tile, differs, "the hash is not that of the entry");
        }
        checked.add(n, bytes);
        return bytes;
    }

    private void mustHash(long n, Path file, byte[] bytes, byte[] leafHashes, TreeHash own)
            throws IOException {
        byte[] root = own.root(leafHashes, 0, TilePath.WIDTH);
        synchronized (this) {
            if (!Arrays.equals(root, expected(0, n))) {
                throw badBundle(file, bytes, leafHashes, n);
            }
        }
    }

    private byte[] nodes(int level, long n) throws IOException {
        Key key = new Key(level, n);
        byte[] kept = cache.get(key);
        if (kept != null) {
            return kept;
        }
        String path = TilePath.tile(level, n);
        byte[] packed = edge.waiting(path);
        if (packed == null) {
            packed = read(dir.resolve(path));
        }
        if (packed.length != TILE_BYTES) {
            throw new CorruptLogException(
                    dir.resolve(path), packed.length, "a full tile has 8192 bytes");
        }
        byte[] nodes = tree(packed);
        byte[] expected = expected(level, n);
        if (!Arrays.equals(node(nodes, 1), expected)) {
            throw badTile(level, n, packed, expected);
        }
        cache.put(key, nodes);
        return nodes;
    }

    private byte[] tree(byte[] packed) {
        byte[] nodes = new byte[2 * TILE_BYTES];
        System.arraycopy(packed, 0, nodes, TILE_BYTES, TILE_BYTES);
        for (int k = TilePath.WIDTH - 1; k > 0; k--) {
            hash.pair(nodes, 2 * k * TreeHash.BYTES, k * TreeHash.BYTES);
        }
        return nodes;
    }

    private static byte[] node(byte[] nodes, int k) {
        return Arrays.copyOfRange(nodes, k * TreeHash.BYTES, (k + 1) * TreeHash.BYTES);
    }

    /** Root that a full tile must have: its hash in the tile above. */
    private byte[] expected(int level, long n) throws IOException {
        byte[] partial = edge.partial(level + 1, n / TilePath.WIDTH);
        int within = (int) (n % TilePath.WIDTH);
        return partial != null
                ? node(partial, within)
                : node(nodes(level + 1, n / TilePath.WIDTH), TilePath.WIDTH + within);
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new CorruptLogException(file, 0, "the file is missing");
        }
    }

    private static byte[] leafHashes(Path file, byte[] bundle, TreeHash own) {
        byte[] leafHashes = new byte[TILE_BYTES];
        int at = 0;
        for (int i = 0; i < TilePath.WIDTH; i++) {
            int until = EntryBundle.next(file, bundle, at, i);
            own.leaf(bundle, at + 2, until - at - 2, leafHashes, i * TreeHash.BYTES);
            at = until;
        }
        if (at != bundle.length) {
            throw new CorruptLogException(file, at, "bytes follow the last entry");
        }
        return leafHashes;
    }

    /** The tile knows which entry was changed, if the tile itself holds. */
    private CorruptLogException badBundle(Path file, byte[] bundle, byte[] leafHashes, long n)
            throws IOException {
        byte[] tile = nodes(0, n);
        int differs =
                Arrays.mismatch(leafHashes, Arrays.copyOfRange(tile, TILE_BYTES, 2 * TILE_BYTES));
        List<EntryBundle.Located> entries = EntryBundle.parse(file, bundle, TilePath.WIDTH);
        return new CorruptLogException(
                file,
                entries.get(differs / TreeHash.BYTES).offset(),
                "the entry does not hash to its leaf hash in " + TilePath.tile(0, n));
    }

    /** What is below the tile knows which of its hashes was changed, if it holds itself. */
    private CorruptLogException badTile(int level, long n, byte[] packed, byte[] expected)
            throws IOException {
        Path file = dir.resolve(TilePath.tile(level, n));
        TreeHash own = hashes.get();
        try {
            byte[] below = new byte[TILE_BYTES];
            if (level == 0) {
                Path bundle = dir.resolve(TilePath.bundle(n));
                below = leafHashes(bundle, read(bundle), own);
            } else {
                for (int i = 0; i < TilePath.WIDTH; i++) {
                    byte[] child =
                            read(dir.resolve(TilePath.tile(level - 1, n * TilePath.WIDTH + i)));
                    byte[] root = own.root(child, 0, TilePath.WIDTH);
                    System.arraycopy(root, 0, below, i * TreeHash.BYTES, TreeHash.BYTES);
                }
            }
            if (Arrays.equals(own.root(below, 0, TilePath.WIDTH), expected)) {
                return new CorruptLogException(
                        file,
                        Arrays.mismatch(packed, below),
                        "the hash is not that of what is below it");
            }
        } catch (CorruptLogException | IndexOutOfBoundsException bothAreDamaged) {
            // then the tile can only be named whole
        }
        return new CorruptLogException(
                file, 0, "the tile does not hash to the one above, nor do the files below it");
    }
}
