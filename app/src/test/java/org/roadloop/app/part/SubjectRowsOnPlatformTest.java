package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.roadloop.collect.gb32960.text.Gb32960Text;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.Pseudonym;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A vehicle's rows from the gateway to the tables, and out of all of them for good. */
@Tag("slow")
class SubjectRowsOnPlatformTest {
    private static final String VIN = "LTEST000000000001";
    private static final String OTHER = "LTEST000000000002";
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final JsonNode BECAUSE =
            json("{'reason':'consent withdrawn','legalBasis':'PIPL art. 47 (1) 3'}");

    @TempDir Path folder;
    private GovernPart govern = new GovernPart(new CollectPart());

    private interface Run {
        void with(ApiClient api) throws Exception;
    }

    private void onPlatform(Run run) throws Exception {
        Home home = Home.open(folder);
        CollectPart collect = new CollectPart();
        govern = new GovernPart(collect);
        List<Part> parts = List.of(collect, new SubjectPart(collect, govern), govern);
        Path file = folder.resolve("roadloop.yaml");
        Files.writeString(file, "govern: {commitSeconds: 1}");
        Config config = Config.load(file);
        try (Platform platform =
                        Platform.start(home, config.withFreePorts(), parts, Set.of(), "test");
                ApiClient api = new ApiClient(platform.url(), home.adminToken())) {
            run.with(api);
        }
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static void register(ApiClient api, String... vins) throws IOException {
        for (String vin : vins) {
            api.post("/api/v1/vehicles", json("{'vehicles':[{'vin':'" + vin + "'}]}"));
        }
    }

    private static void report(ApiClient api, String vin, int second) throws IOException {
        String text =
                "{'message':'RealTimeReport','edition':2016,'id':'%s','collectedAt':'%s','units':[{'unit':'Position','positionValid':true,'longitudeDegrees':121.5,'latitudeDegrees':31.2}]}"
                        .formatted(vin, NOW.plusSeconds(second));
        byte[] frame = new Gb32960Text().encode((ObjectNode) json(text));
        JsonNode answer =
                api.post("/api/v1/frames?protocol=gb32960", "application/octet-stream", frame);
        assertThat(answer.required("accepted").asInt()).isEqualTo(1);
    }

    private static void awaitRows(ApiClient api, long rows) throws Exception {
        Instant end = Instant.now().plus(Duration.ofMinutes(2));
        while (rows(api) != rows) {
            assertThat(Instant.now()).as("rows are %d", rows(api)).isBefore(end);
            Thread.sleep(50);
        }
    }

    private static long rows(ApiClient api) throws Exception {
        for (JsonNode each : api.get("/api/v1/tables").path("items").values()) {
            if (each.path("name").asString("").equals("vehicle_report")) {
                return each.path("rows").asLong();
            }
        }
        return 0;
    }

    private String subject(String vin) throws IOException {
        return "/api/v1/subjects/"
                + new VehicleSubjects(Keystore.open(folder.resolve("keys"))).of(vin);
    }

    private String token(String vin) throws IOException {
        byte[] master = Keystore.open(folder.resolve("keys")).mac("govern").getEncoded();
        return Pseudonym.internal(new Keyring(master, 1)).identity(vin);
    }

    /** Files of the home, named by a snapshot or not, with a text in their bytes or rows. */
    private List<Path> holding(String text) throws Exception {
        List<Path> hits = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                boolean found = new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
                if (file.toString().endsWith(".parquet")) {
                    try (ResultSet result =
                            statement.executeQuery(
                                    "SELECT count(*) FROM read_parquet('%s') t WHERE t::VARCHAR LIKE '%%%s%%'"
                                            .formatted(file, text))) {
                        result.next();
                        found |= result.getLong(1) > 0;
                    }
                }
                if (found) {
                    hits.add(folder.relativize(file));
                }
            }
        }
        return hits;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void anErasedVehicleIsInNoFileAfterwardsAndNotAfterAnOldLakeWasPutBack() throws Exception {
        Path backup = folder.resolveSibling(folder.getFileName() + "-lake");
        onPlatform(
                api -> {
                    register(api, VIN, OTHER);
                    report(api, VIN, 0);
                    report(api, OTHER, 0);
                    awaitRows(api, 2);
                });
        assertThat(holding(token(VIN))).isNotEmpty();
        copy(folder.resolve("lake"), backup);
        onPlatform(
                api -> {
                    report(api, VIN, 1);
                    awaitRows(api, 3);
                    JsonNode export = api.get(subject(VIN));
                    assertThat(export.at("/tables/0").asString()).isEqualTo("vehicle_report");
                    JsonNode done = api.post(subject(VIN) + "/erase", BECAUSE);
                    assertThat(done.required("rows").asString()).isEqualTo("erased");
                    awaitRows(api, 1);
                    JsonNode receipts = api.get(subject(VIN) + "/receipts");
                    JsonNode receipt = receipts.at("/receipts/1");
                    assertThat(receipt.required("index").asLong())
                            .isEqualTo(done.required("receipt").asLong());
                    assertThat(receipt.at("/body/tables/0/table").asString())
                            .isEqualTo("vehicle_report");
                    assertThat(receipt.at("/body/tables/0/rows").asLong()).isEqualTo(2);
                    assertThat(receipt.at("/body/stays").size()).isPositive();
                    var verdict =
                            ProofBundle.parse(receipt.required("proof").asString())
                                    .verify(receipts.required("logKey").asString());
                    assertThat(verdict.ok()).as(verdict.reason()).isTrue();
                    assertThat(api.get(subject(VIN)).required("tables").size()).isZero();
                    assertThat(
                                    api.post(subject(VIN) + "/erase", BECAUSE)
                                            .required("rows")
                                            .asString())
                            .isEqualTo("none");
                });
        assertThat(holding(token(VIN))).isEmpty();
        assertThat(holding(VIN)).isEmpty();
        assertThat(holding(token(OTHER))).isNotEmpty();

        delete(folder.resolve("lake"));
        copy(backup, folder.resolve("lake"));
        delete(backup);
        assertThat(holding(token(VIN))).as("the backup has it").isNotEmpty();
        onPlatform(
                api -> {
                    awaitRows(api, 1);
                    // it reads the frame log again from where the backup was: the frame is there
                    register(api, VIN);
                    report(api, OTHER, 5);
                    report(api, VIN, 6); // by a new registration
                    awaitRows(api, 3);
                    govern.keep();
                    assertThat(rows(api)).isEqualTo(3);
                });
        onPlatform(api -> assertThat(rows(api)).as("the new row stays").isEqualTo(3));
    }

    @Test
    void aSubjectGetsItsRowsAndNobodyElses() throws Exception {
        onPlatform(
                api -> {
                    register(api, VIN, OTHER);
                    report(api, VIN, 0);
                    report(api, VIN, 1);
                    report(api, OTHER, 0);
                    awaitRows(api, 3);
                    Path csv = folder.resolve("mine.csv");
                    String subject = subject(VIN).substring("/api/v1/subjects/".length());
                    assertThat(govern.subjectRows().export("vehicle_report", subject, csv))
                            .isEqualTo(2);
                    assertThat(Files.readAllLines(csv)).hasSize(3);
                    assertThat(Files.readString(csv))
                            .contains(token(VIN))
                            .contains("121.5")
                            .doesNotContain(token(OTHER));
                    assertThatThrownBy(() -> api.get(subject(VIN) + "/rows/nothing"))
                            .hasMessageContaining("under 'tables'");
                    assertThatThrownBy(() -> api.get(subject(VIN) + "/receipts"))
                            .hasMessageContaining("no rows of this subject");
                });
    }
}
