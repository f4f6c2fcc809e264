package org.roadloop.govern.align;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;

/**
 * A run of {@link JoinViews} (关联运行). Rows are joined in slots of time as long as {@code within},
 * from whole multiples of it; a view taken in one slot is not there in the next. One thread.
 */
final class JoinViewsRun implements Operator.Run {
    private static final int MOST_ROWS = 16_384;
    private static final double METERS_PER_DEGREE = 111_320.0;

    /** A row of the side input that may still be taken. */
    private static final class View {
        final Batch batch;
        final int row;
        final long micros;
        final double x;
        final double y;
        final String key;
        boolean taken;

        View(Batch batch, int row, long micros, double x, double y, String key) {
            this.batch = batch;
            this.row = row;
            this.micros = micros;
            this.x = x;
            this.y = y;
            this.key = key;
        }
    }

    private final JoinViews operator;
    private final Schema input;
    private final OutputRows output;
    private final TableSource.Scan side;
    private final int time;
    private final int x;
    private final int y;
    private final int[] keys;
    private final int viewTime;
    private final int viewX;
    private final int viewY;
    private final int[] viewKeys;
    private final int[] viewColumns;
    private final boolean degrees;
    private final double gateMeters;
    private final long withinMicros;

    private final Batch held;
    private long slot = Long.MIN_VALUE;
    private long lastMicros = Long.MIN_VALUE;
    private final Deque<View> window = new ArrayDeque<>();
    private @Nullable Batch reading;
    private int readingRow;
    private boolean sideEnded;
    private long viewMicros = Long.MIN_VALUE;

    private long rowsIn;
    private long matched;
    private long unmatched;
    private long viewsRead;
    private long viewsWithoutPlace;
    private long timeMissing;
    private double sumDistance;
    private double sumOffset;

    JoinViewsRun(JoinViews operator, Schema input, Schema schema, TableSource.Scan side) {
        this.operator = operator;
        this.input = input;
        this.side = side;
        output = new OutputRows(schema);
        held = new Batch(input, MOST_ROWS);
        withinMicros = operator.within().toNanos() / 1000;
        time = input.indexOf(operator.time());
        JoinViews.Near near = operator.near();
        x = near == null ? -1 : input.indexOf(near.x());
        y = near == null ? -1 : input.indexOf(near.y());
        degrees = near != null && MapMatch.inDegrees(input, near.x(), near.y());
        gateMeters = near == null ? 0 : near.gateMeters();
        Schema views = side.schema();
        viewTime = views.indexOf(operator.time());
        viewX = near == null ? -1 : views.indexOf(JoinViews.viewX(near));
        viewY = near == null ? -1 : views.indexOf(JoinViews.viewY(near));
        Map<String, String> on = operator.keys();
        keys = on.keySet().stream().mapToInt(input::indexOf).toArray();
        viewKeys = on.values().stream().mapToInt(views::indexOf).toArray();
        viewColumns =
                operator.columns().stream().mapToInt(c -> views.indexOf(c.column())).toArray();
    }

    @Override
    public void process(Batch in, Consumer<Batch> out) {
        for (int row = 0; row < in.rows(); row++) {
            rowsIn++;
            if (!in.isOk(time, row)) {
                timeMissing++;
                continue;
            }
            long micros = in.longs(time)[row];
            if (micros < lastMicros) {
                throw unsorted("row " + rowsIn + " of the input");
            }
            lastMicros = micros;
            long at = Math.floorDiv(micros, withinMicros);
            if (at != slot || held.isFull()) {
                join(out);
                slot = at;
            }
            int made = held.addRow();
            for (int c = 0; c < input.size(); c++) {
                held.copyCell(in, c, row, c, made);
            }
        }
    }

    private IllegalArgumentException unsorted(String what) {
        return new IllegalArgumentException(
                what + " is out of order: sort it by " + operator.time());
    }

    /** Joins the rows of a slot and gives them out. */
    private void join(Consumer<Batch> out) {
        int rows = held.rows();
        if (rows == 0) {
            return;
        }
        long[] micros = held.longs(time);
        read(micros[0] - withinMicros, micros[rows - 1] + withinMicros);
        View[] views = window.stream().filter(v -> !v.taken).toArray(View[]::new);
        int[] viewOf = operator.near() == null ? nearestInTime(views) : nearest(views);
        for (int row = 0; row < rows; row++) {
            write(row, viewOf[row] < 0 ? null : views[viewOf[row]], out);
        }
        held.clear();
    }

    /** Views of {@code [from, to]}; earlier ones are forgotten. */
    private void read(long from, long to) {
        while (!window.isEmpty() && window.getFirst().micros < from) {
            View gone = window.removeFirst();
            if (gone.batch != reading
                    && (window.isEmpty() || window.getFirst().batch != gone.batch)) {
                gone.batch.close();
            }
        }
        while (!sideEnded && (viewMicros <= to)) {
            Batch batch = reading;
            if (batch == null || readingRow == batch.rows()) {
                if (batch != null && (window.isEmpty() || window.getLast().batch != batch)) {
                    batch.close();
                }
                batch = side.next();
                reading = batch;
                readingRow = 0;
                sideEnded = batch == null;
                continue;
            }
            int row = readingRow;
            if (!batch.isOk(viewTime, row)) {
                viewsWithoutPlace++;
                viewsRead++;
                readingRow++;
                continue;
            }
            long at = batch.longs(viewTime)[row];
            if (at < viewMicros) {
                throw unsorted("row " + (viewsRead + 1) + " of '" + operator.views() + "'");
            }
            viewMicros = at;
            if (at > to) {
                return;
            }
            viewsRead++;
            readingRow++;
            boolean placed = viewX < 0 || (batch.isOk(viewX, row) && batch.isOk(viewY, row));
            if (!placed) {
                viewsWithoutPlace++;
            } else if (at >= from) {
                window.addLast(
                        new View(
                                batch,
                                row,
                                at,
                                viewX < 0 ? 0 : batch.doubles(viewX)[row],
                                viewX < 0 ? 0 : batch.doubles(viewY)[row],
                                key(batch, viewKeys, row)));
            }
        }
    }

    /** Values that must be equal, each with its length before it; "" if one is not there. */
    private static String key(Batch batch, int[] columns, int row) {
        StringBuilder key = new StringBuilder();
        for (int c : columns) {
            if (!batch.isOk(c, row)) {
                return "";
            }
            ColumnType type = batch.schema().column(c).type();
            String text =
                    switch (type) {
                        case BOOL -> Boolean.toString(batch.booleans(c)[row]);
                        case INT -> Integer.toString(batch.ints(c)[row]);
                        case LONG, TIMESTAMP_MICROS_UTC -> Long.toString(batch.longs(c)[row]);
                        case FLOAT -> Float.toString(batch.floats(c)[row]);
                        case DOUBLE -> Double.toString(batch.doubles(c)[row]);
                        case STRING -> batch.strings(c).get(row);
                    };
            key.append(text.length()).append(':').append(text);
        }
        return key.toString();
    }

    private int[] nearestInTime(View[] views) {
        Map<String, List<Integer>> byKey = new TreeMap<>();
        for (int v = 0; v < views.length; v++) {
            byKey.computeIfAbsent(views[v].key, _ -> new ArrayList<>()).add(v);
        }
        int[] found = new int[held.rows()];
        Arrays.fill(found, -1);
        for (int row = 0; row < found.length; row++) {
            String key = key(held, keys, row);
            long best = withinMicros + 1;
            for (int v : key.isEmpty() ? List.<Integer>of() : byKey.getOrDefault(key, List.of())) {
                long apart = Math.abs(views[v].micros - held.longs(time)[row]);
                if (apart < best) {
                    best = apart;
                    found[row] = v;
                }
            }
        }
        return found;
    }

    private int[] nearest(View[] views) {
        Integer[] northward = new Integer[views.length];
        Arrays.setAll(northward, v -> v);
        Arrays.sort(northward, Comparator.comparingDouble((Integer v) -> views[v].y));
        double[] north = new double[views.length];
        Arrays.setAll(north, i -> views[northward[i]].y);
        double reach = degrees ? gateMeters / METERS_PER_DEGREE * 1.01 : gateMeters;
        List<ViewAssignment.Pair> pairs = new ArrayList<>();
        for (int row = 0; row < held.rows(); row++) {
            String key = key(held, keys, row);
            boolean placed = held.isOk(x, row) && held.isOk(y, row);
            if (!placed || (keys.length > 0 && key.isEmpty())) {
                continue;
            }
            double atY = held.doubles(y)[row];
            int from = Arrays.binarySearch(north, atY - reach);
            from = from < 0 ? -from - 1 : from;
            while (from > 0 && north[from - 1] >= atY - reach) {
                from--;
            }
            for (int i = from; i < north.length && north[i] <= atY + reach; i++) {
                View view = views[northward[i]];
                double seconds = (view.micros - held.longs(time)[row]) / (double) withinMicros;
                double gates = meters(row, view) / gateMeters;
                if (Math.abs(seconds) <= 1 && gates <= 1 && key.equals(view.key)) {
                    pairs.add(
                            new ViewAssignment.Pair(
                                    row, northward[i], gates * gates + seconds * seconds));
                }
            }
        }
        return ViewAssignment.solve(held.rows(), views.length, pairs);
    }

    private double meters(int row, View view) {
        double east = view.x - held.doubles(x)[row];
        double north = view.y - held.doubles(y)[row];
        if (degrees) {
            east *= METERS_PER_DEGREE * Math.cos(Math.toRadians(view.y));
            north *= METERS_PER_DEGREE;
        }
        return Math.hypot(east, north);
    }

    private void write(int row, @Nullable View view, Consumer<Batch> out) {
        Batch to = output.next(out);
        int made = to.addRow();
        for (int c = 0; c < input.size(); c++) {
            to.copyCell(held, c, row, c, made);
        }
        if (view == null) {
            unmatched++;
            return;
        }
        int c = input.size();
        for (int from : viewColumns) {
            to.copyCell(view.batch, from, view.row, c++, made);
        }
        double offset = (view.micros - held.longs(time)[row]) / 1000.0;
        to.set(c++, made, offset);
        if (operator.near() != null) {
            view.taken = true;
            double meters = meters(row, view);
            to.set(c, made, meters);
            sumDistance += meters;
        }
        sumOffset += Math.abs(offset);
        matched++;
    }

    @Override
    public void finish(Consumer<Batch> out) {
        join(out);
        output.flush(out);
        side.close();
    }

    @Override
    public OperatorReport report() {
        SortedMap<String, Long> dropped = new TreeMap<>();
        if (timeMissing > 0) {
            dropped.put("time_missing", timeMissing);
        }
        SortedMap<String, Long> changed = new TreeMap<>();
        changed.put("matched", matched);
        changed.put("unmatched", unmatched);
        SortedMap<String, Double> figures = new TreeMap<>();
        figures.put("views_read", (double) viewsRead);
        figures.put("views_without_place", (double) viewsWithoutPlace);
        if (matched > 0) {
            figures.put("mean_offset_ms", sumOffset / matched);
            if (operator.near() != null) {
                figures.put("mean_distance_m", sumDistance / matched);
            }
        }
        return new OperatorReport(rowsIn, output.rows(), dropped, changed, figures);
    }
}
