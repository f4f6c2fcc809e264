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
 * Entries in order, for a fold (重放); of those that it wants. From the second bundle on another
 * thread meanwhile reads the next one, checks it and makes its events. A fold that looks into the
 * bodies has every third one parsed there as well, so that both threads have about the same to do;
 * a fold that wants few entries, and so would only wait, reads the bundle after the next itself.
 * One thread.
 */
final class EntryReader implements Iterator<Entry> {
    private final Path dir;
    private final TileStore store;
    private final LeafFilter filter;
    private final long from;
    private final long end;
    private final Hand own;

    /** Of the other thread: a bundle is begun there after the one before it is done. */
    private final Hand other;

    /** The bundle that nobody reads yet. */
    private long nextBundle;

    private Page page = Page.NONE;
    private int at;
    private boolean goesOn;
    private @Nullable CompletableFuture<Page> ahead;
    private @Nullable Page afterAhead;

    /** What one thread needs to read a bundle. */
    private record Hand(TreeHash hash, LeafReader reader) {}

    /**
     * The wanted entries of a bundle.
     *
     * @param within the bundle, 0 to 255
     * @param starts of the leaves in the bytes
     * @param ends of them
     * @param made events; null where it is done only when asked for: a payload may be large, or be
     *     erased until then
     */
    private record Page(
            long n,
            byte[] bytes,
            int count,
            short[] within,
            int[] starts,
            int[] ends,
            @Nullable Event[] made) {
        static final Page NONE =
                new Page(0, new byte[0], 0, new short[0], new int[0], new int[0], new Event[0]);

        /** Whether a fold looked into those bodies that were not parsed ahead. */
        boolean bodiesWereAskedFor() {
            int asked = 0;
            for (int i = 1; i < count; i += 3) {
                Event event = made[i];
                boolean parsed =
                        event != null && event.body() instanceof Event.Inline b && b.isParsed();
                asked += parsed ? 1 : 0;
            }
            return asked > count / 6;
        }
    }

    EntryReader(
            Path dir, TileStore store, Payloads payloads, LeafFilter filter, long from, long end) {
        this.dir = dir;
        this.store = store;
        this.filter = filter;
        this.from = from;
        this.end = end;
        own = new Hand(store.newHash(), new LeafReader(payloads));
        other = new Hand(store.newHash(), new LeafReader(payloads));
        nextBundle = from / TilePath.WIDTH;
    }

    @Override
    public boolean hasNext() {
        while (at == page.count() && (ahead != null || afterAhead != null || isLeft())) {
            page = nextPage();
            at = 0;
        }
        return at < page.count();
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the ledger had " + end + " entries");
        }
        int i = at++;
        Event made = page.made()[i];
        return new Entry(
                page.n() * TilePath.WIDTH + page.within()[i],
                made != null
                        ? made
                        : own.reader().event(page.bytes(), page.starts()[i], page.ends()[i]));
    }

    /** Passes over bundles that are known to have nothing wanted. */
    private boolean isLeft() {
        while (nextBundle * TilePath.WIDTH < end) {
            long marks = store.checkedBundles().marks(nextBundle);
            if (marks == 0 || (marks & filter.marks()) != 0) {
                return true;
            }
            nextBundle++;
        }
        return false;
    }

    private Page nextPage() {
        store.beingRead();
        Page read = afterAhead;
        if (read != null) {
            afterAhead = null;
            return read;
        }
        boolean parse = page.bodiesWereAskedFor();
        CompletableFuture<Page> begun = ahead;
        if (begun == null) {
            read = read(nextBundle++, own, goesOn, false);
        } else {
            if (!begun.isDone() && isLeft()) {
                afterAhead = read(nextBundle++, own, true, false);
            }
            read = joined(begun);
        }
        ahead = null;
        if (goesOn && isLeft()) {
            long n = nextBundle++;
            ahead = CompletableFuture.supplyAsync(() -> read(n, other, true, parse));
        }
        goesOn = true;
        return read;
    }

    private Page read(long n, Hand hand, boolean make, boolean parse) {
        byte[] bytes;
        try {
            bytes = store.bundle(n, hand.hash());
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", entry " + n * TilePath.WIDTH, e);
        }
        int entries = (int) Math.min(TilePath.WIDTH, end - n * TilePath.WIDTH);
        int skipped = (int) Math.max(0, from - n * TilePath.WIDTH);
        short[] within = new short[entries];
        int[] starts = new int[entries];
        int[] ends = new int[entries];
        @Nullable Event[] made = new Event[entries];
        boolean whole = skipped == 0 && entries == TilePath.WIDTH;
        boolean mark = whole && store.checkedBundles().marks(n) == 0;
        long marks = 0;
        int count = 0;
        for (int i = 0, start = 0; i < entries; i++) {
            int until = EntryBundle.next(dir, bytes, start, i);
            if (i >= skipped && filter.wants(bytes, start + 2, until)) {
                within[count] = (short) i;
                starts[count] = start + 2;
                ends[count] = until;
                made[count] = make ? made(hand, bytes, start + 2, until, parse, count) : null;
                count++;
            }
            if (mark) {
                marks |= LeafFilter.mark(bytes, start + 2, until);
            }
            start = until;
        }
        if (mark) {
            store.checkedBundles().mark(n, marks);
        }
        return new Page(n, bytes, count, within, starts, ends, made);
    }

    private static @Nullable Event made(
            Hand hand, byte[] bytes, int from, int until, boolean parse, int i) {
        Event event = hand.reader().plain(bytes, from, until);
        if (parse && i % 3 == 0 && event != null && event.body() instanceof Event.Inline b) {
            b.json();
        }
        return event;
    }

    private static Page joined(CompletableFuture<Page> begun) {
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
