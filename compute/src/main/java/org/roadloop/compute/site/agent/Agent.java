package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Site;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The process at a site elsewhere (站点代理): dials out to its platform, quotes, stages, runs, brings
 * back. It has no port. What it took it answers for, also after a kill: see the package for its
 * files. Used once; {@link #close} from any thread.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration CONNECT = Duration.ofSeconds(20);

    /** A newer agent serves the site; this one must not go on. */
    public static final class SupersededException extends Exception {
        private static final long serialVersionUID = 1;

        SupersededException(String message) {
            super(message);
        }
    }

    private final AgentOptions options;
    private final LocalSite local;
    private final Images images;
    private final PlatformClient platform;
    private final TakenRuns taken;
    private final ContentStore staged;
    private final FileChannel lock;
    private final Map<String, AgentRun> runs = new ConcurrentHashMap<>();
    private final Semaphore slots;
    private volatile boolean closing;

    /**
     * @param local what runs here; its home is not the agent's
     * @throws IOException if the home can't be used, or another agent uses it
     */
    public Agent(AgentOptions options, LocalSite local, Images images) throws IOException {
        this.options = options;
        this.local = local;
        this.images = images;
        this.slots = new Semaphore((int) local.capabilities().slots().capacity(), true);
        Path home = Files.createDirectories(options.home());
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        this.lock =
                FileChannel.open(
                        home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.tryLock();
        if (held == null) {
            lock.close();
            throw new IOException("another agent uses " + home + "; give each its own home");
        }
        options.token();
        this.platform = new PlatformClient(options);
        this.taken = new TakenRuns(home);
        this.staged = new ContentStore(home.resolve("cache"), platform);
    }

    /**
     * Serves until it is closed.
     *
     * @throws SupersededException when another agent has registered for the site
     * @throws IOException if the platform does not take the token at the first attempt
     */
    public void run() throws IOException, InterruptedException, SupersededException {
        for (String key : taken.list()) {
            begin(key);
        }
        AgentRun.BackOff pause = new AgentRun.BackOff();
        boolean before = false;
        long pollMillis = 0;
        long seen = 0;
        while (!closing) {
            try {
                if (pollMillis == 0) {
                    pollMillis = connect();
                    seen = 0;
                    before = true;
                }
                JsonNode calls =
                        platform.post(
                                        "/calls",
                                        AgentJson.object().put("seen", seen),
                                        Duration.ofMillis(pollMillis).plusSeconds(10))
                                .path("calls");
                for (JsonNode call : calls) {
                    seen = Math.max(seen, call.required("id").asLong());
                    handle(call);
                }
                pause.reset();
            } catch (PlatformClient.RefusedException e) {
                if (e.code().equals("superseded")) {
                    throw new SupersededException(String.valueOf(e.getMessage()));
                }
                if (!before && (e.status() == 401 || e.status() == 426)) {
                    throw e;
                }
                if (!e.code().equals("session_unknown")) {
                    LOG.warn("{}", e.getMessage());
                    pause.pause();
                }
                pollMillis = 0;
            } catch (IOException e) {
                if (!closing) {
                    LOG.warn("platform {} is out of reach: {}", options.platform(), e.toString());
                    pause.pause();
                }
            }
        }
    }

    private long connect() throws IOException, InterruptedException {
        ObjectNode hello = AgentJson.object();
        hello.put("protocol", AgentSite.PROTOCOL).put("process", platform.process());
        hello.set("capabilities", AgentJson.capabilities(local.capabilities()));
        staged.list().forEach(hello.putArray("held")::add);
        taken.list().forEach(hello.putArray("keys")::add);
        JsonNode answer = platform.post("/sessions", hello, CONNECT);
        platform.join(answer.required("session").asString());
        for (JsonNode key : answer.path("drop")) {
            AgentRun run = runs.get(key.asString());
            if (run != null) {
                LOG.info("the platform wants run {} no more", key.asString());
                run.cancel();
            }
        }
        LOG.info(
                "connected to {} as site {}: {} runs on, {} contents here",
                options.platform(),
                options.site(),
                hello.path("keys").size(),
                hello.path("held").size());
        return Math.clamp(answer.required("pollMillis").asLong(), 100, 60_000);
    }

    /** What takes long answers from a thread of its own; a run is taken before anything else. */
    private void handle(JsonNode call) {
        long id = call.required("id").asLong();
        if (call.path("verb").asString("").equals("submit")) {
            ObjectNode answer = submit(call.required("run"));
            Thread.ofVirtual().start(() -> answer(id, answer));
        } else {
            Thread.ofVirtual().start(() -> answer(id, answerTo(call)));
        }
    }

    private ObjectNode answerTo(JsonNode call) {
        try {
            return switch (call.path("verb").asString("")) {
                case "offer" -> AgentJson.offer(local.offer(AgentJson.work(call.required("work"))));
                case "find" -> find(call.required("key").asString());
                case "stage" ->
                        AgentJson.object()
                                .put(
                                        "movedBytes",
                                        stage(
                                                call.required("sha256").asString(),
                                                call.required("dataBytes").asLong()));
                case "cancel" -> {
                    AgentRun run = runs.get(call.required("key").asString());
                    if (run != null) {
                        run.cancel();
                    }
                    yield AgentJson.object();
                }
                case "forget" -> {
                    staged.drop(call.required("sha256").asString());
                    yield AgentJson.object();
                }
                default -> refused("this agent knows no such call");
            };
        } catch (IOException | RuntimeException e) {
            return refused(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused("the agent stops");
        }
    }

    private static ObjectNode refused(String why) {
        return AgentJson.object().put("refused", why);
    }

    /** Fetches until it is here; while the platform is out of reach it goes on later. */
    private long stage(String sha256, long dataBytes) throws IOException, InterruptedException {
        AgentRun.BackOff pause = new AgentRun.BackOff();
        while (true) {
            try {
                return staged.fetch(sha256, dataBytes);
            } catch (PlatformClient.RefusedException e) {
                if (e.status() == 404 || closing) {
                    throw e;
                }
            } catch (java.net.ConnectException | java.net.http.HttpTimeoutException e) {
                LOG.debug("content {} waits for the platform", sha256);
            }
            pause.pause();
        }
    }

    private ObjectNode submit(JsonNode run) {
        try {
            String key = run.required("key").asString();
            if (taken.isDone(key)) {
                return refused("key " + key + " was used before");
            }
            if (!taken.isTaken(key)) {
                new LaidRun(key, run, taken.folder(key), images).mustFit(local.capabilities());
                taken.take(key, run);
                begin(key);
            }
            return AgentJson.object();
        } catch (IOException | RuntimeException e) {
            return refused(String.valueOf(e.getMessage()));
        }
    }

    private void begin(String key) {
        AgentRun run =
                new AgentRun(key, taken, staged, platform, local, images, slots, () -> closing);
        runs.put(key, run);
        Thread.ofVirtual()
                .name("agent-" + key)
                .start(
                        () -> {
                            run.run();
                            runs.remove(key, run);
                        });
    }

    private ObjectNode find(String key) {
        ObjectNode answer = AgentJson.object();
        if (!taken.isTaken(key)) {
            return answer.put("state", "unknown");
        }
        if (!taken.isStarted(key)) {
            return answer.put("state", "queued");
        }
        return switch (local.find(key).orElse(null)) {
            case Site.Observation.Queued queued -> answer.put("state", "queued");
            case Site.Observation.Running at ->
                    answer.put("state", "running").put("executor", at.executor());
            case null, default -> answer.put("state", "running").put("executor", 0);
        };
    }

    private void answer(long id, ObjectNode answer) {
        AgentRun.BackOff pause = new AgentRun.BackOff();
        try {
            while (!closing) {
                try {
                    platform.post("/calls/" + id, answer, CONNECT);
                    return;
                } catch (PlatformClient.RefusedException e) {
                    if (e.status() / 100 != 5) {
                        return; // a new session asks again
                    }
                } catch (IOException e) {
                    LOG.debug("the answer to call {} waits: {}", id, e.toString());
                }
                pause.pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Cuts off what runs; the next start says that it is lost, and brings back what had ended. */
    @Override
    public void close() throws IOException {
        closing = true;
        local.close();
        platform.close();
        lock.close();
    }
}
