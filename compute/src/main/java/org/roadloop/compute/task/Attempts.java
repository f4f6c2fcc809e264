package org.roadloop.compute.task;

import java.util.Map;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;

/** Whether a task that was broken off may begin again (重试预算). */
final class Attempts {
    /** Attempts after the first, by what ended the one before. */
    private static final Map<String, Integer> BUDGET =
            Map.of(
                    "site_lost",
                    3,
                    "site_failed",
                    2,
                    "not_started",
                    1,
                    "preempted",
                    5,
                    "input_moved",
                    3);

    private final TaskBook book;
    private final String task;

    Attempts(TaskBook book, String task) {
        this.book = book;
        this.task = task;
    }

    boolean mayRetry(String cause) {
        return book.retries(task, cause) < BUDGET.getOrDefault(cause, 0);
    }

    /** Why a run may be begun again; empty for an end of the task's own making. */
    static String causeOfRetry(Site.Observation.Ended ended) {
        if (ended.preempted()) {
            return "preempted";
        }
        if (!ended.failure().isEmpty()) {
            return "site_failed";
        }
        boolean takenAway =
                ended.outcomes().stream().anyMatch(o -> o.cause() == Outcome.Cause.CANCELLED);
        if (takenAway) {
            return "preempted"; // not by us: see finish()
        }
        return neverRan(ended) && !ended.outcomes().isEmpty() ? "not_started" : "";
    }

    /** A run that we ended; false if its last program had come to its end before. */
    static boolean wasBrokenOff(Site.Observation.Ended ended, TaskRequest request) {
        if (!ended.failure().isEmpty() || ended.outcomes().isEmpty()) {
            return true;
        }
        Outcome last = ended.outcomes().getLast();
        return switch (last.cause()) {
            case CANCELLED, NOT_STARTED -> true;
            case EXITED ->
                    last.exitCode() == 0 && ended.outcomes().size() < request.executors().size();
            default -> false;
        };
    }

    /** No program of the task was started, so it learned nothing and pays nothing. */
    static boolean neverRan(Site.Observation.Ended ended) {
        return Conclusion.computeSeconds(ended) == 0
                && ended.outcomes().stream().allMatch(o -> o.cause() == Outcome.Cause.NOT_STARTED);
    }
}
