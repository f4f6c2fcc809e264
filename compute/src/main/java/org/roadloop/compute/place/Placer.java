package org.roadloop.compute.place;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/*
 * Tasks come in few kinds. The score of every node is kept for each kind; a placement changes one
 * node, so a kind that comes again computes those nodes anew that have changed since, each once,
 * and then looks for the highest score.
 */

/** Places tasks one after the other on the nodes of a cluster (放置器). One thread. */
public final class Placer {
    private final Cluster cluster;
    private final Policy policy;
    private final int[] order; // nodes
    private final int[] place; // of a node, in the order
    private final Map<Demand, Scores> kinds = new HashMap<>();
    private final Policy.Choice choice = new Policy.Choice();

    private final int[] changes = new int[1 << 16]; // places in the order, as they changed
    private int changeCount;
    private final int[] lastChange; // of a node, its last entry in changes; -1: none

    /** What is known of a kind of task: scores in the order of nodes. */
    private static final class Scores {
        final long mask;
        final double[] score;
        final byte[] card;
        int seen; // of the changes

        Scores(long mask, int nodes) {
            this.mask = mask;
            score = new double[nodes];
            card = new byte[nodes];
        }
    }

    /**
     * Where a task went.
     *
     * @param node number of the node in the cluster
     * @param cards a bit for each card of the node that was taken
     */
    public record Placed(int node, Demand demand, int cards) {}

    /**
     * @param seed of the order in which nodes with equal scores are taken
     */
    public Placer(Cluster cluster, Policy policy, long seed) {
        this.cluster = cluster;
        this.policy = policy;
        int count = cluster.nodes().size();
        order = new int[count];
        Arrays.setAll(order, i -> i);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        place = new int[count];
        for (int i = 0; i < count; i++) {
            place[order[i]] = i;
        }
        lastChange = new int[count];
        Arrays.fill(lastChange, -1);
    }

    /** Takes the best node for a task; empty if it fits nowhere. */
    public Optional<Placed> place(Demand demand) {
        Scores scores = scores(demand);
        int best = -1;
        double highest = Double.NEGATIVE_INFINITY;
        double[] score = scores.score;
        for (int i = 0; i < score.length; i++) {
            if (score[i] > highest) {
                highest = score[i];
                best = i;
            }
        }
        if (best < 0) {
            return Optional.empty();
        }
        int node = order[best];
        int cards = cluster.take(node, demand, scores.card[best]);
        changed(best, node);
        return Optional.of(new Placed(node, demand, cards));
    }

    /** Gives back what a task took. */
    public void release(Placed placed) {
        cluster.release(placed.node(), placed.demand(), placed.cards());
        changed(place[placed.node()], placed.node());
    }

    /** Computes the scores of a kind before a task of it comes. */
    public void expect(Demand demand) {
        scores(demand);
    }

    private Scores scores(Demand demand) {
        Scores scores = kinds.get(demand);
        if (scores == null) {
            scores = new Scores(cluster.mask(demand), order.length);
            kinds.put(demand, scores);
            for (int i = 0; i < order.length; i++) {
                score(demand, scores, i);
            }
        } else {
            for (int c = scores.seen; c < changeCount; c++) {
                if (lastChange[changes[c]] == c) {
                    score(demand, scores, changes[c]);
                }
            }
        }
        scores.seen = changeCount;
        return scores;
    }

    private void score(Demand demand, Scores scores, int i) {
        int node = order[i];
        if (!cluster.fits(node, demand, scores.mask)) {
            scores.score[i] = Double.NEGATIVE_INFINITY;
            return;
        }
        policy.score(cluster, node, demand, choice);
        scores.score[i] = choice.score;
        scores.card[i] = (byte) choice.card;
    }

    private void changed(int i, int node) {
        policy.changed(cluster, node);
        if (changeCount == changes.length) {
            kinds.keySet().forEach(this::scores);
            kinds.values().forEach(scores -> scores.seen = 0);
            Arrays.fill(lastChange, -1);
            changeCount = 0;
        }
        lastChange[i] = changeCount;
        changes[changeCount++] = i;
    }
}
