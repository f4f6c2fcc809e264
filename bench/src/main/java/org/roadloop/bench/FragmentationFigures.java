package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.roadloop.compute.place.BestFit;
import org.roadloop.compute.place.Cluster;
import org.roadloop.compute.place.Demand;
import org.roadloop.compute.place.FragmentationDescent;
import org.roadloop.compute.place.FragmentationPacking;
import org.roadloop.compute.place.Node;
import org.roadloop.compute.place.OpenTrace;
import org.roadloop.compute.place.Placer;
import org.roadloop.compute.place.Policy;
import org.roadloop.compute.place.Workload;

/**
 * How much of the cards of a production cluster gets used (卡分配率): our FGD and BestFit beside the
 * published table, and our own policy beside FGD, every workload that lies there with its rows of
 * the table, ten seeds, at 130 % load.
 */
final class FragmentationFigures {
    private static final String PUBLISHED = "expected_allocation.csv";
    private static final double LOAD = 1.3;
    private static final double TYPICAL = 0.95;
    private static final int FIRST_SEED = 42;
    private static final int SEEDS = 10;

    /** Draws a seed: the published ten are one draw each of another generator. */
    private static final int DRAWS = 4;

    /** Two-sided 95 % quantile of Student's t with nine degrees of freedom. */
    private static final double T_95 = 2.262;

    private FragmentationFigures() {}

    static void measure(Path root, Figures figures) throws IOException {
        Path data = root.resolve("../shared/data/openb");
        if (!Files.exists(data.resolve(PUBLISHED))) {
            System.err.println("fgd: no traces in ../shared/data/openb, left out");
            return;
        }
        Map<String, Map<String, Double>> published = published(data.resolve(PUBLISHED));
        List<Node> nodes = OpenTrace.nodes(data.resolve("openb_node_list_gpu_node.csv"));
        double worst = 0;
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        int workloads = 0;
        for (Map.Entry<String, Map<String, Double>> entry : published.entrySet()) {
            Path file = data.resolve(entry.getKey() + ".csv");
            if (!Files.exists(file)) {
                continue;
            }
            String name = entry.getKey().replace("openb_pod_list_", "");
            List<Demand> tasks = OpenTrace.tasks(file);
            double[] best = allocations(nodes, tasks, workload -> new BestFit());
            double[] fgd = allocations(nodes, tasks, FragmentationDescent::new);
            double[] ours = allocations(nodes, tasks, FragmentationPacking::new);
            double bestPublished = entry.getValue().getOrDefault("05-BestFit", Double.NaN);
            double fgdPublished = entry.getValue().getOrDefault("06-FGD", Double.NaN);
            figures.add("bestfit." + name + "_percent", mean(best), "%");
            figures.add("peer.bestfit." + name + "_percent", bestPublished, "%");
            figures.add("fgd." + name + "_percent", mean(fgd), "%");
            figures.add("peer.fgd." + name + "_percent", fgdPublished, "%");
            figures.add("ours." + name + "_percent", mean(ours), "%");
            double[] paired = new double[SEEDS];
            for (int i = 0; i < SEEDS; i++) {
                paired[i] = ours[i] - fgd[i];
            }
            figures.add("ours_minus_fgd." + name + "_points", mean(paired), "points");
            figures.add("ours_minus_fgd." + name + "_interval_points", halfWidth(paired), "points");
            worst = Math.max(worst, Math.abs(mean(best) - bestPublished));
            worst = Math.max(worst, Math.abs(mean(fgd) - fgdPublished));
            sum += mean(paired);
            least = Math.min(least, mean(paired));
            workloads++;
        }
        figures.add("fgd.workloads", workloads, "workloads");
        figures.add("fgd.max_difference_points", worst, "points");
        figures.add("ours_minus_fgd.mean_points", sum / workloads, "points");
        figures.add("ours_minus_fgd.worst_points", least, "points");
    }

    /** Percent of all cards that are taken when the last task has come, of each seed. */
    private static double[] allocations(
            List<Node> nodes, List<Demand> tasks, Function<Workload, Policy> policy) {
        double[] allocations = new double[SEEDS];
        for (int i = 0; i < SEEDS; i++) {
            for (int draw = 0; draw < DRAWS; draw++) {
                long seed = (FIRST_SEED + i) + 1_000L * draw;
                Cluster cluster = new Cluster(nodes);
                Workload typical = Workload.typical(cluster, tasks, TYPICAL);
                Placer placer = new Placer(cluster, policy.apply(typical), seed);
                OpenTrace.arrivals(cluster, tasks, LOAD, seed).forEach(placer::place);
                double taken = 100 - 100.0 * cluster.freeMilli() / cluster.totalMilli();
                allocations[i] += taken / DRAWS;
            }
        }
        return allocations;
    }

    /** Last column, mean over the seeds, by workload and policy. */
    private static Map<String, Map<String, Double>> published(Path file) throws IOException {
        Map<String, Map<String, List<Double>>> all = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",");
            all.computeIfAbsent(cells[0], w -> new LinkedHashMap<>())
                    .computeIfAbsent(cells[1], p -> new ArrayList<>())
                    .add(Double.parseDouble(cells[cells.length - 1]));
        }
        Map<String, Map<String, Double>> means = new LinkedHashMap<>();
        all.forEach(
                (workload, policies) -> {
                    Map<String, Double> of = new LinkedHashMap<>();
                    policies.forEach(
                            (policy, values) ->
                                    of.put(
                                            policy,
                                            mean(
                                                    values.stream()
                                                            .mapToDouble(Double::doubleValue)
                                                            .toArray())));
                    means.put(workload, of);
                });
        return means;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Of the 95 % interval of a mean. */
    private static double halfWidth(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return T_95 * Math.sqrt(squares / (values.length - 1) / values.length);
    }
}
