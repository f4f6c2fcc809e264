package org.roadloop.collect.gateway;

import java.io.IOException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frame log whose frames share commits (组提交).
 *
 * <p>Any thread offers frames into one of two buffers; the committing thread takes the filled one,
 * hands it to the {@link BlockStore} as one block, and only when that is durable tells the
 * listeners. While it does so the other buffer fills, so the batch grows with the load and the cost
 * of a commit is shared. A full buffer refuses: the caller stops reading its socket until {@link
 * #onSpace} calls.
 *
 * <p>When the store refuses (a full disk, a broker that is down), nothing is acknowledged, the
 * buffers fill, the callers stop reading; the same block is tried again every second. Never more
 * than one block is under way, so none can overtake another.
 */
public abstract class GroupCommitLog implements FrameLog {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitLog.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String place;
    private final int bufferBytes;
    private final Counters counters;
    private final CopyOnWriteArrayList<Runnable> spaceListeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();

    // Guarded by lock.
    private CommitBuffer filling;
    private CommitBuffer idle;
    private boolean refused;
    private boolean closing;
    private boolean stopped;
    private long offeredRecords;
    private long durableRecords;
    private LogPosition durable = LogPosition.START;
    private boolean failing;
    private @Nullable Thread committer;

    /**
     * A log that does not commit yet, see {@link #start}.
     *
     * @param place where the log is, for texts
     * @param bufferBytes capacity of each of the two buffers, the largest block
     */
    protected GroupCommitLog(String place, int bufferBytes, Counters counters) {
        this.place = place;
        this.bufferBytes = bufferBytes;
        this.counters = counters;
        this.filling = new CommitBuffer(bufferBytes);
        this.idle = new CommitBuffer(bufferBytes);
    }

    /** Begins to commit; the last act of the constructor of a kind of log. */
    protected final void start(BlockStore store, LogPosition end) {
        Thread thread =
                Thread.ofPlatform().name("frame-log-commit").unstarted(() -> commitLoop(store));
        lock.lock();
        try {
            durable = end;
            committer = thread;
        } finally {
            lock.unlock();
        }
        thread.start();
    }

    /** Where the log is, for texts. */
    protected final String place() {
        return place;
    }

    @Override
    public final boolean offer(
            Source source,
            Lineage lineage,
            long identityHash,
            long receivedAtMicros,
            byte[] bytes,
            int offset,
            int length,
            @Nullable CommitListener listener) {
        lock.lock();
        try {
            requireOpen();
            if (!filling.hasRoom(length)) {
                refused = true;
                return false;
            }
            boolean first = filling.isEmpty();
            filling.add(
                    source,
                    lineage,
                    identityHash,
                    receivedAtMicros,
                    bytes,
                    offset,
                    length,
                    listener);
            offeredRecords++;
            if (first) {
                work.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void append(
            Source source,
            Lineage lineage,
            long identityHash,
            long receivedAtMicros,
            byte[] bytes,
            int offset,
            int length)
            throws InterruptedException {
        if (BlockReader.RECORD_HEADER_BYTES + length > bufferBytes) {
            throw new IllegalArgumentException(
                    "a record of %d bytes does not fit the frame log's buffer of %d; split it, or give the log a larger one"
                            .formatted(length, bufferBytes));
        }
        lock.lockInterruptibly();
        try {
            while (!offer(
                    source, lineage, identityHash, receivedAtMicros, bytes, offset, length, null)) {
                progress.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void flush() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long upTo = offeredRecords;
            while (durableRecords < upTo) {
                if (stopped) {
                    throw new IllegalStateException(
                            "the frame log at " + place + " closed before all was durable");
                }
                progress.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void onSpace(Runnable listener) {
        spaceListeners.add(listener);
    }

    @Override
    public final boolean hasRoom(int rawBytes) {
        lock.lock();
        try {
            return filling.hasRoom(rawBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final boolean keepsPace() {
        lock.lock();
        try {
            return !failing && !stopped && filling.length() < bufferBytes / 2;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final boolean isFailing() {
        lock.lock();
        try {
            return failing || stopped;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final LogPosition durableEnd() {
        lock.lock();
        try {
            return durable;
        } finally {
            lock.unlock();
        }
    }

    /** Makes durable what was offered, as far as the store takes it, then stops committing. */
    @Override
    public void close() {
        Thread thread;
        lock.lock();
        try {
            closing = true;
            work.signalAll();
            thread = committer;
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until more than a position is durable; false after the time-out. For readers. */
    protected final boolean awaitBeyond(LogPosition position, long waitNanos)
            throws InterruptedException {
        long left = waitNanos;
        lock.lockInterruptibly();
        try {
            while (durable.compareTo(position) <= 0) {
                if (left <= 0 || stopped) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void commitLoop(BlockStore blocks) {
        try (blocks) {
            while (true) {
                CommitBuffer batch = takeFilled();
                if (batch == null) {
                    return;
                }
                publish(writeUntilDurable(blocks, batch), batch);
                counters.add("framelog_listener_failed", batch.tellListeners());
                giveBack(batch);
            }
        } catch (InterruptedException e) {
            LOG.warn("frame log commit was interrupted; what is not yet durable stays unanswered");
        } catch (RuntimeException | Error e) {
            LOG.error("frame log commit stopped; nothing more will be acknowledged", e);
            throw e;
        } finally {
            lock.lock();
            try {
                stopped = true;
                progress.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private @Nullable CommitBuffer takeFilled() throws InterruptedException {
        boolean told = false;
        CommitBuffer taken;
        lock.lock();
        try {
            while (filling.isEmpty()) {
                if (closing) {
                    return null;
                }
                work.await();
            }
            taken = filling;
            filling = idle;
            if (refused) {
                refused = false;
                told = true;
                progress.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (told) {
            tellSpace();
        }
        return taken;
    }

    /** A listener that fails, for instance one of a closed gateway, must not stop the log. */
    private void tellSpace() {
        for (Runnable listener : spaceListeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                counters.increment("framelog_listener_failed");
            }
        }
    }

    private LogPosition writeUntilDurable(BlockStore blocks, CommitBuffer batch)
            throws InterruptedException {
        while (true) {
            try {
                long started = System.nanoTime();
                LogPosition end = blocks.write(batch.bytes(), batch.length());
                counters.add("framelog_commit_micros", (System.nanoTime() - started) / 1000);
                counters.increment("framelog_commits");
                counters.add("framelog_records", batch.records());
                counters.add("framelog_bytes", batch.length());
                setFailing(false);
                return end;
            } catch (IOException e) {
                counters.increment("framelog_write_failed");
                if (setFailing(true)) {
                    LOG.error(
                            "frame log at {} cannot be written ({}): nothing is acknowledged until"
                                    + " it can; tried again every second",
                            place,
                            e.getMessage());
                }
                awaitRetry();
            }
        }
    }

    private void awaitRetry() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = RETRY_NANOS;
            while (left > 0) {
                if (closing) {
                    throw new InterruptedException();
                }
                left = work.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean setFailing(boolean now) {
        lock.lock();
        try {
            boolean changed = failing != now;
            if (changed && !now) {
                LOG.info("frame log at {} can be written again", place);
            }
            failing = now;
            return changed;
        } finally {
            lock.unlock();
        }
    }

    private void publish(LogPosition end, CommitBuffer batch) {
        lock.lock();
        try {
            durable = end;
            durableRecords += batch.records();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(CommitBuffer batch) {
        batch.clear();
        lock.lock();
        try {
            idle = batch;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closing || stopped) {
            throw new IllegalStateException("the frame log at " + place + " is closed");
        }
    }
}
