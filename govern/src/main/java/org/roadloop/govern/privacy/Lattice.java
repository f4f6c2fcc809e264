package org.roadloop.govern.privacy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/*
 * The idea. A node of the lattice is one level of generalisation per column. Its loss is the mean
 * over all cells of (leaves a cell may stand for - 1) / (leaves - 1), a suppressed row losing all
 * of its cells (the loss metric of V. Iyengar, "Transforming data to satisfy privacy constraints",
 * KDD 2002). Two laws make an exact search cheap:
 *
 *   1. Bound. Without suppression the loss is a sum over columns, read from small tables without
 *      touching a row, and suppression only adds to it. So a node whose plain loss is not below the
 *      best loss found can't win, nor can any node above it.
 *   2. Anonymity grows. Groups only merge on the way up, so the rows in groups below k never become
 *      more: what fails the suppression limit fails at every node below (L. Sweeney; K. LeFevre et
 *      al., "Incognito", SIGMOD 2005). F. Kohlmayer et al., "Flash" (PASSAT 2012) finds the border
 *      by binary search along paths, which is done here over the nodes that law 1 leaves.
 *
 * First a beam search from the top gives a good node; it is the answer of the fast search. The
 * exact search then only visits nodes whose bound is below it. The answer is the optimum under the
 * limit, ties going to the first node in lattice order, so it is the same on every run.
 */

/** All ways to generalise a table, and the best of them (泛化格). One thread. */
final class Lattice {
    /** Nodes up to which the exact search keeps its tables: 13 bytes each. */
    static final int MOST_NODES = 4_000_000;

    private static final int BEAM = 8;

    private final int[] tuples;
    private final long[] counts;
    private final int columns;
    private final int size;
    private final long rows;
    private final int k;
    private final long limit;

    /** Group of a value: {@code [column][level][value code]}. */
    private final int[][][] group;

    /** Groups of a level: {@code [column][level]}. */
    private final int[][] groups;

    /** Loss of one cell: {@code [column][level][value code]}, 0..1. */
    private final double[][][] cellLoss;

    /** Loss of a column over all rows without suppression: {@code [column][level]}. */
    private final double[][] columnLoss;

    private long evaluated;

    // Open addressing, reused: key, rows, and the stamp of the evaluation that wrote a slot.
    private final long[] keys;
    private final long[] sums;
    private final int[] stamps;
    private final int[] slots;
    private int stamp;

    /**
     * @param tuples value codes, {@code columns} per tuple, {@code size} tuples, each once
     * @param counts rows of each tuple
     * @param group {@code [column][level][value code]}, level 0 first, the last level all one
     * @param leaves leaves under each group: {@code [column][level][group]}
     * @param limit rows that may be suppressed
     */
    Lattice(
            int[] tuples,
            long[] counts,
            int columns,
            int size,
            int[][][] group,
            int[][][] leaves,
            int k,
            long limit) {
        this.tuples = tuples;
        this.counts = counts;
        this.columns = columns;
        this.size = size;
        this.group = group;
        this.k = k;
        this.limit = limit;
        long all = 0;
        for (int t = 0; t < size; t++) {
            all += counts[t];
        }
        rows = all;
        groups = new int[columns][];
        cellLoss = new double[columns][][];
        columnLoss = new double[columns][];
        for (int c = 0; c < columns; c++) {
            losses(c, leaves[c]);
        }
        int table = Integer.highestOneBit(Math.max(8, size * 2 - 1)) * 2;
        keys = new long[table];
        sums = new long[table];
        stamps = new int[table];
        slots = new int[Math.max(1, size)];
    }

    private void losses(int c, int[][] leaves) {
        int levels = group[c].length;
        groups[c] = new int[levels];
        cellLoss[c] = new double[levels][];
        columnLoss[c] = new double[levels];
        int domain = leaves[levels - 1][0];
        for (int level = 0; level < levels; level++) {
            groups[c][level] = leaves[level].length;
            int[] of = group[c][level];
            double[] loss = new double[of.length];
            for (int code = 0; code < of.length; code++) {
                loss[code] = domain <= 1 ? 0 : (leaves[level][of[code]] - 1.0) / (domain - 1);
            }
            cellLoss[c][level] = loss;
            double sum = 0;
            for (int t = 0; t < size; t++) {
                sum += counts[t] * loss[tuples[t * columns + c]];
            }
            columnLoss[c][level] = sum;
        }
    }

    /**
     * What a node gives.
     *
     * @param loss 0..1 over all rows, suppressed ones count 1
     * @param suppressed rows in groups below k
     * @param leastGroup rows in the smallest group that stays; 0 if none does
     * @param groups that stay
     */
    record Node(List<Integer> levels, double loss, long suppressed, long leastGroup, long groups) {}

    long nodes() {
        long nodes = 1;
        for (int[][] column : group) {
            nodes = Math.multiplyExact(nodes, (long) column.length);
        }
        return nodes;
    }

    /** Nodes whose groups were counted so far. */
    long evaluated() {
        return evaluated;
    }

    /** The top: every cell is {@code *}. */
    Node top() {
        int[] levels = new int[columns];
        for (int c = 0; c < columns; c++) {
            levels[c] = group[c].length - 1;
        }
        return evaluate(levels);
    }

    boolean allowed(Node node) {
        return node.suppressed() <= limit;
    }

    /** A good node: from the top down, the best few at each step go on. */
    Node fast() {
        Node best = top();
        List<Node> beam = List.of(best);
        Set<List<Integer>> seen = new HashSet<>();
        while (!beam.isEmpty()) {
            List<Node> next = new ArrayList<>();
            for (Node node : beam) {
                for (int c = 0; c < columns; c++) {
                    if (node.levels().get(c) == 0) {
                        continue;
                    }
                    int[] levels = levels(node);
                    levels[c]--;
                    if (seen.add(boxed(levels))) {
                        Node child = evaluate(levels);
                        if (allowed(child)) {
                            next.add(child);
                        }
                    }
                }
            }
            next.sort(Comparator.comparingDouble(Node::loss));
            beam = List.copyOf(next.subList(0, Math.min(BEAM, next.size())));
            if (!beam.isEmpty() && beam.getFirst().loss() < best.loss()) {
                best = beam.getFirst();
            }
        }
        return best;
    }

    /** The node of least loss under the limit. */
    Node exact() {
        if (nodes() > MOST_NODES) {
            throw new IllegalArgumentException(
                    "the lattice has "
                            + nodes()
                            + " nodes; the exact search takes "
                            + MOST_NODES
                            + ": take levels out of hierarchies, or set search: fast");
        }
        return new Search(fast()).run();
    }

    private final class Search {
        private static final byte NOT_ALLOWED = 1;
        private static final byte DONE = 2;

        private final int[] stride = new int[columns];
        private final double[] bound;
        private final byte[] state;
        private Node best;
        private final int total;

        Search(Node good) {
            best = good;
            total = (int) nodes();
            int s = 1;
            for (int c = 0; c < columns; c++) {
                stride[c] = s;
                s *= group[c].length;
            }
            bound = new double[total];
            state = new byte[total];
            for (int node = 0; node < total; node++) {
                double sum = 0;
                for (int c = 0; c < columns; c++) {
                    sum += columnLoss[c][level(node, c)];
                }
                bound[node] = sum / ((double) rows * columns);
            }
        }

        Node run() {
            Integer[] order = new Integer[total];
            int candidates = 0;
            for (int node = 0; node < total; node++) {
                if (bound[node] <= best.loss()) {
                    order[candidates++] = node;
                }
            }
            Arrays.sort(
                    order,
                    0,
                    candidates,
                    Comparator.<Integer>comparingDouble(node -> bound[node])
                            .thenComparing(Comparator.naturalOrder()));
            for (int i = 0; i < candidates; i++) {
                int node = order[i];
                if (bound[node] > best.loss()) {
                    break; // and all after it: law 1
                }
                if (state[node] == 0) {
                    path(node);
                }
            }
            return best;
        }

        /** Binary search for the border of anonymity on a path of open nodes upwards. */
        private void path(int from) {
            List<Integer> path = new ArrayList<>();
            int at = from;
            while (at >= 0) {
                path.add(at);
                at = cheapestAbove(at);
            }
            int low = 0;
            int high = path.size() - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int node = path.get(middle);
                if (visit(node)) {
                    high = middle - 1;
                } else {
                    low = middle + 1;
                }
            }
            if (state[from] == 0) {
                visit(from);
            }
        }

        private int cheapestAbove(int node) {
            int cheapest = -1;
            for (int c = 0; c < columns; c++) {
                if (level(node, c) + 1 < group[c].length) {
                    int above = node + stride[c];
                    if (state[above] == 0
                            && bound[above] <= best.loss()
                            && (cheapest < 0 || bound[above] < bound[cheapest])) {
                        cheapest = above;
                    }
                }
            }
            return cheapest;
        }

        private boolean visit(int node) {
            int[] levels = new int[columns];
            for (int c = 0; c < columns; c++) {
                levels[c] = level(node, c);
            }
            Node found = evaluate(levels);
            if (!allowed(found)) {
                exclude(node);
                return false;
            }
            state[node] = DONE;
            if (found.loss() < best.loss()
                    || (found.loss() == best.loss() && node < index(best.levels()))) {
                best = found;
            }
            return true;
        }

        /** Law 2. */
        private void exclude(int node) {
            if (state[node] == NOT_ALLOWED) {
                return;
            }
            state[node] = NOT_ALLOWED;
            for (int c = 0; c < columns; c++) {
                if (level(node, c) > 0) {
                    exclude(node - stride[c]);
                }
            }
        }

        private int level(int node, int c) {
            return node / stride[c] % group[c].length;
        }

        private int index(List<Integer> levels) {
            int node = 0;
            for (int c = 0; c < columns; c++) {
                node += levels.get(c) * stride[c];
            }
            return node;
        }
    }

    /** Counts the groups of one node. */
    Node evaluate(int[] levels) {
        evaluated++;
        count(levels);
        long suppressed = 0;
        long least = Long.MAX_VALUE;
        long staying = 0;
        double loss = 0;
        int next = ++stamp; // a second stamp marks groups that were looked at
        for (int t = 0; t < size; t++) {
            int slot = slots[t];
            if (sums[slot] < k) {
                suppressed += counts[t];
                continue;
            }
            if (stamps[slot] != next) {
                stamps[slot] = next;
                staying++;
                least = Math.min(least, sums[slot]);
            }
            double cells = 0;
            for (int c = 0; c < columns; c++) {
                cells += cellLoss[c][levels[c]][tuples[t * columns + c]];
            }
            loss += counts[t] * cells;
        }
        double whole = (double) rows * columns;
        return new Node(
                boxed(levels),
                rows == 0 ? 0 : (loss + (double) suppressed * columns) / whole,
                suppressed,
                staying == 0 ? 0 : least,
                staying);
    }

    /** Whether each tuple stays, at a node. */
    boolean[] staying(List<Integer> levels) {
        int[] at = levels.stream().mapToInt(Integer::intValue).toArray();
        count(at);
        boolean[] stays = new boolean[size];
        for (int t = 0; t < size; t++) {
            stays[t] = sums[slots[t]] >= k;
        }
        return stays;
    }

    private void count(int[] levels) {
        int now = ++stamp;
        int[][] of = new int[columns][];
        long[] weight = new long[columns];
        long w = 1;
        for (int c = 0; c < columns; c++) {
            of[c] = group[c][levels[c]];
            weight[c] = w;
            w = Math.multiplyExact(w, (long) groups[c][levels[c]]);
        }
        int mask = keys.length - 1;
        for (int t = 0; t < size; t++) {
            long key = 0;
            for (int c = 0; c < columns; c++) {
                key += weight[c] * of[c][tuples[t * columns + c]];
            }
            long h = key * 0x9E3779B97F4A7C15L;
            int slot = (int) (h ^ h >>> 32) & mask;
            while (stamps[slot] == now && keys[slot] != key) {
                slot = (slot + 1) & mask;
            }
            if (stamps[slot] != now) {
                stamps[slot] = now;
                keys[slot] = key;
                sums[slot] = 0;
            }
            sums[slot] += counts[t];
            slots[t] = slot;
        }
    }

    private static int[] levels(Node node) {
        return node.levels().stream().mapToInt(Integer::intValue).toArray();
    }

    private static List<Integer> boxed(int[] levels) {
        return Arrays.stream(levels).boxed().toList();
    }
}
