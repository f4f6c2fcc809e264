package org.roadloop.app.part;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.LogPosition;

/**
 * A feed whose log is needed by a second reader too (日志保留): nothing is freed that it has to read.
 */
record HeldFeed(BatchFeed feed, Supplier<LogPosition> needed) implements BatchFeed {
    @Override
    public @Nullable Chunk next(LogPosition from, Duration wait) {
        return feed.next(from, wait);
    }

    @Override
    public void consumed(LogPosition upTo) {
        LogPosition other = needed.get();
        feed.consumed(other.compareTo(upTo) < 0 ? other : upTo);
    }
}
