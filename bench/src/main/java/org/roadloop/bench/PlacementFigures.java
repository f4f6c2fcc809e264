package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.roadloop.compute.place.Cluster;
import org.roadloop.compute.place.Demand;
import org.roadloop.compute.place.FragmentationPacking;
import org.roadloop.compute.place.Node;
import org.roadloop.compute.place.OpenTrace;
import org.roadloop.compute.place.Placer;
import org.roadloop.compute.place.Workload;

/** Decisions of our policy a second and how long the slowest take, one core (放置速率). */
final class PlacementFigures {
    private static final int LARGE = 10_000;
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 5;

    private PlacementFigures() {}

    static void measure(Path root, Figures figures) throws IOException {
        Path data = root.resolve("../shared/data/openb");
        if (!Files.exists(data)) {
            System.err.println("placement: no traces in ../shared/data/openb, left out");
            return;
        }
        List<Node> nodes = OpenTrace.nodes(data.resolve("openb_node_list_gpu_node.csv"));
        List<Demand> tasks = OpenTrace.tasks(data.resolve("openb_pod_list_default.csv"));
        double[] rates = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long[] nanos = nanos(nodes, tasks, 100 + round);
            if (round >= 0) {
                rates[round] = nanos.length * 1e9 / Arrays.stream(nanos).sum();
            }
        }
        figures.add("placement.per_second", FrameRates.median(rates), "placements/s");
        List<Node> large = new ArrayList<>();
        for (int i = 0; i < LARGE; i++) {
            large.add(nodes.get(i % nodes.size()));
        }
        double[] p99 = new double[ROUNDS];
        double[] p50 = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            long[] nanos = nanos(large, tasks, 200 + round);
            Arrays.sort(nanos);
            if (round >= 0) {
                p50[round] = nanos[nanos.length / 2] / 1e6;
                p99[round] = nanos[(int) (nanos.length * 0.99)] / 1e6;
            }
        }
        figures.add("placement.p99_ms", FrameRates.median(p99), "ms");
        figures.add("placement.p50_ms", FrameRates.median(p50), "ms");
    }

    /** Of every decision while the cluster fills up to 130 %; kinds of the history are expected. */
    private static long[] nanos(List<Node> nodes, List<Demand> tasks, long seed) {
        Cluster cluster = new Cluster(nodes);
        Workload typical = Workload.typical(cluster, tasks, 0.95);
        Placer placer = new Placer(cluster, new FragmentationPacking(typical), seed);
        List<Demand> arrivals = OpenTrace.arrivals(cluster, tasks, 1.3, seed);
        arrivals.stream().distinct().forEach(placer::expect);
        long[] nanos = new long[arrivals.size()];
        for (int i = 0; i < nanos.length; i++) {
            long began = System.nanoTime();
            placer.place(arrivals.get(i));
            nanos[i] = System.nanoTime() - began;
        }
        return nanos;
    }
}
