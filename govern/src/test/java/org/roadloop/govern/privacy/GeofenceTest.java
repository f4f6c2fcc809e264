package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Polygon;

class GeofenceTest {
    /** The oracle is JTS, another implementation of the same question. */
    @Test
    void decisionsEqualJts() {
        long seed = 42;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        GeometryFactory geometry = new GeometryFactory();
        List<SensitiveArea> areas = new ArrayList<>();
        List<Polygon> polygons = new ArrayList<>();
        for (int a = 0; a < 20; a++) {
            int corners = 3 + random.nextInt(8);
            double cx = 121 + random.nextDouble() * 0.2;
            double cy = 31 + random.nextDouble() * 0.2;
            double[] x = new double[corners];
            double[] y = new double[corners];
            Coordinate[] ring = new Coordinate[corners + 1];
            for (int i = 0; i < corners; i++) {
                double r = 0.003 + random.nextDouble() * 0.02; // a star: not convex
                x[i] = cx + r * Math.cos(2 * Math.PI * i / corners);
                y[i] = cy + r * Math.sin(2 * Math.PI * i / corners);
                ring[i] = new Coordinate(x[i], y[i]);
            }
            ring[corners] = ring[0];
            areas.add(new SensitiveArea("a" + a, x, y));
            polygons.add(geometry.createPolygon(ring));
        }
        Geofence fence = new Geofence(areas);
        int inside = 0;
        for (int i = 0; i < 20_000; i++) {
            double x = 120.98 + random.nextDouble() * 0.24;
            double y = 30.98 + random.nextDouble() * 0.24;
            boolean expected = false;
            for (Polygon polygon : polygons) {
                expected |= polygon.contains(geometry.createPoint(new Coordinate(x, y)));
            }
            assertThat(fence.contains(x, y)).isEqualTo(expected);
            inside += expected ? 1 : 0;
        }
        assertThat(inside).isBetween(1000, 19_000);
    }

    /**
     * Every decision, on borders too, is that of the even-odd rule asked of each area alone:
     * 300,000 random points and, of every area, corners, points of edges, and the doubles next to
     * them.
     */
    @Test
    @Tag("slow")
    void decisionsEqualThePlainRuleOnRandomPolygons() {
        long seed = 7;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            List<SensitiveArea> areas = new ArrayList<>();
            for (int a = 0; a < 60; a++) {
                areas.add(randomArea(random, a));
            }
            Geofence fence = new Geofence(areas);
            PlainRule plain = new PlainRule(areas);
            int inside = 0;
            for (int i = 0; i < 100_000; i++) {
                double x = 120.98 + random.nextDouble() * 0.24;
                double y = 30.98 + random.nextDouble() * 0.24;
                inside += agree(fence, plain, x, y) ? 1 : 0;
            }
            assertThat(inside).isBetween(5_000, 95_000);
            for (SensitiveArea area : areas) {
                onBorder(fence, plain, area, random);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"NaN,31", "121,NaN", "180,90", "-180,-90", "Infinity,31", "121,-Infinity"})
    void nowhereIsOutside(double longitude, double latitude) {
        List<SensitiveArea> areas = List.of(randomArea(new Random(1), 0));
        assertThat(new Geofence(areas).contains(longitude, latitude)).isFalse();
        assertThat(new Geofence(List.of()).contains(longitude, latitude)).isFalse();
    }

    /**
     * Interstate 80 in Wyoming, 10 m to either side: 40,000 points, three in four near the road;
     * bench govern asks 400,000.
     */
    @Test
    @Tag("slow")
    void decisionsEqualThePlainRuleOnARealRoad() throws IOException {
        Path edges =
                Path.of(System.getProperty("roadloop.root", ".."))
                        .resolve("../shared/data/wyoming-obu/I_80.edges");
        assumeTrue(Files.exists(edges), "shared/data is missing: " + edges);
        List<SensitiveArea> areas = road(edges, 10);
        Geofence fence = new Geofence(areas);
        PlainRule plain = new PlainRule(areas);
        long seed = 80;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int inside = 0;
        for (int i = 0; i < 40_000; i++) {
            double x;
            double y;
            if (i % 4 == 0) {
                x = -111.1 + random.nextDouble() * 7.1;
                y = 40.9 + random.nextDouble();
            } else {
                SensitiveArea near = areas.get(random.nextInt(areas.size()));
                int corner = random.nextInt(4);
                x = near.longitudes()[corner] + (random.nextDouble() - 0.5) * 6e-4;
                y = near.latitudes()[corner] + (random.nextDouble() - 0.5) * 6e-4;
            }
            inside += agree(fence, plain, x, y) ? 1 : 0;
        }
        assertThat(inside).isBetween(2_000, 30_000);
    }

    private static void onBorder(
            Geofence fence, PlainRule plain, SensitiveArea area, Random random) {
        int n = area.longitudes().length;
        for (int i = 0, j = n - 1; i < n; j = i++) {
            for (int k = 0; k < 20; k++) {
                double t = k == 0 ? 0 : k == 1 ? 0.5 : random.nextDouble();
                double x = area.longitudes()[i] + t * (area.longitudes()[j] - area.longitudes()[i]);
                double y = area.latitudes()[i] + t * (area.latitudes()[j] - area.latitudes()[i]);
                agree(fence, plain, x, y);
                agree(fence, plain, Math.nextUp(x), y);
                agree(fence, plain, Math.nextDown(x), y);
                agree(fence, plain, x, Math.nextUp(y));
                agree(fence, plain, x, Math.nextDown(y));
            }
        }
    }

    private static boolean agree(Geofence fence, PlainRule plain, double x, double y) {
        boolean expected = plain.contains(x, y);
        if (fence.contains(x, y) != expected) {
            throw new AssertionError("at " + x + ", " + y + " the plain rule says " + expected);
        }
        return expected;
    }

    /** Every area is asked, but those wholly above or below, where no edge is crossed. */
    private static final class PlainRule {
        private final List<SensitiveArea> areas;
        private final double[] south;
        private final double[] north;

        PlainRule(List<SensitiveArea> areas) {
            this.areas = areas;
            south = new double[areas.size()];
            north = new double[areas.size()];
            for (int i = 0; i < south.length; i++) {
                south[i] = Arrays.stream(areas.get(i).latitudes()).min().orElseThrow();
                north[i] = Arrays.stream(areas.get(i).latitudes()).max().orElseThrow();
            }
        }

        boolean contains(double x, double y) {
            boolean inside = false;
            for (int i = 0; i < south.length; i++) {
                if (y >= south[i] && y <= north[i]) {
                    inside |= areas.get(i).contains(x, y);
                }
            }
            return inside;
        }
    }

    /** Stars, slivers and rings that cross themselves, from metres to kilometres. */
    private static SensitiveArea randomArea(Random random, int a) {
        int corners = 3 + random.nextInt(12);
        double cx = 121 + random.nextDouble() * 0.2;
        double cy = 31 + random.nextDouble() * 0.2;
        double size = Math.pow(10, -4.5 + 3 * random.nextDouble());
        double[] x = new double[corners];
        double[] y = new double[corners];
        for (int i = 0; i < corners; i++) {
            double angle =
                    a % 3 == 0 ? random.nextDouble() * 2 * Math.PI : 2 * Math.PI * i / corners;
            double r = size * (0.2 + random.nextDouble());
            x[i] = cx + r * Math.cos(angle);
            y[i] =
                    a % 5 == 1 && i > 0 && random.nextBoolean()
                            ? y[i - 1]
                            : cy + r * Math.sin(angle);
        }
        return new SensitiveArea("a" + a, x, y);
    }

    private static List<SensitiveArea> road(Path edges, double halfWidthMeters) throws IOException {
        List<SensitiveArea> areas = new ArrayList<>();
        for (String line : Files.readAllLines(edges)) {
            String[] ends = line.split(",", -1)[2].split("[;:]");
            if (ends.length == 6) {
                areas.add(
                        SensitiveArea.corridor(
                                "road",
                                Double.parseDouble(ends[2]),
                                Double.parseDouble(ends[1]),
                                Double.parseDouble(ends[5]),
                                Double.parseDouble(ends[4]),
                                halfWidthMeters));
            }
        }
        return areas;
    }
}
