package org.roadloop.app.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.Role;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.Platform;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.TransparencyLog;
import tools.jackson.databind.json.JsonMapper;

/** The log of a running platform as an auditor with nothing but a token and a key sees it. */
@Tag("slow")
class LogOverHttpTest {
    private static final int ENTRIES = 700;
    @TempDir Path folder;
    private @Nullable Platform platform;
    private @Nullable PlatformContext context;
    private Path auditor = Path.of("");
    private String token = "";
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() throws Exception {
        Part writing =
                new Part() {
                    @Override
                    public String name() {
                        return "writing";
                    }

                    @Override
                    public void start(PlatformContext started) {
                        context = started;
                    }

                    @Override
                    public void close() {}
                };
        platform =
                Platform.start(
                        Home.open(folder.resolve("home")),
                        Config.DEFAULTS.withFreePorts(),
                        List.of(new OperatePart(), writing),
                        Set.of(),
                        "test");
        append(ENTRIES);
        token = context().tokens().create(Role.AUDITOR, "audit", Duration.ofDays(1)).token();
        auditor = folder.resolve("auditor.token");
        Files.writeString(auditor, token + "\n");
    }

    @AfterEach
    void stop() throws Exception {
        if (platform != null) {
            platform.close();
        }
    }

    private PlatformContext context() {
        if (context == null) {
            throw new AssertionError("not started");
        }
        return context;
    }

    private TransparencyLog log() {
        return context().ledger();
    }

    private void append(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(
                    Event.of(
                            "test.happened",
                            Instant.parse("2026-11-22T01:02:03.004Z"),
                            "did:web:a.example",
                            "subject-" + i % 7,
                            JsonMapper.shared().createObjectNode().put("n", i)));
        }
        log().append(events);
    }

    private HttpResponse<byte[]> get(String path, String bearer, String encoding) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(context().publicUrl() + path))
                        .header("Accept-Encoding", encoding);
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    /** tlog-tiles: paths as the specification writes them and no others. */
    @Test
    void tilesHaveTheirPaths() throws Exception {
        String table =
                """
                0/000            200 8192
                0/001            200 8192
                0/002.p/1        200 32
                0/002.p/189      200 6048
                0/002            404
                0/003.p/1        404
                1/000.p/2        200 64
                1/000.p/3        404
                2/000.p/1        404
                0/000.p/256      404
                0/000.p/01       404
                0/0              404
                0/x000/000       404
                00/000           404
                8/000            404
                0/x999/x999/x999/x999/x999/999       404
                entries/x999/x999/x999/x999/x999/999 404
                entries/000      200
                entries/002.p/188 200
                entries/002      404
                """;
        for (String line : table.lines().toList()) {
            String[] words = line.split(" +");
            HttpResponse<byte[]> answer = get("/log/tile/" + words[0], token, "identity");
            assertThat(answer.statusCode()).as(line).isEqualTo(Integer.parseInt(words[1]));
            if (words[1].equals("200")) {
                assertThat(answer.headers().firstValue("Content-Type"))
                        .contains("application/octet-stream");
                assertThat(answer.headers().firstValue("Cache-Control").orElse(""))
                        .contains("immutable")
                        .contains("private");
            }
            if (words.length > 2) {
                assertThat(answer.body()).as(line).hasSize(Integer.parseInt(words[2]));
            }
        }
    }

    @Test
    void entriesAreForAuditorsAndTheCheckpointForAnyone() throws Exception {
        HttpResponse<byte[]> checkpoint = get("/log/checkpoint", "", "identity");
        assertThat(checkpoint.statusCode()).isEqualTo(200);
        assertThat(checkpoint.headers().firstValue("Content-Type").orElse("").replace(" ", ""))
                .isEqualTo("text/plain;charset=utf-8");
        assertThat(checkpoint.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(new String(checkpoint.body(), StandardCharsets.UTF_8))
                .startsWith("roadloop/")
                .contains("\n\n\u2014 roadloop/");
        String regulator =
                context().tokens().create(Role.REGULATOR, "r", Duration.ofDays(1)).token();
        assertThat(get("/log/tile/0/000", regulator, "identity").statusCode()).isEqualTo(200);
        assertThat(get("/log/tile/entries/000", regulator, "identity").statusCode()).isEqualTo(403);
        for (String path : List.of("0/000", "entries/000")) {
            assertThat(get("/log/tile/" + path, "", "identity").statusCode()).isEqualTo(401);
            String consumer =
                    context().tokens().create(Role.CONSUMER, "c", Duration.ofDays(1)).token();
            assertThat(get("/log/tile/" + path, consumer, "identity").statusCode()).isEqualTo(403);
        }
        HttpResponse<byte[]> packed = get("/log/tile/entries/000", token, "gzip");
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(packed.body().length)
                .isLessThan(get("/log/tile/entries/000", token, "identity").body().length / 4);
    }

    private int verify(String... words) {
        StringWriter o = new StringWriter();
        StringWriter e = new StringWriter();
        List<String> all = new ArrayList<>(List.of("verify"));
        all.addAll(List.of(words));
        int code =
                new Cli(
                                "test",
                                List.of(new Verb("verify", "verify a log", VerifyVerb::new)),
                                new PrintWriter(o),
                                new PrintWriter(e))
                        .run(all.toArray(String[]::new));
        out = o.toString();
        err = e.toString();
        return code;
    }

    @Test
    void anAuditorVerifiesALogThatIsBeingWritten() throws Exception {
        String url = context().publicUrl() + "/log";
        String key = log().verifierKey().toString();
        Path kept = folder.resolve("checkpoint");
        Files.writeString(kept, log().checkpoint().note());
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < 30; i++) {
                                        append(50);
                                    }
                                });
        String[] remote = {"--log", url, "--key", key, "--token-file", auditor.toString()};
        for (int i = 0; i < 3; i++) {
            assertThat(verify(with(remote, "--since", kept.toString()))).as(err).isZero();
            assertThat(out)
                    .startsWith("verified: ")
                    .contains(" entries hash to root ")
                    .endsWith("; append-only since 701 entries\n");
            assertThat(out.lines()).as("one line says it").hasSize(1);
        }
        writer.join();
        assertThat(verify(with(remote, "--entry", "300", "--show"))).as(err).isZero();
        assertThat(out.lines().toList().get(0))
                .startsWith("verified: entry 300 is in the log roadloop/");
        assertThat(out.lines().toList().get(1))
                .isEqualTo(new String(log().leaf(300), StandardCharsets.UTF_8));
        assertThat(verify(with(remote, "--from", "1024"))).as(err).isZero();
        assertThat(out).contains("(those before 1024 by their hashes)");
        assertThat(verify("--log", url, "--key", key)).isEqualTo(3);
        assertThat(err).contains("answers 401", "token").doesNotContain(token);
        assertThat(verify(with(remote, "--entry", "999999"))).isEqualTo(2);
        assertThat(err).contains("no entry 999999");
        String stranger = log().verifierKey().toString().replaceFirst("\\+.*", "+00000000+AAAA");
        assertThat(verify("--log", url, "--key", stranger)).isEqualTo(2);
        assertThat(verify(with(remote, "--witness", key))).isEqualTo(2);
        assertThat(err).contains("is the key of a log");
    }

    @Test
    void aHomeInUseIsVerifiedOverItsAddress() throws Exception {
        Path home = folder.resolve("home");
        assertThat(verify("--home", home.toString())).isEqualTo(3);
        String url = context().publicUrl().toString();
        assertThat(err)
                .contains("a platform is writing to " + home)
                .contains("--log " + url + "/log --token-file " + home.resolve("admin.token"));
        assertThat(
                        verify(
                                "--home",
                                home.toString(),
                                "--log",
                                url + "/log",
                                "--token-file",
                                home.resolve("admin.token").toString()))
                .as(err)
                .isZero();
        assertThat(out).startsWith("verified: 701 entries hash to root ");
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
