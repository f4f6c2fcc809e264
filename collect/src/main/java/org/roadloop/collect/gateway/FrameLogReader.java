package org.roadloop.collect.gateway;

import java.time.Duration;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.LogPosition;

/**
 * Reads records in log order while the log is written (帧日志读取); sees only what is durable. {@link
 * #next} moves to a record, the accessors then describe it; {@link #bytes} is valid until the
 * following call. One thread.
 */
public interface FrameLogReader extends AutoCloseable {
    /**
     * Moves to the next record.
     *
     * @return false when nothing more was durable within the wait
     */
    boolean next(Duration wait) throws InterruptedException;

    /** Segment of the current record. */
    long segment();

    /** Offset of the current record in its segment; with it a position to read it again from. */
    long recordOffset();

    /** Position after the current record. */
    LogPosition end();

    /** Backing array; the raw bytes are {@link #offset} and {@link #length}. */
    byte[] bytes();

    int offset();

    int length();

    /** Microseconds since 1970 UTC. */
    long receivedAtMicros();

    Source source();

    Lineage lineage();

    /** Hash of the identity, see {@link IdentityHash}. */
    long identityHash();

    @Override
    void close();
}
