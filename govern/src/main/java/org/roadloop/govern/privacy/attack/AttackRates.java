package org.roadloop.govern.privacy.attack;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.HeldBatches;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/*
 * The idea. What a release protects is measured on the rows that leave. The first attacker knows a
 * few points of a released segment and asks whether another one has them too (Unicity). The second
 * one is given more than the release gives: for every vehicle, the released cells that its own
 * unreleased points fall into, joined over all segments; from them it guesses a home (HomeAttack),
 * and has found it if the same guess from the unreleased points lies near.
 *
 * Bound: the first two million rows are attacked, 60 bytes each. Fewer segments make each of them
 * more alone, so the first rate is then too high rather than too low.
 */

/**
 * Attacks the rows of {@link org.roadloop.govern.privacy.TrajectoryRelease} and reports how often
 * it succeeds (攻击成功率); the rows pass as they are. Figures: {@code reidentified_percent}, segments
 * that {@code knownPoints} of their points single out; {@code home_found_percent}, vehicles of the
 * truth whose home is found; {@code attacked_rows_percent}, 100 unless there were too many.
 *
 * @param truth the rows that were not released
 * @param knownPoints from 1; 4 if left out
 * @param withinMeters of the home counts as found; 200 if left out
 * @param sample segments that are asked, at most; 20000 if left out
 */
public record AttackRates(
        Truth truth,
        @Nullable Integer knownPoints,
        @Nullable Double withinMeters,
        @Nullable Integer sample)
        implements Operator {
    private static final int MOST_ROWS = 2_000_000;
    private static final double METERS_PER_DEGREE = 111_320.0;
    private static final List<String> RELEASED =
            List.of(
                    "shared_segment",
                    "slot_from",
                    "slot_minutes",
                    "cell_longitude",
                    "cell_latitude",
                    "cell_m");

    /**
     * Where the unreleased rows are. A home is where they say the vehicle rests: if they hide trip
     * ends themselves, it is no better known than that.
     *
     * @param side a side input of the plan
     */
    public record Truth(
            String side, String identity, String time, String longitude, String latitude) {}

    public AttackRates {
        knownPoints = knownPoints == null ? 4 : knownPoints;
        withinMeters = withinMeters == null ? 200.0 : withinMeters;
        sample = sample == null ? 20_000 : sample;
        if (knownPoints < 1 || sample < 1 || !(withinMeters > 0)) {
            throw new IllegalArgumentException(
                    "known_points, sample and within_meters are above 0");
        }
    }

    @Override
    public String name() {
        return "attack_rates/1";
    }

    @Override
    public List<String> sides() {
        return List.of(truth.side);
    }

    @Override
    public List<String> order(String side) {
        return List.of(truth.identity, truth.time);
    }

    @Override
    public Schema output(Schema input) {
        for (String column : RELEASED) {
            if (!input.has(column)) {
                throw new IllegalArgumentException(
                        "attack_rates stands behind trajectory_release, whose column '"
                                + column
                                + "' is not among "
                                + input.names());
            }
        }
        return input;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        output(input);
        return new Attack(input, setting);
    }

    /** Centres of released cells of one slot: by side, row of cells and longitude. */
    private static final class Cells {
        private final TreeMap<Double, Map<Long, TreeSet<Double>>> bySide = new TreeMap<>();

        void add(double longitude, double latitude, double side) {
            bySide.computeIfAbsent(side, _ -> new HashMap<>())
                    .computeIfAbsent(row(latitude, side), _ -> new TreeSet<>())
                    .add(longitude);
        }

        private static long row(double latitude, double side) {
            return (long) Math.floor((latitude + 90) * METERS_PER_DEGREE / side);
        }

        /** Longitude, latitude of the centre of the finest cell that has a point in it. */
        Optional<double[]> around(double longitude, double latitude) {
            for (Map.Entry<Double, Map<Long, TreeSet<Double>>> cells : bySide.entrySet()) {
                double side = cells.getKey();
                long row = row(latitude, side);
                TreeSet<Double> centres = cells.getValue().getOrDefault(row, new TreeSet<>());
                // A cell is as wide as it is high, by a hundredth.
                double half = 0.505 * side / METERS_PER_DEGREE / scale(latitude);
                @Nullable Double centre = centres.ceiling(longitude - half);
                if (centre != null && centre <= longitude + half) {
                    return Optional.of(
                            new double[] {centre, (row + 0.5) * side / METERS_PER_DEGREE - 90});
                }
            }
            return Optional.empty();
        }
    }

    private static double scale(double latitude) {
        return Math.max(0.01, Math.cos(Math.toRadians(latitude)));
    }

    private final class Attack implements Run {
        private final Schema schema;
        private final Setting setting;
        private final int[] at;
        private final Map<String, LongStream.Builder> points = new LinkedHashMap<>();
        private final Map<Long, Cells> cells = new HashMap<>();
        private final TreeMap<String, Double> figures = new TreeMap<>();
        private long slotMicros = 60_000_000L;
        private long rows;
        private long attacked;

        Attack(Schema schema, Setting setting) {
            this.schema = schema;
            this.setting = setting;
            at = RELEASED.stream().mapToInt(schema::indexOf).toArray();
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            if (in.rows() == 0) {
                return;
            }
            for (int row = 0; row < in.rows() && attacked < MOST_ROWS; row++) {
                see(in, row);
            }
            rows += in.rows();
            Batch copy = new Batch(schema, in.rows());
            HeldBatches.copy(in, copy);
            out.accept(copy);
        }

        private void see(Batch in, int row) {
            for (int column : at) {
                if (!in.isOk(column, row)) {
                    return;
                }
            }
            attacked++;
            long slot = in.longs(at[1])[row];
            double longitude = in.doubles(at[3])[row];
            double latitude = in.doubles(at[4])[row];
            double side = in.doubles(at[5])[row];
            slotMicros = 60_000_000L * in.ints(at[2])[row];
            long key = slot;
            for (double part : new double[] {longitude, latitude, side}) {
                key = mix(key ^ Double.doubleToLongBits(part));
            }
            points.computeIfAbsent(in.strings(at[0]).get(row), _ -> LongStream.builder()).add(key);
            cells.computeIfAbsent(slot, _ -> new Cells()).add(longitude, latitude, side);
        }

        /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
        private static long mix(long z) {
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }

        @Override
        public void finish(Consumer<Batch> out) {
            Unicity unicity = new Unicity();
            points.values().forEach(of -> unicity.add(of.build().toArray()));
            points.clear();
            int known = knownPoints == null ? 4 : knownPoints;
            int asked = sample == null ? 20_000 : sample;
            figures.put("reidentified_percent", unicity.percent(known, asked, setting.seed()));
            figures.put("attacked_rows_percent", rows == 0 ? 100 : 100.0 * attacked / rows);
            figures.put("home_found_percent", homes());
        }

        private double homes() {
            Homes homes = new Homes();
            try (TableSource.Scan scan = setting.sides().apply(truth.side)) {
                for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                    homes.see(batch);
                    batch.close();
                }
            }
            homes.end();
            return homes.vehicles == 0 ? 0 : 100.0 * homes.found / homes.vehicles;
        }

        private final class Homes {
            private String vehicle = "";
            private HomeAttack honest = new HomeAttack();
            private HomeAttack released = new HomeAttack();

            /** Metres in a degree of longitude where this vehicle was first seen. */
            private double width;

            private int vehicles;
            private int found;

            void see(Batch batch) {
                Schema of = batch.schema();
                int who = of.indexOf(truth.identity);
                int when = of.indexOf(truth.time);
                int x = of.indexOf(truth.longitude);
                int y = of.indexOf(truth.latitude);
                for (int row = 0; row < batch.rows(); row++) {
                    if (batch.isOk(who, row)
                            && batch.isOk(when, row)
                            && batch.isOk(x, row)
                            && batch.isOk(y, row)) {
                        see(
                                batch.strings(who).get(row),
                                batch.longs(when)[row],
                                batch.doubles(x)[row],
                                batch.doubles(y)[row]);
                    }
                }
            }

            private void see(String token, long micros, double longitude, double latitude) {
                if (!token.equals(vehicle) || width == 0) {
                    end();
                    vehicle = token;
                    width = METERS_PER_DEGREE * scale(latitude);
                }
                honest.see(micros, longitude * width, latitude * METERS_PER_DEGREE);
                long slot = Math.floorDiv(micros, slotMicros) * slotMicros;
                Cells here = cells.get(slot);
                if (here != null) {
                    here.around(longitude, latitude)
                            .ifPresent(
                                    centre ->
                                            released.see(
                                                    micros,
                                                    centre[0] * width,
                                                    centre[1] * METERS_PER_DEGREE));
                }
            }

            void end() {
                double within = withinMeters == null ? 200 : withinMeters;
                Optional<HomeAttack.Place> home = honest.guess();
                if (home.isPresent()) {
                    vehicles++;
                    HomeAttack.Place place = home.get();
                    found +=
                            released.finds(place.eastMeters(), place.northMeters(), within) ? 1 : 0;
                }
                honest = new HomeAttack();
                released = new HomeAttack();
                width = 0;
            }
        }

        @Override
        public OperatorReport report() {
            return new OperatorReport(rows, rows, new TreeMap<>(), new TreeMap<>(), figures);
        }
    }
}
