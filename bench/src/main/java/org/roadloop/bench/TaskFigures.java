package org.roadloop.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.RootImage;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.compute.task.ExchangeFolder;
import org.roadloop.compute.task.InputResolver;
import org.roadloop.compute.task.OutputRelease;
import org.roadloop.compute.task.OwnStorages;
import org.roadloop.compute.task.TaskAuthorizer;
import org.roadloop.compute.task.TaskBook;
import org.roadloop.compute.task.TaskService;
import org.roadloop.compute.task.TaskWiring;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Topology;
import org.roadloop.network.calendar.BulkNetwork;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How fast tasks are taken on, found again after a restart, and started (任务受理与重启). */
final class TaskFigures {
    private static final String DID = "did:web:bench.example";
    private static final int TASKS = 100_000;
    private static final int PER_SECOND = 200;
    private static final int WARM = 2_000;
    private static final int CREATED = 2_000;
    private static final int STARTS = 21;
    private static final int WRITERS = 32;
    private static final int CHUNK = 50;

    private TaskFigures() {}

    static void measure(Figures figures) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("roadloop-tasks");
        try {
            create(home, figures);
            restart(home, figures);
            sandbox(home, figures);
        } finally {
            Folders.delete(home);
        }
    }

    /**
     * Open loop: a request is due every 5 ms, its time counts from then; the first ones warm up.
     */
    private static void create(Path home, Figures figures)
            throws IOException, InterruptedException {
        JsonNode task = task();
        TaskAuthorizer.Caller operator = new TaskAuthorizer.Caller(DID, Optional.empty(), true);
        double[] millis = new double[WARM + CREATED];
        Path folder = Files.createDirectories(home.resolve("create"));
        try (FileLedger ledger = ledger(folder);
                TaskService service = service(folder, ledger);
                ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            long began = System.nanoTime();
            for (int i = 0; i < millis.length; i++) {
                int n = i;
                long due = began + i * (1_000_000_000L / PER_SECOND);
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    Thread.sleep(Duration.ofNanos(wait));
                }
                calls.execute(
                        () -> {
                            service.create(task, operator);
                            millis[n] = (System.nanoTime() - due) / 1e6;
                        });
            }
        }
        Percentiles all = new Percentiles(Arrays.copyOfRange(millis, WARM, millis.length));
        Percentiles disk = DiskSync.measure(folder, 500);
        figures.add("tes.create_p50_ms", all.at(50), "ms");
        figures.add("tes.create_p99_ms", all.at(99), "ms");
        figures.add("tes.fsync_p50_ms", disk.at(50), "ms");
        figures.add("tes.fsync_p99_ms", disk.at(99), "ms");
    }

    /** From a closed ledger to a service that answers: 99,000 tasks have ended, 1,000 wait. */
    private static void restart(Path home, Figures figures) throws IOException {
        Path folder = Files.createDirectories(home.resolve("restart"));
        byte[] request = JsonMapper.shared().writeValueAsBytes(task());
        try (FileLedger ledger = ledger(folder);
                ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            for (int from = 0; from < TASKS; from += CHUNK) {
                int first = from;
                writers.execute(
                        () -> {
                            List<Event> events = new ArrayList<>();
                            for (int i = first; i < first + CHUNK; i++) {
                                life(events, "task-" + i, request, i < TASKS - 1_000);
                            }
                            ledger.append(events);
                        });
            }
        }
        long began = System.nanoTime();
        try (FileLedger ledger = ledger(folder);
                TaskService service = service(folder, ledger)) {
            if (service.book().find("task-" + (TASKS - 1)).isEmpty()) {
                throw new IOException("the last task is not there after the restart");
            }
            figures.add("tes.restart_seconds", (System.nanoTime() - began) / 1e9, "s");
        }
    }

    private static void life(List<Event> events, String id, byte[] request, boolean ended) {
        Instant at = Instant.now();
        ObjectNode open = JsonMapper.shared().createObjectNode();
        open.put("actor", DID).put("agreement", "").put("purpose", "");
        ObjectNode payload = open.deepCopy();
        payload.set("task", JsonMapper.shared().readTree(request));
        byte[] bytes = payload.toString().getBytes(StandardCharsets.UTF_8);
        events.add(Event.withPayload("task.created", at, DID, id, bytes));
        events.add(Event.of("task.queued", at, DID, id, open));
        if (ended) {
            Quote.Feasible quote =
                    new Quote.Feasible(
                            "local",
                            List.of(),
                            at,
                            at.plusSeconds(1),
                            at.plusSeconds(3),
                            10,
                            0,
                            0,
                            0,
                            List.of());
            Placement placed =
                    new Placement(
                            id,
                            at,
                            Optional.of(quote),
                            "booking-" + id,
                            List.of(quote),
                            List.of("local: chosen; done in about 1.0 s, cost 10"));
            events.add(Event.of("task.placed", at, DID, id, placed.toJson()));
            ObjectNode started = JsonMapper.shared().createObjectNode();
            started.put("site", "local").put("key", id).put("at", at.toString());
            events.add(Event.of("task.started", at, DID, id, started));
            ObjectNode finished = JsonMapper.shared().createObjectNode();
            finished.put("state", "COMPLETE").put("computeSeconds", 1).put("meter", "cgroup-v2");
            finished.put("end", at.plusSeconds(1).toString());
            events.add(Event.of("task.finished", at, DID, id, finished));
        }
    }

    /** Median of one start after the other of {@code true} in the real sandbox, end included. */
    private static void sandbox(Path home, Figures figures)
            throws IOException, InterruptedException {
        Optional<Bubblewrap> sandbox = Bubblewrap.find();
        if (sandbox.isEmpty()) {
            System.err.println(
                    "bubblewrap is missing: sandbox.start_ms is not measured;"
                            + " apt-get install bubblewrap");
            return;
        }
        double[] millis = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            SandboxRun run =
                    new SandboxRun(
                            "bench-" + ProcessHandle.current().pid() + "-" + i,
                            new RootImage("alpine"),
                            List.of("cat", "/proc/uptime"),
                            Map.of(),
                            List.of(),
                            "/tmp",
                            null,
                            home.resolve("stdout"),
                            home.resolve("stderr"),
                            new Limits(
                                    64L << 20, 32, 1, Duration.ofSeconds(20), 1L << 20, 1L << 20));
            double asked = uptimeSeconds(Files.readString(Path.of("/proc/uptime")));
            sandbox.get().run(run, () -> false);
            // centiseconds, both read from one clock: when the program itself was running
            double ran = uptimeSeconds(Files.readString(home.resolve("stdout")));
            millis[i] = (ran - asked) * 1000;
        }
        figures.add("sandbox.start_ms", new Percentiles(millis).at(50), "ms");
    }

    private static double uptimeSeconds(String uptime) {
        return Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    }

    private static FileLedger ledger(Path folder) throws IOException {
        return FileLedger.open(
                folder.resolve("ledger"),
                "bench.example/log",
                Keystore.open(folder.resolve("keys")).signer("log", DID));
    }

    private static TaskService service(Path folder, FileLedger ledger) throws IOException {
        Clock clock = Clock.systemUTC();
        Admission admission = new Admission(Topology.of(List.of()), ledger, clock, DID);
        Calendar calendar = new Calendar(ledger, clock);
        calendar.replay(ledger);
        BulkNetwork network = new BulkNetwork(admission, calendar, clock, 0.8, 50);
        ToolImage tools = new ToolImage(Path.of("/"), List.of(), List.of(), "none");
        UsageGate nobody =
                (agreement, actor, action, purpose, now) -> new UsageGate.Refusal(List.of());
        return new TaskService(
                new TaskBook(ledger, clock, DID),
                nobody,
                new TaskWiring(
                        new Broker(List.of(), network, calendar, clock, DID),
                        new NoTables(),
                        new OutputRelease(OutputRelease.Rules.AGGREGATES),
                        (agreement, inputs) -> Set.of(),
                        new Images(tools, Images.COMMON),
                        new OwnStorages(new ExchangeFolder(folder, "none", clock)),
                        folder.resolve("tasks"),
                        DID,
                        "/api/v1/tasks"),
                clock,
                0, // taken on, not run
                TASKS);
    }

    private static JsonNode task() {
        return JsonMapper.shared()
                .readTree(
                        """
                        {"name": "bench", "tags": {"run": "1"},
                         "executors": [{"image": "alpine", "command": ["echo", "hello"]}]}""");
    }

    private static final class NoTables implements InputResolver {
        @Override
        public Located locate(String url, UsageGate.Lease lease) {
            throw new IllegalArgumentException("no tables here: " + url);
        }

        @Override
        public List<Content> resolve(String url, UsageGate.Lease lease, Path directory) {
            return List.of();
        }
    }
}
