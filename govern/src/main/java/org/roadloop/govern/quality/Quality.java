package org.roadloop.govern.quality;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/**
 * Scores the rows of any table (质量评价): every row comes out with a {@code quality} column of {@link
 * Reason} bits, and the report has the indicators of GB/T 36344-2018 that rows alone can tell. The
 * physics are those of {@link VehicleMemory}, in the order in which the rows come.
 *
 * @param vehicle text column of the identity or its pseudonym
 * @param time column of the row's own time
 * @param arrival when it arrived; null if unknown: then nothing is late
 * @param longitude and {@code latitude}: degrees; null if there are none
 * @param speedKmh column; null if there is none
 * @param headingDegrees column, clockwise from north; null if there is none
 * @param lateAfter a row that arrives later than this after its time is late; 30 s if left out
 * @param maxSpeedKmh displacement faster than this is a jump; 300 if left out
 * @param speedToleranceKmh 40 if left out
 * @param headingToleranceDegrees 60 if left out
 * @param compareWithin rows further apart are not compared; 30 s if left out
 * @param frozenRows so many rows with one position while moving; 10 if left out
 */
public record Quality(
        String vehicle,
        String time,
        @Nullable String arrival,
        @Nullable String longitude,
        @Nullable String latitude,
        @Nullable String speedKmh,
        @Nullable String headingDegrees,
        @Nullable Duration lateAfter,
        @Nullable Double maxSpeedKmh,
        @Nullable Double speedToleranceKmh,
        @Nullable Double headingToleranceDegrees,
        @Nullable Duration compareWithin,
        @Nullable Integer frozenRows)
        implements Operator {
    private static final String COLUMN = "quality";
    private static final Duration DEFAULT_LATE_AFTER = Duration.ofSeconds(30);
    private static final Duration DEFAULT_COMPARE_WITHIN = Duration.ofSeconds(30);
    private static final long DRIFT_MICROS = 5_000_000;
    private static final long DRIFT_WINDOW_MICROS = 600_000_000;

    public Quality {
        if ((longitude == null) != (latitude == null)) {
            throw new IllegalArgumentException("a position needs both longitude and latitude");
        }
        if (or(lateAfter, DEFAULT_LATE_AFTER).isNegative()
                || or(compareWithin, DEFAULT_COMPARE_WITHIN).isNegative()
                || or(frozenRows, 10) < 2) {
            throw new IllegalArgumentException(
                    "late_after and compare_within are 0 or more, frozen_rows 2 or more");
        }
    }

    @Override
    public String name() {
        return "quality/1";
    }

    @Override
    public Schema output(Schema input) {
        require(input, vehicle, ColumnType.STRING);
        require(input, time, ColumnType.TIMESTAMP_MICROS_UTC);
        require(input, arrival, ColumnType.TIMESTAMP_MICROS_UTC);
        require(input, longitude, ColumnType.DOUBLE);
        require(input, latitude, ColumnType.DOUBLE);
        require(input, speedKmh, ColumnType.DOUBLE);
        require(input, headingDegrees, ColumnType.DOUBLE);
        List<Column> columns = new ArrayList<>(input.columns());
        columns.removeIf(column -> column.name().equals(COLUMN));
        columns.add(Column.of(COLUMN, ColumnType.LONG, "", DataClass.LINEAGE, Grade.GENERAL));
        return new Schema(columns);
    }

    private static void require(Schema input, @Nullable String name, ColumnType type) {
        if (name != null && input.column(input.indexOf(name)).type() != type) {
            throw new IllegalArgumentException(
                    "quality/1 needs column '"
                            + name
                            + "' to be "
                            + type
                            + ", not "
                            + input.column(input.indexOf(name)).type());
        }
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new Scoring(this, input);
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private static int index(Schema schema, @Nullable String column) {
        return column == null ? -1 : schema.indexOf(column);
    }

    private static final class Scoring implements Run {
        private final Schema out;
        private final int[] source; // per column of the output but the last: its place in the input
        private final int vehicle;
        private final int time;
        private final int arrival;
        private final int longitude;
        private final int latitude;
        private final int speed;
        private final int heading;
        private final long lateMicros;
        private final VehicleMemory memory;
        private final VehicleMemory.Row one = new VehicleMemory.Row(0);
        private final Report report = new Report(List.of());

        Scoring(Quality quality, Schema input) {
            out = quality.output(input);
            source = new int[out.size() - 1];
            for (int c = 0; c < source.length; c++) {
                source[c] = input.indexOf(out.column(c).name());
            }
            vehicle = input.indexOf(quality.vehicle);
            time = input.indexOf(quality.time);
            arrival = index(input, quality.arrival);
            longitude = index(input, quality.longitude);
            latitude = index(input, quality.latitude);
            speed = index(input, quality.speedKmh);
            heading = index(input, quality.headingDegrees);
            lateMicros = or(quality.lateAfter, DEFAULT_LATE_AFTER).toNanos() / 1000;
            memory =
                    new VehicleMemory(
                            new VehicleMemory.Limits(
                                    or(quality.maxSpeedKmh, 300.0),
                                    or(quality.speedToleranceKmh, 40.0),
                                    or(quality.headingToleranceDegrees, 60.0),
                                    or(quality.compareWithin, DEFAULT_COMPARE_WITHIN).toNanos()
                                            / 1000,
                                    or(quality.frozenRows, 10),
                                    DRIFT_MICROS,
                                    DRIFT_WINDOW_MICROS));
        }

        @Override
        public void process(Batch in, Consumer<Batch> taker) {
            if (in.rows() == 0) {
                return;
            }
            Batch scored = new Batch(out, in.rows());
            for (int row = 0; row < in.rows(); row++) {
                scored.addRow();
                for (int c = 0; c < source.length; c++) {
                    scored.copyCell(in, source[c], row, c, row);
                    count(in.state(source[c], row));
                }
                scored.set(source.length, row, judge(in, row));
            }
            report.rowsIn += in.rows();
            report.rowsOut += in.rows();
            taker.accept(scored);
        }

        private void count(byte state) {
            report.cells++;
            report.cellsAbsent += state == CellState.ABSENT ? 1 : 0;
            report.cellsInvalid += state == CellState.INVALID ? 1 : 0;
            report.cellsAbnormal += state == CellState.ABNORMAL ? 1 : 0;
            report.cellsMasked += state == CellState.MASKED ? 1 : 0;
        }

        private long judge(Batch in, int row) {
            if (!in.isOk(vehicle, row) || !in.isOk(time, row)) {
                report.unkeyed++;
                return 0;
            }
            StringColumn names = in.strings(vehicle);
            one.vehicle = hash(names.bytes(), names.offset(row), names.length(row));
            one.micros = in.longs(time)[row];
            boolean arrived = arrival >= 0 && in.isOk(arrival, row);
            one.arrivalMicros = arrived ? in.longs(arrival)[row] : Long.MIN_VALUE;
            one.a = number(in, longitude, row);
            one.b = number(in, latitude, row);
            if (Double.isNaN(one.b)) {
                one.a = Double.NaN;
            }
            one.degrees = true;
            one.speedKmh = number(in, speed, row);
            one.headingDegrees = number(in, heading, row);
            long found = memory.check(one);
            long bits = found & ~VehicleMemory.COMPARED;
            if (arrived && one.arrivalMicros - one.micros > lateMicros) {
                bits |= Reason.LATE.bit();
            }
            report.comparedRows += found < 0 ? 1 : 0;
            boolean wrong = false;
            for (Reason reason : Reason.values()) {
                if ((bits & reason.bit()) != 0) {
                    report.count(reason);
                    wrong |= reason.isPhysics();
                }
            }
            report.physicsRows += wrong ? 1 : 0;
            return bits;
        }

        private static double number(Batch in, int c, int row) {
            return c >= 0 && in.isOk(c, row) ? in.doubles(c)[row] : Double.NaN;
        }

        /** FNV-1a, 64 bits. */
        private static long hash(byte[] bytes, int offset, int length) {
            long h = 0xcbf29ce484222325L;
            for (int i = offset; i < offset + length; i++) {
                h = (h ^ (bytes[i] & 0xFF)) * 0x100000001b3L;
            }
            return (h ^ h >>> 32) * 0x9E3779B97F4A7C15L;
        }

        @Override
        public OperatorReport report() {
            SortedMap<String, Double> figures = new TreeMap<>();
            Map<String, Double> six = Scorecard.of("", report, report.rowsOut).indicators();
            for (String name : List.of("normativity", "completeness", "accuracy", "timeliness")) {
                figures.put(name + "_percent", 100 * six.getOrDefault(name, 1.0));
            }
            return new OperatorReport(
                    report.rowsIn,
                    report.rowsOut,
                    Collections.emptySortedMap(),
                    new TreeMap<>(report.rejects()),
                    figures);
        }
    }
}
