package org.roadloop.compute.task;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.broker.WishParameters;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;

/** A task as the broker is asked about it (任务调度意愿). */
final class TaskWish {
    private static final long DEFAULT_MEMORY_BYTES = 512L << 20;
    private static final double DEFAULT_CPU_SECONDS = 10;

    private TaskWish() {}

    static Wish wish(TaskWiring wiring, OpenTask task, TaskInputs inputs, Instant at) {
        TaskRequest request = task.request();
        Wish.Terms terms =
                WishParameters.terms(task.organisation(), key -> parameter(wiring, request, key));
        UsageGate.Lease lease = task.lease();
        if (lease != null) {
            terms = terms.with(terms.policy().under(lease, wiring.broker().sites()));
        }
        String deadline = request.parameter(TaskRequest.DEADLINE, "");
        return new Wish(
                task.id,
                work(request),
                inputs.data(wiring.broker().sites()),
                at,
                deadline.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(deadline)),
                request.number(TaskRequest.FINISH_WEIGHT, 0.5),
                request.parameter(TaskRequest.SITE, ""),
                (long) request.number(TaskRequest.MAX_MILLI_COST, Long.MAX_VALUE),
                terms);
    }

    /** Without regions of its own a task is kept to those of its {@code zones}. */
    private static String parameter(TaskWiring wiring, TaskRequest request, String key) {
        String given = request.parameter(key, "");
        return given.isEmpty() && key.equals(WishParameters.REGIONS)
                ? String.join(",", knownZones(wiring, request))
                : given;
    }

    /** The {@code zones} of a task that are regions of sites here. */
    private static List<String> knownZones(TaskWiring wiring, TaskRequest request) {
        return request.resources().zones().stream()
                .filter(
                        zone ->
                                wiring.broker().sites().stream()
                                        .anyMatch(s -> s.capabilities().region().equals(zone)))
                .toList();
    }

    /** Says that the zones of a task mean nothing here; empty if they do, or there are none. */
    static Optional<String> unknownZones(TaskWiring wiring, TaskRequest request) {
        List<String> zones = request.resources().zones();
        if (zones.isEmpty() || !knownZones(wiring, request).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                "zones %s are not heeded: no site here is in such a region; roadloop.regions is"
                                .formatted(String.join(", ", zones))
                        + " always heeded");
    }

    static Site.Work work(TaskRequest request) {
        TaskRequest.Resources r = request.resources();
        double cpuSeconds = request.number(TaskRequest.CPU_SECONDS, DEFAULT_CPU_SECONDS);
        double limit =
                request.number(TaskRequest.TIME_LIMIT_SECONDS, Math.max(60, 20 * cpuSeconds));
        return new Site.Work(
                request.executors().getFirst().image(),
                cpuSeconds,
                r.cpuCores(),
                r.ramGb() > 0 ? (long) (r.ramGb() * (1L << 30)) : DEFAULT_MEMORY_BYTES,
                (long) (r.diskGb() * (1L << 30)),
                Duration.ofMillis((long) (limit * 1000)),
                r.preemptible(),
                request.gang());
    }

    /** What no site can fetch or write, said before anything is booked. */
    static Optional<String> unknownUrl(TaskWiring wiring, OpenTask task) {
        for (TaskRequest.Input input : task.request().inputs()) {
            boolean known =
                    input.url().isEmpty()
                            || (task.isOwn()
                                    ? wiring.own().find(input.url()).isPresent()
                                    : input.url().startsWith("asset:"));
            if (!known) {
                return Optional.of(unknownUrl(wiring, "input", input.url()));
            }
        }
        for (TaskRequest.Output output : task.request().outputs()) {
            boolean known =
                    output.url().isEmpty()
                            || output.url().startsWith("result:")
                            || (task.isOwn() && wiring.own().find(output.url()).isPresent());
            if (!known) {
                return Optional.of(unknownUrl(wiring, "output", output.url()));
            }
        }
        return Optional.empty();
    }

    private static String unknownUrl(TaskWiring wiring, String what, String url) {
        return "%s %s: no such storage here. Inputs are content, asset:ID under an agreement, or"
                        .formatted(what, url)
                + " below %s of the owner's own tasks; outputs result:NAME or below those"
                        .formatted(String.join(", ", wiring.own().bases()));
    }
}
