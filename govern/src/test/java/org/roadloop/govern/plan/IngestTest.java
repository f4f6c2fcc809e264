package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.lake.ParquetFiles;
import org.roadloop.govern.lake.Workspace;
import org.roadloop.govern.operator.Keyring;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Tag("slow")
class IngestTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);

    @TempDir Path home;
    private final MemoryLedger ledger = new MemoryLedger();
    private final TestSigner signer = new TestSigner();

    /** One car, 1,000 s at 10 m/s; and a track of 20 points. */
    private void writeLog() throws Exception {
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(home.resolve("log")))) {
            for (int i = 0; i < 1000; i++) {
                for (int value : new int[] {0, 7, i, 50}) {
                    out.writeInt(value);
                }
            }
            for (int i = 0; i < 20; i++) {
                for (int value : new int[] {1, 3, i, 4}) {
                    out.writeInt(value);
                }
            }
        }
    }

    private Ingest ingest(Lake lake) throws Exception {
        writeLog();
        return new Ingest(
                new FileFeed(home.resolve("log"), home.resolve("consumed"), 200),
                lake,
                List.of(RawRows.VEHICLE, RawRows.TRACK),
                KEYS,
                ledger,
                signer,
                Clock.systemUTC(),
                Ingest.Settings.DEFAULT,
                home.resolve("lineage.jsonl"));
    }

    @Test
    void aDriveIsGovernedStoredReleasedAndProven() throws Exception {
        try (Lake lake = new Lake(home.resolve("lake"), LakeSettings.DEFAULT, KEYS)) {
            Ingest ingest = ingest(lake);
            ingest.drain(Duration.ofMillis(1));

            Ingest.TableStatus status = ingest.status().get("vehicle_report");
            assertThat(status.rowsIn()).isEqualTo(1000);
            assertThat(status.committedRows()).isEqualTo(1000);
            assertThat(status.rejects()).isEmpty();
            assertThat(status.committed()).isEqualTo(FileFeed.place(1020));
            assertThat(Files.readString(home.resolve("consumed")))
                    .isEqualTo(FileFeed.place(1020).toString());
            assertThat(ingest.scorecards().get("track_point").accessibility()).isEqualTo(1);

            assertTripEndsAreMasked(lake);
            assertExportIsMasked(lake);
            assertPassport(lake);
            assertThat(Files.readAllLines(home.resolve("lineage.jsonl")))
                    .hasSize(2)
                    .allMatch(line -> line.contains("\"eventType\":\"COMPLETE\""));
        }
    }

    private static void assertTripEndsAreMasked(Lake lake) {
        List<String> columns = List.of("longitude_degrees", "collected_at", "speed_kmh");
        int shown = 0;
        try (TableSource.Scan scan =
                lake.open("vehicle_report", TableSource.LATEST, columns, Filter.ALL)) {
            assertThat(scan.schema().names()).isEqualTo(String.join(", ", columns));
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    long second = (batch.longs(1)[row] - RawRows.START_MICROS) / 1_000_000;
                    byte state = batch.state(0, row);
                    if (second < 20 || second >= 980) {
                        assertThat(state).isEqualTo(CellState.MASKED);
                    } else if (second > 141 && second < 858) {
                        assertThat(state).isEqualTo(CellState.OK);
                    }
                    shown += state == CellState.OK ? 1 : 0;
                    assertThat(batch.isOk(2, row)).isTrue();
                }
            }
        }
        // A filter on the hidden column must not tell more than the column does.
        int found = 0;
        try (TableSource.Scan scan =
                lake.open(
                        "vehicle_report",
                        TableSource.LATEST,
                        List.of("speed_kmh"),
                        new Filter.Between("longitude_degrees", -180, 180))) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                found += batch.rows();
            }
        }
        assertThat(found).isEqualTo(shown).isLessThan(1000);
    }

    private void assertExportIsMasked(Lake lake) throws Exception {
        TableExport.Export export =
                lake.export(
                        "vehicle_report",
                        TableSource.LATEST,
                        List.of(),
                        "urn:uuid:1",
                        home.resolve("export"));
        assertThat(export.rows()).isEqualTo(1000);
        Schema schema = ParquetFiles.schema(export.files().getFirst());
        assertThat(schema.names()).isEqualTo(String.join(", ", RawRows.VEHICLE.released()));
        int longitude = schema.indexOf("longitude_degrees");
        int masked = 0;
        try (TableSource.Scan scan = ParquetFiles.scan(export.files())) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    masked += batch.state(longitude, row) == CellState.MASKED ? 1 : 0;
                }
            }
        }
        assertThat(masked).isBetween(40, 300);
        assertThat(
                        new String(
                                Files.readAllBytes(export.files().getFirst()),
                                StandardCharsets.ISO_8859_1))
                .doesNotContain(RawRows.vin(7));
    }

    private void assertPassport(Lake lake) throws Exception {
        List<Event> events =
                ledger.read(0)
                        .map(e -> e.event())
                        .filter(e -> e.subject().equals("vehicle_report"))
                        .toList();
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().type()).isEqualTo("govern.passport");
        JsonNode json = JsonMapper.builder().build().readTree(events.getFirst().json().toString());
        Passport passport = Passport.read(json);
        assertThat(
                        lake.summary("vehicle_report", lake.currentSnapshot("vehicle_report"))
                                .get(Passport.SUMMARY_KEY))
                .isEqualTo(passport.sha256());
        String plan;
        try (var in = PlanReader.class.getResourceAsStream("vehicle_report.yaml")) {
            plan = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Path folder = home.resolve("lake/tables/vehicle_report/data");
        Passport.Outputs data = file -> new Workspace(lake).findSha256(folder.resolve(file));
        String input = inputDigest();
        assertThat(passport.verify(signer.publicKey(), plan, input, data)).isEmpty();

        // One changed byte of each is found, and named.
        assertThat(passport.verify(signer.publicKey(), plan + " ", input, data))
                .singleElement()
                .asString()
                .startsWith("plan");
        assertThat(
                        passport.verify(
                                signer.publicKey(),
                                plan,
                                input.replace(input.charAt(0), '_'),
                                data))
                .singleElement()
                .asString()
                .startsWith("input 0:0..");
        assertThat(passport.verify(new TestSigner().publicKey(), plan, input, data))
                .singleElement()
                .asString()
                .startsWith("signature");
        ObjectNode changed = (ObjectNode) passport.json();
        ((ObjectNode) changed.get("counts")).put("rowsOut", 999);
        assertThat(Passport.read(changed).verify(signer.publicKey(), plan, input, data))
                .singleElement()
                .asString()
                .startsWith("signature");
        Path file = folder.resolve(passport.json().get("outputs").get(0).get("file").asString());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(passport.verify(signer.publicKey(), plan, input, data))
                .singleElement()
                .asString()
                .startsWith("output");
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(passport.json().toString()).doesNotContain(RawRows.vin(7));
    }

    /** The log read again, in other chunks. */
    private String inputDigest() throws Exception {
        Pipeline pipeline =
                new Pipeline(
                        RawRows.VEHICLE,
                        KEYS,
                        new org.roadloop.govern.quality.DuplicateIndex(Duration.ofDays(7)));
        InputDigest digest = new InputDigest(RawRows.VEHICLE, pipeline);
        FileFeed feed = new FileFeed(home.resolve("log"), home.resolve("consumed2"), 77);
        LogPosition at = LogPosition.START;
        for (var chunk = feed.next(at, Duration.ZERO);
                chunk != null;
                chunk = feed.next(at, Duration.ZERO)) {
            digest.add(chunk.batches().get("vehicle_report"), LogPosition.START);
            at = chunk.end();
        }
        return digest.finish();
    }

    @Test
    void aLeakingPlanIsRefusedAtStart() throws Exception {
        String yaml;
        try (var in = PlanReader.class.getResourceAsStream("vehicle_report.yaml")) {
            yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Plan leaking = PlanReader.parse(yaml.replace("  - quality", "  - row_key_hi"));
        Files.write(home.resolve("log"), new byte[0]);
        try (Lake lake = new Lake(home.resolve("lake"), LakeSettings.DEFAULT, KEYS)) {
            assertThatThrownBy(
                            () ->
                                    new Ingest(
                                            new FileFeed(
                                                    home.resolve("log"),
                                                    home.resolve("consumed"),
                                                    1),
                                            lake,
                                            List.of(leaking),
                                            KEYS,
                                            ledger,
                                            signer,
                                            Clock.systemUTC(),
                                            Ingest.Settings.DEFAULT,
                                            null))
                    .hasMessageContaining("key_released");
            assertThat(lake.tables()).isEmpty();
        }
    }
}
