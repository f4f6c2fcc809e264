package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.roadloop.compute.broker.Preemption;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes tasks on and has them done (任务受理): request → agreement → evidence → queue → {@link
 * TaskRun}. Any thread.
 */
public final class TaskService implements AutoCloseable {
    /** What a task under a contract does to the data. */
    static final String ACTION = "computeToData";

    private static final Logger LOG = LoggerFactory.getLogger(TaskService.class);

    /** Rights to use that may wait in the queue; each is watched by the gate. */
    private static final int MAX_LEASES = 1_000;

    private final TaskBook book;
    private final UsageGate gate;
    private final TaskWiring wiring;
    private final Clock clock;
    private final int queueLength;
    private final TaskChecks checks;
    private final TaskMarket market;
    private final WaitingTasks queue;
    private final TasksInWork inWork;
    private final SiteWatch watch;
    private final Map<String, OpenTask> open = new ConcurrentHashMap<>();
    private final AtomicInteger leases = new AtomicInteger();
    private volatile Optional<ServiceTasks> services = Optional.empty();
    private final Thread[] workers;
    private volatile boolean closed;

    /**
     * Goes on with what an earlier platform left unfinished.
     *
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
        this(book, gate, wiring, clock, workers, queueLength, Preemption.Limits.USUAL);
    }

    /**
     * As above.
     *
     * @param workers ordinary tasks in work at the same time; as many more for tasks with priority
     * @param limits how often tasks are interrupted for others
     */
    public TaskService(
            TaskBook book,
            UsageGate gate,
            TaskWiring wiring,
            Clock clock,
            int workers,
            int queueLength,
            Preemption.Limits limits)
            throws IOException {
        this.book = book;
        this.gate = gate;
        this.wiring = wiring;
        this.clock = clock;
        this.queueLength = queueLength;
        this.checks = new TaskChecks(wiring);
        this.market = new TaskMarket(this, wiring, book, clock);
        this.queue = new WaitingTasks(wiring.broker().shares(), clock);
        this.inWork = new TasksInWork(book, clock);
        this.watch = new SiteWatch(wiring.broker(), inWork);
        wiring.broker().allow(new Preemption(inWork, limits));
        Files.createDirectories(wiring.home());
        // What tasks had booked that ended with the last stop.
        book.holdsOfEnded().forEach(wiring.broker()::release);
        List<Task> unfinished = book.unfinished();
        // And what was booked when the platform died before it could say for which task.
        Set<String> known = new HashSet<>();
        for (Task task : unfinished) {
            JsonNode placement = task.placement();
            if (placement != null) {
                known.add(placement.required("hold").asString());
            }
        }
        wiring.broker().releaseOrphans(known);
        if (!unfinished.isEmpty()) {
            LOG.info("{} tasks of the last run of the platform go on", unfinished.size());
            takeBackOrphans(unfinished);
            unfinished.forEach(this::enqueue);
        }
        Instant begun = clock.instant();
        Thread.ofVirtual()
                .name("past-use")
                .start(() -> PastUse.charge(wiring.broker().shares(), book.all(), begun));
        this.workers = new Thread[2 * workers];
        for (int i = 0; i < this.workers.length; i++) {
            WaitingTasks.Lane lane =
                    i < workers ? WaitingTasks.Lane.ORDINARY : WaitingTasks.Lane.URGENT;
            this.workers[i] = Thread.ofVirtual().name("task-worker-" + i).start(() -> work(lane));
        }
    }

    private void enqueue(Task task) {
        queue.add(task.id(), task.actor(), task.priority());
    }

    private void takeBackOrphans(List<Task> unfinished) {
        book.orphanedUses(ACTION)
                .forEach(
                        (agreement, uses) -> {
                            Task of =
                                    unfinished.stream()
                                            .filter(t -> t.agreement().equals(agreement))
                                            .findFirst()
                                            .orElseThrow();
                            try {
                                resumeLease(of)
                                        .ifPresent(
                                                lease -> {
                                                    uses.forEach(
                                                            use ->
                                                                    lease.reverse(
                                                                            use,
                                                                            "platform_restarted"));
                                                    lease.close();
                                                });
                            } catch (TaskRefusedException e) {
                                LOG.warn(
                                        "{} uses of agreement {} stay debited, it ended meanwhile:"
                                                + " {}",
                                        uses.size(),
                                        agreement,
                                        e.getMessage());
                            }
                        });
    }

    TaskChecks checks() {
        return checks;
    }

    /** Offers, quotes, decisions and reservations. */
    public TaskMarket market() {
        return market;
    }

    public TaskBook book() {
        return book;
    }

    /** From now on tasks may be services. */
    public void keep(ServiceTasks takenOnBy) {
        services = Optional.of(takenOnBy);
    }

    TaskWiring wiring() {
        return wiring;
    }

    Path logFolder(String task) {
        return wiring.home().resolve(task).resolve("log");
    }

    /**
     * A released output of a task.
     *
     * @param name of the output's {@code result:NAME}, for a folder with the path below it
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
        TaskRequest request = checks.checked(json);
        TaskChecks.checkPriority(request, caller);
        if (request.resources().backendParameters().containsKey(TaskRequest.SERVICE)) {
            return services.orElseThrow(
                            () ->
                                    new TaskRefusedException(
                                            TaskRefusedException.Kind.INVALID,
                                            "no services run here: leave out backend_parameters."
                                                    + TaskRequest.SERVICE))
                    .begin((ObjectNode) json, caller);
        }
        String agreement = TaskChecks.agreement(request, caller);
        String purpose = request.parameter(TaskRequest.PURPOSE, "");
        if (queue.size() >= queueLength || (!agreement.isEmpty() && leases.get() >= MAX_LEASES)) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.BUSY, queue.size() + " tasks wait; try again later");
        }
        String id = UUID.randomUUID().toString();
        Optional<UsageGate.Lease> lease = openLease(agreement, caller.actor(), purpose);
        boolean taken = false;
        try {
            if (lease.isPresent()) {
                for (TaskRequest.Input input : request.inputs()) {
                    if (input.url().startsWith("asset:")) {
                        wiring.inputs().locate(input.url(), lease.get());
                    }
                }
            }
            open.put(id, new OpenTask(id, request, caller.actor(), lease.orElse(null)));
            leases.addAndGet(lease.isPresent() ? 1 : 0);
            taken = true;
            book.create(id, json, caller.actor(), agreement, purpose, request.priority());
            queue.add(id, caller.actor(), request.priority());
            return id;
        } catch (IllegalArgumentException e) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID, String.valueOf(e.getMessage()));
        } finally {
            if (book.find(id).isEmpty()) {
                if (taken) {
                    close(id);
                } else {
                    lease.ifPresent(UsageGate.Lease::close);
                }
            }
        }
    }

    private Optional<UsageGate.Lease> openLease(Task task) {
        return openLease(task.agreement(), task.actor(), task.purpose());
    }

    /** To what the last platform had debited. */
    private Optional<UsageGate.Lease> resumeLease(Task task) {
        return given(
                gate.resume(
                        task.agreement(), task.actor(), ACTION, task.purpose(), clock.instant()));
    }

    Optional<UsageGate.Lease> openLease(String agreement, String actor, String purpose) {
        return agreement.isEmpty()
                ? Optional.empty()
                : given(gate.open(agreement, actor, ACTION, purpose, clock.instant()));
    }

    private static Optional<UsageGate.Lease> given(UsageGate.Access access) {
        return switch (access) {
            case UsageGate.Lease given -> Optional.of(given);
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
    }

    /** Ends a task; nothing happens if it has ended. */
    public void cancel(String id) {
        OpenTask task = open.get(id);
        if (task != null) {
            task.cancelled = true;
        }
        book.cancel(id);
        if (queue.remove(id)) {
            try {
                TaskEnd.end(book, id, TaskState.CANCELED, "cancelled before it was placed");
            } finally {
                close(id);
            }
        }
    }

    private void work(WaitingTasks.Lane lane) {
        while (!closed) {
            String id;
            try {
                id = queue.take(lane);
            } catch (InterruptedException e) {
                return;
            }
            boolean stopped = false;
            try {
                Optional<OpenTask> task = taken(id);
                if (task.isPresent()) {
                    inWork.add(task.get());
                    new TaskRun(wiring, book, clock, task.get(), watch).run();
                }
            } catch (InterruptedException e) {
                // The platform stops: the next one goes on with it.
                stopped = true;
            } catch (UnfitTaskException e) {
                LOG.info("task {} can't run: {}", id, e.getMessage());
                TaskEnd.endAfterFailure(book, id, String.valueOf(e.getMessage()));
            } catch (RuntimeException | IOException e) {
                if (closed) {
                    stopped = true;
                } else {
                    LOG.error("task {} failed on our side", id, e);
                    TaskEnd.endAfterFailure(book, id, "the platform failed: " + e.getMessage());
                }
            } finally {
                close(id);
            }
            if (stopped) {
                return;
            }
        }
    }

    /** The task with its lease, opened anew after a restart; empty if it has ended by that. */
    private Optional<OpenTask> taken(String id) {
        OpenTask known = open.get(id);
        if (known != null) {
            return Optional.of(known);
        }
        Task task = book.get(id);
        if (task.state().ended()) {
            return Optional.empty();
        }
        try {
            TaskRequest request = TaskRequest.parse(book.findRequest(task).orElseThrow());
            Optional<UsageGate.Lease> lease = openLease(task);
            OpenTask opened = new OpenTask(id, request, task.actor(), lease.orElse(null));
            opened.cancelled |= task.state() == TaskState.CANCELING;
            leases.addAndGet(lease.isPresent() ? 1 : 0);
            open.put(id, opened);
            return Optional.of(opened);
        } catch (TaskRefusedException e) {
            cancelAtSite(task);
            TaskEnd.end(
                    book,
                    id,
                    TaskState.SYSTEM_ERROR,
                    "access ended while the platform was off: " + e.getMessage());
            return Optional.empty();
        } catch (java.util.NoSuchElementException e) {
            cancelAtSite(task);
            TaskEnd.end(book, id, TaskState.SYSTEM_ERROR, "its request was erased");
            return Optional.empty();
        }
    }

    private void cancelAtSite(Task task) {
        JsonNode started = task.started();
        if (started != null) {
            try {
                wiring.broker()
                        .site(started.required("site").asString())
                        .cancel(started.required("key").asString());
            } catch (IllegalArgumentException e) {
                LOG.warn("task {} can't be cancelled at its site: {}", task.id(), e.getMessage());
            }
        }
        JsonNode placement = task.placement();
        if (placement != null) {
            wiring.broker().release(placement.required("hold").asString());
        }
    }

    private void close(String id) {
        inWork.remove(id);
        OpenTask task = open.remove(id);
        if (task != null) {
            leases.addAndGet(task.isOwn() ? 0 : -1);
            task.close();
        }
    }

    /** Stops the workers and what runs on this machine; the next start goes on with every task. */
    @Override
    public void close() {
        closed = true;
        watch.close();
        for (Thread worker : workers) {
            worker.interrupt();
        }
        for (Site site : wiring.broker().sites()) {
            if (site instanceof LocalSite local) {
                local.close();
            }
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
