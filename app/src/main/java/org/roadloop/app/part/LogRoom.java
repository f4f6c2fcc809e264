package org.roadloop.app.part;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.roadloop.collect.gateway.FrameLog;

/** Lets senders wait until the frame log has room again (等待日志空间). Any thread. */
final class LogRoom {
    /** A word of the log may come just before the wait for it. */
    private static final long LOOK_MILLIS = 100;

    LogRoom(FrameLog log) {
        log.onSpace(this::told);
    }

    private synchronized void told() {
        notifyAll();
    }

    /**
     * Waits a moment for room.
     *
     * @return false when the time is over
     */
    synchronized boolean await(long deadlineNanos) throws InterruptedException {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (leftMillis <= 0) {
            return false;
        }
        wait(Math.min(leftMillis, LOOK_MILLIS));
        return true;
    }

    static long deadline(Duration patience) {
        return System.nanoTime() + patience.toNanos();
    }
}
