package org.roadloop.govern.product;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.privacy.Geofence;
import org.roadloop.govern.privacy.MaskIntervals;
import org.roadloop.govern.privacy.TripMask;

/** One run of {@link Mask}: the rows of a vehicle wait until its last one. One thread. */
final class MaskRun implements Operator.Run {
    private static final int BATCH_ROWS = 16_384;

    private final Schema schema;
    private final TripMask trips;
    private final Geofence fence;
    private final int vehicle;
    private final int time;
    private final int longitude;
    private final int latitude;
    private final int[] masked;

    /** The rows of the present vehicle. */
    private final List<Batch> waiting = new ArrayList<>();

    private byte @Nullable [] present;
    private long rowsIn;
    private long rowsOut;
    private long hidden;

    MaskRun(Mask mask, Schema schema, Keyring keys) {
        this.schema = schema;
        trips = new TripMask(mask.rule(), keys);
        fence = new Geofence(mask.sensitiveAreas());
        vehicle = schema.indexOf(mask.vehicle());
        time = schema.indexOf(mask.time());
        longitude = schema.indexOf(mask.longitude());
        latitude = schema.indexOf(mask.latitude());
        masked = mask.columns().stream().mapToInt(schema::indexOf).toArray();
    }

    @Override
    public void process(Batch in, Consumer<Batch> out) {
        rowsIn += in.rows();
        StringColumn vehicles = in.strings(vehicle);
        int from = 0;
        while (from < in.rows()) {
            byte[] bytes = vehicles.bytes();
            int to = from + 1;
            while (to < in.rows() && same(vehicles, bytes, from, to)) {
                to++;
            }
            byte[] name =
                    Arrays.copyOfRange(bytes, vehicles.offset(from), vehicles.offset(from + 1));
            if (!Arrays.equals(name, present)) {
                release(out);
                present = name;
            }
            hold(in, from, to);
            from = to;
        }
    }

    private static boolean same(StringColumn column, byte[] bytes, int a, int b) {
        return Arrays.equals(
                bytes,
                column.offset(a),
                column.offset(a + 1),
                bytes,
                column.offset(b),
                column.offset(b + 1));
    }

    private void hold(Batch in, int from, int to) {
        int[] columns = IntStream.range(0, schema.size()).toArray();
        for (int start = from; start < to; start += BATCH_ROWS) {
            int end = Math.min(to, start + BATCH_ROWS);
            waiting.add(
                    Rows.copy(
                            in,
                            schema,
                            columns,
                            end - start,
                            IntStream.range(start, end).toArray()));
        }
    }

    /** Gives out the rows of the present vehicle, masked. */
    private void release(Consumer<Batch> out) {
        byte[] name = present;
        if (name == null) {
            return;
        }
        long hash = MaskIntervals.hash(name, 0, name.length);
        trips.begin(hash);
        for (Batch batch : waiting) {
            add(batch);
        }
        MaskIntervals intervals = new MaskIntervals();
        trips.end(intervals);
        intervals.freeze();
        for (Batch batch : waiting) {
            long[] times = batch.longs(time);
            for (int row = 0; row < batch.rows(); row++) {
                // A row without a time cannot be placed in a trip: its position goes too.
                if (!batch.isOk(time, row) || intervals.hides(hash, times[row])) {
                    hide(batch, row);
                }
            }
            rowsOut += batch.rows();
            out.accept(batch);
        }
        waiting.clear();
    }

    private void add(Batch batch) {
        long[] times = batch.longs(time);
        for (int row = 0; row < batch.rows(); row++) {
            if (!batch.isOk(time, row)) {
                continue;
            }
            boolean known = batch.isOk(longitude, row) && batch.isOk(latitude, row);
            double east = batch.doubles(longitude)[row];
            double north = batch.doubles(latitude)[row];
            if (known && !(!fence.isEmpty() && fence.contains(east, north))) {
                trips.addDegrees(times[row], east, north);
            } else {
                boolean inArea = known || batch.state(longitude, row) == CellState.MASKED;
                trips.addUnknown(times[row], inArea);
                if (known) {
                    hide(batch, row);
                }
            }
        }
    }

    private void hide(Batch batch, int row) {
        for (int c : masked) {
            if (!batch.isOk(c, row)) {
                continue;
            }
            hidden++;
            batch.setState(c, row, CellState.MASKED);
            switch (schema.column(c).type()) {
                case BOOL -> batch.booleans(c)[row] = false;
                case INT -> batch.ints(c)[row] = 0;
                case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row] = 0;
                case FLOAT -> batch.floats(c)[row] = 0;
                case DOUBLE -> batch.doubles(c)[row] = 0;
                case STRING -> throw new IllegalStateException("text is not masked");
            }
        }
    }

    @Override
    public void finish(Consumer<Batch> out) {
        release(out);
        present = null;
    }

    @Override
    public OperatorReport report() {
        return new OperatorReport(
                rowsIn,
                rowsOut,
                new TreeMap<>(),
                new TreeMap<>(Map.of("masked_cells", hidden)),
                new TreeMap<>());
    }
}
