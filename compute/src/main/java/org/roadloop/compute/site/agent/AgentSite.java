package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.roadloop.compute.site.StagedFiles;
import org.roadloop.core.booking.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Roadloop site elsewhere, over the agent that has dialled in (代理站点). Quotes are asked of it,
 * runs are looked up there by their key, and what it brings back is checked here. Any thread.
 */
public final class AgentSite implements Site, AutoCloseable {
    static final int PROTOCOL = 1;

    private static final Logger LOG = LoggerFactory.getLogger(AgentSite.class);
    private static final long LOCAL_BITS_PER_SECOND = 8_000_000_000L;
    private static final int MAX_NAMES = 100_000;

    /** What is being staged, at which rate. */
    record Offered(Path file, long rateBitsPerSecond) {}

    private final AgentSettings settings;
    private final AgentLink link;
    private final StagedFiles cache;
    private final Path cacheFolder;
    private final AgentRuns runs;
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final Map<String, Offered> offered = new ConcurrentHashMap<>();
    private final Map<String, Object> staging = new ConcurrentHashMap<>();
    private volatile AgentJson.@Nullable Registered registered;

    public AgentSite(AgentSettings settings) throws IOException {
        this.settings = settings;
        this.link = new AgentLink(settings.id(), settings.poll(), settings.awayAfter());
        this.cacheFolder = cache(settings.home());
        this.cache = new StagedFiles(settings.id(), cacheFolder);
        this.runs = new AgentRuns(settings, link);
        Path told = settings.home().resolve("agent.json");
        this.registered = Files.exists(told) ? AgentJson.registered(AgentJson.read(told)) : null;
    }

    /** Where a site with this home keeps what was staged, each file by its SHA-256. */
    public static Path cache(Path home) {
        return home.resolve("cache");
    }

    public String id() {
        return settings.id();
    }

    @Override
    public Capabilities capabilities() {
        AgentJson.Registered told = registered;
        Resource slots = new Resource("slot:" + settings.id() + "/cpu", settings.slots(), "slot");
        if (told == null) {
            return new Capabilities(
                    settings.id(),
                    settings.node(),
                    settings.declared().region(),
                    "unknown",
                    slots,
                    1,
                    0,
                    0,
                    "unknown",
                    List.of("its agent has never connected"),
                    settings.declared().profile(settings.id(), Kind.GENERAL, 1, Map.of()));
        }
        return new Capabilities(
                settings.id(),
                settings.node(),
                settings.declared().region(),
                told.architecture(),
                slots,
                told.speed(),
                told.memoryBytes(),
                told.milliPerSecond(),
                told.sandbox(),
                told.notEnforced(),
                settings.declared()
                        .profile(
                                settings.id(),
                                told.accelerators().isEmpty() ? Kind.GENERAL : Kind.ACCELERATOR,
                                told.nodes(),
                                told.accelerators())
                        .measured(told.fp16GigaFlops(), told.fp64GigaFlops()));
    }

    /** Asked of the agent, now; never kept. */
    @Override
    public Offer offer(Work work) {
        if (link.isAway()) {
            return new Offer.Impossible("site_away", link.away());
        }
        try {
            ObjectNode body = AgentJson.object();
            body.set("work", AgentJson.work(work));
            return AgentJson.offer(
                    link.ask("offer", body, settings.quoteLimit()), work, settings.slots());
        } catch (SiteException e) {
            return new Offer.Impossible(
                    e.reachable() ? "refused" : "site_away", String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Limits limits(Work work) {
        return new Limits(
                work.memoryBytes(),
                128,
                work.cpuCores() * capabilities().speed(),
                work.timeLimit(),
                work.memoryBytes() / 4,
                settings.declared().diskBytes(work));
    }

    /** As the agent told; what was dropped here is not counted there. */
    @Override
    public boolean holds(String content) {
        return held.contains(content) && Files.exists(cacheFolder.resolve(content));
    }

    @Override
    public Staged stage(Path file, String sha256, long rateBitsPerSecond)
            throws IOException, InterruptedException {
        synchronized (staging.computeIfAbsent(sha256, s -> new Object())) {
            Staged here = cache.stage(file, sha256, LOCAL_BITS_PER_SECOND);
            if (held.contains(sha256) && !link.isAway()) {
                return new Staged(here.file(), sha256, 0, "");
            }
            offered.put(sha256, new Offered(here.file(), rateBitsPerSecond));
            ObjectNode body = AgentJson.object();
            body.put("sha256", sha256).put("dataBytes", Files.size(here.file()));
            AgentLink.Call call = link.call("stage", body);
            try {
                while (true) {
                    Optional<JsonNode> answer = AgentLink.answer(call, Duration.ofSeconds(1));
                    if (answer.isPresent()) {
                        held.add(sha256);
                        long moved = answer.get().path("movedBytes").asLong(0);
                        return new Staged(
                                here.file(),
                                sha256,
                                Math.clamp(moved, 0, Files.size(here.file())),
                                moved > 0 ? here.merkleRoot() : "");
                    }
                    if (link.awayFor().compareTo(settings.lostAfter()) > 0) {
                        throw SiteException.unreachable(link.away());
                    }
                }
            } finally {
                link.withdraw(call);
                offered.remove(sha256);
            }
        }
    }

    @Override
    public void submit(String key, Run run) {
        runs.submit(key, run);
    }

    @Override
    public Optional<Observation> find(String key) {
        return runs.find(key);
    }

    @Override
    public Observation.Ended await(String key) throws InterruptedException {
        return runs.await(key);
    }

    /** An agent that is away hears of it when it is back. */
    @Override
    public void cancel(String key) {
        runs.cancel(key);
    }

    // What the agent's requests come to: see AgentRoutes.

    AgentLink link() {
        return link;
    }

    String token() throws IOException {
        return AgentSettings.strong(
                settings.token().value(), "the secret of the agent of site " + settings.id());
    }

    /** Registers; what the agent holds and nobody here wants is dropped there. */
    ObjectNode connect(JsonNode hello) throws IOException {
        if (hello.path("protocol").asInt(0) != PROTOCOL) {
            throw new WireException(
                    426,
                    "protocol",
                    "this platform speaks version %d of the agent protocol".formatted(PROTOCOL));
        }
        String process = hello.path("process").asString("");
        if (!process.matches("[A-Za-z0-9-]{8,64}")
                || hello.path("held").size() > MAX_NAMES
                || hello.path("keys").size() > MAX_NAMES) {
            throw new IllegalArgumentException(
                    "a registration names its process and at most %d contents and keys"
                            .formatted(MAX_NAMES));
        }
        JsonNode told = hello.path("capabilities");
        registered = AgentJson.registered(told);
        AgentJson.write(settings.home().resolve("agent.json"), told);
        String session = link.connect(process);
        held.clear();
        hello.path("held").forEach(sha -> held.add(sha.asString("")));
        held.removeIf(sha -> !FileTree.isSha256(sha));
        Set<String> there = ConcurrentHashMap.newKeySet();
        hello.path("keys").forEach(key -> there.add(key.asString("")));
        int reported = there.size();
        Set<String> unwanted = runs.reconcile(there);
        LOG.info(
                "agent of site {} connected: {} slots, speed {}, {} contents, {} runs",
                settings.id(),
                told.path("slots").asLong(),
                told.path("speed").asDouble(),
                held.size(),
                reported);
        ObjectNode answer = AgentJson.object().put("session", session);
        answer.put("pollMillis", settings.poll().toMillis());
        unwanted.forEach(answer.putArray("drop")::add);
        return answer;
    }

    /** Copies that were taken away here go there too: rows may have been erased. */
    void forgetDropped() {
        for (String sha : List.copyOf(held)) {
            if (!Files.exists(cacheFolder.resolve(sha)) && held.remove(sha)) {
                link.call("forget", AgentJson.object().put("sha256", sha));
            }
        }
    }

    /** A content that is being staged or belongs to a run that is there; nothing else leaves. */
    Offered content(String sha256) {
        Offered staged = offered.get(sha256);
        if (staged != null) {
            return staged;
        }
        Path file = runs.content(sha256);
        if (file != null) {
            return new Offered(file, LOCAL_BITS_PER_SECOND);
        }
        throw new WireException(
                404,
                "not_for_this_site",
                "no run of site %s has content %s".formatted(settings.id(), sha256));
    }

    AgentRuns runs() {
        return runs;
    }

    /** Ends waiting requests; runs there go on, and the next platform finds them. */
    @Override
    public void close() {
        link.close();
    }
}
