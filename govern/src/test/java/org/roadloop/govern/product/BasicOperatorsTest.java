package org.roadloop.govern.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.coordinates.Datum;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;
import org.roadloop.govern.privacy.Cells;
import org.roadloop.govern.privacy.FormatPreserving;
import org.roadloop.govern.privacy.Hierarchy;
import org.roadloop.govern.privacy.KAnonymity;
import org.roadloop.govern.privacy.PseudonymColumns;
import org.roadloop.govern.privacy.PseudonymColumns.Mode;
import org.roadloop.govern.privacy.Scrub;
import org.roadloop.govern.privacy.TrajectoryRelease;
import org.roadloop.govern.privacy.TripMasking;

/** Three vehicles drive 4 km east along a street, a row every 20 m and second. */
class BasicOperatorsTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final double METERS_PER_DEGREE = 111_320;
    private static final int ROWS = 200;
    private static final Schema DRIVES =
            Schema.of(
                    Column.of("vehicle", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL),
                    Column.of(
                            "at",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.PERSONAL),
                    degrees("lon"),
                    degrees("lat"),
                    Column.of(
                            "speed_mps",
                            ColumnType.DOUBLE,
                            "m/s",
                            DataClass.DRIVING_STATE,
                            Grade.PERSONAL));
    private static final TripMasking ENDS =
            new TripMasking(
                    "vehicle",
                    "at",
                    "lon",
                    "lat",
                    null,
                    null,
                    null,
                    null,
                    new TripMasking.TripEnds(200.0, 800.0, 10, 5));

    /** A square of 200 m around the middle of the street. */
    private static final TripMasking AREA =
            new TripMasking(
                    "vehicle",
                    "at",
                    "lon",
                    "lat",
                    List.of("speed_mps"),
                    List.of(
                            new TripMasking.Area(
                                    "hospital",
                                    List.of(east(1900), east(2100), east(2100), east(1900)),
                                    List.of(-0.001, -0.001, 0.001, 0.001))),
                    100.0,
                    300.0,
                    null);

    static final List<Operator> OPERATORS =
            List.of(
                    ENDS,
                    AREA,
                    new Select(List.of("speed_mps", "vehicle")),
                    new Drop(List.of("at")),
                    new Rename(Map.of("lon", "longitude")),
                    new Where(
                            List.of(
                                    new Where.Condition(
                                            "speed_mps", null, 5.0, null, null, null, null))),
                    new PseudonymColumns(List.of("vehicle"), Mode.REVERSIBLE, "test", null),
                    new PseudonymColumns(List.of("vehicle"), Mode.ONE_WAY, "test", null),
                    new FormatPreserving(List.of("vehicle"), "letters_digits", null, "test", null),
                    new Scrub(List.of("vehicle")),
                    new Datum("lon", "lat", CoordinateSystem.GCJ_02, null, null),
                    new TrajectoryRelease("vehicle", "at", "lon", "lat", 2, 1, 4, null, null),
                    new Cells("vehicle", "lon", "lat", 0, -1, 1, 2, 2, null, null),
                    new KAnonymity(
                            2, Map.of("speed_mps", Hierarchy.ofWidths(5.0, 10.0)), 100.0, null),
                    new Aggregate(
                            new Aggregate.Window("at", Duration.ofSeconds(30)),
                            Map.of("lon", 0.005),
                            null,
                            "vehicle",
                            2,
                            Map.of("speed_mps", List.of(Aggregate.Statistic.MEAN))));

    private static Column degrees(String name) {
        return new Column(
                name,
                ColumnType.DOUBLE,
                "deg",
                DataClass.POSITION,
                Grade.SENSITIVE_PERSONAL,
                CoordinateSystem.WGS_84);
    }

    /** Degrees east of the meridian, on the equator. */
    private static double east(double meters) {
        return meters / METERS_PER_DEGREE;
    }

    /** All rows in order of columns; batches of random size, or one. */
    private static List<Batch> drives(List<String> order, Random cuts) {
        List<int[]> rows = new ArrayList<>();
        for (int car = 0; car < 3; car++) {
            for (int i = 0; i <= ROWS; i++) {
                rows.add(new int[] {car, i});
            }
        }
        if (!order.isEmpty() && order.getFirst().equals("at")) {
            rows.sort((a, b) -> Integer.compare(a[1], b[1]));
        }
        List<Batch> batches = new ArrayList<>();
        Batch batch = new Batch(DRIVES, rows.size());
        for (int[] row : rows) {
            if (cuts.nextInt(100) == 0 && batch.rows() > 0) {
                batches.add(batch);
                batch = new Batch(DRIVES, rows.size());
            }
            int at = batch.addRow();
            batch.set(0, at, "car-" + row[0]);
            batch.set(1, at, 1_000_000L * row[1]);
            batch.set(2, at, east(20.0 * row[1]));
            batch.set(3, at, 0.0);
            batch.set(4, at, (double) (row[1] % 10 + row[0]));
            if (row[1] % 17 == 0) {
                batch.setState(4, at, CellState.INVALID);
            }
        }
        batches.add(batch);
        return batches;
    }

    private static List<String> run(Operator operator, Random cuts) {
        List<String> rows = new ArrayList<>();
        Operator.Run run = operator.start(DRIVES, Setting.of(KEYS, 1));
        for (Batch batch : drives(operator.order(), cuts)) {
            run.process(batch, out -> add(out, rows));
            batch.close();
        }
        run.finish(out -> add(out, rows));
        assertThat(run.report().rowsIn()).isEqualTo(3L * (ROWS + 1));
        assertThat(run.report().rowsOut()).isEqualTo(rows.size());
        return rows;
    }

    private static void add(Batch out, List<String> rows) {
        for (int row = 0; row < out.rows(); row++) {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < out.schema().size(); c++) {
                text.append(c == 0 ? "" : " ");
                text.append(
                        out.isOk(c, row)
                                ? Rows.text(out, c, row)
                                : CellState.name(out.state(c, row)));
            }
            rows.add(text.toString());
        }
        out.close();
    }

    @ParameterizedTest
    @FieldSource("OPERATORS")
    void howTheInputIsCutDoesNotMatter(Operator operator) {
        List<String> whole =
                run(
                        operator,
                        new Random(0) {
                            @Override
                            public int nextInt(int bound) {
                                return 1;
                            }
                        });
        assertThat(whole).isNotEmpty();
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(run(operator, new Random(seed))).as("seed %d", seed).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @FieldSource("OPERATORS")
    void everyOperatorIsListedUnderItsName(Operator operator) {
        assertThat(Operators.find(operator.name()))
                .hasValueSatisfying(e -> assertThat(e.type()).isEqualTo(operator.getClass()));
    }

    @Test
    void bothEndsOfEveryTripAreHiddenAndTheMiddleIsNot() {
        List<String> rows = run(ENDS, new Random(1));
        for (int i = 0; i < rows.size(); i++) {
            String[] cells = rows.get(i).split(" ");
            double meters = 20.0 * (i % (ROWS + 1));
            double toEnd = Math.min(meters, 20.0 * ROWS - meters);
            if (toEnd <= 200) {
                assertThat(cells[2]).as(rows.get(i)).isEqualTo("masked");
            } else if (toEnd > 1600) {
                assertThat(cells[2]).as(rows.get(i)).isEqualTo(Double.toString(east(meters)));
            }
            assertThat(cells[4]).isNotEqualTo("masked");
        }
    }

    @Test
    void aCrossingIsHiddenWithAMarginThatTheBorderDoesNotTell() {
        List<String> rows = run(AREA, new Random(1));
        for (int car = 0; car < 3; car++) {
            int first = -1;
            int last = -1;
            for (int i = 0; i <= ROWS; i++) {
                String[] cells = rows.get(car * (ROWS + 1) + i).split(" ");
                if (cells[2].equals("masked")) {
                    assertThat(cells[3]).isEqualTo("masked");
                    assertThat(cells[4]).isEqualTo("masked");
                    first = first < 0 ? i : first;
                    last = i;
                }
            }
            assertThat(1900 - 20 * first).isBetween(100, 340);
            assertThat(20 * last - 2100).isBetween(100, 340);
        }
    }
}
