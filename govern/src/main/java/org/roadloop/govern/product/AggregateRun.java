package org.roadloop.govern.product;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.privacy.MaskIntervals;

/*
 * The idea. The input comes in order of the window's time (or of the `by` columns), so all groups of
 * a window are complete when the next one begins: they are given out in order of their keys and
 * forgotten. Vehicles are counted by a 64-bit hash of their token: n vehicles in a group meet with
 * probability under n²/2⁶⁵, and two that meet count as one, so a count is never too high and a group
 * below the limit never passes. Sums are taken in the order of the rows, which is fixed.
 */

/** One run of {@link Aggregate}. One thread. */
final class AggregateRun implements Operator.Run {
    private static final int BATCH_ROWS = 16_384;

    /** Pairs of group and vehicle held at once: about 100 MB. */
    private static final int MOST_PAIRS = 4_000_000;

    private final Schema output;
    private final int minVehicles;
    private final int vehicle;
    private final int window;
    private final long windowMicros;
    private final int[] cells;
    private final double[] widths;
    private final int[] by;
    private final int[] values;
    private final List<List<Aggregate.Statistic>> statistics;
    private final Map<Key, Group> groups = new HashMap<>();
    private final TreeMap<String, Long> dropped = new TreeMap<>();
    private List<Comparable<?>> major = List.of();
    private int pairs;
    private long rowsIn;
    private long rowsOut;
    private long suppressed;
    private long leastVehicles = Long.MAX_VALUE;

    /** The window's start, the cells, the values, in this order; compared in it. */
    private record Key(List<Comparable<?>> parts) implements Comparable<Key> {
        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // equal places hold equal types
        public int compareTo(Key other) {
            for (int i = 0; i < parts.size(); i++) {
                int order = ((Comparable) parts.get(i)).compareTo(other.parts.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }
    }

    private static final class Group {
        final LongSet vehicles = new LongSet();
        long rows;
        final long[] counts;
        final double[] sums;
        final double[] least;
        final double[] most;

        Group(int values) {
            counts = new long[values];
            sums = new double[values];
            least = new double[values];
            most = new double[values];
        }
    }

    AggregateRun(Aggregate aggregate, Schema input, Schema output) {
        this.output = output;
        minVehicles = aggregate.minVehicles();
        vehicle = input.indexOf(aggregate.vehicle());
        Aggregate.Window timed = aggregate.window();
        window = timed == null ? -1 : input.indexOf(timed.column());
        windowMicros = timed == null ? 1 : timed.length().toNanos() / 1000;
        cells = aggregate.cellWidths().keySet().stream().mapToInt(input::indexOf).toArray();
        widths = aggregate.cellWidths().values().stream().mapToDouble(w -> w).toArray();
        by = aggregate.byColumns().stream().mapToInt(input::indexOf).toArray();
        values = aggregate.statistics().keySet().stream().mapToInt(input::indexOf).toArray();
        statistics = List.copyOf(aggregate.statistics().values());
    }

    @Override
    public void process(Batch in, Consumer<Batch> out) {
        rowsIn += in.rows();
        StringColumn vehicles = in.strings(vehicle);
        for (int row = 0; row < in.rows(); row++) {
            if (!isWhole(in, row)) {
                dropped.merge("group_unknown", 1L, Long::sum);
                continue;
            }
            List<Comparable<?>> key = key(in, row);
            List<Comparable<?>> part =
                    window >= 0 ? key.subList(0, 1) : key.subList(cells.length, key.size());
            if (!part.equals(major)) {
                flush(out);
                major = List.copyOf(part);
            }
            Group group = groups.computeIfAbsent(new Key(key), k -> new Group(values.length));
            add(
                    group,
                    in,
                    row,
                    MaskIntervals.hash(
                            vehicles.bytes(), vehicles.offset(row), vehicles.length(row)));
        }
    }

    /** Whether the row's place among the groups and its vehicle are known. */
    private boolean isWhole(Batch in, int row) {
        boolean whole = in.isOk(vehicle, row) && (window < 0 || in.isOk(window, row));
        for (int c : cells) {
            whole &= in.isOk(c, row) && Double.isFinite(Rows.number(in, c, row));
        }
        for (int c : by) {
            whole &= in.isOk(c, row);
        }
        return whole;
    }

    private List<Comparable<?>> key(Batch in, int row) {
        List<Comparable<?>> key = new ArrayList<>(1 + cells.length + by.length);
        if (window >= 0) {
            key.add(Math.floorDiv(in.longs(window)[row], windowMicros) * windowMicros);
        }
        for (int i = 0; i < cells.length; i++) {
            double edge = Math.floor(Rows.number(in, cells[i], row) / widths[i]) * widths[i];
            key.add(edge + 0.0); // -0.0 is 0.0
        }
        for (int c : by) {
            key.add(
                    switch (in.schema().column(c).type()) {
                        case BOOL -> in.booleans(c)[row];
                        case INT -> in.ints(c)[row];
                        case LONG, TIMESTAMP_MICROS_UTC -> in.longs(c)[row];
                        case FLOAT -> in.floats(c)[row];
                        case DOUBLE -> in.doubles(c)[row];
                        case STRING -> in.strings(c).get(row);
                    });
        }
        return key;
    }

    private void add(Group group, Batch in, int row, long hash) {
        if (group.vehicles.add(hash) && ++pairs > MOST_PAIRS) {
            throw new IllegalArgumentException(
                    "aggregate holds more than "
                            + MOST_PAIRS
                            + " pairs of group and vehicle at once: name a window, or a shorter"
                            + " one, or wider cells");
        }
        group.rows++;
        for (int i = 0; i < values.length; i++) {
            if (in.isOk(values[i], row)) {
                double value = Rows.number(in, values[i], row);
                boolean first = group.counts[i]++ == 0;
                group.sums[i] += value;
                group.least[i] = first ? value : Math.min(group.least[i], value);
                group.most[i] = first ? value : Math.max(group.most[i], value);
            }
        }
    }

    /** Gives out the groups that are complete. */
    private void flush(Consumer<Batch> out) {
        Batch batch = new Batch(output, BATCH_ROWS);
        for (Map.Entry<Key, Group> entry : new TreeMap<>(groups).entrySet()) {
            Group group = entry.getValue();
            if (group.vehicles.size() < minVehicles) {
                suppressed++;
                dropped.merge("group_below_min_vehicles", group.rows, Long::sum);
                continue;
            }
            if (batch.isFull()) {
                out.accept(batch);
                batch = new Batch(output, BATCH_ROWS);
            }
            write(entry.getKey(), group, batch);
            leastVehicles = Math.min(leastVehicles, group.vehicles.size());
            rowsOut++;
        }
        if (batch.rows() > 0) {
            out.accept(batch);
        }
        groups.clear();
        pairs = 0;
    }

    private void write(Key key, Group group, Batch batch) {
        int row = batch.addRow();
        int c = 0;
        for (Comparable<?> part : key.parts()) {
            switch (output.column(c).type()) {
                case BOOL -> batch.set(c, row, (boolean) (Boolean) part);
                case INT -> batch.set(c, row, (int) (Integer) part);
                case LONG, TIMESTAMP_MICROS_UTC -> batch.set(c, row, (long) (Long) part);
                case FLOAT -> batch.set(c, row, (float) (Float) part);
                case DOUBLE -> batch.set(c, row, (double) (Double) part);
                case STRING -> batch.set(c, row, (String) part);
            }
            c++;
        }
        batch.set(c++, row, group.rows);
        batch.set(c++, row, (long) group.vehicles.size());
        for (int i = 0; i < values.length; i++) {
            for (Aggregate.Statistic statistic : statistics.get(i)) {
                if (group.counts[i] == 0) {
                    batch.setState(c++, row, CellState.ABSENT);
                    continue;
                }
                batch.set(
                        c++,
                        row,
                        switch (statistic) {
                            case MEAN -> group.sums[i] / group.counts[i];
                            case MIN -> group.least[i];
                            case MAX -> group.most[i];
                        });
            }
        }
    }

    @Override
    public void finish(Consumer<Batch> out) {
        flush(out);
    }

    @Override
    public OperatorReport report() {
        TreeMap<String, Double> figures = new TreeMap<>();
        figures.put("groups", (double) rowsOut);
        figures.put("groups_suppressed", (double) suppressed);
        if (rowsOut > 0) {
            figures.put("achieved_k", (double) leastVehicles);
        }
        return new OperatorReport(rowsIn, rowsOut, dropped, new TreeMap<>(), figures);
    }

    /** Distinct longs that are not 0; open addressing. */
    private static final class LongSet {
        private long[] slots = new long[8];
        private int size;

        boolean add(long value) {
            int at = (int) (value * 0x9E3779B97F4A7C15L >>> 33) & (slots.length - 1);
            while (slots[at] != 0) {
                if (slots[at] == value) {
                    return false;
                }
                at = (at + 1) & (slots.length - 1);
            }
            slots[at] = value;
            if (++size * 2 > slots.length) {
                long[] old = slots;
                slots = new long[old.length * 2];
                size = 0;
                for (long one : old) {
                    if (one != 0) {
                        add(one);
                    }
                }
            }
            return true;
        }

        int size() {
            return size;
        }
    }
}
