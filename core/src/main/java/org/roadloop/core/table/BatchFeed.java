package org.roadloop.core.table;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Raw batches decoded from the frame log in log order (原始批). The collector implements it,
 * governance pulls from it, and tells it which part of the log no table needs any more. One reading
 * thread.
 */
public interface BatchFeed {
    /**
     * The next chunk after a position.
     *
     * @return null if nothing arrived within {@code wait}
     */
    @Nullable Chunk next(LogPosition from, Duration wait);

    /**
     * Every table has committed up to here: segments before it may be freed when retention allows.
     */
    void consumed(LogPosition upTo);

    /**
     * Rows of the same stretch of the log, by raw table name ({@code vehicle_report}, {@code
     * track_point}); the batches belong to the caller.
     *
     * @param end position after the last frame of the chunk
     */
    record Chunk(Map<String, Batch> batches, LogPosition end) implements AutoCloseable {
        @Override
        public void close() {
            batches.values().forEach(Batch::close);
        }
    }
}
