package org.roadloop.collect.gateway;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets an operator hear of something at most once a minute (日志限频). Any thread. */
final class OneLine {
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

    boolean isDue() {
        long now = System.nanoTime();
        long last = lastNanos.get();
        return now - last >= PAUSE_NANOS && lastNanos.compareAndSet(last, now);
    }
}
