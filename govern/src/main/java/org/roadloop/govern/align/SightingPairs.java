package org.roadloop.govern.align;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.core.table.TableSource;

/**
 * Rows of one view with the track of the same vehicle in another (同车配对), both read in order of
 * vehicle and time. One thread.
 */
final class SightingPairs {
    private static final double METERS_PER_DEGREE = 111_320.0;

    /** Takes a row of the observed view, and the reference track around it. */
    interface Taker {
        void take(long vehicle, long micros, double x, double y, Track track);
    }

    private final TimeSync operator;
    private final TimeSync.Sighting sighting;
    private final Function<String, TableSource.Scan> sides;
    private double originX = Double.NaN;
    private double originY;

    SightingPairs(
            TimeSync operator,
            TimeSync.Sighting sighting,
            Function<String, TableSource.Scan> sides) {
        this.operator = operator;
        this.sighting = sighting;
        this.sides = sides;
    }

    /** Each observed row whose reference goes on for {@code reachMicros} before and after it. */
    void each(double reachMicros, Taker taker) {
        long reach = (long) Math.ceil(reachMicros);
        long gap = sighting.gap().toNanos() / 1000;
        try (Rows observed = new Rows(operator.rows());
                Rows reference = new Rows(sighting.reference())) {
            Track track = new Track();
            reference.advance();
            byte[] vehicle = new byte[0];
            long number = -1;
            while (observed.advance()) {
                if (number < 0 || !Arrays.equals(vehicle, observed.vehicle)) {
                    vehicle = observed.vehicle.clone();
                    number++;
                    track.clear();
                    while (reference.there
                            && Arrays.compareUnsigned(reference.vehicle, vehicle) < 0) {
                        reference.advance();
                    }
                }
                while (reference.there
                        && Arrays.equals(reference.vehicle, vehicle)
                        && track.last() < observed.micros + reach) {
                    track.add(reference.micros, reference.x, reference.y);
                    reference.advance();
                }
                track.forgetBefore(observed.micros - reach);
                if (track.covers(observed.micros - reach, observed.micros + reach, gap)) {
                    taker.take(number, observed.micros, observed.x, observed.y, track);
                }
            }
        }
    }

    /** A stretch of a reference track, in metres; one that is asked for forth and back. */
    static final class Track {
        private long[] micros = new long[256];
        private double[] x = new double[256];
        private double[] y = new double[256];
        private int from;
        private int to;
        private int at;

        void clear() {
            from = 0;
            to = 0;
            at = 0;
        }

        long last() {
            return to == from ? Long.MIN_VALUE : micros[to - 1];
        }

        void add(long atMicros, double atX, double atY) {
            if (to > from && micros[to - 1] == atMicros) {
                return;
            }
            if (to == micros.length) {
                int size = to - from;
                int length = size * 2 > micros.length ? micros.length * 2 : micros.length;
                micros = Arrays.copyOf(Arrays.copyOfRange(micros, from, to), length);
                x = Arrays.copyOf(Arrays.copyOfRange(x, from, to), length);
                y = Arrays.copyOf(Arrays.copyOfRange(y, from, to), length);
                from = 0;
                to = size;
                at = 0;
            }
            micros[to] = atMicros;
            x[to] = atX;
            y[to++] = atY;
        }

        /** Keeps one point before. */
        void forgetBefore(long before) {
            while (from + 1 < to && micros[from + 1] <= before) {
                from++;
            }
            at = Math.max(at, from);
        }

        boolean covers(long first, long lastMicros, long gap) {
            if (to - from < 2 || micros[from] > first || micros[to - 1] < lastMicros) {
                return false;
            }
            for (int i = from; i + 1 < to; i++) {
                if (micros[i + 1] - micros[i] > gap) {
                    return false;
                }
            }
            return true;
        }

        /** Writes x, y and the speed in metres per second. */
        void at(double when, double[] place) {
            while (at > from && micros[at] > when) {
                at--;
            }
            while (at + 2 < to && micros[at + 1] <= when) {
                at++;
            }
            double length = micros[at + 1] - micros[at];
            double share = (when - micros[at]) / length;
            place[0] = x[at] + (x[at + 1] - x[at]) * share;
            place[1] = y[at] + (y[at + 1] - y[at]) * share;
            place[2] = (x[at + 1] - x[at]) * 1e6 / length;
            place[3] = (y[at + 1] - y[at]) * 1e6 / length;
        }
    }

    /** Rows with vehicle, time and position, in metres. */
    private final class Rows implements AutoCloseable {
        private final String name;
        private final TableSource.Scan scan;
        private final int identity;
        private final int time;
        private final int xColumn;
        private final int yColumn;
        private final boolean degrees;
        private @Nullable Batch batch;
        private int row;
        private long number;
        byte[] vehicle = new byte[0];
        long micros = Long.MIN_VALUE;
        double x;
        double y;
        boolean there;

        Rows(String name) {
            this.name = name;
            scan = sides.apply(name);
            Schema schema = scan.schema();
            TrackOrder.check(schema, sighting.identity(), operator.time());
            degrees = MapMatch.inDegrees(schema, sighting.x(), sighting.y());
            identity = schema.indexOf(sighting.identity());
            time = schema.indexOf(operator.time());
            xColumn = schema.indexOf(sighting.x());
            yColumn = schema.indexOf(sighting.y());
        }

        boolean advance() {
            while (true) {
                Batch in = batch;
                if (in == null || row == in.rows()) {
                    if (in != null) {
                        in.close();
                    }
                    batch = scan.next();
                    row = 0;
                    if (batch == null) {
                        there = false;
                        return false;
                    }
                    continue;
                }
                int at = row++;
                number++;
                if (in.isOk(identity, at)
                        && in.isOk(time, at)
                        && in.isOk(xColumn, at)
                        && in.isOk(yColumn, at)) {
                    take(in, at);
                    there = true;
                    return true;
                }
            }
        }

        private void take(Batch in, int at) {
            StringColumn names = in.strings(identity);
            int start = names.offset(at);
            int end = names.offset(at + 1);
            int order =
                    there
                            ? Arrays.compareUnsigned(
                                    vehicle, 0, vehicle.length, names.bytes(), start, end)
                            : -1;
            if (order > 0 || (order == 0 && in.longs(time)[at] < micros)) {
                throw new IllegalArgumentException(
                        "row %d of '%s' is out of order: sort it by %s and %s"
                                .formatted(number, name, sighting.identity(), operator.time()));
            }
            if (order != 0) {
                vehicle = Arrays.copyOfRange(names.bytes(), start, end);
            }
            micros = in.longs(time)[at];
            x = in.doubles(xColumn)[at];
            y = in.doubles(yColumn)[at];
            if (degrees) {
                if (Double.isNaN(originX)) {
                    originX = x;
                    originY = y;
                }
                x = (x - originX) * METERS_PER_DEGREE * Math.cos(Math.toRadians(originY));
                y = (y - originY) * METERS_PER_DEGREE;
            }
        }

        @Override
        public void close() {
            Batch in = batch;
            if (in != null) {
                in.close();
            }
            scan.close();
        }
    }
}
