package org.roadloop.compute.site.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.RootImage;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever holds the token may say anything: none of it leads out of the run's own folders. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LyingAgentTest {
    private static final long OUTPUT_BYTES = 4096;
    private static final String GOOD =
            """
            {"cause":"EXITED","exitCode":0,"cpuNanos":5000000000,"peakMemoryBytes":1,
             "meter":"cgroup-v2","start":"2026-11-23T00:00:00Z","end":"2026-11-23T00:00:05Z"}""";

    @TempDir Path home;
    private final HttpClient http = HttpClient.newHttpClient();
    private AgentDoor door;
    private String session = "";

    @BeforeEach
    void aRunIsThere() throws Exception {
        door = new AgentDoor(home.resolve("platform"), 0, Duration.ofMinutes(5));
        session = connect(hello("1.0"), AgentProcess.TOKEN).path("session").asString();
        Files.createDirectories(home.resolve("in"));
        Files.createDirectories(home.resolve("out/state"));
        Files.writeString(home.resolve("in/a.txt"), "input");
        Files.writeString(home.resolve("secret"), "of the platform");
        Site.Run run =
                new Site.Run(
                        List.of(
                                new SandboxRun(
                                        "k1-0",
                                        new RootImage("alpine"),
                                        List.of("true"),
                                        Map.of(),
                                        List.of(
                                                new Mount(home.resolve("in"), "/in", false),
                                                new Mount(home.resolve("out"), "/out", true)),
                                        "/out",
                                        null,
                                        home.resolve("log/0.stdout"),
                                        home.resolve("log/0.stderr"),
                                        new Limits(
                                                64 << 20,
                                                64,
                                                1,
                                                Duration.ofSeconds(10),
                                                8 << 20,
                                                OUTPUT_BYTES))),
                        List.of(false),
                        "",
                        Site.Gang.ONE,
                        Optional.of(home.resolve("out/state")));
        Thread submitting = Thread.ofVirtual().start(() -> door.site.submit("k1", run));
        JsonNode call = ok("POST", "/calls", "{}").path("calls").get(0);
        assertThat(call.path("verb").asString()).isEqualTo("submit");
        ok("POST", "/calls/" + call.path("id").asLong(), "{}");
        submitting.join();
    }

    @AfterEach
    void close() {
        door.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'path':'../x','dataBytes':1,'sha256':'S'}]",
                "[{'path':'..','folder':true},{'path':'../x','dataBytes':1,'sha256':'S'}]",
                "[{'path':'/etc/x','dataBytes':1,'sha256':'S'}]",
                "[{'path':'a/../../x','dataBytes':1,'sha256':'S'}]",
                "[{'path':'l','target':'/'},{'path':'l/x','dataBytes':1,'sha256':'S'}]",
                "[{'path':'a/x','dataBytes':1,'sha256':'S'}]",
                "[{'path':'a','folder':true},{'path':'a','target':'/'},{'path':'a/x','dataBytes':1,'sha256':'S'}]",
                "[{'path':'x\\u0000y','dataBytes':1,'sha256':'S'}]",
                "[{'path':'x','dataBytes':-1,'sha256':'S'}]",
                "[{'path':'x','dataBytes':1,'sha256':'../../secret'}]",
                "[{'path':'','folder':true}]",
                "[{'path':'x','dataBytes':1,'sha256':'S'},{'path':'y','dataBytes':2,'sha256':'S'}]",
                "{'path':'x'}",
            })
    void noPathLeadsOut(String tree) throws Exception {
        String list = tree.replace('\'', '"').replace("S\"", sha("z") + "\"");
        assertThat(send("PUT", "/runs/k1/checkpoint", "{\"tree\":" + list + "}").statusCode())
                .isEqualTo(422);
        String end = end("[{\"mount\":1,\"tree\":" + list + "}]", GOOD);
        assertThat(send("PUT", "/runs/k1/end", end).statusCode()).isEqualTo(422);
        untouched();
    }

    /** The link comes by one list, the file by the next: the link is no way for it. */
    @Test
    void aLinkFromEarlierIsNotFollowed() throws Exception {
        Path outside = Files.createDirectories(home.resolve("outside"));
        String link = "{\"tree\":[{\"path\":\"d\",\"target\":\"%s\"}]}".formatted(outside);
        assertThat(ok("PUT", "/runs/k1/checkpoint", link).path("missing")).isEmpty();
        assertThat(home.resolve("out/state/d")).isSymbolicLink();
        String file =
                "{\"tree\":[{\"path\":\"d\",\"folder\":true},{\"path\":\"d/x\",\"dataBytes\":1,\"sha256\":\"%s\"}]}"
                        .formatted(sha("z"));
        assertThat(ok("PUT", "/runs/k1/checkpoint", file).path("missing")).hasSize(1);
        put("/runs/k1/contents/" + sha("z") + "?offset=0", "z");
        assertThat(ok("PUT", "/runs/k1/checkpoint", file).path("missing")).isEmpty();
        assertThat(home.resolve("out/state/d/x")).hasContent("z");
        assertThat(outside).isEmptyDirectory();
        // the checkpoint folder itself becomes a link, by the end of the list's own mount
        Files.delete(home.resolve("out/state/d/x"));
        Files.delete(home.resolve("out/state/d"));
        Files.delete(home.resolve("out/state"));
        Files.createSymbolicLink(home.resolve("out/state"), outside);
        ok("PUT", "/runs/k1/checkpoint", file);
        put("/runs/k1/contents/" + sha("z") + "?offset=0", "z");
        ok("PUT", "/runs/k1/checkpoint", file);
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void contentIsWhatItsNameSaysOrNothing() throws Exception {
        String list =
                end(
                        "[{\"mount\":1,\"tree\":[{\"path\":\"x\",\"dataBytes\":1,\"sha256\":\"%s\"}]}]"
                                .formatted(sha("z")),
                        GOOD);
        assertThat(put("/runs/k1/contents/" + sha("z") + "?offset=0", "z").statusCode())
                .as("no list names it")
                .isEqualTo(404);
        assertThat(ok("PUT", "/runs/k1/end", list).path("missing").get(0).asString())
                .isEqualTo(sha("z"));
        HttpResponse<String> wrong = put("/runs/k1/contents/" + sha("z") + "?offset=0", "w");
        assertThat(wrong.body()).contains("wrong_content");
        assertThat(put("/runs/k1/contents/" + sha("z") + "?offset=7", "z").body())
                .contains("wrong_offset", "\"offset\":0");
        assertThat(put("/runs/k1/contents/" + sha("z") + "?offset=0", "zz").body())
                .contains("too_much");
        assertThat(ok("PUT", "/runs/k1/end", list).path("missing")).hasSize(1);
        assertThat(put("/runs/k1/contents/" + sha("z") + "?offset=0", "z").statusCode())
                .isEqualTo(200);
        assertThat(ok("PUT", "/runs/k1/end", list).path("missing")).isEmpty();
        assertThat(home.resolve("out/x")).hasContent("z");
        assertThat(send("PUT", "/runs/k1/end", list).statusCode()).as("once").isEqualTo(410);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[{\"mount\":0,\"tree\":[]}]; not_writable",
                "[{\"mount\":9,\"tree\":[]}]; not_writable",
                "[{\"mount\":1,\"tree\":[]},{\"mount\":1,\"tree\":[]}]; twice",
                "[{\"mount\":1,\"tree\":[{\"path\":\"x\",\"dataBytes\":4097,\"sha256\":\"S\"}]}]; too_much",
                "[{\"mount\":1,\"tree\":[{\"path\":\"x\",\"dataBytes\":9223372036854775807,\"sha256\":\"S\"},"
                        + "{\"path\":\"y\",\"dataBytes\":9223372036854775807,\"sha256\":\"S\"}]}]; invalid_value",
            })
    void hostileEndsAreRefused(String trees, String code) throws Exception {
        HttpResponse<String> answer =
                send(
                        "PUT",
                        "/runs/k1/end",
                        end(trees.replace("\"S\"", "\"" + sha("z") + "\""), GOOD));
        assertThat(answer.statusCode()).isBetween(413, 422);
        assertThat(answer.body()).contains(code);
        untouched();
    }

    @Test
    void metersAreCutToWhatTheLimitsAllow() throws Exception {
        assertThat(send("PUT", "/runs/k1/end", end("[]", GOOD + "," + GOOD)).body())
                .contains("more outcomes than executors");
        assertThat(
                        send("PUT", "/runs/k1/end", end("[]", GOOD.replace("5000000000", "-1")))
                                .statusCode())
                .isEqualTo(422);
        ok("PUT", "/runs/k1/end", end("[]", GOOD.replace("5000000000", "9000000000000000")));
        assertThat(door.site.await("k1").cpuTime()).isEqualTo(Duration.ofSeconds(70));
    }

    @Test
    void streamsHaveAnEnd() throws Exception {
        String stream = "/runs/k1/streams/0.stdout?offset=";
        assertThat(put(stream + "0", "x".repeat(4096)).statusCode()).isEqualTo(200);
        assertThat(put(stream + "4096", "x".repeat(2048)).body()).contains("too_much");
        assertThat(put(stream + "9999999", "x").body()).contains("wrong_offset", "4096");
        assertThat(put("/runs/k1/streams/9.stdout?offset=0", "x").statusCode()).isEqualTo(404);
        assertThat(put("/runs/k1/streams/..%2F0.stdout?offset=0", "x").statusCode())
                .isBetween(400, 404);
        assertThat(put("/runs/k1/streams/0.stdout?offset=-1", "x").statusCode()).isEqualTo(400);
        assertThat(put(stream + "4096", "x".repeat(600 << 10)).statusCode()).isEqualTo(413);
        assertThat(Files.size(home.resolve("log/0.stdout"))).isEqualTo(4096);
    }

    /** Only what belongs to its runs; a file that lies beside them does not. */
    @Test
    void nothingElseIsGivenOut() throws Exception {
        assertThat(range(sha("input"), "bytes=1-2").body()).isEqualTo("np");
        assertThat(range(sha("of the platform"), "bytes=0-1").statusCode()).isEqualTo(404);
        assertThat(range("..%2F..%2Fsecret", "bytes=0-1").statusCode()).isBetween(400, 404);
        for (String bad : List.of("bytes=5-9", "bytes=2-1", "bytes=-5", "bytes=0-1,3-4", "")) {
            assertThat(range(sha("input"), bad).statusCode()).as(bad).isEqualTo(416);
        }
        ok("PUT", "/runs/k1/end", end("[]", GOOD));
        assertThat(range(sha("input"), "bytes=0-1").statusCode()).as("it is over").isEqualTo(404);
    }

    @Test
    void whoIsNotTheAgentOfTheSiteGetsNowhere() throws Exception {
        assertThat(post("/api/v1/agents/away/sessions", hello("1.0"), "wrong").statusCode())
                .isEqualTo(401);
        assertThat(post("/api/v1/agents/away/sessions", hello("1.0"), "").statusCode())
                .isEqualTo(401);
        assertThat(
                        post("/api/v1/agents/other/sessions", hello("1.0"), AgentProcess.TOKEN)
                                .statusCode())
                .isEqualTo(401);
        assertThat(
                        post("/api/v1/agents/away/sessions", hello("-1"), AgentProcess.TOKEN)
                                .statusCode())
                .isEqualTo(422);
        assertThat(
                        post(
                                        "/api/v1/agents/away/sessions",
                                        hello("1.0").replace("\"protocol\":1", "\"protocol\":2"),
                                        AgentProcess.TOKEN)
                                .statusCode())
                .isEqualTo(426);
        assertThat(
                        post(
                                        "/api/v1/agents/away/sessions",
                                        "x".repeat(9 << 20),
                                        AgentProcess.TOKEN)
                                .statusCode())
                .isEqualTo(413);
        assertThat(post("/api/v1/agents/away/sessions", "[[[", AgentProcess.TOKEN).statusCode())
                .isEqualTo(400);
        String former = session;
        session =
                connect(hello("1.0").replace("process-1", "process-2"), AgentProcess.TOKEN)
                        .path("session")
                        .asString();
        assertThat(ok("POST", "/calls", "{}").path("calls")).isEmpty();
        session = former;
        assertThat(send("POST", "/calls", "{}").body()).contains("superseded");
        assertThat(send("PUT", "/runs/k1/end", end("[]", GOOD)).statusCode()).isEqualTo(409);
    }

    @ParameterizedTest
    @CsvSource({"-5, 10, 1", "100, 0, 1", "100, 99999999999, 1", "100, 200, 3"})
    void aQuoteOutsideOfWhatWasAskedIsNone(long expected, long occupies, long slots)
            throws Exception {
        var work =
                new Site.Work(
                        "alpine", 1, 1, 64 << 20, 0, Duration.ofSeconds(60), false, Site.Gang.ONE);
        var quote = new java.util.concurrent.atomic.AtomicReference<Site.Offer>();
        Thread asking = Thread.ofVirtual().start(() -> quote.set(door.site.offer(work)));
        JsonNode call = ok("POST", "/calls", "{}").path("calls").get(0);
        ok(
                "POST",
                "/calls/" + call.path("id").asLong(),
                "{\"expectedMillis\":%d,\"occupiesMillis\":%d,\"milliCost\":1,\"slots\":%d}"
                        .formatted(expected, occupies, slots));
        asking.join();
        assertThat(quote.get())
                .isInstanceOfSatisfying(
                        Site.Offer.Impossible.class,
                        no -> assertThat(no.code()).isEqualTo("no_quote"));
    }

    private void untouched() throws Exception {
        try (var files = Files.walk(home.resolve("out"))) {
            assertThat(files.filter(f -> !Files.isDirectory(f))).isEmpty();
        }
        assertThat(home.resolve("x")).doesNotExist();
        assertThat(home.resolve("secret")).hasContent("of the platform");
        assertThat(home.resolve("in/a.txt")).hasContent("input");
        assertThat(door.site.runs().run("k1").key()).as("the run goes on").isEqualTo("k1");
    }

    private static String hello(String speed) {
        return """
               {"protocol":1,"process":"process-1","held":[],"keys":["k1"],"capabilities":{
                "architecture":"x86_64","slots":2,"speed":%s,"memoryBytes":1000000,
                "milliPerSecond":1,"sandbox":"bubblewrap","notEnforced":[],"nodes":1,
                "fp16GigaFlops":0,"fp64GigaFlops":0,"accelerators":{}}}"""
                .formatted(speed);
    }

    private static String end(String trees, String outcomes) {
        return "{\"streams\":{},\"trees\":%s,\"ended\":{\"failure\":\"\",\"preempted\":false,\"outcomes\":[%s]}}"
                .formatted(trees, outcomes);
    }

    private static String sha(String text) {
        return HexFormat.of()
                .formatHex(TreeReader.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private JsonNode connect(String hello, String token) throws Exception {
        HttpResponse<String> answer = post("/api/v1/agents/away/sessions", hello, token);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private HttpResponse<String> post(String path, String body, String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(door.url() + path))
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(door.url() + "/api/v1/agents/away" + path))
                .header("Authorization", "Bearer " + AgentProcess.TOKEN)
                .header(AgentRoutes.SESSION, session)
                .header(AgentRoutes.PROCESS, "process-1");
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return http.send(
                request(path).method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> put(String path, String body) throws Exception {
        return send("PUT", path, body);
    }

    private HttpResponse<String> range(String sha256, String range) throws Exception {
        HttpRequest.Builder request = request("/contents/" + sha256);
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode ok(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }
}
