package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One task from the queue to its end (任务执行): quotes → one hold → staging → sandbox → metering →
 * release → evidence. Reads from top to bottom; used once, by one thread.
 */
final class TaskRun {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRun.class);
    private static final long DEFAULT_MEMORY_BYTES = 512L << 20;
    private static final double DEFAULT_CPU_SECONDS = 10;
    private static final int LOG_BYTES = 64 << 10;

    /** Rate of staging where source and site are the same node: no line is used. */
    private static final long LOCAL_BITS_PER_SECOND = 8_000_000_000L;

    private final TaskWiring wiring;
    private final TaskBook book;
    private final Clock clock;
    private final TaskService.Open task;

    /** What was moved to the site and how long it took, for the evidence. */
    private final ArrayNode staging = JsonMapper.shared().createArrayNode();

    private final List<String> systemLogs = new ArrayList<>();

    TaskRun(TaskWiring wiring, TaskBook book, Clock clock, TaskService.Open task) {
        this.wiring = wiring;
        this.book = book;
        this.clock = clock;
        this.task = task;
    }

    /** The end of a task that never ran. */
    static void end(TaskBook book, String id, TaskState state, String reason) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("state", state.name()).putArray("systemLogs").add(reason);
        book.finish(id, body);
    }

    void run() throws IOException, InterruptedException {
        if (stopped()) {
            return;
        }
        book.note(task.id, TaskState.INITIALIZING);
        Placement placement = wiring.broker().place(wish());
        if (placement.chosen().isEmpty()) {
            end(
                    book,
                    task.id,
                    TaskState.SYSTEM_ERROR,
                    "no site: " + String.join("; ", placement.reasons()));
            return;
        }
        Workspace space = new Workspace(wiring.home().resolve(task.id));
        try {
            space.create();
            book.place(task.id, placement.toJson());
            runPlaced(placement.chosen().get(), space);
        } finally {
            // first what others wait for: the slot, whatever becomes of the folders
            wiring.broker().release(placement.hold());
            space.removeWork();
        }
    }

    private void runPlaced(Quote.Feasible quote, Workspace space)
            throws IOException, InterruptedException {
        Site site = wiring.broker().site(quote.site());
        RunPlan plan = new RunPlan(task.request, space);
        List<Path> inputs = stage(site, quote, plan, space);
        waitUntil(quote.start());
        if (stopped()) {
            return;
        }
        Receipt use;
        try {
            use = task.lease.use(1, "use");
        } catch (UsageGate.RefusedException e) {
            end(book, task.id, TaskState.SYSTEM_ERROR, "use refused: " + e.getMessage());
            return;
        }
        Instant start = clock.instant();
        boolean submitted = false;
        try {
            submit(site, plan, start);
            submitted = true;
        } finally {
            if (!submitted) {
                task.lease.reverse(use, "not_submitted");
            }
        }
        Site.Observation.Ended ended = await(site);
        if (neverRan(ended)) {
            task.lease.reverse(use, "sandbox_not_started");
            systemLogs.add("nothing ran: the use is taken back");
        }
        conclude(ended, plan, space, inputs, start, flavour(site));
        LOG.info(
                "task {} at {}: {} s of processor time, {}",
                task.id,
                site.capabilities().id(),
                ended.cpuTime().toMillis() / 1000.0,
                book.get(task.id).state());
    }

    private void submit(Site site, RunPlan plan, Instant start) throws IOException {
        Site.Capabilities at = site.capabilities();
        ObjectNode started = JsonMapper.shared().createObjectNode();
        started.put("site", at.id()).put("key", task.id).put("at", start.toString());
        started.put("sandbox", at.sandbox());
        at.notEnforced().forEach(started.putArray("notEnforced")::add);
        started.set("staging", staging);
        book.start(task.id, started);
        site.submit(
                task.id,
                new Site.Run(
                        plan.runs(task.id, wiring.image(), site.limits(work())),
                        task.request.executors().stream()
                                .map(TaskRequest.Executor::ignoreError)
                                .toList()));
    }

    /** {@code cpu} of the slots {@code slot:edge/cpu}. */
    private static String flavour(Site site) {
        String slots = site.capabilities().slots().id();
        return slots.substring(slots.lastIndexOf('/') + 1);
    }

    /** No program of the task was started, so it learned nothing and pays nothing. */
    static boolean neverRan(Site.Observation.Ended ended) {
        return computeSeconds(ended) == 0
                && ended.outcomes().stream().allMatch(o -> o.cause() == Outcome.Cause.NOT_STARTED);
    }

    private Wish wish() {
        List<Wish.Data> data = new ArrayList<>();
        for (TaskRequest.Input input : task.request.inputs()) {
            if (!input.url().isEmpty()) {
                InputResolver.Located located = wiring.inputs().locate(input.url(), task.lease);
                data.add(new Wish.Data(located.node(), located.dataBytes()));
            }
        }
        String deadline = task.request.parameter(TaskRequest.DEADLINE, "");
        return new Wish(
                task.id,
                work(),
                data,
                clock.instant(),
                deadline.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(deadline)),
                task.request.number(TaskRequest.FINISH_WEIGHT, 0.5),
                task.request.parameter(TaskRequest.SITE, ""),
                (long) task.request.number(TaskRequest.MAX_MILLI_COST, Long.MAX_VALUE));
    }

    private Site.Work work() {
        TaskRequest.Resources r = task.request.resources();
        double cpuSeconds = task.request.number(TaskRequest.CPU_SECONDS, DEFAULT_CPU_SECONDS);
        double limit =
                task.request.number(TaskRequest.TIME_LIMIT_SECONDS, Math.max(60, 20 * cpuSeconds));
        return new Site.Work(
                task.request.executors().getFirst().image(),
                cpuSeconds,
                r.cpuCores(),
                r.ramGb() > 0 ? (long) (r.ramGb() * (1L << 30)) : DEFAULT_MEMORY_BYTES,
                (long) (r.diskGb() * (1L << 30)),
                Duration.ofMillis((long) (limit * 1000)),
                r.preemptible());
    }

    /** Inputs out of the tables, over the booked line, into the folders of the sandbox. */
    private List<Path> stage(Site site, Quote.Feasible quote, RunPlan plan, Workspace space)
            throws IOException, InterruptedException {
        Map<TaskRequest.Input, List<RunPlan.StagedFile>> staged = new LinkedHashMap<>();
        List<Path> kept = new ArrayList<>();
        int n = 0;
        int transfer = 0;
        for (TaskRequest.Input input : task.request.inputs()) {
            if (input.url().isEmpty()) {
                continue;
            }
            // Estimates stand in the order of the inputs: see wish().
            var estimate = quote.transfers().get(transfer++);
            waitUntil(estimate.start());
            long rate = estimate.rateBitsPerSecond();
            Path folder = Files.createDirectories(space.export().resolve(Integer.toString(n++)));
            InputResolver.Resolved resolved =
                    wiring.inputs().resolve(input.url(), task.lease, folder);
            List<RunPlan.StagedFile> files = new ArrayList<>();
            for (Path file : resolved.files()) {
                long began = System.nanoTime();
                Site.Staged there =
                        site.stage(file, sha256(file), rate > 0 ? rate : LOCAL_BITS_PER_SECOND);
                long tookMicros = (System.nanoTime() - began) / 1000;
                staging.addObject()
                        .put("input", input.path())
                        .put("sha256", there.sha256())
                        .put("movedBytes", there.movedBytes())
                        .put("tookMicros", tookMicros)
                        .put("rateBitsPerSecond", rate);
                files.add(new RunPlan.StagedFile(there.file(), file.getFileName().toString()));
                kept.add(there.file());
                systemLogs.add(
                        "input %s: sha256 %s, %d bytes moved%s"
                                .formatted(
                                        input.path(),
                                        there.sha256(),
                                        there.movedBytes(),
                                        there.merkleRoot().isEmpty()
                                                ? ", the site had it"
                                                : ", merkle root " + there.merkleRoot()));
            }
            staged.put(input, files);
        }
        plan.layOut(staged);
        return kept;
    }

    private Site.Observation.Ended await(Site site) throws InterruptedException {
        Thread waiter = Thread.currentThread();
        Thread watch =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        while (waiter.isAlive()) {
                                            if (task.cancelled) {
                                                site.cancel(task.id);
                                                return;
                                            }
                                            Thread.sleep(50);
                                        }
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                });
        try {
            return site.await(task.id);
        } catch (InterruptedException e) {
            site.cancel(task.id);
            throw e;
        } finally {
            watch.interrupt();
        }
    }

    private void conclude(
            Site.Observation.Ended ended,
            RunPlan plan,
            Workspace space,
            List<Path> inputs,
            Instant start,
            String flavour)
            throws IOException {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        TaskState state = state(ended);
        // Metering comes before any output leaves; a contract that ended meanwhile keeps them in.
        long computeSeconds = computeSeconds(ended);
        if (computeSeconds > 0) {
            try {
                task.lease.use(
                        List.of(new UsageGate.Quantity(computeSeconds, "compute-second", flavour)));
            } catch (UsageGate.RefusedException e) {
                systemLogs.add("use refused: " + e.getMessage());
                state = TaskState.SYSTEM_ERROR;
            }
        }
        OutputRelease.Tokens tokens =
                new OutputRelease.Tokens(
                        new LinkedHashSet<>(
                                wiring.forbidden().tokens(task.lease.agreementId(), inputs)));
        ArrayNode outputs = body.putArray("outputs");
        ArrayNode withheld = body.putArray("withheld");
        if (state == TaskState.COMPLETE) {
            for (TaskRequest.Output output : task.request.outputs()) {
                Path root = plan.rootOf(output.path());
                Path relative = plan.below(output.path());
                switch (wiring.release()
                        .release(
                                output,
                                root,
                                relative,
                                space.quarantine(),
                                space.result(),
                                tokens)) {
                    case OutputRelease.Verdict.Released r ->
                            outputs.addObject()
                                    .put(
                                            "url",
                                            wiring.resultUrl()
                                                    + "/"
                                                    + task.id
                                                    + "/outputs/"
                                                    + r.name())
                                    .put("path", r.path())
                                    .put("name", r.name())
                                    .put("dataBytes", r.dataBytes())
                                    .put("mediaType", r.mediaType())
                                    .put("sha256", r.sha256());
                    case OutputRelease.Verdict.Withheld w -> {
                        withheld.addObject()
                                .put("path", w.path())
                                .put("code", w.code())
                                .put("reason", w.reason());
                        systemLogs.add(
                                "output %s withheld (%s): %s"
                                        .formatted(w.path(), w.code(), w.reason()));
                        state = TaskState.SYSTEM_ERROR;
                    }
                }
            }
        }
        if (state == TaskState.COMPLETE && task.revoked) {
            // nobody has heard of the outputs yet: they stay in
            noteRevoked("before the outputs were released");
            for (int n = 0; n < outputs.size(); n++) {
                Files.deleteIfExists(
                        space.result().resolve(outputs.get(n).required("name").asString()));
            }
            outputs.removeAll();
            state = TaskState.SYSTEM_ERROR;
        }
        ArrayNode executors = body.putArray("executors");
        for (int n = 0; n < ended.outcomes().size(); n++) {
            Outcome o = ended.outcomes().get(n);
            executors
                    .addObject()
                    .put("start", o.start().toString())
                    .put("end", o.end().toString())
                    .put("exitCode", o.exitCode())
                    .put("cause", o.cause().name())
                    .put("cpuMillis", o.cpuTime().toMillis())
                    .put("peakMemoryBytes", o.peakMemoryBytes());
            for (String stream : List.of(n + ".stdout", n + ".stderr")) {
                Path raw = space.rawLog().resolve(stream);
                if (Files.exists(raw)) {
                    Files.writeString(
                            space.log().resolve(stream), wiring.release().log(tail(raw), tokens));
                }
            }
        }
        body.put("state", state.name());
        body.put("start", start.toString()).put("end", clock.instant().toString());
        body.put("flavour", flavour);
        body.put("uses", neverRan(ended) ? 0 : 1).put("computeSeconds", computeSeconds);
        body.put(
                "meter", ended.outcomes().isEmpty() ? "none" : ended.outcomes().getFirst().meter());
        systemLogs.forEach(body.putArray("systemLogs")::add);
        book.finish(task.id, body);
    }

    /** Each started second; of a run whose sandbox could not be set up only whole ones. */
    static long computeSeconds(Site.Observation.Ended ended) {
        long millis = ended.cpuTime().toMillis();
        boolean started =
                ended.outcomes().stream().anyMatch(o -> o.cause() != Outcome.Cause.NOT_STARTED);
        return started ? (millis + 999) / 1000 : millis / 1000;
    }

    private TaskState state(Site.Observation.Ended ended) {
        if (task.revoked) {
            noteRevoked("while the task ran");
            return TaskState.SYSTEM_ERROR;
        }
        if (task.cancelled) {
            systemLogs.add("cancelled while it ran");
            return TaskState.CANCELED;
        }
        if (!ended.failure().isEmpty() || ended.outcomes().isEmpty()) {
            systemLogs.add(ended.failure().isEmpty() ? "nothing ran" : ended.failure());
            return TaskState.SYSTEM_ERROR;
        }
        TaskState state = TaskState.COMPLETE;
        for (int n = 0; n < ended.outcomes().size(); n++) {
            Outcome o = ended.outcomes().get(n);
            @Nullable String failure = failure(o);
            if (failure != null) {
                systemLogs.add("executor " + n + ": " + failure);
                if (!task.request.executors().get(n).ignoreError()) {
                    state =
                            o.cause() == Outcome.Cause.NOT_STARTED
                                    ? TaskState.SYSTEM_ERROR
                                    : TaskState.EXECUTOR_ERROR;
                }
            }
        }
        return state;
    }

    private void noteRevoked(String when) {
        String why =
                String.join(
                        "; ",
                        task.lease.endedFor().stream().map(UsageGate.Reason::english).toList());
        systemLogs.add("access was revoked " + when + (why.isEmpty() ? "" : ": " + why));
    }

    private static @Nullable String failure(Outcome o) {
        return switch (o.cause()) {
            case EXITED -> o.exitCode() == 0 ? null : "exit code " + o.exitCode();
            case MEMORY -> "killed: it used more memory than it may";
            case TIME -> "killed: it ran longer than it may";
            case OUTPUT -> "killed: it wrote more than it may";
            case CANCELLED -> "cancelled";
            case NOT_STARTED -> "the sandbox could not be set up";
        };
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

    private void waitUntil(Instant at) throws InterruptedException {
        while (!task.cancelled && clock.instant().isBefore(at)) {
            Thread.sleep(Math.clamp(Duration.between(clock.instant(), at).toMillis(), 1, 200));
        }
    }

    private static byte[] tail(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            long size = channel.size();
            channel.position(Math.max(0, size - LOG_BYTES));
            return java.nio.channels.Channels.newInputStream(channel).readAllBytes();
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
