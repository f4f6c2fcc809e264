package org.roadloop.govern.privacy;

import java.util.List;

/**
 * All sensitive areas of a plan, asked point by point (电子围栏). Bounding boxes in flat arrays first,
 * the polygon only for a point within a box. Any thread.
 */
public final class Geofence {
    private final SensitiveArea[] areas;
    private final double[] west;
    private final double[] east;
    private final double[] south;
    private final double[] north;

    public Geofence(List<SensitiveArea> areas) {
        this.areas = areas.toArray(SensitiveArea[]::new);
        int n = this.areas.length;
        west = new double[n];
        east = new double[n];
        south = new double[n];
        north = new double[n];
        for (int i = 0; i < n; i++) {
            west[i] = this.areas[i].west();
            east[i] = this.areas[i].east();
            south[i] = this.areas[i].south();
            north[i] = this.areas[i].north();
        }
    }

    public boolean isEmpty() {
        return areas.length == 0;
    }

    public boolean contains(double longitudeDegrees, double latitudeDegrees) {
        for (int i = 0; i < areas.length; i++) {
            if (longitudeDegrees >= west[i]
                    && longitudeDegrees <= east[i]
                    && latitudeDegrees >= south[i]
                    && latitudeDegrees <= north[i]
                    && areas[i].contains(longitudeDegrees, latitudeDegrees)) {
                return true;
            }
        }
        return false;
    }
}
