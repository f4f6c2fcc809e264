package org.roadloop.compute.place;

/**
 * Fragmentation gradient descent (碎片梯度下降, FGD): the node whose expected fragment falls most, or
 * grows least (Weng et al., USENIX ATC 2023, algorithm 1). The score is the integer part of 100
 * times the logistic function of the fall in cards, as in the authors' evaluation: it takes falls
 * that hardly differ for equal. For one cluster.
 */
public final class FragmentationDescent implements Policy {
    private final Gradient gradient;

    public FragmentationDescent(Workload workload) {
        gradient = new Gradient(workload);
    }

    @Override
    public void score(Cluster cluster, int node, Demand demand, Choice choice) {
        gradient.compute(cluster, node, demand);
        if (!demand.isShare()) {
            choice.score = hundredths(gradient.fall[0]);
            choice.card = 0;
            return;
        }
        choice.card = -1;
        for (int card = 0; card < cluster.cards(node); card++) {
            double fall = gradient.fall[card];
            if (Double.isNaN(fall)) {
                continue;
            }
            int score = hundredths(fall);
            if (choice.card < 0 || score > choice.score) {
                choice.score = score;
                choice.card = card;
            }
        }
    }

    @Override
    public void changed(Cluster cluster, int node) {
        gradient.changed(node);
    }

    private static int hundredths(double fallMilli) {
        return (int) (100 / (1 + Math.exp(-fallMilli / 1_000)));
    }
}
