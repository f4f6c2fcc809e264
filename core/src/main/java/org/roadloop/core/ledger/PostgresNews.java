package org.roadloop.core.ledger;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a node last heard of a shared log (近况): its size, its newest checkpoint. Any thread. */
final class PostgresNews {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private long size;
    private @Nullable Checkpoint signed;
    private boolean closed;

    PostgresNews(long size, @Nullable Checkpoint signed) {
        this.size = size;
        this.signed = signed;
    }

    long size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    void grownTo(long newSize) {
        lock.lock();
        try {
            if (newSize > size) {
                size = newSize;
                came.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void signed(Checkpoint checkpoint) {
        lock.lock();
        try {
            Checkpoint known = signed;
            if (known == null || checkpoint.size() >= known.size()) {
                signed = checkpoint;
                came.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The size, as soon as it is beyond another; or after the time. */
    long awaitGrowth(long beyond, Duration atMost) {
        long rest = atMost.toNanos();
        lock.lock();
        try {
            while (size <= beyond && rest > 0 && !closed) {
                rest = came.awaitNanos(rest);
            }
            return size;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return size;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A checkpoint of at least a size; empty after the time, or if the ledger is closed.
     *
     * @param by the key that has to have signed it
     * @param ask asks for one; again and again, since nobody may lead just now
     */
    Optional<Checkpoint> awaitSigned(
            long wanted, SignedNote.VerifierKey by, Duration atMost, Runnable ask)
            throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        lock.lock();
        try {
            while (true) {
                Checkpoint known = signed;
                if (known != null && known.size() >= wanted && PostgresCheck.signedBy(known, by)) {
                    return Optional.of(known);
                }
                if (closed || until - System.nanoTime() <= 0) {
                    return Optional.empty();
                }
                ask.run();
                came.awaitNanos(TimeUnit.MILLISECONDS.toNanos(PostgresListener.POLL_MILLIS));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits any longer. */
    void close() {
        lock.lock();
        try {
            closed = true;
            came.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
