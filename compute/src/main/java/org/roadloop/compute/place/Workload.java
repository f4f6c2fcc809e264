package org.roadloop.compute.place;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/*
 * Fragmentation of a node (Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads
 * with Fragmentation Gradient Descent", USENIX ATC 2023, section 3): what is free on its cards and
 * yet of no use to a task drawn from the workload, expected over the tasks. A task that the node
 * cannot host at all, for want of cores, of cards or of the right model, makes all of it a fragment;
 * one that it can host, the free parts of cards that are too small for it. A task without cards can
 * use none of it.
 *
 * Typical tasks that ask for the same cards differ by their cores only. They are kept together with
 * running sums by cores, so that a node costs one look a group and not one a task.
 */

/**
 * Which tasks are to be expected, and what they make of what is left of a node (典型负载). Immutable.
 */
public final class Workload {
    private final double[] weight; // of a group
    private final double withoutCards;
    private final int[] cards;
    private final int[] cardMilli;
    private final long[] mask;
    private final int[][] cpuMilli; // of the group's tasks, ascending
    private final double[][] upTo; // weight of as many tasks

    private record Group(int cards, int cardMilli, Set<String> models) {}

    private record Kind(int cpuMilli, Group group) {}

    private Workload(Cluster cluster, Map<Kind, Double> shares) {
        Map<Group, List<Map.Entry<Kind, Double>>> groups = new LinkedHashMap<>();
        double none = 0;
        for (Map.Entry<Kind, Double> share : shares.entrySet()) {
            Group group = share.getKey().group();
            if (group.cards() == 0) {
                none += share.getValue();
            } else {
                groups.computeIfAbsent(group, g -> new ArrayList<>()).add(share);
            }
        }
        withoutCards = none;
        int count = groups.size();
        weight = new double[count];
        cards = new int[count];
        cardMilli = new int[count];
        mask = new long[count];
        cpuMilli = new int[count][];
        upTo = new double[count][];
        int g = 0;
        for (Map.Entry<Group, List<Map.Entry<Kind, Double>>> entry : groups.entrySet()) {
            Group group = entry.getKey();
            cards[g] = group.cards();
            cardMilli[g] = group.cardMilli();
            mask[g] = cluster.mask(new Demand(0, 0, cards[g], cardMilli[g], group.models()));
            List<Map.Entry<Kind, Double>> tasks = entry.getValue();
            tasks.sort((a, b) -> Integer.compare(a.getKey().cpuMilli(), b.getKey().cpuMilli()));
            cpuMilli[g] = tasks.stream().mapToInt(t -> t.getKey().cpuMilli()).toArray();
            upTo[g] = new double[tasks.size() + 1];
            for (int i = 0; i < tasks.size(); i++) {
                upTo[g][i + 1] = upTo[g][i] + tasks.get(i).getValue();
            }
            weight[g] = upTo[g][tasks.size()];
            g++;
        }
    }

    /**
     * The most frequent kinds of task that make up a part of all, their shares adding up to 1.
     *
     * @param tasks of a history; memory does not tell kinds apart (as in the paper's evaluation)
     * @param part 0 to 1, 0.95 in the paper
     */
    public static Workload typical(Cluster cluster, List<Demand> tasks, double part) {
        Map<Kind, Integer> counts = new LinkedHashMap<>();
        for (Demand task : tasks) {
            Group group = new Group(task.cards(), task.cardMilli(), task.models());
            counts.merge(new Kind(task.cpuMilli(), group), 1, Integer::sum);
        }
        List<Map.Entry<Kind, Integer>> kinds = new ArrayList<>(counts.entrySet());
        kinds.sort(
                (a, b) -> Integer.compare(b.getValue(), a.getValue())); // stable: ties as they came
        Map<Kind, Double> shares = new LinkedHashMap<>();
        double sum = 0;
        for (Map.Entry<Kind, Integer> kind : kinds) {
            if (sum >= tasks.size() * part) {
                break;
            }
            shares.put(kind.getKey(), (double) kind.getValue());
            sum += kind.getValue();
        }
        double all = sum;
        shares.replaceAll((kind, share) -> share / all);
        return new Workload(cluster, shares);
    }

    /**
     * Expected fragment of a node, in thousandths of a card.
     *
     * @param free thousandths of the node's cards
     * @param from first of them
     */
    double fragmentMilli(int model, int freeCpuMilli, int[] free, int from, int count) {
        long total = 0;
        for (int card = from; card < from + count; card++) {
            total += free[card];
        }
        if (total == 0) {
            return 0;
        }
        double fragment = withoutCards * total;
        for (int g = 0; g < weight.length; g++) {
            if ((mask[g] >>> model & 1) == 0) {
                fragment += weight[g] * total;
                continue;
            }
            int needed = cardMilli[g];
            int hosts = 0;
            long small = 0;
            for (int card = from; card < from + count; card++) {
                if (free[card] >= needed) {
                    hosts++;
                } else {
                    small += free[card];
                }
            }
            if (hosts < cards[g]) {
                fragment += weight[g] * total;
                continue;
            }
            double served = upTo[g][atMost(cpuMilli[g], freeCpuMilli)];
            fragment += served * small + (weight[g] - served) * total;
        }
        return fragment;
    }

    /** How many of ascending numbers are no greater. */
    private static int atMost(int[] ascending, int value) {
        int found = Arrays.binarySearch(ascending, value);
        return found >= 0 ? found + 1 : -found - 1; // kinds of one group differ in their cores
    }
}
