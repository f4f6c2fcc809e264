package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

/*
 * The edges lie in flat arrays: edge e has the points first[e] .. first[e+1], and along[p] metres from
 * its start to point p. The index is a grid of square cells: the segments that may touch a cell, by
 * the box of each segment, in one array behind the cells' starts. A network in degrees is laid on the
 * plane of a transverse Mercator projection at its own middle, true to 10^-4 within 90 km of the
 * meridian there.
 */

/** A road network to match to, with its spatial index (路网索引). Immutable; any thread. */
final class RoadNetwork {
    private static final double CELL_METERS = 60;
    private static final int MOST_CELLS = 1 << 24;

    final String[] ids;
    final int[] first;
    final double[] x;
    final double[] y;
    final double[] along;

    /** Edges to drive on to, and the metres from the end of one to the start of the other. */
    final int[][] next;

    final double[][] nextMeters;
    private final @Nullable TransverseMercator plane;

    private final double cellMeters;
    private final double west;
    private final double south;
    private final int columns;
    private final int rows;
    private final int[] cellStart;
    private final int[] cellSegments;
    private final int[] edgeOfPoint;

    private RoadNetwork(RoadMap map) {
        List<RoadLine> lines = map.lines();
        plane = map.degrees() ? middle(lines) : null;
        ids = new String[lines.size()];
        first = new int[lines.size() + 1];
        Map<String, Integer> byId = new HashMap<>();
        for (int e = 0; e < ids.length; e++) {
            ids[e] = lines.get(e).id();
            byId.put(ids[e], e);
            first[e + 1] = first[e] + lines.get(e).x().length;
        }
        int points = first[ids.length];
        x = new double[points];
        y = new double[points];
        along = new double[points];
        edgeOfPoint = new int[points];
        double[] to = new double[2];
        for (int e = 0; e < ids.length; e++) {
            for (int i = 0, p = first[e]; p < first[e + 1]; i++, p++) {
                place(lines.get(e).x()[i], lines.get(e).y()[i], to);
                x[p] = to[0];
                y[p] = to[1];
                edgeOfPoint[p] = e;
                along[p] = i == 0 ? 0 : along[p - 1] + Math.hypot(x[p] - x[p - 1], y[p] - y[p - 1]);
            }
        }
        next = new int[ids.length][];
        nextMeters = new double[ids.length][];
        for (int e = 0; e < ids.length; e++) {
            link(e, lines.get(e), byId);
        }
        double minX = Arrays.stream(x).min().orElse(0);
        double minY = Arrays.stream(y).min().orElse(0);
        double wide = Arrays.stream(x).max().orElse(0) - minX;
        double high = Arrays.stream(y).max().orElse(0) - minY;
        cellMeters = Math.max(CELL_METERS, Math.sqrt((wide + 1) * (high + 1) / MOST_CELLS) * 1.001);
        west = minX;
        south = minY;
        columns = (int) (wide / cellMeters) + 1;
        rows = (int) (high / cellMeters) + 1;
        cellStart = new int[columns * rows + 1];
        eachSegmentCell((cell, _) -> cellStart[cell + 1]++);
        for (int cell = 0; cell < columns * rows; cell++) {
            cellStart[cell + 1] += cellStart[cell];
        }
        cellSegments = new int[cellStart[columns * rows]];
        int[] fill = Arrays.copyOf(cellStart, columns * rows);
        eachSegmentCell((cell, p) -> cellSegments[fill[cell]++] = p);
    }

    static RoadNetwork of(RoadMap map) {
        return new RoadNetwork(map);
    }

    /** Reads the rows that {@link RoadNetworkScan} gives, from a file or from a table. */
    static RoadNetwork read(TableSource.Scan scan) {
        Schema schema = scan.schema();
        boolean degrees = schema.has("longitude_degrees");
        int edge = schema.indexOf(RoadNetworkScan.EDGE);
        int east = schema.indexOf(degrees ? "longitude_degrees" : "x_m");
        int north = schema.indexOf(degrees ? "latitude_degrees" : "y_m");
        int next = schema.indexOf(RoadNetworkScan.NEXT);
        List<RoadLine> lines = new ArrayList<>();
        List<double[]> points = new ArrayList<>();
        List<String> after = new ArrayList<>();
        String[] id = {""};
        scan.forEachBatch(
                (Batch batch) -> {
                    for (int row = 0; row < batch.rows(); row++) {
                        String name = batch.strings(edge).get(row);
                        if (!name.equals(id[0])) {
                            add(lines, id[0], points, after);
                            id[0] = name;
                        }
                        if (batch.isOk(next, row)) {
                            after.add(batch.strings(next).get(row));
                        } else {
                            points.add(
                                    new double[] {
                                        batch.doubles(east)[row], batch.doubles(north)[row]
                                    });
                        }
                    }
                });
        add(lines, id[0], points, after);
        return new RoadNetwork(new RoadMap(degrees, lines));
    }

    private static void add(
            List<RoadLine> lines, String id, List<double[]> points, List<String> after) {
        if (!points.isEmpty()) {
            lines.add(
                    new RoadLine(
                            id,
                            points.stream().mapToDouble(p -> p[0]).toArray(),
                            points.stream().mapToDouble(p -> p[1]).toArray(),
                            after));
        }
        points.clear();
        after.clear();
    }

    private static TransverseMercator middle(List<RoadLine> lines) {
        double west = Double.POSITIVE_INFINITY;
        double east = Double.NEGATIVE_INFINITY;
        double south = Double.POSITIVE_INFINITY;
        double north = Double.NEGATIVE_INFINITY;
        for (RoadLine line : lines) {
            for (int i = 0; i < line.x().length; i++) {
                west = Math.min(west, line.x()[i]);
                east = Math.max(east, line.x()[i]);
                south = Math.min(south, line.y()[i]);
                north = Math.max(north, line.y()[i]);
            }
        }
        return new TransverseMercator((west + east) / 2, (south + north) / 2, 1, 0, 0);
    }

    private void link(int e, RoadLine line, Map<String, Integer> byId) {
        int[] found = new int[line.next().size()];
        double[] meters = new double[found.length];
        int n = 0;
        int end = first[e + 1] - 1;
        for (String name : line.next()) {
            Integer after = byId.get(name);
            if (after != null) {
                int start = first[after];
                found[n] = after;
                meters[n++] = Math.hypot(x[start] - x[end], y[start] - y[end]);
            }
        }
        next[e] = Arrays.copyOf(found, n);
        nextMeters[e] = Arrays.copyOf(meters, n);
    }

    private interface SegmentCell {
        void take(int cell, int point);
    }

    /** Each segment, by its first point, with each cell that its box touches. */
    private void eachSegmentCell(SegmentCell action) {
        for (int p = 0; p + 1 < x.length; p++) {
            if (edgeOfPoint[p] != edgeOfPoint[p + 1]) {
                continue;
            }
            int c0 = column(Math.min(x[p], x[p + 1]));
            int c1 = column(Math.max(x[p], x[p + 1]));
            int r0 = row(Math.min(y[p], y[p + 1]));
            int r1 = row(Math.max(y[p], y[p + 1]));
            for (int r = r0; r <= r1; r++) {
                for (int c = c0; c <= c1; c++) {
                    action.take(r * columns + c, p);
                }
            }
        }
    }

    private int column(double at) {
        return (int) Math.clamp(Math.floor((at - west) / cellMeters), 0, columns - 1.0);
    }

    private int row(double at) {
        return (int) Math.clamp(Math.floor((at - south) / cellMeters), 0, rows - 1.0);
    }

    boolean degrees() {
        return plane != null;
    }

    /** Where a position of the input lies in the metres of this network. */
    void place(double east, double north, double[] to) {
        if (plane != null) {
            plane.toPlane(east, north, to);
        } else {
            to[0] = east;
            to[1] = north;
        }
    }

    double length(int edge) {
        return along[first[edge + 1] - 1];
    }

    /** The nearest point of an edge: metres along it, then metres away. */
    void nearest(int edge, double atX, double atY, double[] to) {
        to[1] = Double.POSITIVE_INFINITY;
        for (int p = first[edge]; p + 1 < first[edge + 1]; p++) {
            toSegment(p, atX, atY, to);
        }
    }

    /** Writes metres along and away, if this segment is nearer than what {@code to} has. */
    private void toSegment(int p, double atX, double atY, double[] to) {
        double dx = x[p + 1] - x[p];
        double dy = y[p + 1] - y[p];
        double square = dx * dx + dy * dy;
        double share =
                square == 0
                        ? 0
                        : Math.clamp(((atX - x[p]) * dx + (atY - y[p]) * dy) / square, 0.0, 1.0);
        double away = Math.hypot(atX - x[p] - share * dx, atY - y[p] - share * dy);
        if (away < to[1]) {
            to[0] = along[p] + share * Math.sqrt(square);
            to[1] = away;
        }
    }

    /** One for each edge within {@code meters}, the nearest first, at most {@code most}. */
    List<Candidate> candidates(double atX, double atY, double meters, int most) {
        List<Candidate> found = new ArrayList<>();
        if (atX < west - meters
                || atY < south - meters
                || atX > west + columns * cellMeters + meters
                || atY > south + rows * cellMeters + meters) {
            return found;
        }
        int[] edges = new int[16];
        int n = 0;
        for (int r = row(atY - meters); r <= row(atY + meters); r++) {
            for (int c = column(atX - meters); c <= column(atX + meters); c++) {
                int cell = r * columns + c;
                for (int i = cellStart[cell]; i < cellStart[cell + 1]; i++) {
                    int edge = edgeOfPoint[cellSegments[i]];
                    if (n == edges.length) {
                        edges = Arrays.copyOf(edges, n * 2);
                    }
                    edges[n++] = edge;
                }
            }
        }
        Arrays.sort(edges, 0, n);
        double[] to = new double[2];
        for (int i = 0; i < n; i++) {
            if (i == 0 || edges[i] != edges[i - 1]) {
                nearest(edges[i], atX, atY, to);
                if (to[1] <= meters) {
                    found.add(new Candidate(edges[i], to[0], to[1]));
                }
            }
        }
        found.sort(
                (a, b) -> {
                    int byMeters = Double.compare(a.away(), b.away());
                    return byMeters != 0 ? byMeters : Integer.compare(a.edge(), b.edge());
                });
        return found.size() > most ? new ArrayList<>(found.subList(0, most)) : found;
    }

    /** A point of an edge beside a position (候选点), in metres along and away. */
    record Candidate(int edge, double along, double away) {}
}
