package org.roadloop.compute.task;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;

/** Asks the broker for a place for one task (任务放置). One thread. */
final class TaskPlacing {
    private static final int URGENT_TRIES = 12;
    private static final Duration URGENT_PAUSE = Duration.ofMillis(250);

    /** A task that no other site takes waits so long for one that is away. */
    private static final Duration AWAY = Duration.ofSeconds(60);

    private final TaskWiring wiring;
    private final Clock clock;
    private final OpenTask task;
    private @Nullable Instant waitsSince;
    private TaskInputs inputs = new TaskInputs(List.of());

    TaskPlacing(TaskWiring wiring, Clock clock, OpenTask task) {
        this.wiring = wiring;
        this.clock = clock;
        this.task = task;
    }

    /** As the last placement was asked for. */
    TaskInputs inputs() {
        return inputs;
    }

    /** Refuses no urgent task for a moment in which others are between two attempts, or restart. */
    Placement place() throws InterruptedException {
        int left = task.request().priority() > 0 ? URGENT_TRIES : 1;
        while (true) {
            inputs = TaskInputs.locate(wiring, task);
            Placement placement =
                    wiring.broker().place(TaskWish.wish(wiring, task, inputs, clock.instant()));
            if (placement.chosen().isPresent() || --left == 0 || task.cancelled) {
                return placement;
            }
            Thread.sleep(URGENT_PAUSE);
        }
    }

    /** Whether a site may be back soon: an agent that restarts, say. */
    boolean isWorthWaiting(Placement placement) {
        return placement.chosen().isEmpty()
                && placement.quotes().stream().anyMatch(TaskPlacing::isAway)
                && isWorthWaiting();
    }

    /** Whether what is away may be waited for: not for too long in all. */
    boolean isWorthWaiting() {
        if (waitsSince == null) {
            waitsSince = clock.instant();
        }
        return clock.instant().isBefore(waitsSince.plus(AWAY));
    }

    private static boolean isAway(Quote quote) {
        return quote instanceof Quote.Infeasible no && no.code().equals("site_away");
    }
}
