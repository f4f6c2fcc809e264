package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** Waits on a condition, with patience for a loaded machine. */
final class Await {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    private Await() {}

    interface Condition {
        boolean holds() throws Exception;
    }

    static void until(Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            assertThat(System.nanoTime() - deadline).as("it comes to this in time").isNegative();
            Thread.sleep(10);
        }
    }
}
