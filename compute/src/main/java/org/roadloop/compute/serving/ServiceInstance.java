package org.roadloop.compute.serving;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.task.TaskRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of one version (服务实例): started in a sandbox, asked for its health until it is ended.
 * Calls come by any thread; the rest is one thread's.
 */
final class ServiceInstance {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceInstance.class);
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final int HEALTH_BYTES = 64 << 10;
    private static final long CHECK_MEMORY_BYTES = 256L << 20;

    /** How it is. */
    enum State {
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    final int version;
    final String key;
    final Placing.Seat seat;
    final ServiceSpec spec;
    final Instant began;
    final AtomicLong calls = new AtomicLong();

    /** As many as may be called at the same time. */
    final Semaphore callers;

    /** Up to which its slot is metered. */
    Instant metered;

    private final ServiceWiring wiring;
    private final ServiceDoor door;
    private final Path folder;
    private final Path log;
    private final List<Mount> mounts;
    private final Thread watcher;
    private final Thread prober;
    private volatile State state = State.STARTING;
    private volatile Site.Observation.@Nullable Ended ended;
    private volatile String complaint = "it has not answered yet";

    /**
     * Starts it.
     *
     * @param files of the version's inputs, by path inside
     * @param folder of this process alone
     */
    ServiceInstance(
            ServiceWiring wiring,
            ServiceSpec spec,
            int version,
            String key,
            Placing.Seat seat,
            String agreement,
            Map<String, Path> files,
            Path folder)
            throws IOException {
        this.wiring = wiring;
        this.spec = spec;
        this.version = version;
        this.key = key;
        this.seat = seat;
        this.folder = folder;
        this.began = wiring.clock().instant();
        this.metered = began;
        this.callers = new Semaphore(spec.calls().concurrent());
        Path shared = folder.resolve("s");
        this.door = new ServiceDoor(shared, folder.resolve("d"));
        this.log = Files.createDirectories(folder.resolve("log"));
        List<Mount> all = new ArrayList<>();
        files.forEach((inside, file) -> all.add(new Mount(file, inside, false)));
        all.add(new Mount(shared, "/service", true));
        this.mounts = List.copyOf(all);
        TaskRequest.Executor executor = spec.task().executors().getFirst();
        seat.site()
                .submit(
                        key,
                        new Site.Run(
                                List.of(
                                        run(
                                                key,
                                                executor.command(),
                                                seat.site().limits(seat.work()))),
                                List.of(false),
                                agreement,
                                spec.task().gang(),
                                Optional.empty()));
        watcher = Thread.ofVirtual().name("service-" + key).start(this::watch);
        prober = Thread.ofVirtual().name("health-" + key).start(this::probe);
    }

    private SandboxRun run(String id, List<String> command, Limits limits) {
        TaskRequest.Executor executor = spec.task().executors().getFirst();
        Image image =
                wiring.images()
                        .find(executor.image())
                        .orElseThrow(
                                () -> new IllegalArgumentException(executor.image() + " left"));
        Map<String, String> environment = new LinkedHashMap<>(executor.env());
        environment.put(ServiceSpec.SOCKET_VARIABLE, ServiceSpec.SOCKET);
        return new SandboxRun(
                id,
                image,
                command,
                environment,
                mounts,
                executor.workdir().isEmpty() ? "/tmp" : executor.workdir(),
                null,
                log.resolve(id + ".stdout"),
                log.resolve(id + ".stderr"),
                limits);
    }

    private void watch() {
        try {
            ended = seat.site().await(key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    State state() {
        return state;
    }

    boolean isHealthy() {
        return state == State.HEALTHY && ended == null;
    }

    /** Why it is not healthy, for people. */
    String complaint() {
        return complaint;
    }

    Optional<Site.Observation.Ended> findEnd() {
        return Optional.ofNullable(ended);
    }

    private void probe() {
        int failures = 0;
        try {
            while (ended == null) {
                String wrong = check();
                if (wrong.isEmpty()) {
                    failures = 0;
                    state = State.HEALTHY;
                } else {
                    complaint = wrong;
                    failures++;
                    if (state == State.HEALTHY && failures >= spec.health().failures()) {
                        state = State.UNHEALTHY;
                    }
                }
                Duration pause = spec.health().interval();
                // a new one is waited for: it is asked more often
                boolean soon = state == State.STARTING && pause.toMillis() > 250;
                Thread.sleep(soon ? Duration.ofMillis(250) : pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Empty if it is well. */
    private String check() throws InterruptedException {
        ServiceSpec.Health health = spec.health();
        try {
            if (health.command().isEmpty()) {
                UnixHttp.Answer answer =
                        door.exchange(
                                UnixHttp.Request.get(health.path()),
                                health.timeout(),
                                HEALTH_BYTES);
                return answer.status() / 100 == 2
                        ? ""
                        : "GET %s was answered with %d".formatted(health.path(), answer.status());
            }
            return command(health);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String command(ServiceSpec.Health health) throws IOException, InterruptedException {
        Limits limits =
                new Limits(CHECK_MEMORY_BYTES, 64, 1, health.timeout(), 16L << 20, 16L << 20);
        Outcome outcome =
                wiring.sandbox()
                        .run(run(key + "-check", health.command(), limits), () -> ended != null);
        return outcome.cause() == Outcome.Cause.EXITED && outcome.exitCode() == 0
                ? ""
                : "the health command ended with %d (%s)"
                        .formatted(outcome.exitCode(), outcome.cause());
    }

    /**
     * @throws IOException if it gives no whole answer within the service's limits
     */
    UnixHttp.Answer call(UnixHttp.Request request) throws IOException {
        return door.exchange(request, spec.calls().timeout(), spec.calls().answerBytes());
    }

    /** The last of what it wrote to its streams, for its owner. */
    String tail(int bytes) {
        StringBuilder text = new StringBuilder();
        for (String stream : List.of(key + ".stdout", key + ".stderr")) {
            try (var channel = Files.newByteChannel(log.resolve(stream))) {
                channel.position(Math.max(0, channel.size() - bytes));
                byte[] last = Channels.newInputStream(channel).readNBytes(bytes);
                text.append(new String(last, StandardCharsets.UTF_8));
            } catch (IOException e) {
                return text.toString(); // it was not started, or its folder is gone
            }
        }
        return text.toString();
    }

    /** Ends it and waits for that, then its folder goes. */
    void end() {
        prober.interrupt();
        seat.site().cancel(key);
        try {
            if (!watcher.join(STOP)) {
                LOG.warn("{} did not end within {} s", key, STOP.toSeconds());
            }
            prober.join(STOP);
            door.close();
            remove(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the folder of {} stays behind: {}", key, e.toString());
        }
    }

    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
