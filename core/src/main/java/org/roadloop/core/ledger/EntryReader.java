package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Entries in order, for a fold (重放). From the second bundle on the next one is read and checked by
 * another thread meanwhile: half of the work of a replay is hashing. One thread.
 */
final class EntryReader implements Iterator<Entry> {
    private final Path dir;
    private final TileStore store;
    private final LeafReader reader;
    private final TreeHash hash;
    private final long end;
    private long next;
    private byte[] bundle = {};
    private int at;
    private @Nullable CompletableFuture<byte[]> ahead;

    EntryReader(Path dir, TileStore store, Payloads payloads, long from, long end) {
        this.dir = dir;
        this.store = store;
        this.next = from;
        this.end = end;
        reader = new LeafReader(payloads);
        hash = store.newHash();
    }

    @Override
    public boolean hasNext() {
        return next < end;
    }

    @Override
    public Entry next() {
        if (next >= end) {
            throw new NoSuchElementException("the ledger had " + end + " entries");
        }
        if (at == bundle.length) {
            load(next / TilePath.WIDTH, (int) (next % TilePath.WIDTH));
        }
        int from = at + 2;
        at = EntryBundle.next(dir, bundle, at, 0);
        return new Entry(next++, reader.event(bundle, from, at));
    }

    private void load(long n, int skipped) {
        boolean goesOn = bundle.length > 0;
        CompletableFuture<byte[]> begun = ahead;
        bundle = begun != null ? joined(begun) : read(n);
        ahead = null;
        if (goesOn && (n + 1) * TilePath.WIDTH < end) {
            ahead = CompletableFuture.supplyAsync(() -> read(n + 1));
        }
        at = 0;
        for (int i = 0; i < skipped; i++) {
            at = EntryBundle.next(dir, bundle, at, i);
        }
    }

    /** The hash is never used by two threads at a time: the next read begins after this one. */
    private byte[] read(long n) {
        try {
            return store.bundle(n, hash);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", entry " + n * TilePath.WIDTH, e);
        }
    }

    private static byte[] joined(CompletableFuture<byte[]> begun) {
        try {
            return begun.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
