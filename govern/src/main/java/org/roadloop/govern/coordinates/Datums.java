package org.roadloop.govern.coordinates;

import org.roadloop.core.table.CoordinateSystem;

/*
 * GCJ-02 adds to a WGS-84 position a shift of 18 to 700 m, a sum of sines of the position itself;
 * BD-09 turns and stretches a GCJ-02 position by two more sines. Both formulas are in wide public
 * use; the constants are theirs (ellipsoid of Krasovsky 1940). Neither has a closed inverse, but
 * both are the identity plus a shift whose slope is below 0.02, so
 *
 *   x[0] = y,   x[n+1] = y - shift(x[n])
 *
 * contracts by at least fifty at each step: 700 m become less than 1e-8 m after six. A position
 * outside the box of the formula is left as it is, in both directions; the box is asked of the
 * position that is given, so within 700 m of its edge an inverse is not defined.
 */

/** Converts positions between WGS-84, GCJ-02 and BD-09 (坐标转换). For display, never to hide. */
public final class Datums {
    /** Steps of the inverse; its error is then below 1e-8 m. */
    static final int STEPS = 6;

    private static final double AXIS_METERS = 6_378_245.0;
    private static final double ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943_23;
    private static final double BAIDU = Math.PI * 3000.0 / 180.0;

    private Datums() {}

    /** Whether a position lies in the box in which the formulas apply. */
    public static boolean applies(double longitudeDegrees, double latitudeDegrees) {
        return longitudeDegrees >= 72.004
                && longitudeDegrees <= 137.8347
                && latitudeDegrees >= 0.8293
                && latitudeDegrees <= 55.8271;
    }

    /**
     * Converts in place.
     *
     * @param position longitude, latitude, degrees
     * @throws IllegalArgumentException if a datum is none of the three
     */
    public static void convert(double[] position, CoordinateSystem from, CoordinateSystem to) {
        require(from);
        require(to);
        if (from == to || !applies(position[0], position[1])) {
            return;
        }
        if (from == CoordinateSystem.BD_09) {
            inverse(position, true, STEPS);
        }
        if (to == CoordinateSystem.WGS_84) {
            inverse(position, false, STEPS);
            return;
        }
        if (from == CoordinateSystem.WGS_84) {
            forward(position, false);
        }
        if (to == CoordinateSystem.BD_09) {
            forward(position, true);
        }
    }

    static void require(CoordinateSystem datum) {
        if (datum != CoordinateSystem.WGS_84
                && datum != CoordinateSystem.GCJ_02
                && datum != CoordinateSystem.BD_09) {
            throw new IllegalArgumentException(
                    "datum "
                            + datum
                            + " cannot be converted; those that can are WGS_84, GCJ_02, BD_09");
        }
    }

    private static void forward(double[] position, boolean baidu) {
        double longitude = position[0];
        double latitude = position[1];
        shift(longitude, latitude, baidu, position);
        position[0] += longitude;
        position[1] += latitude;
    }

    static void inverse(double[] position, boolean baidu, int steps) {
        double longitude = position[0];
        double latitude = position[1];
        double[] shift = new double[2];
        for (int i = 0; i < steps; i++) {
            shift(position[0], position[1], baidu, shift);
            position[0] = longitude - shift[0];
            position[1] = latitude - shift[1];
        }
    }

    private static void shift(double longitude, double latitude, boolean baidu, double[] out) {
        if (baidu) {
            baiduShift(longitude, latitude, out);
        } else {
            gcjShift(longitude, latitude, out);
        }
    }

    private static void gcjShift(double longitude, double latitude, double[] out) {
        double x = longitude - 105;
        double y = latitude - 35;
        double root = Math.sqrt(Math.abs(x));
        double waves = (20 * sin(6 * x) + 20 * sin(2 * x)) * 2 / 3;
        double north =
                -100
                        + 2 * x
                        + 3 * y
                        + 0.2 * y * y
                        + 0.1 * x * y
                        + 0.2 * root
                        + waves
                        + (20 * sin(y) + 40 * sin(y / 3)) * 2 / 3
                        + (160 * sin(y / 12) + 320 * sin(y / 30)) * 2 / 3;
        double east =
                300
                        + x
                        + 2 * y
                        + 0.1 * x * x
                        + 0.1 * x * y
                        + 0.1 * root
                        + waves
                        + (20 * sin(x) + 40 * sin(x / 3)) * 2 / 3
                        + (150 * sin(x / 12) + 300 * sin(x / 30)) * 2 / 3;
        double radians = Math.toRadians(latitude);
        double sine = Math.sin(radians);
        double flat = 1 - ECCENTRICITY_SQUARED * sine * sine;
        double meridian = AXIS_METERS * (1 - ECCENTRICITY_SQUARED) / (flat * Math.sqrt(flat));
        double parallel = AXIS_METERS / Math.sqrt(flat) * Math.cos(radians);
        out[0] = Math.toDegrees(east / parallel);
        out[1] = Math.toDegrees(north / meridian);
    }

    private static void baiduShift(double longitude, double latitude, double[] out) {
        double radius = Math.hypot(longitude, latitude) + 0.000_02 * Math.sin(latitude * BAIDU);
        double angle = Math.atan2(latitude, longitude) + 0.000_003 * Math.cos(longitude * BAIDU);
        out[0] = radius * Math.cos(angle) + 0.0065 - longitude;
        out[1] = radius * Math.sin(angle) + 0.006 - latitude;
    }

    /** Of a multiple of pi. */
    private static double sin(double halfTurns) {
        return Math.sin(halfTurns * Math.PI);
    }
}
