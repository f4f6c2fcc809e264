package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

@Tag("slow") // starts DuckDB and Iceberg
class LakeTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final Schema SCHEMA =
            Schema.of(
                    column("vehicle", ColumnType.STRING, DataClass.IDENTITY),
                    column("at", ColumnType.TIMESTAMP_MICROS_UTC, DataClass.TIME),
                    column("flag", ColumnType.BOOL, DataClass.DRIVING_STATE),
                    column("gear", ColumnType.INT, DataClass.DRIVING_STATE),
                    column("count", ColumnType.LONG, DataClass.LINEAGE),
                    column("ratio", ColumnType.FLOAT, DataClass.ENVIRONMENT),
                    new Column(
                            "speed_kmh",
                            ColumnType.DOUBLE,
                            "km/h",
                            DataClass.DRIVING_STATE,
                            Grade.PERSONAL,
                            CoordinateSystem.NONE));
    private static final ReleaseRule RULE =
            new ReleaseRule(
                    "vehicle",
                    "at",
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of("vehicle", "at", "speed_kmh"),
                    0,
                    0,
                    null);

    @TempDir Path directory;

    private static Column column(String name, ColumnType type, DataClass dataClass) {
        return Column.of(name, type, "", dataClass, Grade.GENERAL);
    }

    /** Row i of every type; row i has cell {@code i % 7} in state {@code 1 + i % 4}. */
    private static Batch rows(int from, int to) {
        Batch batch = new Batch(SCHEMA, to - from);
        for (int i = from; i < to; i++) {
            int row = batch.addRow();
            batch.set(0, row, "car-" + i % 10 + "-é路");
            batch.set(1, row, 1_700_000_000_000_000L + i);
            batch.set(2, row, i % 3 == 0);
            batch.set(3, row, i % 7 - 3);
            batch.set(4, row, Long.MAX_VALUE - i);
            batch.set(5, row, i / 4f);
            batch.set(6, row, i * 0.1);
            if (i % 5 == 0) {
                batch.setState(i % 7, row, (byte) (1 + i % 4));
            }
        }
        return batch;
    }

    private static String text(Batch batch, int row) {
        StringBuilder text = new StringBuilder();
        for (int c = 0; c < batch.schema().size(); c++) {
            if (!batch.isOk(c, row)) {
                text.append(CellState.name(batch.state(c, row)));
            } else {
                text.append(
                        switch (batch.schema().column(c).type()) {
                            case BOOL -> batch.booleans(c)[row];
                            case INT -> batch.ints(c)[row];
                            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row];
                            case FLOAT -> batch.floats(c)[row];
                            case DOUBLE -> batch.doubles(c)[row];
                            case STRING -> batch.strings(c).get(row);
                        });
            }
            text.append(' ');
        }
        return text.toString();
    }

    private static List<String> all(TableSource.Scan scan) {
        List<String> rows = new ArrayList<>();
        try (scan) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    rows.add(text(batch, row));
                }
            }
        }
        return rows;
    }

    @Test
    void everyTypeAndStateSurvivesCommitScanAndReopen() {
        Batch first = rows(0, 20_000);
        Batch second = rows(20_000, 20_003);
        List<String> expected = new ArrayList<>();
        for (Batch batch : List.of(first, second)) {
            for (int row = 0; row < batch.rows(); row++) {
                expected.add(text(batch, row));
            }
        }
        long pinned;
        try (Lake lake = new Lake(directory, LakeSettings.DEFAULT, KEYS)) {
            lake.create("t", SCHEMA, RULE);
            assertThat(lake.committedPosition("t")).isEqualTo(LogPosition.START);
            assertThat(all(lake.open("t", TableSource.LATEST, List.of(), Filter.ALL))).isEmpty();
            pinned =
                    lake.commit(
                            "t",
                            List.of(lake.write("t", List.of(first))),
                            new LogPosition(0, 7),
                            Map.of("k", "v"));
            lake.commit(
                    "t",
                    List.of(lake.write("t", List.of(second))),
                    new LogPosition(3, 4),
                    Map.of());
            assertThat(lake.summary("t", pinned)).containsEntry("k", "v");
        }
        try (Lake lake = new Lake(directory, LakeSettings.DEFAULT, KEYS)) {
            lake.create("t", SCHEMA, RULE);
            assertThat(lake.tables()).containsExactly("t");
            assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(3, 4));
            assertThat(lake.rowCounts()).containsEntry("t", 20_003L);
            assertThat(all(lake.open("t", TableSource.LATEST, List.of(), Filter.ALL)))
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(all(lake.open("t", pinned, List.of(), Filter.ALL)))
                    .containsExactlyElementsOf(expected.subList(0, 20_000));
            assertThat(
                            all(
                                    lake.open(
                                            "t",
                                            TableSource.LATEST,
                                            List.of("speed_kmh", "gear"),
                                            new Filter.And(
                                                    List.of(
                                                            new Filter.Equal("vehicle", "car-3-é路"),
                                                            new Filter.During(
                                                                    "at",
                                                                    1_700_000_000_000_003L,
                                                                    1_700_000_000_000_034L),
                                                            new Filter.Between(
                                                                    "speed_kmh", 0.3, 2.3))))))
                    // 3 * 0.1 is just above 0.3, 23 * 0.1 just above 2.3
                    .containsExactly("0.30000000000000004 0 ", "1.3 3 ");
        }
    }

    /** Files are skipped by their bounds: none that has a row of the answer. */
    @Test
    void aFilterOverManyFilesFindsWhatEveryRowByItselfSays() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (Lake lake = new Lake(directory, LakeSettings.DEFAULT, KEYS)) {
            lake.create("t", SCHEMA, RULE);
            List<Batch> files = new ArrayList<>();
            for (int file = 0; file < 12; file++) {
                Batch batch = new Batch(SCHEMA, 40);
                long place = random.nextLong(-1000, 1000);
                boolean whole = file % 2 == 0; // no cell is missing
                for (int i = 0; i < 40; i++) {
                    int row = batch.addRow();
                    batch.set(0, row, "car");
                    batch.set(1, row, 1_700_000_000_000_000L + place + random.nextLong(100));
                    batch.set(3, row, (int) place + random.nextInt(100));
                    batch.set(4, row, place + random.nextLong(100));
                    batch.set(6, row, place + random.nextDouble(100));
                    for (int c = 1; c < SCHEMA.size() && !whole; c++) {
                        if (random.nextInt(3) == 0) {
                            batch.setState(c, row, (byte) (1 + random.nextInt(4)));
                        }
                    }
                }
                if (file == 3) {
                    batch.doubles(6)[7] = Double.NaN;
                }
                files.add(batch);
                lake.commit(
                        "t",
                        List.of(lake.write("t", List.of(batch))),
                        new LogPosition(1, file + 1),
                        Map.of());
            }
            for (int i = 0; i < 60; i++) {
                long from = random.nextLong(-1100, 1100);
                long to = from + random.nextLong(150);
                String column = List.of("gear", "count", "speed_kmh").get(i % 3);
                int c = SCHEMA.indexOf(column);
                Filter filter =
                        i % 4 == 3
                                ? new Filter.During(
                                        "at",
                                        1_700_000_000_000_000L + from,
                                        1_700_000_000_000_000L + to)
                                : new Filter.Between(column, from, to);
                int expected = 0;
                for (Batch batch : files) {
                    for (int row = 0; row < batch.rows(); row++) {
                        double cell =
                                switch (c) {
                                    case 3 -> batch.ints(3)[row];
                                    case 4 -> batch.longs(4)[row];
                                    default -> batch.doubles(6)[row];
                                };
                        long at = batch.longs(1)[row] - 1_700_000_000_000_000L;
                        boolean hit =
                                i % 4 == 3
                                        ? batch.isOk(1, row) && at >= from && at < to
                                        : batch.isOk(c, row) && cell >= from && cell <= to;
                        expected += hit ? 1 : 0;
                    }
                }
                assertThat(all(lake.open("t", TableSource.LATEST, List.of(), filter)))
                        .as("seed %d, %s", seed, filter)
                        .hasSize(expected);
            }
            files.forEach(Batch::close);
        }
    }

    @Test
    void aSecondOpenerIsRefusedByName() {
        try (Lake lake = new Lake(directory, LakeSettings.DEFAULT, KEYS)) {
            assertThatThrownBy(() -> new Lake(directory, LakeSettings.DEFAULT, KEYS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open in another process");
            assertThatThrownBy(() -> lake.currentSnapshot("nothing"))
                    .hasMessageContaining("no table 'nothing'");
        }
    }

    @Test
    void aMovedLakeIsReadFromItsNewPlace() throws Exception {
        Path old = directory.resolve("old");
        try (Lake lake = new Lake(old, LakeSettings.DEFAULT, KEYS)) {
            lake.create("t", SCHEMA, RULE);
            lake.commit(
                    "t",
                    List.of(lake.write("t", List.of(rows(0, 10)))),
                    new LogPosition(0, 1),
                    Map.of());
        }
        Path moved = directory.resolve("new");
        Files.move(old, moved);
        try (Lake lake = new Lake(moved, LakeSettings.DEFAULT, KEYS)) {
            lake.create("t", SCHEMA, RULE);
            lake.commit(
                    "t",
                    List.of(lake.write("t", List.of(rows(10, 20)))),
                    new LogPosition(0, 2),
                    Map.of());
            assertThat(all(lake.open("t", TableSource.LATEST, List.of(), Filter.ALL))).hasSize(20);
        }
        assertThat(old).doesNotExist();
    }

    @Test
    void exportsDifferByAgreementAndCarryOnlyWhatIsReleased() throws Exception {
        try (Lake lake = new Lake(directory.resolve("lake"), LakeSettings.DEFAULT, KEYS)) {
            lake.create("t", SCHEMA, RULE);
            lake.commit(
                    "t",
                    List.of(lake.write("t", List.of(rows(0, 100)))),
                    new LogPosition(0, 1),
                    Map.of());
            TableExport.Export a =
                    lake.export("t", -1, List.of(), "agreement-a", directory.resolve("a"));
            TableExport.Export b =
                    lake.export("t", -1, List.of(), "agreement-b", directory.resolve("b"));
            assertThat(a.rows()).isEqualTo(100);
            assertThat(a.sha256())
                    .containsExactly(ParquetWriter.sha256(a.files().getFirst()))
                    .isNotEqualTo(b.sha256());
            List<String> rowsOfA =
                    all(
                            ParquetFiles.scan(
                                    ParquetFiles.in(directory.resolve("a")),
                                    List.of("vehicle"),
                                    Filter.ALL,
                                    ParquetFiles.SMALL));
            List<String> rowsOfB =
                    all(
                            ParquetFiles.scan(
                                    b.files(), List.of("vehicle"), Filter.ALL, ParquetFiles.SMALL));
            // Ten cars, absent cells aside; no token in common; no car name left.
            assertThat(rowsOfA).hasSize(100).noneMatch(row -> row.contains("car-"));
            assertThat(rowsOfA.stream().filter(r -> r.length() > 20).distinct()).hasSize(10);
            assertThat(rowsOfA.stream().filter(r -> r.length() > 20).distinct())
                    .doesNotContainAnyElementsOf(
                            rowsOfB.stream().filter(r -> r.length() > 20).toList());
            assertThat(ParquetFiles.schema(a.files().getFirst()))
                    .isEqualTo(SCHEMA.select(List.of("vehicle", "at", "speed_kmh")));
            assertThatThrownBy(() -> lake.export("t", -1, List.of("gear"), "x", directory))
                    .hasMessageContaining("gear")
                    .hasMessageContaining("not released");
        }
    }

    @Test
    void parquetCarriesTheFieldIdsOfTheTable() throws Exception {
        try (Lake lake = new Lake(directory, LakeSettings.DEFAULT, KEYS)) {
            lake.create("t", SCHEMA, RULE);
            Lake.Written written = lake.write("t", List.of(rows(0, 10)));
            List<String> fields = new ArrayList<>();
            try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                    var result =
                            connection
                                    .createStatement()
                                    .executeQuery(
                                            "SELECT name, type, field_id FROM parquet_schema('"
                                                    + written.file()
                                                    + "') WHERE field_id IS NOT NULL")) {
                while (result.next()) {
                    fields.add(
                            result.getInt(3)
                                    + " "
                                    + result.getString(1)
                                    + " "
                                    + result.getString(2));
                }
            }
            assertThat(fields)
                    .containsExactly(
                            "1 vehicle BYTE_ARRAY",
                            "2 at INT64",
                            "3 flag BOOLEAN",
                            "4 gear INT32",
                            "5 count INT64",
                            "6 ratio FLOAT",
                            "7 speed_kmh DOUBLE",
                            "8 cell_states BYTE_ARRAY");
        }
    }
}
