package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.Main;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.collect.gateway.kafka.KafkaBroker;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionMessage;

/** kill −9 of a platform whose frame log is in Kafka: each answered position is one row. */
@Tag("slow")
class FrameLogInKafkaTest {
    private static final String PHONE = "13912345678";
    private static final Pattern URL = Pattern.compile("http://localhost:\\d+");
    private static final int KILLS = 2;
    private static final int POSITIONS = 120;

    @TempDir Path folder;
    private Process process;
    private ApiClient api;

    @Test
    void everyAnsweredPositionIsOneRowThoughThePlatformIsKilled() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path home = Files.createDirectories(folder.resolve("home"));
        try (KafkaBroker broker = new KafkaBroker(folder.resolve("broker"))) {
            broker.createTopic("frames", 1, Map.of());
            Files.writeString(
                    home.resolve("roadloop.yaml"),
                    """
                    govern: {commitSeconds: 1}
                    collect:
                      platformPort: 0
                      terminalPort: 0
                      jt808Port: 0
                      udpPort: 0
                      log: {kind: kafka, servers: '%s', topic: frames, replicas: 1}
                    """
                            .formatted(broker.servers()));
            String token;
            try (Home made = Home.open(home)) {
                token = made.adminToken();
            }
            try {
                up(home, token);
                api.post(
                        "/api/v1/terminals",
                        TerminalsOnPlatformTest.json(
                                "{'terminals':[{'terminal':'0"
                                        + PHONE
                                        + "','lineage':'simulated'}]}"));
                int answered = 0;
                for (int kill = 0; kill < KILLS; kill++) {
                    int until = answered + 20 + random.nextInt(20);
                    // The last one is not waited for: it may be stored without an answer.
                    answered = report(answered, until);
                    process.destroyForcibly().waitFor();
                    up(home, token);
                }
                report(answered, POSITIONS);
                TerminalsOnPlatformTest.await(
                        () -> TerminalsOnPlatformTest.rows(api, "positions") >= POSITIONS);
                assertThat(TerminalsOnPlatformTest.rows(api, "positions")).isEqualTo(POSITIONS);
                assertThat(home.resolve("framelog").resolve("kafka.id")).exists();
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** Sends positions until one short of the end is answered; returns how many are. */
    private int report(int from, int until) throws IOException {
        int port = api.get("/api/v1/collect").at("/ports/jt808").asInt();
        try (TestTerminal terminal = new TestTerminal(port, PHONE)) {
            terminal.register();
            for (int i = from; i < until; i++) {
                terminal.send(new PositionMessage.PositionReport(position(i)));
                if (i + 1 == until && until < POSITIONS) {
                    return i;
                }
                assertThat(HexFormat.of().formatHex(terminal.receive())).contains("020000");
            }
        }
        return until;
    }

    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(POSITIONS);

    private static Position position(int second) {
        String at = START.plusSeconds(second).toString();
        return new Position(0, 3, 31.24, 121.51, 12, 36, 90, at, List.of(), null);
    }

    private void up(Path home, String token) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "up", "--home", home.toString()));
        command.addAll(List.of("--port", "0", "--only", "operate,collect,govern"));
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher url = URL.matcher(line);
            if (url.find()) {
                api = new ApiClient(URI.create(url.group()), token);
                return;
            }
        }
        throw new IOException("the platform ended before it was up");
    }
}
