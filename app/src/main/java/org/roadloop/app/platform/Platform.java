package org.roadloop.app.platform;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running platform (平台): its home, its HTTP door and its parts. {@link #start} and {@link #close}
 * are for one thread; the rest for any.
 */
public final class Platform implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

    private final Home home;
    private final HttpServer http;
    private final List<Part> started = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean running;

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
        } catch (Exception e) {
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
        return parts.stream().filter(part -> wanted.contains(part.name())).toList();
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
        PlatformContext context =
                new PlatformContext(home, config, http.publicUrl(), Clock.systemUTC(), this::fail);
        Metrics metrics = new Metrics();
        List<Route> routes = new ArrayList<>(health());
        for (Part part : chosen) {
            long beganNanos = System.nanoTime();
            started.add(part);
            part.start(context);
            routes.addAll(part.routes());
            metrics.add(part::metrics);
            long tookMillis = (System.nanoTime() - beganNanos) / 1_000_000;
            LOG.debug("part {} started in {} ms", part.name(), tookMillis);
        }
        Tokens tokens =
                new Tokens(
                        home.keys().resolve("tokens.json"),
                        home.adminToken(),
                        context.clock(),
                        (type, token) -> {});
        http.start(
                version,
                routes,
                chosen.stream()
                        .<java.util.function.Consumer<io.javalin.config.RoutesConfig>>map(
                                p -> p::mount)
                        .toList(),
                tokens,
                metrics);
        running = true;
        home.publish(new ServerFile(http.localUrl(), ProcessHandle.current().pid(), Instant.now()));
    }

    private List<Route> health() {
        return List.of(
                Route.get(
                        "/api/v1/health/live",
                        Role.ANYONE,
                        "200 while the process answers",
                        c -> c.json(Map.of("live", true))),
                Route.get(
                        "/api/v1/health",
                        Role.ANYONE,
                        "200 while every part can do its work, else 503",
                        c -> {
                            Map<String, Boolean> parts = new LinkedHashMap<>();
                            started.forEach(part -> parts.put(part.name(), part.ready()));
                            boolean ready = running && !parts.containsValue(false);
                            c.status(ready ? 200 : 503)
                                    .json(Map.of("live", true, "ready", ready, "parts", parts));
                        }));
    }

    public URI url() {
        return http.localUrl();
    }

    public Home home() {
        return home;
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
    public void close() throws IOException {
        running = false;
        stopped.countDown();
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
        home.close();
        if (first != null) {
            throw new IOException("a part did not close cleanly: " + first, first);
        }
    }
}
