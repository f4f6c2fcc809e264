package org.roadloop.compute.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.Ranking;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.broker.WishParameters;
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.core.contract.UsageGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
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

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** A task that is in work, or was taken on by this very process. */
    static final class Open {
        final String id;
        private final TaskRequest request;
        private final UsageGate.@Nullable Lease lease;
        volatile boolean cancelled;
        volatile boolean revoked;

        /**
         * @param lease null for the owner's own task
         */
        Open(String id, TaskRequest request, UsageGate.@Nullable Lease lease) {
            this.id = id;
            this.request = request;
            this.lease = lease;
            if (lease != null) {
                lease.onRevoked(
                        () -> {
                            revoked = true;
                            cancelled = true;
                        });
            }
        }

        TaskRequest request() {
            return request;
        }

        UsageGate.@Nullable Lease lease() {
            return lease;
        }

        /** The owner's own use: no contract, no contract data. */
        boolean isOwn() {
            return lease == null;
        }

        void waitUntil(Clock clock, Instant at) throws InterruptedException {
            for (Instant now = clock.instant();
                    !cancelled && now.isBefore(at);
                    now = clock.instant()) {
                Thread.sleep(Staging.pauseMillis(now, at));
            }
        }

        private void close() {
            if (lease != null) {
                lease.close();
            }
        }
    }

    private final TaskBook book;
    private final UsageGate gate;
    private final TaskWiring wiring;
    private final Clock clock;
    private final int queueLength;
    private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final Map<String, Open> open = new ConcurrentHashMap<>();
    private final AtomicInteger leases = new AtomicInteger();
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
        this.book = book;
        this.gate = gate;
        this.wiring = wiring;
        this.clock = clock;
        this.queueLength = queueLength;
        Files.createDirectories(wiring.home());
        // What tasks had booked that ended with the last stop.
        book.holdsOfEnded().forEach(wiring.broker()::release);
        List<TaskBook.Task> unfinished = book.unfinished();
        // And what was booked when the platform died before it could say for which task.
        Set<String> known = new HashSet<>();
        for (TaskBook.Task task : unfinished) {
            JsonNode placement = task.placement();
            if (placement != null) {
                known.add(placement.required("hold").asString());
            }
        }
        wiring.broker().releaseOrphans(known);
        if (!unfinished.isEmpty()) {
            LOG.info("{} tasks of the last run of the platform go on", unfinished.size());
            takeBackOrphans(unfinished);
            unfinished.forEach(task -> queue.add(task.id()));
        }
        this.workers = new Thread[workers];
        for (int i = 0; i < workers; i++) {
            this.workers[i] = Thread.ofVirtual().name("task-worker-" + i).start(this::work);
        }
    }

    private void takeBackOrphans(List<TaskBook.Task> unfinished) {
        book.orphanedUses(ACTION)
                .forEach(
                        (agreement, uses) -> {
                            TaskBook.Task of =
                                    unfinished.stream()
                                            .filter(t -> t.agreement().equals(agreement))
                                            .findFirst()
                                            .orElseThrow();
                            try {
                                openLease(of)
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

    public TaskBook book() {
        return book;
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

    /** A request that could be run here, or the reason why not. */
    TaskRequest checked(JsonNode json) {
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
        return request;
    }

    /**
     * @param json a {@code tesTask}
     * @return the task's id
     */
    public String create(JsonNode json, TaskAuthorizer.Caller caller) {
        TaskRequest request = checked(json);
        String agreement = agreement(request, caller);
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
            open.put(id, new Open(id, request, lease.orElse(null)));
            leases.addAndGet(lease.isPresent() ? 1 : 0);
            taken = true;
            book.create(id, json, caller.actor(), agreement, purpose);
            queue.add(id);
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

    /**
     * What every site would say to a task now; books nothing and takes nothing on.
     *
     * @param json a {@code tesTask} of the operator
     */
    public ObjectNode quotes(JsonNode json) {
        String actor = wiring.did();
        TaskRequest request = checked(json);
        TaskAuthorizer.Caller operator = new TaskAuthorizer.Caller(actor, Optional.empty(), true);
        String agreement = agreement(request, operator);
        Optional<UsageGate.Lease> lease =
                openLease(agreement, actor, request.parameter(TaskRequest.PURPOSE, ""));
        try {
            Open task = new Open("quote", request, lease.orElse(null));
            Wish wish = TaskRun.wish(wiring, task, clock.instant());
            List<Quote> quotes = wiring.broker().quotes(wish);
            Optional<Quote.Feasible> best = Ranking.ranked(quotes, wish).stream().findFirst();
            List<String> reasons =
                    quotes.stream()
                            .map(q -> reason(q, best.filter(b -> b == q).isPresent()))
                            .toList();
            return new Placement("quote", clock.instant(), best, "", quotes, reasons).toJson();
        } catch (IllegalArgumentException e) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID, String.valueOf(e.getMessage()));
        } finally {
            lease.ifPresent(UsageGate.Lease::close);
        }
    }

    private static String reason(Quote quote, boolean best) {
        return switch (quote) {
            case Quote.Infeasible no ->
                    "%s: not possible (%s): %s".formatted(no.site(), no.code(), no.reason());
            case Quote.Feasible f ->
                    "%s: %s; would start %s, finish about %s and no later than %s, cost %d"
                            .formatted(
                                    f.site(),
                                    best ? "would be chosen" : "possible",
                                    f.start(),
                                    f.expectedFinish(),
                                    f.finish(),
                                    f.milliCost());
        };
    }

    /**
     * One decision, and the position of its task.
     *
     * @param json with the task's id and state
     */
    public record Decision(int number, ObjectNode json) {}

    /**
     * Decisions on tasks, the newest task first; a task that waits for its decision has none.
     *
     * @param before position of the last one seen, −1 for the newest
     */
    public List<Decision> placements(int before, int limit) {
        List<Decision> decisions = new ArrayList<>();
        int from = before - 1;
        while (before != 0 && decisions.size() < limit) {
            TaskBook.Page page = book.list(TaskIndex.Query.ALL, from, limit);
            for (TaskBook.Task task : page.tasks()) {
                JsonNode placement = task.placement();
                if (placement != null && decisions.size() < limit) {
                    ObjectNode json = JsonMapper.shared().createObjectNode();
                    json.put("task", task.id()).put("state", task.state().name());
                    json.setAll((ObjectNode) placement);
                    decisions.add(new Decision(task.number(), json));
                }
            }
            from = page.next();
            if (from < 0) {
                break;
            }
        }
        return decisions;
    }

    public List<Site.Capabilities> offers() {
        return wiring.broker().sites().stream().map(Site::capabilities).toList();
    }

    public Optional<Site> findSite(String id) {
        return wiring.broker().sites().stream()
                .filter(site -> site.capabilities().id().equals(id))
                .findFirst();
    }

    /** Empty for the owner's own task: an operator's, without an agreement and contract data. */
    String agreement(TaskRequest request, TaskAuthorizer.Caller caller) {
        String agreement = request.parameter(TaskRequest.AGREEMENT, caller.agreement().orElse(""));
        boolean data = request.inputs().stream().anyMatch(i -> i.url().startsWith("asset:"));
        if (agreement.isEmpty() && (!caller.operator() || data)) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID,
                    "resources.backend_parameters."
                            + TaskRequest.AGREEMENT
                            + " is missing: a task "
                            + (data ? "on asset:ID" : "of others than the operator")
                            + " runs under a contract");
        }
        if (caller.agreement().isPresent() && !caller.agreement().get().equals(agreement)) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.FORBIDDEN,
                    "the token is not for agreement " + agreement);
        }
        return agreement;
    }

    private Optional<UsageGate.Lease> openLease(TaskBook.Task task) {
        return openLease(task.agreement(), task.actor(), task.purpose());
    }

    Optional<UsageGate.Lease> openLease(String agreement, String actor, String purpose) {
        if (agreement.isEmpty()) {
            return Optional.empty();
        }
        return switch (gate.open(agreement, actor, ACTION, purpose, clock.instant())) {
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
        Open task = open.get(id);
        if (task != null) {
            task.cancelled = true;
        }
        book.cancel(id);
        if (queue.remove(id)) {
            try {
                TaskRun.end(book, id, TaskState.CANCELED, "cancelled before it was placed");
            } finally {
                close(id);
            }
        }
    }

    private void work() {
        while (!closed) {
            String id;
            try {
                id = queue.take();
            } catch (InterruptedException e) {
                return;
            }
            boolean stopped = false;
            try {
                Optional<Open> task = taken(id);
                if (task.isPresent()) {
                    new TaskRun(wiring, book, clock, task.get()).run();
                }
            } catch (InterruptedException e) {
                // The platform stops: the next one goes on with it.
                stopped = true;
            } catch (RuntimeException | IOException e) {
                if (closed) {
                    stopped = true;
                } else {
                    LOG.error("task {} failed on our side", id, e);
                    endAfterFailure(id, e);
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
    private Optional<Open> taken(String id) {
        Open known = open.get(id);
        if (known != null) {
            return Optional.of(known);
        }
        TaskBook.Task task = book.get(id);
        if (task.state().ended()) {
            return Optional.empty();
        }
        try {
            TaskRequest request = TaskRequest.parse(book.findRequest(task).orElseThrow());
            Optional<UsageGate.Lease> lease = openLease(task);
            Open opened = new Open(id, request, lease.orElse(null));
            opened.cancelled |= task.state() == TaskState.CANCELING;
            leases.addAndGet(lease.isPresent() ? 1 : 0);
            open.put(id, opened);
            return Optional.of(opened);
        } catch (TaskRefusedException e) {
            cancelAtSite(task);
            TaskRun.end(
                    book,
                    id,
                    TaskState.SYSTEM_ERROR,
                    "access ended while the platform was off: " + e.getMessage());
            return Optional.empty();
        } catch (java.util.NoSuchElementException e) {
            cancelAtSite(task);
            TaskRun.end(book, id, TaskState.SYSTEM_ERROR, "its request was erased");
            return Optional.empty();
        }
    }

    private void cancelAtSite(TaskBook.Task task) {
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

    /** While the end can't be recorded it is tried again: a task must not seem to run for ever. */
    private void endAfterFailure(String id, Exception failure) {
        String reason = "the platform failed: " + failure.getMessage();
        boolean waited = false;
        while (true) {
            try {
                TaskRun.end(book, id, TaskState.SYSTEM_ERROR, reason);
                if (waited) {
                    LOG.info("the end of task {} is recorded", id);
                }
                return;
            } catch (UncheckedIOException e) {
                if (!waited) {
                    LOG.error("the end of task {} waits for the ledger: {}", id, e.toString());
                    waited = true;
                }
            } catch (RuntimeException e) {
                LOG.error("the end of task {} can't be recorded: {}", id, e.toString());
                return;
            }
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                // The platform stops: the next one goes on with the task.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void close(String id) {
        Open task = open.remove(id);
        if (task != null) {
            leases.addAndGet(task.isOwn() ? 0 : -1);
            task.close();
        }
    }

    private static void checkNumbers(TaskRequest request) {
        request.number(TaskRequest.CPU_SECONDS, 1);
        request.number(TaskRequest.TIME_LIMIT_SECONDS, 1);
        request.number(TaskRequest.MAX_MILLI_COST, 1);
        request.number(TaskRequest.CHECKPOINT_SECONDS, 1);
        request.gang();
        if (request.number(TaskRequest.FINISH_WEIGHT, 0) > 1) {
            throw new IllegalArgumentException(
                    "backend_parameters." + TaskRequest.FINISH_WEIGHT + " is above 1");
        }
        WishParameters.terms("", key -> request.parameter(key, ""));
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
            Image image =
                    wiring.images()
                            .find(executor.image())
                            .orElseThrow(
                                    () ->
                                            new TaskRefusedException(
                                                    TaskRefusedException.Kind.INVALID,
                                                    "image '%s' is not available; this platform runs %s"
                                                            .formatted(
                                                                    executor.image(),
                                                                    String.join(
                                                                            ", ",
                                                                            wiring.images()
                                                                                    .names()))));
            if (image instanceof ToolImage && !executor.command().getFirst().equals("roadloop")) {
                throw new TaskRefusedException(
                        TaskRefusedException.Kind.INVALID,
                        "image %s runs commands that start with 'roadloop', not '%s'"
                                .formatted(ToolImage.NAME, executor.command().getFirst()));
            }
        }
    }

    /** Stops the workers and what runs on this machine; the next start goes on with every task. */
    @Override
    public void close() {
        closed = true;
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
