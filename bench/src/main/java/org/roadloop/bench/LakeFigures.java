package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableQuery;
import org.roadloop.govern.lake.GuardedQuery;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeMaintenance;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

/** How fast a partner's question is answered, and files are joined (查询与合并). */
final class LakeFigures {
    private static final int ROWS = 10_000_000;
    private static final int FILES = 20;
    private static final int BATCH_ROWS = 50_000; // divides the rows of a file
    private static final int CARS = 1_000;
    private static final int ROUNDS = 7;
    private static final long BEGIN_MICROS = 1_700_000_000_000_000L;

    private static final Schema SCHEMA = schema();

    private LakeFigures() {}

    private static Schema schema() {
        List<Column> columns = new ArrayList<>();
        columns.add(column("car", ColumnType.STRING, DataClass.IDENTITY));
        columns.add(column("sampled_at", ColumnType.TIMESTAMP_MICROS_UTC, DataClass.TIME));
        for (String name : List.of("longitude", "latitude")) {
            columns.add(column(name, ColumnType.DOUBLE, DataClass.POSITION));
        }
        for (String name :
                List.of("speed_kmh", "heading", "soc", "voltage", "current", "mileage")) {
            columns.add(column(name, ColumnType.DOUBLE, DataClass.DRIVING_STATE));
        }
        columns.add(column("gear", ColumnType.INT, DataClass.DRIVING_STATE));
        columns.add(column("frame", ColumnType.LONG, DataClass.LINEAGE));
        return new Schema(columns);
    }

    private static Column column(String name, ColumnType type, DataClass dataClass) {
        return Column.of(name, type, "", dataClass, Grade.GENERAL);
    }

    /** A question over 10 M released rows, of which a hundredth is wanted; joining beside it. */
    static void measure(Path folder, Figures figures) throws IOException, SQLException {
        List<String> names = SCHEMA.columns().stream().map(Column::name).toList();
        ReleaseRule rule =
                new ReleaseRule(
                        "car", "sampled_at", null, null, null, null, List.of(), names, 0, 0, null);
        Files.createDirectories(folder);
        try (Lake lake =
                new Lake(
                        folder.resolve("lake"),
                        new LakeSettings(1024, 2),
                        new Keyring(new byte[32], 1))) {
            lake.create("reports", SCHEMA, rule);
            for (int file = 0; file < FILES; file++) {
                List<Batch> batches = new ArrayList<>();
                int end = (file + 1) * (ROWS / FILES);
                for (int row = file * (ROWS / FILES); row < end; row += BATCH_ROWS) {
                    batches.add(rows(row, row + BATCH_ROWS));
                }
                lake.commit(
                        "reports",
                        List.of(lake.write("reports", batches)),
                        new LogPosition(0, file + 1),
                        Map.of());
                batches.forEach(Batch::close);
            }
            TableExport.Export released =
                    lake.export("reports", -1, List.of(), "agreement", folder.resolve("released"));
            questions(folder, released.files(), figures);
            LakeMaintenance.Settings d = LakeMaintenance.Settings.DEFAULT;
            LakeMaintenance keeper =
                    new LakeMaintenance(
                            lake,
                            new LakeMaintenance.Settings(
                                    ROWS, ROWS, 2, d.keep(), d.leastSnapshots(), d.orphanAge()),
                            (_, _, _) -> {});
            long began = System.nanoTime();
            long joined = keeper.compact("reports").orElseThrow().rows();
            figures.add(
                    "lake.compacted_rows_per_second",
                    joined / ((System.nanoTime() - began) / 1e9),
                    "rows/s");
        }
    }

    private static Batch rows(int from, int to) {
        Batch batch = new Batch(SCHEMA, to - from);
        for (int i = from; i < to; i++) {
            int row = batch.addRow();
            long mixed = i * 0x9E3779B97F4A7C15L;
            batch.set(0, row, "car-" + i % CARS);
            batch.set(1, row, BEGIN_MICROS + (long) (i / CARS) * 100_000);
            for (int c = 2; c < 10; c++) {
                batch.set(c, row, ((mixed >>> (c * 4)) & 0xFFFF) / 256.0);
            }
            batch.set(10, row, i % 6);
            batch.set(11, row, (long) i);
        }
        return batch;
    }

    /**
     * Warm: the median of some rounds, beside the same read without any wall. Rows lie as they came
     * in, so that row groups are passed over by time.
     */
    private static void questions(Path folder, List<Path> files, Figures figures)
            throws IOException, SQLException {
        long until = BEGIN_MICROS + (long) (ROWS / CARS / 100) * 100_000;
        String where = " WHERE sampled_at < make_timestamptz(" + until + ")";
        String select = "SELECT count(*), avg(speed_kmh), max(soc), min(mileage) FROM ";
        TableQuery query = new GuardedQuery(folder.resolve("spill"), 2, 1);
        List<TableQuery.Relation> relations =
                List.of(TableQuery.Relation.of("reports", SCHEMA, files));
        double guarded =
                median(
                        round -> {
                            Path result = folder.resolve("result-" + round);
                            query.run(
                                    select + "reports" + where,
                                    relations,
                                    TableQuery.Limits.DEFAULT,
                                    TableQuery.Format.CSV,
                                    result,
                                    new TableQuery.Stop());
                            String count = Files.readAllLines(result).get(1).split(",", -1)[0];
                            if (!count.equals(Integer.toString(ROWS / 100))) {
                                throw new IllegalStateException(count + " rows were found");
                            }
                        });
        figures.add("lake.scan_seconds", guarded, "s");
        String list =
                files.stream().map(f -> "'" + f + "'").collect(Collectors.joining(", ", "[", "]"));
        try (Connection plain = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = plain.createStatement()) {
            statement.execute("SET threads = 2");
            double bare =
                    median(
                            round -> {
                                try (ResultSet rows =
                                        statement.executeQuery(
                                                select + "read_parquet(" + list + ")" + where)) {
                                    rows.next();
                                }
                            });
            figures.add("lake.scan_plain_duckdb_seconds", bare, "s");
        }
    }

    private interface Round {
        void run(int number) throws IOException, SQLException;
    }

    private static double median(Round round) throws IOException, SQLException {
        round.run(-1); // warms the page cache and the engine
        double[] seconds = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long began = System.nanoTime();
            round.run(i);
            seconds[i] = (System.nanoTime() - began) / 1e9;
        }
        java.util.Arrays.sort(seconds);
        return seconds[ROUNDS / 2];
    }
}
