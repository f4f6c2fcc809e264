package org.roadloop.govern.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class ResampleTest {
    private static final Schema SCHEMA =
            Schema.of(
                    AlignRows.identity("vehicle"),
                    AlignRows.time("at"),
                    AlignRows.state("speed_kmh", ColumnType.DOUBLE, "km/h"),
                    new Column(
                            "heading_degrees",
                            ColumnType.DOUBLE,
                            "deg",
                            DataClass.POSITION,
                            Grade.PERSONAL,
                            CoordinateSystem.NONE),
                    AlignRows.state("gear", ColumnType.INT, ""),
                    AlignRows.state("light", ColumnType.STRING, ""));

    private static Resample everySecond(int gapSeconds) {
        return new Resample(
                "vehicle",
                "at",
                Duration.ofSeconds(1),
                Duration.ofSeconds(gapSeconds),
                Duration.ofSeconds(2),
                Duration.ofSeconds(6),
                null);
    }

    private static AlignRows.Ran run(Resample operator, Schema schema, List<Batch> in) {
        return AlignRows.run(operator, schema, in, AlignRows.setting(Map.of()));
    }

    @Test
    void aTripOnWholeSeconds() {
        Batch in =
                AlignRows.batch(
                        SCHEMA,
                        """
                        car-a  0.5  10    350      3  off
                        car-a  1.5  20     10      4  -
                        car-a  2.0  30     20      -  low
                        car-a  3.5  masked 50      -  high
                        car-a  4.4  masked 50      -  -
                        car-a  8.5  40     60      5  off
                        car-a 10.0  70     90      5  off
                        car-a 30.2   7      8      1  off
                        car-b  7.0   1      2      3  off
                        car-b  7.0  99     99     99  off
                        car-b  8.0   3      4      5  low
                        """);
        AlignRows.Ran ran = run(everySecond(4), SCHEMA, List.of(in));
        // speed was taken out, so it stays out; at 4 the gear is 2.5 s old, no longer known
        assertThat(ran.text())
                .isEqualTo(
                        """
                        car-a 1 15 0 3 off 500
                        car-a 2 30 20 4 low 0
                        car-a 3 masked 40 4 low 500
                        car-a 4 masked 50 - high 400
                        car-a 5 - - - - -
                        car-a 6 - - - - -
                        car-a 7 - - - - -
                        car-a 8 - - - - -
                        car-a 9 50 70 5 off 500
                        car-a 10 70 90 5 off 0
                        car-b 7 1 2 3 off 0
                        car-b 8 3 4 5 low 0
                        """);
        assertThat(ran.report().dropped()).containsOnly(Map.entry("same_time", 1L));
        assertThat(ran.report().changed())
                .containsOnly(Map.entry("interpolated", 4L), Map.entry("in_gap", 4L));
        assertThat(ran.report().figures()).containsEntry("parted", 1.0);
    }

    @ParameterizedTest
    @CsvSource({
        // a, b, share, between
        "350, 10, 0.5, 0",
        "350, 10, 0.25, 355",
        "10, 350, 0.75, 355",
        "90, 180, 0.5, 135",
        "0, 359, 0.5, 359.5",
        "179.9, -179.9, 0.5, -180",
        "-170, 170, 0.25, -175",
        "121.4, 121.6, 0.5, 121.5",
    })
    void anglesGoTheShorterWay(double a, double b, double share, double between) {
        assertThat(ResampleRun.onCircle(a, b, share)).isEqualTo(between, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aLinearSignalStaysLinear(long seed) {
        Random random = new Random(seed);
        double slope = random.nextGaussian();
        Batch in = new Batch(SCHEMA, 2000);
        double at = 0;
        for (int i = 0; i < 2000; i++) {
            at += 0.01 + random.nextDouble() * 0.5;
            long micros = AlignRows.micros(at);
            int row = in.addRow();
            in.set(0, row, "car");
            in.set(1, row, micros);
            in.set(2, row, slope * (micros - AlignRows.START) / 1e6);
        }
        Resample tenth =
                new Resample(
                        "vehicle",
                        "at",
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        null,
                        null,
                        null);
        AlignRows.Ran ran = run(tenth, SCHEMA, List.of(in));
        assertThat(ran.report().rowsOut()).isBetween(4500L, 5500L);
        for (Batch batch : ran.rows()) {
            for (int row = 0; row < batch.rows(); row++) {
                long micros = batch.longs(1)[row];
                assertThat(micros % 100_000).as("seed %d", seed).isZero();
                assertThat(batch.doubles(2)[row])
                        .as("seed %d, row %d", seed, row)
                        .isEqualTo(slope * (micros - AlignRows.START) / 1e6, within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void otherBatchesChangeNothing(long seed) {
        Random random = new Random(seed);
        Batch in = new Batch(SCHEMA, 3000);
        for (int i = 0; i < 3000; i++) {
            int row = in.addRow();
            in.set(0, row, "car-%02d".formatted(i / 100));
            in.set(1, row, AlignRows.micros(i % 100 * 0.7 + random.nextDouble() * 0.6));
            in.set(2, row, random.nextDouble());
            in.set(4, row, random.nextInt(6));
            if (random.nextBoolean()) {
                in.set(5, row, "l" + random.nextInt(3));
            }
            if (random.nextInt(10) == 0) {
                in.setState(2, row, CellState.INVALID);
            }
        }
        Resample operator = everySecond(3);
        AlignRows.Ran whole = run(operator, SCHEMA, List.of(in));
        AlignRows.Ran parts = run(operator, SCHEMA, AlignRows.cut(in, random));
        assertThat(parts.text()).as("seed %d", seed).isEqualTo(whole.text());
        assertThat(parts.report()).isEqualTo(whole.report());
    }

    @Test
    void rowsOutOfOrderAreRefusedByNumberOnly() {
        Batch in =
                AlignRows.batch(
                        SCHEMA,
                        """
                        secret-b 2 - - - -
                        secret-a 3 - - - -
                        """);
        assertThatThrownBy(() -> run(everySecond(2), SCHEMA, List.of(in)))
                .hasMessage("row 2 of the input is out of order: sort it by vehicle and at");
    }
}
