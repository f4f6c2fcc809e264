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
 * The grid has two depths. A coarse cell that lies inside or outside as a whole says so; the others
 * are cut into blocks of up to 32 × 32 fine cells, so many that all blocks stay below 2 M cells.
 *
 * Bound: a fine cell with neither steps nor edges answers from one array; the others cost their few
 * edges, which lie together. The decision equals that of SensitiveArea.contains for every double,
 * border included: the same comparison decides, and an edge is called west or east of a cell only
 * beyond SLACK, far above the rounding of that expression.
 */

/**
 * All sensitive areas of a plan, asked point by point (电子围栏), by a grid in flat arrays. The
 * decision is that of {@link SensitiveArea#contains} of any of the areas. Any thread.
 */
public final class Geofence {
    private static final int OUTSIDE = -1;
    private static final int INSIDE = -2;

    /** Of a coarse cell without a block yet. */
    private static final int MIXED = -3;

    /** Degrees, a tenth of a millimetre. */
    private static final double SLACK = 1e-9;

    private static final int LEAST_CELLS = 1 << 10;
    private static final int MOST_CELLS = 1 << 18;
    private static final int CELLS_PER_EDGE = 16;
    private static final int MOST_FINE_CELLS = 1 << 21;
    private static final int MOST_SHIFT = 5;

    private final double west;
    private final double east;
    private final double south;
    private final double north;
    private final int columns;
    private final int rows;

    /** Fine cells per coarse cell and direction: {@code 1 << shift}. */
    private final int shift;

    private final double finePerDegreeEast;
    private final double finePerDegreeNorth;

    /** {@link #OUTSIDE}, {@link #INSIDE}, or the start of the cell's block in {@link #fine}. */
    private final int[] coarse;

    /** {@link #OUTSIDE}, {@link #INSIDE}, or the start of the cell's first entry. */
    private final int[] fine;

    /**
     * Entries, one per area of a cell: start of the next or -1, parity, number of steps, number of
     * edges, the steps' latitudes, and of each edge {@code xi, yi, xj, yj}; degrees.
     */
    private final double[] entries;

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
        double wanted = Math.clamp(corners * CELLS_PER_EDGE, LEAST_CELLS, MOST_CELLS);
        columns = Math.clamp(Math.round(Math.sqrt(wanted * wide / high)), 1, (int) wanted);
        rows = Math.max(1, (int) (wanted / columns));
        coarse = new int[columns * rows];
        Arrays.fill(coarse, OUTSIDE);
        Builder builder = new Builder(columns / wide, rows / high);
        areas.forEach(builder::addCoarse);
        int blocks = (int) Arrays.stream(coarse).filter(c -> c == MIXED).count();
        int cut = MOST_SHIFT;
        while (cut > 0 && (long) blocks << 2 * cut > MOST_FINE_CELLS) {
            cut--;
        }
        shift = cut;
        finePerDegreeEast = builder.coarsePerDegreeEast * (1 << cut);
        finePerDegreeNorth = builder.coarsePerDegreeNorth * (1 << cut);
        fine = new int[blocks << 2 * cut];
        Arrays.fill(fine, OUTSIDE);
        int block = 0;
        for (int i = 0; i < coarse.length; i++) {
            if (coarse[i] == MIXED) {
                coarse[i] = block++ << 2 * cut;
            }
        }
        areas.forEach(builder::addFine);
        entries = builder.entries.toArray();
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
        int cell = coarse[(row >> shift) * columns + (column >> shift)];
        if (cell >= 0) {
            int mask = (1 << shift) - 1;
            cell = fine[cell + ((row & mask) << shift) + (column & mask)];
            if (cell >= 0) {
                return inAny(cell, longitudeDegrees, latitudeDegrees);
            }
        }
        return cell == INSIDE;
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

    /** Of fine cells. */
    private int column(double longitude) {
        return Math.clamp(
                (int) ((longitude - west) * finePerDegreeEast), 0, (columns << shift) - 1);
    }

    private int row(double latitude) {
        return Math.clamp((int) ((latitude - south) * finePerDegreeNorth), 0, (rows << shift) - 1);
    }

    /** Fills the grids, area by area, row by row. */
    private final class Builder {
        final double coarsePerDegreeEast;
        final double coarsePerDegreeNorth;
        final Doubles entries = new Doubles();

        // Edges of the present area that touch the present row of cells, with their reach there.
        private double[] from = new double[64];
        private double[] to = new double[64];
        private int[] edge = new int[64];
        private int touching;

        // The present cell of the present area.
        private final Doubles ends = new Doubles();
        private final Doubles steps = new Doubles();
        private final Doubles edges = new Doubles();
        private boolean parity;

        Builder(double coarsePerDegreeEast, double coarsePerDegreeNorth) {
            this.coarsePerDegreeEast = coarsePerDegreeEast;
            this.coarsePerDegreeNorth = coarsePerDegreeNorth;
        }

        void addCoarse(SensitiveArea area) {
            int lastRow = coarseRow(area.north() + SLACK);
            int firstColumn = coarseColumn(area.west() - SLACK);
            int lastColumn = coarseColumn(area.east() + SLACK);
            for (int r = coarseRow(area.south() - SLACK); r <= lastRow; r++) {
                clip(area, r, coarsePerDegreeNorth);
                for (int c = firstColumn; c <= lastColumn; c++) {
                    int at = r * columns + c;
                    if (coarse[at] == INSIDE) {
                        continue;
                    }
                    look(area, r, c, coarsePerDegreeEast, coarsePerDegreeNorth);
                    if (edges.size > 0 || steps.size > 0) {
                        coarse[at] = MIXED;
                    } else if (parity) {
                        coarse[at] = INSIDE;
                    }
                }
            }
        }

        void addFine(SensitiveArea area) {
            int mask = (1 << shift) - 1;
            int lastRow = row(area.north() + SLACK);
            int firstColumn = column(area.west() - SLACK);
            int lastColumn = column(area.east() + SLACK);
            for (int r = row(area.south() - SLACK); r <= lastRow; r++) {
                clip(area, r, finePerDegreeNorth);
                for (int c = firstColumn; c <= lastColumn; c++) {
                    int block = coarse[(r >> shift) * columns + (c >> shift)];
                    if (block < 0) {
                        c |= mask; // on to the next block
                        continue;
                    }
                    int at = block + ((r & mask) << shift) + (c & mask);
                    if (fine[at] != INSIDE) {
                        look(area, r, c, finePerDegreeEast, finePerDegreeNorth);
                        keep(at);
                    }
                }
            }
        }

        private void keep(int at) {
            if (edges.size == 0 && steps.size == 0) {
                fine[at] = parity ? INSIDE : fine[at];
                return;
            }
            int next = fine[at];
            fine[at] = entries.size;
            entries.add(next == OUTSIDE ? -1 : next);
            entries.add(parity ? 1 : 0);
            entries.add(steps.size);
            entries.add(edges.size / 4);
            entries.addAll(steps);
            entries.addAll(edges);
        }

        private int coarseColumn(double longitude) {
            return Math.clamp((int) ((longitude - west) * coarsePerDegreeEast), 0, columns - 1);
        }

        private int coarseRow(double latitude) {
            return Math.clamp((int) ((latitude - south) * coarsePerDegreeNorth), 0, rows - 1);
        }

        private void clip(SensitiveArea area, int r, double perDegree) {
            double low = south + r / perDegree - SLACK;
            double high = south + (r + 1) / perDegree + SLACK;
            double[] x = area.longitudes();
            double[] y = area.latitudes();
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

        /** Sets edges, steps and parity of a cell in the row that was clipped. */
        private void look(
                SensitiveArea area, int r, int c, double perDegreeEast, double perDegreeNorth) {
            double low = south + r / perDegreeNorth - SLACK;
            double high = south + (r + 1) / perDegreeNorth + SLACK;
            double left = west + c / perDegreeEast - SLACK;
            double right = west + (c + 1) / perDegreeEast + SLACK;
            double[] x = area.longitudes();
            double[] y = area.latitudes();
            edges.size = 0;
            steps.size = 0;
            ends.size = 0;
            parity = false;
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

        void addAll(Doubles others) {
            for (int i = 0; i < others.size; i++) {
                add(others.values[i]);
            }
        }

        double[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
