package org.roadloop.core.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The growing edge of the tree: per level the hashes of the one tile that is not full. One thread.
 *
 * <p>Level 0 holds leaf hashes, level L the roots of full tiles of level L-1. Memory is 8 KiB per
 * level, whatever the size of the log.
 */
final class TileTree {
    /** Takes each tile once it is full. */
    interface Sink {
        /**
         * Called once for each tile.
         *
         * @param hashes 256 × 32 bytes, not kept by the tree
         */
        void full(int level, long n, byte[] hashes);
    }

    private static final int TILE_BYTES = TilePath.WIDTH * TreeHash.BYTES;
    private final TreeHash hash;
    private final List<byte[]> levels = new ArrayList<>();
    private long size;

    TileTree(TreeHash hash) {
        this.hash = hash;
    }

    /**
     * The edge of a log that exists.
     *
     * @param partials per level the hashes of its tile that is not full, as {@link #partial} gives
     */
    static TileTree resume(TreeHash hash, long size, List<byte[]> partials) {
        TileTree tree = new TileTree(hash);
        tree.size = size;
        for (byte[] partial : partials) {
            tree.levels.add(Arrays.copyOf(partial, TILE_BYTES));
        }
        return tree;
    }

    long size() {
        return size;
    }

    /** The tree of {@code size} leaves, a multiple of 256, from its {@link #edgeHashes}. */
    static TileTree restore(TreeHash hash, long size, byte[] edge) {
        TileTree tree = new TileTree(hash);
        tree.size = size;
        int at = 0;
        for (int level = 0; at < edge.length || size >>> (8 * level) > 0; level++) {
            byte[] tile = new byte[TILE_BYTES];
            int bytes = tree.width(level) * TreeHash.BYTES;
            System.arraycopy(edge, at, tile, 0, bytes);
            tree.levels.add(tile);
            at += bytes;
        }
        return tree;
    }

    /** Hashes in the tiles that are not full of a tree of {@code size} leaves. */
    static int edgeHashes(long size) {
        int hashes = 0;
        for (long rest = size; rest > 0; rest >>>= 8) {
            hashes += (int) (rest & 0xFF);
        }
        return hashes;
    }

    void append(byte[] leafHash, Sink sink) {
        append(leafHash, 0, sink);
    }

    /**
     * @param offset where in {@code hashes} the leaf hash stands
     */
    void append(byte[] hashes, int offset, Sink sink) {
        byte[] carried = hashes;
        int from = offset;
        for (int level = 0; ; level++) {
            if (level == levels.size()) {
                levels.add(new byte[TILE_BYTES]);
            }
            byte[] tile = levels.get(level);
            int at = width(level);
            System.arraycopy(carried, from, tile, at * TreeHash.BYTES, TreeHash.BYTES);
            if (at < TilePath.WIDTH - 1) {
                break;
            }
            sink.full(level, number(level), tile.clone());
            carried = hash.root(tile, 0, TilePath.WIDTH);
            from = 0;
        }
        size++;
    }

    /** Hashes in the tile of a level that is not full, 0 to 255. */
    int width(int level) {
        return level >= Long.SIZE / 8 ? 0 : (int) ((size >>> (8 * level)) & 0xFF);
    }

    /** Number of that tile in its level. */
    long number(int level) {
        return level + 1 >= Long.SIZE / 8 ? 0 : size >>> (8 * (level + 1));
    }

    int levelCount() {
        return levels.size();
    }

    /** The hashes so far of the tile of a level that is not full. */
    byte[] partial(int level) {
        return Arrays.copyOf(levels.get(level), width(level) * TreeHash.BYTES);
    }

    /** RFC 6962 root of what was appended. */
    byte[] root() {
        byte[] below = new byte[0];
        for (int level = 0; level < levels.size(); level++) {
            byte[] own = partial(level);
            byte[] all = Arrays.copyOf(own, own.length + below.length);
            System.arraycopy(below, 0, all, own.length, below.length);
            if (all.length > 0) {
                below = hash.root(all, 0, all.length / TreeHash.BYTES);
            }
        }
        return below.length == 0 ? hash.empty() : below;
    }
}
