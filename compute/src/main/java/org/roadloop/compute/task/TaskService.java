package org.roadloop.compute.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.core.contract.UsageGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Takes tasks on and has them done (任务受理): request → agreement → evidence → queue → {@link
 * TaskRun}. Any thread.
 */
public final class TaskService implements AutoCloseable {
    /** What a task under a contract does to the data. */
    static final String ACTION = "computeToData";

    private static final Logger LOG = LoggerFactory.getLogger(TaskService.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** A task that was taken on and has not ended. */
    static final class Open {
        final String id;
        final TaskRequest request;
        final UsageGate.Lease lease;
        volatile boolean cancelled;
        volatile boolean revoked;

        Open(String id, TaskRequest request, UsageGate.Lease lease) {
            this.id = id;
            this.request = request;
            this.lease = lease;
        }
    }

    private final TaskBook book;
    private final UsageGate gate;
    private final TaskWiring wiring;
    private final Clock clock;
    private final BlockingQueue<Open> queue;
    private final Map<String, Open> open = new ConcurrentHashMap<>();
    private final Thread[] workers;
    private volatile boolean closed;

    /**
     * @param wiring what a run of a task needs
     * @param workers tasks in work at the same time
     * @param queueLength tasks that may wait; more are turned away as busy
     */
    public TaskService(
            TaskBook book,
            UsageGate gate,
            TaskWiring wiring,
            Clock clock,
            int workers,
            int queueLength)
            throws IOException {
        this.book = book;
        this.gate = gate;
        this.wiring = wiring;
        this.clock = clock;
        Files.createDirectories(wiring.home());
        // What tasks had booked that ended with the last stop.
        book.holds().forEach(wiring.broker()::release);
        queue = new ArrayBlockingQueue<>(queueLength);
        this.workers = new Thread[workers];
        for (int i = 0; i < workers; i++) {
            this.workers[i] = Thread.ofVirtual().name("task-worker-" + i).start(this::work);
        }
    }

    public TaskBook book() {
        return book;
    }

    Path logFolder(String task) {
        return wiring.home().resolve(task).resolve("log");
    }

    /**
     * A released output of a task.
     *
     * @param name of the output's {@code result:NAME}
     */
    public Optional<Path> findResult(String task, String name) {
        JsonNode result = book.get(task).result();
        if (result == null) {
            return Optional.empty();
        }
        return result.path("outputs")
                .valueStream()
                .filter(o -> o.required("name").asString().equals(name))
                .map(o -> wiring.home().resolve(task).resolve("result").resolve(name))
                .findFirst();
    }

    /**
     * @param json a {@code tesTask}
     * @return the task's id
     */
    public String create(JsonNode json, TaskAuthorizer.Caller caller) {
        TaskRequest request;
        try {
            request = TaskRequest.parse(json);
            RunPlan.checkMounts(request);
            checkNumbers(request);
        } catch (IllegalArgumentException e) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID, String.valueOf(e.getMessage()));
        }
        checkImages(request);
        String agreement = request.parameter(TaskRequest.AGREEMENT, caller.agreement().orElse(""));
        if (agreement.isEmpty()) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID,
                    "resources.backend_parameters."
                            + TaskRequest.AGREEMENT
                            + " is missing: a task runs under a contract");
        }
        if (caller.agreement().isPresent() && !caller.agreement().get().equals(agreement)) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.FORBIDDEN,
                    "the token is not for agreement " + agreement);
        }
        String purpose = request.parameter(TaskRequest.PURPOSE, "");
        if (queue.remainingCapacity() == 0) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.BUSY,
                    open.size() + " tasks wait or run; try again later");
        }
        UsageGate.Lease lease =
                switch (gate.open(agreement, caller.actor(), ACTION, purpose, clock.instant())) {
                    case UsageGate.Lease given -> given;
                    case UsageGate.Refusal refusal ->
                            throw new TaskRefusedException(
                                    TaskRefusedException.Kind.FORBIDDEN,
                                    String.join(
                                            "; ",
                                            refusal.reasons().stream()
                                                    .map(UsageGate.Reason::english)
                                                    .toList()),
                                    refusal.reasons());
                };
        String id = UUID.randomUUID().toString();
        Open task = new Open(id, request, lease);
        boolean taken = false;
        try {
            for (TaskRequest.Input input : request.inputs()) {
                if (!input.url().isEmpty()) {
                    wiring.inputs().locate(input.url(), lease);
                }
            }
            book.create(id, json, caller.actor(), agreement, purpose);
            open.put(id, task);
            taken = queue.offer(task);
            if (!taken) {
                TaskRun.end(book, id, TaskState.SYSTEM_ERROR, "the queue filled up meanwhile");
                throw new TaskRefusedException(
                        TaskRefusedException.Kind.BUSY, "the queue filled up meanwhile");
            }
            lease.onRevoked(
                    () -> {
                        task.revoked = true;
                        task.cancelled = true;
                    });
            return id;
        } catch (IllegalArgumentException e) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID, String.valueOf(e.getMessage()));
        } finally {
            if (!taken) {
                open.remove(id);
                lease.close();
            }
        }
    }

    /** Ends a task; nothing happens if it has ended. */
    public void cancel(String id) {
        book.note(id, TaskState.CANCELING);
        Open task = open.get(id);
        if (task != null) {
            task.cancelled = true;
            if (queue.remove(task)) {
                try {
                    TaskRun.end(book, id, TaskState.CANCELED, "cancelled before it was placed");
                } finally {
                    close(task);
                }
            }
        }
    }

    private void work() {
        while (!closed) {
            Open task;
            try {
                task = queue.take();
            } catch (InterruptedException e) {
                return;
            }
            try {
                new TaskRun(wiring, book, clock, task).run();
            } catch (InterruptedException e) {
                // The platform stops: the sandbox is gone, the book says so at the next start.
                return;
            } catch (RuntimeException | IOException e) {
                LOG.error("task {} failed on our side", task.id, e);
                endAfterFailure(task, e);
            } finally {
                close(task);
            }
        }
    }

    /** While the end can't be recorded it is tried again: a task must not seem to run for ever. */
    private void endAfterFailure(Open task, Exception failure) {
        String reason = "the platform failed: " + failure.getMessage();
        boolean waited = false;
        while (true) {
            try {
                TaskRun.end(book, task.id, TaskState.SYSTEM_ERROR, reason);
                if (waited) {
                    LOG.info("the end of task {} is recorded", task.id);
                }
                return;
            } catch (UncheckedIOException e) {
                if (!waited) {
                    LOG.error("the end of task {} waits for the ledger: {}", task.id, e.toString());
                    waited = true;
                }
            } catch (RuntimeException e) {
                LOG.error("the end of task {} can't be recorded: {}", task.id, e.toString());
                return;
            }
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                // The platform stops: the book ends the task at the next start.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void close(Open task) {
        open.remove(task.id);
        task.lease.close();
    }

    private static void checkNumbers(TaskRequest request) {
        request.number(TaskRequest.CPU_SECONDS, 1);
        request.number(TaskRequest.TIME_LIMIT_SECONDS, 1);
        request.number(TaskRequest.MAX_MILLI_COST, 1);
        if (request.number(TaskRequest.FINISH_WEIGHT, 0) > 1) {
            throw new IllegalArgumentException(
                    "backend_parameters." + TaskRequest.FINISH_WEIGHT + " is above 1");
        }
        String deadline = request.parameter(TaskRequest.DEADLINE, "");
        try {
            if (!deadline.isEmpty()) {
                Instant.parse(deadline);
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "backend_parameters.%s = '%s' is not like 2026-01-31T08:00:00Z"
                            .formatted(TaskRequest.DEADLINE, deadline),
                    e);
        }
    }

    private void checkImages(TaskRequest request) {
        for (TaskRequest.Executor executor : request.executors()) {
            if (!wiring.image().is(executor.image())) {
                throw new TaskRefusedException(
                        TaskRefusedException.Kind.INVALID,
                        "image '%s' is not available; this platform runs %s"
                                .formatted(executor.image(), ToolImage.NAME));
            }
            if (!executor.command().getFirst().equals("roadloop")) {
                throw new TaskRefusedException(
                        TaskRefusedException.Kind.INVALID,
                        "image %s runs commands that start with 'roadloop', not '%s'"
                                .formatted(ToolImage.NAME, executor.command().getFirst()));
            }
        }
    }

    /** Ends what runs; waiting tasks end as SYSTEM_ERROR at the next start. */
    @Override
    public void close() {
        closed = true;
        open.values().forEach(task -> task.cancelled = true);
        for (Thread worker : workers) {
            worker.interrupt();
        }
        for (Thread worker : workers) {
            try {
                worker.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
