package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
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
}
