package org.roadloop.dataspace.access;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableSource;

/**
 * New governed rows of a table under one lease (受治理的行流), in chunks that are metered before they
 * leave: released columns, masked, under the contract's pseudonym. One reader; {@link #end} from
 * any thread.
 *
 * <p>The newest chunks are kept, {@value #KEPT_BYTES} bytes at most: a reader whose connection
 * broke gets from there, byte for byte and not metered again, what it had not received. From
 * further back rows are read and metered anew. Nothing waits for a slow reader but the chunk it is
 * to take next.
 */
final class GovernedStream implements AutoCloseable {
    static final int CHUNK_BYTES = 256 * 1024;
    static final int KEPT_BYTES = 4 << 20;

    /** Commits that follow each other faster are read together. */
    private static final Duration BREATH = Duration.ofMillis(200);

    private final UsageGate.Lease lease;
    private final TableFeed feed;
    private final Asset.Dataset dataset;
    private final Runnable deaf;
    private final Deque<Chunk> kept = new ArrayDeque<>();
    private int keptBytes;
    private boolean begun;
    private @Nullable Reading reading;
    private long lookedNanos = System.nanoTime() - BREATH.toNanos();
    private long commits;
    private volatile boolean ended;

    /**
     * Rows as JSON lines.
     *
     * @param after cursor of the reader before it
     * @param cursor of the reader after it
     */
    record Chunk(String after, String cursor, byte[] lines, int rows) {}

    /** A scan that is not at its end. */
    private static final class Reading {
        final TableSource.Scan scan;
        final RowText text;
        final long after;
        final long upTo;
        long rows;
        @Nullable Batch batch;
        int row;

        Reading(TableSource.Scan scan, long after, long upTo) {
            this.scan = scan;
            this.text = new RowText(scan.schema(), RowFormat.JSON_LINES);
            this.after = after;
            this.upTo = upTo;
        }

        /** The batch with the next row; null at the end. */
        @Nullable Batch batch() {
            while (batch == null || row == batch.rows()) {
                if (batch != null) {
                    batch.close();
                }
                batch = scan.next();
                row = 0;
                if (batch == null) {
                    return null;
                }
            }
            return batch;
        }

        void skip(long count) {
            while (rows < count) {
                Batch from = batch();
                if (from == null) {
                    throw unknown();
                }
                int n = (int) Math.min(count - rows, from.rows() - row);
                row += n;
                rows += n;
            }
        }

        void close() {
            if (batch != null) {
                batch.close();
                batch = null;
            }
            scan.close();
        }
    }

    GovernedStream(UsageGate.Lease lease, TableFeed feed, Asset.Dataset dataset) {
        this.lease = lease;
        this.feed = feed;
        this.dataset = dataset;
        deaf =
                feed.onCommit(
                        table -> {
                            if (table.equals(dataset.table())) {
                                signal();
                            }
                        });
        lease.onRevoked(this::end);
    }

    /** The cursor of a reader who wants what comes from now on. */
    String now() {
        return Cursor.at(feed.currentSnapshot(dataset.table())).toString();
    }

    String leaseId() {
        return lease.id();
    }

    boolean ended() {
        return ended;
    }

    /** Why it ended. */
    UsageGate.Reason endedFor() {
        return lease.endedFor().stream()
                .findFirst()
                .orElseGet(
                        () ->
                                new UsageGate.Reason(
                                        "access_revoked", "access was taken away", "访问已被撤销"));
    }

    private void signal() {
        // not on the committing thread: a chunk may be waiting for the disk under this monitor
        Thread.startVirtualThread(
                () -> {
                    synchronized (this) {
                        commits++;
                        notifyAll();
                    }
                });
    }

    /**
     * What follows a cursor, metered.
     *
     * @return null if nothing came within {@code wait}, or the stream has ended
     * @throws UsageGate.RefusedException if the policy does not allow it any more
     * @throws AccessProblem if the cursor is not of this table
     */
    synchronized @Nullable Chunk next(String cursor, Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        Cursor from = Cursor.parse(cursor);
        while (!ended) {
            long seen = commits;
            breathe();
            // only now: a former reader whose line broke may have read it while this one waited
            Chunk again = again(cursor);
            if (again != null) {
                return again;
            }
            Chunk chunk = ended ? null : read(cursor, from);
            if (chunk != null) {
                return chunk;
            }
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return null;
            }
            if (seen == commits && !ended) {
                wait(millis);
            }
        }
        return null;
    }

    private @Nullable Chunk again(String cursor) {
        for (Chunk chunk : kept) {
            if (!ended && chunk.after().equals(cursor)) {
                lease.use(0, "byte"); // free, and still asked for
                return chunk;
            }
        }
        return null;
    }

    private void breathe() throws InterruptedException {
        if (reading != null) {
            return;
        }
        long left = BREATH.toNanos() - (System.nanoTime() - lookedNanos);
        while (left > 0 && !ended) {
            wait(left / 1_000_000 + 1);
            left = BREATH.toNanos() - (System.nanoTime() - lookedNanos);
        }
    }

    private @Nullable Chunk read(String cursor, Cursor from) {
        Reading now = reading;
        if (now == null || !isAt(now, from)) {
            closeReading();
            now = open(from);
            if (now == null) {
                return null;
            }
            reading = now;
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        int rows = 0;
        Batch batch = now.batch();
        for (; batch != null && lines.size() < CHUNK_BYTES; batch = now.batch()) {
            lines.writeBytes(now.text.row(batch, now.row++));
            now.rows++;
            rows++;
        }
        boolean last = batch == null;
        String at =
                (last ? Cursor.at(now.upTo) : new Cursor(now.after, now.upTo, now.rows)).toString();
        if (last) {
            closeReading();
        }
        if (rows == 0) {
            return null;
        }
        Chunk chunk = new Chunk(cursor, at, lines.toByteArray(), rows);
        try {
            meter(chunk);
        } catch (RuntimeException e) {
            closeReading(); // what was read and not sent is read again
            throw e;
        }
        keep(chunk);
        return chunk;
    }

    private static boolean isAt(Reading reading, Cursor cursor) {
        return cursor.rows() > 0
                && reading.after == cursor.after()
                && reading.upTo == cursor.next()
                && reading.rows == cursor.rows();
    }

    private @Nullable Reading open(Cursor from) {
        lookedNanos = System.nanoTime();
        long upTo = from.rows() > 0 ? from.next() : feed.currentSnapshot(dataset.table());
        if (upTo == from.after()) {
            return null;
        }
        try {
            Reading opened =
                    new Reading(
                            feed.openReleased(
                                    dataset.table(),
                                    from.after(),
                                    upTo,
                                    dataset.columns(),
                                    lease.agreementId()),
                            from.after(),
                            upTo);
            opened.skip(from.rows());
            return opened;
        } catch (NoSuchElementException e) {
            throw unknown();
        }
    }

    private static AccessProblem unknown() {
        return new AccessProblem(
                410,
                "cursor_unknown",
                "the table has no such place any more; begin without cursor");
    }

    private void meter(Chunk chunk) {
        List<UsageGate.Quantity> quantities = new ArrayList<>();
        if (!begun) {
            quantities.add(new UsageGate.Quantity(1, ContractGate.USE));
        }
        quantities.add(new UsageGate.Quantity(chunk.rows(), "row"));
        quantities.add(new UsageGate.Quantity(chunk.lines().length, "byte"));
        lease.use(quantities);
        begun = true;
    }

    private void keep(Chunk chunk) {
        kept.addLast(chunk);
        keptBytes += chunk.lines().length;
        while (keptBytes > KEPT_BYTES && kept.size() > 1) {
            keptBytes -= kept.removeFirst().lines().length;
        }
    }

    private void closeReading() {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }

    /** No chunk is given from now on. */
    private void end() {
        ended = true;
        signal();
    }

    @Override
    public void close() {
        deaf.run();
        lease.close();
        end();
        synchronized (this) {
            closeReading();
            kept.clear();
        }
    }
}
