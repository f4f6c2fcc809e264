package org.roadloop.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;
import org.roadloop.govern.privacy.TrajectoryRelease;
import org.roadloop.govern.privacy.TripMasking;
import org.roadloop.govern.privacy.attack.HomeAttack;
import org.roadloop.govern.privacy.attack.Unicity;

/*
 * The same attacks on the raw rows and on what trip_mask and trajectory_release leave of them. The
 * attacker of homes gets more than a release gives: all segments of a vehicle, joined.
 */

/** How many are found again in released trajectories (重标识率), and what the release is worth. */
final class ReidentificationFigures {
    private static final int KNOWN_POINTS = 4;
    private static final int SAMPLE = 20_000;

    private ReidentificationFigures() {}

    static void measure(Figures figures) {
        measure(new TownFleet(8_000, 7, 20261122), figures::add);
    }

    /** Takes one figure. */
    interface Taker {
        void add(String name, double value, String unit);
    }

    static void measure(TownFleet fleet, Taker figures) {
        Rates raw = raw(fleet);
        List<Batch> masked = new ArrayList<>();
        run(
                new TripMasking(
                        "vehicle",
                        "time",
                        "longitude",
                        "latitude",
                        null,
                        null,
                        null,
                        null,
                        new TripMasking.TripEnds(null, null, null, null)),
                TownFleet.SCHEMA,
                fleet.batches(true),
                masked::add);
        TrajectoryRelease release =
                new TrajectoryRelease(
                        "vehicle", "time", "longitude", "latitude", null, null, null, null, null);
        List<Batch> released = new ArrayList<>();
        OperatorReport report = run(release, TownFleet.SCHEMA, byTime(masked), released::add);
        figures.add("reidentified_percent", unicity(released), "%");
        figures.add("home_within_200m_percent", homes(fleet, masked, released), "%");
        figures.add("unprotected.reidentified_percent", raw.reidentified(), "%");
        figures.add("unprotected.home_within_200m_percent", raw.homes(), "%");
        figures.add("release.points_kept_percent", report.figure("points_kept_percent"), "%");
        figures.add("release.mean_cell_m", report.figure("mean_cell_m"), "m");
        figures.add("release.points_per_segment", report.figure("points_per_segment"), "");
        figures.add("release.achieved_k", report.figure("achieved_k"), "");
    }

    private record Rates(double reidentified, double homes) {}

    /** Points of 500 m and an hour. */
    private static Rates raw(TownFleet fleet) {
        Unicity unicity = new Unicity();
        Map<String, LongStream.Builder> points = new HashMap<>();
        HomeAttack[] attacks = attacks(fleet);
        for (Batch batch : fleet.batches(true)) {
            for (int row = 0; row < batch.rows(); row++) {
                String vehicle = batch.strings(0).get(row);
                long time = batch.longs(1)[row];
                double east = east(batch.doubles(2)[row]);
                double north = north(batch.doubles(3)[row]);
                long key = (time / 3_600_000_000L << 20) + ((long) (east / 500) << 10);
                points.computeIfAbsent(vehicle, _ -> LongStream.builder())
                        .add(key + (long) (north / 500));
                attacks[number(vehicle)].see(time, east, north);
            }
        }
        points.values().forEach(of -> unicity.add(of.build().toArray()));
        return new Rates(unicity.percent(KNOWN_POINTS, SAMPLE, 1), found(fleet, attacks));
    }

    /** Points of a slot and a cell of its size, per segment. */
    private static double unicity(List<Batch> released) {
        Map<String, LongStream.Builder> points = new HashMap<>();
        Map<List<Object>, Long> keys = new HashMap<>();
        for (Batch batch : released) {
            for (int row = 0; row < batch.rows(); row++) {
                List<Object> point =
                        List.of(
                                batch.longs(1)[row],
                                batch.doubles(3)[row],
                                batch.doubles(4)[row],
                                batch.doubles(5)[row]);
                long key = keys.computeIfAbsent(point, _ -> (long) keys.size());
                points.computeIfAbsent(batch.strings(0).get(row), _ -> LongStream.builder())
                        .add(key);
            }
        }
        Unicity unicity = new Unicity();
        points.values().forEach(of -> unicity.add(of.build().toArray()));
        return unicity.percent(KNOWN_POINTS, SAMPLE, 1);
    }

    /**
     * The attacker sees, of each vehicle, the centres of the released cells that its own masked
     * points fall into: its segments, joined, and others' coarser ones beside them.
     */
    private static double homes(TownFleet fleet, List<Batch> masked, List<Batch> released) {
        Map<Long, Map<Double, Map<List<Long>, double[]>>> cells = new HashMap<>();
        for (Batch batch : released) {
            for (int row = 0; row < batch.rows(); row++) {
                double side = batch.doubles(5)[row];
                double[] centre = {batch.doubles(3)[row], batch.doubles(4)[row]};
                cells.computeIfAbsent(batch.longs(1)[row], _ -> new HashMap<>())
                        .computeIfAbsent(side, _ -> new HashMap<>())
                        .put(square(centre[0], centre[1], side), centre);
            }
        }
        HomeAttack[] attacks = attacks(fleet);
        for (Batch batch : masked) {
            for (int row = 0; row < batch.rows(); row++) {
                if (!batch.isOk(2, row)) {
                    continue;
                }
                long time = batch.longs(1)[row];
                long slot = Math.floorDiv(time, 900_000_000L) * 900_000_000L;
                double[] centre =
                        finest(
                                cells.getOrDefault(slot, Map.of()),
                                batch.doubles(2)[row],
                                batch.doubles(3)[row]);
                if (centre != null) {
                    attacks[number(batch.strings(0).get(row))].see(
                            time, east(centre[0]), north(centre[1]));
                }
            }
        }
        return found(fleet, attacks);
    }

    private static double @org.jspecify.annotations.Nullable [] finest(
            Map<Double, Map<List<Long>, double[]>> cells, double longitude, double latitude) {
        for (double side = 500; side <= 4000; side *= 2) {
            double[] best = null;
            for (double[] centre : cells.getOrDefault(side, Map.of()).values()) {
                if (Math.abs(east(centre[0]) - east(longitude)) <= side / 2
                        && Math.abs(north(centre[1]) - north(latitude)) <= side / 2) {
                    best = centre;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    private static List<Long> square(double longitude, double latitude, double side) {
        return List.of(
                Math.round(east(longitude) / side * 4), Math.round(north(latitude) / side * 4));
    }

    private static HomeAttack[] attacks(TownFleet fleet) {
        HomeAttack[] attacks = new HomeAttack[fleet.vehicles];
        Arrays.setAll(attacks, _ -> new HomeAttack());
        return attacks;
    }

    private static double found(TownFleet fleet, HomeAttack[] attacks) {
        int found = 0;
        for (int v = 0; v < fleet.vehicles; v++) {
            found += attacks[v].finds(fleet.homeEast[v], fleet.homeNorth[v], 200) ? 1 : 0;
        }
        return 100.0 * found / fleet.vehicles;
    }

    private static OperatorReport run(
            Operator operator, Schema schema, List<Batch> in, Consumer<Batch> out) {
        byte[] master = new byte[32];
        Arrays.fill(master, (byte) 7);
        Operator.Run run = operator.start(schema, Setting.of(new Keyring(master, 1), 1));
        in.forEach(batch -> run.process(batch, out));
        run.finish(out);
        return run.report();
    }

    private static List<Batch> byTime(List<Batch> batches) {
        record Place(Batch batch, int row) {}
        List<Place> order = new ArrayList<>();
        for (Batch batch : batches) {
            for (int row = 0; row < batch.rows(); row++) {
                order.add(new Place(batch, row));
            }
        }
        order.sort(Comparator.comparingLong(p -> p.batch.longs(1)[p.row]));
        List<Batch> sorted = new ArrayList<>();
        Batch batch = new Batch(TownFleet.SCHEMA, Batch.MAX_ROWS);
        for (Place place : order) {
            if (batch.isFull()) {
                sorted.add(batch);
                batch = new Batch(TownFleet.SCHEMA, Batch.MAX_ROWS);
            }
            int row = batch.addRow();
            for (int c = 0; c < TownFleet.SCHEMA.size(); c++) {
                batch.copyCell(place.batch, c, place.row, c, row);
            }
        }
        sorted.add(batch);
        return sorted;
    }

    private static int number(String token) {
        return Integer.parseInt(token, 1, token.length(), 10);
    }

    private static double east(double longitude) {
        return (longitude - TownFleet.WEST) * TownFleet.METERS_EAST;
    }

    private static double north(double latitude) {
        return (latitude - TownFleet.SOUTH) * TownFleet.METERS_NORTH;
    }
}
