package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes partial tiles and signed checkpoints: at once when asked, else a few times a second while
 * the log grows. {@link #publish} is for any thread; the work is done in one thread of its own.
 */
final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Full files in memory that are worth a round of their own: 8192 entries. */
    private static final int CROWD = 64;

    private final TileStore store;
    private final String origin;
    private final Signer signer;
    private final ReentrantReadWriteLock snapshot;
    private final long rotateBytes;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wanted = lock.newCondition();
    private final Condition done = lock.newCondition();
    private @Nullable Checkpoint last;
    private @Nullable IOException failure;
    private long wantedSize = -1;
    private long attempts;
    private long failedAttempt = -1;
    private boolean closing;
    private boolean grown = true;
    private boolean crowded;

    /** Publishing thread only. */
    private boolean failing;

    private volatile long journalBytes;
    private volatile long syncedSize;
    private @Nullable Thread thread;

    Publisher(
            TileStore store,
            String origin,
            Signer signer,
            ReentrantReadWriteLock snapshot,
            long rotateBytes) {
        this.store = store;
        this.origin = origin;
        this.signer = signer;
        this.snapshot = snapshot;
        this.rotateBytes = rotateBytes;
    }

    /** Publishes what was recovered before anyone can append. */
    void start(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            throw new IOException(dir + " is no directory");
        }
        last = store.publish(origin, signer);
        Thread started = new Thread(this::run, "ledger-publish");
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    /** The log grew; publish in time, or at once if many full files wait to be written. */
    void changed(long journalBytes) {
        this.journalBytes = journalBytes;
        lock.lock();
        try {
            boolean crowd = store.waitingFiles() > CROWD;
            if (!grown || (crowd && !crowded)) {
                crowded = crowd;
                grown = true;
                wanted.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Entries before this are on disk as full tiles and bundles. */
    long syncedSize() {
        return syncedSize;
    }

    /** A checkpoint over at least {@code size} entries. */
    Checkpoint publish(long size) {
        lock.lock();
        try {
            long before = attempts;
            wantedSize = Math.max(wantedSize, size);
            wanted.signal();
            while (last == null || last.size() < size) {
                if (failedAttempt > before && failure != null) {
                    throw new UncheckedIOException("checkpoint can't be written", failure);
                }
                if (closing) {
                    throw new IllegalStateException("the ledger is closed");
                }
                done.awaitUninterruptibly();
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        long lastAt = System.nanoTime() - PERIOD_NANOS;
        while (await(lastAt)) {
            attempt();
            lastAt = System.nanoTime();
            tidy();
        }
    }

    /** Waits until something is to be published; false when closing. */
    private boolean await(long lastAt) {
        lock.lock();
        try {
            while (!closing) {
                boolean asked = last == null || wantedSize > last.size();
                boolean lastFailed = failedAttempt == attempts;
                long rest = PERIOD_NANOS - (System.nanoTime() - lastAt);
                boolean now = (asked || crowded) && !lastFailed;
                if (now || ((asked || grown) && rest <= 0)) {
                    return true;
                }
                if (asked || grown) {
                    rest = wanted.awaitNanos(rest);
                } else {
                    wanted.await();
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("the ledger's publisher was interrupted and ends");
        } finally {
            lock.unlock();
        }
        return false;
    }

    private void attempt() {
        lock.lock();
        try {
            attempts++;
            grown = false;
            crowded = false;
        } finally {
            lock.unlock();
        }
        @Nullable Checkpoint made = null;
        @Nullable IOException failed = null;
        try {
            made = store.publish(origin, signer);
        } catch (IOException e) {
            failed = e;
        } catch (RuntimeException e) {
            // A key that can't sign just now: whoever waits must hear of it, and it may come back.
            failed = new IOException(e);
        }
        if (failed != null && !failing) {
            LOG.warn("checkpoint of {} can't be written: {}", origin, failed.toString());
        } else if (failed == null && failing) {
            LOG.info("checkpoint of {} can be written again", origin);
        }
        failing = failed != null;
        lock.lock();
        try {
            if (made != null) {
                last = made;
            } else {
                failure = failed;
                failedAttempt = attempts;
                grown = true;
            }
            done.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void tidy() {
        try {
            if (!snapshot.readLock().tryLock()) {
                return; // no rotation either: a start drops none before the journal's base
            }
            try {
                store.dropPartials();
            } finally {
                snapshot.readLock().unlock();
            }
            if (journalBytes >= rotateBytes) {
                // A snapshot at this size is tied to the checkpoint over it.
                long covered = last == null ? 0 : last.size();
                syncedSize = Math.min(store.sync(), covered / TilePath.WIDTH * TilePath.WIDTH);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("tiles of {} can't be tidied: {}", origin, e.toString());
        }
    }

    /** Publishes what is left; the caller keeps everybody from copying the files meanwhile. */
    void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            wanted.signalAll();
            done.signalAll();
        } finally {
            lock.unlock();
        }
        Thread running = thread;
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (last == null || last.size() < store.size()) {
            last = store.publish(origin, signer);
        }
        try {
            store.dropPartials();
        } catch (IOException | RuntimeException e) {
            LOG.warn("partial tiles of {} can't be removed: {}", origin, e.toString());
        }
    }
}
