package org.roadloop.compute.site.tes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.ReturnedFolder;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.roadloop.compute.site.StagedFiles;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.core.booking.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Any GA4GH TES 1.1 server as a site (外部 TES 站点). A run is one task there; its key is the tag
 * {@code roadloop_key}, by which it is looked up before it is created again. Inputs and outputs go
 * through a folder that the server knows under a URL. Any thread.
 */
public final class TesSite implements Site {
    static final String KEY_TAG = "roadloop_key";

    private static final Logger LOG = LoggerFactory.getLogger(TesSite.class);
    private static final double MARGIN = 1.5;
    private static final Duration START_UP = Duration.ofSeconds(10);
    private static final Duration PROBE_AGE = Duration.ofMinutes(1);
    private static final int CREATIONS = 3;

    /** A server tells no processor time: cores times time, an upper limit. */
    private static final String HELD = "tes-held";

    private final TesSettings settings;
    private final TesClient client;
    private final StagedFiles cache;
    private final Map<String, Object> keys = new ConcurrentHashMap<>();
    private volatile String unreachable = "";
    private volatile Instant probed = Instant.MIN;

    public TesSite(TesSettings settings, TesSettings.Token token) throws IOException {
        this.settings = settings;
        this.client = new TesClient(settings.url(), token);
        this.cache = new StagedFiles(settings.id(), cache(settings.home()));
        Files.createDirectories(settings.home().resolve("runs"));
        Files.createDirectories(settings.exchange());
    }

    /** Where a site with this home keeps what was staged, each file by its SHA-256. */
    public static Path cache(Path home) {
        return home.resolve("cache");
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                settings.id(),
                settings.node(),
                settings.declared().region(),
                "unknown",
                new Resource("slot:" + settings.id() + "/cpu", settings.slots(), "slot"),
                settings.speed(),
                settings.memoryBytes(),
                settings.milliPerSecond(),
                "tes",
                List.of(
                        "everything a task is held to is for the outside server to enforce:"
                                + " isolation, network, memory, processors",
                        "bytes written: their sum at the end, before anything is brought back",
                        "processor time is not told: cores times time is counted"),
                settings.declared().profile(settings.id(), Kind.GENERAL, 1, Map.of()));
    }

    @Override
    public Offer offer(Work work) {
        if (!new ToolImage(Path.of("/"), List.of(), List.of(), "").is(work.image())) {
            return new Offer.Impossible(
                    "image_unknown",
                    "site %s runs image %s, not %s"
                            .formatted(settings.id(), ToolImage.NAME, work.image()));
        }
        if (work.gang().nodes() > 1 || work.gang().cardsPerNode() > 0) {
            return new Offer.Impossible(
                    "gang", "TES knows neither gangs nor accelerators: site " + settings.id());
        }
        if (work.memoryBytes() > settings.memoryBytes()) {
            return new Offer.Impossible(
                    "memory",
                    "site %s gives a task %d MiB, the task asks for %d MiB"
                            .formatted(
                                    settings.id(),
                                    settings.memoryBytes() >> 20,
                                    work.memoryBytes() >> 20));
        }
        probe();
        if (!unreachable.isEmpty()) {
            return new Offer.Impossible("unreachable", unreachable);
        }
        double seconds = work.cpuSeconds() / (work.cpuCores() * settings.speed());
        Duration expected = Duration.ofMillis((long) Math.ceil(seconds * 1000));
        if (expected.compareTo(work.timeLimit()) > 0) {
            return new Offer.Impossible(
                    "time_limit",
                    "%d s at the speed of site %s, the task's limit is %d s"
                            .formatted(
                                    expected.toSeconds(),
                                    settings.id(),
                                    work.timeLimit().toSeconds()));
        }
        Duration occupies =
                Duration.ofMillis((long) Math.ceil(seconds * MARGIN * 1000)).plus(START_UP);
        long started = (expected.toMillis() + 999) / 1000;
        return new Offer.Possible(
                expected,
                occupies.compareTo(work.timeLimit()) > 0 ? work.timeLimit() : occupies,
                started * work.cpuCores() * settings.milliPerSecond());
    }

    private synchronized void probe() {
        if (Duration.between(probed, Instant.now()).compareTo(PROBE_AGE) < 0) {
            return;
        }
        try {
            client.serviceInfo();
            unreachable = "";
        } catch (SiteException e) {
            unreachable = "site %s: %s".formatted(settings.id(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        probed = Instant.now();
    }

    @Override
    public Limits limits(Work work) {
        return new Limits(
                work.memoryBytes(),
                1024,
                work.cpuCores(),
                work.timeLimit(),
                work.memoryBytes() / 4,
                settings.declared().diskBytes(work));
    }

    @Override
    public Staged stage(Path file, String sha256, long rateBitsPerSecond)
            throws IOException, InterruptedException {
        return cache.stage(file, sha256, rateBitsPerSecond);
    }

    private Path record(String key) {
        return settings.home().resolve("runs").resolve(key + ".json");
    }

    private Path exchange(String key) {
        return settings.exchange().resolve(key);
    }

    @Override
    public void submit(String key, Run run) {
        if (!key.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException("run key '" + key + "' is not safe as a name");
        }
        synchronized (keys.computeIfAbsent(key, k -> new Object())) {
            try {
                Optional<TesRun> known = TesRun.read(record(key));
                if (known.isPresent()
                        && (known.get().ended().isPresent() || found(key, known.get()))) {
                    return;
                }
                if (known.isEmpty()) {
                    TesRun.of(run).write(record(key));
                }
                create(key, task(key, run));
            } catch (IOException e) {
                throw SiteException.refused(
                        "site %s: %s".formatted(settings.id(), String.valueOf(e.getMessage())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SiteException.unreachable("interrupted while run " + key + " was submitted");
            }
        }
    }

    /** Creates the task, and asks for its tag before it is created again. */
    private void create(String key, JsonNode task) throws IOException, InterruptedException {
        TesRun run = TesRun.read(record(key)).orElseThrow();
        for (int n = 1; ; n++) {
            try {
                run.withTask(client.create(task)).write(record(key));
                return;
            } catch (SiteException e) {
                if (e.reachable()) {
                    run.withEnd(new Observation.Ended(List.of(), String.valueOf(e.getMessage())))
                            .write(record(key));
                    throw e;
                }
                LOG.warn(
                        "site {}: creation {} of run {} got no answer: {}",
                        settings.id(),
                        n,
                        key,
                        e.getMessage());
                Thread.sleep(100L << n);
                if (found(key, run)) {
                    return;
                }
                if (n == CREATIONS) {
                    throw e;
                }
            }
        }
    }

    /** Whether the server has a task with this key; remembers its id if so. */
    private boolean found(String key, TesRun run) throws IOException, InterruptedException {
        if (!run.task().isEmpty()) {
            return true;
        }
        Optional<String> id = client.findByTag(KEY_TAG, key);
        if (id.isPresent()) {
            run.withTask(id.get()).write(record(key));
        }
        return id.isPresent();
    }

    /** The task as the server gets it; its inputs are laid into the exchange folder. */
    private ObjectNode task(String key, Run run) throws IOException {
        ObjectNode task = JsonMapper.shared().createObjectNode();
        task.put("name", "roadloop-" + key);
        task.putObject("tags").put(KEY_TAG, key).put("roadloop_agreement", run.agreement());
        Limits limits = run.executors().getFirst().limits();
        task.putObject("resources")
                .put("cpu_cores", (int) Math.ceil(limits.cpus()))
                .put("ram_gb", limits.memoryBytes() / (double) (1L << 30))
                .put("disk_gb", Math.max(1, limits.outputBytes() / (double) (1L << 30)));
        ArrayNode inputs = task.putArray("inputs");
        ArrayNode outputs = task.putArray("outputs");
        ArrayNode volumes = task.putArray("volumes");
        Set<Mount> mounts = new LinkedHashSet<>();
        run.executors().forEach(e -> mounts.addAll(e.mounts()));
        delete(exchange(key));
        for (Mount mount : mounts) {
            layInputs(key, mount, inputs);
            if (mount.writable()) {
                Files.createDirectories(exchange(key).resolve("out" + mount.inside()));
                outputs.addObject()
                        .put("url", url(key, "out" + mount.inside()))
                        .put("path", mount.inside())
                        .put("type", "DIRECTORY");
                volumes.add(mount.inside());
            }
        }
        ArrayNode executors = task.putArray("executors");
        for (int n = 0; n < run.executors().size(); n++) {
            SandboxRun e = run.executors().get(n);
            ObjectNode executor = executors.addObject();
            executor.put("image", settings.image()).put("workdir", e.workdir());
            e.command().forEach(executor.putArray("command")::add);
            ObjectNode env = executor.putObject("env");
            new TreeMap<>(e.environment()).forEach(env::put);
            executor.put("ignore_error", run.ignoreError().get(n));
            Path stdin = e.stdin();
            if (stdin != null) {
                for (Mount m : e.mounts()) {
                    if (stdin.startsWith(m.host())) {
                        executor.put("stdin", m.inside() + "/" + m.host().relativize(stdin));
                    }
                }
            }
        }
        return task;
    }

    private void layInputs(String key, Mount mount, ArrayNode inputs) throws IOException {
        try (Stream<Path> files = Files.walk(mount.host())) {
            for (Path file : files.sorted().toList()) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    String inside = mount.inside() + "/" + mount.host().relativize(file);
                    Path place = exchange(key).resolve("in" + inside);
                    Files.createDirectories(place.getParent());
                    Files.copy(file, place);
                    inputs.addObject()
                            .put("url", url(key, "in" + inside))
                            .put("path", inside)
                            .put("type", "FILE");
                }
            }
        }
    }

    private String url(String key, String path) {
        return settings.exchangeUrl().toString().replaceAll("/+$", "") + "/" + key + "/" + path;
    }

    @Override
    public Optional<Observation> find(String key) {
        synchronized (keys.computeIfAbsent(key, k -> new Object())) {
            try {
                Optional<TesRun> known = TesRun.read(record(key));
                if (known.isEmpty()) {
                    return Optional.empty();
                }
                if (known.get().ended().isPresent()) {
                    return Optional.of(known.get().ended().get());
                }
                if (!found(key, known.get())) {
                    return Optional.empty();
                }
                return Optional.of(look(key, TesRun.read(record(key)).orElseThrow()));
            } catch (IOException e) {
                throw SiteException.unreachable(
                        "the folders of site %s can't be read: %s"
                                .formatted(settings.id(), e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SiteException.unreachable("interrupted while run " + key + " was looked up");
            }
        }
    }

    private Observation look(String key, TesRun run) throws IOException, InterruptedException {
        Optional<JsonNode> found = client.find(run.task());
        if (found.isEmpty()) {
            return conclude(
                    key,
                    run,
                    List.of(),
                    "TES of site %s knows task %s no more".formatted(settings.id(), run.task()),
                    false);
        }
        JsonNode log = found.get().path("logs").path(found.get().path("logs").size() - 1);
        String state = found.get().path("state").asString("UNKNOWN");
        String who = "task %s at site %s ".formatted(run.task(), settings.id());
        return switch (state) {
            case "QUEUED", "INITIALIZING" -> new Observation.Queued();
            case "COMPLETE" -> end(key, run, log, Outcome.Cause.EXITED, "", false);
            case "EXECUTOR_ERROR" -> end(key, run, log, Outcome.Cause.EXITED, "", false);
            case "CANCELED" -> end(key, run, log, Outcome.Cause.CANCELLED, "", false);
            case "PREEMPTED" ->
                    end(key, run, log, Outcome.Cause.CANCELLED, who + "was pre-empted", true);
            case "SYSTEM_ERROR" ->
                    end(key, run, log, Outcome.Cause.CANCELLED, who + "failed there", false);
            default -> new Observation.Running(Math.max(0, log.path("logs").size() - 1));
        };
    }

    /**
     * @param last what the last executor ended by where the server tells no end of it
     */
    private Observation end(
            String key,
            TesRun run,
            JsonNode log,
            Outcome.Cause last,
            String failure,
            boolean preempted)
            throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        for (int n = 0; n < Math.min(log.path("logs").size(), run.stdout().size()); n++) {
            JsonNode executor = log.path("logs").path(n);
            Files.writeString(
                    run.stdout().get(n),
                    executor.path("stdout").asString(""),
                    StandardCharsets.UTF_8);
            Files.writeString(
                    run.stderr().get(n),
                    executor.path("stderr").asString(""),
                    StandardCharsets.UTF_8);
            Instant start =
                    instant(executor, "start_time", instant(log, "start_time", Instant.now()));
            Instant end = instant(executor, "end_time", instant(log, "end_time", start));
            boolean told = executor.path("exit_code").isNumber();
            outcomes.add(
                    new Outcome(
                            told && last == Outcome.Cause.EXITED || told && executor.has("end_time")
                                    ? Outcome.Cause.EXITED
                                    : last,
                            told ? executor.path("exit_code").asInt() : 137,
                            Duration.ofMillis(
                                    Math.abs(Duration.between(start, end).toMillis())
                                            * run.cores()),
                            -1,
                            HELD,
                            start,
                            end));
        }
        return conclude(key, run, outcomes, failure, preempted);
    }

    private static Instant instant(JsonNode node, String name, Instant fallback) {
        try {
            return OffsetDateTime.parse(node.path(name).asString("")).toInstant();
        } catch (DateTimeParseException e) {
            return fallback;
        }
    }

    private Observation conclude(
            String key, TesRun run, List<Outcome> outcomes, String failure, boolean preempted)
            throws IOException {
        String fault = failure;
        List<Outcome> all = new ArrayList<>(outcomes);
        for (Mount mount : run.writable()) {
            try {
                ReturnedFolder.bringBack(
                        exchange(key).resolve("out" + mount.inside()), mount, run.outputBytes());
            } catch (ReturnedFolder.TooMuchException e) {
                if (!all.isEmpty()) {
                    Outcome o = all.removeLast();
                    all.add(
                            new Outcome(
                                    Outcome.Cause.OUTPUT,
                                    o.exitCode(),
                                    o.cpuTime(),
                                    -1,
                                    o.meter(),
                                    o.start(),
                                    o.end()));
                }
            } catch (IOException e) {
                fault = fault.isEmpty() ? "site " + settings.id() + ": " + e.getMessage() : fault;
            }
        }
        Observation.Ended ended = new Observation.Ended(all, fault, preempted);
        run.withEnd(ended).write(record(key));
        delete(exchange(key));
        return ended;
    }

    @Override
    public Observation.Ended await(String key) throws InterruptedException {
        Instant answered = Instant.now();
        while (true) {
            try {
                Optional<Observation> at = find(key);
                if (at.isEmpty()) {
                    throw new IllegalArgumentException(
                            "site " + settings.id() + " has no run '" + key + "'");
                }
                if (at.get() instanceof Observation.Ended ended) {
                    keys.remove(key);
                    return ended;
                }
                answered = Instant.now();
            } catch (SiteException e) {
                if (Duration.between(answered, Instant.now()).compareTo(settings.lostAfter()) > 0) {
                    return new Observation.Ended(
                            List.of(),
                            "site %s is lost: %s".formatted(settings.id(), e.getMessage()));
                }
            }
            Thread.sleep(settings.poll());
        }
    }

    @Override
    public void cancel(String key) {
        try {
            Optional<TesRun> run = TesRun.read(record(key));
            if (run.isPresent() && run.get().ended().isEmpty() && found(key, run.get())) {
                client.cancel(TesRun.read(record(key)).orElseThrow().task());
            }
        } catch (SiteException | IOException e) {
            LOG.warn(
                    "site {}: run {} could not be cancelled: {}",
                    settings.id(),
                    key,
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
