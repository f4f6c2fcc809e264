package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/*
 * Rows and views that may be the same road user are the two sides of a graph. Its parts that hang
 * together are solved one by one: one row alone takes its cheapest view; up to MOST_ROWS rows are
 * assigned at the least total cost by the Hungarian method with potentials (Kuhn 1955; Munkres 1957;
 * O(rows^2 views)), where a row may also stay without a view at a cost above that of any pair; a
 * larger part, which takes a crowd closer than the gate, by the cheapest pair first, which costs at
 * most twice the least (for a matching of the greatest weight: Avis, Networks 13, 1983).
 */

/** Which view goes to which row (指派), each view once. One thread. */
final class ViewAssignment {
    static final double NONE_COST = 4;
    private static final int MOST_ROWS = 256;

    /** A row and a view within the gate; {@code cost} below {@link #NONE_COST}. */
    record Pair(int row, int view, double cost) {}

    private ViewAssignment() {}

    /** The view of each row, or -1. */
    static int[] solve(int rows, int views, List<Pair> pairs) {
        int[] found = new int[rows];
        Arrays.fill(found, -1);
        int[] part = new int[rows + views];
        for (int i = 0; i < part.length; i++) {
            part[i] = i;
        }
        for (Pair pair : pairs) {
            part[root(part, pair.row())] = root(part, rows + pair.view());
        }
        List<Pair> sorted = new ArrayList<>(pairs);
        sorted.sort(
                (a, b) -> {
                    int byPart = Integer.compare(root(part, a.row()), root(part, b.row()));
                    return byPart != 0 ? byPart : Integer.compare(a.row(), b.row());
                });
        int from = 0;
        while (from < sorted.size()) {
            int to = from;
            int root = root(part, sorted.get(from).row());
            while (to < sorted.size() && root(part, sorted.get(to).row()) == root) {
                to++;
            }
            solvePart(sorted.subList(from, to), found);
            from = to;
        }
        return found;
    }

    private static int root(int[] part, int node) {
        int at = node;
        while (part[at] != at) {
            part[at] = part[part[at]];
            at = part[at];
        }
        return at;
    }

    private static void solvePart(List<Pair> pairs, int[] found) {
        int[] rows = pairs.stream().mapToInt(Pair::row).distinct().sorted().toArray();
        int[] views = pairs.stream().mapToInt(Pair::view).distinct().sorted().toArray();
        if (rows.length == 1 || rows.length > MOST_ROWS) {
            cheapestFirst(pairs, found);
            return;
        }
        double[][] cost = new double[rows.length][views.length + rows.length];
        for (double[] line : cost) {
            // far above staying without a view, so that only pairs of the gate are taken
            Arrays.fill(line, 0, views.length, 1e6);
            Arrays.fill(line, views.length, line.length, NONE_COST);
        }
        for (Pair pair : pairs) {
            cost[Arrays.binarySearch(rows, pair.row())][Arrays.binarySearch(views, pair.view())] =
                    pair.cost();
        }
        int[] taken = hungarian(cost);
        for (int i = 0; i < rows.length; i++) {
            found[rows[i]] = taken[i] < views.length ? views[taken[i]] : -1;
        }
    }

    private static void cheapestFirst(List<Pair> pairs, int[] found) {
        List<Pair> sorted = new ArrayList<>(pairs);
        sorted.sort(
                (a, b) -> {
                    int byCost = Double.compare(a.cost(), b.cost());
                    int byRow = byCost != 0 ? byCost : Integer.compare(a.row(), b.row());
                    return byRow != 0 ? byRow : Integer.compare(a.view(), b.view());
                });
        java.util.Set<Integer> taken = new java.util.HashSet<>();
        for (Pair pair : sorted) {
            if (found[pair.row()] < 0 && taken.add(pair.view())) {
                found[pair.row()] = pair.view();
            }
        }
    }

    /** The column of each row at the least total cost; at least as many columns as rows. */
    static int[] hungarian(double[][] cost) {
        int n = cost.length;
        int m = cost[0].length;
        double[] u = new double[n + 1];
        double[] v = new double[m + 1];
        int[] rowOf = new int[m + 1];
        int[] by = new int[m + 1];
        for (int i = 1; i <= n; i++) {
            rowOf[0] = i;
            int column = 0;
            double[] slack = new double[m + 1];
            Arrays.fill(slack, Double.POSITIVE_INFINITY);
            boolean[] used = new boolean[m + 1];
            do {
                used[column] = true;
                int row = rowOf[column];
                double least = Double.POSITIVE_INFINITY;
                int next = 0;
                for (int j = 1; j <= m; j++) {
                    if (!used[j]) {
                        double reduced = cost[row - 1][j - 1] - u[row] - v[j];
                        if (reduced < slack[j]) {
                            slack[j] = reduced;
                            by[j] = column;
                        }
                        if (slack[j] < least) {
                            least = slack[j];
                            next = j;
                        }
                    }
                }
                for (int j = 0; j <= m; j++) {
                    if (used[j]) {
                        u[rowOf[j]] += least;
                        v[j] -= least;
                    } else {
                        slack[j] -= least;
                    }
                }
                column = next;
            } while (rowOf[column] != 0);
            while (column != 0) {
                int before = by[column];
                rowOf[column] = rowOf[before];
                column = before;
            }
        }
        int[] columnOf = new int[n];
        for (int j = 1; j <= m; j++) {
            if (rowOf[j] > 0) {
                columnOf[rowOf[j] - 1] = j - 1;
            }
        }
        return columnOf;
    }
}
