package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.broker.WishParameters;
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One task from the queue to its end (任务执行): quotes → one hold → staging → sandbox → metering →
 * release → evidence, again within its budget when a site fails, and from where an earlier platform
 * left it. Used once, by one thread.
 *
 * <p>What a kill leaves behind, by the last event, and what is done about it:
 *
 * <pre>
 * task.queued    nothing                        placed
 * task.placed    a booking                      given back, placed anew
 * task.started   a use, a run at a site or      the site is asked for the key: it goes on from
 *                not, outputs or not            there, or the use is taken back and it runs again
 * task.finished  a booking                      given back
 * </pre>
 */
final class TaskRun {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRun.class);
    private static final long DEFAULT_MEMORY_BYTES = 512L << 20;
    private static final double DEFAULT_CPU_SECONDS = 10;
    private static final Duration WATCH = Duration.ofMillis(50);

    /** A task that no other site takes waits so long for one that is away. */
    private static final Duration AWAY = Duration.ofSeconds(60);

    private static final Duration AWAY_PAUSE = Duration.ofSeconds(1);

    /** Attempts after the first, by what ended the one before. */
    private static final Map<String, Integer> BUDGET =
            Map.of("site_lost", 3, "site_failed", 2, "not_started", 1, "preempted", 5);

    private final TaskWiring wiring;
    private final TaskBook book;
    private final Clock clock;
    private final TaskService.Open task;
    private final List<String> systemLogs = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private final Workspace space;
    private @Nullable Instant waitsSince;

    TaskRun(TaskWiring wiring, TaskBook book, Clock clock, TaskService.Open task) {
        this.wiring = wiring;
        this.book = book;
        this.clock = clock;
        this.task = task;
        this.space = new Workspace(wiring.home().resolve(task.id));
    }

    /** The end of a task that never ran. */
    static void end(TaskBook book, String id, TaskState state, String reason) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("state", state.name()).putArray("systemLogs").add(reason);
        book.finish(id, body);
    }

    void run() throws IOException, InterruptedException {
        TaskBook.Task before = book.get(task.id);
        JsonNode placed = before.placement();
        JsonNode started = before.started();
        boolean again = true;
        try {
            if (started != null) {
                again = goOn(started);
            }
        } finally {
            if (placed != null) {
                wiring.broker().release(placed.required("hold").asString());
            }
        }
        while (again) {
            again = !stopped() && attempt();
        }
        space.removeWork();
        if (book.get(task.id).state().ended()) {
            checkpoint(null).remove();
        }
    }

    /** Takes up a run that an earlier platform started; true if it has to begin again. */
    private boolean goOn(JsonNode started) throws IOException, InterruptedException {
        String key = started.required("key").asString();
        String name = started.required("site").asString();
        Site site = findSite(name);
        Optional<Site.Observation> at = site == null ? Optional.empty() : find(site, key);
        if (site == null || at.isEmpty()) {
            return retry(
                    "site_lost",
                    "the platform was restarted, and site %s has no run of it any more"
                            .formatted(name),
                    key);
        }
        systemLogs.add("the platform was restarted while the task was at site " + name);
        RunPlan plan = new RunPlan(task.request(), space);
        Workspace.remove(space.result());
        space.create();
        if (!used()) {
            site.cancel(key);
            return false;
        }
        return finish(
                site,
                key,
                plan,
                Staging.keptBefore(space),
                Instant.parse(started.required("at").asString()));
    }

    private @Nullable Site findSite(String name) {
        try {
            return wiring.broker().site(name);
        } catch (IllegalArgumentException e) {
            return null; // it was taken out of the configuration
        }
    }

    /** A site that can't be reached has not said no: it is asked until it answers. */
    private Optional<Site.Observation> find(Site site, String key) throws InterruptedException {
        while (true) {
            try {
                return site.find(key);
            } catch (RuntimeException e) {
                LOG.warn(
                        "site {} can't say what became of task {}: {}",
                        site.capabilities().id(),
                        task.id,
                        e.toString());
                Thread.sleep(1000);
            }
        }
    }

    /** From placement to the end; true if it has to begin again. */
    private boolean attempt() throws IOException, InterruptedException {
        book.note(task.id, TaskState.INITIALIZING);
        Optional<String> unknown = unknownUrl();
        if (unknown.isPresent()) {
            end(book, task.id, TaskState.SYSTEM_ERROR, unknown.get());
            return false;
        }
        Placement placement = wiring.broker().place(wish());
        if (placement.chosen().isEmpty() && isAwayOnly(placement)) {
            task.waitUntil(clock, clock.instant().plus(AWAY_PAUSE));
            return true;
        }
        if (placement.chosen().isEmpty()) {
            end(
                    book,
                    task.id,
                    TaskState.SYSTEM_ERROR,
                    "no site: " + String.join("; ", placement.reasons()));
            return false;
        }
        try {
            space.clear();
            space.create();
            book.place(task.id, placement.toJson());
            return runPlaced(placement.chosen().get());
        } finally {
            // first what others wait for: the slot, whatever becomes of the folders
            wiring.broker().release(placement.hold());
        }
    }

    /** Whether a site may be back soon: an agent that restarts, say. */
    private boolean isAwayOnly(Placement placement) {
        boolean away =
                placement.quotes().stream()
                        .anyMatch(
                                q ->
                                        q instanceof Quote.Infeasible no
                                                && no.code().equals("site_away"));
        if (!away) {
            return false;
        }
        if (waitsSince == null) {
            waitsSince = clock.instant();
        }
        return clock.instant().isBefore(waitsSince.plus(AWAY));
    }

    private boolean runPlaced(Quote.Feasible quote) throws IOException, InterruptedException {
        Site site = wiring.broker().site(quote.site());
        RunPlan plan = new RunPlan(task.request(), space);
        Staging staging = new Staging(wiring, clock, task, systemLogs);
        try {
            staging.stage(site, quote, plan, space);
        } catch (SiteException e) {
            return retry("site_failed", String.valueOf(e.getMessage()), book.nextKey(task.id));
        }
        Checkpoint checkpoint = checkpoint(plan);
        checkpoint.recover();
        String resumed = checkpoint.restore();
        if (!resumed.isEmpty()) {
            systemLogs.add(resumed);
        }
        for (String image : images()) {
            systemLogs.add(image);
        }
        task.waitUntil(clock, quote.start());
        if (stopped()) {
            return false;
        }
        String key = book.nextKey(task.id);
        Instant start = clock.instant();
        Site.Capabilities at = site.capabilities();
        ObjectNode started = JsonMapper.shared().createObjectNode();
        started.put("site", at.id()).put("key", key).put("at", start.toString());
        started.put("sandbox", at.sandbox());
        at.notEnforced().forEach(started.putArray("notEnforced")::add);
        started.set("staging", staging.moved());
        // The intent first: a use that is found without its task's end is taken back at a restart.
        book.start(task.id, started);
        if (!used()) {
            return false;
        }
        boolean submitted = false;
        try {
            submit(site, key, plan);
            submitted = true;
        } catch (SiteException e) {
            // What can't be reached may have taken the run all the same: it is asked until it
            // answers.
            submitted = !e.reachable() && find(site, key).isPresent();
            if (!submitted) {
                return retry("site_failed", String.valueOf(e.getMessage()), key);
            }
        } finally {
            if (!submitted) {
                takeBack("not_submitted");
            }
        }
        return finish(site, key, plan, staging.kept(), start);
    }

    /** Debits one use; false if the contract refuses, and the task has ended. */
    private boolean used() {
        UsageGate.Lease lease = task.lease();
        if (lease == null) {
            return true;
        }
        try {
            receipts.add(lease.use(1, "use"));
            return true;
        } catch (UsageGate.RefusedException e) {
            end(book, task.id, TaskState.SYSTEM_ERROR, "use refused: " + e.getMessage());
            return false;
        }
    }

    private void takeBack(String reason) {
        UsageGate.Lease lease = task.lease();
        if (lease != null) {
            receipts.forEach(receipt -> lease.reverse(receipt, reason));
        }
        receipts.clear();
    }

    private void submit(Site site, String key, RunPlan plan) throws IOException {
        Path live = plan.checkpoint();
        if (live != null) {
            Files.createDirectories(live);
        }
        UsageGate.Lease lease = task.lease();
        site.submit(
                key,
                new Site.Run(
                        plan.runs(key, wiring.images(), site.limits(work())),
                        task.request().executors().stream()
                                .map(TaskRequest.Executor::ignoreError)
                                .toList(),
                        lease == null ? "" : lease.agreementId(),
                        task.request().gang(),
                        Optional.ofNullable(live)));
    }

    /** Awaits the end and records it; true if the task has to begin again. */
    private boolean finish(Site site, String key, RunPlan plan, List<Path> inputs, Instant start)
            throws IOException, InterruptedException {
        Checkpoint checkpoint = checkpoint(plan);
        Site.Observation.Ended ended = await(site, key, checkpoint);
        String cause = causeOfRetry(ended);
        if (!cause.isEmpty() && !task.cancelled) {
            String why = ended.failure().isEmpty() ? "its sandbox failed" : ended.failure();
            takeBack(cause.equals("not_started") ? "sandbox_not_started" : cause);
            if (book.mayRetry(task.id, cause, BUDGET.getOrDefault(cause, 0))) {
                return retry(cause, why, "");
            }
            systemLogs.add("given up after its attempts (%s)".formatted(cause));
        } else if (neverRan(ended)) {
            takeBack("sandbox_not_started");
            systemLogs.add("nothing ran: the use is taken back");
        }
        ObjectNode body =
                new Conclusion(wiring, clock, task, plan, space, systemLogs, receipts)
                        .conclude(ended, inputs, start, flavour(site));
        book.finish(task.id, body);
        LOG.info(
                "task {} at {}: {} s of processor time, {}",
                task.id,
                site.capabilities().id(),
                ended.cpuTime().toMillis() / 1000.0,
                book.get(task.id).state());
        return false;
    }

    /** Why a run may be begun again; empty for an end of the task's own making. */
    private static String causeOfRetry(Site.Observation.Ended ended) {
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

    /**
     * @param key to be used again, empty for a new one
     */
    private boolean retry(String cause, String why, String key) throws InterruptedException {
        if (!book.mayRetry(task.id, cause, BUDGET.getOrDefault(cause, 0))) {
            end(book, task.id, TaskState.SYSTEM_ERROR, why + "; given up after its attempts");
            return false;
        }
        int attempts = book.retry(task.id, cause, why, key);
        systemLogs.add("attempt %d ended (%s): %s".formatted(attempts, cause, why));
        LOG.info("task {} begins again ({}): {}", task.id, cause, why);
        // a site that fails at once is not asked in a loop
        task.waitUntil(clock, clock.instant().plusMillis(100L << Math.min(attempts, 6)));
        return true;
    }

    /** {@code cpu} of the slots {@code slot:edge/cpu}. */
    private static String flavour(Site site) {
        String slots = site.capabilities().slots().id();
        return slots.substring(slots.lastIndexOf('/') + 1);
    }

    /** No program of the task was started, so it learned nothing and pays nothing. */
    static boolean neverRan(Site.Observation.Ended ended) {
        return Conclusion.computeSeconds(ended) == 0
                && ended.outcomes().stream().allMatch(o -> o.cause() == Outcome.Cause.NOT_STARTED);
    }

    /** What no site can fetch or write, said before anything is booked. */
    private Optional<String> unknownUrl() {
        for (TaskRequest.Input input : task.request().inputs()) {
            boolean known =
                    input.url().isEmpty()
                            || (task.isOwn()
                                    ? wiring.exchange().takes(input.url())
                                    : input.url().startsWith("asset:"));
            if (!known) {
                return Optional.of(unknownUrl("input", input.url()));
            }
        }
        for (TaskRequest.Output output : task.request().outputs()) {
            boolean known =
                    output.url().isEmpty()
                            || output.url().startsWith("result:")
                            || (task.isOwn() && wiring.exchange().takes(output.url()));
            if (!known) {
                return Optional.of(unknownUrl("output", output.url()));
            }
        }
        return Optional.empty();
    }

    private String unknownUrl(String what, String url) {
        return "%s %s: no such storage here. Inputs are content, asset:ID under an agreement,"
                        .formatted(what, url)
                + " or file://%s/… of the owner's own tasks; outputs result:NAME or that folder"
                        .formatted(wiring.exchange().root());
    }

    private List<String> images() {
        return task.request().executors().stream()
                .flatMap(e -> wiring.images().find(e.image()).stream())
                .map(Image::basis)
                .distinct()
                .toList();
    }

    private Wish wish() {
        return wish(wiring, task, clock.instant());
    }

    static Wish wish(TaskWiring wiring, TaskService.Open task, Instant at) {
        TaskRequest request = task.request();
        String deadline = request.parameter(TaskRequest.DEADLINE, "");
        return new Wish(
                task.id,
                work(request),
                Staging.data(wiring, task),
                at,
                deadline.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(deadline)),
                request.number(TaskRequest.FINISH_WEIGHT, 0.5),
                request.parameter(TaskRequest.SITE, ""),
                (long) request.number(TaskRequest.MAX_MILLI_COST, Long.MAX_VALUE),
                WishParameters.terms(
                        request.parameter(TaskRequest.AGREEMENT, wiring.did()),
                        key -> request.parameter(key, "")));
    }

    private Site.Work work() {
        return work(task.request());
    }

    private static Site.Work work(TaskRequest request) {
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

    private Checkpoint checkpoint(@Nullable RunPlan plan) {
        return new Checkpoint(
                plan == null ? null : plan.checkpoint(),
                space,
                Checkpoint.interval(task.request()),
                Math.max(1L << 30, work().diskBytes()));
    }

    private Site.Observation.Ended await(Site site, String key, Checkpoint checkpoint)
            throws InterruptedException {
        Thread waiter = Thread.currentThread();
        Thread watch = Thread.ofVirtual().start(() -> watch(site, key, checkpoint, waiter));
        try {
            return site.await(key);
        } finally {
            watch.interrupt();
            watch.join();
        }
    }

    /** Brings a cancellation to the site and keeps checkpoints while the run goes on. */
    private void watch(Site site, String key, Checkpoint checkpoint, Thread waiter) {
        boolean told = false;
        try {
            while (waiter.isAlive()) {
                if (task.cancelled && !told) {
                    site.cancel(key);
                    told = true;
                }
                checkpoint.keepWhenDue();
                Thread.sleep(WATCH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the checkpoint of task {} can't be kept: {}", task.id, e.toString());
        }
    }

    private boolean stopped() {
        if (!task.cancelled) {
            return false;
        }
        end(
                book,
                task.id,
                task.revoked ? TaskState.SYSTEM_ERROR : TaskState.CANCELED,
                task.revoked ? "access was revoked before it ran" : "cancelled before it ran");
        return true;
    }
}
