package org.roadloop.core.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The record of truth (账本): an act whose evidence cannot be written does not happen. Any thread.
 *
 * <p>State everywhere else is a fold of {@link #read}: restart = replay.
 */
public interface Ledger extends AutoCloseable {
    /**
     * Appends all events or none and returns after they are on disk. Payload bytes are on disk
     * before the entry that names them.
     *
     * @throws java.io.UncheckedIOException if the log can't be written: the caller must not act
     */
    default Receipt append(List<Event> events) {
        return append(events, Map.of());
    }

    /**
     * As {@link #append(List)}, refused with {@link ConflictException} when a subject's version is
     * not the expected one. The version of a subject is the number of events about it.
     */
    Receipt append(List<Event> events, Map<String, Long> expectedVersions);

    default Receipt append(Event event) {
        return append(List.of(event));
    }

    /**
     * Why an append would be refused now; empty while it would be taken, as far as can be known
     * without one.
     */
    default Optional<String> refusing() {
        return Optional.empty();
    }

    /** Number of events about a subject so far; 0 if none. */
    long version(String subject);

    /** Entries from an index on, payloads resolved, up to the size at the time of the call. */
    Stream<Entry> read(long fromIndex);

    /**
     * The entries of {@link #read(long)} that are of one of some types. What a fold does not want
     * is not made into an event, and its payload not looked for.
     */
    default Stream<Entry> read(long fromIndex, Set<String> types) {
        return read(fromIndex).filter(entry -> types.contains(entry.event().type()));
    }

    /** The entries of {@link #read(long)} about some subjects; as {@link #read(long, Set)}. */
    default Stream<Entry> readAbout(long fromIndex, Predicate<String> subjects) {
        return read(fromIndex).filter(entry -> subjects.test(entry.event().subject()));
    }

    /** Number of durable entries. */
    long size();

    /** True where other processes append to it too: a fold must follow, {@link Tail}. */
    default boolean shared() {
        return false;
    }

    /** Waits until the log has more than {@code beyond} entries or the time is over; its size. */
    default long awaitGrowth(long beyond, Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        while (size() <= beyond && until - System.nanoTime() > 0) {
            LockSupport.parkNanos(Math.min(10_000_000, atMost.toNanos()));
        }
        return size();
    }

    /** A signed tree head over everything appended before the call. */
    Checkpoint checkpoint();

    /** Proof against the tree of {@link #size} leaves, and so of a checkpoint taken now. */
    InclusionProof inclusion(long index);

    ConsistencyProof consistency(long oldSize, long newSize);

    /** Drops the payload and salt of entry {@code index}; the log stays verifiable. */
    void erase(long index);

    @Override
    void close() throws IOException;
}
