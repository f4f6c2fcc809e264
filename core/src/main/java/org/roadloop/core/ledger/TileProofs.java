package org.roadloop.core.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Making of proofs from tiles, RFC 6962 §2.1.1 and §2.1.2. A perfect subtree of 2^h leaves is
 * computed from at most 128 neighbouring hashes of one tile of level h/8, so a proof touches one
 * tile a level. One thread.
 */
final class TileProofs {
    /** Where the hashes of a tile are. */
    interface Source {
        /** Packed hashes; of a tile that is not full, those there are. */
        byte[] tile(int level, long n) throws IOException;

        /** Root of the 2^height hashes from {@code first} of a tile on. */
        default byte[] subtree(TreeHash hash, int level, long n, int first, int height)
                throws IOException {
            return hash.root(tile(level, n), first, 1 << height);
        }
    }

    private final TreeHash hash;
    private final Source source;

    TileProofs(TreeHash hash, Source source) {
        this.hash = hash;
        this.source = source;
    }

    byte[] leafHash(long index) throws IOException {
        return range(index, index + 1);
    }

    byte[] root(long size) throws IOException {
        return size == 0 ? hash.empty() : range(0, size);
    }

    List<byte[]> inclusion(long index, long size) throws IOException {
        List<byte[]> path = new ArrayList<>();
        inclusion(index, 0, size, path);
        return path;
    }

    List<byte[]> consistency(long oldSize, long newSize) throws IOException {
        List<byte[]> path = new ArrayList<>();
        if (oldSize > 0 && oldSize < newSize) {
            consistency(oldSize, 0, newSize, true, path);
        }
        return path;
    }

    private void inclusion(long index, long from, long until, List<byte[]> path)
            throws IOException {
        if (until - from == 1) {
            return;
        }
        long split = from + Long.highestOneBit(until - from - 1);
        if (index < split) {
            inclusion(index, from, split, path);
            path.add(range(split, until));
        } else {
            inclusion(index, split, until, path);
            path.add(range(from, split));
        }
    }

    /** SUBPROOF: {@code whole} is true while the old tree is a complete subtree of the range. */
    private void consistency(long old, long from, long until, boolean whole, List<byte[]> path)
            throws IOException {
        if (old == until) {
            if (!whole) {
                path.add(range(from, until));
            }
            return;
        }
        long split = from + Long.highestOneBit(until - from - 1);
        if (old <= split) {
            consistency(old, from, split, whole, path);
            path.add(range(split, until));
        } else {
            consistency(old, split, until, false, path);
            path.add(range(from, split));
        }
    }

    private byte[] range(long from, long until) throws IOException {
        long count = until - from;
        if (Long.bitCount(count) == 1 && from % count == 0) {
            int height = Long.numberOfTrailingZeros(count);
            int level = height / 8;
            long first = from >>> (8 * level);
            return source.subtree(
                    hash,
                    level,
                    first / TilePath.WIDTH,
                    (int) (first % TilePath.WIDTH),
                    height % 8);
        }
        long split = from + Long.highestOneBit(count - 1);
        return hash.node(range(from, split), range(split, until));
    }
}
