package org.roadloop.govern.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.MemoryLedger;
import org.roadloop.govern.plan.Passport;
import org.roadloop.govern.plan.TestSigner;

/** Plans over files of drives, from the check to a passport that finds every changed byte. */
@Tag("slow") // starts DuckDB and Iceberg
class ProductRunTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 3);
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final String COLUMNS =
            """
              columns:
                vin: { type: string, class: identity, grade: personal }
                at: { from: ms, type: timestamp, time: epoch_ms, class: time, grade: personal }
                speed_kmh: { from: v, type: double, unit: km/h, class: driving_state, grade: personal }
                road: { type: string, class: environment, grade: general }
            """;
    private static final String FLOW =
            """
            plan: flow
            version: 1
            input:
              files: [drives.csv]
            %s
            seed: 5
            steps:
              - where: { all: [{ column: speed_kmh, at_least: 0, at_most: 200 }] }
              - aggregate:
                  window: { column: at, length: 10m }
                  by: [road]
                  vehicle: vin
                  min_vehicles: 3
                  values: { speed_kmh: [mean, min, max] }
            output: { table: flow, title: Flow }
            purpose:
              use: planning
              columns: [at, road, row_count, vehicle_count, speed_kmh_mean, speed_kmh_min, speed_kmh_max]
            anonymity: { quasi_identifiers: [at, road], weight: vehicle_count, min_k: 3 }
            """
                    .formatted(COLUMNS);

    private static final String REPORTS =
            """
            plan: reports
            version: 1
            input:
              files: [drives.csv]
            %s
            steps:
              - pseudonym: { columns: [vin], mode: one_way, contract: reports }
              - rename: { columns: { vin: vehicle } }
              - drop: { columns: [at] }
            output: { table: reports, title: Reports }
            purpose: { use: tests, columns: [vehicle, speed_kmh, road] }
            """
                    .formatted(COLUMNS);

    private static final String TOKENS =
            "- pseudonym: { columns: [vin], mode: one_way, contract: reports }";
    private static final String OPEN = "- where: { all: [{ column: vin, state: ok }] }";

    @TempDir Path directory;
    private final MemoryLedger ledger = new MemoryLedger();
    private final TestSigner signer = new TestSigner();
    private Lake lake;
    private Inputs inputs;
    private ProductRun runs;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(directory.resolve("inputs"));
        lake = new Lake(directory.resolve("lake"), LakeSettings.DEFAULT, KEYS);
        inputs = new Inputs(lake, directory.resolve("inputs"));
        runs =
                new ProductRun(
                        inputs,
                        KEYS,
                        ledger,
                        signer,
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        directory.resolve("lineage.jsonl"));
    }

    @AfterEach
    void close() {
        lake.close();
    }

    /** What a line of the file says. */
    private record Report(String vin, long atMillis, double speedKmh, String road) {}

    /** Disordered reports of 40 vehicles on 6 roads in an hour; one in 50 cells does not read. */
    private List<Report> drives(long seed, int rows) throws IOException {
        Random random = new Random(seed);
        List<Report> reports = new ArrayList<>();
        StringBuilder csv = new StringBuilder("ms,vin,v,road,colour\n");
        for (int i = 0; i < rows; i++) {
            Report report =
                    new Report(
                            String.format(Locale.ROOT, "LTESTCAR0000%05d", random.nextInt(40)),
                            1_772_323_200_000L + random.nextInt(3_600_000),
                            random.nextInt(2500) / 10.0,
                            "road-" + (int) Math.abs(random.nextGaussian() * 3));
            boolean reads = random.nextInt(50) > 0;
            csv.append(report.atMillis()).append(',').append(report.vin()).append(',');
            csv.append(reads ? report.speedKmh() : "fast").append(',');
            csv.append(report.road()).append(",red\n");
            if (reads) {
                reports.add(report);
            }
        }
        Files.writeString(directory.resolve("inputs/drives.csv"), csv);
        return reports;
    }

    private List<String> rows(String table) {
        List<String> rows = new ArrayList<>();
        try (TableSource.Scan scan = lake.open(table, TableSource.LATEST, List.of(), Filter.ALL)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    StringBuilder text = new StringBuilder();
                    for (int c = 0; c < batch.schema().size(); c++) {
                        text.append(c == 0 ? "" : " ");
                        text.append(
                                batch.isOk(c, row)
                                        ? cell(batch, c, row)
                                        : CellState.name(batch.state(c, row)));
                    }
                    rows.add(text.toString());
                }
            }
        }
        return rows;
    }

    private static String cell(Batch batch, int c, int row) {
        return switch (batch.schema().column(c).type()) {
            case DOUBLE -> String.format(Locale.ROOT, "%.6f", batch.doubles(c)[row]);
            default -> Rows.text(batch, c, row);
        };
    }

    /** The groups, counted with maps. */
    private static List<String> oracle(List<Report> reports) {
        Map<String, List<Report>> groups = new TreeMap<>();
        for (Report report : reports) {
            if (report.speedKmh() <= 200) {
                long from = Math.floorDiv(report.atMillis(), 600_000L) * 600_000_000L;
                groups.computeIfAbsent(from + " " + report.road(), k -> new ArrayList<>())
                        .add(report);
            }
        }
        List<String> rows = new ArrayList<>();
        groups.forEach(
                (key, members) -> {
                    Set<String> vehicles = new HashSet<>();
                    members.forEach(m -> vehicles.add(m.vin()));
                    if (vehicles.size() >= 3) {
                        var speeds =
                                members.stream().mapToDouble(Report::speedKmh).summaryStatistics();
                        rows.add(
                                String.format(
                                        Locale.ROOT,
                                        "%s %d %d %.6f %.6f %.6f",
                                        key,
                                        members.size(),
                                        vehicles.size(),
                                        speeds.getAverage(),
                                        speeds.getMin(),
                                        speeds.getMax()));
                    }
                });
        return rows;
    }

    @Test
    void groupsAreThoseThatMapsCountAndTheSameFileComesTwice() throws Exception {
        long seed = 20260301;
        System.out.println("seed " + seed);
        List<Report> reports = drives(seed, 30_000);
        ProductRun.Result first = runs.run(FLOW);
        assertThat(rows("flow")).isEqualTo(oracle(reports));
        assertThat(first.steps().get(0).report().dropped()).containsOnlyKeys("where_speed_kmh");
        assertThat(first.steps().get(1).report().figures().get("achieved_k"))
                .isGreaterThanOrEqualTo(3.0);
        ProductRun.Result second = runs.run(FLOW);
        assertThat(second.snapshot()).isNotEqualTo(first.snapshot());
        assertThat(rows("flow")).hasSize((int) first.rows()); // in the place of the first
        assertThat(hashes(second.passport())).isEqualTo(hashes(first.passport()));
        // The snapshot of the first run can still be read.
        try (TableSource.Scan scan = lake.open("flow", first.snapshot(), List.of(), Filter.ALL)) {
            assertThat(scan.next()).isNotNull();
        }
    }

    private static List<String> hashes(Passport passport) {
        List<String> hashes = new ArrayList<>();
        passport.json().path("outputs").forEach(o -> hashes.add(o.path("sha256").asString()));
        return hashes;
    }

    @Test
    void thePassportIsInTheLedgerBeforeTheSnapshotAndTellsOfTheRun() throws Exception {
        drives(7, 5_000);
        long[] entriesAtCommit = {-1};
        lake.onCommit(table -> entriesAtCommit[0] = ledger.size());
        ProductRun.Result result = runs.run(FLOW);
        assertThat(entriesAtCommit[0]).isEqualTo(1);
        assertThat(lake.summary("flow", result.snapshot()))
                .containsEntry(Passport.SUMMARY_KEY, result.passport().sha256())
                .containsKey(ProductRun.PLAN_KEY);
        var json = result.passport().json();
        assertThat(json.path("operators").toString()).isEqualTo("[\"where/1\",\"aggregate/1\"]");
        assertThat(json.path("keyEpoch").asInt()).isEqualTo(3);
        assertThat(json.path("plan").path("seed").asLong()).isEqualTo(5);
        assertThat(json.path("counts").path("rowsIn").asLong()).isEqualTo(5_000);
        assertThat(json.path("counts").path("rejects").path("where_speed_kmh").asLong())
                .isPositive();
        assertThat(json.path("anonymity").path("k").asLong()).isGreaterThanOrEqualTo(3);
        Map<String, String> clauses = new HashMap<>();
        json.path("clauses")
                .forEach(
                        c -> clauses.put(c.path("mapsTo").asString(), c.path("status").asString()));
        assertThat(clauses)
                .containsEntry("GB/T 44464-2024 A.3.3, track", "met")
                .containsEntry("GB/T 42460-2023 group size", "met")
                .containsEntry("GB/T 37964-2019 pseudonymisation", "not_applicable");
        assertThat(Files.readString(directory.resolve("lineage.jsonl")))
                .contains("\"name\":\"drives.csv\"", "\"name\":\"flow\"");
    }

    /** One bit of one byte, at seeded places of the plan, the input and the output. */
    @Test
    void anyChangedByteIsFoundAndNamed() throws Exception {
        drives(11, 3_000);
        ProductRun.Result result = runs.run(FLOW);
        Passport passport = Passport.read(result.passport().json());
        assertThat(ProductPassport.verify(passport, signer.publicKey(), FLOW, inputs)).isEmpty();
        long seed = 4711;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path input = directory.resolve("inputs/drives.csv");
        String outputName = passport.json().path("outputs").get(0).path("file").asString();
        Path output = directory.resolve("lake/tables/flow/data").resolve(outputName);
        for (int i = 0; i < 40; i++) {
            flipped(passport, input, random, "input file drives.csv: its bytes");
            flipped(passport, output, random, "output " + outputName + ": its bytes");
            byte[] text = FLOW.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            text[random.nextInt(text.length)] ^= (byte) (1 << random.nextInt(7));
            String changed = new String(text, java.nio.charset.StandardCharsets.UTF_8);
            assertThat(ProductPassport.verify(passport, signer.publicKey(), changed, inputs))
                    .singleElement()
                    .asString()
                    .startsWith("plan: ");
        }
        String forged = passport.json().toString().replace("\"rowsIn\":3000", "\"rowsIn\":3001");
        Passport other =
                Passport.read(new tools.jackson.databind.json.JsonMapper().readTree(forged));
        assertThat(ProductPassport.verify(other, signer.publicKey(), FLOW, inputs))
                .singleElement()
                .asString()
                .startsWith("signature: ");
        Files.delete(input);
        assertThat(ProductPassport.verify(passport, signer.publicKey(), FLOW, inputs))
                .containsExactly("input file drives.csv: there is no such file any more");
    }

    private void flipped(Passport passport, Path file, Random random, String says)
            throws IOException {
        byte[] original = Files.readAllBytes(file);
        byte[] bytes = original.clone();
        int place = random.nextInt(bytes.length);
        bytes[place] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
        assertThat(ProductPassport.verify(passport, signer.publicKey(), FLOW, inputs))
                .as("byte %d of %s", place, file)
                .singleElement()
                .asString()
                .startsWith(says);
        Files.write(file, original);
    }

    @Test
    void tooSmallGroupsEndTheRunWithNothingLeft() throws Exception {
        drives(13, 2_000);
        String strict = FLOW.replace("min_k: 3 }", "min_k: 39 }");
        assertThatThrownBy(() -> runs.run(strict))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the smallest group of [at, road] has");
        assertThat(ledger.size()).isZero();
        try (var files = Files.list(directory.resolve("lake/tables/flow/data"))) {
            assertThat(files).isEmpty();
        }
        assertThat(lake.currentSnapshot("flow")).isEqualTo(TableSource.LATEST);
    }

    @Test
    void aPlanWithErrorsDoesNotRun() throws Exception {
        drives(13, 10);
        String plain = REPORTS.replace(TOKENS, OPEN);
        assertThatThrownBy(() -> runs.run(plain)).hasMessageContaining("identity_in_plain");
        assertThat(lake.tables()).isEmpty();
    }

    @Test
    void theDryRunFindsIdentitiesThatWouldLeaveAndKeepsNothing() throws Exception {
        drives(17, 20_000);
        DryRun dry = new DryRun(inputs, KEYS, new EncodedLeakProbe());
        DryRun.Report good = dry.run(REPORTS, 4_000);
        assertThat(good.leaks()).isEmpty();
        assertThat(good.secrets()).isEqualTo(40);
        assertThat(good.inputRows()).isEqualTo(20_000);
        assertThat(good.sampleRows()).isEqualTo(4_000);
        assertThat(good.rowsOut()).isEqualTo(4_000);
        assertThat(good.cpuSeconds().upper()).isGreaterThanOrEqualTo(good.cpuSeconds().value());
        assertThat(good.outputBytes().value()).isPositive();
        String plain = REPORTS.replace(TOKENS, OPEN);
        DryRun.Report bad = dry.run(plain, 4_000);
        assertThat(bad.leaks()).containsExactly(Map.entry("vehicle/plain", 4_000L));
        assertThat(bad.check().hasErrors()).isTrue();
        assertThat(ledger.size()).isZero();
        assertThat(lake.tables()).isEmpty();
        try (var left = Files.list(directory.resolve("lake/spill"))) {
            assertThat(left).isEmpty();
        }
    }

    /** A step behind one that changes rows gets them sorted again, through the disk. */
    @Test
    void aTableOfAProductIsTheInputOfAnother() throws Exception {
        List<Report> reports = drives(19, 150_000);
        runs.run(REPORTS);
        assertThat(rows("reports")).hasSize(150_000);
        String second =
                """
                plan: roads
                version: 1
                input: { table: reports }
                steps:
                  - pseudonym: { columns: [vehicle], mode: reversible, contract: roads }
                  - aggregate:
                      by: [road]
                      vehicle: vehicle
                      min_vehicles: 2
                      values: { speed_kmh: [max] }
                output: { table: roads, title: Roads }
                purpose: { use: tests, columns: [road, row_count, vehicle_count, speed_kmh_max] }
                """;
        runs.run(second);
        TreeMap<String, Set<String>> vehicles = new TreeMap<>();
        reports.forEach(r -> vehicles.computeIfAbsent(r.road(), k -> new HashSet<>()).add(r.vin()));
        List<String> expected = new ArrayList<>();
        vehicles.forEach(
                (road, cars) -> {
                    if (cars.size() > 1) {
                        expected.add(road + " " + cars.size());
                    }
                });
        assertThat(rows("roads").stream().map(r -> r.split(" ")).map(r -> r[0] + " " + r[2]))
                .containsExactlyElementsOf(expected);
        assertThat(Files.list(directory.resolve("lake/spill"))).isEmpty();
    }
}
