package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.Platform;
import org.roadloop.collect.jt808.AddOn;
import org.roadloop.collect.jt808.AlarmMark;
import org.roadloop.collect.jt808.AlarmPlace;
import org.roadloop.collect.jt808.Bytes;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.core.identity.Keystore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JT/T 808 terminal on a whole platform: to the governed table, and a command to it. */
@Tag("slow")
class TerminalsOnPlatformTest {
    private static final String VIN = "LTEST000000000001";
    private static final String PHONE = "13912345678";

    @TempDir Path folder;

    @Test
    void positionsAreGovernedAndCommandsLeaveEvidenceWithoutThePhone() throws Exception {
        Home home = Home.open(folder);
        String token = home.adminToken();
        CollectPart collect = new CollectPart();
        List<Part> parts = List.of(collect, new GovernPart(collect));
        try (Platform platform =
                Platform.start(home, Config.DEFAULTS.withFreePorts(), parts, Set.of(), "test")) {
            ApiClient api = new ApiClient(platform.url(), token);
            assertThatThrownBy(() -> api.post("/api/v1/terminals", json("{'terminals':[{}]}")))
                    .isInstanceOf(ApiClient.Refused.class);
            String id =
                    api.post(
                                    "/api/v1/terminals",
                                    json(
                                            "{'terminals':[{'terminal':'0"
                                                    + PHONE
                                                    + "','lineage':'simulated'}]}"))
                            .required("ids")
                            .get(0)
                            .asString();
            assertThat(id).startsWith("vehicle:").doesNotContain(PHONE);
            String commands = "/api/v1/vehicles/" + id + "/commands";
            api.post("/api/v1/vehicles", json("{'vehicles':[{'vin':'" + VIN + "'}]}"));
            String car =
                    "/api/v1/vehicles/"
                            + new VehicleSubjects(Keystore.open(folder.resolve("keys"))).of(VIN)
                            + "/commands";
            String asked =
                    api.post(car, json("{'command':'parameters','ids':[9]}"))
                            .required("id")
                            .asString();
            await(() -> state(api, car, asked).equals("not-connected"));
            assertThatThrownBy(() -> api.post(car, json("{'command':'position'}")))
                    .isInstanceOf(ApiClient.Refused.class);
            assertThat(ended(api, commands)).isEqualTo("not-connected");

            int port = api.get("/api/v1/collect").at("/ports/jt808").asInt();
            try (TestTerminal terminal = new TestTerminal(port, PHONE)) {
                terminal.register();
                terminal.send(new PositionMessage.PositionReport(position(0, smoking())));
                assertThat(HexFormat.of().formatHex(terminal.receive())).contains("020000");

                String command =
                        api.post(commands, json("{'command':'position'}"))
                                .required("id")
                                .asString();
                byte[] query = terminal.receive();
                assertThat(HexFormat.of().formatHex(query)).startsWith("7e82010000");
                int serialAsked = (query[11] & 0xFF) << 8 | query[12] & 0xFF;
                terminal.send(new PositionMessage.PositionAnswer(serialAsked, position(1)));
                await(() -> state(api, commands, command).equals("done"));
            }
            await(() -> rows(api, "positions") == 2);
            await(() -> rows(api, "safety_alarms") == 1);
            assertThatThrownBy(() -> api.post(commands, json("{'command':'explode'}")))
                    .isInstanceOf(ApiClient.Refused.class)
                    .hasMessageContaining("set-parameters");
        }
        String ledger = allOf(folder.resolve("ledger"));
        assertThat(ledger)
                .contains("vehicle.command-ordered", "vehicle.command-ended", "not-connected")
                .doesNotContain(PHONE, VIN);
    }

    static long rows(ApiClient api, String of) throws Exception {
        for (JsonNode table : api.get("/api/v1/tables").path("items").values()) {
            if (table.path("name").asString("").equals(of)) {
                return table.path("rows").asLong();
            }
        }
        return 0;
    }

    private static String ended(ApiClient api, String commands) throws Exception {
        String id = api.post(commands, json("{'command':'position'}")).required("id").asString();
        await(() -> !state(api, commands, id).equals("sent"));
        return state(api, commands, id);
    }

    private static String state(ApiClient api, String commands, String id) throws Exception {
        return api.get(commands + "/" + id).required("state").asString();
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(Condition condition) throws Exception {
        Instant end = Instant.now().plus(Duration.ofMinutes(2));
        while (!condition.holds()) {
            assertThat(Instant.now()).as("time is up").isBefore(end);
            Thread.sleep(50);
        }
    }

    private static Position position(int ageSeconds, AddOn... alarms) {
        Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(10 - ageSeconds);
        return new Position(0, 3, 31.24, 121.51, 12, 36, 90, at.toString(), List.of(alarms), null);
    }

    private static AddOn smoking() {
        AlarmMark mark = new AlarmMark("T1", "2026-11-22T07:00:00Z", 1, 0, 0);
        AlarmPlace place = new AlarmPlace(36, 12, 31.24, 121.51, "2026-11-22T07:00:00Z", 0, mark);
        return new AddOn.DriverStateAlarm(7, 1, 3, 1, 0, Bytes.copyOf(new byte[4], 0, 4), place);
    }

    static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static String allOf(Path directory) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }
}
