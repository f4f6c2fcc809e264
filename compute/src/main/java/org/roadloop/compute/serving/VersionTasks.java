package org.roadloop.compute.serving;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.task.Task;
import org.roadloop.compute.task.TaskBook;
import org.roadloop.compute.task.TaskState;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the tasks whose programs are versions of one service how these fare, and carries out what
 * was asked of them (服务的任务). The state of a task follows from the service's: what a kill left
 * untold is told at the next look. Tasks are added by any thread, looked after by one.
 */
final class VersionTasks {
    /** Causes of a version's end that are not its program's. */
    private static final Set<String> OURS =
            Set.of(ServiceBook.NO_SITE, "not_started", "site_failed");

    private static final String CANCELLED = "its task was cancelled";

    private final TaskBook tasks;
    private final ServiceBook services;
    private final String name;
    private final Clock clock;
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    VersionTasks(TaskBook tasks, ServiceBook services, String name, Clock clock) {
        this.tasks = tasks;
        this.services = services;
        this.name = name;
        this.clock = clock;
    }

    void add(String task) {
        open.add(task);
    }

    /** What was asked of the tasks becomes the service's: cancelled ones end. */
    void obey() {
        for (Task task : looked()) {
            Service s = services.find(name).orElseThrow();
            if (task.state() == TaskState.CANCELING && !s.isEnded()) {
                cancel(s, task.id());
            }
        }
    }

    /** The tasks that have not ended; others are looked after no more. */
    private List<Task> looked() {
        if (open.isEmpty()) {
            return List.of();
        }
        open.removeIf(id -> tasks.find(id).map(t -> t.state().ended()).orElse(true));
        return open.stream().map(tasks::find).flatMap(Optional::stream).toList();
    }

    private void cancel(Service s, String task) {
        String by = s.actor();
        if (is(s, s.serving(), task) || (is(s, s.wanted(), task) && s.serving() == 0)) {
            services.append(
                    name, ServiceBook.ENDED, ServiceBook.ended(CANCELLED, by, ServiceBook.BY_HAND));
        } else if (is(s, s.wanted(), task)) {
            services.append(
                    name,
                    ServiceBook.ROLLED_BACK,
                    ServiceBook.body()
                            .put("version", s.wanted())
                            .put("to", s.serving())
                            .put("traffic", false)
                            .put("reason", CANCELLED)
                            .put("cause", ServiceBook.BY_HAND)
                            .put("by", by));
        } else if (is(s, s.former(), task)) {
            services.append(name, ServiceBook.LEFT, ServiceBook.body().put("version", s.former()));
        }
    }

    private static boolean is(Service s, int version, String task) {
        return s.find(version).map(v -> v.task().equals(task)).orElse(false);
    }

    /**
     * Tells every task its state.
     *
     * @param running the process of a version, null for none
     */
    void tell(IntFunction<@Nullable ServiceInstance> running) {
        // the tasks first: the version of each is in the book by then
        List<Task> looked = looked();
        Service s = services.find(name).orElseThrow();
        for (Task task : looked) {
            tell(s, task, running);
        }
    }

    private void tell(Service s, Task task, IntFunction<@Nullable ServiceInstance> running) {
        TaskState now = task.state();
        TaskState next = state(s, task, running);
        if (next == now || (now == TaskState.CANCELING && !next.ended())) {
            return;
        }
        switch (next) {
            case INITIALIZING -> place(s, task, running.apply(s.wanted()));
            case RUNNING -> {
                int version = is(s, s.serving(), task.id()) ? s.serving() : s.former();
                ServiceInstance instance = running.apply(version);
                if (task.placementJson() == null) {
                    place(s, task, instance);
                }
                tasks.start(task.id(), started(instance));
            }
            case PAUSED -> tasks.pause(task.id());
            default -> {
                if (next.ended()) {
                    finish(s, task, next);
                }
            }
        }
        if (next.ended()) {
            open.remove(task.id());
        }
    }

    /** The state of a task as the service's own book has it. */
    private TaskState state(Service s, Task task, IntFunction<@Nullable ServiceInstance> running) {
        String id = task.id();
        boolean served = task.startedJson() != null;
        if (s.isEnded()) {
            boolean alive = is(s, s.serving(), id) || is(s, s.wanted(), id);
            if (alive) {
                return s.endedCause().equals(ServiceBook.BY_HAND)
                        ? TaskState.CANCELED
                        : TaskState.SYSTEM_ERROR;
            }
        } else if (is(s, s.serving(), id)) {
            return TaskState.RUNNING;
        } else if (is(s, s.wanted(), id)) {
            // a former version that comes back may run still
            return task.state() == TaskState.RUNNING || running.apply(s.wanted()) == null
                    ? task.state()
                    : TaskState.INITIALIZING;
        } else if (is(s, s.former(), id)) {
            return running.apply(s.former()) == null ? TaskState.PAUSED : TaskState.RUNNING;
        }
        if (task.state() == TaskState.CANCELING) {
            return TaskState.CANCELED;
        }
        Optional<Service.Version> rejected = rejected(s, id);
        if (rejected.isEmpty()) {
            return served ? TaskState.COMPLETE : TaskState.CANCELED;
        }
        String cause = rejected.get().cause();
        return cause.equals(ServiceBook.BY_HAND)
                ? TaskState.CANCELED
                : OURS.contains(cause) ? TaskState.SYSTEM_ERROR : TaskState.EXECUTOR_ERROR;
    }

    /** The last version of a task, if it was rolled back or failed. */
    private static Optional<Service.Version> rejected(Service s, String task) {
        return s.versions().stream()
                .filter(v -> v.task().equals(task) && !v.cause().equals(ServiceBook.REFRESH))
                .reduce((before, after) -> after)
                .filter(v -> !v.rejected().isEmpty());
    }

    private void place(Service s, Task task, @Nullable ServiceInstance instance) {
        ObjectNode placement = ServiceBook.body().put("at", clock.instant().toString());
        placement.put("service", name).put("endpoint", ServiceJson.endpoint(name));
        int version = instance == null ? s.serving() : instance.version;
        placement.put("version", version);
        if (instance != null) {
            placement.put("site", instance.seat.site().capabilities().id());
            instance.seat.reasons().forEach(placement.putArray("reasons")::add);
            if (instance.seat.boundNanos() > 0) {
                placement.put("delayBoundMicros", instance.seat.boundNanos() / 1e3);
            }
        }
        tasks.place(task.id(), placement);
    }

    private JsonNode started(@Nullable ServiceInstance instance) {
        ObjectNode started = ServiceBook.body();
        started.put("at", (instance == null ? clock.instant() : instance.began).toString());
        if (instance != null) {
            Site.Capabilities at = instance.seat.site().capabilities();
            started.put("site", at.id()).put("key", instance.key).put("sandbox", at.sandbox());
            at.notEnforced().forEach(started.putArray("notEnforced")::add);
        }
        return started;
    }

    private void finish(Service s, Task task, TaskState state) {
        ObjectNode end = ServiceBook.body().put("state", state.name());
        end.put("end", clock.instant().toString());
        String reason = rejected(s, task.id()).map(Service.Version::rejected).orElse(s.ended());
        if (task.state() == TaskState.CANCELING) {
            reason = CANCELLED;
        } else if (state == TaskState.COMPLETE) {
            reason = "another version has taken its place";
        } else if (reason.isEmpty()) {
            reason = "another version took its place before it served";
        }
        end.putArray("systemLogs").add(reason);
        tasks.finish(task.id(), end);
    }
}
