package org.roadloop.govern.privacy;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Pseudonymising;
import org.roadloop.govern.operator.Setting;

/**
 * Releases trajectories that at least {@code k} vehicles share (轨迹发布): positions become cells and
 * slots of time, a trajectory becomes segments of a few slots with a new number each, and a segment
 * comes out only as fine and as long as {@code k} vehicles have it in common; see {@link
 * SharedSegments} for how. What is not shared even by one slot of the largest cell is suppressed.
 * Any points of a released segment, however many, fit {@code k} segments.
 *
 * <p>Trip ends and sensitive areas are to be masked before: a row without both coordinates is
 * passed over. Memory: the vehicles and slots of one window of time, {@code slots × slot_minutes}.
 *
 * @param identity text column with the pseudonym of the vehicle
 * @param time timestamp column
 * @param longitude and {@code latitude}: degrees
 * @param k vehicles that share a segment, from 2; 5 if left out
 * @param slotMinutes length of a slot; 15 if left out
 * @param slots most slots of a segment, a power of two; 4 if left out
 * @param cellMeters side of the finest cell; 500 if left out
 * @param levels cell sizes tried, each twice the one before; 4 if left out
 */
public record TrajectoryRelease(
        String identity,
        String time,
        String longitude,
        String latitude,
        @Nullable Integer k,
        @Nullable Integer slotMinutes,
        @Nullable Integer slots,
        @Nullable Double cellMeters,
        @Nullable Integer levels)
        implements Operator, Pseudonymising {
    /** The number that a segment gets, and no other one has. */
    static final String SEGMENT = "shared_segment";

    static final Schema FIXED =
            Schema.of(
                    Column.of(SEGMENT, ColumnType.STRING, "", DataClass.IDENTITY, Grade.GENERAL),
                    Column.of(
                            "slot_from",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL),
                    Column.of("slot_minutes", ColumnType.INT, "min", DataClass.TIME, Grade.GENERAL),
                    Column.of(
                            "cell_longitude",
                            ColumnType.DOUBLE,
                            "deg",
                            DataClass.POSITION,
                            Grade.GENERAL),
                    Column.of(
                            "cell_latitude",
                            ColumnType.DOUBLE,
                            "deg",
                            DataClass.POSITION,
                            Grade.GENERAL),
                    Column.of("cell_m", ColumnType.DOUBLE, "m", DataClass.POSITION, Grade.GENERAL));

    public TrajectoryRelease {
        k = k == null ? 5 : k;
        slotMinutes = slotMinutes == null ? 15 : slotMinutes;
        slots = slots == null ? 4 : slots;
        cellMeters = cellMeters == null ? 500.0 : cellMeters;
        levels = levels == null ? 4 : levels;
        if (k < 2) {
            throw new IllegalArgumentException("k is " + k + "; it needs at least 2");
        }
        if (slotMinutes < 1 || slotMinutes > 1440) {
            throw new IllegalArgumentException(
                    "slot_minutes " + slotMinutes + " is outside 1..1440");
        }
        if (slots < 1 || slots > 64 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException(
                    "slots " + slots + " is not a power of two up to 64");
        }
        if (!(cellMeters >= 50 && cellMeters <= 50_000) || levels < 1 || levels > 8) {
            throw new IllegalArgumentException(
                    "cell_meters "
                            + cellMeters
                            + " is outside 50..50000, or levels "
                            + levels
                            + " outside 1..8");
        }
    }

    @Override
    public String name() {
        return "trajectory_release/1";
    }

    @Override
    public Set<String> tokenColumns() {
        return Set.of(SEGMENT);
    }

    @Override
    public List<String> order() {
        return List.of(time, identity);
    }

    @Override
    public Schema output(Schema input) {
        require(input, identity, ColumnType.STRING);
        require(input, time, ColumnType.TIMESTAMP_MICROS_UTC);
        require(input, longitude, ColumnType.DOUBLE);
        require(input, latitude, ColumnType.DOUBLE);
        CoordinateSystem datum = input.column(input.indexOf(longitude)).coordinateSystem();
        return new Schema(
                FIXED.columns().stream()
                        .map(
                                c ->
                                        c.dataClass() == DataClass.POSITION && !c.unit().equals("m")
                                                ? new Column(
                                                        c.name(),
                                                        c.type(),
                                                        c.unit(),
                                                        c.dataClass(),
                                                        c.grade(),
                                                        datum)
                                                : c)
                        .toList());
    }

    private static void require(Schema input, String name, ColumnType type) {
        ColumnType found = input.column(input.indexOf(name)).type();
        if (found != type) {
            throw new IllegalArgumentException(
                    "column '" + name + "' is " + found + "; trajectory_release takes " + type);
        }
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new Release(input, new SharedSegments(this, output(input), setting));
    }

    private final class Release implements Run {
        private final int identityAt;
        private final int timeAt;
        private final int longitudeAt;
        private final int latitudeAt;
        private final SharedSegments segments;
        private long rowsIn;

        Release(Schema input, SharedSegments segments) {
            this.segments = segments;
            identityAt = input.indexOf(identity);
            timeAt = input.indexOf(time);
            longitudeAt = input.indexOf(longitude);
            latitudeAt = input.indexOf(latitude);
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            rowsIn += in.rows();
            for (int row = 0; row < in.rows(); row++) {
                if (in.isOk(identityAt, row)
                        && in.isOk(timeAt, row)
                        && in.isOk(longitudeAt, row)
                        && in.isOk(latitudeAt, row)) {
                    segments.see(
                            in.strings(identityAt).get(row),
                            in.longs(timeAt)[row],
                            in.doubles(longitudeAt)[row],
                            in.doubles(latitudeAt)[row],
                            out);
                } else {
                    segments.passOver();
                }
            }
        }

        @Override
        public void finish(Consumer<Batch> out) {
            segments.end(out);
        }

        @Override
        public OperatorReport report() {
            return segments.report(rowsIn);
        }
    }
}
