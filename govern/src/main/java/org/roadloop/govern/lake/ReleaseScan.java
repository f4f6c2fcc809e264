package org.roadloop.govern.lake;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.privacy.MaskIntervals;
import org.roadloop.govern.privacy.ReleaseRule;

/**
 * A scan with trip ends and crossings taken out: masks the cells, then applies the filters on
 * masked columns (before, they would tell where the hidden rows are), then leaves only the columns
 * that were asked for. One thread.
 */
final class ReleaseScan implements TableSource.Scan {
    private final TableSource.Scan inner;
    private final Schema wanted;
    private final Filter residual;
    private final MaskIntervals intervals;
    private final int identity;
    private final int time;
    private final int[] masked;

    ReleaseScan(
            TableSource.Scan inner,
            List<String> columns,
            Filter residual,
            ReleaseRule rule,
            MaskIntervals intervals) {
        this.inner = inner;
        this.wanted = inner.schema().select(columns);
        this.residual = residual;
        this.intervals = intervals;
        this.identity = inner.schema().indexOf(rule.identity());
        this.time = inner.schema().indexOf(rule.time());
        this.masked =
                rule.masked().stream()
                        .filter(inner.schema()::has)
                        .mapToInt(inner.schema()::indexOf)
                        .toArray();
    }

    @Override
    public Schema schema() {
        return wanted;
    }

    @Override
    public long snapshot() {
        return inner.snapshot();
    }

    @Override
    public @Nullable Batch next() {
        Batch batch = inner.next();
        if (batch == null) {
            return null;
        }
        mask(batch);
        return project(batch);
    }

    private void mask(Batch batch) {
        StringColumn vehicles = batch.strings(identity);
        long[] times = batch.longs(time);
        byte[] bytes = vehicles.bytes();
        for (int row = 0; row < batch.rows(); row++) {
            long vehicle = MaskIntervals.hash(bytes, vehicles.offset(row), vehicles.length(row));
            if (!intervals.hides(vehicle, times[row])) {
                continue;
            }
            for (int c : masked) {
                hide(batch, c, row);
            }
        }
    }

    private static void hide(Batch batch, int c, int row) {
        if (batch.state(c, row) != CellState.OK) {
            return;
        }
        batch.setState(c, row, CellState.MASKED);
        switch (batch.schema().column(c).type()) {
            case BOOL -> batch.booleans(c)[row] = false;
            case INT -> batch.ints(c)[row] = 0;
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row] = 0;
            case FLOAT -> batch.floats(c)[row] = 0;
            case DOUBLE -> batch.doubles(c)[row] = 0;
            case STRING -> {
                StringColumn strings = batch.strings(c);
                int from = strings.offset(row);
                java.util.Arrays.fill(
                        strings.bytes(), from, from + strings.length(row), (byte) ' ');
            }
        }
    }

    private Batch project(Batch from) {
        if (wanted.equals(from.schema()) && residual.equals(Filter.ALL)) {
            return from;
        }
        Batch to = new Batch(wanted, Math.max(1, from.rows()));
        int[] source = new int[wanted.size()];
        for (int c = 0; c < source.length; c++) {
            source[c] = from.schema().indexOf(wanted.column(c).name());
        }
        int rows = 0;
        for (int row = 0; row < from.rows(); row++) {
            if (!matches(residual, from, row)) {
                continue;
            }
            to.rows(rows + 1);
            for (int c = 0; c < source.length; c++) {
                to.copyCell(from, source[c], row, c, rows);
            }
            rows++;
        }
        from.close();
        return to;
    }

    /** A cell that is not ok matches nothing. */
    private static boolean matches(Filter filter, Batch batch, int row) {
        return switch (filter) {
            case Filter.And and -> {
                for (Filter part : and.parts()) {
                    if (!matches(part, batch, row)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Filter.Between b -> {
                int c = batch.schema().indexOf(b.column());
                yield batch.isOk(c, row)
                        && number(batch, c, row) >= b.from()
                        && number(batch, c, row) <= b.to();
            }
            case Filter.During d -> {
                int c = batch.schema().indexOf(d.column());
                yield batch.isOk(c, row)
                        && batch.longs(c)[row] >= d.fromMicros()
                        && batch.longs(c)[row] < d.toMicros();
            }
            case Filter.Equal e -> {
                int c = batch.schema().indexOf(e.column());
                yield batch.isOk(c, row)
                        && switch (batch.schema().column(c).type()) {
                            case STRING -> batch.strings(c).get(row).equals(e.value());
                            case BOOL -> batch.booleans(c)[row] == Boolean.parseBoolean(e.value());
                            case INT, LONG, FLOAT, DOUBLE, TIMESTAMP_MICROS_UTC ->
                                    number(batch, c, row) == Double.parseDouble(e.value());
                        };
            }
        };
    }

    private static double number(Batch batch, int c, int row) {
        return switch (batch.schema().column(c).type()) {
            case INT -> batch.ints(c)[row];
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row];
            case FLOAT -> batch.floats(c)[row];
            case DOUBLE -> batch.doubles(c)[row];
            case BOOL, STRING ->
                    throw new IllegalArgumentException(
                            "column '" + batch.schema().column(c).name() + "' is not numeric");
        };
    }

    @Override
    public void close() {
        inner.close();
    }
}
