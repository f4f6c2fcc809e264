package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.compute.site.Bubblewrap;
import tools.jackson.databind.JsonNode;

/**
 * The flows that the public compliance suite of TES 1.0 and 1.1 (elixir-cloud-aai,
 * openapi-test-runner) asks of a server, in our words, and the rest of what TES 1.1 says.
 */
@Tag("slow")
class TesConformanceTest {
    private static final String TASKS = "/ga4gh/tes/v1/tasks";
    private static final String HELLO =
            """
            {"name": "%s", "executors": [{"image": "alpine", "command": ["echo", "hello"]}]%s}""";

    @TempDir Path home;
    private TaskPlatform platform;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
        platform = new TaskPlatform(home);
    }

    @AfterEach
    void close() throws Exception {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void aTaskRunsAndEveryViewShowsWhatTheStandardSays() throws Exception {
        String id = platform.create(HELLO.formatted("hello", ""));
        JsonNode full = platform.await(id);
        assertThat(full.required("state").asString()).isEqualTo("COMPLETE");
        JsonNode log = full.required("logs").get(0);
        assertThat(log.required("logs").get(0).required("stdout").asString()).isEqualTo("hello\n");
        assertThat(log.required("logs").get(0).required("exit_code").asInt()).isZero();
        assertThat(log.required("outputs").isArray()).isTrue();
        assertThat(log.required("system_logs").toString())
                .contains("none was pulled, it ran on this machine's own /usr")
                .contains("the owner's own task");
        assertThat(platform.get(TASKS + "/" + id).propertyNames())
                .containsExactlyInAnyOrder("id", "state");
        JsonNode basic = platform.get(TASKS + "/" + id + "?view=BASIC");
        assertThat(basic.at("/logs/0").has("system_logs")).isFalse();
        assertThat(basic.at("/logs/0/logs/0").has("stdout")).isFalse();
        assertThat(basic.required("creation_time").asString()).matches("20.*T.*Z");
        for (String view : List.of("MINIMAL", "BASIC", "FULL")) {
            JsonNode list = platform.get(TASKS + "?view=" + view).required("tasks");
            assertThat(list.get(0))
                    .as(view)
                    .isEqualTo(platform.get(TASKS + "/" + id + "?view=" + view));
        }
    }

    @Test
    void cancellationEndsInCanceled() throws Exception {
        String id =
                platform.create(
                        """
                        {"executors": [{"image": "alpine", "command": ["sleep", "600"]}]}""");
        platform.awaitState(id, TaskState.RUNNING);
        var answer = platform.send("POST", TASKS + "/" + id + ":cancel", "operator", "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{}");
        assertThat(platform.await(id).required("state").asString()).isEqualTo("CANCELED");
        assertThat(platform.send("POST", TASKS + "/" + id + ":cancel", "operator", "").statusCode())
                .as("again")
                .isEqualTo(200);
    }

    /** The suite asks for the logs at once, without waiting for the end. */
    @ParameterizedTest
    @CsvSource({"false, 1, EXECUTOR_ERROR", "true, 2, COMPLETE"})
    void anIgnoredErrorLetsTheNextExecutorRun(boolean ignored, int logs, String state)
            throws Exception {
        String id =
                platform.create(
                        """
                        {"executors": [
                          {"image": "alpine", "command": ["ERROR"], "ignore_error": %s},
                          {"image": "alpine", "command": ["echo", "hello"]}]}"""
                                .formatted(ignored));
        JsonNode full = platform.get(TASKS + "/" + id + "?view=FULL");
        if (!TaskState.valueOf(full.required("state").asString()).ended()) {
            full = platform.await(id); // the answer waits two seconds for it, no more
        }
        assertThat(full.at("/logs/0/logs")).as(full.toPrettyString()).hasSize(logs);
        assertThat(full.required("state").asString()).isEqualTo(state);
    }

    @Test
    void unknownBackendParametersAreIgnoredUnlessStrict() throws Exception {
        String task =
                """
                {"executors": [{"image": "alpine", "command": ["echo", "hello"]}],
                 "resources": {"backend_parameters": {"VmSize": "Standard_D64_v3"},
                               "backend_parameters_strict": %s}}""";
        assertThat(platform.post(task.formatted(false)).statusCode()).isEqualTo(200);
        var refused = platform.post(task.formatted(true));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("VmSize", "roadloop.cpuSeconds");
    }

    /** What the owner got wrong is told as that, and nothing of it is the platform's failure. */
    @ParameterizedTest
    @CsvSource({
        "gone.txt, FILE, gone.txt is not there",
        "there.txt, DIRECTORY, 'is a file, not a DIRECTORY'",
        "folder, FILE, 'is a folder, not a FILE'",
    })
    void aFileThatIsNotAsSaidEndsTheTaskWithItsName(String name, String type, String told)
            throws Exception {
        Path exchange = platform.home.resolve("exchange").toRealPath();
        Files.writeString(exchange.resolve("there.txt"), "x");
        Files.createDirectories(exchange.resolve("folder"));
        JsonNode task =
                platform.await(
                        platform.create(
                                """
                                {"inputs": [{"url": "%s", "path": "/in/x", "type": "%s"}],
                                 "executors": [{"image": "alpine", "command": ["true"]}]}"""
                                        .formatted("file://" + exchange.resolve(name), type)));
        assertThat(task.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(task.at("/logs/0/system_logs").toString())
                .contains(told)
                .doesNotContain("the platform failed");
    }

    /** Storage that is not here is found out when the task would run, with a reason. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                , "inputs": [{"url": "s3://my-object-store/file-1", "path": "/data/file1", "type": "FILE"}]""",
                """
                , "outputs": [{"url": "s3://my-object-store/out-1", "path": "/data/out", "type": "FILE"}]""",
                """
                , "inputs": [{"url": "s3://my-object-store/file-1", "path": "/data/file1"}],
                  "outputs": [{"url": "s3://my-object-store/out-1", "path": "/data/outfile"}]""",
                """
                , "inputs": [{"name": "a", "description": "b", "url": "s3://my-object-store/file1",
                  "path": "/data/file1", "streamable": true}]"""
            })
    void inputsAndOutputsOfOtherStoragesAreTakenAndThenNamed(String more) throws Exception {
        JsonNode full = platform.await(platform.create(HELLO.formatted("x", more)));
        assertThat(full.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(full.toString()).contains("no such storage here");
    }

    @Test
    void filtersAndPagesFindWhatTheyName() throws Exception {
        String tags =
                """
                , "tags": {"foo": "bar", "baz": "bat", "lorem": "ipsum"}""";
        String a = platform.create(HELLO.formatted("e70d-a", tags));
        String b =
                platform.create(
                        HELLO.formatted(
                                "e70d-b",
                                """
                                , "tags": {"abc": ""}"""));
        String c = platform.create(HELLO.formatted("Compliance-e70d", ""));
        platform.await(c);
        platform.await(a);
        platform.await(b);
        assertThat(ids("?name_prefix=e70d")).containsExactly(b, a);
        assertThat(ids("?name_prefix=f932")).isEmpty();
        assertThat(ids("?state=COMPLETE")).containsExactly(c, b, a);
        assertThat(ids("?state=RUNNING")).isEmpty();
        assertThat(ids("?tag_key=foo&tag_key=lorem&tag_value=bar&tag_value=ipsum"))
                .containsExactly(a);
        assertThat(ids("?tag_key=foo&tag_key=lorem&tag_key=baz&tag_value=bar&tag_value=ipsum"))
                .containsExactly(a);
        assertThat(ids("?tag_key=foo&tag_key=lorem&tag_key=extra&tag_value=bar&tag_value=ipsum"))
                .isEmpty();
        assertThat(ids("?tag_key=foo&tag_value=wrong")).isEmpty();
        assertThat(ids("?tag_key=abc")).containsExactly(b);
        assertThat(ids("?page_size=2")).containsExactly(c, b);
        String token = platform.get(TASKS + "?page_size=2").required("next_page_token").asString();
        assertThat(ids("?page_size=2&page_token=" + token)).containsExactly(a);
        assertThat(platform.get(TASKS + "?page_size=3").has("next_page_token")).isFalse();
    }

    @Test
    void errorsHaveTheStatusOfTheStandard() throws Exception {
        assertThat(platform.send("GET", TASKS + "/none", "operator", "").statusCode())
                .isEqualTo(404);
        assertThat(platform.send("POST", TASKS + "/none:cancel", "operator", "").statusCode())
                .isEqualTo(404);
        assertThat(platform.send("GET", TASKS, "nobody", "").statusCode()).isEqualTo(401);
        var own = platform.send("POST", TASKS, "stranger", HELLO.formatted("x", ""));
        assertThat(own.statusCode()).as("only the operator has tasks of its own").isEqualTo(400);
        String contract =
                """
                , "resources": {"backend_parameters": {"roadloop.agreement": "none"}}""";
        assertThat(platform.post(HELLO.formatted("x", contract)).statusCode()).isEqualTo(403);
        String data =
                """
                , "inputs": [{"url": "asset:tracks", "path": "/in"}]""";
        assertThat(platform.post(HELLO.formatted("x", data)).body())
                .contains("a task on asset:ID runs under a contract");
        for (String bad : List.of("page_size=x", "page_size=0", "page_token=-1", "page_token=x")) {
            assertThat(platform.send("GET", TASKS + "?" + bad, "operator", "").statusCode())
                    .as(bad)
                    .isEqualTo(400);
        }
        assertThat(platform.post("{").statusCode()).isEqualTo(400);
        assertThat(
                        platform.post(
                                        """
                                        {"executors": [{"image": "fedora", "command": ["ls"]}]}""")
                                .body())
                .contains("roadloop/tools, alpine, busybox, debian, ubuntu");
    }

    /** Files of a folder in, several executors over a volume, a pattern and a folder out. */
    @Test
    void filesGoInAndOutAsDeclared() throws Exception {
        Path exchange = home.toRealPath().resolve("exchange");
        Files.createDirectories(exchange.resolve("in/sub"));
        Files.writeString(exchange.resolve("in/a.txt"), "a\n");
        Files.writeString(exchange.resolve("in/sub/b.txt"), "b\n");
        String id =
                platform.create(
                        """
                        {"inputs": [
                           {"url": "file://EX/in", "path": "/data/in", "type": "DIRECTORY"},
                           {"url": "file://EX/in/a.txt", "path": "/data/one", "type": "FILE"},
                           {"url": "file://EX/in/a.txt", "path": "/data/unsaid"},
                           {"content": "written", "path": "/data/conf/c.txt"},
                           {"content": "", "path": "/data/empty"}],
                         "outputs": [
                           {"url": "file://EX/out/sum.txt", "path": "/data/sum.txt", "type": "FILE"},
                           {"url": "result:parts", "path": "/data/p/*.part", "path_prefix": "/data/p"},
                           {"url": "file://EX/tree", "path": "/data/tree", "type": "DIRECTORY"}],
                         "volumes": ["/vol/"],
                         "executors": [
                           {"image": "debian:12", "command": ["sh", "-c",
                              "cat /data/in/a.txt /data/in/sub/b.txt /data/unsaid /data/conf/c.txt; cmp /data/one /data/unsaid; cat $X > /vol/x"],
                            "stdout": "/data/first", "env": {"X": "/data/empty"}},
                           {"image": "docker.io/library/alpine:3", "workdir": "/data/p",
                            "command": ["sh", "-c",
                              "cat > /data/sum.txt; echo 1 > 1.part; echo 2 > 2.part; echo 3 > 3.other"],
                            "stdin": "/data/first"},
                           {"image": "alpine", "command": ["sh", "-c",
                              "mkdir -p /data/tree/t; cp /data/first /data/tree/t/copy; ls /vol > /data/tree/ls"]},
                           {"image": "alpine", "command": ["wc", "-c"], "stdin": "/data/tree/ls"}]}"""
                                .replace("EX", exchange.toString()));
        JsonNode full = platform.await(id);
        assertThat(full.required("state").asString())
                .as(full.toPrettyString())
                .isEqualTo("COMPLETE");
        assertThat(exchange.resolve("out/sum.txt")).hasContent("a\nb\na\nwritten");
        assertThat(exchange.resolve("tree/t/copy")).hasContent("a\nb\na\nwritten");
        assertThat(exchange.resolve("tree/ls")).hasContent("x");
        assertThat(full.at("/logs/0/logs/3/stdout").asString()).isEqualTo("2\n");
        assertThat(
                        full.at("/logs/0/outputs")
                                .valueStream()
                                .map(o -> o.required("path").asString())
                                .toList())
                .containsExactly(
                        "/data/sum.txt",
                        "/data/p/1.part",
                        "/data/p/2.part",
                        "/data/tree/ls",
                        "/data/tree/t/copy");
        assertThat(
                        platform.send(
                                        "GET",
                                        "/api/v1/tasks/" + id + "/outputs/parts/2.part",
                                        "operator",
                                        "")
                                .body())
                .isEqualTo("2\n");
    }

    @Test
    void inputsStayReadOnlyWhereOutputsAreWritten() throws Exception {
        JsonNode full =
                platform.await(
                        platform.create(
                                """
                                {"inputs": [{"content": "kept", "path": "/data/in.txt"}],
                                 "outputs": [{"path": "/data/out.txt"}],
                                 "executors": [{"image": "alpine", "command": ["sh", "-c",
                                   "echo x > /data/out.txt; echo y > /data/in.txt"]}]}"""));
        assertThat(full.toString()).contains("Read-only file system").contains("EXECUTOR_ERROR");
    }

    /** py-tes, the client library of the standard, against this server. */
    @Test
    void pyTesWorks() throws Exception {
        String python = "python3";
        assumeTrue(
                exit(python, "-c", "import tes") == 0,
                "py-tes is missing: ./roadloop setup clients");
        Path script =
                Files.writeString(
                        home.resolve("client.py"),
                        """
                        import sys, tes
                        client = tes.HTTPClient(sys.argv[1], timeout=20, token="operator")
                        print(client.get_service_info().type["artifact"])
                        task = tes.Task(name="py", tags={"by": "py-tes"},
                            resources=tes.Resources(cpu_cores=1, ram_gb=0.1),
                            executors=[tes.Executor(image="alpine", command=["sh", "-c", "echo hi; exit 0"])])
                        made = client.create_task(task)
                        done = client.wait(made, timeout=60)
                        full = client.get_task(made, "FULL")
                        print(done.state, full.logs[0].logs[0].stdout.strip(), full.logs[0].logs[0].exit_code)
                        slow = client.create_task(tes.Task(executors=[
                            tes.Executor(image="alpine", command=["sleep", "600"])]))
                        client.cancel_task(slow)
                        print(client.wait(slow, timeout=60).state)
                        page = client.list_tasks(view="BASIC", page_size=1)
                        print(len(page.tasks), page.next_page_token is not None)
                        """);
        Path out = home.resolve("client.out");
        Process process =
                new ProcessBuilder(python, script.toString(), platform.url())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertThat(process.waitFor()).as(Files.readString(out)).isZero();
        assertThat(Files.readString(out)).isEqualTo("tes\nCOMPLETE hi 0\nCANCELED\n1 True\n");
    }

    private static int exit(String... words) throws Exception {
        try {
            return new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (java.io.IOException e) {
            return 127;
        }
    }

    private List<String> ids(String query) throws Exception {
        List<String> ids = new ArrayList<>();
        for (JsonNode task : platform.get(TASKS + query).required("tasks")) {
            ids.add(task.required("id").asString());
        }
        return ids.stream().collect(Collectors.toList());
    }
}
