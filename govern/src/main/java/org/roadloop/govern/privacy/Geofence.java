package org.roadloop.govern.privacy;

import java.util.List;

/*
 * The idea. The even-odd rule sends a ray east from the point and counts the edges it crosses. A
 * grid over all areas knows most of that count beforehand. Seen from one cell, an edge of a polygon
 * lies west of it (never crossed), east of it (crossed if its two ends lie on different sides of
 * the point's latitude), or reaches into it (asked by the very expression of the plain rule).
 * The crossings east of the cell need no edge at all: an edge is crossed if exactly one of its ends
 * is above the point, so their number is even or odd as the number of their ends above it. Ends
 * shared by two such edges cancel; ends above or below the whole row of cells are a constant. What
 * is left, the few ends within the row where the outline turns from "east" to "into the cell", is
 * kept as steps in latitude.
 *
 * The grid has three depths. A coarse cell that lies inside or outside as a whole says so; the
 * others are cut into blocks of up to 32 × 32 fine cells, so many that all blocks stay below 2 M
 * cells. A fine cell that an outline goes through has 8 × 8 parts, each judged beforehand as inside,
 * outside or unknown by the steps and edges of the cell: two bits a part, so that 64 parts lie in
 * two words and near an outline most points too are answered without an edge.
 *
 * Bound: a fine cell with neither steps nor edges answers from one array, a known part of another
 * one from two words; the rest costs the few edges of its cell, which lie together. The decision
 * equals that of SensitiveArea.contains for every double, border included: the same comparison
 * decides, and an edge is called west or east of a cell only beyond SLACK, far above the rounding of
 * that expression.
 */

/**
 * All sensitive areas of a plan, asked point by point (电子围栏), by a grid in flat arrays. The
 * decision is that of {@link SensitiveArea#contains} of any of the areas. Any thread.
 */
public final class Geofence {
    private final double west;
    private final double east;
    private final double south;
    private final double north;
    private final int columns;
    private final int rows;
    private final int shift;
    private final double partsPerDegreeEast;
    private final double partsPerDegreeNorth;
    private final int[] coarse;
    private final int[] fine;
    private final int[] first;
    private final long[] parts;
    private final double[] entries;
    private final boolean empty;

    public Geofence(List<SensitiveArea> areas) {
        GeofenceGrid grid = new GeofenceGrid(areas);
        west = grid.west;
        east = grid.east;
        south = grid.south;
        north = grid.north;
        columns = grid.columns;
        rows = grid.rows;
        shift = grid.shift;
        partsPerDegreeEast = grid.partsPerDegreeEast;
        partsPerDegreeNorth = grid.partsPerDegreeNorth;
        coarse = grid.coarse;
        fine = grid.fine;
        first = grid.first;
        parts = grid.parts;
        entries = grid.entries;
        empty = areas.isEmpty();
    }

    public boolean isEmpty() {
        return empty;
    }

    public boolean contains(double longitudeDegrees, double latitudeDegrees) {
        if (!(longitudeDegrees >= west
                && longitudeDegrees <= east
                && latitudeDegrees >= south
                && latitudeDegrees <= north)) {
            return false;
        }
        int row = row(latitudeDegrees);
        int column = column(longitudeDegrees);
        int fineRow = row >> GeofenceGrid.PART_SHIFT;
        int fineColumn = column >> GeofenceGrid.PART_SHIFT;
        int cell = coarse[(fineRow >> shift) * columns + (fineColumn >> shift)];
        if (cell >= 0) {
            int mask = (1 << shift) - 1;
            cell = fine[cell + ((fineRow & mask) << shift) + (fineColumn & mask)];
            if (cell >= 0) {
                long part = 1L << GeofenceGrid.partOf(row, column);
                if ((parts[2 * cell + 1] & part) != 0) {
                    return inAny(first[cell], longitudeDegrees, latitudeDegrees);
                }
                return (parts[2 * cell] & part) != 0;
            }
        }
        return cell == GeofenceGrid.INSIDE;
    }

    private boolean inAny(int first, double longitude, double latitude) {
        double[] entries = this.entries;
        for (int at = first; at >= 0; at = (int) entries[at]) {
            boolean inside = entries[at + 1] != 0;
            int edge = at + 4 + (int) entries[at + 2];
            int end = edge + 4 * (int) entries[at + 3];
            for (int i = at + 4; i < edge; i++) {
                inside ^= entries[i] > latitude;
            }
            for (int i = edge; i < end; i += 4) {
                double yi = entries[i + 1];
                double yj = entries[i + 3];
                if ((yi > latitude) != (yj > latitude)) {
                    double xi = entries[i];
                    inside ^= longitude < (entries[i + 2] - xi) * (latitude - yi) / (yj - yi) + xi;
                }
            }
            if (inside) {
                return true;
            }
        }
        return false;
    }

    /** Of the parts of fine cells. */
    private int column(double longitude) {
        return Math.clamp(
                (int) ((longitude - west) * partsPerDegreeEast),
                0,
                (columns << shift + GeofenceGrid.PART_SHIFT) - 1);
    }

    private int row(double latitude) {
        return Math.clamp(
                (int) ((latitude - south) * partsPerDegreeNorth),
                0,
                (rows << shift + GeofenceGrid.PART_SHIFT) - 1);
    }
}
