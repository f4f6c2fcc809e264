package org.roadloop.govern.privacy;

import java.util.Arrays;
import java.util.List;

/** Makes the grid of a {@link Geofence} (围栏网格): area by area, row by row. One thread, once. */
final class GeofenceGrid {
    static final int OUTSIDE = -1;
    static final int INSIDE = -2;

    /** Parts of a fine cell per direction: {@code 1 << PART_SHIFT}; all of them fill a word. */
    static final int PART_SHIFT = 3;

    /** Of a coarse cell without a block yet. */
    private static final int MIXED = -3;

    /** Degrees, a tenth of a millimetre. */
    private static final double SLACK = 1e-9;

    private static final int LEAST_CELLS = 1 << 10;
    private static final int MOST_CELLS = 1 << 18;
    private static final int CELLS_PER_EDGE = 16;
    private static final int MOST_FINE_CELLS = 1 << 21;
    private static final int MOST_SHIFT = 5;

    /** Cells whose parts are judged beforehand; with more, each costs its edges. */
    private static final int MOST_JUDGED = 1 << 18;

    final double west;
    final double east;
    final double south;
    final double north;
    final int columns;
    final int rows;

    /** Fine cells per coarse cell and direction: {@code 1 << shift}. */
    final int shift;

    final double partsPerDegreeEast;
    final double partsPerDegreeNorth;

    /** {@link #OUTSIDE}, {@link #INSIDE}, or the start of the cell's block in {@link #fine}. */
    final int[] coarse;

    /** {@link #OUTSIDE}, {@link #INSIDE}, or the number of a cell that an outline goes through. */
    final int[] fine;

    /** Of a numbered cell: start of its first entry. */
    final int[] first;

    /** Two words of a numbered cell, a bit for each part: it is inside; nothing is known of it. */
    final long[] parts;

    /**
     * Entries, one per area of a cell: start of the next or -1, parity, number of steps, number of
     * edges, the steps' latitudes, and of each edge {@code xi, yi, xj, yj}; degrees.
     */
    final double[] entries;

    private final double coarsePerDegreeEast;
    private final double coarsePerDegreeNorth;
    private final Doubles kept = new Doubles();

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

    GeofenceGrid(List<SensitiveArea> areas) {
        boolean empty = areas.isEmpty();
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
        coarsePerDegreeEast = columns / wide;
        coarsePerDegreeNorth = rows / high;
        areas.forEach(this::addCoarse);
        int blocks = (int) Arrays.stream(coarse).filter(c -> c == MIXED).count();
        int cut = MOST_SHIFT;
        while (cut > 0 && (long) blocks << 2 * cut > MOST_FINE_CELLS) {
            cut--;
        }
        shift = cut;
        partsPerDegreeEast = coarsePerDegreeEast * (1 << cut + PART_SHIFT);
        partsPerDegreeNorth = coarsePerDegreeNorth * (1 << cut + PART_SHIFT);
        fine = new int[blocks << 2 * cut];
        Arrays.fill(fine, OUTSIDE);
        int block = 0;
        for (int i = 0; i < coarse.length; i++) {
            if (coarse[i] == MIXED) {
                coarse[i] = block++ << 2 * cut;
            }
        }
        areas.forEach(this::addFine);
        entries = kept.toArray();
        int numbered = (int) Arrays.stream(fine).filter(c -> c >= 0).count();
        first = new int[numbered];
        parts = new long[2 * numbered];
        judgeParts();
    }

    private void addCoarse(SensitiveArea area) {
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

    private void addFine(SensitiveArea area) {
        int mask = (1 << shift) - 1;
        double finePerDegreeEast = coarsePerDegreeEast * (1 << shift);
        double finePerDegreeNorth = coarsePerDegreeNorth * (1 << shift);
        int lastRow = row(area.north() + SLACK) >> PART_SHIFT;
        int firstColumn = column(area.west() - SLACK) >> PART_SHIFT;
        int lastColumn = column(area.east() + SLACK) >> PART_SHIFT;
        for (int r = row(area.south() - SLACK) >> PART_SHIFT; r <= lastRow; r++) {
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
        fine[at] = kept.size;
        kept.add(next == OUTSIDE ? -1 : next);
        kept.add(parity ? 1 : 0);
        kept.add(steps.size);
        kept.add(edges.size / 4);
        kept.addAll(steps);
        kept.addAll(edges);
    }

    /** Numbers the cells that have entries, and judges the parts of each. */
    private void judgeParts() {
        boolean judged = first.length <= MOST_JUDGED;
        int number = 0;
        for (int c = 0; c < coarse.length; c++) {
            for (int i = 0; coarse[c] >= 0 && i < 1 << 2 * shift; i++) {
                int at = coarse[c] + i;
                if (fine[at] < 0) {
                    continue;
                }
                first[number] = fine[at];
                fine[at] = number;
                if (judged) {
                    int row = (c / columns << shift) + (i >> shift);
                    int column = (c % columns << shift) + (i & (1 << shift) - 1);
                    judgeParts(number, row << PART_SHIFT, column << PART_SHIFT);
                } else {
                    parts[2 * number + 1] = -1;
                }
                number++;
            }
        }
    }

    private void judgeParts(int number, int row, int column) {
        for (int r = row; r < row + (1 << PART_SHIFT); r++) {
            for (int c = column; c < column + (1 << PART_SHIFT); c++) {
                boolean inside = false;
                boolean known = true;
                for (int at = first[number]; at >= 0 && !inside; ) {
                    boolean sure = lookAtPart(at, r, c);
                    inside = sure && parity;
                    known &= sure;
                    at = (int) entries[at];
                }
                long part = 1L << partOf(r, c);
                parts[2 * number] |= inside ? part : 0;
                parts[2 * number + 1] |= inside || known ? 0 : part;
            }
        }
    }

    /** Sets the parity of a part by an entry of its cell; false if the part is divided. */
    private boolean lookAtPart(int at, int r, int c) {
        double low = south + r / partsPerDegreeNorth - SLACK;
        double high = south + (r + 1) / partsPerDegreeNorth + SLACK;
        double left = west + c / partsPerDegreeEast - SLACK;
        double right = west + (c + 1) / partsPerDegreeEast + SLACK;
        double[] entry = entries;
        int edge = at + 4 + (int) entry[at + 2];
        int end = edge + 4 * (int) entry[at + 3];
        ends.size = 0;
        steps.size = 0;
        for (int i = at + 4; i < edge; i++) {
            ends.add(entry[i]);
        }
        for (int i = edge; i < end; i += 4) {
            double yi = entry[i + 1];
            double yj = entry[i + 3];
            if (Math.max(yi, yj) < low || Math.min(yi, yj) > high) {
                continue;
            }
            double a = at(entry[i], yi, entry[i + 2], yj, low);
            double b = at(entry[i], yi, entry[i + 2], yj, high);
            if (Math.min(a, b) > right) {
                ends.add(yi);
                ends.add(yj);
            } else if (Math.max(a, b) >= left) {
                return false;
            }
        }
        parity = entry[at + 1] != 0;
        countEnds(low, high);
        return steps.size == 0;
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
        countEnds(low, high);
    }

    /** What the ends of edges east of a cell say: steps within its latitudes, else parity. */
    private void countEnds(double low, double high) {
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

    /** Of the parts of fine cells. */
    private int column(double longitude) {
        return Math.clamp(
                (int) ((longitude - west) * partsPerDegreeEast),
                0,
                (columns << shift + PART_SHIFT) - 1);
    }

    private int row(double latitude) {
        return Math.clamp(
                (int) ((latitude - south) * partsPerDegreeNorth),
                0,
                (rows << shift + PART_SHIFT) - 1);
    }

    static int partOf(int row, int column) {
        int mask = (1 << PART_SHIFT) - 1;
        return (row & mask) << PART_SHIFT | column & mask;
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
