package org.roadloop.core.ledger;

import java.util.Iterator;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads of a ledger that picks entries by the bytes of their leaves (挑选读取). Any thread. */
interface PickedReads extends Ledger {
    /** Entries that a filter wants, from an index on; it may let others through. */
    Iterator<Entry> entries(long fromIndex, LeafFilter filter);

    @Override
    default Stream<Entry> read(long fromIndex) {
        return read(fromIndex, LeafFilter.ALL);
    }

    @Override
    default Stream<Entry> read(long fromIndex, Set<String> types) {
        return read(fromIndex, LeafFilter.ofTypes(types))
                .filter(entry -> types.contains(entry.event().type()));
    }

    @Override
    default Stream<Entry> readAbout(long fromIndex, Predicate<String> subjects) {
        return read(fromIndex, LeafFilter.about(subjects));
    }

    private Stream<Entry> read(long fromIndex, LeafFilter filter) {
        if (fromIndex < 0) {
            throw new IllegalArgumentException("no entry has index " + fromIndex);
        }
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        entries(fromIndex, filter),
                        Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
                false);
    }
}
