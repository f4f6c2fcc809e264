package org.roadloop.compute.place;

/**
 * Prefers the node that is left with the least of cores and cards (最佳适应): each as a share of the
 * greatest node's, weighed equally, in hundredths, as in the evaluation of Weng et al., USENIX ATC
 * 2023.
 */
public final class BestFit implements Policy {
    /** Of the greatest node of the paper's cluster. */
    static final double MOST_CPU_MILLI = 128_000;

    static final double MOST_CARD_MILLI = 8_000;

    @Override
    public void score(Cluster cluster, int node, Demand demand, Choice choice) {
        double left =
                0.5 * (cluster.freeCpuMilli(node) - demand.cpuMilli()) / MOST_CPU_MILLI
                        + 0.5 * (cluster.freeMilli(node) - demand.totalMilli()) / MOST_CARD_MILLI;
        choice.score = (int) ((1 - left) * 100);
        choice.card = demand.isShare() ? tightest(cluster, node, demand) : 0;
    }

    private static int tightest(Cluster cluster, int node, Demand demand) {
        int[] free = cluster.cardMilli();
        int from = cluster.firstCard(node);
        int best = -1;
        for (int card = 0; card < cluster.cards(node); card++) {
            int milli = free[from + card];
            if (milli >= demand.cardMilli() && (best < 0 || milli < free[from + best])) {
                best = card;
            }
        }
        return best;
    }
}
