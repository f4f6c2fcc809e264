package org.roadloop.govern.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

class QualityTest {
    private static final Schema TRIPS =
            new Schema(
                    List.of(
                            column("vehicle", ColumnType.STRING),
                            column("at", ColumnType.TIMESTAMP_MICROS_UTC),
                            column("arrived", ColumnType.TIMESTAMP_MICROS_UTC),
                            column("lon", ColumnType.DOUBLE),
                            column("lat", ColumnType.DOUBLE),
                            column("kmh", ColumnType.DOUBLE)));

    private static final Quality QUALITY =
            new Quality(
                    "vehicle", "at", "arrived", "lon", "lat", "kmh", null, null, null, null, null,
                    null, null);

    private static Column column(String name, ColumnType type) {
        return Column.of(name, type, "", DataClass.DRIVING_STATE, Grade.PERSONAL);
    }

    /** East along the equator at 36 km/h, a row a second. */
    private static Batch drive(int seconds) {
        Batch batch = new Batch(TRIPS, seconds);
        for (int i = 0; i < seconds; i++) {
            int row = batch.addRow();
            batch.set(0, row, "v");
            batch.set(1, row, i * 1_000_000L);
            batch.set(2, row, i * 1_000_000L + 50_000);
            batch.set(3, row, 120 + i * 10 / 111_320.0);
            batch.set(4, row, 0.0);
            batch.set(5, row, 36.0);
        }
        return batch;
    }

    private static OperatorReport run(List<Batch> in, List<Long> bits) {
        var run = QUALITY.start(TRIPS, Setting.of(new Keyring(new byte[32], 1), 1));
        for (Batch batch : in) {
            run.process(
                    batch,
                    out -> {
                        for (int row = 0; row < out.rows(); row++) {
                            bits.add(out.longs(out.schema().indexOf("quality"))[row]);
                        }
                        out.close();
                    });
        }
        return run.report();
    }

    @Test
    void faultsAreMarkedInTheirRowsAndScored() {
        Batch batch = drive(100);
        batch.set(3, 50, 121.0); // 100 km away, and back
        batch.set(2, 70, 70_000_000L + 31_000_000L);
        batch.setState(5, 90, CellState.ABSENT);
        List<Long> bits = new ArrayList<>();
        OperatorReport report = run(List.of(batch), bits);
        for (int row = 0; row < 100; row++) {
            long expected =
                    row == 50 || row == 51
                            ? Reason.POSITION_JUMP.bit()
                            : row == 70 ? Reason.LATE.bit() : 0;
            assertThat(bits.get(row)).as("row %d", row).isEqualTo(expected);
        }
        assertThat(report.changed()).containsEntry("position_jump", 2L).containsEntry("late", 1L);
        assertThat(report.figures())
                .containsEntry("timeliness_percent", 99.0)
                .containsEntry("completeness_percent", 100 * 599 / 600.0)
                .containsEntry("accuracy_percent", 100 * 97 / 99.0);
    }

    @Test
    void bordersOfBatchesDoNotMatter() {
        Batch whole = drive(64);
        whole.set(3, 32, 121.0);
        Batch first = new Batch(TRIPS, 33);
        Batch second = new Batch(TRIPS, 31);
        for (int row = 0; row < 64; row++) {
            Batch to = row < 33 ? first : second;
            int at = to.addRow();
            for (int c = 0; c < TRIPS.size(); c++) {
                to.copyCell(whole, c, row, c, at);
            }
        }
        List<Long> one = new ArrayList<>();
        List<Long> two = new ArrayList<>();
        assertThat(run(List.of(first, second), two)).isEqualTo(run(List.of(whole), one));
        assertThat(two).isEqualTo(one);
    }

    @Test
    void aColumnOfAnotherTypeIsNamed() {
        Quality wrong =
                new Quality(
                        "lon", "at", null, null, null, null, null, null, null, null, null, null,
                        null);
        assertThatThrownBy(() -> wrong.output(TRIPS)).hasMessageContaining("'lon' to be STRING");
    }
}
