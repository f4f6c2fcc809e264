package org.roadloop.compute.serving;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;

/**
 * What went wrong with a process (故障).
 *
 * @param cause short stable name, each with a budget of its own: {@code exited}, {@code memory},
 *     {@code output}, {@code processes}, {@code not_started}, {@code site_failed}, {@code
 *     unhealthy}
 * @param reason for people
 */
record Fault(String cause, String reason) {
    /** Deaths until a version is given up. */
    private static final Map<String, Integer> BUDGET =
            Map.of("memory", 3, "output", 3, "processes", 3, "not_started", 3, "site_failed", 5);

    private static final int USUAL_BUDGET = 5;

    int budget() {
        return BUDGET.getOrDefault(cause, USUAL_BUDGET);
    }

    /** Empty while the process is well, or may still become so. */
    static Optional<Fault> of(ServiceInstance instance, Instant now) {
        Optional<Site.Observation.Ended> ended = instance.findEnd();
        if (ended.isPresent()) {
            return Optional.of(of(ended.get()));
        }
        if (instance.state() == ServiceInstance.State.UNHEALTHY) {
            return Optional.of(
                    new Fault("unhealthy", "it turned unhealthy: " + instance.complaint()));
        }
        var limit = instance.spec.rollout().healthyWithin();
        boolean late =
                instance.state() == ServiceInstance.State.STARTING
                        && now.isAfter(instance.began.plus(limit));
        return late
                ? Optional.of(
                        new Fault(
                                "unhealthy",
                                "it was not healthy within %s s: %s"
                                        .formatted(limit.toMillis() / 1e3, instance.complaint())))
                : Optional.empty();
    }

    private static Fault of(Site.Observation.Ended ended) {
        if (!ended.failure().isEmpty() || ended.outcomes().isEmpty()) {
            return new Fault("site_failed", "the site failed: " + ended.failure());
        }
        Outcome last = ended.outcomes().getLast();
        return new Fault(
                last.cause().name().toLowerCase(Locale.ROOT),
                "it ended (%s, exit code %d)".formatted(last.cause(), last.exitCode()));
    }
}
