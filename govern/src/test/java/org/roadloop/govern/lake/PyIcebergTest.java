package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

/** Our tables as PyIceberg and PyArrow read them. */
@Tag("slow")
class PyIcebergTest {
    private static final String PYTHON = "python3";

    private static final Schema SCHEMA =
            Schema.of(
                    column("car", ColumnType.STRING, DataClass.IDENTITY),
                    column("sampled_at", ColumnType.TIMESTAMP_MICROS_UTC, DataClass.TIME),
                    column("moving", ColumnType.BOOL, DataClass.DRIVING_STATE),
                    column("gear", ColumnType.INT, DataClass.DRIVING_STATE),
                    column("frame", ColumnType.LONG, DataClass.LINEAGE),
                    column("ratio", ColumnType.FLOAT, DataClass.ENVIRONMENT),
                    column("speed_kmh", ColumnType.DOUBLE, DataClass.DRIVING_STATE));

    private static final String SCRIPT =
            """
            import sys
            from pyiceberg.table import StaticTable
            table = StaticTable.from_metadata(sys.argv[1])
            print(" ".join(f"{f.name}:{f.field_type}" for f in table.schema().fields))
            for snapshot in sorted(table.snapshots(), key=lambda s: s.sequence_number):
                rows = table.scan(snapshot_id=snapshot.snapshot_id).to_arrow()
                print(snapshot.summary.operation.value, rows.num_rows)
            rows = table.scan().to_arrow().sort_by("frame").to_pylist()
            for row in rows:
                print(*("" if v is None else v for v in row.values()), sep="|")
            few = table.scan(row_filter="gear > 1", selected_fields=("frame",)).to_arrow()
            print(sorted(few.column("frame").to_pylist()))
            """;

    @TempDir Path folder;

    private static Column column(String name, ColumnType type, DataClass dataClass) {
        return Column.of(name, type, "", dataClass, Grade.GENERAL);
    }

    @BeforeAll
    static void pythonHasThem() {
        boolean there;
        try {
            Process process =
                    new ProcessBuilder(PYTHON, "-c", "import pyiceberg, pyarrow")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            there = process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            there = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            there = false;
        }
        assumeTrue(there, "PyIceberg and PyArrow are missing: ./roadloop setup clients");
    }

    private static Batch rows(int from, int to) {
        Batch batch = new Batch(SCHEMA, to - from);
        for (int i = from; i < to; i++) {
            int row = batch.addRow();
            batch.set(0, row, "车-" + i);
            batch.set(1, row, 1_700_000_000_000_000L + i);
            batch.set(2, row, i % 2 == 0);
            batch.set(3, row, i);
            batch.set(4, row, Long.MAX_VALUE - i);
            batch.set(5, row, i / 4f);
            batch.set(6, row, i * 0.1);
        }
        batch.setState(6, 0, CellState.MASKED);
        return batch;
    }

    @Test
    void rowsTypesAndSnapshotsAreTheSame() throws Exception {
        ReleaseRule rule =
                new ReleaseRule(
                        "car",
                        "sampled_at",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of("car"),
                        0,
                        0,
                        null);
        try (Lake lake = new Lake(folder, LakeSettings.DEFAULT, new Keyring(new byte[32], 1))) {
            lake.create("t", SCHEMA, rule);
            for (int i = 0; i < 2; i++) {
                try (Batch batch = rows(2 * i, 2 * i + 2)) {
                    lake.commit(
                            "t",
                            List.of(lake.write("t", List.of(batch))),
                            new LogPosition(0, i + 1),
                            Map.of());
                }
            }
            LakeMaintenance.Settings d = LakeMaintenance.Settings.DEFAULT;
            new LakeMaintenance(
                            lake,
                            new LakeMaintenance.Settings(
                                    d.smallRows(),
                                    d.targetRows(),
                                    2,
                                    d.keep(),
                                    d.leastSnapshots(),
                                    d.orphanAge()),
                            (step, table, facts) -> {})
                    .compact("t");
            assertThat(read(Path.of(lake.metadata("t"))))
                    .isEqualTo(
                            """
                            car:string sampled_at:timestamptz moving:boolean gear:int frame:long \
                            ratio:float speed_kmh:double cell_states:string
                            append 2
                            append 4
                            replace 4
                            车-3|2023-11-14 22:13:20.000003+00:00|False|3|9223372036854775804|0.75|\
                            0.30000000000000004|
                            车-2|2023-11-14 22:13:20.000002+00:00|True|2|9223372036854775805|0.5||......m
                            车-1|2023-11-14 22:13:20.000001+00:00|False|1|9223372036854775806|0.25|0.1|
                            车-0|2023-11-14 22:13:20+00:00|True|0|9223372036854775807|0.0||......m
                            [9223372036854775804, 9223372036854775805]
                            """);
        }
    }

    private static final String EVOLVED =
            """
            import sys
            from pyiceberg.table import StaticTable
            table = StaticTable.from_metadata(sys.argv[1])
            for snapshot in sorted(table.snapshots(), key=lambda s: s.sequence_number):
                print(*(f"{f.name}:{f.field_type}" for f in table.schemas()[snapshot.schema_id].fields))
                rows = table.scan(snapshot_id=snapshot.snapshot_id).to_arrow().sort_by("frame")
                for row in rows.to_pylist():
                    print(*("" if v is None else v for v in row.values()), sep="|")
            """;

    @Test
    void columnsThatChangedAreReadAsTheyWereAndAsTheyAre() throws Exception {
        Schema before =
                Schema.of(
                        column("car", ColumnType.STRING, DataClass.IDENTITY),
                        column("frame", ColumnType.LONG, DataClass.LINEAGE),
                        column("gear", ColumnType.INT, DataClass.DRIVING_STATE),
                        column("ratio", ColumnType.FLOAT, DataClass.ENVIRONMENT));
        ReleaseRule rule =
                new ReleaseRule(
                        "car", "", null, null, null, null, List.of(), List.of("car"), 0, 0, null);
        try (Lake lake = new Lake(folder, LakeSettings.DEFAULT, new Keyring(new byte[32], 1))) {
            lake.create("t", before, rule);
            for (int i = 0; i < 2; i++) {
                try (Batch batch = new Batch(before, 1)) {
                    int row = batch.addRow();
                    batch.set(0, row, "车-" + i);
                    batch.set(1, row, (long) i);
                    batch.set(2, row, 10 + i);
                    batch.set(3, row, 0.5f + i);
                    batch.setState(2 + i, row, CellState.MASKED);
                    lake.commit(
                            "t",
                            List.of(lake.write("t", List.of(batch))),
                            new LogPosition(0, i + 1),
                            Map.of());
                }
                if (i == 0) {
                    SchemaEvolution evolution =
                            new SchemaEvolution(lake, (step, table, facts) -> {});
                    evolution.apply("t", new SchemaEvolution.Change.Rename("gear", "level"));
                    evolution.apply(
                            "t", new SchemaEvolution.Change.Widen("level", ColumnType.LONG));
                    evolution.apply("t", new SchemaEvolution.Change.Move("ratio", null));
                    evolution.apply(
                            "t", new SchemaEvolution.Change.Widen("ratio", ColumnType.DOUBLE));
                    evolution.apply(
                            "t",
                            new SchemaEvolution.Change.Add(
                                    "note",
                                    ColumnType.STRING,
                                    column("note", ColumnType.STRING, DataClass.ALARM)));
                }
            }
            assertThat(read(Path.of(lake.metadata("t")), EVOLVED))
                    .isEqualTo(
                            """
                            car:string frame:long gear:int ratio:float cell_states:string
                            车-0|0||0.5|..m.
                            car:string frame:long level:int ratio:float cell_states:string
                            车-0|0||0.5|..m.
                            car:string frame:long level:long ratio:float cell_states:string
                            车-0|0||0.5|..m.
                            ratio:float car:string frame:long level:long cell_states:string
                            0.5|车-0|0||..m.
                            ratio:double car:string frame:long level:long cell_states:string
                            0.5|车-0|0||..m.
                            ratio:double car:string frame:long level:long note:string cell_states:string
                            0.5|车-0|0|||..m.
                            ratio:double car:string frame:long level:long note:string cell_states:string
                            0.5|车-0|0|||..m.
                            |车-1|1|11||...m
                            """);
        }
    }

    private String read(Path metadata) throws Exception {
        return read(metadata, SCRIPT);
    }

    private String read(Path metadata, String python) throws Exception {
        Path script = Files.writeString(folder.resolve("read.py"), python);
        Path out = folder.resolve("read.txt");
        ProcessBuilder builder =
                new ProcessBuilder(PYTHON, script.toString(), metadata.toString())
                        .redirectOutput(out.toFile())
                        .redirectError(folder.resolve("read.err").toFile());
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("read.err"))).isZero();
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
