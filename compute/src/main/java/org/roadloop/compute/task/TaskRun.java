package org.roadloop.compute.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.UsageGate;
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
    private static final Duration AWAY_PAUSE = Duration.ofSeconds(1);

    private final TaskWiring wiring;
    private final TaskBook book;
    private final Clock clock;
    private final OpenTask task;
    private final SiteWatch watch;
    private final List<String> systemLogs = new ArrayList<>();
    private final Workspace space;
    private final Attempts attempts;
    private final TaskPlacing placing;
    private final Debit debit;

    TaskRun(TaskWiring wiring, TaskBook book, Clock clock, OpenTask task, SiteWatch watch) {
        this.wiring = wiring;
        this.book = book;
        this.clock = clock;
        this.task = task;
        this.watch = watch;
        this.space = new Workspace(wiring.home().resolve(task.id));
        this.attempts = new Attempts(book, task.id);
        this.placing = new TaskPlacing(wiring, clock, task);
        this.debit = new Debit(task.lease());
    }

    void run() throws IOException, InterruptedException {
        TaskWish.unknownZones(wiring, task.request()).ifPresent(systemLogs::add);
        Task before = book.get(task.id);
        JsonNode placed = before.placement();
        JsonNode started = before.started();
        boolean again = true;
        try {
            if (started != null) {
                again = goOn(started, placed == null ? "" : hold(placed));
            }
        } finally {
            task.ends();
            if (placed != null) {
                wiring.broker().release(hold(placed));
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
    private boolean goOn(JsonNode started, String hold) throws IOException, InterruptedException {
        String key = started.required("key").asString();
        String name = started.required("site").asString();
        Site site = findSite(name);
        task.begins(new OpenTask.Booked(name, hold));
        task.safe(clock.instant());
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
        if (task.lease() != null) {
            ObjectNode again = (ObjectNode) started.deepCopy();
            book.start(task.id, again.put(UsageRecord.LEASE, task.leaseId()));
        }
        Optional<String> refused = debit.use(name);
        if (refused.isPresent()) {
            TaskEnd.end(book, task.id, TaskState.SYSTEM_ERROR, refused.get());
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

    private static String hold(JsonNode placement) {
        return placement.required("hold").asString();
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
                if (e instanceof SiteException silent && !silent.reachable()) {
                    watch.unreachable(site, key, silent);
                }
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
        Optional<String> unknown = TaskWish.unknownUrl(wiring, task);
        if (unknown.isPresent()) {
            TaskEnd.end(book, task.id, TaskState.SYSTEM_ERROR, unknown.get());
            return false;
        }
        Placement placement;
        try {
            placement = placing.place();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof StorageAwayException) {
                return waitsFor(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        if (placing.isWorthWaiting(placement)) {
            task.waitUntil(clock, clock.instant().plus(AWAY_PAUSE));
            return true;
        }
        if (placement.chosen().isEmpty()) {
            TaskEnd.end(
                    book,
                    task.id,
                    TaskState.SYSTEM_ERROR,
                    "no site: " + String.join("; ", placement.reasons()));
            return false;
        }
        Quote.Feasible chosen = placement.chosen().get();
        OpenTask.Booked booked = new OpenTask.Booked(chosen.site(), placement.hold());
        task.begins(booked);
        watch.placed(task, booked);
        try {
            space.clear();
            space.create();
            book.place(task.id, placement.toJson());
            return runPlaced(chosen);
        } finally {
            task.ends();
            // first what others wait for: the slot, whatever becomes of the folders
            wiring.broker().release(placement.hold());
        }
    }

    /** True after a pause, while the storage of an input may still come back. */
    private boolean waitsFor(String storage) throws InterruptedException {
        if (!placing.isWorthWaiting()) {
            TaskEnd.end(book, task.id, TaskState.SYSTEM_ERROR, storage);
            return false;
        }
        task.waitUntil(clock, clock.instant().plus(AWAY_PAUSE));
        return true;
    }

    private boolean runPlaced(Quote.Feasible quote) throws IOException, InterruptedException {
        Site site = wiring.broker().site(quote.site());
        RunPlan plan = new RunPlan(task.request(), space);
        Staging staging = new Staging(wiring, clock, task, site, space, systemLogs);
        try {
            staging.stage(placing.inputs(), quote, plan);
        } catch (Staging.MovedOnException e) {
            return retry("input_moved", String.valueOf(e.getMessage()), "");
        } catch (StorageAwayException e) {
            return waitsFor(String.valueOf(e.getMessage()));
        } catch (SiteException e) {
            if (e.reachable()) {
                return retry("site_failed", String.valueOf(e.getMessage()), "");
            }
            watch.unreachable(site, book.nextKey(task.id), e);
            return retry(TasksInWork.SITE_LOST, String.valueOf(e.getMessage()), "");
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
        OpenTask.Interruption interruption = task.beginWork(clock.instant());
        if (interruption != null) {
            return retry(interruption.cause(), interruption.reason(), "");
        }
        String key = book.nextKey(task.id);
        Instant start = clock.instant();
        Site.Capabilities at = site.capabilities();
        ObjectNode started = JsonMapper.shared().createObjectNode();
        started.put("site", at.id()).put("key", key).put("at", start.toString());
        started.put("sandbox", at.sandbox());
        at.notEnforced().forEach(started.putArray("notEnforced")::add);
        started.set("staging", staging.moved());
        started.put(UsageRecord.LEASE, task.leaseId());
        // The intent first: a use that is found without its task's end is taken back at a restart.
        book.start(task.id, started);
        Optional<String> refused = debit.use(at.id());
        if (refused.isPresent()) {
            TaskEnd.end(book, task.id, TaskState.SYSTEM_ERROR, refused.get());
            return false;
        }
        boolean submitted = false;
        try {
            submit(site, key, plan);
            submitted = true;
        } catch (SiteException e) {
            // What can't be reached may have taken the run all the same: it is asked until it
            // answers.
            if (!e.reachable()) {
                watch.unreachable(site, key, e);
                submitted = find(site, key).isPresent();
            }
            if (!submitted) {
                return retry("site_failed", String.valueOf(e.getMessage()), key);
            }
        } finally {
            if (!submitted) {
                debit.takeBack("not_submitted");
            }
        }
        return finish(site, key, plan, staging.kept(), start);
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
                        plan.runs(key, wiring.images(), site.limits(TaskWish.work(task.request()))),
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
        Site.Observation.Ended ended =
                new RunWatch(task, clock, watch, site, key, checkpoint).await();
        OpenTask.Interruption interruption = task.interruption();
        String cause =
                interruption != null && Attempts.wasBrokenOff(ended, task.request())
                        ? interruption.cause()
                        : Attempts.causeOfRetry(ended);
        if (!cause.isEmpty() && !task.cancelled) {
            String why = ended.failure().isEmpty() ? "its sandbox failed" : ended.failure();
            debit.takeBack(cause.equals("not_started") ? "sandbox_not_started" : cause);
            if (mayRetry(cause)) {
                checkpoint.keepLast();
                return retry(cause, interruption == null ? why : interruption.reason(), "");
            }
            systemLogs.add("given up after its attempts (%s)".formatted(cause));
        } else if (Attempts.neverRan(ended)) {
            debit.takeBack("sandbox_not_started");
            systemLogs.add("nothing ran: the use is taken back");
        }
        ObjectNode body =
                new Conclusion(wiring, clock, task, plan, space, systemLogs, debit.receipts())
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

    /** How often others may go first is limited by the broker. */
    private boolean mayRetry(String cause) {
        OpenTask.Interruption why = task.interruption();
        return (why != null && why.cause().equals(TasksInWork.PREEMPTED))
                || attempts.mayRetry(cause);
    }

    /**
     * @param key to be used again, empty for a new one
     */
    private boolean retry(String cause, String why, String key) throws InterruptedException {
        if (!mayRetry(cause)) {
            TaskEnd.end(
                    book, task.id, TaskState.SYSTEM_ERROR, why + "; given up after its attempts");
            return false;
        }
        int before = book.retry(task.id, cause, why, key);
        systemLogs.add("attempt %d ended (%s): %s".formatted(before, cause, why));
        LOG.info("task {} begins again ({}): {}", task.id, cause, why);
        // a site that fails at once is not asked in a loop
        task.waitUntil(clock, clock.instant().plusMillis(100L << Math.min(before, 6)));
        return true;
    }

    /** {@code cpu} of the slots {@code slot:edge/cpu}. */
    private static String flavour(Site site) {
        String slots = site.capabilities().slots().id();
        return slots.substring(slots.lastIndexOf('/') + 1);
    }

    private List<String> images() {
        return task.request().executors().stream()
                .flatMap(e -> wiring.images().find(e.image()).stream())
                .map(Image::basis)
                .distinct()
                .toList();
    }

    private Checkpoint checkpoint(@Nullable RunPlan plan) {
        return new Checkpoint(
                plan == null ? null : plan.checkpoint(),
                space,
                Checkpoint.interval(task.request()),
                Math.max(1L << 30, TaskWish.work(task.request()).diskBytes()));
    }

    private boolean stopped() {
        if (!task.cancelled) {
            return false;
        }
        TaskEnd.end(
                book,
                task.id,
                task.revoked ? TaskState.SYSTEM_ERROR : TaskState.CANCELED,
                task.revoked ? "access was revoked before it ran" : "cancelled before it ran");
        return true;
    }
}
