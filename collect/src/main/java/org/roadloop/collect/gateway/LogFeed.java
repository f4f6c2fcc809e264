package org.roadloop.collect.gateway;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.BatchPool;
import org.roadloop.core.table.LogPosition;

/**
 * Decodes the frame log into raw batches (原始批供给). A chunk ends when a table reaches its most rows,
 * or when the end of the log was reached and the wait is over, whichever is first; with {@link
 * #LEAST_ROWS} rows at the end of the log it does not wait longer. One thread, but {@link
 * #lagNanos}.
 */
public final class LogFeed implements BatchFeed, AutoCloseable {
    /** Enough rows not to wait for more. */
    public static final int LEAST_ROWS = 4096;

    private final FrameLog log;
    private final Counters counters;
    private final FrameDecoder[][] bySource = new FrameDecoder[Source.values().length][];
    private final Map<String, BatchPool> pools = new LinkedHashMap<>();
    private final List<FrameDecoder> decoders;
    private @Nullable FrameLogReader reader;

    /** When the end of the log was last reached; 0 before the feed is asked. */
    private volatile long caughtUpNanos;

    /** The position a caller asked from while nothing was found: the reader has gone on alone. */
    private @Nullable LogPosition emptySince;

    /**
     * A feed that is decoded by the given decoders.
     *
     * @param mostRows rows of one table in a chunk, 1..65536
     */
    public LogFeed(FrameLog log, Counters counters, int mostRows, List<FrameDecoder> decoders) {
        this.log = log;
        this.counters = counters;
        this.decoders = List.copyOf(decoders);
        for (FrameDecoder decoder : decoders) {
            if (decoder.mostRows() > mostRows) {
                throw new IllegalArgumentException(
                        "a record may give %d rows of %s, a chunk holds %d"
                                .formatted(decoder.mostRows(), decoder.table(), mostRows));
            }
            pools.putIfAbsent(decoder.table(), new BatchPool(decoder.schema(), mostRows, 2));
        }
        for (Source source : Source.values()) {
            bySource[source.ordinal()] =
                    decoders.stream()
                            .filter(decoder -> decoder.accepts(source))
                            .toArray(FrameDecoder[]::new);
        }
    }

    @Override
    public @Nullable Chunk next(LogPosition from, Duration wait) {
        if (caughtUpNanos == 0) {
            caughtUpNanos = System.nanoTime();
        }
        FrameLogReader records = readerAt(from);
        Map<String, Batch> open = new HashMap<>();
        boolean handedOver = false;
        try {
            int rows = fill(records, open, System.nanoTime() + wait.toNanos());
            if (rows == 0) {
                emptySince = from;
                return null;
            }
            emptySince = null;
            Map<String, Batch> filled = new LinkedHashMap<>();
            open.forEach(
                    (table, batch) -> {
                        if (batch.rows() > 0) {
                            filled.put(table, batch);
                        } else {
                            batch.close();
                        }
                    });
            handedOver = true;
            return new Chunk(filled, records.end());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            return null;
        } catch (RuntimeException e) {
            // The reader stands anywhere: called again, the feed begins at the caller's position.
            close();
            throw e;
        } finally {
            if (!handedOver) {
                open.values().forEach(Batch::close);
            }
        }
    }

    /** Time since the end of the log was last reached; 0 before anyone reads. Any thread. */
    public long lagNanos() {
        long reached = caughtUpNanos;
        return reached == 0 ? 0 : System.nanoTime() - reached;
    }

    @Override
    public void consumed(LogPosition upTo) {
        log.free(upTo);
    }

    /** Closes the reader; the log stays open. */
    @Override
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        emptySince = null;
    }

    private int fill(FrameLogReader records, Map<String, Batch> open, long deadlineNanos)
            throws InterruptedException {
        int rows = 0;
        while (true) {
            // No clock is asked while there are records.
            if (!records.next(Duration.ZERO)) {
                long left = deadlineNanos - System.nanoTime();
                if (rows >= LEAST_ROWS || left <= 0 || !records.next(Duration.ofNanos(left))) {
                    caughtUpNanos = System.nanoTime();
                    return rows;
                }
            }
            FrameDecoder[] found = bySource[records.source().ordinal()];
            if (found.length == 0) {
                counters.increment("feed_no_decoder");
                continue;
            }
            boolean full = false;
            for (FrameDecoder decoder : found) {
                @Nullable Batch taken = open.get(decoder.table());
                Batch batch = taken == null ? open(decoder.table(), open) : taken;
                int before = batch.rows();
                decoder.decode(records);
                rows += batch.rows() - before;
                full |= batch.capacity() - batch.rows() < roomFor(decoder.table());
            }
            if (full) {
                return rows;
            }
        }
    }

    /** Rows that the next record may add to a table, by whichever of its decoders. */
    private int roomFor(String table) {
        int most = 1;
        for (FrameDecoder decoder : decoders) {
            if (decoder.table().equals(table)) {
                most = Math.max(most, decoder.mostRows());
            }
        }
        return most;
    }

    /** Only when its first row comes: most tables have none in most chunks. */
    private Batch open(String table, Map<String, Batch> open) {
        @Nullable BatchPool pool = pools.get(table);
        if (pool == null) {
            throw new IllegalStateException("no pool of batches for table " + table);
        }
        Batch batch = pool.take();
        open.put(table, batch);
        for (FrameDecoder decoder : decoders) {
            if (decoder.table().equals(table)) {
                decoder.bind(batch);
            }
        }
        return batch;
    }

    private FrameLogReader readerAt(LogPosition from) {
        FrameLogReader current = reader;
        if (current != null && (from.equals(current.end()) || from.equals(emptySince))) {
            return current;
        }
        close();
        current = log.reader(from);
        reader = current;
        return current;
    }
}
