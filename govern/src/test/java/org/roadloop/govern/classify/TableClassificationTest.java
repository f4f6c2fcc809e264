package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

class TableClassificationTest {
    private static final Schema SCHEMA =
            new Schema(
                    List.of(
                            column(
                                    "vehicle",
                                    ColumnType.STRING,
                                    DataClass.IDENTITY,
                                    Grade.PERSONAL),
                            column(
                                    "at",
                                    ColumnType.TIMESTAMP_MICROS_UTC,
                                    DataClass.TIME,
                                    Grade.GENERAL),
                            column(
                                    "remark",
                                    ColumnType.STRING,
                                    DataClass.ENVIRONMENT,
                                    Grade.GENERAL),
                            column(
                                    "temp_c",
                                    ColumnType.INT,
                                    DataClass.ENVIRONMENT,
                                    Grade.GENERAL)));

    @TempDir Path home;

    private static Column column(String name, ColumnType type, DataClass of, Grade grade) {
        return new Column(name, type, "", of, grade, CoordinateSystem.NONE);
    }

    @Test
    void aColumnThatHoldsMoreThanItSaysIsNamedAndTheTableIsGraded() {
        try (Lake lake = new Lake(home, LakeSettings.DEFAULT, new Keyring(new byte[32], 1))) {
            ReleaseRule rule =
                    new ReleaseRule(
                            "vehicle", "at", null, null, null, null, List.of(), List.of(), 0, 0,
                            null);
            lake.create("notes", SCHEMA, rule);
            try (Batch batch = new Batch(SCHEMA, 600)) {
                SplittableRandom random = new SplittableRandom(5);
                for (int i = 0; i < 600; i++) {
                    int row = batch.addRow();
                    batch.set(0, row, "pseudonym-" + i % 40);
                    batch.set(1, row, 1_790_000_000_000_000L + i);
                    batch.set(2, row, "138%08d".formatted(random.nextInt(100_000_000)));
                    batch.set(3, row, i % 30);
                }
                lake.commit(
                        "notes",
                        List.of(lake.write("notes", List.of(batch))),
                        LogPosition.START,
                        Map.of());
            }
            TableClassification found =
                    TableClassification.of(
                            lake, "notes", lake.currentSnapshot("notes"), SCHEMA, "vehicle");
            assertThat(found.rows()).isEqualTo(600);
            assertThat(found.subjects()).isEqualTo(40);
            assertThat(found.mismatches()).containsExactly("remark");
            assertThat(found.columns().get(2).guess().kind()).isEqualTo(ValueKind.PHONE);
            assertThat(found.columns().get(2).guess().evidence()).doesNotContain("138");
            assertThat(found.columns().get(3).guess()).isNull();
            assertThat(found.grade().grade()).isEqualTo(Grade.PERSONAL);
        }
    }
}
