package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.Site;
import org.roadloop.core.S3Proxy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The owner's tasks and a bucket of a real S3 server. */
@Tag("slow")
class BucketStorageTest {
    private static final long SEED = 20_261_123;

    private static final String TASK =
            """
            {"name": "sum",
             "inputs": [{"url": "s3://town/in/a.txt", "path": "/in/a.txt", "type": "FILE"},
                        {"url": "s3://town/in/more", "path": "/in/more", "type": "DIRECTORY"}],
             "outputs": [{"url": "s3://%s/out/sum.txt", "path": "/out/sum.txt", "type": "FILE"},
                         {"url": "s3://town/out/parts", "path": "/out/parts", "type": "DIRECTORY"}],
             "executors": [{"image": "alpine", "command": ["sh", "-c",
                "cat /in/a.txt /in/more/b.txt /in/more/deep/c.txt > /out/sum.txt; mkdir -p /out/parts/x; echo 1 > /out/parts/x/1.txt"]}]}""";

    @TempDir Path home;
    private S3Proxy s3;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                S3Proxy.resolved(),
                "S3Proxy can't be resolved by Maven here: no task is tested with S3");
        s3 = S3Proxy.start(home);
        write("in/a.txt", "a\n");
        write("in/more/b.txt", "b\n");
        write("in/more/deep/c.txt", "c\n");
    }

    @AfterEach
    void stop() throws Exception {
        if (s3 != null) {
            s3.close();
        }
    }

    private void write(String key, String text) throws IOException {
        Path file = Files.writeString(home.resolve("written"), text);
        try (BucketStorage another = town()) {
            another.put(file, OutputRelease.sha256(file), "s3://town/" + key);
        }
    }

    private String read(String key) throws IOException {
        return Files.readString(s3.bucket().resolve(key));
    }

    private BucketStorage.Settings settings(String bucket, String key) {
        return new BucketStorage.Settings(
                bucket, Optional.of(s3.endpoint()), "us-east-1", S3Proxy.ID, key, "local");
    }

    private BucketStorage town() {
        return new BucketStorage(settings("town", S3Proxy.KEY), 5 << 20);
    }

    private TaskPlatform platform(BucketStorage... buckets) throws Exception {
        assumeTrue(
                Sandbox.strongest().kind().equals("bubblewrap"),
                "bubblewrap is missing: no task runs");
        return new TaskPlatform(
                home,
                new Gate(),
                new TaskPlatform.Parts() {
                    @Override
                    public List<Site> sites(Path at) throws Exception {
                        return List.of(TaskPlatform.site(at, "local", Sandbox.strongest()));
                    }

                    @Override
                    public List<BucketStorage> buckets() {
                        return List.of(buckets);
                    }
                });
    }

    @Test
    void aTaskReadsAndWritesObjects() throws Exception {
        try (TaskPlatform platform = platform(town())) {
            JsonNode first = platform.await(platform.create(TASK.formatted("town")));
            assertThat(first.required("state").asString())
                    .as(first.toPrettyString())
                    .isEqualTo("COMPLETE");
            assertThat(read("out/sum.txt")).isEqualTo("a\nb\nc\n");
            assertThat(read("out/parts/x/1.txt")).isEqualTo("1\n");
            assertThat(first.at("/logs/0/outputs").findValuesAsString("url"))
                    .containsExactly("s3://town/out/sum.txt", "s3://town/out/parts/x/1.txt");
            assertThat(platform.get("/ga4gh/tes/v1/service-info").required("storage").toString())
                    .contains("s3://town");

            // known by its content: the site has it, and it is not fetched again
            JsonNode again = platform.await(platform.create(TASK.formatted("town")));
            assertThat(again.at("/logs/0/system_logs").toString())
                    .contains("0 bytes moved, the site had it")
                    .doesNotContain("from local");
            write("in/a.txt", "A!\n");
            platform.await(platform.create(TASK.formatted("town")));
            assertThat(read("out/sum.txt")).as("changed, and replaced").isEqualTo("A!\nb\nc\n");

            String missing = TASK.formatted("town").replace("a.txt\", \"path", "z.txt\", \"path");
            assertThat(platform.await(platform.create(missing)).toString())
                    .contains("SYSTEM_ERROR")
                    .contains("s3://town/in/z.txt is not there");
            assertThat(platform.await(platform.create(TASK.formatted("city"))).toString())
                    .contains("no such storage here")
                    .contains("s3://town");
        }
    }

    /** What was computed is not lost because nobody takes it. */
    @Test
    void anOutputThatTheBucketDoesNotTakeIsKeptHere() throws Exception {
        Files.createDirectories(home.resolve("s3/shut"));
        try (TaskPlatform platform =
                platform(town(), new BucketStorage(settings("shut", "not-the-key")))) {
            String id = platform.create(TASK.formatted("shut"));
            JsonNode task = platform.await(id);
            assertThat(task.required("state").asString()).isEqualTo("SYSTEM_ERROR");
            assertThat(task.toString())
                    .contains("can't be written to s3://shut/out/sum.txt and is kept here")
                    .contains("403")
                    .doesNotContain("not-the-key");
            String url = task.at("/logs/0/outputs/0/url").asString();
            assertThat(url).endsWith(id + "/outputs/sum.txt");
            assertThat(platform.output(id, "sum.txt")).isEqualTo("a\nb\nc");
            assertThat(read("out/parts/x/1.txt")).as("the others go").isEqualTo("1\n");
            s3.kill();
            assertThatThrownBy(
                            () ->
                                    platform.service
                                            .market()
                                            .quotes(
                                                    JsonMapper.shared()
                                                            .readTree(TASK.formatted("town"))))
                    .isInstanceOf(TaskRefusedException.class)
                    .hasMessageContaining("s3://town/in/a.txt can't be looked at")
                    .hasMessageContaining(s3.endpoint() + " can't be reached")
                    .hasMessageNotContaining(S3Proxy.KEY);
            String waits = platform.create(TASK.formatted("town"));
            platform.awaitState(waits, TaskState.INITIALIZING);
            s3.restart();
            assertThat(platform.await(waits).required("state").asString())
                    .as("it waited for the bucket")
                    .isEqualTo("COMPLETE");
        }
    }

    @Test
    void largeFilesGoInPartsAndAreKnownOnceWritten() throws Exception {
        System.out.println("seed " + SEED);
        byte[] bytes = new byte[12 << 20];
        new Random(SEED).nextBytes(bytes);
        Path file = Files.write(home.resolve("large"), bytes);
        String sha256 = OutputRelease.sha256(file);
        try (BucketStorage bucket = town()) {
            String url = "s3://town/large";
            bucket.put(file, sha256, url);
            assertThat(bucket.locate(url, TaskRequest.FileType.FILE).parts())
                    .containsExactly(new InputResolver.Part("large", bytes.length, sha256));
            List<InputResolver.Content> read =
                    bucket.resolve(url, TaskRequest.FileType.UNSAID, home.resolve("fetched"));
            assertThat(read).hasSize(1);
            assertThat(read.getFirst().sha256()).isEqualTo(sha256);
            assertThat(Files.readAllBytes(read.getFirst().file())).isEqualTo(bytes);
            assertThatThrownBy(() -> bucket.put(file, sha256, "s3://town/"))
                    .hasMessageContaining("names no object");
            assertThat(bucket.takes("s3://townhall/large")).isFalse();
        }
    }

    @Test
    void aFolderIsKnownOnceItWasRead() throws Exception {
        try (BucketStorage bucket = town()) {
            String url = "s3://town/in/more";
            TaskRequest.FileType folder = TaskRequest.FileType.DIRECTORY;
            assertThat(bucket.locate(url, folder))
                    .isEqualTo(InputResolver.Located.unread("local", 4));
            List<InputResolver.Content> read = bucket.resolve(url, folder, home.resolve("fetched"));
            assertThat(read)
                    .extracting(InputResolver.Content::name)
                    .containsExactly("b.txt", "deep/c.txt");
            assertThat(bucket.locate(url, folder).parts())
                    .extracting(InputResolver.Part::sha256)
                    .containsExactlyElementsOf(
                            read.stream().map(InputResolver.Content::sha256).toList());
            write("in/more/deep/c.txt", "d\n");
            assertThat(bucket.locate(url, folder))
                    .as("another text of the same length")
                    .isEqualTo(InputResolver.Located.unread("local", 4));
            Files.writeString(s3.bucket().resolve("in/tagless"), "e");
            assertThat(
                            bucket.resolve(
                                    "s3://town/in/tagless",
                                    TaskRequest.FileType.FILE,
                                    home.resolve("f")))
                    .hasSize(1);
            assertThat(bucket.locate("s3://town/in/tagless", TaskRequest.FileType.FILE))
                    .as("without an entity tag nobody knows whether it changed")
                    .isEqualTo(InputResolver.Located.unread("local", 1));
        }
    }

    /** A key may be any text; a path of a task may not. */
    @Test
    void aKeyThatLeadsOutOfItsFolderIsRefused() throws Exception {
        HttpServer hostile = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        hostile.createContext(
                "/",
                exchange -> {
                    byte[] answer =
                            """
                            <?xml version="1.0" encoding="UTF-8"?>
                            <ListBucketResult><Name>town</Name><IsTruncated>false</IsTruncated>
                            <Contents><Key>in/../../../etc/passwd</Key><Size>3</Size>
                            <ETag>"x"</ETag></Contents></ListBucketResult>"""
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/xml");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        hostile.start();
        try (BucketStorage bucket =
                new BucketStorage(
                        new BucketStorage.Settings(
                                "town",
                                Optional.of(
                                        URI.create(
                                                "http://127.0.0.1:"
                                                        + hostile.getAddress().getPort())),
                                "us-east-1",
                                S3Proxy.ID,
                                S3Proxy.KEY,
                                "local"))) {
            assertThatThrownBy(
                            () ->
                                    bucket.resolve(
                                            "s3://town/in/",
                                            TaskRequest.FileType.DIRECTORY,
                                            home.resolve("fetched")))
                    .isInstanceOf(UnfitTaskException.class)
                    .hasMessageContaining("has an object whose key is no path");
        } finally {
            hostile.stop(0);
        }
    }
}
