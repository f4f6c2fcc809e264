package org.roadloop.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.roadloop.core.table.Batch;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;
import org.roadloop.govern.privacy.Hierarchy;
import org.roadloop.govern.privacy.KAnonymity;

/*
 * The optimum is found here by other means than the operator's: every node of the lattice, groups
 * in a hash map of packed codes, no bound and no pruning. The loss of the operator's own output is
 * counted again from the rows that came out.
 */

/** How near the anonymous table is to the best one, and what finding it costs (k-匿名). */
final class KAnonymityFigures {
    private static final int K = 5;
    private static final double SUPPRESSION_PERCENT = 4;

    private KAnonymityFigures() {}

    /** Takes one figure. */
    interface Taker {
        void add(String name, double value, String unit);
    }

    static void measure(Figures figures) {
        measure(AdultRows.ROWS, 9, figures::add);
    }

    static void measure(int rows, int columns, Taker figures) {
        AdultRows adult = new AdultRows(rows, 1994);
        Map<String, Hierarchy> hierarchies = adult.hierarchies(columns);
        Found exact = run(adult, hierarchies, KAnonymity.Search.EXACT);
        Found fast = run(adult, hierarchies, KAnonymity.Search.FAST);
        Exhaustive exhaustive = new Exhaustive(adult.rows(), hierarchies);
        long began = cpuNanos();
        double optimum = exhaustive.optimum();
        double seconds = (cpuNanos() - began) / 1e9;
        figures.add("kanonymity.loss_gap_percent", gap(exact.loss, optimum), "%");
        figures.add("kanonymity.fast_loss_gap_percent", gap(fast.loss, optimum), "%");
        figures.add("kanonymity.loss_percent", 100 * exact.loss, "%");
        figures.add("kanonymity.achieved_k", exact.leastGroup, "rows");
        figures.add("kanonymity.cpu_seconds", exact.cpuSeconds, "s");
        figures.add("kanonymity.fast_cpu_seconds", fast.cpuSeconds, "s");
        figures.add("kanonymity.exhaustive_cpu_seconds", seconds, "s");
        figures.add("kanonymity.nodes_evaluated", exact.report.figure("nodes_evaluated"), "");
        figures.add("kanonymity.lattice_nodes", exact.report.figure("lattice_nodes"), "");
    }

    private static double gap(double loss, double optimum) {
        return 100 * (loss - optimum) / optimum;
    }

    private record Found(double loss, long leastGroup, double cpuSeconds, OperatorReport report) {}

    /** The best of three runs; loss and least group are counted from the rows that came out. */
    private static Found run(
            AdultRows adult, Map<String, Hierarchy> hierarchies, KAnonymity.Search search) {
        KAnonymity operator = new KAnonymity(K, hierarchies, SUPPRESSION_PERCENT, search);
        double best = Double.MAX_VALUE;
        List<Batch> out = new ArrayList<>();
        OperatorReport report = OperatorReport.of(0, 0);
        for (int round = 0; round < 3; round++) {
            out.clear();
            try (Batch in = adult.batch()) {
                long began = cpuNanos();
                Operator.Run run =
                        operator.start(in.schema(), Setting.of(new Keyring(new byte[32], 1), 1));
                run.process(in, out::add);
                run.finish(out::add);
                best = Math.min(best, (cpuNanos() - began) / 1e9);
                report = run.report();
            }
        }
        return recount(adult.rows(), hierarchies, out, best, report);
    }

    private static Found recount(
            List<String[]> rows,
            Map<String, Hierarchy> hierarchies,
            List<Batch> out,
            double seconds,
            OperatorReport report) {
        Exhaustive values = new Exhaustive(rows, hierarchies);
        Map<List<String>, Integer> groups = new HashMap<>();
        int[] level = new int[values.columns];
        int at = 0;
        for (String name : hierarchies.keySet()) {
            level[at++] = (int) Math.round(report.figures().getOrDefault("level_of_" + name, 0.0));
        }
        double kept = 0;
        long left = 0;
        for (Batch batch : out) {
            for (int row = 0; row < batch.rows(); row++) {
                List<String> cells = new ArrayList<>();
                for (int c = 0; c < values.columns; c++) {
                    String cell = batch.strings(c).get(row);
                    cells.add(cell);
                    kept += values.lossOf(c, level[c], cell);
                }
                groups.merge(cells, 1, Integer::sum);
                left++;
            }
        }
        double suppressed = rows.size() - left;
        double cells = (double) rows.size() * values.columns;
        long least = groups.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        return new Found((kept + suppressed * values.columns) / cells, least, seconds, report);
    }

    /** All nodes, one after another. */
    private static final class Exhaustive {
        final int columns;
        private final int rows;
        private final int[][][] code;
        private final double[][][] loss;
        private final List<List<Map<String, Integer>>> codes = new ArrayList<>();

        // Groups of the present node: a hash table of twice as many slots as rows or more.
        private final int shift;
        private final long[] key;
        private final int[] size;
        private final int[] slot; // per row

        Exhaustive(List<String[]> table, Map<String, Hierarchy> hierarchies) {
            shift = Integer.numberOfLeadingZeros(table.size()) + 31;
            key = new long[1 << 64 - shift];
            size = new int[key.length];
            slot = new int[table.size()];
            columns = hierarchies.size();
            rows = table.size();
            code = new int[columns][][];
            loss = new double[columns][][];
            int c = 0;
            for (Hierarchy hierarchy : hierarchies.values()) {
                column(table, c++, hierarchy);
            }
        }

        private void column(List<String[]> table, int c, Hierarchy hierarchy) {
            int levels = hierarchy.levels();
            code[c] = new int[levels][rows];
            loss[c] = new double[levels][];
            codes.add(new ArrayList<>());
            Map<String, Integer> domain = new HashMap<>();
            hierarchy.declared().forEach(value -> domain.putIfAbsent(value, 1));
            table.forEach(row -> domain.putIfAbsent(row[c], 1));
            for (int level = 0; level < levels; level++) {
                Map<String, Integer> ids = new HashMap<>();
                Map<Integer, Integer> leaves = new HashMap<>();
                for (String value : domain.keySet()) {
                    String text = hierarchy.at(value, level);
                    int id = ids.computeIfAbsent(text, _ -> ids.size());
                    leaves.merge(id, 1, Integer::sum);
                }
                loss[c][level] = new double[ids.size()];
                for (Map.Entry<Integer, Integer> entry : leaves.entrySet()) {
                    loss[c][level][entry.getKey()] =
                            (entry.getValue() - 1.0) / (domain.size() - 1.0);
                }
                for (int r = 0; r < rows; r++) {
                    code[c][level][r] = known(ids, hierarchy.at(table.get(r)[c], level));
                }
                codes.get(c).add(ids);
            }
        }

        double lossOf(int c, int level, String cell) {
            return loss[c][level][known(codes.get(c).get(level), cell)];
        }

        private static <K, V> V known(Map<K, V> map, K key) {
            return Objects.requireNonNull(map.get(key));
        }

        double optimum() {
            int[] level = new int[columns];
            double best = Double.POSITIVE_INFINITY;
            while (true) {
                best = Math.min(best, lossOf(level));
                int c = 0;
                while (c < columns && ++level[c] == code[c].length) {
                    level[c++] = 0;
                }
                if (c == columns) {
                    return best;
                }
            }
        }

        private double lossOf(int[] level) {
            Arrays.fill(size, 0);
            for (int r = 0; r < rows; r++) {
                long group = 0;
                for (int c = 0; c < columns; c++) {
                    group = group * 101 + code[c][level[c]][r];
                }
                int at = (int) (group * 0x9E3779B97F4A7C15L >>> shift);
                while (size[at] != 0 && key[at] != group) {
                    at = at + 1 == size.length ? 0 : at + 1;
                }
                key[at] = group;
                size[at]++;
                slot[r] = at;
            }
            double sum = 0;
            long suppressed = 0;
            for (int r = 0; r < rows; r++) {
                if (size[slot[r]] < K) {
                    suppressed++;
                    continue;
                }
                for (int c = 0; c < columns; c++) {
                    sum += loss[c][level[c]][code[c][level[c]][r]];
                }
            }
            if (suppressed > Math.floor(rows * SUPPRESSION_PERCENT / 100)) {
                return Double.POSITIVE_INFINITY;
            }
            return (sum + (double) suppressed * columns) / ((double) rows * columns);
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
