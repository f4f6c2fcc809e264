package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.Platform;
import org.roadloop.collect.jt808.PositionTable;
import org.roadloop.collect.jt808.SafetyAlarmTable;
import org.roadloop.collect.v2x.ParticipantColumns;
import org.roadloop.collect.v2x.RoadEventColumns;
import org.roadloop.collect.v2x.SignalPhaseColumns;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.plan.PlanReader;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A roadside unit on a whole platform: its day-1 messages to governed tables, its map kept. */
class RoadsideOnPlatformTest {
    private static final Path RECORDED =
            Path.of(System.getProperty("roadloop.root", "."))
                    .resolve("../shared/data/rsu-cn/v2x-samples.txt");

    @TempDir Path folder;

    static Stream<Arguments> tables() {
        return Stream.of(
                Arguments.of(TrackPointTable.NAME, TrackPointTable.SCHEMA),
                Arguments.of(SignalPhaseColumns.NAME, SignalPhaseColumns.SCHEMA),
                Arguments.of(ParticipantColumns.NAME, ParticipantColumns.SCHEMA),
                Arguments.of(RoadEventColumns.NAME, RoadEventColumns.SCHEMA),
                Arguments.of(PositionTable.NAME, PositionTable.SCHEMA),
                Arguments.of(SafetyAlarmTable.NAME, SafetyAlarmTable.SCHEMA));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void thePlansHaveTheColumnsOfTheCollector(String table, Schema schema) {
        Schema planned = PlanReader.standard(table).rawSchema();
        assertThat(planned.names()).isEqualTo(schema.names());
        for (int c = 0; c < schema.size(); c++) {
            Column column = schema.column(c);
            assertThat(planned.column(c).type()).as(column.name()).isEqualTo(column.type());
            if (column.type() != ColumnType.TIMESTAMP_MICROS_UTC) {
                assertThat(planned.column(c).unit()).as(column.name()).isEqualTo(column.unit());
            }
        }
    }

    private Platform start() throws Exception {
        CollectPart collect = new CollectPart();
        return Platform.start(
                Home.open(folder),
                Config.DEFAULTS.withFreePorts(),
                List.of(collect, new GovernPart(collect)),
                Set.of(),
                "test");
    }

    private ApiClient client(Platform platform) throws Exception {
        return new ApiClient(
                platform.url(), Files.readString(folder.resolve("admin.token")).strip());
    }

    @Test
    @Tag("slow")
    void fiveMessagesBecomeGovernedRowsAndTheMapOutlivesTheProcess() throws Exception {
        assumeTrue(Files.exists(RECORDED), "shared/data is missing: " + RECORDED);
        Matcher envelopes =
                Pattern.compile("(?:消息|样例)：([0-9a-f]+)").matcher(Files.readString(RECORDED));
        try (Platform platform = start();
                ApiClient api = client(platform);
                DatagramSocket unit = new DatagramSocket()) {
            assertThatThrownBy(
                            () ->
                                    api.post(
                                            "/api/v1/units",
                                            json("{'units':[{'unit':'short','kind':'roadside'}]}")))
                    .hasMessageContaining("eight printable");
            api.post(
                    "/api/v1/units",
                    json("{'units':[{'unit':'u_id_123','kind':'roadside','lineage':'replay'}]}"));
            int sent = 0;
            while (envelopes.find()) {
                byte[] envelope = HexFormat.of().parseHex(envelopes.group(1));
                unit.send(
                        new DatagramPacket(
                                envelope,
                                envelope.length,
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(),
                                        api.get("/api/v1/collect").at("/ports/udp").asInt())));
                sent++;
            }
            assertThat(sent).isEqualTo(5);
            awaitRows(api, "{road_event=1, road_participant=1, signal_phase=24, track_point=2}");
            JsonNode status = api.get("/api/v1/collect");
            assertThat(status.path("unitsRegistered").asInt()).isEqualTo(1);
            assertThat(status.path("junctionsMapped").asInt()).isEqualTo(1);
        }
        try (Platform platform = start();
                ApiClient api = client(platform)) {
            JsonNode status = api.get("/api/v1/collect");
            assertThat(status.path("unitsRegistered").asInt()).isEqualTo(1);
            assertThat(status.path("junctionsMapped").asInt()).isEqualTo(1);
            awaitRows(api, "{road_event=1, road_participant=1, signal_phase=24, track_point=2}");
        }
    }

    private static void awaitRows(ApiClient api, String expected) throws Exception {
        Instant end = Instant.now().plus(Duration.ofMinutes(2));
        TreeMap<String, Long> rows = new TreeMap<>();
        while (!rows.toString().equals(expected)) {
            assertThat(Instant.now()).as("rows are %s", rows).isBefore(end);
            Thread.sleep(50);
            rows.clear();
            for (JsonNode table : api.get("/api/v1/tables").path("items").values()) {
                if (table.path("rows").asLong() > 0) {
                    rows.put(table.path("name").asString(""), table.path("rows").asLong());
                }
            }
        }
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
