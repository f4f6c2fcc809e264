package org.roadloop.govern.align;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;

/** A run of {@link Resample}. One thread. */
final class ResampleRun implements Operator.Run {
    private enum Kind {
        IDENTITY,
        TIME,
        LINEAR,
        ANGLE,
        STEP
    }

    private final Schema input;
    private final OutputRows output;
    private final TrackOrder order;
    private final Kind[] kinds;
    private final long periodMicros;
    private final long gapMicros;
    private final long holdMicros;
    private final long fillMicros;

    /** The row before, and the last cell of each step column that was there at all. */
    private final Batch before;

    private final Batch[] known;
    private final long[] knownMicros;
    private long beforeMicros;
    private long nextMicros;
    private long interpolated;
    private long gaps;
    private long parted;

    ResampleRun(Resample operator, Schema input, Schema schema) {
        this.input = input;
        output = new OutputRows(schema);
        order = new TrackOrder(input, operator.identity(), operator.time());
        periodMicros = micros(operator.period());
        gapMicros = micros(operator.gap());
        holdMicros = micros(Objects.requireNonNull(operator.hold()));
        fillMicros = micros(Objects.requireNonNull(operator.fill()));
        before = new Batch(input, 1);
        kinds = new Kind[input.size()];
        known = new Batch[input.size()];
        knownMicros = new long[input.size()];
        for (int c = 0; c < kinds.length; c++) {
            kinds[c] = kind(operator, input.column(c));
            known[c] = new Batch(Schema.of(input.column(c)), 1);
        }
    }

    private static long micros(java.time.Duration duration) {
        return duration.toNanos() / 1000;
    }

    private static Kind kind(Resample operator, Column column) {
        if (column.name().equals(operator.identity())) {
            return Kind.IDENTITY;
        }
        if (column.name().equals(operator.time())) {
            return Kind.TIME;
        }
        boolean real = column.type() == ColumnType.FLOAT || column.type() == ColumnType.DOUBLE;
        if (!real || operator.stepColumns().contains(column.name())) {
            return Kind.STEP;
        }
        return column.unit().equals("deg") ? Kind.ANGLE : Kind.LINEAR;
    }

    @Override
    public void process(Batch in, Consumer<Batch> out) {
        for (int row = 0; row < in.rows(); row++) {
            switch (order.next(in, row)) {
                case FIRST -> {
                    for (Batch cell : known) {
                        cell.clear();
                    }
                    nextMicros = firstAfter(order.micros());
                    take(in, row, out);
                }
                case LATER -> {
                    bridge(in, row, out);
                    take(in, row, out);
                }
                case SAME_TIME -> order.drop("same_time");
                case NOWHERE -> {}
            }
        }
    }

    /** The first multiple of the period at or after a time. */
    private long firstAfter(long micros) {
        return -Math.floorDiv(-micros, periodMicros) * periodMicros;
    }

    /** Rows between the one before and this one. */
    private void bridge(Batch in, int row, Consumer<Batch> out) {
        long at = order.micros();
        long apart = at - beforeMicros;
        if (apart > gapMicros && apart > fillMicros) {
            parted++;
            nextMicros = firstAfter(at);
        }
        for (; nextMicros < at; nextMicros += periodMicros) {
            if (apart > gapMicros) {
                Batch to = output.next(out);
                int made = to.addRow();
                copyIdentity(to, made);
                gaps++;
            } else {
                interpolate(in, row, at, out);
                interpolated++;
            }
        }
    }

    private void copyIdentity(Batch to, int made) {
        for (int c = 0; c < kinds.length; c++) {
            if (kinds[c] == Kind.IDENTITY) {
                to.copyCell(before, c, 0, c, made);
            } else if (kinds[c] == Kind.TIME) {
                to.set(c, made, nextMicros);
            }
        }
    }

    private void interpolate(Batch in, int row, long at, Consumer<Batch> out) {
        Batch to = output.next(out);
        int made = to.addRow();
        copyIdentity(to, made);
        double share = (nextMicros - beforeMicros) / (double) (at - beforeMicros);
        for (int c = 0; c < kinds.length; c++) {
            switch (kinds[c]) {
                case IDENTITY, TIME -> {}
                case STEP -> step(c, to, made);
                case LINEAR, ANGLE -> between(c, in, row, share, to, made);
            }
        }
        long age = Math.min(nextMicros - beforeMicros, at - nextMicros);
        to.set(kinds.length, made, age / 1000.0);
    }

    private void between(int c, Batch in, int row, double share, Batch to, int made) {
        byte first = before.state(c, 0);
        byte second = in.state(c, row);
        if (first != CellState.OK || second != CellState.OK) {
            // CellState is ordered from what is merely not there to what was taken out
            to.setState(c, made, first > second ? first : second);
            return;
        }
        boolean single = input.column(c).type() == ColumnType.FLOAT;
        double a = single ? before.floats(c)[0] : before.doubles(c)[0];
        double b = single ? in.floats(c)[row] : in.doubles(c)[row];
        double value = kinds[c] == Kind.ANGLE ? onCircle(a, b, share) : a + (b - a) * share;
        if (single) {
            to.set(c, made, (float) value);
        } else {
            to.set(c, made, value);
        }
    }

    /**
     * Between two angles in degrees by the shorter way round: in [-180, 180) if one of them is
     * negative, as longitudes are, else in [0, 360).
     */
    static double onCircle(double a, double b, double share) {
        double turn = b - a - 360 * Math.floor((b - a + 180) / 360);
        double value = a + turn * share;
        double least = a < 0 || b < 0 ? -180 : 0;
        return value - 360 * Math.floor((value - least) / 360);
    }

    private void step(int c, Batch to, int made) {
        if (known[c].rows() > 0 && nextMicros - knownMicros[c] <= holdMicros) {
            to.copyCell(known[c], 0, 0, c, made);
        }
    }

    /** Keeps a row, and gives it out if it stands at a multiple of the period. */
    private void take(Batch in, int row, Consumer<Batch> out) {
        long at = order.micros();
        before.clear();
        before.addRow();
        for (int c = 0; c < kinds.length; c++) {
            before.copyCell(in, c, row, c, 0);
            if (kinds[c] == Kind.STEP && in.state(c, row) != CellState.ABSENT) {
                known[c].clear();
                known[c].addRow();
                known[c].copyCell(in, c, row, 0, 0);
                knownMicros[c] = at;
            }
        }
        beforeMicros = at;
        if (nextMicros == at) {
            Batch to = output.next(out);
            int made = to.addRow();
            for (int c = 0; c < kinds.length; c++) {
                if (kinds[c] == Kind.STEP) {
                    step(c, to, made);
                } else {
                    to.copyCell(in, c, row, c, made);
                }
            }
            to.set(kinds.length, made, 0.0);
            nextMicros += periodMicros;
        }
    }

    @Override
    public void finish(Consumer<Batch> out) {
        output.flush(out);
    }

    @Override
    public OperatorReport report() {
        SortedMap<String, Long> changed = new TreeMap<>();
        changed.put("interpolated", interpolated);
        changed.put("in_gap", gaps);
        SortedMap<String, Double> figures = new TreeMap<>();
        figures.put("parted", (double) parted);
        return new OperatorReport(order.rows(), output.rows(), order.dropped(), changed, figures);
    }
}
