package org.roadloop.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.roadloop.govern.privacy.Geofence;
import org.roadloop.govern.privacy.SensitiveArea;

/*
 * The areas are the stretches of Interstate 80 in Wyoming, 10 m to either side, as the US DOT's
 * privacy module has them; 400,000 points, three in four within 30 m of the road. Beside the grid,
 * in the same run: bounding boxes one after another, which is what the module's decisions cost
 * without an index, and the plain even-odd rule of every area as the oracle.
 */

/** How fast positions are told from sensitive areas, and how often wrongly (电子围栏). */
final class GeofenceFigures {
    private static final int POINTS = 400_000;
    private static final int PEER_POINTS = 4_000;
    private static final int ROUNDS = 15;
    private static final double HALF_WIDTH_METERS = 10;

    private GeofenceFigures() {}

    static void measure(Path root, Figures figures) throws IOException {
        List<SensitiveArea> areas =
                road(root.resolve("../shared/data/wyoming-obu/I_80.edges").normalize());
        double[] x = new double[POINTS];
        double[] y = new double[POINTS];
        points(areas, x, y);
        Geofence fence = new Geofence(areas);
        double best = 0;
        int inside = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long began = cpuNanos();
            inside = 0;
            for (int i = 0; i < POINTS; i++) {
                inside += fence.contains(x[i], y[i]) ? 1 : 0;
            }
            best = Math.max(best, POINTS / ((cpuNanos() - began) / 1e9));
        }
        figures.add("geofence.points_per_cpu_second", best, "points/s");
        figures.add("geofence.peer_points_per_cpu_second", boxes(areas, x, y), "points/s");
        figures.add("geofence.wrong", wrong(fence, areas, x, y), "points");
        figures.add("geofence.areas", areas.size(), "areas");
        figures.add("geofence.inside_percent", 100.0 * inside / POINTS, "%");
    }

    static List<SensitiveArea> road(Path edges) throws IOException {
        List<SensitiveArea> areas = new ArrayList<>();
        for (String line : Files.readAllLines(edges)) {
            String[] ends = line.split(",", -1)[2].split("[;:]", -1);
            if (ends.length == 6) {
                areas.add(
                        SensitiveArea.corridor(
                                "I 80",
                                Double.parseDouble(ends[2]),
                                Double.parseDouble(ends[1]),
                                Double.parseDouble(ends[5]),
                                Double.parseDouble(ends[4]),
                                HALF_WIDTH_METERS));
            }
        }
        return areas;
    }

    private static void points(List<SensitiveArea> areas, double[] x, double[] y) {
        SplittableRandom random = new SplittableRandom(80);
        for (int i = 0; i < x.length; i++) {
            if (i % 4 == 0) {
                x[i] = -111.1 + random.nextDouble() * 7.1;
                y[i] = 40.9 + random.nextDouble();
            } else {
                SensitiveArea near = areas.get(random.nextInt(areas.size()));
                int corner = random.nextInt(4);
                x[i] = near.longitudes()[corner] + (random.nextDouble() - 0.5) * 6e-4;
                y[i] = near.latitudes()[corner] + (random.nextDouble() - 0.5) * 6e-4;
            }
        }
    }

    /** Flat bounding boxes in turn, the polygon within a box. */
    private static double boxes(List<SensitiveArea> areas, double[] x, double[] y) {
        int n = areas.size();
        double[][] box = new double[n][];
        for (int a = 0; a < n; a++) {
            double[] lon = areas.get(a).longitudes().clone();
            double[] lat = areas.get(a).latitudes().clone();
            Arrays.sort(lon);
            Arrays.sort(lat);
            box[a] = new double[] {lon[0], lon[lon.length - 1], lat[0], lat[lat.length - 1]};
        }
        double best = 0;
        for (int round = 0; round < 3; round++) {
            long began = cpuNanos();
            int inside = 0;
            for (int i = 0; i < PEER_POINTS; i++) {
                for (int a = 0; a < n; a++) {
                    double[] b = box[a];
                    if (x[i] >= b[0]
                            && x[i] <= b[1]
                            && y[i] >= b[2]
                            && y[i] <= b[3]
                            && areas.get(a).contains(x[i], y[i])) {
                        inside++;
                        break;
                    }
                }
            }
            if (inside == 0) {
                throw new IllegalStateException("no point is inside");
            }
            best = Math.max(best, PEER_POINTS / ((cpuNanos() - began) / 1e9));
        }
        return best;
    }

    private static long wrong(Geofence fence, List<SensitiveArea> areas, double[] x, double[] y) {
        long wrong = 0;
        // No edge is crossed above or below an area: only those at a point's latitude are asked.
        Map<Long, List<SensitiveArea>> at = new HashMap<>();
        for (SensitiveArea area : areas) {
            long from = band(Arrays.stream(area.latitudes()).min().orElseThrow());
            long to = band(Arrays.stream(area.latitudes()).max().orElseThrow());
            for (long band = from; band <= to; band++) {
                at.computeIfAbsent(band, _ -> new ArrayList<>()).add(area);
            }
        }
        for (int i = 0; i < x.length; i++) {
            boolean expected = false;
            for (SensitiveArea area : at.getOrDefault(band(y[i]), List.of())) {
                expected |= area.contains(x[i], y[i]);
            }
            wrong += fence.contains(x[i], y[i]) != expected ? 1 : 0;
        }
        return wrong;
    }

    private static long band(double latitude) {
        return (long) Math.floor(latitude * 1000);
    }

    private static long cpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadCpuTime();
    }
}
