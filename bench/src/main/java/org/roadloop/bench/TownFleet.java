package org.roadloop.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/*
 * A town of 16 km with a street every 400 m. Homes lie anywhere, denser near the middle; work lies
 * in twelve districts, so do shops. On a working day a vehicle drives to work about eight and back
 * about six, each with its own habit of minutes; on some evenings and at weekends to a shop and
 * back. It drives along the streets, one way of two, 25..45 km/h, and reports every 30 seconds, and
 * twice where it stands.
 */

/** Days of a synthetic fleet with homes that are known, for attacks on its releases. One thread. */
final class TownFleet {
    static final double WEST = 121.30;
    static final double SOUTH = 31.10;
    static final double METERS_NORTH = 111_320.0;
    static final double METERS_EAST = METERS_NORTH * Math.cos(Math.toRadians(31.17));
    static final Schema SCHEMA =
            Schema.of(
                    Column.of("vehicle", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL),
                    Column.of(
                            "time",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL),
                    position("longitude"),
                    position("latitude"));

    private static final double TOWN_METERS = 16_000;
    private static final double BLOCK_METERS = 400;
    private static final long SECOND = 1_000_000;
    private static final long DAY = 86_400 * SECOND;

    /** A Monday. */
    private static final long START = 20_000 * DAY - 20_000 * DAY % (7 * DAY) + 4 * DAY;

    /** Local metres of each home. */
    final double[] homeEast;

    final double[] homeNorth;
    final int vehicles;

    private long[] times = new long[1 << 20];
    private int[] of = new int[1 << 20];
    private float[] east = new float[1 << 20];
    private float[] north = new float[1 << 20];
    private int size;

    TownFleet(int vehicles, int days, long seed) {
        this.vehicles = vehicles;
        homeEast = new double[vehicles];
        homeNorth = new double[vehicles];
        SplittableRandom random = new SplittableRandom(seed);
        double[][] districts = new double[12][];
        for (int i = 0; i < districts.length; i++) {
            districts[i] = new double[] {town(random, 0.8), town(random, 0.8)};
        }
        for (int v = 0; v < vehicles; v++) {
            homeEast[v] = town(random, 1);
            homeNorth[v] = town(random, 1);
            double[] home = {homeEast[v], homeNorth[v]};
            double[] work = near(districts[random.nextInt(8)], random);
            double[] shop = near(districts[8 + random.nextInt(4)], random);
            double leaves = 8 + 0.7 * gauss(random);
            double returns = 17.5 + 1.0 * gauss(random);
            for (int day = 0; day < days; day++) {
                long midnight = START + day * DAY;
                boolean weekend = day % 7 > 4;
                if (!weekend) {
                    drive(v, home, work, at(midnight, leaves + 0.1 * gauss(random)), random);
                    drive(v, work, home, at(midnight, returns + 0.3 * gauss(random)), random);
                }
                if (weekend || random.nextInt(3) == 0) {
                    double hour = weekend ? 10 + random.nextDouble() * 6 : 20;
                    drive(v, home, shop, at(midnight, hour), random);
                    drive(v, shop, home, at(midnight, hour + 1.5), random);
                }
            }
        }
    }

    private static Column position(String name) {
        return new Column(
                name,
                ColumnType.DOUBLE,
                "deg",
                DataClass.POSITION,
                Grade.SENSITIVE_PERSONAL,
                CoordinateSystem.WGS_84);
    }

    int rows() {
        return size;
    }

    static String token(int vehicle) {
        return String.format("v%06d", vehicle);
    }

    /** Rows in batches, by vehicle and time, or by time and vehicle. */
    List<Batch> batches(boolean byVehicle) {
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Comparator<Integer> time = Comparator.comparingLong(i -> times[i]);
        Comparator<Integer> vehicle = Comparator.comparingInt(i -> of[i]);
        Arrays.sort(order, byVehicle ? vehicle.thenComparing(time) : time.thenComparing(vehicle));
        List<Batch> batches = new ArrayList<>();
        Batch batch = new Batch(SCHEMA, Batch.MAX_ROWS);
        for (int i : order) {
            if (batch.isFull()) {
                batches.add(batch);
                batch = new Batch(SCHEMA, Batch.MAX_ROWS);
            }
            int row = batch.addRow();
            batch.set(0, row, token(of[i]));
            batch.set(1, row, times[i]);
            batch.set(2, row, WEST + east[i] / METERS_EAST);
            batch.set(3, row, SOUTH + north[i] / METERS_NORTH);
        }
        batches.add(batch);
        return batches;
    }

    /** Along the streets, first east or first north. */
    private void drive(int v, double[] from, double[] to, long start, SplittableRandom random) {
        boolean eastFirst = random.nextInt(4) > 0 == (v & 1) > 0;
        double[] a = street(from);
        double[] b = street(to);
        double[] corner = eastFirst ? new double[] {b[0], a[1]} : new double[] {a[0], b[1]};
        double[][] way = {from, a, corner, b, to};
        long time = start;
        report(v, time, from);
        for (int leg = 1; leg < way.length; leg++) {
            double length =
                    Math.hypot(way[leg][0] - way[leg - 1][0], way[leg][1] - way[leg - 1][1]);
            double metersPerStep = (25 + random.nextDouble() * 20) / 3.6 * 30;
            for (double done = metersPerStep; done < length; done += metersPerStep) {
                time += 30 * SECOND;
                double t = done / length;
                report(
                        v,
                        time,
                        new double[] {
                            way[leg - 1][0] + t * (way[leg][0] - way[leg - 1][0]),
                            way[leg - 1][1] + t * (way[leg][1] - way[leg - 1][1])
                        });
            }
        }
        report(v, time + 30 * SECOND, to);
    }

    private void report(int v, long time, double[] at) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            of = Arrays.copyOf(of, size * 2);
            east = Arrays.copyOf(east, size * 2);
            north = Arrays.copyOf(north, size * 2);
        }
        times[size] = time;
        of[size] = v;
        east[size] = (float) at[0];
        north[size++] = (float) at[1];
    }

    private static double[] street(double[] at) {
        return new double[] {
            Math.round(at[0] / BLOCK_METERS) * BLOCK_METERS,
            Math.round(at[1] / BLOCK_METERS) * BLOCK_METERS
        };
    }

    private static long at(long midnight, double hour) {
        return midnight + (long) (hour * 3600) * SECOND;
    }

    private static double town(SplittableRandom random, double spread) {
        double where = 0.5 + spread * 0.25 * gauss(random);
        return Math.clamp(where, 0.01, 0.99) * TOWN_METERS;
    }

    private static double[] near(double[] district, SplittableRandom random) {
        return new double[] {district[0] + 500 * gauss(random), district[1] + 500 * gauss(random)};
    }

    private static double gauss(SplittableRandom random) {
        return random.nextGaussian();
    }
}
