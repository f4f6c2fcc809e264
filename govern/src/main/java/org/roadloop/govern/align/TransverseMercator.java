package org.roadloop.govern.align;

import java.util.HashMap;
import java.util.Map;

/*
 * Krueger's series in the third flattening n, as in Karney, "Transverse Mercator with an accuracy of
 * a few nanometers", Journal of Geodesy 85 (2011), equations 7 to 11, 35 and 36, cut after n^3: better
 * than 1 mm within 3,000 km of the central meridian.
 */

/** Degrees on WGS-84 to metres on a plane and back (横轴墨卡托投影). Immutable. */
final class TransverseMercator {
    private static final double AXIS_METERS = 6_378_137.0;
    private static final double FLATTENING = 1 / 298.257223563;
    private static final double N = FLATTENING / (2 - FLATTENING);
    private static final double RADIUS = AXIS_METERS / (1 + N) * (1 + N * N / 4);
    private static final double E = Math.sqrt(FLATTENING * (2 - FLATTENING));
    private static final double[] FORTH = {
        N / 2 - 2 * N * N / 3 + 5 * N * N * N / 16,
        13 * N * N / 48 - 3 * N * N * N / 5,
        61 * N * N * N / 240
    };
    private static final double[] BACK = {
        N / 2 - 2 * N * N / 3 + 37 * N * N * N / 96,
        N * N / 48 + N * N * N / 15,
        17 * N * N * N / 480
    };

    private final double meridianDegrees;
    private final double scale;
    private final double eastMeters;
    private final double northMeters;

    /**
     * @param latitudeDegrees where {@code northMeters} is counted from
     * @param eastMeters false easting, {@code northMeters} false northing
     */
    TransverseMercator(
            double meridianDegrees,
            double latitudeDegrees,
            double scale,
            double eastMeters,
            double northMeters) {
        this.meridianDegrees = meridianDegrees;
        this.scale = scale;
        this.eastMeters = eastMeters;
        double[] origin = new double[2];
        plane(0, latitudeDegrees, scale, origin);
        this.northMeters = northMeters - origin[1];
    }

    /**
     * Reads a PROJ text: {@code +proj=utm +zone=32} or {@code +proj=tmerc +lat_0= +lon_0= +k= +x_0=
     * +y_0=}.
     *
     * @throws IllegalArgumentException for another projection
     */
    static TransverseMercator parse(String proj) {
        Map<String, String> words = new HashMap<>();
        for (String word : proj.trim().split("\\s+")) {
            int equals = word.indexOf('=');
            words.put(equals < 0 ? word : word.substring(0, equals), word.substring(equals + 1));
        }
        String kind = words.getOrDefault("+proj", "none");
        return switch (kind) {
            case "utm" ->
                    new TransverseMercator(
                            number(words, "+zone", Double.NaN) * 6 - 183,
                            0,
                            0.9996,
                            500_000,
                            words.containsKey("+south") ? 10_000_000 : 0);
            case "tmerc" ->
                    new TransverseMercator(
                            number(words, "+lon_0", 0),
                            number(words, "+lat_0", 0),
                            number(words, "+k", number(words, "+k_0", 1)),
                            number(words, "+x_0", 0),
                            number(words, "+y_0", 0));
            default ->
                    throw new IllegalArgumentException(
                            "projection '" + kind + "' is not read; utm and tmerc are");
        };
    }

    private static double number(Map<String, String> words, String name, double otherwise) {
        String text = words.get(name);
        if (text == null) {
            if (Double.isNaN(otherwise)) {
                throw new IllegalArgumentException("the projection has no " + name);
            }
            return otherwise;
        }
        return Double.parseDouble(text);
    }

    /** Writes metres east and north into {@code to}. */
    void toPlane(double longitudeDegrees, double latitudeDegrees, double[] to) {
        plane(longitudeDegrees - meridianDegrees, latitudeDegrees, scale, to);
        to[0] += eastMeters;
        to[1] += northMeters;
    }

    private static void plane(double lonDegrees, double latDegrees, double scale, double[] to) {
        double sin = Math.sin(Math.toRadians(latDegrees));
        double t = Math.sinh(atanh(sin) - E * atanh(E * sin));
        double lon = Math.toRadians(lonDegrees);
        double xi = Math.atan2(t, Math.cos(lon));
        double eta = atanh(Math.sin(lon) / Math.sqrt(1 + t * t));
        double east = eta;
        double north = xi;
        for (int j = 1; j <= FORTH.length; j++) {
            north += FORTH[j - 1] * Math.sin(2 * j * xi) * Math.cosh(2 * j * eta);
            east += FORTH[j - 1] * Math.cos(2 * j * xi) * Math.sinh(2 * j * eta);
        }
        to[0] = scale * RADIUS * east;
        to[1] = scale * RADIUS * north;
    }

    /** Writes longitude and latitude in degrees into {@code to}. */
    void toDegrees(double east, double north, double[] to) {
        double xi = (north - northMeters) / (scale * RADIUS);
        double eta = (east - eastMeters) / (scale * RADIUS);
        double xi0 = xi;
        double eta0 = eta;
        for (int j = 1; j <= BACK.length; j++) {
            xi0 -= BACK[j - 1] * Math.sin(2 * j * xi) * Math.cosh(2 * j * eta);
            eta0 -= BACK[j - 1] * Math.cos(2 * j * xi) * Math.sinh(2 * j * eta);
        }
        double sinh = Math.sinh(eta0);
        double cos = Math.cos(xi0);
        // isometric latitude back to latitude: a fixed point, each round a factor e^2 closer
        double isometric = Math.sin(xi0) / Math.cosh(eta0);
        double psi = atanh(isometric);
        double sin = isometric;
        for (int round = 0; round < 8; round++) {
            sin = Math.tanh(psi + E * atanh(E * sin));
        }
        to[0] = meridianDegrees + Math.toDegrees(Math.atan2(sinh, cos));
        to[1] = Math.toDegrees(Math.asin(sin));
    }

    private static double atanh(double x) {
        return 0.5 * Math.log((1 + x) / (1 - x));
    }
}
