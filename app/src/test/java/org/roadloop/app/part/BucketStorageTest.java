package org.roadloop.app.part;

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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.task.InputResolver;
import org.roadloop.compute.task.TaskRequest;
import org.roadloop.compute.task.UnfitTaskException;
import org.roadloop.core.S3Proxy;
import org.roadloop.govern.lake.ObjectStore;

/** Objects of a real S3 server as the files of tasks. */
@Tag("slow")
class BucketStorageTest {
    @TempDir Path home;
    private S3Proxy s3;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                S3Proxy.resolved(),
                "S3Proxy can't be resolved by Maven here: no task is tested with S3");
        s3 = S3Proxy.start(home);
    }

    @AfterEach
    void stop() throws Exception {
        if (s3 != null) {
            s3.close();
        }
    }

    private static BucketStorage bucket(URI endpoint) {
        return new BucketStorage(
                new ObjectStore.Place(
                        Optional.of(endpoint),
                        "town",
                        "us-east-1",
                        S3Proxy.ID,
                        S3Proxy.KEY,
                        "compute.buckets"),
                "local");
    }

    private BucketStorage town() {
        return bucket(s3.endpoint());
    }

    /** By another one, so that what is known of it was read. */
    private void write(String key, String text) throws IOException {
        Path file = Files.writeString(home.resolve("written"), text);
        try (BucketStorage another = town()) {
            another.put(file, sha256(text), "s3://town/" + key);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatWasWrittenHereIsKnown() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "a\n");
        String url = "s3://town/a";
        try (BucketStorage bucket = town()) {
            bucket.put(file, sha256("a\n"), url);
            assertThat(bucket.locate(url, TaskRequest.FileType.FILE).parts())
                    .containsExactly(new InputResolver.Part("a", 2, sha256("a\n")));
            assertThatThrownBy(() -> bucket.put(file, sha256("a\n"), "s3://town/"))
                    .isInstanceOf(UnfitTaskException.class)
                    .hasMessageContaining("names no object");
            assertThatThrownBy(() -> bucket.locate("s3://town/b", TaskRequest.FileType.UNSAID))
                    .isInstanceOf(UnfitTaskException.class)
                    .hasMessageContaining("s3://town/b is not there");
            assertThat(bucket.takes("s3://townhall/a")).isFalse();
        }
    }

    @Test
    void aFolderIsKnownOnceItWasRead() throws Exception {
        write("in/more/b.txt", "b\n");
        write("in/more/deep/c.txt", "c\n");
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
                bucket(URI.create("http://127.0.0.1:" + hostile.getAddress().getPort()))) {
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
