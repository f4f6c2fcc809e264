package org.roadloop.govern.privacy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.HeldBatches;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/**
 * Masks the crossings of sensitive areas with a random margin on either side, and the ends of trips
 * within a random distance (敏感区域与行程端点脱敏), as {@link TripMask} has it. Rows stay, masked cells are
 * {@link CellState#MASKED}. A row without a time is in no trip that could be told: its position
 * goes too.
 *
 * <p>Memory: positions of one vehicle, 33 bytes a row; its other cells wait in a file.
 *
 * @param identity text column, {@code time} timestamp column: the input is sorted by them
 * @param longitude and {@code latitude}: degrees, DOUBLE
 * @param masked columns to mask beside the position
 * @param areas sensitive areas; none if left out
 * @param marginFromMeters least path hidden before and after a crossing; 50 if left out
 * @param marginToMeters most; 500 if left out
 * @param tripEnds null leaves them
 */
public record TripMasking(
        String identity,
        String time,
        String longitude,
        String latitude,
        @Nullable List<String> masked,
        @Nullable List<Area> areas,
        @Nullable Double marginFromMeters,
        @Nullable Double marginToMeters,
        @Nullable TripEnds tripEnds)
        implements Operator {
    /** A polygon in degrees, closed by itself. */
    public record Area(String name, List<Double> longitudes, List<Double> latitudes) {
        public Area {
            longitudes = List.copyOf(longitudes);
            latitudes = List.copyOf(latitudes);
            polygon(name, longitudes, latitudes); // checks
        }

        private static SensitiveArea polygon(String name, List<Double> x, List<Double> y) {
            return new SensitiveArea(
                    name,
                    x.stream().mapToDouble(Double::doubleValue).toArray(),
                    y.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /**
     * How trip ends are cut.
     *
     * @param fromMeters 200 if left out
     * @param toMeters 800 if left out
     * @param gapMinutes a pause in reporting that ends a trip; 10 if left out
     * @param dwellMinutes a stand that ends a trip; 10 if left out
     */
    public record TripEnds(
            @Nullable Double fromMeters,
            @Nullable Double toMeters,
            @Nullable Integer gapMinutes,
            @Nullable Integer dwellMinutes) {
        public TripEnds {
            fromMeters = fromMeters == null ? 200.0 : fromMeters;
            toMeters = toMeters == null ? 800.0 : toMeters;
            gapMinutes = gapMinutes == null ? 10 : gapMinutes;
            dwellMinutes = dwellMinutes == null ? 10 : dwellMinutes;
            cut(fromMeters, toMeters, gapMinutes, dwellMinutes); // checks
        }

        private static ReleaseRule.TripEnd cut(double from, double to, int gap, int dwell) {
            return new ReleaseRule.TripEnd(
                    from, to, Duration.ofMinutes(gap), Duration.ofMinutes(dwell));
        }
    }

    public TripMasking {
        masked = masked == null ? List.of() : List.copyOf(masked);
        areas = areas == null ? List.of() : List.copyOf(areas);
        marginFromMeters = marginFromMeters == null ? 50.0 : marginFromMeters;
        marginToMeters = marginToMeters == null ? 500.0 : marginToMeters;
        rule(identity, time, longitude, latitude, marginFromMeters, marginToMeters, tripEnds);
    }

    private static ReleaseRule rule(
            String identity,
            String time,
            String longitude,
            String latitude,
            @Nullable Double from,
            @Nullable Double to,
            @Nullable TripEnds ends) {
        return new ReleaseRule(
                identity,
                time,
                longitude,
                latitude,
                null,
                null,
                List.of(longitude, latitude),
                List.of(),
                from == null ? 0 : from,
                to == null ? 0 : to,
                ends == null
                                || ends.fromMeters == null
                                || ends.toMeters == null
                                || ends.gapMinutes == null
                                || ends.dwellMinutes == null
                        ? null
                        : TripEnds.cut(
                                ends.fromMeters,
                                ends.toMeters,
                                ends.gapMinutes,
                                ends.dwellMinutes));
    }

    @Override
    public String name() {
        return "trip_mask/1";
    }

    @Override
    public List<String> order() {
        return List.of(identity, time);
    }

    @Override
    public Schema output(Schema input) {
        require(input, identity, ColumnType.STRING);
        require(input, time, ColumnType.TIMESTAMP_MICROS_UTC);
        require(input, longitude, ColumnType.DOUBLE);
        require(input, latitude, ColumnType.DOUBLE);
        if (masked != null) {
            masked.forEach(input::indexOf);
        }
        return input;
    }

    private static void require(Schema input, String name, ColumnType type) {
        ColumnType found = input.column(input.indexOf(name)).type();
        if (found != type) {
            throw new IllegalArgumentException(
                    "column '" + name + "' is " + found + "; trip_mask takes " + type);
        }
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new Masking(input, setting);
    }

    private final class Masking implements Run {
        private final Schema schema;
        private final int identityAt;
        private final int timeAt;
        private final int longitudeAt;
        private final int latitudeAt;
        private final int[] maskedAt;
        private final Geofence fence;
        private final TripMask mask;
        private final HeldBatches held;

        /** Of rows held: hidden or not, up to {@link #decided}. */
        private final BitSet hidden = new BitSet();

        private int heldRows;
        private int decided;
        private String vehicle = "";
        private long rows;
        private long cells;
        private long inAreas;

        Masking(Schema schema, Setting setting) {
            this.schema = schema;
            identityAt = schema.indexOf(identity);
            timeAt = schema.indexOf(time);
            longitudeAt = schema.indexOf(longitude);
            latitudeAt = schema.indexOf(latitude);
            List<String> beside = masked == null ? List.of() : masked;
            maskedAt =
                    Stream.concat(Stream.of(longitude, latitude), beside.stream())
                            .distinct()
                            .mapToInt(schema::indexOf)
                            .toArray();
            List<Area> polygons = areas == null ? List.of() : areas;
            fence =
                    new Geofence(
                            polygons.stream()
                                    .map(a -> Area.polygon(a.name, a.longitudes, a.latitudes))
                                    .toList());
            mask =
                    new TripMask(
                            rule(
                                    identity,
                                    time,
                                    longitude,
                                    latitude,
                                    marginFromMeters,
                                    marginToMeters,
                                    tripEnds),
                            setting.keys());
            held = new HeldBatches(schema, 4);
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            for (int row = 0; row < in.rows(); row++) {
                String now = in.isOk(identityAt, row) ? in.strings(identityAt).get(row) : "";
                if (!now.equals(vehicle) || (rows == 0 && row == 0)) {
                    decide();
                    vehicle = now;
                    byte[] token = now.getBytes(StandardCharsets.UTF_8);
                    mask.begin(MaskIntervals.hash(token, 0, token.length));
                    if (row == 0) {
                        drain(out); // no vehicle lies in two batches here
                    }
                }
                see(in, row);
            }
            held.add(in);
            heldRows += in.rows();
            rows += in.rows();
        }

        private void see(Batch in, int row) {
            if (!in.isOk(timeAt, row)) {
                mask.addUnknown(0, false);
                hidden.set(decided + mask.rows() - 1);
                return;
            }
            long micros = in.longs(timeAt)[row];
            if (!in.isOk(longitudeAt, row) || !in.isOk(latitudeAt, row)) {
                boolean before =
                        in.state(longitudeAt, row) == CellState.MASKED
                                || in.state(latitudeAt, row) == CellState.MASKED;
                mask.addUnknown(micros, before);
                return;
            }
            double x = in.doubles(longitudeAt)[row];
            double y = in.doubles(latitudeAt)[row];
            if (fence.contains(x, y)) {
                inAreas++;
                mask.addUnknown(micros, true);
                hidden.set(decided + mask.rows() - 1);
            } else {
                mask.addDegrees(micros, x, y);
            }
        }

        private void decide() {
            mask.hide();
            for (int row = 0; row < mask.rows(); row++) {
                if (mask.hides(row)) {
                    hidden.set(decided + row);
                }
            }
            decided += mask.rows();
            mask.begin(0);
        }

        private void drain(Consumer<Batch> out) {
            if (heldRows == 0) {
                return;
            }
            int[] at = {0};
            held.drain(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            if (hidden.get(at[0] + row)) {
                                hide(batch, row);
                            }
                        }
                        at[0] += batch.rows();
                        out.accept(batch);
                    });
            hidden.clear();
            heldRows = 0;
            decided = 0;
        }

        private void hide(Batch batch, int row) {
            for (int c : maskedAt) {
                if (batch.state(c, row) == CellState.OK) {
                    cells++;
                }
                batch.setState(c, row, CellState.MASKED);
                switch (schema.column(c).type()) {
                    case BOOL -> batch.booleans(c)[row] = false;
                    case INT -> batch.ints(c)[row] = 0;
                    case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row] = 0;
                    case FLOAT -> batch.floats(c)[row] = 0;
                    case DOUBLE -> batch.doubles(c)[row] = 0;
                    case STRING -> {
                        int from = batch.strings(c).offset(row);
                        Arrays.fill(
                                batch.strings(c).bytes(),
                                from,
                                from + batch.strings(c).length(row),
                                (byte) ' ');
                    }
                }
            }
        }

        @Override
        public void finish(Consumer<Batch> out) {
            decide();
            drain(out);
        }

        @Override
        public OperatorReport report() {
            TreeMap<String, Long> changed = new TreeMap<>();
            changed.put("cells_masked", cells);
            changed.put("rows_in_areas", inAreas);
            return new OperatorReport(rows, rows, new TreeMap<>(), changed, new TreeMap<>());
        }
    }
}
