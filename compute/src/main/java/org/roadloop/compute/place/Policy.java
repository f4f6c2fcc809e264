package org.roadloop.compute.place;

/**
 * How much a node is to be preferred for a task that fits (放置策略). A higher score is better; of
 * equal scores the first node in the placer's order is taken, so ties pack.
 */
public sealed interface Policy permits BestFit, FragmentationDescent, FragmentationPacking {
    /** A score and the card for a task that shares one, from 0. */
    final class Choice {
        double score;
        int card;
    }

    /** Scores a node that fits; writes the choice. */
    void score(Cluster cluster, int node, Demand demand, Choice choice);

    /** The node has changed. */
    default void changed(Cluster cluster, int node) {}
}
