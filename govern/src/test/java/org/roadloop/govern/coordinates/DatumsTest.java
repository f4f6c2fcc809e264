package org.roadloop.govern.coordinates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Setting;

class DatumsTest {
    /** Pairs that the public converters of these datums print in their examples. */
    @ParameterizedTest
    @CsvSource({
        "WGS_84, GCJ_02, 116.404, 39.915, 116.41024449916938, 39.91640428150164",
        "GCJ_02, BD_09,  116.404, 39.915, 116.41036949371029, 39.92133699351021",
    })
    void knownPairs(
            CoordinateSystem from,
            CoordinateSystem to,
            double longitude,
            double latitude,
            double expectedLongitude,
            double expectedLatitude) {
        double[] position = {longitude, latitude};
        Datums.convert(position, from, to);
        assertThat(position[0]).isCloseTo(expectedLongitude, within(1e-9));
        assertThat(position[1]).isCloseTo(expectedLatitude, within(1e-9));
    }

    /** 200,000 positions: there and back within 1e-8 m, six steps and not five of WGS-84's. */
    @Test
    void theInverseIsExactInSixSteps() {
        long seed = 2;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        double[] worst = new double[Datums.STEPS + 1];
        double worstBaidu = 0;
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int i = 0; i < 200_000; i++) {
            double longitude = 73 + random.nextDouble() * 62;
            double latitude = 3 + random.nextDouble() * 51;
            double[] gcj = {longitude, latitude};
            Datums.convert(gcj, CoordinateSystem.WGS_84, CoordinateSystem.GCJ_02);
            double shift = meters(gcj, longitude, latitude);
            least = Math.min(least, shift);
            most = Math.max(most, shift);
            for (int steps = 1; steps <= Datums.STEPS; steps++) {
                double[] back = gcj.clone();
                Datums.inverse(back, false, steps);
                worst[steps] = Math.max(worst[steps], meters(back, longitude, latitude));
            }
            double[] baidu = {longitude, latitude};
            Datums.convert(baidu, CoordinateSystem.GCJ_02, CoordinateSystem.BD_09);
            Datums.convert(baidu, CoordinateSystem.BD_09, CoordinateSystem.GCJ_02);
            worstBaidu = Math.max(worstBaidu, meters(baidu, longitude, latitude));
        }
        System.out.println(
                "metres left after each step: "
                        + java.util.Arrays.toString(worst)
                        + ", BD-09 "
                        + worstBaidu);
        assertThat(worst[Datums.STEPS]).isLessThan(1e-8);
        assertThat(worst[1]).isGreaterThan(1);
        assertThat(worstBaidu).isLessThan(1e-8);
        assertThat(least).isLessThan(60);
        assertThat(most).isBetween(400.0, 1200.0);
    }

    @Test
    void wgs84ToBd09AndBackGoesThroughGcj02() {
        double[] position = {121.473701, 31.230416};
        Datums.convert(position, CoordinateSystem.WGS_84, CoordinateSystem.BD_09);
        assertThat(meters(position, 121.473701, 31.230416)).isBetween(500.0, 2000.0);
        Datums.convert(position, CoordinateSystem.BD_09, CoordinateSystem.WGS_84);
        assertThat(meters(position, 121.473701, 31.230416)).isLessThan(2e-8);
    }

    @ParameterizedTest
    @CsvSource({"2.3522,48.8566", "-74.006,40.7128", "139.6917,35.6895", "151.2,-33.9"})
    void outsideChinaNothingChanges(double longitude, double latitude) {
        for (CoordinateSystem from :
                new CoordinateSystem[] {
                    CoordinateSystem.WGS_84, CoordinateSystem.GCJ_02, CoordinateSystem.BD_09
                }) {
            for (CoordinateSystem to :
                    new CoordinateSystem[] {
                        CoordinateSystem.WGS_84, CoordinateSystem.GCJ_02, CoordinateSystem.BD_09
                    }) {
                double[] position = {longitude, latitude};
                Datums.convert(position, from, to);
                assertThat(position).containsExactly(longitude, latitude);
            }
        }
    }

    @Test
    void columnsAreConvertedAndTagged() {
        Schema schema = schema(CoordinateSystem.WGS_84);
        Datum operator = new Datum("longitude", "latitude", CoordinateSystem.GCJ_02, null, null);
        assertThat(run(operator, schema))
                .isEqualTo("116.410244 39.916404 | absent 39.915000 | 2.352200 48.856600");
        assertThat(operator.output(schema).columns())
                .extracting(Column::coordinateSystem)
                .containsOnly(CoordinateSystem.GCJ_02);
    }

    @Test
    void anUnknownDatumIsRefusedUntilThePlanSaysWhichItIs() {
        Schema unknown = schema(CoordinateSystem.UNKNOWN);
        Datum silent = new Datum("longitude", "latitude", CoordinateSystem.WGS_84, null, null);
        assertThatThrownBy(() -> silent.output(unknown))
                .hasMessage(
                        "the datum of 'longitude' is UNKNOWN; say in the plan which it is: from:"
                                + " WGS_84, GCJ_02 or BD_09");
        assertThatThrownBy(() -> silent.start(unknown, Setting.of(new Keyring(new byte[32], 1), 1)))
                .hasMessageContaining("UNKNOWN");
        Datum said =
                new Datum(
                        "longitude",
                        "latitude",
                        CoordinateSystem.WGS_84,
                        CoordinateSystem.GCJ_02,
                        null);
        assertThat(said.output(unknown).column(0).coordinateSystem())
                .isEqualTo(CoordinateSystem.WGS_84);
        assertThatThrownBy(() -> said.output(schema(CoordinateSystem.BD_09)))
                .hasMessageContaining("tagged BD_09, the plan says GCJ_02");
        assertThatThrownBy(() -> silent.output(schema(CoordinateSystem.LOCAL_METRES)))
                .hasMessageContaining("cannot be converted");
    }

    @Test
    void aPlugInOnTheClassPathIsUsedByName() {
        Schema schema = schema(CoordinateSystem.WGS_84);
        Datum operator =
                new Datum("longitude", "latitude", CoordinateSystem.GCJ_02, null, "half-degree");
        assertThat(run(operator, schema))
                .isEqualTo("116.904000 39.915000 | absent 39.915000 | 2.852200 48.856600");
        assertThatThrownBy(
                        () ->
                                new Datum(
                                                "longitude",
                                                "latitude",
                                                CoordinateSystem.GCJ_02,
                                                null,
                                                "other")
                                        .output(schema))
                .hasMessageContaining("no plug-in 'other'")
                .hasMessageContaining("half-degree");
        assertThatThrownBy(
                        () ->
                                new Datum(
                                                "longitude",
                                                "latitude",
                                                CoordinateSystem.BD_09,
                                                null,
                                                "half-degree")
                                        .output(schema))
                .hasMessageContaining("turns WGS_84 into GCJ_02, not WGS_84 into BD_09");
    }

    /** A stand-in that moves half a degree east, to see that it is called. */
    public static final class HalfDegree implements ApprovedPositionProcessing {
        @Override
        public String name() {
            return "half-degree";
        }

        @Override
        public String approval() {
            return "test";
        }

        @Override
        public CoordinateSystem takes() {
            return CoordinateSystem.WGS_84;
        }

        @Override
        public CoordinateSystem gives() {
            return CoordinateSystem.GCJ_02;
        }

        @Override
        public void process(double[] longitudes, double[] latitudes, int count) {
            for (int i = 0; i < count; i++) {
                longitudes[i] += 0.5;
            }
        }
    }

    private static String run(Datum operator, Schema schema) {
        StringBuilder text = new StringBuilder();
        try (Batch batch = new Batch(schema, 8)) {
            double[][] rows = {{116.404, 39.915}, {Double.NaN, 39.915}, {2.3522, 48.8566}};
            for (double[] row : rows) {
                int r = batch.addRow();
                if (!Double.isNaN(row[0])) {
                    batch.set(0, r, row[0]);
                }
                batch.set(1, r, row[1]);
            }
            operator.start(schema, Setting.of(new Keyring(new byte[32], 1), 1))
                    .process(
                            batch,
                            out -> {
                                assertThat(out.schema()).isEqualTo(operator.output(schema));
                                for (int r = 0; r < out.rows(); r++) {
                                    text.append(text.isEmpty() ? "" : " | ").append(cells(out, r));
                                }
                            });
        }
        return text.toString();
    }

    private static String cells(Batch batch, int row) {
        return java.util.stream.IntStream.range(0, 2)
                .mapToObj(
                        c ->
                                batch.isOk(c, row)
                                        ? String.format(
                                                java.util.Locale.ROOT,
                                                "%.6f",
                                                batch.doubles(c)[row])
                                        : "absent")
                .collect(Collectors.joining(" "));
    }

    private static Schema schema(CoordinateSystem datum) {
        return Schema.of(
                new Column(
                        "longitude",
                        ColumnType.DOUBLE,
                        "deg",
                        DataClass.POSITION,
                        Grade.SENSITIVE_PERSONAL,
                        datum),
                new Column(
                        "latitude",
                        ColumnType.DOUBLE,
                        "deg",
                        DataClass.POSITION,
                        Grade.SENSITIVE_PERSONAL,
                        datum));
    }

    private static double meters(double[] position, double longitude, double latitude) {
        double north = (position[1] - latitude) * 111_320;
        double east = (position[0] - longitude) * 111_320 * Math.cos(Math.toRadians(latitude));
        return Math.hypot(north, east);
    }
}
