package org.roadloop.compute.place;

/*
 * The gradient of fragmentation sees the node as it would be, and is blind to which of two nodes
 * with the same gradient should be used up first. So what the node is left with counts as well, a
 * little, and differently by what the task uses up: a task without cards goes where cards are gone,
 * since its cores are of no use to others there; one that shares a card goes to the fullest cards;
 * one that takes whole cards fills a node in cores and cards. The falls are not rounded.
 *
 * The weights were chosen once, on seeds that the printed table does not use, and know of no
 * workload.
 */

/** Fragmentation gradient with packing (碎片梯度与紧凑放置). For one cluster. */
public final class FragmentationPacking implements Policy {
    /** Thousandths of a card that a whole greatest node left over counts for. */
    private static final double CARDLESS_CPU = 50;

    private static final double CARDLESS_CARDS = 200;
    private static final double SHARE_CARDS = 50;
    private static final double WHOLE_CPU = 100;
    private static final double WHOLE_CARDS = 50;

    private final Gradient gradient;

    public FragmentationPacking(Workload workload) {
        gradient = new Gradient(workload);
    }

    @Override
    public void score(Cluster cluster, int node, Demand demand, Choice choice) {
        gradient.compute(cluster, node, demand);
        double best = gradient.fall[0];
        choice.card = 0;
        if (demand.isShare()) {
            best = Double.NEGATIVE_INFINITY;
            for (int card = 0; card < cluster.cards(node); card++) {
                if (gradient.fall[card] > best + 1e-9) { // false for one that does not fit
                    best = gradient.fall[card];
                    choice.card = card;
                }
            }
        }
        choice.score = best - left(cluster, node, demand);
    }

    private static double left(Cluster cluster, int node, Demand demand) {
        double cpu = (cluster.freeCpuMilli(node) - demand.cpuMilli()) / BestFit.MOST_CPU_MILLI;
        double cards = (cluster.freeMilli(node) - demand.totalMilli()) / BestFit.MOST_CARD_MILLI;
        if (demand.cards() == 0) {
            return CARDLESS_CPU * cpu + CARDLESS_CARDS * cards;
        }
        return demand.isShare() ? SHARE_CARDS * cards : WHOLE_CPU * cpu + WHOLE_CARDS * cards;
    }

    @Override
    public void changed(Cluster cluster, int node) {
        gradient.changed(node);
    }
}
