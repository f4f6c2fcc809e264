package org.roadloop.compute.place;

import java.util.Arrays;

/**
 * By how much a task would lessen the expected fragment of a node (碎片梯度). Keeps the fragment of
 * each node as it is. One thread.
 */
final class Gradient {
    private final Workload workload;
    private final int[] free = new int[Node.MOST_CARDS];
    private double[] before = new double[0]; // NaN: not known

    /**
     * Of how many the last {@link #compute} tried, the fall by each card, thousandths of a card.
     */
    final double[] fall = new double[Node.MOST_CARDS];

    Gradient(Workload workload) {
        this.workload = workload;
    }

    void changed(int node) {
        if (node < before.length) {
            before[node] = Double.NaN;
        }
    }

    /**
     * Of a task that shares a card: {@link #fall} of each card, NaN where it does not fit or where
     * a card before is as free. Of others, entry 0.
     */
    void compute(Cluster cluster, int node, Demand demand) {
        int count = cluster.cards(node);
        int from = cluster.firstCard(node);
        int model = cluster.model(node);
        int cpu = cluster.freeCpuMilli(node);
        double now = before(cluster, node);
        System.arraycopy(cluster.cardMilli(), from, free, 0, count);
        if (!demand.isShare()) {
            int missing = demand.cards();
            for (int card = 0; missing > 0; card++) {
                if (free[card] == Demand.WHOLE) {
                    free[card] = 0;
                    missing--;
                }
            }
            fall[0] = now - workload.fragmentMilli(model, cpu - demand.cpuMilli(), free, 0, count);
            return;
        }
        for (int card = 0; card < count; card++) {
            int milli = free[card];
            if (milli < demand.cardMilli() || isBefore(milli, card)) {
                fall[card] = Double.NaN;
                continue;
            }
            free[card] = milli - demand.cardMilli();
            fall[card] =
                    now - workload.fragmentMilli(model, cpu - demand.cpuMilli(), free, 0, count);
            free[card] = milli;
        }
    }

    private boolean isBefore(int milli, int card) {
        for (int other = 0; other < card; other++) {
            if (free[other] == milli) {
                return true;
            }
        }
        return false;
    }

    private double before(Cluster cluster, int node) {
        if (before.length == 0) {
            before = new double[cluster.nodes().size()];
            Arrays.fill(before, Double.NaN);
        }
        if (Double.isNaN(before[node])) {
            before[node] =
                    workload.fragmentMilli(
                            cluster.model(node),
                            cluster.freeCpuMilli(node),
                            cluster.cardMilli(),
                            cluster.firstCard(node),
                            cluster.cards(node));
        }
        return before[node];
    }
}
