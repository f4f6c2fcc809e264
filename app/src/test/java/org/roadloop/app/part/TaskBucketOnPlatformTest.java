package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.Json;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.core.S3Proxy;
import tools.jackson.databind.JsonNode;

/** What an operator writes into the configuration, and tasks and services that use the bucket. */
@Tag("slow")
class TaskBucketOnPlatformTest {
    private static final String SERVICE =
            """
            {"name": "model",
             "task": {"executors": [{"image": "roadloop/tools",
                "command": ["roadloop", "serve-model", "--model", "/model/model.json"]}],
               "inputs": [{"path": "/model/model.json", "url": "s3://town/%s"}],
               "resources": {"ram_gb": 0.25}}}""";

    private static final String TASK =
            """
            {"inputs": [{"url": "s3://town/in/a", "path": "/in/a"},
                        {"url": "s3://town/in/more", "path": "/in/more", "type": "DIRECTORY"}],
             "outputs": [{"url": "s3://%s/out/sum.txt", "path": "/out/sum.txt", "type": "FILE"},
                         {"url": "s3://town/out/parts", "path": "/out/parts", "type": "DIRECTORY"}],
             "executors": [{"image": "alpine", "command": ["sh", "-c",
                "cat /in/a /in/more/b.txt /in/more/deep/c.txt > /out/sum.txt; mkdir -p /out/parts/x; echo 1 > /out/parts/x/1.txt"]}]}""";

    @TempDir Path folder;
    @TempDir Path server;

    private Config configure(String secret, S3Proxy s3) throws Exception {
        Home.open(folder).close();
        secret("results", secret);
        secret("wrong", S3Proxy.ID + "\nnot-the-key\n");
        return Config.load(
                Files.writeString(
                        folder.resolve("roadloop.yaml"),
                        """
                        http: {port: 0}
                        collect: {platformPort: 0, terminalPort: 0, jt808Port: 0}
                        compute:
                          buckets:
                            - {bucket: town, endpoint: "%s", accessKeySecret: results}
                            - {bucket: shut, endpoint: "%s", accessKeySecret: wrong}
                        """
                                .formatted(s3.endpoint(), s3.endpoint())));
    }

    private void secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve("secrets/" + name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        return Json.mapper().readTree(answer.body());
    }

    private static String create(TwoPlatforms.Side us, String task) throws Exception {
        return json(us.post("/ga4gh/tes/v1/tasks", us.token(), Json.mapper().readTree(task)))
                .required("id")
                .asString();
    }

    private static JsonNode full(TwoPlatforms.Side us, String id) throws Exception {
        return json(us.get("/ga4gh/tes/v1/tasks/" + id + "?view=FULL", us.token()));
    }

    /** The task in full, once it has left these states. */
    private static JsonNode await(TwoPlatforms.Side us, String id, String... states)
            throws Exception {
        JsonNode task = full(us, id);
        for (Instant end = Instant.now().plusSeconds(120);
                Set.of(states).contains(task.required("state").asString()); ) {
            assertThat(Instant.now()).as(task.toPrettyString()).isBefore(end);
            Thread.sleep(50); // asked again until it is so
            task = full(us, id);
        }
        return task;
    }

    private static JsonNode run(TwoPlatforms.Side us, String task) throws Exception {
        return await(us, create(us, task), "QUEUED", "INITIALIZING", "RUNNING");
    }

    private void write(S3Proxy s3, String key, String text) throws Exception {
        Path file = s3.bucket().resolve(key);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void aSecretOfOneLineIsRefused() throws Exception {
        s3(
                s3 -> {
                    Config wrong = configure("one line", s3);
                    assertThatThrownBy(
                                    () -> new TwoPlatforms.Side(folder, wrong, Set.of("compute")))
                            .hasStackTraceContaining(
                                    "secret 'results' of compute.buckets has 1 lines; write the"
                                            + " access key's id, and on the next line the key");
                });
    }

    @Test
    void tasksReadAndWriteObjects() throws Exception {
        on(
                (us, s3) -> {
                    JsonNode first = run(us, TASK.formatted("town"));
                    assertThat(first.required("state").asString())
                            .as(first.toPrettyString())
                            .isEqualTo("COMPLETE");
                    assertThat(s3.bucket().resolve("out/sum.txt")).hasContent("a\nb\nc\n");
                    assertThat(s3.bucket().resolve("out/parts/x/1.txt")).hasContent("1\n");
                    assertThat(first.at("/logs/0/outputs").findValuesAsString("url"))
                            .containsExactly(
                                    "s3://town/out/sum.txt", "s3://town/out/parts/x/1.txt");
                    assertThat(us.get("/ga4gh/tes/v1/service-info", us.token()).body())
                            .contains("\"s3://town\"");
                    write(s3, "in/a", "A!\n");
                    run(us, TASK.formatted("town"));
                    assertThat(s3.bucket().resolve("out/sum.txt"))
                            .as("changed, and replaced")
                            .hasContent("A!\nb\nc\n");
                    assertThat(
                                    run(us, TASK.formatted("town").replace("in/a\"", "in/z\""))
                                            .toString())
                            .contains("SYSTEM_ERROR")
                            .contains("s3://town/in/z is not there");
                    assertThat(run(us, TASK.formatted("city")).toString())
                            .contains("no such storage here")
                            .contains("s3://town, s3://shut");
                });
    }

    /** What was computed is not lost because nobody takes it. */
    @Test
    void anOutputThatTheBucketDoesNotTakeIsKeptHere() throws Exception {
        on(
                (us, s3) -> {
                    JsonNode task = run(us, TASK.formatted("shut"));
                    assertThat(task.required("state").asString()).isEqualTo("SYSTEM_ERROR");
                    assertThat(task.toString())
                            .contains("can't be written to s3://shut/out/sum.txt and is kept here")
                            .contains("403", "compute.buckets.accessKeySecret")
                            .doesNotContain("not-the-key");
                    String kept =
                            "/api/v1/tasks/" + task.required("id").asString() + "/outputs/sum.txt";
                    assertThat(task.at("/logs/0/outputs/0/url").asString()).endsWith(kept);
                    assertThat(us.get(kept, us.token()).body()).isEqualTo("a\nb\nc\n");
                    assertThat(s3.bucket().resolve("out/parts/x/1.txt"))
                            .as("the others go")
                            .hasContent("1\n");
                });
    }

    @Test
    void aTaskWaitsForABucketThatIsAway() throws Exception {
        on(
                (us, s3) -> {
                    s3.kill();
                    HttpResponse<String> quotes =
                            us.post(
                                    "/api/v1/quotes",
                                    us.token(),
                                    Json.mapper().readTree(TASK.formatted("town")));
                    assertThat(quotes.statusCode()).isEqualTo(400);
                    assertThat(quotes.body())
                            .contains("s3://town/in/a can't be looked at")
                            .contains(s3.endpoint() + " can't be reached")
                            .doesNotContain(S3Proxy.KEY);
                    String id = create(us, TASK.formatted("town"));
                    assertThat(await(us, id, "QUEUED").required("state").asString())
                            .isEqualTo("INITIALIZING");
                    s3.restart();
                    assertThat(
                                    await(us, id, "INITIALIZING", "RUNNING")
                                            .required("state")
                                            .asString())
                            .isEqualTo("COMPLETE");
                });
    }

    @Test
    void aServiceHasItsModelFromABucket() throws Exception {
        on(
                (us, s3) -> {
                    write(s3, "model.json", "{}");
                    HttpResponse<String> none =
                            us.post(
                                    "/api/v1/services",
                                    us.token(),
                                    Json.mapper().readTree(SERVICE.formatted("none.json")));
                    assertThat(none.statusCode()).isEqualTo(400);
                    assertThat(none.body()).contains("s3://town/none.json is not there");
                    json(
                            us.post(
                                    "/api/v1/services",
                                    us.token(),
                                    Json.mapper().readTree(SERVICE.formatted("model.json"))));
                    assertThat(folder.resolve("tasks/services/model/v1/0")).hasContent("{}");
                    assertThat(folder.resolve("tasks/services/model/v1/fetched")).doesNotExist();
                });
    }

    private interface WithServer {
        void run(S3Proxy s3) throws Exception;
    }

    private interface WithPlatform {
        void run(TwoPlatforms.Side us, S3Proxy s3) throws Exception;
    }

    private void s3(WithServer test) throws Exception {
        assumeTrue(
                Sandbox.strongest().kind().equals("bubblewrap"),
                "bubblewrap is missing: no task runs");
        assumeTrue(
                S3Proxy.resolved(),
                "S3Proxy can't be resolved by Maven here: no task is tested with S3");
        try (S3Proxy s3 = S3Proxy.start(server)) {
            test.run(s3);
        }
    }

    private void on(WithPlatform test) throws Exception {
        s3(
                s3 -> {
                    write(s3, "in/a", "a\n");
                    write(s3, "in/more/b.txt", "b\n");
                    write(s3, "in/more/deep/c.txt", "c\n");
                    Files.createDirectories(server.resolve("s3/shut"));
                    Config config = configure(S3Proxy.ID + "\n" + S3Proxy.KEY + "\n", s3);
                    try (TwoPlatforms.Side us =
                            new TwoPlatforms.Side(folder, config, Set.of("compute"))) {
                        test.run(us, s3);
                    }
                });
    }
}
