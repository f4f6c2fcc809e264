package org.roadloop.govern.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.MemoryLedger;
import org.roadloop.govern.plan.TestSigner;

/**
 * Three cars drive east along the equator for twelve minutes, 2 226.4 m a minute and a row each;
 * the third one a kilometre north of the others. Around the place of minute 5 lies a hospital.
 */
@Tag("slow") // starts DuckDB and Iceberg
class TrajectoryPlanTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final long EIGHT = 1_772_352_000_000L; // 2026-03-01T08:00:00Z
    private static final String COLUMNS =
            """
              columns:
                vin: { type: string, class: identity, grade: personal }
                at: { from: ms, type: timestamp, time: epoch_ms, class: time, grade: personal }
                got: { from: got, type: timestamp, time: epoch_ms, class: time, grade: personal }
                lon: { type: double, unit: deg, class: position, grade: sensitive_personal, datum: wgs_84 }
                lat: { type: double, unit: deg, class: position, grade: sensitive_personal, datum: wgs_84 }
            """;
    private static final String RELEASE =
            """
              - trajectory_release:
                  identity: vin
                  time: at
                  longitude: lon
                  latitude: lat
                  k: 2
                  slot_minutes: 1
                  slots: 4
                  cell_meters: 500
                  levels: 1
            """;
    private static final String END =
            """
            output: { table: moves, title: Moves }
            purpose:
              use: tests
              columns: [shared_segment, slot_from, slot_minutes, cell_longitude, cell_latitude, cell_m]
            """;

    /** Three kilometres of the way before and behind the hospital are hidden. */
    private static final String MASK =
            """
              - trip_mask:
                  identity: vin
                  time: at
                  longitude: lon
                  latitude: lat
                  areas:
                    - name: hospital
                      longitudes: [120.098, 120.102, 120.102, 120.098]
                      latitudes: [-0.1, -0.1, 0.1, 0.1]
                  margin_from_meters: 3000
                  margin_to_meters: 3000.001
            """;

    @TempDir Path directory;
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
                        new MemoryLedger(),
                        new TestSigner(),
                        Clock.fixed(Instant.ofEpochMilli(EIGHT), ZoneOffset.UTC),
                        directory.resolve("lineage.jsonl"));
    }

    @AfterEach
    void close() {
        lake.close();
    }

    /** The rows, in an order drawn at random. */
    private void drives() throws IOException {
        long seed = 20260302;
        System.out.println("seed " + seed);
        List<String> rows = new ArrayList<>();
        for (int car = 0; car < 3; car++) {
            for (int minute = 0; minute < 12; minute++) {
                rows.add(
                        String.format(
                                Locale.ROOT,
                                "%d,%d,LTESTCAR0000000%02d,%.4f,%.4f",
                                EIGHT + minute * 60_000L,
                                EIGHT + 86_400_000L - minute * 60_000L,
                                car,
                                120 + 0.02 * minute,
                                car == 2 ? 0.0110 : 0.0020));
            }
        }
        Collections.shuffle(rows, new Random(seed));
        Files.writeString(
                directory.resolve("inputs/drives.csv"),
                "ms,got,vin,lon,lat\n" + String.join("\n", rows) + "\n");
    }

    private static String plan(String steps) {
        return "plan: moves\nversion: 1\ninput:\n  files: [drives.csv]\n"
                + COLUMNS
                + "sides: {}\nsteps:\n"
                + steps
                + END;
    }

    /** Minutes after eight that come out, of each segment. */
    private List<List<Integer>> segments() {
        Map<String, List<Integer>> segments = new TreeMap<>();
        try (TableSource.Scan scan =
                lake.open("moves", TableSource.LATEST, List.of(), Filter.ALL)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    int minute = (int) ((batch.longs(1)[row] / 1000 - EIGHT) / 60_000);
                    segments.computeIfAbsent(batch.strings(0).get(row), _ -> new ArrayList<>())
                            .add(minute);
                    // Half a cell of 500 m is 0.00225°.
                    assertThat(batch.doubles(3)[row])
                            .isCloseTo(120 + 0.02 * minute, within(0.00225));
                    assertThat(batch.doubles(4)[row]).isCloseTo(0.002, within(0.00225));
                }
            }
        }
        segments.values().forEach(Collections::sort);
        return segments.values().stream()
                .sorted(
                        java.util.Comparator.<List<Integer>>comparingInt(List::getFirst)
                                .thenComparingInt(List::size))
                .toList();
    }

    /**
     * The mask wants rows by vehicle, the release by time, and neither gets them from the file:
     * {@code datum} stands before. Of the way before the hospital, from the last place outside it
     * (minute 4), 3 km are hidden and the row that ends them: minutes 4 (0 m), 3 (2 226 m) and 2 (4
     * 453 m); so are 6 to 8 behind it. Two cars share a segment in each window of four minutes, the
     * car in the north is alone.
     */
    @Test
    void rowsAreSortedAnewBetweenSteps() throws Exception {
        drives();
        runs.run(
                plan(
                        "  - datum: { longitude: lon, latitude: lat, to: wgs_84 }\n"
                                + MASK
                                + RELEASE));
        assertThat(segments())
                .containsExactly(
                        List.of(0, 1), List.of(0, 1), List.of(9, 10, 11), List.of(9, 10, 11));
        assertThat(Files.list(directory.resolve("lake/spill"))).isEmpty();
    }

    /** Two columns change names: what was sorted by the one is not sorted by the other. */
    @Test
    void aRenamedColumnIsNotTheOneThatRowsWereSortedBy() throws Exception {
        drives();
        String swapped = plan("  - rename: { columns: { got: at, at: got } }\n" + RELEASE);
        runs.run(
                swapped.replace("at: { from: ms,", "at: { from: got,")
                        .replace("got: { from: got,", "got: { from: ms,"));
        assertThat(segments())
                .containsExactly(
                        List.of(0, 1, 2, 3),
                        List.of(0, 1, 2, 3),
                        List.of(4, 5, 6, 7),
                        List.of(4, 5, 6, 7),
                        List.of(8, 9, 10, 11),
                        List.of(8, 9, 10, 11));
    }

    /** One car alone is found by any two of its points; two that share everything never are. */
    @Test
    void thePassportSaysHowOftenAttacksSucceed() throws Exception {
        drives();
        String attack =
                """
                  - attack_rates:
                      truth: { side: unreleased, identity: vin, time: at, longitude: lon, latitude: lat }
                      within_meters: 400
                """;
        String plan =
                plan(RELEASE + attack)
                        .replace(
                                "sides: {}\n",
                                "sides:\n  unreleased:\n    files: [drives.csv]\n"
                                        + COLUMNS.indent(2));
        var json = runs.run(plan).passport().json();
        var figures = json.path("steps").get(1).path("figures");
        assertThat(figures.path("reidentified_percent").asString()).isEqualTo("0");
        assertThat(figures.path("attacked_rows_percent").asString()).isEqualTo("100");
        // Where the two cars begin and end is a cell of 500 m; the third one is not in the release.
        assertThat(figures.path("home_found_percent").asString()).isEqualTo("66.667");
        assertThat(json.path("operators").toString()).contains("attack_rates/1");
        assertThat(json.path("attackRatesPartsPerMillion").toString())
                .isEqualTo("{\"home\":666667,\"random_points\":0}");
    }
}
