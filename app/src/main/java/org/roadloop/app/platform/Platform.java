package org.roadloop.app.platform;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.Nearest;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.ServerFile;
import org.roadloop.app.http.HttpServer;
import org.roadloop.app.http.Metrics;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.http.Tokens;
import org.roadloop.core.evidence.EvidenceQueue;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.LedgerHold;
import org.roadloop.core.ledger.PersonalData;
import org.roadloop.core.ledger.TransparencyLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running platform (平台): its home, its HTTP door and its parts. {@link #start} and {@link #close}
 * are for one thread; the rest for any.
 */
public final class Platform implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Platform.class);
    private static final int MOST_LATE_EVENTS = 2_000;
    private static final long MOST_LATE_BYTES = 512 << 10;

    private final Home home;
    private final HttpServer http;
    private final List<Part> started = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean running;
    private boolean closed;
    private @Nullable TransparencyLog ledger;
    private @Nullable EvidenceQueue late;

    private Platform(Home home, HttpServer http) {
        this.home = home;
        this.http = http;
    }

    /**
     * Starts the parts in their order and then answers requests. If one fails, those already
     * started are closed again.
     *
     * @param parts all there are, in start order; the list's parts may know each other
     * @param only start just this part and what it needs; empty: all
     * @param version for the API description
     */
    public static Platform start(
            Home home, Config config, List<Part> parts, Set<String> only, String version)
            throws Exception {
        List<Part> chosen = choose(parts, only);
        HttpServer http = HttpServer.bind(config.http());
        Platform platform = new Platform(home, http);
        try {
            platform.startParts(config, chosen, version);
            return platform;
        } catch (Exception | Error e) {
            platform.close();
            throw e;
        }
    }

    static List<Part> choose(List<Part> parts, Set<String> only) {
        if (only.isEmpty()) {
            return parts;
        }
        Map<String, Part> byName = new LinkedHashMap<>();
        parts.forEach(part -> byName.put(part.name(), part));
        Set<String> wanted = new HashSet<>();
        for (String name : only) {
            if (!byName.containsKey(name)) {
                throw new IllegalArgumentException(
                        "there is no part '"
                                + name
                                + "'; "
                                + Nearest.word(name, byName.keySet())
                                        .map(n -> "did you mean '" + n + "'? ")
                                        .orElse("")
                                + "parts are "
                                + String.join(", ", byName.keySet()));
            }
            addWithNeeds(name, byName, wanted);
        }
        return parts.stream()
                .filter(part -> part.always() || wanted.contains(part.name()))
                .toList();
    }

    private static void addWithNeeds(String name, Map<String, Part> byName, Set<String> wanted) {
        Part part = byName.get(name);
        if (part == null) {
            throw new IllegalStateException(
                    "a part needs '" + name + "', which is not in the list");
        }
        if (wanted.add(name)) {
            part.needs().forEach(need -> addWithNeeds(need, byName, wanted));
        }
    }

    private void startParts(Config config, List<Part> chosen, String version) throws Exception {
        PlatformContext context = open(config);
        for (Part part : chosen) {
            LedgerPlace.mustBeOurs(context.ledger(), part);
        }
        Metrics metrics = new Metrics();
        metrics.add(() -> Map.of("ledger_entries", context.ledger()::size));
        metrics.add(Platform::refusedEvents);
        EvidenceQueue waits = Objects.requireNonNull(late);
        metrics.add(() -> Map.of("ledger_late_evidence_waiting", waits::waiting));
        List<Route> routes = new ArrayList<>(health(context));
        List<Route> described = new ArrayList<>();
        List<Consumer<RoutesConfig>> mounts = new ArrayList<>();
        for (Part part : chosen) {
            long beganNanos = System.nanoTime();
            started.add(part);
            part.start(context);
            routes.addAll(part.routes());
            described.addAll(part.described());
            mounts.add(part::mount);
            metrics.add(part::metrics);
            long tookMillis = (System.nanoTime() - beganNanos) / 1_000_000;
            LOG.debug("part {} started in {} ms", part.name(), tookMillis);
        }
        http.start(version, routes, described, mounts, context.tokens(), metrics);
        running = true;
        chosen.forEach(Part::opened);
        home.publish(new ServerFile(http.localUrl(), ProcessHandle.current().pid(), Instant.now()));
    }

    private static Map<String, LongSupplier> refusedEvents() {
        Map<String, LongSupplier> refused = new TreeMap<>();
        for (PersonalData.Kind kind : PersonalData.Kind.values()) {
            refused.put(
                    "ledger_personal_data_refused_total{kind=" + kind.word() + "}",
                    () -> PersonalData.refused(kind));
        }
        return refused;
    }

    private PlatformContext open(Config config) throws IOException {
        Clock clock = Clock.systemUTC();
        URI publicUrl = http.publicUrl();
        String did = config.participant().did().orElseGet(() -> did(publicUrl));
        Keystore keystore = Keystore.open(home.keys());
        Signer ledgerSigner =
                LedgerKeys.signer(keystore, did, config.ledger().profile(), home.ledger());
        LedgerKeys keys = LedgerKeys.of(keystore);
        TransparencyLog opened =
                LedgerPlace.open(
                        home,
                        config,
                        keys,
                        ledgerSigner,
                        keys.handovers(keystore, clock.instant(), did));
        KeyEvidence.complete(keystore, opened, clock, did);
        ledger = opened;
        LedgerHold hold = new LedgerHold();
        TransparencyLog written = hold.over(opened);
        EvidenceQueue queue =
                new EvidenceQueue(
                        home.root().resolve("evidence.queue"),
                        written,
                        did,
                        MOST_LATE_EVENTS,
                        MOST_LATE_BYTES,
                        8 * MOST_LATE_BYTES);
        late = queue;
        Tokens tokens =
                new Tokens(
                        home.root().resolve("tokens.json"),
                        home.adminToken(),
                        clock,
                        new TokenEvidence(written, queue, did, clock));
        Signer participant =
                keystore.signer("participant", did, config.participant().keyAlgorithm());
        return new PlatformContext(
                home,
                config,
                keystore,
                participant,
                written,
                queue,
                tokens,
                publicUrl,
                clock,
                hold,
                this::fail);
    }

    /** {@code did:web} of an address: host, and port where one is given. */
    private static String did(URI publicUrl) {
        String host = String.valueOf(publicUrl.getHost());
        return publicUrl.getPort() < 0
                ? "did:web:" + host
                : Did.of(host, publicUrl.getPort()).value();
    }

    private List<Route> health(PlatformContext context) {
        return List.of(
                Route.get(
                        "/api/v1/health/live",
                        Role.ANYONE,
                        "200 while the process answers",
                        c -> c.json(Map.of("live", true))),
                Route.get(
                        "/api/v1/health",
                        Role.ANYONE,
                        "200 while every part can do its work and the ledger is written, else 503",
                        c -> {
                            Map<String, Boolean> parts = new LinkedHashMap<>();
                            started.forEach(part -> parts.put(part.name(), part.ready()));
                            Optional<String> ledger = unwritten(context);
                            boolean ready =
                                    running && !parts.containsValue(false) && ledger.isEmpty();
                            c.status(ready ? 200 : 503)
                                    .json(
                                            Map.of(
                                                    "live",
                                                    true,
                                                    "ready",
                                                    ready,
                                                    "parts",
                                                    parts,
                                                    "ledger",
                                                    ledger.orElse("written")));
                        }));
    }

    /** Why no act can have its evidence now; without paths, as anyone may ask. */
    private static Optional<String> unwritten(PlatformContext context) {
        return context.hold()
                .reason()
                .map(why -> "on hold: " + why)
                .or(
                        () ->
                                context.ledger()
                                        .refusing()
                                        .map(
                                                why ->
                                                        "can't be written; the operator's log says why"));
    }

    public URI url() {
        return http.localUrl();
    }

    public Home home() {
        return home;
    }

    /** Names of the parts that run, in start order. */
    public List<String> partNames() {
        return started.stream().map(Part::name).toList();
    }

    /** A part found that one of our own invariants is broken: the platform stops. */
    private void fail(Throwable cause) {
        if (failure.compareAndSet(null, cause)) {
            LOG.error("a broken invariant stops the platform", cause);
            stopped.countDown();
        }
    }

    /** Waits until {@link #close} or a failure; returns the failure, or null. */
    public @Nullable Throwable await() throws InterruptedException {
        stopped.await();
        return failure.get();
    }

    /** Ends {@link #await}: the caller then closes. */
    public void stop() {
        stopped.countDown();
    }

    /** Closes the door, then the parts in reverse order, then lets go of the home. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        running = false;
        stopped.countDown();
        started.reversed().forEach(Part::closing);
        http.close();
        Exception first = null;
        for (Part part : started.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("part {} did not close cleanly", part.name(), e);
                first = first == null ? e : first;
            }
        }
        started.clear();
        if (late != null) {
            late.close();
            late = null;
        }
        if (ledger != null) {
            try {
                LedgerPlace.remember(home, ledger);
            } catch (IOException | UncheckedIOException e) {
                LOG.warn("the last checkpoint of the ledger was not kept: {}", e.toString());
            }
            ledger.close();
            ledger = null;
        }
        home.close();
        if (first != null) {
            throw new IOException("a part did not close cleanly: " + first, first);
        }
    }
}
