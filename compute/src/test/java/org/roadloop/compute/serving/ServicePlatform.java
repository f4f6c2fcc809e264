package org.roadloop.compute.serving;

import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.SandboxTest;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.compute.task.ExchangeFolder;
import org.roadloop.compute.task.InputResolver;
import org.roadloop.compute.task.OutputRelease;
import org.roadloop.compute.task.OwnStorages;
import org.roadloop.compute.task.TaskAuthorizer;
import org.roadloop.compute.task.TaskBook;
import org.roadloop.compute.task.TaskRoutes;
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

/** A small platform with services: two sites, a line between, and callers by token. */
final class ServicePlatform implements AutoCloseable {
    static final String DID = "did:web:platform.example";
    static final ServiceWiring.Pace QUICK =
            new ServiceWiring.Pace(
                    Duration.ofMillis(20),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(50),
                    Duration.ofMillis(400),
                    Duration.ofMinutes(10));

    final FileLedger ledger;
    final Calendar calendar;
    final Admission admission;
    final ContractGate gate;
    final RowFile rows;
    final ServiceKeeper keeper;
    private final TaskService tasks;
    private final Javalin server;
    private final HttpClient http = HttpClient.newHttpClient();

    ServicePlatform(Path home) throws Exception {
        this(home, new ContractGate());
    }

    ServicePlatform(Path home, ContractGate gate) throws Exception {
        this.gate = gate;
        Clock clock = Clock.systemUTC();
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "test.example/log",
                        Keystore.open(home.resolve("keys")).signer("log", DID));
        calendar = new Calendar(ledger, clock);
        calendar.replay(ledger);
        admission = new Admission(topology(), ledger, clock, DID);
        BulkNetwork network = new BulkNetwork(admission, calendar, clock, 0.8, 50);
        Sandbox sandbox = Sandbox.strongest();
        Images images = images();
        List<Site> sites = new ArrayList<>();
        for (String[] site : new String[][] {{"centre", "core", "1"}, {"kerb", "edge", "5"}}) {
            sites.add(
                    new LocalSite(
                            new LocalSite.Settings(
                                    site[0],
                                    site[1],
                                    "cn",
                                    home.resolve("site-" + site[0]),
                                    1,
                                    3,
                                    512L << 20,
                                    Long.parseLong(site[2])),
                            sandbox,
                            images));
        }
        Broker broker = new Broker(sites, network, calendar, clock, DID);
        Path exchange = Files.createDirectories(home.resolve("exchange")).toRealPath();
        rows = new RowFile(exchange.resolve("rows.csv"));
        OwnStorages folder = new OwnStorages(new ExchangeFolder(exchange, "core", clock));
        tasks =
                new TaskService(
                        new TaskBook(ledger, clock, DID),
                        gate,
                        new TaskWiring(
                                broker,
                                new NoTables(),
                                new OutputRelease(OutputRelease.Rules.AGGREGATES),
                                (agreement, inputs) -> Set.of(),
                                images,
                                folder,
                                home.resolve("tasks"),
                                DID,
                                "/api/v1/tasks"),
                        clock,
                        2,
                        1000);
        keeper =
                new ServiceKeeper(
                        new ServiceBook(ledger, clock, DID),
                        new ServiceWiring(
                                broker,
                                calendar,
                                admission,
                                gate,
                                sandbox,
                                images,
                                folder,
                                tasks,
                                rows,
                                home.resolve("services"),
                                DID,
                                clock,
                                QUICK));
        ServiceRoutes routes = new ServiceRoutes(keeper, ServicePlatform::caller);
        TaskRoutes taskRoutes =
                new TaskRoutes(
                        tasks,
                        ServicePlatform::caller,
                        new TaskRoutes.ServiceInfo("test.example", "test", "test", "", "1"));
        server =
                Javalin.create(
                        config -> {
                            config.startup.showJavalinBanner = false;
                            routes.addTo(config.routes);
                            taskRoutes.addTo(config.routes);
                        });
        server.start("127.0.0.1", 0);
    }

    static Topology topology() {
        return Topology.of(Topology.line("road", "edge", 100_000_000L, 0, 100_000));
    }

    static Images images() {
        List<Path> classPath = new ArrayList<>();
        for (Class<?> of : List.of(ServiceTool.class, SocketServer.class)) {
            classPath.add(
                    Path.of(of.getProtectionDomain().getCodeSource().getLocation().getPath()));
        }
        ToolImage tools =
                new ToolImage(
                        SandboxTest.IMAGE.javaHome(),
                        classPath,
                        SandboxTest.IMAGE.jvmArgs(),
                        ServiceTool.class.getName());
        return new Images(tools, Images.COMMON);
    }

    static Optional<TaskAuthorizer.Caller> caller(String token) {
        return switch (token) {
            case "operator" -> Optional.of(new TaskAuthorizer.Caller(DID, Optional.empty(), true));
            case "consumer" ->
                    Optional.of(
                            new TaskAuthorizer.Caller(
                                    ContractGate.ACTOR, Optional.of("a-1"), false));
            case "stranger" ->
                    Optional.of(
                            new TaskAuthorizer.Caller(
                                    "did:web:third.example", Optional.of("a-2"), false));
            default -> Optional.empty();
        };
    }

    /** A request whose model is these words; further members may be put. */
    static ObjectNode spec(String name, String model) {
        ObjectNode spec =
                (ObjectNode)
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"task": {"executors": [{"image": "roadloop/tools",
                                            "command": ["roadloop", "serve", "/model/m"]}],
                                           "inputs": [{"path": "/model/m"}],
                                           "resources": {"ram_gb": 0.25,
                                             "backend_parameters": {"roadloop.site": "centre"}}},
                                         "health": {"intervalSeconds": 0.1, "timeoutSeconds": 5},
                                         "rollout": {"healthySeconds": 60, "watchSeconds": 0},
                                         "calls": {"requestBytes": 1000, "answerBytes": 1000,
                                           "timeoutSeconds": 30}}
                                        """);
        spec.put("name", name);
        ((ObjectNode) spec.at("/task/inputs/0")).put("content", model);
        return spec;
    }

    HttpResponse<String> send(String method, String path, String token, String body)
            throws Exception {
        return ask(method, "/api/v1/services" + path, token, body);
    }

    HttpResponse<String> ask(String method, String path, String token, String body)
            throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("Authorization", "Bearer " + token)
                        .timeout(Duration.ofSeconds(60))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode apply(JsonNode spec) throws Exception {
        return apply(spec, "operator");
    }

    JsonNode apply(JsonNode spec, String token) throws Exception {
        HttpResponse<String> answer = send("POST", "", token, spec.toString());
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    JsonNode show(String name) throws Exception {
        return JsonMapper.shared().readTree(send("GET", "/" + name, "operator", "").body());
    }

    /** Body of a call that is answered with 200; else its status. */
    String call(String name, String path) throws Exception {
        HttpResponse<String> answer = send("GET", "/" + name + "/call" + path, "operator", "");
        return answer.statusCode() == 200 ? answer.body() : "status " + answer.statusCode();
    }

    JsonNode await(String name, Predicate<JsonNode> until) throws Exception {
        JsonNode last = show(name);
        for (long end = System.nanoTime() + 90_000_000_000L; !until.test(last); ) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never: " + last.toPrettyString());
            }
            Thread.sleep(20);
            last = show(name);
        }
        return last;
    }

    JsonNode awaitServing(String name, int version) throws Exception {
        return await(
                name,
                s ->
                        s.path("serving").asInt() == version
                                && s.path("wanted").asInt() == version
                                && s.path("state").asString("").equals("SERVING"));
    }

    /** Types of the service's events, in order, with their versions: {@code started 1}. */
    List<String> events(String name) {
        List<String> events = new ArrayList<>();
        try (var entries = ledger.read(0)) {
            entries.map(e -> e.event())
                    .filter(e -> e.subject().equals("service:" + name))
                    .filter(e -> e.body() instanceof Event.Inline)
                    .forEach(
                            e ->
                                    events.add(
                                            e.type().substring("service.".length())
                                                    + " "
                                                    + e.json().path("version").asInt(0)));
        }
        return events;
    }

    @Override
    public void close() throws Exception {
        server.stop();
        keeper.close();
        tasks.close();
        ledger.close();
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
