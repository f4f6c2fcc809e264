package org.roadloop.govern.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchPool;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.Geofence;
import org.roadloop.govern.privacy.Pseudonym;
import org.roadloop.govern.quality.DuplicateIndex;
import org.roadloop.govern.quality.RangeCheck;
import org.roadloop.govern.quality.Reason;
import org.roadloop.govern.quality.Report;
import org.roadloop.govern.quality.RowKeys;
import org.roadloop.govern.quality.VehicleMemory;

/**
 * Governs raw batches after one plan (治理流水线): raw batch in, governed batch and report out, the raw
 * one untouched. Operators run one after the other over whole columns, in the order of {@link
 * #OPERATORS}. The same plan, keys, duplicate index and sequence of rows give the same bytes. One
 * thread.
 */
public final class Pipeline {
    /** Name and version of each operator, as a passport lists them. */
    public static final List<String> OPERATORS =
            List.of(
                    "row-key/2",
                    "deduplicate/1",
                    "validity/1",
                    "timeliness/1",
                    "physics/2",
                    "sensitive-area/1",
                    "pseudonym/1");

    private static final long CLOCK_WINDOW_MICROS = 600_000_000L;
    private static final int APPROACHED_ROWS = 256;
    private static final int SMALLEST_POOLED_ROWS = 1_024;

    /** Rows of free batches that are kept: what one commit holds and the next one needs. */
    private static final int POOLED_ROWS = 1 << 18;

    private final Plan plan;
    private final Schema raw;
    private final Schema governed;
    private final DuplicateIndex duplicates;
    private final Pseudonym pseudonym;
    private final RowKeys keys;
    private final Geofence geofence;
    private final @Nullable VehicleMemory memory;
    private final VehicleMemory.Row vehicleRow;

    private final int identity;
    private final int time;
    private final int arrival;
    private final int segment;
    private final int offset;
    private final int[] keyColumns;
    private final RowKeys.@Nullable Same[] same;
    private final int[] contentColumns;
    private final List<RangeCheck> ranges = new ArrayList<>();
    private final List<String> rangeNames = new ArrayList<>();
    private final int longitude;
    private final int latitude;
    private final int x;
    private final int y;
    private final int speed;
    private final double speedToKmh;
    private final int heading;
    private final int[] sensors;
    private final int[] appliesColumn; // per raw column; -1: to every row
    private final int[] appliesValue;
    private final int[] masked;
    private int[] selected = new int[0];
    private final @Nullable BatchPool[] pools = new @Nullable BatchPool[17]; // by log2 of its rows

    /** A governed batch, the caller's, and what happened on the way. */
    public record Result(Batch batch, Report report) {}

    /** With the row keys of a table that is made now. */
    public Pipeline(Plan plan, Keyring keyring, DuplicateIndex duplicates) {
        this(plan, keyring, duplicates, RowKeys.VERSION);
    }

    /**
     * @param rowKeyVersion of the table, see {@link RowKeys}
     */
    public Pipeline(Plan plan, Keyring keyring, DuplicateIndex duplicates, int rowKeyVersion) {
        this.plan = plan;
        this.raw = plan.rawSchema();
        this.governed = plan.governedSchema();
        this.duplicates = duplicates;
        pseudonym = Pseudonym.internal(keyring);
        keys = new RowKeys(keyring, rowKeyVersion);
        geofence = new Geofence(plan.areas());
        identity = raw.indexOf(plan.identity());
        time = raw.indexOf(plan.time());
        arrival = indexOf(plan.arrival());
        Plan.@Nullable LogColumns log = plan.log();
        segment = log == null ? -1 : raw.indexOf(log.segment());
        offset = log == null ? -1 : raw.indexOf(log.offset());
        keyColumns = plan.rowKey().columns().stream().mapToInt(raw::indexOf).toArray();
        same = new RowKeys.@Nullable Same[keyColumns.length];
        for (int k = 0; k < keyColumns.length; k++) {
            same[k] = same(plan.rowKey().same(), raw.column(keyColumns[k]).name());
        }
        Set<String> outside = plan.rowKey().contentIgnores();
        contentColumns =
                java.util.stream.IntStream.range(0, raw.size())
                        .filter(c -> !outside.contains(raw.column(c).name()))
                        .toArray();
        for (Plan.Field field : plan.fields()) {
            if (field.hasRange() || !field.invalid().isEmpty() || !field.abnormal().isEmpty()) {
                ranges.add(
                        new RangeCheck(
                                raw.indexOf(field.column().name()),
                                field.min(),
                                field.max(),
                                sorted(field.invalid()),
                                sorted(field.abnormal()),
                                Reason.FIRST_RANGE_BIT + ranges.size()));
                rangeNames.add(field.column().name());
            }
        }
        if (ranges.size() > Reason.MOST_RANGES) {
            throw new IllegalArgumentException(
                    "plan '"
                            + plan.name()
                            + "' has "
                            + ranges.size()
                            + " columns with a validity range; the quality bitmap holds "
                            + Reason.MOST_RANGES);
        }
        longitude = indexOf(plan.position().longitude());
        latitude = indexOf(plan.position().latitude());
        x = indexOf(plan.position().x());
        y = indexOf(plan.position().y());
        masked = plan.masked().stream().mapToInt(raw::indexOf).toArray();
        Plan.@Nullable Physics physics = plan.physics();
        speed = physics == null ? -1 : raw.indexOf(physics.speed());
        speedToKmh = speed >= 0 && raw.column(speed).unit().equals("m/s") ? 3.6 : 1;
        heading = physics == null ? -1 : indexOf(physics.heading());
        sensors =
                physics == null
                        ? new int[0]
                        : physics.sensors().keySet().stream().mapToInt(raw::indexOf).toArray();
        memory = physics == null ? null : memory(physics);
        vehicleRow = new VehicleMemory.Row(sensors.length);
        appliesColumn = new int[raw.size()];
        appliesValue = new int[raw.size()];
        for (int c = 0; c < raw.size(); c++) {
            Plan.@Nullable Applies applies = plan.fields().get(c).applies();
            appliesColumn[c] = applies == null ? -1 : raw.indexOf(applies.column());
            appliesValue[c] = applies == null ? 0 : applies.value();
        }
    }

    private static VehicleMemory memory(Plan.Physics physics) {
        Duration drift = physics.clockDrift();
        return new VehicleMemory(
                new VehicleMemory.Limits(
                        physics.maxSpeedKmh(),
                        physics.speedToleranceKmh(),
                        physics.headingToleranceDegrees(),
                        physics.compareWithin().toNanos() / 1000,
                        physics.frozenRows(),
                        drift == null ? 0 : drift.toNanos() / 1000,
                        CLOCK_WINDOW_MICROS),
                physics.sensors().values().stream().mapToInt(Integer::intValue).toArray());
    }

    private int indexOf(@Nullable String column) {
        return column == null ? -1 : raw.indexOf(column);
    }

    private static RowKeys.@Nullable Same same(Map<String, List<Set<Long>>> groups, String column) {
        List<Set<Long>> of = groups.get(column);
        if (of == null) {
            return null;
        }
        List<Integer> values = new ArrayList<>();
        List<Integer> as = new ArrayList<>();
        for (Set<Long> group : of) {
            long least = group.stream().mapToLong(Long::longValue).min().orElse(0);
            for (long value : sorted(group)) {
                values.add(Math.toIntExact(value));
                as.add(Math.toIntExact(least));
            }
        }
        return new RowKeys.Same(
                values.stream().mapToInt(Integer::intValue).toArray(),
                as.stream().mapToInt(Integer::intValue).toArray());
    }

    private static long[] sorted(Set<Long> values) {
        return values.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    public Schema schema() {
        return governed;
    }

    public Report emptyReport() {
        return new Report(rangeNames);
    }

    /** Whether a raw row stands before a log position, and so is in the table already. */
    boolean isBefore(Batch batch, int row, LogPosition from) {
        if (segment < 0) {
            return false;
        }
        long at = batch.longs(segment)[row];
        return at < from.segment()
                || (at == from.segment() && batch.longs(offset)[row] < from.offset());
    }

    /**
     * Governs one raw batch.
     *
     * @param from rows before this place in the log are in the table already and are passed over
     */
    public Result process(Batch batch, LogPosition from) {
        return process(batch, from, ErasedSubjects.NONE);
    }

    /**
     * As above.
     *
     * @param erased whose rows are counted and left out
     */
    public Result process(Batch batch, LogPosition from, ErasedSubjects erased) {
        if (batch.schema() != raw) {
            checkColumns(batch.schema());
        }
        Report report = emptyReport();
        int count = select(batch, from, erased, report);
        Batch out = take(count);
        out.rows(count);
        copyColumns(batch, out, count);
        long[] quality = out.longs(governed.size() - 1);
        java.util.Arrays.fill(quality, 0, count, 0);
        for (int r = 0; r < ranges.size(); r++) {
            ranges.get(r).run(out, quality, report);
        }
        checkTimes(out, count, quality, report);
        checkPhysics(batch, out, count, quality, report);
        maskAreas(out, count, report);
        pseudonym.identities(batch.strings(identity), selected, count, out.strings(identity));
        report.rowsOut = count;
        countStates(out, count, report);
        duplicates.forget();
        return new Result(out, report);
    }

    /** Large batches are used again: made anew, they would fill the heap many times a second. */
    private Batch take(int rows) {
        if (rows < SMALLEST_POOLED_ROWS) {
            return new Batch(governed, Math.max(1, rows));
        }
        int bits = 32 - Integer.numberOfLeadingZeros(rows - 1);
        @Nullable BatchPool pool = pools[bits];
        if (pool == null) {
            pool = new BatchPool(governed, 1 << bits, Math.max(2, POOLED_ROWS >> bits));
            pools[bits] = pool;
        }
        return pool.take();
    }

    private void checkColumns(Schema schema) {
        if (schema.size() != raw.size()) {
            throw new IllegalArgumentException(
                    "plan '"
                            + plan.name()
                            + "' governs the columns "
                            + raw.names()
                            + "; the feed sends "
                            + schema.names());
        }
        for (int c = 0; c < raw.size(); c++) {
            Column want = raw.column(c);
            Column have = schema.column(c);
            if (!want.name().equals(have.name()) || want.type() != have.type()) {
                throw new IllegalArgumentException(
                        "plan '"
                                + plan.name()
                                + "' wants column "
                                + c
                                + " to be "
                                + want.name()
                                + " "
                                + want.type()
                                + "; the feed sends "
                                + have.name()
                                + " "
                                + have.type());
            }
        }
    }

    /** Rows to keep, by index; the rest is counted. */
    private int select(Batch batch, LogPosition from, ErasedSubjects erased, Report report) {
        keys.compute(batch, keyColumns, same, contentColumns);
        int rows = batch.rows();
        if (selected.length < rows) {
            selected = new int[rows];
        }
        byte[] identityStates = batch.states(identity);
        byte[] timeStates = batch.states(time);
        long[] times = batch.longs(time);
        byte[] arrivalStates = arrival < 0 ? timeStates : batch.states(arrival);
        long[] arrivals = arrival < 0 ? times : batch.longs(arrival);
        long erasedUpTo = erased.upToMicros();
        StringColumn identities = batch.strings(identity);
        int count = 0;
        for (int row = 0; row < rows; row++) {
            if (row % APPROACHED_ROWS == 0) {
                int end = Math.min(rows, row + APPROACHED_ROWS);
                duplicates.approach(times, keys.high(), keys.low(), row, end);
            }
            if (isBefore(batch, row, from)) {
                report.alreadyCommitted++;
                continue;
            }
            report.rowsIn++;
            if (identityStates[row] != CellState.OK || timeStates[row] != CellState.OK) {
                report.unkeyed++;
                continue;
            }
            long arrived = arrivalStates[row] == CellState.OK ? arrivals[row] : times[row];
            report.latestArrivalMicros = Math.max(report.latestArrivalMicros, arrived);
            if (arrived <= erasedUpTo && erased.isErased(identities.get(row), arrived)) {
                report.erased++;
                continue;
            }
            switch (duplicates.addApproached(
                    row, times[row], arrived, keys.low()[row], keys.content()[row])) {
                case NEW -> selected[count++] = row;
                case DUPLICATE -> report.duplicates++;
                case CONFLICT -> report.conflicts++;
            }
        }
        return count;
    }

    private void copyColumns(Batch from, Batch to, int count) {
        boolean whole = count == from.rows();
        for (int c = 0; c < raw.size(); c++) {
            if (c == identity) {
                java.util.Arrays.fill(to.states(c), 0, count, CellState.OK);
                continue;
            }
            if (raw.column(c).type() == ColumnType.STRING) {
                StringColumn source = from.strings(c);
                StringColumn target = to.strings(c);
                for (int i = 0; i < count; i++) {
                    int row = selected[i];
                    target.set(i, source.bytes(), source.offset(row), source.length(row));
                    to.states(c)[i] = from.states(c)[row];
                }
            } else if (whole) {
                System.arraycopy(from.states(c), 0, to.states(c), 0, count);
                System.arraycopy(array(from, c), 0, array(to, c), 0, count);
            } else {
                for (int i = 0; i < count; i++) {
                    to.copyCell(from, c, selected[i], c, i);
                }
            }
        }
        int extra = raw.size();
        long[] high = to.longs(extra);
        long[] low = to.longs(extra + 1);
        long[] content = to.longs(extra + 2);
        for (int i = 0; i < count; i++) {
            int row = selected[i];
            high[i] = keys.high()[row];
            low[i] = keys.low()[row];
            content[i] = keys.content()[row];
        }
        for (int c = extra; c < governed.size(); c++) {
            java.util.Arrays.fill(to.states(c), 0, count, CellState.OK);
        }
    }

    private Object array(Batch batch, int c) {
        return switch (raw.column(c).type()) {
            case BOOL -> batch.booleans(c);
            case INT -> batch.ints(c);
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c);
            case FLOAT -> batch.floats(c);
            case DOUBLE -> batch.doubles(c);
            case STRING -> throw new IllegalStateException("text is not copied as an array");
        };
    }

    private void checkTimes(Batch batch, int count, long[] quality, Report report) {
        if (arrival < 0) {
            return;
        }
        long late = plan.lateAfter().toNanos() / 1000;
        long ahead = plan.futureTolerance().toNanos() / 1000;
        long[] times = batch.longs(time);
        long[] arrivals = batch.longs(arrival);
        byte[] states = batch.states(arrival);
        for (int i = 0; i < count; i++) {
            if (states[i] != CellState.OK) {
                continue;
            }
            long delay = arrivals[i] - times[i];
            if (delay > late) {
                quality[i] |= Reason.LATE.bit();
                report.count(Reason.LATE);
            } else if (delay < -ahead) {
                quality[i] |= Reason.CLOCK_AHEAD.bit();
                report.count(Reason.CLOCK_AHEAD);
            }
        }
    }

    private void checkPhysics(Batch from, Batch batch, int count, long[] quality, Report report) {
        if (memory == null) {
            return;
        }
        StringColumn identities = from.strings(identity);
        byte[] bytes = identities.bytes();
        long[] times = batch.longs(time);
        VehicleMemory.Row one = vehicleRow;
        for (int i = 0; i < count; i++) {
            if ((quality[i] & Reason.CLOCK_AHEAD.bit()) != 0) {
                continue; // remembered, it would make all that follows it look older
            }
            int row = selected[i];
            one.vehicle = VehicleMemory.hash(bytes, identities.offset(row), identities.length(row));
            one.micros = times[i];
            one.arrivalMicros =
                    arrival >= 0 && batch.isOk(arrival, i)
                            ? batch.longs(arrival)[i]
                            : Long.MIN_VALUE;
            one.degrees = ok(batch, longitude, latitude, i);
            if (one.degrees) {
                one.a = batch.doubles(longitude)[i];
                one.b = batch.doubles(latitude)[i];
            } else if (ok(batch, x, y, i)) {
                one.a = batch.doubles(x)[i];
                one.b = batch.doubles(y)[i];
            } else {
                one.a = Double.NaN;
                one.b = Double.NaN;
            }
            one.speedKmh = batch.isOk(speed, i) ? batch.doubles(speed)[i] * speedToKmh : Double.NaN;
            one.headingDegrees =
                    heading >= 0 && batch.isOk(heading, i) ? batch.doubles(heading)[i] : Double.NaN;
            for (int s = 0; s < sensors.length; s++) {
                one.sensors[s] = number(batch, sensors[s], i);
            }
            long found = memory.check(one);
            if (found == 0) {
                continue;
            }
            long bits = found & ~VehicleMemory.COMPARED;
            quality[i] |= bits;
            report.comparedRows += found < 0 ? 1 : 0;
            if (bits != 0) {
                countPhysics(bits, report);
            }
        }
    }

    /** NaN where the cell is not ok. */
    private double number(Batch batch, int c, int row) {
        if (!batch.isOk(c, row)) {
            return Double.NaN;
        }
        return switch (raw.column(c).type()) {
            case INT -> batch.ints(c)[row];
            case LONG -> batch.longs(c)[row];
            case FLOAT -> batch.floats(c)[row];
            case DOUBLE -> batch.doubles(c)[row];
            case BOOL, STRING, TIMESTAMP_MICROS_UTC ->
                    throw new IllegalStateException(
                            "a sensor is numeric: the plan was not checked");
        };
    }

    private static void countPhysics(long bits, Report report) {
        boolean wrong = false;
        for (Reason reason : PHYSICS) {
            if ((bits & reason.bit()) != 0) {
                report.count(reason);
                wrong |= reason.isPhysics();
            }
        }
        report.physicsRows += wrong ? 1 : 0;
    }

    private static final Reason[] PHYSICS = {
        Reason.DISORDER,
        Reason.POSITION_JUMP,
        Reason.SPEED_MISMATCH,
        Reason.FROZEN_POSITION,
        Reason.HEADING_MISMATCH,
        Reason.FROZEN_SENSOR,
        Reason.CLOCK_SKEW
    };

    private static boolean ok(Batch batch, int a, int b, int row) {
        return a >= 0 && b >= 0 && batch.isOk(a, row) && batch.isOk(b, row);
    }

    /** Positions inside a sensitive area go no further than this. */
    private void maskAreas(Batch batch, int count, Report report) {
        if (geofence.isEmpty() || longitude < 0 || latitude < 0) {
            return;
        }
        double[] longitudes = batch.doubles(longitude);
        double[] latitudes = batch.doubles(latitude);
        for (int i = 0; i < count; i++) {
            if (ok(batch, longitude, latitude, i)
                    && geofence.contains(longitudes[i], latitudes[i])) {
                report.maskedRows++;
                for (int c : masked) {
                    hide(batch, c, i);
                }
            }
        }
    }

    private static void hide(Batch batch, int c, int row) {
        if (!batch.isOk(c, row)) {
            return;
        }
        batch.setState(c, row, CellState.MASKED);
        switch (batch.schema().column(c).type()) {
            case BOOL -> batch.booleans(c)[row] = false;
            case INT -> batch.ints(c)[row] = 0;
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row] = 0;
            case FLOAT -> batch.floats(c)[row] = 0;
            case DOUBLE -> batch.doubles(c)[row] = 0;
            case STRING ->
                    throw new IllegalStateException("a text column cannot be masked by a plan");
        }
    }

    private void countStates(Batch batch, int count, Report report) {
        long[] byState = new long[5];
        long notApplicable = 0;
        for (int c = 0; c < raw.size(); c++) {
            byte[] states = batch.states(c);
            if (CellState.allEqual(states, 0, count)) {
                byState[count == 0 ? 0 : states[0]] += count;
            } else {
                for (int i = 0; i < count; i++) {
                    byState[states[i]]++;
                }
            }
            if (appliesColumn[c] >= 0) {
                notApplicable += notApplicable(batch, c, count);
            }
        }
        report.cells += (long) count * raw.size() - notApplicable;
        report.cellsAbsent += byState[CellState.ABSENT] - notApplicable;
        report.cellsInvalid += byState[CellState.INVALID];
        report.cellsAbnormal += byState[CellState.ABNORMAL] - report.cellsOutOfRange;
        report.cellsMasked += byState[CellState.MASKED];
    }

    /** Absent cells of a column in rows that cannot have it. */
    private long notApplicable(Batch batch, int c, int count) {
        byte[] states = batch.states(c);
        int column = appliesColumn[c];
        byte[] known = batch.states(column);
        int[] values = batch.ints(column);
        long cells = 0;
        for (int i = 0; i < count; i++) {
            boolean cannot = known[i] == CellState.OK && values[i] != appliesValue[c];
            cells += states[i] == CellState.ABSENT && cannot ? 1 : 0;
        }
        return cells;
    }
}
