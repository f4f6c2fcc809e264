package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.Main;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.compute.site.Sandbox;
import tools.jackson.databind.JsonNode;

/** A platform and the agent of one of its sites, each a process, as their operators start them. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class AgentVerbTest {
    private static final String TOKEN = "the-token-of-the-park-0123456789";

    @TempDir Path folder;

    private static Process start(List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(words);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void secret(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, TOKEN);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    @Tag("slow")
    void aTaskRunsAtTheSiteOfAnAgent() throws Exception {
        assumeTrue(
                Sandbox.strongest().kind().equals("bubblewrap"),
                "bubblewrap is missing: no task runs");
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(
                home.resolve("roadloop.yaml"),
                """
                collect: {platformPort: 0, terminalPort: 0, jt808Port: 0, udpPort: 0}
                compute:
                  sites:
                    - {name: park, kind: agent, slots: 2, trust: 2, agent: {tokenSecret: park-agent}}
                """);
        secret(home.resolve("secrets/park-agent"));
        Process platform = start(List.of("up", "--home", home.toString(), "--port", "0"));
        Process agent = null;
        try {
            assertThat(platform.inputReader().readLine()).contains(" is up at http://localhost:");
            var server = Home.findServer(home).orElseThrow();
            secret(folder.resolve("park.token"));
            Path config = folder.resolve("agent.yaml");
            Files.writeString(
                    config,
                    "platform: %s\nsite: park\ntoken: park.token\nhome: agent\n"
                            .formatted(server.url()));
            agent = start(List.of("agent", "--config", config.toString()));
            assertThat(agent.inputReader().readLine()).startsWith("agent of site park for http://");
            String operator = Files.readString(home.resolve("admin.token")).strip();
            try (ApiClient api = new ApiClient(server.url(), operator)) {
                JsonNode task =
                        api.post(
                                "/ga4gh/tes/v1/tasks",
                                Json.mapper()
                                        .readTree(
                                                """
                                                {"inputs":[{"path":"/in/a.txt","content":"a\\nb\\n"}],
                                                 "outputs":[{"path":"/out/n.txt"}],
                                                 "executors":[{"image":"alpine","command":["sh","-c",
                                                  "wc -l < /in/a.txt > /out/n.txt"]}]}"""));
                String id = task.required("id").asString();
                JsonNode shown = await(api, id);
                assertThat(shown.path("state").asString())
                        .as(shown.toPrettyString())
                        .isEqualTo("COMPLETE");
                assertThat(shown.at("/logs/0/metadata").toString()).contains("park");
                try (var out = api.stream("/api/v1/tasks/" + id + "/outputs/n.txt")) {
                    assertThat(
                                    new String(
                                            out.readAllBytes(),
                                            java.nio.charset.StandardCharsets.UTF_8))
                            .isEqualTo("2\n");
                }
                JsonNode offer = api.get("/api/v1/offers").required("items").get(0);
                assertThat(offer.path("trust").asInt()).isEqualTo(2);
                assertThat(offer.path("sandbox").asString()).isEqualTo("bubblewrap");
                assertThat(api.get("/api/v1/openapi.json").required("paths").toString())
                        .contains("/api/v1/agents/{site}/calls");
            }
            agent.destroy();
            assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
            platform.destroy();
            assertThat(platform.waitFor(60, TimeUnit.SECONDS))
                    .as("a waiting request does not hold the platform")
                    .isTrue();
        } finally {
            platform.destroyForcibly();
            if (agent != null) {
                agent.destroyForcibly();
            }
        }
    }

    private static JsonNode await(ApiClient api, String id) throws Exception {
        JsonNode task = Json.mapper().createObjectNode();
        for (long end = System.nanoTime() + 120_000_000_000L; System.nanoTime() < end; ) {
            task = api.get("/ga4gh/tes/v1/tasks/" + id + "?view=FULL");
            if (List.of("COMPLETE", "EXECUTOR_ERROR", "SYSTEM_ERROR", "CANCELED")
                    .contains(task.path("state").asString())) {
                return task;
            }
            Thread.sleep(100);
        }
        return task;
    }

    @Test
    void aFaultyFileIsToldWithEveryFault() throws Exception {
        Path config = folder.resolve("agent.yaml");
        Files.writeString(config, "platform: http://192.0.2.1\nsit: park\nslots: 0\nhome: h\n");
        assertThat(told(2, config))
                .contains(
                        "agent.yaml:2: sit is not a key; did you mean 'site'?",
                        "agent.yaml:3: slots is '0'",
                        "token is missing");
        Files.writeString(
                config,
                "platform: http://192.0.2.1\nsite: park\ntoken: t\nhome: h\nallowPlainProcess: true\n");
        assertThat(told(2, config)).contains("is plain http to another machine");
        Files.writeString(
                config,
                "platform: http://127.0.0.1:1\nsite: park\ntoken: t\nhome: h\nallowPlainProcess: true\n");
        assertThat(told(3, config)).contains("token file", "is missing");
        assertThat(told(2, folder.resolve("none.yaml"))).contains("no file");
    }

    private static String told(int code, Path config) {
        StringWriter err = new StringWriter();
        List<Verb> verbs = List.of(new Verb("agent", "serve", AgentVerb::new));
        assertThat(
                        new Cli(
                                        "test",
                                        verbs,
                                        new PrintWriter(new StringWriter()),
                                        new PrintWriter(err))
                                .run("agent", "--config", config.toString()))
                .as(err.toString())
                .isEqualTo(code);
        return err.toString();
    }
}
