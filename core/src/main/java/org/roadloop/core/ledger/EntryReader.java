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
 * Entries in order, for a fold (重放). From the second bundle on another thread meanwhile reads the
 * next one, checks it and makes its events. A fold that looks into the bodies has every third one
 * parsed there as well, so that both threads have about the same to do. One thread.
 */
final class EntryReader implements Iterator<Entry> {
    private final Path dir;
    private final TileStore store;
    private final LeafReader reader;

    /** Of whoever reads the next bundle: never two threads at a time, as with the hash. */
    private final LeafReader aheadReader;

    private final TreeHash hash;
    private final long end;
    private long next;
    private byte[] bundle = {};
    private @Nullable Event[] made = {};
    private int at;
    private @Nullable CompletableFuture<Ahead> ahead;

    /**
     * @param made events of the bundle; null where a payload must be looked for, which is done only
     *     when it is asked for: it may be large, or be erased until then
     */
    private record Ahead(byte[] bundle, @Nullable Event[] made) {}

    EntryReader(Path dir, TileStore store, Payloads payloads, long from, long end) {
        this.dir = dir;
        this.store = store;
        this.next = from;
        this.end = end;
        reader = new LeafReader(payloads);
        aheadReader = new LeafReader(payloads);
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
        int within = (int) (next % TilePath.WIDTH);
        Event event = within < made.length ? made[within] : null;
        return new Entry(next++, event != null ? event : reader.event(bundle, from, at));
    }

    private void load(long n, int skipped) {
        boolean goesOn = bundle.length > 0;
        store.beingRead();
        boolean parse = bodiesWereAskedFor();
        CompletableFuture<Ahead> begun = ahead;
        Ahead now = begun != null ? joined(begun) : new Ahead(read(n), new Event[0]);
        bundle = now.bundle();
        made = now.made();
        ahead = null;
        if (goesOn && (n + 1) * TilePath.WIDTH < end) {
            ahead = CompletableFuture.supplyAsync(() -> readAhead(n + 1, parse));
        }
        at = 0;
        for (int i = 0; i < skipped; i++) {
            at = EntryBundle.next(dir, bundle, at, i);
        }
    }

    /** Of those events whose body was not parsed ahead. */
    private boolean bodiesWereAskedFor() {
        int asked = 0;
        for (int i = 1; i < made.length; i += 3) {
            Event event = made[i];
            asked +=
                    event != null && event.body() instanceof Event.Inline b && b.isParsed() ? 1 : 0;
        }
        return asked > TilePath.WIDTH / 6;
    }

    private Ahead readAhead(long n, boolean parse) {
        byte[] bytes = read(n);
        @Nullable Event[] events = new Event[TilePath.WIDTH];
        int from = 0;
        for (int i = 0; i < events.length && from < bytes.length; i++) {
            int until = EntryBundle.next(dir, bytes, from, i);
            Event event = aheadReader.plain(bytes, from + 2, until);
            if (parse && i % 3 == 0 && event != null && event.body() instanceof Event.Inline b) {
                b.json();
            }
            events[i] = event;
            from = until;
        }
        return new Ahead(bytes, events);
    }

    /** The hash is never used by two threads at a time: the next read begins after this one. */
    private byte[] read(long n) {
        try {
            return store.bundle(n, hash);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", entry " + n * TilePath.WIDTH, e);
        }
    }

    private static Ahead joined(CompletableFuture<Ahead> begun) {
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
