package org.roadloop.govern.privacy;

import java.util.Arrays;

/**
 * A place whose visitors must not be seen (敏感区域): a simple polygon in degrees, at most a few
 * kilometres wide, not across the 180° meridian. A point on the border may fall either way.
 *
 * @param longitudes of the corners in order, degrees; the ring is closed by itself
 */
public record SensitiveArea(String name, double[] longitudes, double[] latitudes) {
    public SensitiveArea {
        if (longitudes.length < 3 || longitudes.length != latitudes.length) {
            throw new IllegalArgumentException(
                    "sensitive area '"
                            + name
                            + "' has "
                            + longitudes.length
                            + " corners; a polygon needs at least 3");
        }
        for (int i = 0; i < longitudes.length; i++) {
            if (!(Math.abs(longitudes[i]) <= 180) || !(Math.abs(latitudes[i]) <= 90)) {
                throw new IllegalArgumentException(
                        "sensitive area '" + name + "': corner " + (i + 1) + " is not in degrees");
            }
        }
        longitudes = longitudes.clone();
        latitudes = latitudes.clone();
    }

    /**
     * A stretch of road as an area: the rectangle around a straight line, longer at both ends by
     * its half width, too.
     *
     * @param halfWidthMeters above 0
     */
    public static SensitiveArea corridor(
            String name,
            double fromLongitude,
            double fromLatitude,
            double toLongitude,
            double toLatitude,
            double halfWidthMeters) {
        double north = 111_320.0;
        double east = north * Math.cos(Math.toRadians((fromLatitude + toLatitude) / 2));
        double dx = (toLongitude - fromLongitude) * east;
        double dy = (toLatitude - fromLatitude) * north;
        double length = Math.hypot(dx, dy);
        double ux = length == 0 ? halfWidthMeters : dx / length * halfWidthMeters;
        double uy = length == 0 ? 0 : dy / length * halfWidthMeters;
        return new SensitiveArea(
                name,
                new double[] {
                    fromLongitude + (-ux - uy) / east,
                    toLongitude + (ux - uy) / east,
                    toLongitude + (ux + uy) / east,
                    fromLongitude + (-ux + uy) / east
                },
                new double[] {
                    fromLatitude + (-uy + ux) / north,
                    toLatitude + (uy + ux) / north,
                    toLatitude + (uy - ux) / north,
                    fromLatitude + (-uy - ux) / north
                });
    }

    /** Even-odd rule. */
    public boolean contains(double longitudeDegrees, double latitudeDegrees) {
        boolean inside = false;
        int n = longitudes.length;
        for (int i = 0, j = n - 1; i < n; j = i++) {
            double yi = latitudes[i];
            double yj = latitudes[j];
            if ((yi > latitudeDegrees) != (yj > latitudeDegrees)
                    && longitudeDegrees
                            < (longitudes[j] - longitudes[i]) * (latitudeDegrees - yi) / (yj - yi)
                                    + longitudes[i]) {
                inside = !inside;
            }
        }
        return inside;
    }

    double west() {
        return Arrays.stream(longitudes).min().orElseThrow();
    }

    double east() {
        return Arrays.stream(longitudes).max().orElseThrow();
    }

    double south() {
        return Arrays.stream(latitudes).min().orElseThrow();
    }

    double north() {
        return Arrays.stream(latitudes).max().orElseThrow();
    }
}
