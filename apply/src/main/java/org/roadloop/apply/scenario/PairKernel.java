package org.roadloop.apply.scenario;

import java.util.Arrays;

/**
 * Looks at every pair of vehicles within range, frame by frame (对车计算): a counting sort into square
 * cells as wide as the range, then each vehicle against three rows of three cells, each row one
 * stretch of the sorted arrays. Finds for every entry its leader (nearest ahead, same way, bodies
 * overlapping sideways) with gap and closing speed, and the vehicle whose predicted path crosses
 * the own one with the least time between (post-encroachment time, PET). One thread.
 */
final class PairKernel {
    private static final int MOST_CELLS = 1 << 18;

    /** Same way: less than 60° apart. Crossing: 30° … 150°. */
    private static final double COS_SAME = 0.5;

    private static final double SIN_CROSSING = 0.5;
    private static final double CROSSING_SPEED = 2;

    /** By entry: entry of the leader in the same frame, or −1. */
    final int[] leader;

    /** By entry: bumper to bumper, metres. */
    final double[] gap;

    /** By entry: along the ego's heading, from the speeds reported, m/s. */
    final double[] closing;

    /** By entry: entry of the vehicle that crosses, or −1. */
    final int[] crosser;

    /** By entry: seconds, negative if both would be at the crossing point at once. */
    final double[] pet;

    private final Frames f;
    private final MiningConfig config;
    private int[] cellStart = new int[16];
    private int[] cellOf = new int[16];
    private int[] unsortedCell = new int[16];
    private int[] sorted = new int[16];
    private double[] sx = new double[16];
    private double[] sy = new double[16];
    private double[] se = new double[16];
    private double[] sn = new double[16];
    private double[] halfWidth = new double[16];

    PairKernel(Frames frames, MiningConfig config) {
        this.f = frames;
        this.config = config;
        leader = new int[frames.entries];
        gap = new double[frames.entries];
        closing = new double[frames.entries];
        crosser = new int[frames.entries];
        pet = new double[frames.entries];
        Arrays.fill(leader, -1);
        Arrays.fill(crosser, -1);
        Arrays.fill(gap, Double.POSITIVE_INFINITY);
        Arrays.fill(pet, Double.POSITIVE_INFINITY);
    }

    void run() {
        for (int tick = 0; tick < f.ticks; tick++) {
            if (f.frameStart[tick + 1] - f.frameStart[tick] > 1) {
                frame(f.frameStart[tick], f.frameStart[tick + 1]);
            }
        }
    }

    private void frame(int from, int to) {
        double minX = Double.POSITIVE_INFINITY;
        double maxX = Double.NEGATIVE_INFINITY;
        double minY = Double.POSITIVE_INFINITY;
        double maxY = Double.NEGATIVE_INFINITY;
        for (int e = from; e < to; e++) {
            minX = Math.min(minX, f.x[e]);
            maxX = Math.max(maxX, f.x[e]);
            minY = Math.min(minY, f.y[e]);
            maxY = Math.max(maxY, f.y[e]);
        }
        // A few stray positions must not make a huge grid: wider cells only cost time.
        double cell = config.rangeMetres();
        while (((maxX - minX) / cell + 3) * ((maxY - minY) / cell + 3) > MOST_CELLS) {
            cell *= 2;
        }
        // One empty cell all round, so that the neighbours of a cell always exist.
        int columns = (int) ((maxX - minX) / cell) + 3;
        int rows = (int) ((maxY - minY) / cell) + 3;
        sort(from, to, minX, minY, cell, columns, columns * rows);
        for (int k = 0; k < to - from; k++) {
            search(k, columns);
        }
    }

    private void sort(
            int from, int to, double left, double low, double cell, int columns, int cells) {
        int n = to - from;
        if (sorted.length < n) {
            cellOf = new int[n * 2];
            unsortedCell = new int[n * 2];
            sorted = new int[n * 2];
            sx = new double[n * 2];
            sy = new double[n * 2];
            se = new double[n * 2];
            sn = new double[n * 2];
            halfWidth = new double[n * 2];
        }
        if (cellStart.length < cells + 1) {
            cellStart = new int[cells + 1];
        }
        Arrays.fill(cellStart, 0, cells, 0);
        for (int e = from; e < to; e++) {
            int row = 1 + (int) ((f.y[e] - low) / cell);
            int c = row * columns + 1 + (int) ((f.x[e] - left) / cell);
            unsortedCell[e - from] = c;
            cellStart[c]++;
        }
        for (int c = 1; c < cells; c++) {
            cellStart[c] += cellStart[c - 1];
        }
        cellStart[cells] = n;
        for (int e = to - 1; e >= from; e--) {
            int c = unsortedCell[e - from];
            // From each cell's end downwards: what is left is each cell's start.
            int k = --cellStart[c];
            cellOf[k] = c;
            sorted[k] = e;
            sx[k] = f.x[e];
            sy[k] = f.y[e];
            se[k] = f.east[e];
            sn[k] = f.north[e];
            halfWidth[k] = 0.5 * f.width[f.vehicle[e]];
        }
    }

    private void search(int k, int columns) {
        int ego = sorted[k];
        double x = sx[k];
        double y = sy[k];
        double east = se[k];
        double north = sn[k];
        double half = halfWidth[k];
        double range = config.rangeMetres();
        double rangeSquared = range * range;
        boolean crosses = f.speed[ego] >= CROSSING_SPEED;
        double nearest = range;
        int found = -1;
        for (int row = -1; row <= 1; row++) {
            int c = cellOf[k] + row * columns;
            int from = cellStart[c - 1];
            int to = cellStart[c + 2];
            for (int j = from; j < to; j++) {
                double dx = sx[j] - x;
                double dy = sy[j] - y;
                double lon = dx * east + dy * north;
                double lat = dx * north - dy * east;
                double cos = se[j] * east + sn[j] * north;
                if (lon > 0
                        && lon < nearest
                        && Math.abs(lat) < half + halfWidth[j]
                        && cos > COS_SAME) {
                    nearest = lon;
                    found = j;
                }
                if (crosses && j > k && dx * dx + dy * dy < rangeSquared) {
                    double sin = east * sn[j] - north * se[j];
                    if (Math.abs(sin) > SIN_CROSSING) {
                        crossing(ego, sorted[j], dx, dy);
                    }
                }
            }
        }
        if (found >= 0) {
            int other = sorted[found];
            double bodies = 0.5 * (f.length[f.vehicle[ego]] + f.length[f.vehicle[other]]);
            double cos = se[found] * east + sn[found] * north;
            leader[ego] = other;
            gap[ego] = Math.max(nearest - bodies, 0);
            closing[ego] = f.speed[ego] - f.speed[other] * cos;
        }
    }

    private void crossing(int a, int b, double dx, double dy) {
        if (f.speed[b] < CROSSING_SPEED) {
            return;
        }
        double between =
                Criticality.predictedPet(
                        dx,
                        dy,
                        f.east[a],
                        f.north[a],
                        f.speed[a],
                        f.acceleration[a],
                        f.length[f.vehicle[a]],
                        f.width[f.vehicle[a]],
                        f.east[b],
                        f.north[b],
                        f.speed[b],
                        f.acceleration[b],
                        f.length[f.vehicle[b]],
                        f.width[f.vehicle[b]],
                        config.crossingSeconds());
        if (between < pet[a]) {
            pet[a] = between;
            crosser[a] = b;
        }
        if (between < pet[b]) {
            pet[b] = between;
            crosser[b] = a;
        }
    }
}
