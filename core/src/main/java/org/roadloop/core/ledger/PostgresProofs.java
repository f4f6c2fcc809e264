package org.roadloop.core.ledger;

import java.io.IOException;
import java.util.Arrays;

/** Leaves, tiles and proofs out of the tables (证明), for trees of any size so far. Any thread. */
final class PostgresProofs {
    private final PostgresPool pool;
    private final PostgresTiles.Cache cache;
    private final PostgresNews news;

    PostgresProofs(PostgresPool pool, PostgresTiles.Cache cache, PostgresNews news) {
        this.pool = pool;
        this.cache = cache;
        this.news = news;
    }

    /** Asked now, and not as last heard. */
    long committedSize() {
        long now = pool.read("size of the log", session -> PostgresTiles.head(session).size());
        news.grownTo(now);
        return now;
    }

    byte[] leaf(long index) {
        if (index < 0 || !holds(index + 1)) {
            throw new IllegalArgumentException(
                    "the ledger has no entry " + index + "; it has " + news.size());
        }
        return pool.read(
                "entry " + index,
                session -> PostgresEntries.leaves(session, index, index + 1).getFirst());
    }

    /** Work on the tree of a size. */
    private interface TreeWork<T> {
        T run(TileProofs proofs) throws IOException;
    }

    private <T> T onTree(String what, long treeSize, TreeWork<T> work) {
        return pool.read(
                what, session -> work.run(new PostgresTiles(session, treeSize, cache).proofs()));
    }

    private void mustHave(boolean there, String what) {
        if (!there) {
            throw new IllegalArgumentException(what + "; the ledger has " + news.size());
        }
    }

    private boolean holds(long wanted) {
        return wanted <= news.size() || wanted <= committedSize();
    }

    InclusionProof inclusion(long index, long treeSize) {
        mustHave(
                index >= 0 && index < treeSize && holds(treeSize),
                "no proof of entry " + index + " among " + treeSize);
        return onTree(
                "proof of entry " + index,
                treeSize,
                proofs ->
                        new InclusionProof(
                                index,
                                treeSize,
                                proofs.leafHash(index),
                                proofs.inclusion(index, treeSize)));
    }

    ConsistencyProof consistency(long oldSize, long newSize) {
        mustHave(
                oldSize >= 0 && oldSize <= newSize && holds(newSize),
                "no consistency proof from " + oldSize + " to " + newSize + " entries");
        return onTree(
                "consistency proof",
                newSize,
                proofs ->
                        new ConsistencyProof(
                                oldSize, newSize, proofs.consistency(oldSize, newSize)));
    }

    byte[] tile(int level, long n, int width) {
        boolean named =
                level >= 0
                        && level < Long.SIZE / 8 - 1
                        && n >= 0
                        && n < Long.MAX_VALUE >>> (8 * (level + 1))
                        && width >= 1
                        && width <= TilePath.WIDTH;
        mustHave(
                named && holds((n * TilePath.WIDTH + width) << (8 * level)),
                "no tile " + level + "/" + n + " of width " + width);
        return pool.read(
                "tile",
                session ->
                        Arrays.copyOf(
                                new PostgresTiles(session, news.size(), cache).tile(level, n),
                                width * TreeHash.BYTES));
    }

    byte[] entryBundle(long n, int width) {
        mustHave(
                n >= 0
                        && n < Long.MAX_VALUE >>> 8
                        && width >= 1
                        && width <= TilePath.WIDTH
                        && holds(n * TilePath.WIDTH + width),
                "no entry bundle " + n + " of width " + width);
        long from = n * TilePath.WIDTH;
        EntryBundle bundle = new EntryBundle();
        pool.read("entry bundle", session -> PostgresEntries.leaves(session, from, from + width))
                .forEach(bundle::add);
        return bundle.toBytes();
    }
}
