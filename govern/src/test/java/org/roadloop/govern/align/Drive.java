package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * Vehicles that drive along known edges, seen with noise, once a second: the truth of map matching.
 */
final class Drive {
    static final Schema SCHEMA =
            Schema.of(
                    AlignRows.identity("vehicle"),
                    AlignRows.time("at"),
                    AlignRows.metres("x_m"),
                    AlignRows.metres("y_m"));

    /** For each row the edge it was on; in a junction that before it and that after it. */
    record Rows(Batch batch, List<List<String>> edges) {}

    private Drive() {}

    static Rows along(
            RoadNetwork network, List<List<String>> routes, double sigmaMeters, Random random) {
        List<Object[]> rows = new ArrayList<>();
        List<List<String>> edges = new ArrayList<>();
        int number = 0;
        for (List<String> route : routes) {
            drive(network, route, "%06d".formatted(number++), sigmaMeters, random, rows, edges);
        }
        Batch batch = new Batch(SCHEMA, rows.size());
        for (Object[] cells : rows) {
            int row = batch.addRow();
            batch.set(0, row, (String) cells[0]);
            batch.set(1, row, (long) cells[1]);
            batch.set(2, row, (double) cells[2]);
            batch.set(3, row, (double) cells[3]);
        }
        return new Rows(batch, edges);
    }

    private static void drive(
            RoadNetwork network,
            List<String> route,
            String vehicle,
            double sigma,
            Random random,
            List<Object[]> rows,
            List<List<String>> truth) {
        // corners of the whole way with the edges that a point before each corner is on
        List<double[]> corners = new ArrayList<>();
        List<List<String>> on = new ArrayList<>();
        List<String> ids = List.of(network.ids);
        for (int k = 0; k < route.size(); k++) {
            int edge = ids.indexOf(route.get(k));
            for (int p = network.first[edge]; p < network.first[edge + 1]; p++) {
                corners.add(new double[] {network.x[p], network.y[p]});
                boolean junction = p == network.first[edge] && k > 0;
                on.add(junction ? List.of(route.get(k - 1), route.get(k)) : List.of(route.get(k)));
            }
        }
        double speed = 6 + 8 * random.nextDouble();
        double toGo = speed * random.nextDouble();
        long at = AlignRows.START + random.nextInt(1000) * 1000L;
        for (int i = 1; i < corners.size(); i++) {
            double[] a = corners.get(i - 1);
            double[] b = corners.get(i);
            double length = Math.hypot(b[0] - a[0], b[1] - a[1]);
            while (toGo <= length) {
                double share = toGo / length;
                rows.add(
                        new Object[] {
                            vehicle,
                            at,
                            a[0] + (b[0] - a[0]) * share + sigma * random.nextGaussian(),
                            a[1] + (b[1] - a[1]) * share + sigma * random.nextGaussian()
                        });
                truth.add(on.get(i));
                at += 1_000_000;
                speed = Math.clamp(speed + random.nextGaussian(), 4, 16);
                toGo += speed;
            }
            toGo -= length;
        }
    }

    /** Share of rows whose edge is the one they were on. */
    static double right(List<Batch> matched, List<List<String>> truth) {
        long right = 0;
        int number = 0;
        for (Batch batch : matched) {
            int edge = batch.schema().indexOf(MapMatch.EDGE);
            for (int row = 0; row < batch.rows(); row++) {
                boolean same =
                        batch.isOk(edge, row)
                                && truth.get(number).contains(batch.strings(edge).get(row));
                right += same ? 1 : 0;
                number++;
            }
        }
        if (number != truth.size()) {
            throw new IllegalStateException(number + " rows came out of " + truth.size());
        }
        return (double) right / number;
    }
}
