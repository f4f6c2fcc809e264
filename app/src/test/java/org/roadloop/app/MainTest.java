package org.roadloop.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;

/** The verbs of an operator's day, against a platform in a process of its own. */
class MainTest {
    @TempDir Path folder;
    private String out = "";
    private String err = "";

    private int run(String... args) {
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        int code =
                new Cli(
                                Main.version(),
                                Main.verbs(),
                                new PrintWriter(outText),
                                new PrintWriter(errText))
                        .run(args);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private static Process up(Path home) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED"));
        Files.createDirectories(home);
        Files.writeString(
                home.resolve("roadloop.yaml"),
                "collect: {platformPort: 0, terminalPort: 0, jt808Port: 0, udpPort: 0}\n");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "up", "--home", home.toString()));
        command.addAll(List.of("--port", "0"));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** By address and token, as from another machine. */
    private void fromElsewhere(String url, Path home) throws IOException {
        String nowhere = "--home=" + folder.resolve("nowhere");
        Path token = Files.copy(home.resolve("admin.token"), folder.resolve("a-token"));
        assertThat(
                        run(
                                "token",
                                "list",
                                nowhere,
                                "--server",
                                url + "/",
                                "--token-file",
                                token.toString()))
                .isZero();
        assertThat(out).contains("auditor");
        assertThat(run("token", "list", h(home), "--server", url)).as("of the home").isZero();
        assertThat(run("token", "list", nowhere, "--server", url)).isEqualTo(3);
        assertThat(err).contains("no token can be read from", "--token-file");
        assertThat(run("token", "list", nowhere, "--token-file", token.toString())).isEqualTo(2);
        assertThat(err).contains("--token-file goes with --server");
        assertThat(run("token", "list", h(home), "--server", "http://192.0.2.1:80")).isEqualTo(2);
        assertThat(err).contains("plain http to another machine");
        assertThat(run("token", "list", h(home), "--server", "https://192.0.2.1")).isEqualTo(2);
        assertThat(err).contains("needs --token-file");
        assertThat(run("token", "list", h(home), "--server", "platform")).isEqualTo(2);
        assertThat(err).contains("is no address");
    }

    private static String h(Path home) {
        return "--home=" + home;
    }

    @Test
    @Tag("slow")
    void anOperatorsDay() throws Exception {
        Path home = folder.resolve("home");
        String h = h(home);
        Process platform = up(home);
        try (BufferedReader lines = platform.inputReader()) {
            assertThat(lines.readLine()).contains(" is up at http://localhost:");
            assertThat(lines.readLine()).startsWith("operator's token, shown only this once: rl_");

            assertThat(run("up", h)).isEqualTo(3);
            assertThat(err).contains("is in use by process " + platform.pid());

            assertThat(run("token", "create", h, "--role", "auditor", "--note", "day")).isZero();
            String token = out.strip();
            assertThat(token).startsWith("rl_");
            assertThat(run("token", "list", h)).isZero();
            assertThat(out).contains("auditor", "day").doesNotContain(token);
            fromElsewhere(Home.findServer(home).orElseThrow().url().toString(), home);
            Path proof = folder.resolve("entry0.tlog-proof");
            try (ApiClient auditor =
                            new ApiClient(Home.findServer(home).orElseThrow().url(), token);
                    var in = auditor.stream("/api/v1/ledger/entries/0/proof")) {
                Files.write(proof, in.readAllBytes());
                assertThat(auditor.get("/api/v1/ledger/entries").toString())
                        .contains("access.token-created")
                        .doesNotContain(token);
            }
            assertThat(run("token", "create", h, "--role", "audtor")).isEqualTo(2);

            assertThat(run("keys", "list", h)).isZero();
            assertThat(out).contains("ledger").contains("participant");
            assertThat(run("keys", "rotate", h, "ledger")).isZero();
            assertThat(out).contains("epoch 2");
            assertThat(run("keys", "rotate", h, "nothing")).isEqualTo(1);
            assertThat(run("keys", "export-public", h)).isZero();
            assertThat(Json.mapper().readTree(out).get("keys").size())
                    .as("ledger of two epochs, participant, witness")
                    .isEqualTo(4);

            assertThat(run("verify", h)).isEqualTo(3);
            Path archive = folder.resolve("backup.zip");
            assertThat(run("backup", h, archive.toString())).as(err).isZero();
            assertThat(out).contains("every hash verified");

            platform.destroy();
            assertThat(platform.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(platform.exitValue()).as("SIGTERM is an orderly end").isZero();

            assertThat(run("verify", h)).as(err).isZero();
            assertThat(out).startsWith("verified: 2 entries");
            assertThat(run("verify", h, proof.toString())).isZero();
            assertThat(out).startsWith("verified: entry 0 is in the log roadloop/");
            assertThat(run("token", "list", h)).isEqualTo(3);
            assertThat(err).contains("start it with 'roadloop up'");

            Path restored = folder.resolve("restored");
            assertThat(run("restore", "--home=" + restored, archive.toString())).as(err).isZero();
            assertThat(out).contains("verified: 2 entries");
            Path bundle = restored.resolve("ledger/tile/entries/000.p/2");
            byte[] bytes = Files.readAllBytes(bundle);
            bytes[30] ^= 1;
            Files.write(bundle, bytes);
            assertThat(run("verify", restored.toString())).isEqualTo(1);
            assertThat(err).startsWith("NOT verified: tile/entries/000.p/2 byte 0 (entry 0)");
        } finally {
            platform.destroyForcibly();
        }
    }

    @Test
    void everyVerbExplainsItself() {
        for (Verb verb : Main.verbs()) {
            assertThat(run(verb.name(), "--help")).as(verb.name()).isZero();
            assertThat(out).startsWith("Usage: roadloop " + verb.name());
            assertThat(err).isEmpty();
        }
        assertThat(run("doctro")).isEqualTo(2);
        assertThat(err).contains("did you mean 'roadloop doctor'?");
        assertThat(run("keys")).isEqualTo(2);
        assertThat(run("keys", "lsit")).isEqualTo(2);
        assertThat(err).contains("did you mean 'list'?");
    }

    @Test
    void configCheckNamesFaultsAndSetsTheExitCode() throws Exception {
        Path file = folder.resolve("roadloop.yaml");
        assertThat(run("config", "check", file.toString())).isEqualTo(3);
        assertThat(run("config", "show-default")).isZero();
        Files.writeString(file, out);
        assertThat(run("config", "check", file.toString())).isZero();
        Files.writeString(file, "http:\n  prot: 1\n");
        assertThat(run("config", "check", file.toString())).isEqualTo(2);
        assertThat(err).contains("roadloop.yaml:2: http.prot is not a key; did you mean 'port'?");
        assertThat(run("up", "--home=" + folder)).isEqualTo(2);
        assertThat(err).contains("did you mean 'port'?");
    }

    @Test
    void doctorSpeaksJson() throws Exception {
        Files.writeString(
                folder.resolve("roadloop.yaml"),
                "http: {port: 0}\ncollect: {platformPort: 0, terminalPort: 0, jt808Port: 0, udpPort: 0}\n");
        int code = run("doctor", "--json", "--home=" + folder);
        var report = Json.mapper().readTree(out);
        assertThat(code).isEqualTo(report.get("fit").asBoolean() ? 0 : 1);
        assertThat(report.get("checks").size()).isGreaterThan(9);
    }
}
