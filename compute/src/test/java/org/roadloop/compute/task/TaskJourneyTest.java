package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.PlainProcess;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.SandboxTest;
import org.roadloop.compute.site.Site;
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

/**
 * The journey of a task through every room: HTTP → agreement → ledger → quotes → one hold → paced
 * staging → sandbox → metering → release → evidence; and what stops it on the way.
 */
@Tag("slow")
class TaskJourneyTest {
    private static final String ACTOR = "did:web:consumer.example";
    private static final String PLATFORM = "did:web:platform.example";
    private static final Images IMAGES = new Images(SandboxTest.IMAGE, List.of("alpine"));
    private static final String PSEUDONYM = "9f8e7d6c5b4a39281706";

    @TempDir Path home;
    private final Gate gate = new Gate();
    private static final String TABLE = "id,v\n" + PSEUDONYM + ",3\nx,4\n";
    private static final long TABLE_BYTES = TABLE.length();

    private FileLedger ledger;
    private Calendar calendar;
    private Tables tables;
    private TaskService service;
    private Javalin server;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void open() throws Exception {
        gate.contracts.put("agreement-1", new Gate.Contract(ACTOR, "safety-research", 100));
        Files.createDirectories(home.resolve("tables"));
        Files.writeString(home.resolve("tables/tracks"), TABLE);
        start(Bubblewrap.find().<Sandbox>map(b -> b).orElseGet(PlainProcess::new));
    }

    private void start(Sandbox sandbox) throws Exception {
        Clock clock = Clock.systemUTC();
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "test.example/log",
                        Keystore.open(home.resolve("keys")).signer("log", PLATFORM));
        tables = new Tables(home.resolve("tables"));
        List<Topology.Port> ports = new ArrayList<>();
        ports.addAll(Topology.line("lake", "edge", 1_000_000_000L, 5_000, 10_000));
        ports.addAll(Topology.line("lake", "centre", 1_000_000_000L, 5_000, 50_000));
        Admission admission = new Admission(Topology.of(ports), ledger, clock, PLATFORM);
        calendar = new Calendar(ledger, clock);
        calendar.replay(ledger);
        BulkNetwork network = new BulkNetwork(admission, calendar, clock, 0.8, 50);
        List<Site> sites = new ArrayList<>();
        sites.add(site("edge", 0.5, 1, sandbox));
        sites.add(site("centre", 1.0, 10, sandbox));
        sites.add(new LocalSite(annex(), sandbox, IMAGES));
        Broker broker = new Broker(sites, network, calendar, clock, PLATFORM);
        TaskWiring wiring =
                new TaskWiring(
                        broker,
                        tables,
                        new OutputRelease(OutputRelease.Rules.AGGREGATES),
                        (agreement, inputs) -> Set.of(PSEUDONYM),
                        IMAGES,
                        new OwnStorages(
                                new ExchangeFolder(home.resolve("exchange"), "lake", clock)),
                        home.resolve("tasks"),
                        PLATFORM,
                        "/api/v1/tasks");
        service = new TaskService(new TaskBook(ledger, clock, PLATFORM), gate, wiring, clock, 2, 8);
        TaskRoutes routes =
                new TaskRoutes(
                        service,
                        token ->
                                switch (token) {
                                    case "consumer" ->
                                            Optional.of(
                                                    new TaskAuthorizer.Caller(
                                                            ACTOR, Optional.empty(), false));
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

    /** At the node of the centre; too dear and too slow to be chosen by anyone. */
    private LocalSite.Settings annex() {
        return new LocalSite.Settings(
                "annex",
                "centre",
                "cn-north",
                home.resolve("site-annex"),
                0.25,
                2,
                256L << 20,
                1000);
    }

    private LocalSite site(String id, double speed, long price, Sandbox sandbox) throws Exception {
        return new LocalSite(
                new LocalSite.Settings(
                        id,
                        id,
                        "cn-north",
                        home.resolve("site-" + id),
                        speed,
                        2,
                        256L << 20,
                        price),
                sandbox,
                IMAGES);
    }

    @AfterEach
    void close() throws Exception {
        server.stop();
        service.close();
        ledger.close();
    }

    @Test
    void aTaskGoesAllTheWay() throws Exception {
        String id = create(task("lines", "/in", "/out/result.json"));
        JsonNode done = await(id);
        assertThat(done.required("state").asString())
                .as(done.toPrettyString())
                .isEqualTo("COMPLETE");
        JsonNode log = done.required("logs").get(0);
        assertThat(log.required("logs").get(0).required("exit_code").asInt()).isZero();
        assertThat(log.required("logs").get(0).required("stdout").asString())
                .isEqualTo("counted 3\n");
        JsonNode output = log.required("outputs").get(0);
        assertThat(output.required("size_bytes").asString()).isEqualTo("13");
        HttpResponse<String> file = get(output.required("url").asString(), "consumer");
        assertThat(file.body()).isEqualTo("{\"lines\": 3}\n");
        assertThat(get(output.required("url").asString(), "stranger").statusCode()).isEqualTo(404);

        List<String> events = events(id);
        assertThat(events)
                .containsExactly(
                        "task.created",
                        "task.queued",
                        "task.placed",
                        "task.started",
                        "task.finished");
        assertThat(gate.used.getFirst()).isEqualTo("1 use");
        assertThat(gate.used.get(1)).matches("[1-9][0-9]* compute-second");
        Path work = home.resolve("tasks").resolve(id).resolve("work");
        for (long end = System.nanoTime() + 30_000_000_000L;
                (Files.exists(work) || !calendar.bookings().isEmpty())
                        && System.nanoTime() < end; ) {
            Thread.sleep(5); // the end is recorded first, then things are tidied
        }
        assertThat(calendar.bookings()).as("everything booked was given back").isEmpty();

        JsonNode placement = json(get("/api/v1/tasks/" + id + "/placement", "consumer"));
        assertThat(placement.required("quotes")).hasSize(3);
        assertThat(placement.required("reasons").get(0).asString()).contains(": chosen; ");
        assertThat(work).doesNotExist();
    }

    @Test
    void finishOrCostDecideTheSite() throws Exception {
        JsonNode cheap = await(create(weighted("0")));
        JsonNode fast = await(create(weighted("1")));
        assertThat(metadata(cheap, "roadloop.site")).isEqualTo("edge");
        assertThat(metadata(fast, "roadloop.site")).isEqualTo("centre");
    }

    @Test
    void whatASiteHasDoesNotMoveAndIsNotReadAgain() throws Exception {
        String first = create(at("centre"));
        mustBe("COMPLETE", first);
        assertThat(chosen(first).required("movedBytes").asLong()).isEqualTo(TABLE_BYTES);
        String second = create(at("centre"));
        mustBe("COMPLETE", second);
        assertThat(chosen(second).required("movedBytes").asLong()).isZero();
        assertThat(reason(first)).contains(", %d bytes move,".formatted(TABLE_BYTES));
        assertThat(reason(second)).contains(", no data move,");
        assertThat(chosen(second).required("transfers").get(0).required("path")).isEmpty();
        String annex = create(at("annex"));
        mustBe("COMPLETE", annex);
        assertThat(chosen(annex).required("movedBytes").asLong())
                .as("from the site beside it, not from the lake")
                .isZero();
        assertThat(tables.reads).as("read out of the table").hasValue(1);
        assertThat(staging(annex).required("source").asString()).isEqualTo("centre");
        assertThat(staging(annex).required("movedBytes").asLong()).isEqualTo(TABLE_BYTES);

        // the table moves on: other content, which no site has
        Files.writeString(home.resolve("tables/tracks"), "id,v\n" + PSEUDONYM + ",3\nx,44\n");
        tables.read.clear();
        String later = create(at("centre"));
        mustBe("COMPLETE", later);
        assertThat(chosen(later).required("movedBytes").asLong()).isEqualTo(TABLE_BYTES + 1);
        assertThat(staging(later).required("movedBytes").asLong()).isEqualTo(TABLE_BYTES + 1);

        // erased at the sites: staged anew
        for (String site : List.of("centre", "annex")) {
            try (var kept = Files.list(LocalSite.cache(home.resolve("site-" + site)))) {
                for (Path file : kept.toList()) {
                    Files.delete(file);
                }
            }
        }
        String anew = create(at("centre"));
        mustBe("COMPLETE", anew);
        assertThat(chosen(anew).required("movedBytes").asLong()).isEqualTo(TABLE_BYTES + 1);
        assertThat(tables.reads).hasValue(3);
    }

    /** Nothing moves over the network that is not booked. */
    @Test
    void aSiteThatLostWhatItWasChosenForIsNotSentItUnbooked() throws Exception {
        mustBe("COMPLETE", create(at("centre")));
        UsageGate.Lease lease =
                (UsageGate.Lease)
                        gate.open(
                                "agreement-1",
                                ACTOR,
                                "computeToData",
                                "safety-research",
                                Instant.now());
        OpenTask task = new OpenTask("t", TaskRequest.parse(task("say", "x")), ACTOR, lease);
        TaskWiring wiring = service.wiring();
        TaskInputs inputs = TaskInputs.locate(wiring, task);
        Quote.Feasible quote =
                wiring.broker().quotes(TaskWish.wish(wiring, task, inputs, Instant.now())).stream()
                        .filter(q -> q.site().equals("centre"))
                        .map(Quote.Feasible.class::cast)
                        .findFirst()
                        .orElseThrow();
        for (String site : List.of("centre", "annex")) {
            Files.deleteIfExists(
                    LocalSite.cache(home.resolve("site-" + site))
                            .resolve(inputs.data(List.of()).getFirst().content()));
        }
        Workspace space = new Workspace(home.resolve("space"));
        space.create();
        Staging staging =
                new Staging(
                        wiring,
                        Clock.systemUTC(),
                        task,
                        wiring.broker().site("centre"),
                        space,
                        new ArrayList<>());
        assertThatThrownBy(() -> staging.stage(inputs, quote, new RunPlan(task.request(), space)))
                .isInstanceOf(Staging.MovedOnException.class)
                .hasMessageContaining("has it no more");
    }

    private ObjectNode at(String site) {
        return withParameter(task("lines", "/in", "/out/result.json"), TaskRequest.SITE, site);
    }

    private void mustBe(String state, String id) throws Exception {
        JsonNode done = await(id);
        assertThat(done.required("state").asString()).as(done.toPrettyString()).isEqualTo(state);
    }

    private String reason(String id) throws Exception {
        return json(get("/api/v1/tasks/" + id + "/placement", "consumer"))
                .required("reasons")
                .get(0)
                .asString();
    }

    private JsonNode chosen(String id) throws Exception {
        JsonNode placement = json(get("/api/v1/tasks/" + id + "/placement", "consumer"));
        String site = placement.required("site").asString();
        return placement
                .required("quotes")
                .valueStream()
                .filter(quote -> quote.required("site").asString().equals(site))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode staging(String id) {
        try (var entries = ledger.read(0)) {
            return entries.map(e -> e.event())
                    .filter(e -> e.subject().equals(id) && e.type().equals("task.started"))
                    .map(e -> e.json().required("staging").get(0))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void viewsFiltersAndPagesAreThoseOfTheStandard() throws Exception {
        String first = create(named("alpha-1", Map.of("kind", "a")));
        String second = create(named("alpha-2", Map.of("kind", "b")));
        String third = create(named("beta", Map.of("kind", "a")));
        for (String id : List.of(first, second, third)) {
            await(id);
        }
        assertThat(ids("?name_prefix=alpha")).containsExactly(second, first);
        assertThat(ids("?tag_key=kind&tag_value=a")).containsExactly(third, first);
        assertThat(ids("?state=COMPLETE&page_size=2")).containsExactly(third, second);
        String next =
                json(get("/ga4gh/tes/v1/tasks?page_size=2", "consumer"))
                        .required("next_page_token")
                        .asString();
        assertThat(ids("?page_size=2&page_token=" + next)).containsExactly(first);
        assertThat(json(get("/ga4gh/tes/v1/tasks", "stranger")).required("tasks")).isEmpty();

        JsonNode minimal = json(get("/ga4gh/tes/v1/tasks/" + first, "consumer"));
        assertThat(minimal.propertyNames()).containsExactlyInAnyOrder("id", "state");
        JsonNode basic = json(get("/ga4gh/tes/v1/tasks/" + first + "?view=BASIC", "consumer"));
        assertThat(basic.required("logs").get(0).has("system_logs")).isFalse();
        assertThat(basic.required("logs").get(0).required("logs").get(0).has("stdout")).isFalse();
        assertThat(basic.required("executors").get(0).required("image").asString())
                .isEqualTo("roadloop/tools");
        JsonNode info = json(get("/ga4gh/tes/v1/service-info", ""));
        assertThat(info.required("type").required("artifact").asString()).isEqualTo("tes");
        assertThat(info.required("type").required("version").asString()).isEqualTo("1.1.0");
    }

    @Test
    void whatIsAskedWronglyIsRefusedWithTheReason() throws Exception {
        HttpResponse<String> purpose =
                post(withParameter(task("say", "x"), TaskRequest.PURPOSE, "marketing"), "consumer");
        assertThat(purpose.statusCode()).isEqualTo(403);
        assertThat(json(purpose).required("reasons").get(0).required("code").asString())
                .isEqualTo("purpose_not_allowed");
        assertThat(post(task("say", "x"), "stranger").statusCode()).isEqualTo(403);
        assertThat(post(task("say", "x"), "nobody").statusCode()).isEqualTo(401);

        ObjectNode image = task("say", "x");
        ((ObjectNode) image.required("executors").get(0)).put("image", "fedora");
        assertThat(json(post(image, "consumer")).required("detail").asString())
                .contains(
                        "image 'fedora' is not available; this platform runs roadloop/tools, alpine");
        ObjectNode strict = withParameter(task("say", "x"), "roadloop.purposs", "y");
        assertThat(post(strict, "consumer").statusCode())
                .as("unknown keys are ignored")
                .isEqualTo(200);
        ((ObjectNode) strict.required("resources")).put("backend_parameters_strict", true);
        assertThat(json(post(strict, "consumer")).required("detail").asString())
                .contains("roadloop.purposs");
        ObjectNode input = task("say", "x");
        ((ObjectNode) input.required("inputs").get(0)).put("url", "asset:secret");
        assertThat(json(post(input, "consumer")).required("detail").asString()).contains("secret");
    }

    /** What a task names becomes folders on the host, so it must not lead out of them. */
    @ParameterizedTest
    @ValueSource(strings = {"/..", "/../x", "/.", "/", "", "in", "x../y", "/out/../../x"})
    void aVolumeThatLeadsElsewhereIsRefused(String volume) throws Exception {
        ObjectNode task = task("say", "x");
        task.putArray("volumes").add(volume);
        HttpResponse<String> answer = post(task, "consumer");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).required("detail").asString()).contains("volumes");
    }

    /** Staged files are second names of what the site keeps for the next task as well. */
    @Test
    void contentCannotOverwriteAStagedFile() throws Exception {
        ObjectNode same = task("say", "x");
        ((ObjectNode) same.required("inputs").get(0)).put("path", "/in/tracks.csv");
        same.withArray("inputs").addObject().put("path", "/in/tracks.csv").put("content", "forged");
        assertThat(post(same, "consumer").statusCode()).isEqualTo(400);

        ObjectNode below = task("say", "x");
        below.withArray("inputs").addObject().put("path", "/in/tracks").put("content", "forged");
        JsonNode refused = await(create(below));
        assertThat(refused.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(refused.toString()).contains("stands where another input has a file");
        assertThat(gate.used).as("what never ran costs nothing").isEmpty();
        List<Path> kept = new ArrayList<>();
        try (var sites = Files.newDirectoryStream(home, "site-*")) {
            for (Path site : sites) {
                try (var files = Files.list(LocalSite.cache(site))) {
                    files.forEach(kept::add);
                }
            }
        }
        assertThat(kept).isNotEmpty().allSatisfy(f -> assertThat(f).content().contains(PSEUDONYM));
    }

    @Test
    void identitiesStayInWhateverTheTaskDoes() throws Exception {
        JsonNode copied = await(create(task("copy", "/in/tracks", "/out/result.csv")));
        assertThat(copied.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(copied.toString()).contains("forbidden_token").doesNotContain(PSEUDONYM);
        JsonNode said = await(create(task("say", "id " + PSEUDONYM.toUpperCase())));
        assertThat(
                        said.required("logs")
                                .get(0)
                                .required("logs")
                                .get(0)
                                .required("stdout")
                                .asString())
                .startsWith("(withheld");
        JsonNode linked = await(create(task("link", "/out/result.json", "/in/tracks")));
        assertThat(linked.toString()).contains("not_regular");
    }

    @Test
    void onlyDeclaredOutputsLeave() throws Exception {
        String id = create(task("write", "/out/undeclared.json", "{}"));
        JsonNode done = await(id);
        assertThat(done.toString()).contains("withheld (absent)");
        assertThat(get("/api/v1/tasks/" + id + "/outputs/undeclared.json", "consumer").statusCode())
                .isEqualTo(404);
        assertThat(Files.list(home.resolve("tasks").resolve(id).resolve("result"))).isEmpty();
    }

    @Test
    void failuresAreNamed() throws Exception {
        JsonNode failed = await(create(task("fail", "7")));
        assertThat(failed.required("state").asString()).isEqualTo("EXECUTOR_ERROR");
        assertThat(
                        failed.required("logs")
                                .get(0)
                                .required("logs")
                                .get(0)
                                .required("exit_code")
                                .asInt())
                .isEqualTo(7);
        ObjectNode big = task("say", "x");
        ((ObjectNode) big.required("resources")).put("ram_gb", 64);
        JsonNode nowhere = await(create(big));
        assertThat(nowhere.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(nowhere.toString()).contains("a slot of site edge has 256 MiB");
    }

    @Test
    void cancelAndRevocationEndARunningTask() throws Exception {
        String cancelled = create(task("sleep", "600000"));
        awaitState(cancelled, "RUNNING");
        assertThat(
                        send("POST", "/ga4gh/tes/v1/tasks/" + cancelled + ":cancel", "consumer", "")
                                .statusCode())
                .isEqualTo(200);
        assertThat(await(cancelled).required("state").asString()).isEqualTo("CANCELED");
        String revoked = create(task("sleep", "600000"));
        awaitState(revoked, "RUNNING");
        gate.revoke();
        long returned = System.nanoTime();
        JsonNode ended = await(revoked);
        long millis = (System.nanoTime() - returned) / 1_000_000;
        System.out.println("task: killed and its end recorded " + millis + " ms after revocation");
        assertThat(ended.toString()).doesNotContain("/outputs/");
        assertThat(ended.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(ended.toString()).contains("revoked");
    }

    @Test
    void aRestartKeepsTasksAndGoesOnWithWhatRan() throws Exception {
        String done = create(task("lines", "/in", "/out/result.json"));
        JsonNode before = await(done);
        String running = create(task("sleep", "10000"));
        awaitState(running, "RUNNING");
        // The ledger goes first, as when the process is killed: no end of the task is recorded.
        server.stop();
        ledger.close();
        service.close();
        start(Bubblewrap.find().<Sandbox>map(b -> b).orElseGet(PlainProcess::new));
        assertThat(json(get("/ga4gh/tes/v1/tasks/" + done + "?view=FULL", "consumer")))
                .isEqualTo(before);
        JsonNode again = await(running);
        assertThat(again.required("state").asString()).isEqualTo("COMPLETE");
        assertThat(again.toString()).contains("the platform was restarted");
        for (long end = System.nanoTime() + 30_000_000_000L;
                !calendar.bookings().isEmpty() && System.nanoTime() < end; ) {
            Thread.sleep(5); // the end is recorded first
        }
        assertThat(calendar.bookings()).isEmpty();
    }

    @Test
    void withoutBubblewrapTheTaskRunsAndTheWarningIsInItsLog() throws Exception {
        close();
        start(new PlainProcess());
        JsonNode done = await(create(task("lines", "/in", "/out/result.json")));
        assertThat(done.required("state").asString()).isEqualTo("COMPLETE");
        assertThat(metadata(done, "roadloop.sandbox")).isEqualTo("plain-process");
        assertThat(done.toString()).contains("NOT ENFORCED: no sandbox");
    }

    @Test
    void theSandboxOfThisTestIsARealOne() {
        assumeTrue(Bubblewrap.find().isPresent(), "bubblewrap is missing: plain processes tested");
        assertThat(Bubblewrap.find().orElseThrow().kind()).isEqualTo("bubblewrap");
    }

    private ObjectNode task(String... words) {
        ObjectNode task = JsonMapper.shared().createObjectNode();
        task.put("name", "test");
        task.putArray("inputs").addObject().put("url", "asset:tracks").put("path", "/in");
        boolean writes = !List.of("say", "fail", "sleep").contains(words[0]);
        if (writes) {
            String path = words[0].equals("copy") ? "/out/result.csv" : "/out/result.json";
            task.putArray("outputs").addObject().put("url", "").put("path", path);
        }
        ObjectNode executor = task.putArray("executors").addObject();
        executor.put("image", "roadloop/tools");
        executor.putArray("command").add("roadloop");
        for (String word : words) {
            executor.withArray("command").add(word);
        }
        ObjectNode resources = task.putObject("resources");
        resources.put("cpu_cores", 1).put("ram_gb", 0.125);
        resources
                .putObject("backend_parameters")
                .put(TaskRequest.AGREEMENT, "agreement-1")
                .put(TaskRequest.PURPOSE, "safety-research")
                .put(TaskRequest.CPU_SECONDS, "2");
        return task;
    }

    private static ObjectNode withParameter(ObjectNode task, String key, String value) {
        ((ObjectNode) task.required("resources").required("backend_parameters")).put(key, value);
        return task;
    }

    private ObjectNode weighted(String finishWeight) {
        return withParameter(task("say", "x"), TaskRequest.FINISH_WEIGHT, finishWeight);
    }

    private ObjectNode named(String name, Map<String, String> tags) {
        ObjectNode task = task("say", "x").put("name", name);
        ObjectNode json = task.putObject("tags");
        tags.forEach(json::put);
        return task;
    }

    private String create(ObjectNode task) throws Exception {
        HttpResponse<String> answer = post(task, "consumer");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer).required("id").asString();
    }

    private JsonNode await(String id) throws Exception {
        for (long end = System.nanoTime() + 120_000_000_000L; System.nanoTime() < end; ) {
            JsonNode task = json(get("/ga4gh/tes/v1/tasks/" + id + "?view=FULL", "consumer"));
            if (TaskState.valueOf(task.required("state").asString()).ended()) {
                return task;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("task " + id + " did not end");
    }

    private void awaitState(String id, String state) throws Exception {
        for (long end = System.nanoTime() + 120_000_000_000L; System.nanoTime() < end; ) {
            if (json(get("/ga4gh/tes/v1/tasks/" + id, "consumer"))
                    .required("state")
                    .asString()
                    .equals(state)) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("task " + id + " was never " + state);
    }

    private List<String> ids(String query) throws Exception {
        return json(get("/ga4gh/tes/v1/tasks" + query, "consumer"))
                .required("tasks")
                .valueStream()
                .map(t -> t.required("id").asString())
                .toList();
    }

    private List<String> events(String subject) {
        try (var entries = ledger.read(0)) {
            return entries.map(e -> e.event())
                    .filter(e -> e.subject().equals(subject))
                    .map(Event::type)
                    .toList();
        }
    }

    private static String metadata(JsonNode task, String key) {
        return task.required("logs").get(0).required("metadata").required(key).asString();
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        return send("GET", path, token, "");
    }

    private HttpResponse<String> post(JsonNode task, String token) throws Exception {
        return send("POST", "/ga4gh/tes/v1/tasks", token, task.toString());
    }

    private HttpResponse<String> send(String method, String path, String token, String body)
            throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("Authorization", "Bearer " + token)
                        .timeout(Duration.ofSeconds(20))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    /** Files of a folder as assets at the node {@code lake}. */
    private record Tables(Path folder, Map<Path, String> read, AtomicInteger reads)
            implements InputResolver {
        Tables(Path folder) {
            this(folder, new ConcurrentHashMap<>(), new AtomicInteger());
        }

        @Override
        public Located locate(String url, UsageGate.Lease lease) {
            Path file = file(url);
            String sha256 = read.get(file);
            return sha256 == null
                    ? Located.unread("lake", file.toFile().length())
                    : new Located(
                            List.of("lake"),
                            List.of(new Part("tracks", file.toFile().length(), sha256)));
        }

        @Override
        public List<Content> resolve(String url, UsageGate.Lease lease, Path directory)
                throws java.io.IOException {
            Path copy = Files.copy(file(url), directory.resolve("tracks"));
            reads.incrementAndGet();
            String sha256 = OutputRelease.sha256(copy);
            read.put(file(url), sha256);
            return List.of(new Content(copy, "tracks", sha256));
        }

        private Path file(String url) {
            Path file = folder.resolve(url.replaceFirst("^asset:", ""));
            if (!url.startsWith("asset:") || !Files.exists(file)) {
                throw new IllegalArgumentException("input '" + url + "' is no asset of this lease");
            }
            return file;
        }
    }
}
