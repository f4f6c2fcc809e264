package org.roadloop.core.ledger;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Number of events about each subject (主体版本), the one thing in memory that grows with what the log
 * is about. {@link #of} is for any thread, changes come from one; a frozen state can be read by
 * another while they go on.
 */
final class Versions {
    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    /** While frozen: what a subject had then, of those that changed since. */
    private volatile @Nullable Map<String, Long> before;

    long of(String subject) {
        return counts.getOrDefault(subject, 0L);
    }

    int subjects() {
        return counts.size();
    }

    void add(String subject) {
        counts.merge(subject, 1L, Long::sum);
    }

    void set(String subject, long count) {
        Map<String, Long> frozen = before;
        if (frozen != null) {
            frozen.putIfAbsent(subject, of(subject));
        }
        counts.put(subject, count);
    }

    /**
     * Keeps the state as it was before the newest events.
     *
     * @param newest number of them by subject
     */
    void freeze(Map<String, Long> newest) {
        Map<String, Long> frozen = new ConcurrentHashMap<>();
        newest.forEach((subject, count) -> frozen.put(subject, of(subject) - count));
        before = frozen;
    }

    /**
     * Every subject of the frozen state. The count is read before what it was: see {@link #set}.
     */
    void forEachFrozen(ObjLongConsumer<String> visitor) {
        Map<String, Long> frozen = before;
        if (frozen == null) {
            throw new IllegalStateException("versions are not frozen");
        }
        counts.forEach(
                (subject, now) -> {
                    long count = frozen.getOrDefault(subject, now);
                    if (count > 0) {
                        visitor.accept(subject, count);
                    }
                });
    }

    void thaw() {
        before = null;
    }

    Map<String, Long> copy() {
        return Map.copyOf(counts);
    }
}
