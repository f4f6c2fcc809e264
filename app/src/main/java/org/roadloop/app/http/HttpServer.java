package org.roadloop.app.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.util.JavalinException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.dataspace.access.ReceivingRoute;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP door of a platform (接口). The port is bound first, so that parts know the public address
 * while they start; requests are answered from {@link #start} on. Any thread.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** Takes files of any size: what is suspected of having leaked. */
    public static final String TRACES = "/api/v1/traces";

    private static final int IDEMPOTENT_ANSWERS = 10_000;
    private static final long IDEMPOTENT_BYTES = 64L << 20;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final Config.Http config;
    private final ServerSocketChannel channel;
    private final Idempotency idempotency = new Idempotency(IDEMPOTENT_ANSWERS, IDEMPOTENT_BYTES);
    private final LongAdder[] answersByClass = new LongAdder[6];
    private @Nullable Javalin javalin;

    private HttpServer(Config.Http config, ServerSocketChannel channel) {
        this.config = config;
        this.channel = channel;
        for (int i = 0; i < answersByClass.length; i++) {
            answersByClass[i] = new LongAdder();
        }
    }

    /**
     * Takes the port.
     *
     * @throws BindException with the way out, if another process has it
     */
    public static HttpServer bind(Config.Http config) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(new InetSocketAddress(config.host(), config.port()), 128);
            return new HttpServer(config, channel);
        } catch (IOException e) {
            channel.close();
            BindException told =
                    new BindException(
                            "http "
                                    + config.host()
                                    + ":"
                                    + config.port()
                                    + " can't be bound ("
                                    + e.getMessage()
                                    + "); give another http.port in roadloop.yaml,"
                                    + " or 0 for a free one");
            told.initCause(e);
            throw told;
        }
    }

    public int port() {
        return channel.socket().getLocalPort();
    }

    /** How others reach this server, without a slash at the end. */
    public URI publicUrl() {
        return config.publicUrl().orElseGet(this::localUrl);
    }

    /** How clients on this machine reach it. */
    public URI localUrl() {
        String host =
                config.loopback() && !config.host().contains(":") ? "localhost" : config.host();
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        return URI.create(
                "http://" + (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + port());
    }

    /**
     * Answers from now on.
     *
     * @param mounts routes that prove their callers themselves
     */
    public void start(
            String version,
            List<Route> parts,
            List<Consumer<RoutesConfig>> mounts,
            Tokens tokens,
            Metrics metrics) {
        start(version, parts, List.of(), mounts, tokens, metrics);
    }

    /**
     * As above.
     *
     * @param described of what the mounts add: only for the API description
     */
    public void start(
            String version,
            List<Route> parts,
            List<Route> described,
            List<Consumer<RoutesConfig>> mounts,
            Tokens tokens,
            Metrics metrics) {
        List<Route> routes = new ArrayList<>(parts);
        routes.add(openApi(version, routes, described));
        routes.add(
                Route.get(
                        "/metrics",
                        Role.ANYONE,
                        "Counters and gauges for Prometheus",
                        c -> c.contentType("text/plain; version=0.0.4").result(metrics.scrape())));
        refuseDoubles(routes);
        metrics.add(this::metrics);
        javalin =
                Javalin.create(
                                c -> {
                                    listen(c);
                                    c.routes.before(this::refuseLarge);
                                    c.routes.beforeMatched(context -> admit(context, tokens));
                                    for (Route route : routes) {
                                        add(c.routes, route);
                                    }
                                    mounts.forEach(mount -> mount.accept(c.routes));
                                    new ErrorAnswers(routes).register(c.routes);
                                    c.routes.after(this::count);
                                })
                        .start();
    }

    private void listen(JavalinConfig c) {
        c.startup.showJavalinBanner = false;
        c.startup.showOldJavalinVersionWarning = false;
        c.startup.startupWatcherEnabled = false;
        c.concurrency.useVirtualThreads = true;
        c.http.maxRequestSize = config.maxRequestBytes();
        c.http.prefer405over404 = true;
        c.http.compressionStrategy = CompressionStrategy.GZIP;
        c.jsonMapper(new Json.ForJavalin());
        c.jetty.modifyHttpConfiguration(h -> h.setSendServerVersion(false));
        c.jetty.modifyServer(server -> server.setStopTimeout(STOP_TIMEOUT.toMillis()));
        c.jetty.addConnector(
                (server, http) -> {
                    ServerConnector connector =
                            new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
                    connector.setHost(config.host());
                    try {
                        connector.open(channel);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException("the bound port is gone", e);
                    }
                    return connector;
                });
    }

    private void add(RoutesConfig to, Route route) {
        var handler =
                route.method().equals(HandlerType.POST)
                        ? new IdempotentHandler(route.handler(), idempotency)
                        : route.handler();
        Role[] roles = route.roles().toArray(Role[]::new);
        to.addHttpHandler(route.method(), route.path(), handler, roles);
        if (route.method().equals(HandlerType.GET)) {
            // admitted as GET is, and nothing is done: some answers cost a metered use
            to.addHttpHandler(HandlerType.HEAD, route.path(), c -> {}, roles);
        }
    }

    private static Route openApi(String version, List<Route> routes, List<Route> mounted) {
        return Route.get(
                "/api/v1/openapi.json",
                Role.ANYONE,
                "This description",
                c -> {
                    List<Route> all = new ArrayList<>(routes);
                    all.addAll(mounted);
                    c.contentType("application/json")
                            .result(OpenApi.document(version, all).toString());
                });
    }

    private static void refuseDoubles(List<Route> routes) {
        Set<String> seen = new HashSet<>();
        for (Route route : routes) {
            if (!seen.add(route.method().name() + " " + route.path())) {
                throw new IllegalStateException(
                        "two parts claim " + route.method().name() + " " + route.path());
            }
        }
    }

    /**
     * What a provider pushes and what is traced go to disk as they come, however much it is; a
     * message of the protocol is measured where it is read, and answered in the protocol's words.
     */
    private void refuseLarge(Context context) {
        if (context.req().getContentLengthLong() > config.maxRequestBytes()
                && !context.path().startsWith(ReceivingRoute.PATH)
                && !context.path().equals(TRACES)
                && !context.path().startsWith(ConnectorConfig.BASE_PATH + "/")) {
            throw new Problem(
                    413,
                    "request_too_large",
                    "the body is larger than "
                            + config.maxRequestBytes()
                            + " bytes; send less, or raise http.maxRequestBytes");
        }
    }

    /**
     * A route with roles needs a token of one of them; a mounted route has none and asks itself.
     */
    private static void admit(Context context, Tokens tokens) {
        Set<?> roles = context.routeRoles();
        if (roles.isEmpty() && context.method().equals(HandlerType.HEAD)) {
            throw new Problem(
                    405, "method_not_allowed", "HEAD is not possible here; this path takes GET");
        }
        if (roles.isEmpty() || roles.contains(Role.ANYONE)) {
            return;
        }
        Admission.admit(
                context,
                tokens,
                roles.stream().map(Role.class::cast).collect(Collectors.toUnmodifiableSet()));
    }

    private void count(Context context) {
        int hundreds = Math.clamp(context.statusCode() / 100, 0, 5);
        answersByClass[hundreds].increment();
    }

    private Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> map = new TreeMap<>();
        for (int i = 1; i < answersByClass.length; i++) {
            map.put("http_answers_total{status=" + i + "xx}", answersByClass[i]::sum);
        }
        return map;
    }

    /** Finishes the requests in progress (5 s at most), then frees the port. */
    @Override
    public void close() throws IOException {
        if (javalin != null) {
            try {
                javalin.stop();
            } catch (JavalinException e) {
                LOG.warn("requests in progress were cut off: {}", String.valueOf(e.getCause()));
            }
        }
        channel.close();
    }
}
