package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shortest ways over a {@link RoadNetwork} from the end of one edge, not further than a limit
 * (有界最短路): Dijkstra's algorithm with a binary heap of (metres, edge), ties by edge, so that the way
 * is always the same one. One thread.
 */
final class RouteSearch {
    private final RoadNetwork network;
    private final double[] meters;
    private final int[] from;
    private final int[] seen;
    private int round;
    private double[] heapMeters = new double[64];
    private int[] heapEdges = new int[64];
    private int size;

    RouteSearch(RoadNetwork network) {
        this.network = network;
        meters = new double[network.ids.length];
        from = new int[network.ids.length];
        seen = new int[network.ids.length];
    }

    /** From the end of an edge to the start of all others within {@code limit} metres. */
    void run(int edge, double limit) {
        if (++round == Integer.MAX_VALUE) {
            Arrays.fill(seen, 0);
            round = 1;
        }
        size = 0;
        reach(edge, 0, -1, limit);
        while (size > 0) {
            double at = heapMeters[0];
            int e = heapEdges[0];
            pop();
            if (at <= meters[e]) {
                reach(e, at + network.length(e), e, limit);
            }
        }
    }

    /** From the end of {@code e}, {@code at} metres from where it began. */
    private void reach(int e, double at, int by, double limit) {
        int[] next = network.next[e];
        double[] gaps = network.nextMeters[e];
        for (int i = 0; i < next.length; i++) {
            double total = at + gaps[i];
            int to = next[i];
            if (total <= limit && (seen[to] != round || total < meters[to])) {
                seen[to] = round;
                meters[to] = total;
                from[to] = by;
                push(total, to);
            }
        }
    }

    /** Metres to the start of an edge; infinite if it is too far. */
    double metersTo(int edge) {
        return seen[edge] == round ? meters[edge] : Double.POSITIVE_INFINITY;
    }

    /** The edges driven along to reach {@code edge}, without the one it began on. */
    List<Integer> wayTo(int edge) {
        List<Integer> way = new ArrayList<>();
        for (int e = edge; e >= 0 && way.size() <= from.length; e = from[e]) {
            way.add(e);
        }
        return way.reversed();
    }

    private boolean less(int i, int j) {
        return heapMeters[i] < heapMeters[j]
                || (heapMeters[i] == heapMeters[j] && heapEdges[i] < heapEdges[j]);
    }

    private void swap(int i, int j) {
        double m = heapMeters[i];
        heapMeters[i] = heapMeters[j];
        heapMeters[j] = m;
        int e = heapEdges[i];
        heapEdges[i] = heapEdges[j];
        heapEdges[j] = e;
    }

    private void push(double at, int edge) {
        if (size == heapEdges.length) {
            heapMeters = Arrays.copyOf(heapMeters, size * 2);
            heapEdges = Arrays.copyOf(heapEdges, size * 2);
        }
        heapMeters[size] = at;
        heapEdges[size] = edge;
        int i = size++;
        while (i > 0 && less(i, (i - 1) / 2)) {
            swap(i, (i - 1) / 2);
            i = (i - 1) / 2;
        }
    }

    private void pop() {
        size--;
        heapMeters[0] = heapMeters[size];
        heapEdges[0] = heapEdges[size];
        int i = 0;
        while (true) {
            int least = 2 * i + 1;
            if (least >= size) {
                return;
            }
            if (least + 1 < size && less(least + 1, least)) {
                least++;
            }
            if (!less(least, i)) {
                return;
            }
            swap(least, i);
            i = least;
        }
    }
}
