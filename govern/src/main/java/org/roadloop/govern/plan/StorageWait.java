package org.roadloop.govern.plan;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.DiskFault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again what storage refuses (存储等待), until it takes it or {@link Ingest} is stopped. One
 * thread; {@link #reason()} from any.
 */
final class StorageWait {
    private static final Logger LOG = LoggerFactory.getLogger(StorageWait.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final CountDownLatch stopping;
    private volatile @Nullable String waitsFor;

    StorageWait(CountDownLatch stopping) {
        this.stopping = stopping;
    }

    /**
     * Does a step; while storage refuses it, waits and tries again.
     *
     * @param read how far the log is read, for the operator
     * @return false if it was stopped before the step was done
     */
    boolean until(Runnable step, LogPosition read) {
        long beganNanos = System.nanoTime();
        while (true) {
            try {
                step.run();
                if (waitsFor != null) {
                    waitsFor = null;
                    LOG.info(
                            "ingest goes on at log position {} after {} s",
                            read,
                            (System.nanoTime() - beganNanos) / 1_000_000_000);
                }
                return true;
            } catch (RuntimeException e) {
                if (!DiskFault.is(e)) {
                    throw e;
                }
                if (waitsFor == null) {
                    LOG.error(
                            "ingest waits at log position {}, nothing is lost; it tries again every"
                                    + " {} s: {}",
                            read,
                            RETRY.toSeconds(),
                            reason(e));
                }
                waitsFor = reason(e);
            }
            if (!awaitRetry()) {
                LOG.warn(
                        "ingest stops while storage refuses; what is not in the tables yet comes"
                                + " again from the frame log");
                return false;
            }
        }
    }

    /** The innermost cause names the disk's own error. */
    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String outer = String.valueOf(thrown.getMessage());
        String inner = String.valueOf(cause.getMessage());
        return outer.contains(inner) ? outer : outer + ": " + inner;
    }

    private boolean awaitRetry() {
        try {
            return !stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What storage refuses at present; empty while it takes all. */
    Optional<String> reason() {
        return Optional.ofNullable(waitsFor);
    }
}
