package org.roadloop.app.contract;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.roadloop.core.approval.Approvals;
import org.roadloop.core.approval.Held;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks again about a held negotiation when its time is over (审批时限). Any thread; idle costs nothing.
 */
public final class ApprovalClock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApprovalClock.class);

    private final Consumer<String> reconsider;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Held> set = ConcurrentHashMap.newKeySet();

    /**
     * @param reconsider asks the decider again, by our pid
     */
    public ApprovalClock(Approvals approvals, Consumer<String> reconsider, Clock clock) {
        this.reconsider = reconsider;
        this.clock = clock;
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("approval-clock").factory());
        approvals.onHeld(this::held);
    }

    private void held(Held held) {
        if (held.until().isEmpty() || !set.add(held)) {
            return;
        }
        log.info("negotiation {} waits for a person until {}", held.pid(), held.until().get());
        Duration left = Duration.between(clock.instant(), held.until().get());
        timer.schedule(
                () -> {
                    set.remove(held);
                    try {
                        reconsider.accept(held.pid());
                    } catch (RuntimeException e) {
                        log.error("negotiation {} could not be decided in time", held.pid(), e);
                    }
                },
                Math.max(1, left.toMillis() + 1),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
