package org.roadloop.compute.task;

import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.broker.Preemption;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.SandboxTest;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Topology;
import org.roadloop.network.calendar.BulkNetwork;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small platform that takes tasks by HTTP: the operator's token is {@code operator}. */
final class TaskPlatform implements AutoCloseable {
    static final String DID = "did:web:platform.example";

    final Path home;
    final FileLedger ledger;
    final Calendar calendar;
    final TaskService service;
    final Javalin server;
    private final HttpClient http = HttpClient.newHttpClient();

    /** How the ledger is seen and what the sites are; both may fail on purpose. */
    interface Parts {
        default Ledger ledger(Ledger real) {
            return real;
        }

        List<Site> sites(Path home) throws Exception;

        default Preemption.Limits limits() {
            return Preemption.Limits.USUAL;
        }
    }

    TaskPlatform(Path home) throws Exception {
        this(home, new Gate(), at -> List.of(site(at, "local", Sandbox.strongest())));
    }

    TaskPlatform(Path home, UsageGate gate, Parts parts) throws Exception {
        this.home = home;
        Clock clock = Clock.systemUTC();
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "test.example/log",
                        Keystore.open(home.resolve("keys")).signer("log", DID));
        Ledger seen = parts.ledger(ledger);
        Admission admission =
                new Admission(
                        Topology.of(Topology.line("lake", "local", 1_000_000_000L, 5_000, 10_000)),
                        seen,
                        clock,
                        DID);
        calendar = new Calendar(seen, clock);
        calendar.replay(seen);
        BulkNetwork network = new BulkNetwork(admission, calendar, clock, 0.8, 50);
        Broker broker = new Broker(parts.sites(home), network, calendar, clock, DID);
        Files.createDirectories(home.resolve("exchange"));
        TaskWiring wiring =
                new TaskWiring(
                        broker,
                        new NoTables(),
                        new OutputRelease(OutputRelease.Rules.AGGREGATES),
                        (agreement, inputs) -> Set.of(),
                        images(),
                        new OwnStorages(
                                new ExchangeFolder(
                                        home.resolve("exchange").toRealPath(), "local", clock)),
                        home.resolve("tasks"),
                        DID,
                        "/api/v1/tasks");
        service =
                new TaskService(
                        new TaskBook(seen, clock, DID),
                        gate,
                        wiring,
                        clock,
                        2,
                        100_000,
                        parts.limits());
        TaskRoutes routes =
                new TaskRoutes(
                        service,
                        token ->
                                switch (token) {
                                    case "operator" ->
                                            Optional.of(
                                                    new TaskAuthorizer.Caller(
                                                            DID, Optional.empty(), true));
                                    case "stranger" ->
                                            Optional.of(
                                                    new TaskAuthorizer.Caller(
                                                            "did:web:other.example",
                                                            Optional.empty(),
                                                            false));
                                    default -> Optional.empty();
                                },
                        new TaskRoutes.ServiceInfo(
                                "org.roadloop.test",
                                "Test",
                                "Roadloop",
                                "https://roadloop.example",
                                "0.1.0"));
        server =
                Javalin.create(
                        config -> {
                            config.startup.showJavalinBanner = false;
                            routes.addTo(config.routes);
                        });
        server.start("127.0.0.1", 0);
    }

    static Images images() {
        return new Images(SandboxTest.IMAGE, Images.COMMON);
    }

    static LocalSite site(Path home, String id, Sandbox sandbox) throws Exception {
        return site(home, id, sandbox, 2);
    }

    static LocalSite site(Path home, String id, Sandbox sandbox, int slots) throws Exception {
        return new LocalSite(
                new LocalSite.Settings(
                        id,
                        "local",
                        "cn-north",
                        home.resolve("site-" + id),
                        1.0,
                        slots,
                        512L << 20,
                        1),
                sandbox,
                images());
    }

    /** Answers a released output. */
    String output(String id, String name) throws Exception {
        return send("GET", "/api/v1/tasks/" + id + "/outputs/" + name, "operator", "")
                .body()
                .strip();
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    HttpResponse<String> send(String method, String path, String token, String body)
            throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(url() + path))
                        .header("Authorization", "Bearer " + token)
                        .timeout(Duration.ofSeconds(30))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = send("GET", path, "operator", "");
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    HttpResponse<String> post(String task) throws Exception {
        return send("POST", "/ga4gh/tes/v1/tasks", "operator", task);
    }

    /** The id of a task that must be taken. */
    String create(String task) throws Exception {
        HttpResponse<String> answer = post(task);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body()).required("id").asString();
    }

    /** The task in full, once it has ended. */
    JsonNode await(String id) throws Exception {
        Task task = service.book().awaitEnd(id, Duration.ofSeconds(120));
        if (!task.state().ended()) {
            throw new AssertionError("task " + id + " is still " + task.state());
        }
        return get("/ga4gh/tes/v1/tasks/" + id + "?view=FULL");
    }

    void awaitState(String id, TaskState state) throws Exception {
        for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
            if (service.book().get(id).state() == state) {
                return;
            }
            Thread.sleep(5);
        }
        throw new AssertionError("task " + id + " was never " + state);
    }

    @Override
    public void close() throws Exception {
        server.stop();
        service.close();
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
