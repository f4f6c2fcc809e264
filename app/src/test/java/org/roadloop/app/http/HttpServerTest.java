package org.roadloop.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.app.config.Config;
import org.roadloop.core.ledger.ConflictException;
import tools.jackson.databind.JsonNode;

/** A real server on a free port of the loopback address. */
class HttpServerTest {
    private static final String ADMIN = "rl_admin";
    private static final long MAX_BYTES = 2048;

    @TempDir Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger acts = new AtomicInteger();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<String> evidence = new ArrayList<>();
    private final MovableClock clock = new MovableClock();
    private HttpServer server;
    private Tokens tokens;

    /** A clock that a test sets. */
    static final class MovableClock extends Clock {
        volatile Instant now = Instant.parse("2026-11-22T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    record Order(String what, int count) {
        Order {
            if (count < 1) {
                throw new IllegalArgumentException("count is " + count + ", order at least one");
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        Config.Http config = new Config.Http("127.0.0.1", 0, Optional.empty(), MAX_BYTES);
        server = HttpServer.bind(config);
        tokens =
                new Tokens(
                        folder.resolve("tokens.json"),
                        ADMIN,
                        clock,
                        (type, token) -> evidence.add(type + " " + token.role().word()));
        Metrics metrics = new Metrics();
        metrics.add(
                () ->
                        Map.of(
                                "town_frames_total",
                                acts::get,
                                "town_rejects_total{reason=bcc}",
                                () -> 7,
                                "town_queue_rows",
                                () -> 3));
        server.start("9.9", routes(), List.of(this::mount), tokens, metrics);
    }

    @AfterEach
    void stop() throws Exception {
        goOn.countDown();
        server.close();
    }

    private void mount(io.javalin.config.RoutesConfig routes) {
        routes.get("/ga4gh/tes/v1/service-info", c -> c.result("own proof of callers"));
    }

    private List<Route> routes() {
        return List.of(
                Route.get("/api/v1/open", Role.ANYONE, "Open", c -> c.result("open")),
                Route.get(
                        "/api/v1/operators",
                        Role.OPERATOR,
                        "For operators",
                        c -> c.result(Caller.of(c).id())),
                Route.get("/api/v1/audit", Role.AUDITOR, "For auditors", c -> c.result("audit")),
                Route.get("/api/v1/shared", Role.PROVIDER, "For two", c -> c.result("shared"))
                        .alsoFor(Role.CONSUMER),
                Route.post("/api/v1/orders", Role.CONSUMER, "Order", this::order)
                        .schemas("{\"type\":\"object\"}", "{\"type\":\"object\"}"),
                Route.post("/api/v1/slow", Role.CONSUMER, "Slow", this::slow),
                Route.get("/api/v1/items", Role.ANYONE, "Items", this::items),
                Route.get("/api/v1/throw/{what}", Role.ANYONE, "Throws", this::fail));
    }

    private void order(io.javalin.http.Context c) {
        Order order = Json.body(c, Order.class);
        c.status(201)
                .header("Location", "/api/v1/orders/" + acts.incrementAndGet())
                .json(Map.of("order", acts.get(), "what", order.what()));
    }

    private void slow(io.javalin.http.Context c) throws InterruptedException {
        acts.incrementAndGet();
        running.countDown();
        goOn.await();
        c.result("done");
    }

    private void items(io.javalin.http.Context c) {
        List<String> all = IntStream.range(0, 7).mapToObj(i -> "item" + i).toList();
        c.json(Page.of(c).of(all, item -> item));
    }

    private void fail(io.javalin.http.Context c) {
        throw switch (c.pathParam("what")) {
            case "absent" -> new NoSuchElementException("task 7 is not there");
            case "conflict" -> new ConflictException("task 7", 3, 4);
            case "disk" ->
                    new UncheckedIOException(new java.io.IOException("/secret/path: disk full"));
            case "own" -> new Problem(402, "bill_unpaid", "pay bill 9", Map.of("billId", "9"));
            default -> new IllegalStateException("the VIN LSVAA4182E2184847 must not get out");
        };
    }

    private HttpResponse<String> send(String method, String path, String token, String body)
            throws Exception {
        return send(request(method, path, token, body).build());
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String path, String token, String body) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(server.localUrl() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        return token.isEmpty() ? builder : builder.header("Authorization", "Bearer " + token);
    }

    private static JsonNode problem(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("application/problem+json"));
        JsonNode problem = Json.mapper().readTree(response.body());
        assertThat(problem.get("status").asInt()).isEqualTo(response.statusCode());
        return problem;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    GET    /api/v1/throw/absent   404  not_found            task 7 is not there
                    GET    /api/v1/throw/conflict 409  version_conflict     subject 'task 7' is at version 4, not 3
                    GET    /api/v1/throw/disk     503  storage_unavailable  can't write its evidence now
                    GET    /api/v1/throw/own      402  bill_unpaid          pay bill 9
                    GET    /api/v1/throw/bug      500  internal_error       an error of ours
                    GET    /api/v1/oepn           404  unknown_path         did you mean /api/v1/open?
                    GET    /nowhere               404  unknown_path         /api/v1/openapi.json lists what there is
                    DELETE /api/v1/open           405  method_not_allowed   DELETE is not possible here
                    GET    /api/v1/items?limit=x  400  invalid_limit        limit is not a whole number
                    GET    /api/v1/items?cursor=! 400  invalid_cursor       take 'next' of the page before
                    GET    /api/v1/audit          401  token_missing        send 'Authorization: Bearer ...'
                    """)
    void everyErrorIsAProblem(String line) throws Exception {
        String[] cells = line.trim().split("\\s+", 5);
        HttpResponse<String> response = send(cells[0], cells[1], "", "");
        JsonNode problem = problem(response);
        assertThat(response.statusCode()).isEqualTo(Integer.parseInt(cells[2]));
        assertThat(problem.get("type").asString()).isEqualTo("urn:roadloop:problem:" + cells[3]);
        assertThat(problem.get("detail").asString()).contains(cells[4]);
        assertThat(response.body()).doesNotContain("LSVAA4182E2184847").doesNotContain("/secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"what":"map"           | invalid_json  | the body does not fit at line 1
                    {"waht":"map","count":1}| invalid_json  | waht
                    {"what":"map","count":0}| invalid_json  | order at least one
                    []                      | invalid_json  | does not fit
                    """)
    void faultyBodiesAreRefused(String body, String type, String detail) throws Exception {
        HttpResponse<String> response = send("POST", "/api/v1/orders", ADMIN, body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(problem(response).get("type").asString()).endsWith(":" + type);
        assertThat(problem(response).get("detail").asString()).contains(detail);
        assertThat(acts).hasValue(0);
    }

    @Test
    void rolesOpenOnlyTheirRoutes() throws Exception {
        String table = "";
        String admin = ADMIN;
        String auditor = tokens.create(Role.AUDITOR, "", Duration.ofDays(1)).token();
        String consumer = tokens.create(Role.CONSUMER, "", Duration.ofDays(1)).token();
        Map<String, String> callers = new java.util.LinkedHashMap<>();
        callers.put("nobody", "");
        callers.put("stranger", "rl_stranger");
        callers.put("auditor", auditor);
        callers.put("consumer", consumer);
        callers.put("admin", admin);
        for (var caller : callers.entrySet()) {
            table += caller.getKey();
            for (String path : List.of("open", "operators", "audit", "shared")) {
                table += " " + send("GET", "/api/v1/" + path, caller.getValue(), "").statusCode();
            }
            table +=
                    " "
                            + send("GET", "/ga4gh/tes/v1/service-info", caller.getValue(), "")
                                    .statusCode();
            table += "\n";
        }
        assertThat(table)
                .isEqualTo(
                        """
                        nobody 200 401 401 401 200
                        stranger 200 401 401 401 200
                        auditor 200 403 200 403 200
                        consumer 200 403 403 200 200
                        admin 200 200 200 200 200
                        """);
    }

    @Test
    void tokensAreHashedExpireAndAreRevokedWithEvidence() throws Exception {
        Tokens.Created created = tokens.create(Role.AUDITOR, "the auditor", Duration.ofDays(1));
        String onDisk = Files.readString(folder.resolve("tokens.json"));
        assertThat(onDisk).contains("the auditor").doesNotContain(created.token());
        Tokens again = new Tokens(folder.resolve("tokens.json"), ADMIN, clock, (type, t) -> {});
        assertThat(again.find(created.token()))
                .contains(new Caller(created.about().id(), Role.AUDITOR));
        clock.now = clock.now.plus(Duration.ofDays(1));
        assertThat(again.find(created.token())).isEmpty();
        tokens.revoke(created.about().id());
        assertThat(tokens.list()).isEmpty();
        assertThat(evidence)
                .containsExactly("access.token-created auditor", "access.token-revoked auditor");
    }

    @Test
    void aTokenWithoutEvidenceIsNotMade() throws Exception {
        Tokens failing =
                new Tokens(
                        folder.resolve("other.json"),
                        ADMIN,
                        clock,
                        (type, token) -> {
                            throw new UncheckedIOException(new java.io.IOException("disk full"));
                        });
        assertThatThrownBy(() -> failing.create(Role.AUDITOR, "", Duration.ofDays(1)))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(failing.list()).isEmpty();
        assertThat(folder.resolve("other.json")).doesNotExist();
    }

    @Test
    void aTokenThatCannotBeStoredHasNoEvidence() throws Exception {
        Tokens full = recorded("full.json", new HashMap<>());
        Files.createDirectory(folder.resolve("full.json.new")); // where the draft would be
        Files.writeString(folder.resolve("full.json.new").resolve("x"), "");
        assertThatThrownBy(() -> full.create(Role.AUDITOR, "", Duration.ofDays(1)))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(full.list()).isEmpty();
        assertThat(evidence).isEmpty();
    }

    /** Killed after the evidence and before the file: nobody has the token. */
    @Test
    void aTokenThatWasNeverGivenIsRevokedAtTheNextStart() throws Exception {
        Map<String, Long> counts = new HashMap<>();
        Tokens first = recorded("t.json", counts);
        Tokens.Created given = first.create(Role.CONSUMER, "", Duration.ofDays(1));
        String before = Files.readString(folder.resolve("t.json"));
        Tokens.Created lost = first.create(Role.AUDITOR, "", Duration.ofDays(1));
        Files.move(folder.resolve("t.json"), folder.resolve("t.json.new"));
        Files.writeString(folder.resolve("t.json"), before);
        Tokens second = recorded("t.json", counts);
        assertThat(second.list()).containsExactly(given.about());
        assertThat(counts).containsEntry(lost.about().id(), 2L);
        assertThat(evidence).endsWith("access.token-revoked auditor");
        assertThat(folder.resolve("t.json.new")).doesNotExist();
    }

    /** The disk is full: the revocation holds by its evidence, at the next start too. */
    @Test
    void aRevocationHoldsThoughTheFileCannotBeWritten() throws Exception {
        Map<String, Long> counts = new HashMap<>();
        Tokens first = recorded("t.json", counts);
        Tokens.Created created = first.create(Role.AUDITOR, "", Duration.ofDays(1));
        Path inTheWay = Files.createDirectory(folder.resolve("t.json.new"));
        Path inside = Files.writeString(inTheWay.resolve("x"), "");
        first.revoke(created.about().id());
        assertThat(first.find(created.token())).isEmpty();
        assertThat(Files.readString(folder.resolve("t.json"))).contains(created.about().id());
        Files.delete(inside);
        Files.delete(inTheWay);
        assertThat(recorded("t.json", counts).find(created.token())).isEmpty();
    }

    /** With evidence that counts, as the ledger does. */
    private Tokens recorded(String file, Map<String, Long> counts) throws Exception {
        evidence.clear();
        return new Tokens(
                folder.resolve(file),
                ADMIN,
                clock,
                new Tokens.Evidence() {
                    @Override
                    public void record(String type, Tokens.Token token) {
                        evidence.add(type + " " + token.role().word());
                        counts.merge(token.id(), 1L, Long::sum);
                    }

                    @Override
                    public long recorded(Tokens.Token token) {
                        return counts.getOrDefault(token.id(), 0L);
                    }
                });
    }

    /** As GET is admitted, without an act; a route that asks for callers itself takes none. */
    @ParameterizedTest
    @CsvSource({
        "/api/v1/open, '', 200",
        "/api/v1/audit, '', 401",
        "/api/v1/audit, nobody, 401",
        "/api/v1/audit, rl_admin, 200",
        "/api/v1/operators, consumer, 403",
        "/ga4gh/tes/v1/service-info, '', 405",
        "/nowhere, '', 404",
    })
    void headIsAdmittedAsGetIs(String path, String who, int status) throws Exception {
        String token =
                who.equals("consumer")
                        ? tokens.create(Role.CONSUMER, "", Duration.ofDays(1)).token()
                        : who;
        HttpResponse<String> response = send("HEAD", path, token, "");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
    }

    private HttpRequest order(String key, String body) {
        return request("POST", "/api/v1/orders", ADMIN, body)
                .header("Idempotency-Key", key)
                .build();
    }

    @Test
    void aRepeatedPostActsOnce() throws Exception {
        String body = "{\"what\":\"map\",\"count\":1}";
        HttpResponse<String> first = send(order("k1", body));
        HttpResponse<String> second = send(order("k1", body));
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(second.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(acts).hasValue(1);
        assertThat(send(order("k2", body)).statusCode()).isEqualTo(201);
        assertThat(acts).hasValue(2);
        HttpResponse<String> other = send(order("k1", "{\"what\":\"x\",\"count\":1}"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(problem(other).get("type").asString()).endsWith("idempotency_key_reused");
    }

    @Test
    void aFailedPostMayBeRepeated() throws Exception {
        assertThat(send(order("k", "{\"what\":\"map\",\"count\":0}")).statusCode()).isEqualTo(400);
        assertThat(send(order("k", "{\"what\":\"map\",\"count\":1}")).statusCode()).isEqualTo(201);
    }

    @Test
    void aRepeatWhileTheFirstRunsIsTold() throws Exception {
        HttpRequest slow =
                request("POST", "/api/v1/slow", ADMIN, "").header("Idempotency-Key", "s").build();
        var first = client.sendAsync(slow, HttpResponse.BodyHandlers.ofString());
        running.await();
        HttpResponse<String> second = send(slow);
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(problem(second).get("type").asString()).endsWith("idempotency_in_progress");
        goOn.countDown();
        assertThat(first.get().body()).isEqualTo("done");
        assertThat(send(slow).body()).isEqualTo("done");
        assertThat(acts).hasValue(1);
    }

    @Test
    void theStoreOfAnswersIsBounded() {
        Idempotency store = new Idempotency(3, 1000);
        byte[] hash = {1};
        for (int i = 0; i < 10; i++) {
            Idempotency.Key key = new Idempotency.Key("admin", "/x", "k" + i);
            assertThat(store.claim(key, hash)).isEmpty();
            store.keep(key, new Idempotency.Answer(200, "text/plain", "", new byte[400]));
        }
        Idempotency.Key last = new Idempotency.Key("admin", "/x", "k9");
        Idempotency.Key eighth = new Idempotency.Key("admin", "/x", "k7");
        assertThat(store.claim(last, hash)).isPresent();
        assertThat(store.claim(eighth, hash)).as("800 of 1000 bytes hold two answers").isEmpty();
    }

    @Test
    void pagesFollowTheCursorToTheEnd() throws Exception {
        String seen = "";
        String cursor = "";
        do {
            JsonNode page =
                    Json.mapper()
                            .readTree(send("GET", "/api/v1/items?limit=3" + cursor, "", "").body());
            for (JsonNode item : page.get("items")) {
                seen += item.asString() + " ";
            }
            seen += "| ";
            cursor = page.has("next") ? "&cursor=" + page.get("next").asString() : "";
        } while (!cursor.isEmpty());
        assertThat(seen).isEqualTo("item0 item1 item2 | item3 item4 item5 | item6 | ");
    }

    @Test
    void largeRequestsAreRefusedWithAndWithoutALength() throws Exception {
        String large = "x".repeat((int) MAX_BYTES + 1);
        HttpResponse<String> told = send("POST", "/api/v1/orders", ADMIN, large);
        assertThat(told.statusCode()).isEqualTo(413);
        assertThat(problem(told).get("detail").asString()).contains("2048 bytes");
        HttpRequest chunked =
                HttpRequest.newBuilder(URI.create(server.localUrl() + "/api/v1/orders"))
                        .header("Authorization", "Bearer " + ADMIN)
                        .POST(
                                HttpRequest.BodyPublishers.ofInputStream(
                                        () -> new java.io.ByteArrayInputStream(large.getBytes())))
                        .build();
        assertThat(send(chunked).statusCode()).isEqualTo(413);
    }

    @Test
    void metricsAreInTheTextFormat() throws Exception {
        send("POST", "/api/v1/orders", ADMIN, "{\"what\":\"map\",\"count\":1}");
        HttpResponse<String> response = send("GET", "/metrics", "", "");
        assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/plain");
        assertThat(response.body().lines())
                .contains(
                        "# TYPE roadloop_town_frames_total counter",
                        "roadloop_town_frames_total 1.0",
                        "roadloop_town_rejects_total{reason=\"bcc\"} 7.0",
                        "# TYPE roadloop_town_queue_rows gauge",
                        "roadloop_town_queue_rows 3.0",
                        "roadloop_http_answers_total{status=\"2xx\"} 1.0");
        send("POST", "/api/v1/orders", ADMIN, "{\"what\":\"map\",\"count\":1}");
        assertThat(send("GET", "/metrics", "", "").body())
                .contains("roadloop_town_frames_total 2.0");
    }

    @Test
    void theDescriptionIsMadeFromTheRoutes() throws Exception {
        JsonNode api = Json.mapper().readTree(send("GET", "/api/v1/openapi.json", "", "").body());
        assertThat(api.get("openapi").asString()).isEqualTo("3.1.0");
        JsonNode order = api.get("paths").get("/api/v1/orders").get("post");
        assertThat(order.get("summary").asString()).isEqualTo("Order");
        assertThat(order.get("x-roles").get(0).asString()).isEqualTo("consumer");
        assertThat(order.get("requestBody").get("content").has("application/json")).isTrue();
        JsonNode parameter =
                api.get("paths").get("/api/v1/throw/{what}").get("get").get("parameters").get(0);
        assertThat(parameter.get("name").asString()).isEqualTo("what");
        assertThat(parameter.get("in").asString()).isEqualTo("path");
        assertThat(api.get("paths").get("/api/v1/open").get("get").has("security")).isFalse();
    }

    /** The kernel's own table: local address in reverse byte order, state 0A = listening. */
    @Test
    void onlyTheLoopbackAddressListens() throws Exception {
        String port = String.format(":%04X", server.port());
        List<String> listening = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            if (Files.exists(Path.of(table))) {
                Files.readAllLines(Path.of(table)).stream()
                        .map(line -> line.trim().split("\\s+"))
                        .filter(cells -> cells[1].endsWith(port) && cells[3].equals("0A"))
                        .forEach(cells -> listening.add(cells[1]));
            }
        }
        assertThat(listening)
                .singleElement()
                .asString()
                .isIn("0100007F" + port, "0000000000000000FFFF00000100007F" + port);
    }

    @Test
    void aTakenPortIsNamedWithTheWayOut() {
        Config.Http taken =
                new Config.Http("127.0.0.1", server.port(), Optional.empty(), MAX_BYTES);
        assertThatThrownBy(() -> HttpServer.bind(taken))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("http 127.0.0.1:" + server.port() + " can't be bound")
                .hasMessageContaining("give another http.port in roadloop.yaml");
    }
}
