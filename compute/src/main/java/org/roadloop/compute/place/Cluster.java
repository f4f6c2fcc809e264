package org.roadloop.compute.place;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is free on the nodes of a cluster (集群余量), in arrays by number of the node. One thread. */
public final class Cluster {
    private final List<Node> nodes;
    private final List<String> models = new ArrayList<>();
    private final int[] model;
    private final int[] cpuMilli;
    private final int[] memoryMib;
    private final int[] first; // card of a node; one more entry than nodes
    private final int[] cardMilli;
    private long freeMilli;

    public Cluster(List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
        int count = nodes.size();
        model = new int[count];
        cpuMilli = new int[count];
        memoryMib = new int[count];
        first = new int[count + 1];
        for (int n = 0; n < count; n++) {
            Node node = nodes.get(n);
            int known = models.indexOf(node.model());
            if (known < 0) {
                known = models.size();
                models.add(node.model());
            }
            model[n] = known;
            cpuMilli[n] = node.cpuMilli();
            memoryMib[n] = node.memoryMib();
            first[n + 1] = first[n] + node.cards();
        }
        if (models.size() > Long.SIZE) {
            throw new IllegalArgumentException(
                    "a cluster has cards of "
                            + models.size()
                            + " models, at most 64 are told apart");
        }
        cardMilli = new int[first[count]];
        Arrays.fill(cardMilli, Demand.WHOLE);
        freeMilli = (long) cardMilli.length * Demand.WHOLE;
    }

    public List<Node> nodes() {
        return nodes;
    }

    /** Thousandths of cards, taken or not. */
    public long totalMilli() {
        return (long) cardMilli.length * Demand.WHOLE;
    }

    /** Thousandths of cards that are free. */
    public long freeMilli() {
        return freeMilli;
    }

    int model(int node) {
        return model[node];
    }

    int freeCpuMilli(int node) {
        return cpuMilli[node];
    }

    int firstCard(int node) {
        return first[node];
    }

    int cards(int node) {
        return first[node + 1] - first[node];
    }

    /** Of every card, in the order of the nodes; not to be written. */
    int[] cardMilli() {
        return cardMilli;
    }

    long freeMilli(int node) {
        long free = 0;
        for (int card = first[node]; card < first[node + 1]; card++) {
            free += cardMilli[card];
        }
        return free;
    }

    /** A bit of every model that will do. */
    long mask(Demand demand) {
        if (demand.models().isEmpty()) {
            return -1;
        }
        long mask = 0;
        for (int m = 0; m < models.size(); m++) {
            mask |= demand.models().contains(models.get(m)) ? 1L << m : 0;
        }
        return mask;
    }

    /**
     * @param mask of the demand
     */
    boolean fits(int node, Demand demand, long mask) {
        if (cpuMilli[node] < demand.cpuMilli() || memoryMib[node] < demand.memoryMib()) {
            return false;
        }
        if (demand.cards() == 0) {
            return true;
        }
        if ((mask >>> model[node] & 1) == 0) {
            return false;
        }
        int hosts = 0;
        for (int card = first[node]; card < first[node + 1]; card++) {
            hosts += cardMilli[card] >= demand.cardMilli() ? 1 : 0;
        }
        return hosts >= demand.cards();
    }

    /**
     * Takes what fits; whole cards from the first free one on.
     *
     * @param card of the node that is shared, from 0; whatever for others
     * @return a bit for each card of the node that was taken
     */
    int take(int node, Demand demand, int card) {
        cpuMilli[node] -= demand.cpuMilli();
        memoryMib[node] -= demand.memoryMib();
        freeMilli -= demand.totalMilli();
        if (demand.isShare()) {
            cardMilli[first[node] + card] -= demand.cardMilli();
            return 1 << card;
        }
        int taken = 0;
        int missing = demand.cards();
        for (int c = 0; missing > 0; c++) {
            if (cardMilli[first[node] + c] == Demand.WHOLE) {
                cardMilli[first[node] + c] = 0;
                taken |= 1 << c;
                missing--;
            }
        }
        return taken;
    }

    /** Gives back what {@link #take} took. */
    void release(int node, Demand demand, int cards) {
        cpuMilli[node] += demand.cpuMilli();
        memoryMib[node] += demand.memoryMib();
        freeMilli += demand.totalMilli();
        for (int bits = cards; bits != 0; bits &= bits - 1) {
            cardMilli[first[node] + Integer.numberOfTrailingZeros(bits)] += demand.cardMilli();
        }
    }
}
