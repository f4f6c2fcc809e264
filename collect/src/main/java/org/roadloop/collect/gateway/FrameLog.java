package org.roadloop.collect.gateway;

import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.LogPosition;

/**
 * The durable record of every received frame (帧日志), in segment files ({@link SegmentLog}) or in a
 * Kafka topic, with the same guarantees: a frame is acknowledged only when it is durable, in the
 * order it was taken, once; what waits to become durable is bounded, and a log that has no room
 * refuses; while nothing can be made durable nothing is acknowledged, and what was taken is tried
 * until it can. Frames are encrypted before they leave the process, and erased by dropping keys.
 * Any thread.
 */
public interface FrameLog extends AutoCloseable {
    /**
     * Takes a frame if there is room; copies the bytes.
     *
     * @param listener told after the commit that covers this frame, or null
     * @return false when there is no room: nothing was taken, {@link #onSpace} will call
     */
    boolean offer(
            Source source,
            Lineage lineage,
            long identityHash,
            long receivedAtMicros,
            byte[] bytes,
            int offset,
            int length,
            @Nullable CommitListener listener);

    /**
     * Takes a frame, waiting for room; for importers, never for an event loop.
     *
     * @throws IllegalArgumentException when a record of this length can never be taken
     */
    void append(
            Source source,
            Lineage lineage,
            long identityHash,
            long receivedAtMicros,
            byte[] bytes,
            int offset,
            int length)
            throws InterruptedException;

    /** Waits until everything offered so far is durable. */
    void flush() throws InterruptedException;

    /** Called by the committing thread whenever room is made after a refusal. Must not block. */
    void onSpace(Runnable listener);

    /** Whether a frame of this length would be taken now. */
    boolean hasRoom(int rawBytes);

    /** Whether the log keeps pace: it is not failing, and its buffer is less than half full. */
    boolean keepsPace();

    /** Whether nothing is made durable at the moment: the store refuses, or committing ended. */
    boolean isFailing();

    /** The end of what is durable. */
    LogPosition durableEnd();

    /** A reader that starts at a position and may run ahead of nothing but the commit. */
    FrameLogReader reader(LogPosition from);

    /**
     * Frees segments that end before a position, once their retention has passed; the key goes
     * first. Returns how many were freed.
     */
    int free(LogPosition upTo);

    /** Erases the frames of a closed segment by dropping its key. */
    void erase(long segment);

    /** Makes durable what was offered, then stops; what cannot be made durable stays unanswered. */
    @Override
    void close();
}
