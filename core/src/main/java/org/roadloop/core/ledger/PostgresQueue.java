package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be written by one node (待写队列): requests, wishes of others, and whether the database
 * can be written at all. Any thread puts in; {@link PostgresWriter}'s takes out.
 */
final class PostgresQueue {
    static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Logger LOG = LoggerFactory.getLogger(PostgresQueue.class);
    private static final long QUEUE_BYTES = 16L << 20;

    /** While the database is away for longer, a new request is refused and not kept waiting. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String database;
    private final BooleanSupplier allAnswered;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stirred = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final ArrayDeque<PostgresRequest> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean intake;
    private boolean signWanted;
    private boolean closing;
    private long notBefore = System.nanoTime();
    private @Nullable Exception trouble;
    private long troubleNanos;
    private boolean refusing;

    /**
     * @param database for messages
     * @param allAnswered whether nothing that was taken out waits for its answer
     */
    PostgresQueue(String database, BooleanSupplier allAnswered) {
        this.database = database;
        this.allAnswered = allAnswered;
    }

    // ------------------------------------------------------------ putting in

    void enqueue(PostgresRequest request) {
        lock.lock();
        try {
            while (queuedBytes > QUEUE_BYTES && !closing) {
                drained.awaitUninterruptibly();
            }
            if (closing) {
                throw new IllegalStateException("ledger " + database + " is closed");
            }
            Exception why = trouble;
            if (why != null && System.nanoTime() - troubleNanos > GRACE_NANOS) {
                throw refusal(why);
            }
            queue.add(request);
            queuedBytes += request.leafBytes();
            stirred.signal();
        } finally {
            lock.unlock();
        }
    }

    /** True if the database can't know of the request: it was taken back before it was tried. */
    boolean takeBack(PostgresRequest request) {
        lock.lock();
        try {
            if (queue.remove(request)) {
                queuedBytes -= request.leafBytes();
                drained.signalAll();
                return !request.uncertain;
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** What keeps the ledger from being written, for the message of a refusal. */
    String troubleText() {
        lock.lock();
        try {
            return trouble == null ? "no leader answered in time" : text(trouble);
        } finally {
            lock.unlock();
        }
    }

    /** Others have handed requests over. */
    void intake() {
        lock.lock();
        try {
            intake = true;
            stirred.signal();
        } finally {
            lock.unlock();
        }
    }

    /** A checkpoint over everything so far is wanted; if another node leads, it is asked. */
    void wantCheckpoint() {
        lock.lock();
        try {
            signWanted = true;
            stirred.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What waits is still written; nothing new is taken. */
    void close() {
        lock.lock();
        try {
            closing = true;
            stirred.signalAll();
            drained.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------ taking out

    /** What waits; empty when a period is over or somebody stirred. */
    List<PostgresRequest> take() {
        List<PostgresRequest> group = new ArrayList<>();
        lock.lock();
        try {
            long until =
                    System.nanoTime()
                            + PERIOD_NANOS / 2
                            + ThreadLocalRandom.current().nextLong(PERIOD_NANOS);
            while (true) {
                long now = System.nanoTime();
                boolean pause = notBefore - now > 0 && !closing;
                boolean work =
                        !queue.isEmpty()
                                || intake
                                || signWanted
                                || (closing && allAnswered.getAsBoolean());
                if (!pause && (work || until - now <= 0)) {
                    break;
                }
                try {
                    stirred.awaitNanos(Math.max(1, pause ? notBefore - now : until - now));
                } catch (InterruptedException e) {
                    LOG.warn("the ledger's writer was interrupted; it goes on");
                }
            }
            long bytes = 0;
            while (!queue.isEmpty() && (group.isEmpty() || bytes < QUEUE_BYTES)) {
                PostgresRequest request = queue.remove();
                bytes += request.leafBytes();
                if (!request.done.isDone()) {
                    group.add(request);
                }
            }
            queuedBytes -= bytes;
            drained.signalAll();
        } finally {
            lock.unlock();
        }
        return group;
    }

    boolean closing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Reads and resets the wish. */
    boolean takeIntake() {
        lock.lock();
        try {
            boolean was = intake;
            intake = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** Reads and resets the wish. */
    boolean takeSignWanted() {
        lock.lock();
        try {
            boolean was = signWanted;
            signWanted = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** In front: they are tried again first. */
    void putBack(List<PostgresRequest> group) {
        lock.lock();
        try {
            for (PostgresRequest request : group.reversed()) {
                queue.addFirst(request);
                queuedBytes += request.leafBytes();
            }
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------ trouble

    boolean troubled() {
        lock.lock();
        try {
            return trouble != null;
        } finally {
            lock.unlock();
        }
    }

    /** The database answers. */
    void reached() {
        lock.lock();
        try {
            if (trouble != null) {
                trouble = null;
                LOG.info("ledger {} can be written again", database);
                refusing = false;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nothing is taken out for a moment.
     *
     * @return what is not to wait any longer
     */
    List<PostgresRequest> pause(Exception why) {
        List<PostgresRequest> stale = new ArrayList<>();
        lock.lock();
        try {
            long now = System.nanoTime();
            if (trouble == null) {
                troubleNanos = now;
                refusing = false;
            }
            trouble = why;
            notBefore = now + PERIOD_NANOS;
            if (now - troubleNanos > GRACE_NANOS) {
                if (!refusing) {
                    refusing = true;
                    LOG.error(
                            "ledger {} can't be written, appends are refused: {}",
                            database,
                            text(why));
                }
                queue.stream().filter(request -> !request.uncertain).forEach(stale::add);
                stale.forEach(
                        request -> {
                            queue.remove(request);
                            queuedBytes -= request.leafBytes();
                        });
                drained.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return stale;
    }

    UncheckedIOException refusal(Exception why) {
        return new UncheckedIOException(
                "ledger "
                        + database
                        + " can't be written ("
                        + text(why)
                        + "); the act must not happen. It is tried again with the next append",
                new IOException(why));
    }

    static String text(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
