package org.roadloop.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A polygon on the map (电子围栏) as Well-Known Text (OGC 06-103r4 §7): {@code POLYGON((lon lat, …),
 * (…))}, degrees of WGS 84, longitude first; rings after the first are holes. The border belongs to
 * it. Polygons over the 180th meridian are not read.
 */
final class Geofence {
    private static final int MOST_POINTS = 10_000;

    /** {@code [ring][2 × point]}: longitude, latitude. */
    private final List<double[]> rings;

    private Geofence(List<double[]> rings) {
        this.rings = rings;
    }

    static boolean looksLike(String text) {
        return text.strip().toUpperCase(Locale.ROOT).startsWith("POLYGON");
    }

    /** Empty if the text is no polygon that can be read. */
    static Optional<Geofence> read(String text) {
        String body = text.strip();
        if (!looksLike(body) || text.length() > 40 * MOST_POINTS) {
            return Optional.empty();
        }
        body = body.substring("POLYGON".length()).strip();
        if (!body.startsWith("(") || !body.endsWith(")")) {
            return Optional.empty();
        }
        body = body.substring(1, body.length() - 1).strip();
        if (!body.startsWith("(") || !body.endsWith(")")) {
            return Optional.empty();
        }
        List<double[]> rings = new ArrayList<>();
        int points = 0;
        for (String ring : body.substring(1, body.length() - 1).split("\\)\\s*,\\s*\\(", -1)) {
            double[] read = ring(ring);
            points += read.length / 2;
            if (read.length == 0 || points > MOST_POINTS) {
                return Optional.empty();
            }
            rings.add(read);
        }
        return Optional.of(new Geofence(rings));
    }

    /** Closed, of three corners at least; empty if it is not. */
    private static double[] ring(String text) {
        String[] points = text.strip().split("\\s*,\\s*");
        double[] ring = new double[2 * points.length];
        for (int i = 0; i < points.length; i++) {
            String[] pair = points[i].split("\\s+");
            if (pair.length != 2) {
                return new double[0];
            }
            try {
                ring[2 * i] = Double.parseDouble(pair[0]);
                ring[2 * i + 1] = Double.parseDouble(pair[1]);
            } catch (NumberFormatException e) {
                return new double[0];
            }
            if (!(Math.abs(ring[2 * i]) <= 180) || !(Math.abs(ring[2 * i + 1]) <= 90)) {
                return new double[0];
            }
        }
        int last = ring.length - 2;
        boolean closed = points.length >= 4 && ring[0] == ring[last] && ring[1] == ring[last + 1];
        return closed ? ring : new double[0];
    }

    boolean contains(double lonDegrees, double latDegrees) {
        if (!inside(rings.getFirst(), lonDegrees, latDegrees, true)) {
            return false;
        }
        for (double[] hole : rings.subList(1, rings.size())) {
            if (inside(hole, lonDegrees, latDegrees, false)) {
                return false;
            }
        }
        return true;
    }

    /**
     * An even number of sides to the east of a point: it is outside.
     *
     * @param onBorder what holds on the border itself
     */
    private static boolean inside(double[] ring, double x, double y, boolean onBorder) {
        boolean in = false;
        for (int i = 2; i < ring.length; i += 2) {
            double x1 = ring[i - 2];
            double y1 = ring[i - 1];
            double x2 = ring[i];
            double y2 = ring[i + 1];
            double turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
            if (turn == 0
                    && x >= Math.min(x1, x2)
                    && x <= Math.max(x1, x2)
                    && y >= Math.min(y1, y2)
                    && y <= Math.max(y1, y2)) {
                return onBorder;
            }
            if (y1 > y != y2 > y && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)) {
                in = !in;
            }
        }
        return in;
    }
}
