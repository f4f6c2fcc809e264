package org.roadloop.govern.privacy;

import java.util.Arrays;
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
 * Bound: a cell with neither steps nor edges is inside or outside as a whole, and answers from one
 * array; the others cost their few edges. The decision equals that of SensitiveArea.contains for
 * every double, border included: the same comparison decides, and an edge is called west or east
 * of a cell only beyond SLACK, far above the rounding of that expression.
 */

/**
 * All sensitive areas of a plan, asked point by point (电子围栏), by a grid in flat arrays. The decision
 * is that of {@link SensitiveArea#contains} of any of the areas. Any thread.
 */
public final class Geofence {
    private static final int OUTSIDE = -1;
    private static final int INSIDE = -2;

    /** Degrees, a tenth of a millimetre. */
    private static final double SLACK = 1e-9;

    private static final int LEAST_CELLS = 1 << 12;
    private static final int MOST_CELLS = 1 << 22;
    private static final int CELLS_PER_EDGE = 64;

    private final double west;
    private final double east;
    private final double south;
    private final double north;
    private final double cellsPerDegreeEast;
    private final double cellsPerDegreeNorth;
    private final int columns;
    private final int rows;

    /** {@link #OUTSIDE}, {@link #INSIDE}, or the first of the cell's entries. */
    private final int[] cells;

    /** Of each entry: next entry or -1, parity, first and end step, first and end edge. */
    private final int[] entries;

    /** Latitudes of steps, degrees. */
    private final double[] steps;

    /** Of each edge {@code xi, yi, xj, yj}, degrees. */
    private final double[] edges;

    private final boolean empty;

    public Geofence(List<SensitiveArea> areas) {
        empty = areas.isEmpty();
        double w = Double.POSITIVE_INFINITY;
        double e = Double.NEGATIVE_INFINITY;
        double s = Double.POSITIVE_INFINITY;
        double n = Double.NEGATIVE_INFINITY;
        long corners = 0;
        for (SensitiveArea area : areas) {
            w = Math.min(w, area.west());
            e = Math.max(e, area.east());
            s = Math.min(s, area.south());
            n = Math.max(n, area.north());
            corners += area.longitudes().length;
        }
        west = w;
        east = e;
        south = s;
        north = n;
        double wide = empty ? 1 : Math.max(e - w, 1e-6);
        double high = empty ? 1 : Math.max(n - s, 1e-6);
        double wanted = Math.clamp(corners * (long) CELLS_PER_EDGE, LEAST_CELLS, MOST_CELLS);
        columns = Math.clamp(Math.round(Math.sqrt(wanted * wide / high)), 1, (int) wanted);
        rows = Math.max(1, (int) (wanted / columns));
        cellsPerDegreeEast = columns / wide;
        cellsPerDegreeNorth = rows / high;
        cells = new int[columns * rows];
        Arrays.fill(cells, OUTSIDE);
        Builder builder = new Builder();
        for (SensitiveArea area : areas) {
            builder.add(area);
        }
        entries = builder.entries.toArray();
        steps = builder.steps.toArray();
        edges = builder.edges.toArray();
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
        int cell = cells[row(latitudeDegrees) * columns + column(longitudeDegrees)];
        return cell < 0 ? cell == INSIDE : inAny(cell, longitudeDegrees, latitudeDegrees);
    }

    private boolean inAny(int first, double longitude, double latitude) {
        int[] entries = this.entries;
        for (int at = first; at >= 0; at = entries[at]) {
            boolean inside = entries[at + 1] != 0;
            for (int i = entries[at + 2]; i < entries[at + 3]; i++) {
                inside ^= steps[i] > latitude;
            }
            for (int i = entries[at + 4]; i < entries[at + 5]; i += 4) {
                double yi = edges[i + 1];
                double yj = edges[i + 3];
                if ((yi > latitude) != (yj > latitude)) {
                    double xi = edges[i];
                    inside ^= longitude < (edges[i + 2] - xi) * (latitude - yi) / (yj - yi) + xi;
                }
            }
            if (inside) {
                return true;
            }
        }
        return false;
    }

    private int column(double longitude) {
        return Math.clamp((long) ((longitude - west) * cellsPerDegreeEast), 0, columns - 1);
    }

    private int row(double latitude) {
        return Math.clamp((long) ((latitude - south) * cellsPerDegreeNorth), 0, rows - 1);
    }

    /** Fills the grid, area by area, row by row. */
    private final class Builder {
        final Ints entries = new Ints();
        final Doubles steps = new Doubles();
        final Doubles edges = new Doubles();

        // Edges of the present area that touch the present row of cells, with their reach there.
        private double[] from = new double[64];
        private double[] to = new double[64];
        private int[] edge = new int[64];
        private int touching;
        private final Doubles ends = new Doubles();

        void add(SensitiveArea area) {
            double[] x = area.longitudes();
            double[] y = area.latitudes();
            int firstColumn = column(area.west() - SLACK);
            int lastColumn = column(area.east() + SLACK);
            int lastRow = row(area.north() + SLACK);
            for (int r = row(area.south() - SLACK); r <= lastRow; r++) {
                double low = south + r / cellsPerDegreeNorth - SLACK;
                double high = south + (r + 1) / cellsPerDegreeNorth + SLACK;
                clip(x, y, low, high);
                for (int c = firstColumn; c <= lastColumn; c++) {
                    if (cells[r * columns + c] != INSIDE) {
                        cell(x, y, r, c, low, high);
                    }
                }
            }
        }

        private void clip(double[] x, double[] y, double low, double high) {
            touching = 0;
            for (int i = 0, j = x.length - 1; i < x.length; j = i++) {
                if (Math.max(y[i], y[j]) < low || Math.min(y[i], y[j]) > high || y[i] == y[j]) {
                    continue; // a level edge is never crossed
                }
                double a = at(x[i], y[i], x[j], y[j], low);
                double b = at(x[i], y[i], x[j], y[j], high);
                if (touching == edge.length) {
                    edge = Arrays.copyOf(edge, touching * 2);
                    from = Arrays.copyOf(from, touching * 2);
                    to = Arrays.copyOf(to, touching * 2);
                }
                edge[touching] = i;
                from[touching] = Math.min(a, b);
                to[touching++] = Math.max(a, b);
            }
        }

        /** Longitude of an edge at a latitude, or at its end if it does not reach there. */
        private static double at(double xi, double yi, double xj, double yj, double latitude) {
            double lowest = Math.min(yi, yj);
            double highest = Math.max(yi, yj);
            if (latitude <= lowest) {
                return yi < yj ? xi : xj;
            }
            if (latitude >= highest) {
                return yi < yj ? xj : xi;
            }
            return (xj - xi) * (latitude - yi) / (yj - yi) + xi;
        }

        private void cell(double[] x, double[] y, int r, int c, double low, double high) {
            double left = west + c / cellsPerDegreeEast - SLACK;
            double right = west + (c + 1) / cellsPerDegreeEast + SLACK;
            int firstEdge = edges.size;
            int firstStep = steps.size;
            boolean parity = false;
            ends.size = 0;
            for (int k = 0; k < touching; k++) {
                if (to[k] < left) {
                    continue;
                }
                int i = edge[k];
                int j = i == 0 ? x.length - 1 : i - 1;
                if (from[k] > right) {
                    ends.add(y[i]);
                    ends.add(y[j]);
                } else {
                    edges.add(x[i]);
                    edges.add(y[i]);
                    edges.add(x[j]);
                    edges.add(y[j]);
                }
            }
            Arrays.sort(ends.values, 0, ends.size);
            for (int k = 0; k < ends.size; k++) {
                if (k + 1 < ends.size && ends.values[k] == ends.values[k + 1]) {
                    k++;
                } else if (ends.values[k] > high) {
                    parity = !parity;
                } else if (ends.values[k] >= low) {
                    steps.add(ends.values[k]);
                }
            }
            int at = r * columns + c;
            if (edges.size > firstEdge || steps.size > firstStep) {
                int next = cells[at];
                cells[at] = entries.size;
                entries.add(next == OUTSIDE ? -1 : next);
                entries.add(parity ? 1 : 0);
                entries.add(firstStep);
                entries.add(steps.size);
                entries.add(firstEdge);
                entries.add(edges.size);
            } else if (parity) {
                cells[at] = INSIDE;
            }
        }
    }

    private static final class Ints {
        private int[] values = new int[1024];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }

    private static final class Doubles {
        private double[] values = new double[1024];
        private int size;

        void add(double value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        double[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
