package org.roadloop.network.calculus;

import java.util.Arrays;

/**
 * Total flow analysis (总流分析), TFA and TFA++: a delay bound per port and class, from which the bound
 * of every flow is a sum.
 *
 * <p><b>Idea.</b> All flows of a class at a port share its FIFO queue, so the horizontal distance
 * between the sum of their arrival curves and the port's service curve bounds the delay of each. A
 * flow that leaves after at most {@code d} is constrained by {@code b + r·d} at the next port.
 *
 * <ul>
 *   <li>Strict priority, non-preemptive: a class sees what the classes above leave of the port
 *       ({@link RateLatency#leftOver}); Le Boudec &amp; Thiran, <i>Network Calculus</i>, corollary
 *       1.5.1 and proposition 1.3.4.
 *   <li>Line shaping ({@link Method#shaping}): flows that come over one line can't come faster than
 *       it: their sum is cut to {@code frame + lineRate·t}. TFA++ of Mifdaoui &amp; Leydier 2017.
 *   <li>Aggregates ({@link Method#aggregates}): a set S of flows leaves a FIFO port with burst
 *       {@code b(S) + r(S)·(T + b(others)/R)}; Le Boudec &amp; Thiran, corollary 6.2.3, used for
 *       one flow and for all flows that go on over the same line.
 *   <li>Cycles: bursts are iterated from below to the least fixed point. That a finite fixed point
 *       is a valid bound for a network that is empty at first is the theorem of Thomas, Le Boudec
 *       &amp; Mifdaoui (RTSS 2019, "On cyclic dependencies and regulators in time-sensitive
 *       networks"). The iteration stops only where no burst grows by a last bit any more, so the
 *       result is a post-fixed point up to the rounding of one visit.
 * </ul>
 *
 * <p>No objects in the loop; cost per port visit: its hops plus the square of its input lines.
 */
public final class TotalFlowAnalysis {
    /**
     * @param shaping cut what comes over one line to the line's rate
     * @param aggregates use the tighter output bound of FIFO ports as well
     */
    public record Method(boolean shaping, boolean aggregates) {
        public static final Method TFA = new Method(false, false);
        public static final Method TFA_PLUS_PLUS = new Method(true, false);
        public static final Method TFA_AGGREGATES = new Method(false, true);
    }

    /** A bound above this many seconds is none. */
    private static final double CAP_SECONDS = 1e3;

    private static final int VISITS_PER_PORT = 5_000;

    private final PortGraph graph;
    private final Method method;

    /** Per hop: burst of the flow where it enters the port. */
    private final double[] hopBurst;

    /** Hops sorted by port, inside a port by input line; and the lines (groups) they come over. */
    private final int[] portHop;

    private final int[] portHopStart;
    private final int[] groupStart;
    private final int[] groupFrom;
    private final int[] portGroupStart;
    private final int[] hopGroup;

    /** Per group: tighter burst of the whole group, and the scratch of one visit. */
    private final double[] groupBurst;

    private final double[] groupSum;
    private final double[] groupRate;
    private final int[] groupHops;
    private final int[] groupGoing;
    private final double[] groupGoingSum;

    /** Per port, of the class at hand. */
    private final double[] serverRate;

    private final double[] serverLatency;
    private final double[] delay;
    private final double[] backlog;

    private final int[] queue;
    private final boolean[] queued;

    private TotalFlowAnalysis(PortGraph graph, Method method) {
        this.graph = graph;
        this.method = method;
        int hops = graph.hopPort.length;
        hopBurst = new double[hops];
        for (int h = 0; h < hops; h++) {
            hopBurst[h] = graph.flowBurst[graph.hopFlow[h]];
        }
        portHop = new int[hops];
        portHopStart = new int[graph.ports + 1];
        hopGroup = new int[hops];
        sortHops();
        int[] starts = new int[hops + 1];
        int[] froms = new int[hops];
        portGroupStart = new int[graph.ports + 1];
        int groups = 0;
        for (int p = 0; p < graph.ports; p++) {
            portGroupStart[p] = groups;
            for (int k = portHopStart[p]; k < portHopStart[p + 1]; k++) {
                int from = key(portHop[k]);
                if (k == portHopStart[p] || from != key(portHop[k - 1])) {
                    starts[groups] = k;
                    froms[groups++] = from;
                }
                hopGroup[portHop[k]] = groups - 1;
            }
        }
        portGroupStart[graph.ports] = groups;
        starts[groups] = hops;
        groupStart = Arrays.copyOf(starts, groups + 1);
        groupFrom = Arrays.copyOf(froms, groups);
        groupBurst = new double[groups];
        groupSum = new double[groups];
        groupRate = new double[groups];
        groupHops = new int[groups];
        groupGoing = new int[groups];
        groupGoingSum = new double[groups];
        serverRate = new double[graph.ports];
        serverLatency = new double[graph.ports];
        delay = new double[graph.ports];
        backlog = new double[graph.ports];
        queue = new int[graph.ports];
        queued = new boolean[graph.ports];
    }

    /** Bounds of every class, highest first. */
    public static Bounds solve(PortGraph graph, Method method) {
        return new TotalFlowAnalysis(graph, method).solveClasses();
    }

    private Bounds solveClasses() {
        int classes = Arrays.stream(graph.flowClass).max().orElse(0) + 1;
        double[] classPortDelay = new double[classes * graph.ports];
        double[] portBacklog = new double[graph.ports];
        double[] higherRate = new double[graph.ports];
        double[] higherBurst = new double[graph.ports];
        boolean bounded = true;
        for (int c = 0; c < classes; c++) {
            Arrays.fill(delay, 0);
            Arrays.fill(backlog, 0);
            bounded = bounded && leftOver(higherRate, higherBurst, c) && fixedPoint(c);
            for (int h = 0; h < hopBurst.length; h++) {
                int flow = graph.hopFlow[h];
                int port = graph.hopPort[h];
                if (graph.flowClass[flow] != c) {
                    continue;
                }
                higherRate[port] += graph.flowRate[flow];
                higherBurst[port] += hopBurst[h];
                if (!bounded) {
                    delay[port] = Double.POSITIVE_INFINITY;
                    backlog[port] = Double.POSITIVE_INFINITY;
                }
            }
            System.arraycopy(delay, 0, classPortDelay, c * graph.ports, graph.ports);
            for (int p = 0; p < graph.ports; p++) {
                portBacklog[p] += backlog[p];
            }
        }
        return new Bounds(graph, classPortDelay, portBacklog);
    }

    /** False when a port used by the class has nothing left for it. */
    private boolean leftOver(double[] higherRate, double[] higherBurst, int trafficClass) {
        for (int p = 0; p < graph.ports; p++) {
            double left = graph.rate[p] - higherRate[p];
            if (left > 0) {
                serverRate[p] = left;
                serverLatency[p] =
                        (graph.rate[p] * graph.latency[p] + higherBurst[p] + graph.lowerFrame[p])
                                / left;
            } else if (uses(p, trafficClass)) {
                return false;
            }
        }
        return true;
    }

    private boolean uses(int port, int trafficClass) {
        for (int k = portHopStart[port]; k < portHopStart[port + 1]; k++) {
            if (graph.flowClass[graph.hopFlow[portHop[k]]] == trafficClass) {
                return true;
            }
        }
        return false;
    }

    /** Iterates the class to its least fixed point; false when there is no finite one. */
    private boolean fixedPoint(int c) {
        for (int g = 0; g < groupBurst.length; g++) {
            groupBurst[g] = 0;
            for (int k = groupStart[g]; k < groupStart[g + 1]; k++) {
                int flow = graph.hopFlow[portHop[k]];
                groupBurst[g] += graph.flowClass[flow] == c ? graph.flowBurst[flow] : 0;
            }
        }
        int head = 0;
        int waiting = 0;
        for (int p = 0; p < graph.ports; p++) {
            if (uses(p, c)) {
                queue[waiting++] = p;
                queued[p] = true;
            }
        }
        boolean finite = true;
        long visits = (long) VISITS_PER_PORT * graph.ports;
        while (waiting > 0 && finite) {
            int p = queue[head];
            head = head + 1 == queue.length ? 0 : head + 1;
            waiting--;
            queued[p] = false;
            finite = visit(p, c) && visits-- > 0;
            for (int k = portHopStart[p]; finite && k < portHopStart[p + 1]; k++) {
                int next = portHop[k] + 1;
                if (graph.flowClass[graph.hopFlow[portHop[k]]] == c
                        && isContinuation(next)
                        && push(p, next, c)
                        && !queued[graph.hopPort[next]]) {
                    int tail = head + waiting;
                    queue[tail >= queue.length ? tail - queue.length : tail] = graph.hopPort[next];
                    queued[graph.hopPort[next]] = true;
                    waiting++;
                }
            }
        }
        Arrays.fill(queued, false);
        return finite;
    }

    /** Delay and backlog of one port from the bursts that enter it; false above the cap. */
    private boolean visit(int p, int c) {
        double rateSum = 0;
        for (int g = portGroupStart[p]; g < portGroupStart[p + 1]; g++) {
            double sum = 0;
            double rates = 0;
            int hops = 0;
            for (int k = groupStart[g]; k < groupStart[g + 1]; k++) {
                int flow = graph.hopFlow[portHop[k]];
                if (graph.flowClass[flow] == c) {
                    sum += hopBurst[portHop[k]];
                    rates += graph.flowRate[flow];
                    hops++;
                }
            }
            groupSum[g] = sum;
            groupRate[g] = rates;
            groupHops[g] = hops;
            rateSum += rates;
        }
        double server = serverRate[p];
        double latency = serverLatency[p];
        // Rates are sums of given decimals: a port filled to the last bit must not fail by
        // rounding.
        if (rateSum > server * (1 + 1e-12)) {
            return false;
        }
        double worstDelay = arrival(p, 0) / server + latency;
        double worstBacklog = Math.max(arrival(p, 0), arrival(p, latency));
        for (int g = portGroupStart[p]; g < portGroupStart[p + 1]; g++) {
            double t = bend(g);
            if (t > 0) {
                double bits = arrival(p, t);
                worstDelay = Math.max(worstDelay, bits / server + latency - t);
                worstBacklog = Math.max(worstBacklog, bits - server * Math.max(0, t - latency));
            }
        }
        delay[p] = worstDelay;
        backlog[p] = worstBacklog;
        return worstDelay < CAP_SECONDS;
    }

    /** Sum of the arrival curves at {@code t} after the start of a burst, bits. */
    private double arrival(int p, double t) {
        double bits = 0;
        for (int g = portGroupStart[p]; g < portGroupStart[p + 1]; g++) {
            double own = burst(g) + groupRate[g] * t;
            int from = groupFrom[g];
            bits +=
                    method.shaping && from >= 0
                            ? Math.min(own, graph.lineBurst[from] + graph.rate[from] * t)
                            : own;
        }
        return bits;
    }

    private double burst(int g) {
        return method.aggregates && groupFrom[g] >= 0 && groupHops[g] > 1
                ? Math.min(groupSum[g], groupBurst[g])
                : groupSum[g];
    }

    /** Where the line's curve meets the flows' own, 0 if it never cuts. */
    private double bend(int g) {
        int from = groupFrom[g];
        if (!method.shaping || from < 0) {
            return 0;
        }
        double over = burst(g) - graph.lineBurst[from];
        double faster = graph.rate[from] - groupRate[g];
        return over > 0 && faster > 0 ? over / faster : 0;
    }

    /** Carries the burst of one flow (and of its line) to the next port; true if it grew. */
    private boolean push(int p, int next, int c) {
        boolean grew = false;
        double out = outBurst(p, next);
        if (out > hopBurst[next]) {
            hopBurst[next] = out;
            grew = true;
        }
        if (method.aggregates) {
            double line = lineBurst(p, next, c);
            if (line > groupBurst[hopGroup[next]]) {
                groupBurst[hopGroup[next]] = line;
                grew = true;
            }
        }
        return grew;
    }

    private double outBurst(int p, int next) {
        int flow = graph.hopFlow[next];
        double burst = hopBurst[next - 1];
        double waits = delay[p];
        if (method.aggregates) {
            double others = 0;
            for (int g = portGroupStart[p]; g < portGroupStart[p + 1]; g++) {
                others += g == hopGroup[next - 1] ? groupSum[g] - burst : burst(g);
            }
            waits = Math.min(waits, serverLatency[p] + others / serverRate[p]);
        }
        return burst + graph.flowRate[flow] * waits;
    }

    /** Burst of all flows of the class that go on from {@code p} to the port of {@code next}. */
    private double lineBurst(int p, int next, int c) {
        int to = graph.hopPort[next];
        double goingRate = 0;
        for (int g = portGroupStart[p]; g < portGroupStart[p + 1]; g++) {
            groupGoing[g] = 0;
            groupGoingSum[g] = 0;
            for (int k = groupStart[g]; k < groupStart[g + 1]; k++) {
                int hop = portHop[k];
                int flow = graph.hopFlow[hop];
                if (graph.flowClass[flow] == c
                        && isContinuation(hop + 1)
                        && graph.hopPort[hop + 1] == to) {
                    groupGoing[g]++;
                    groupGoingSum[g] += hopBurst[hop];
                    goingRate += graph.flowRate[flow];
                }
            }
        }
        double going = 0;
        double others = 0;
        for (int g = portGroupStart[p]; g < portGroupStart[p + 1]; g++) {
            if (groupGoing[g] == groupHops[g]) {
                going += burst(g);
            } else if (groupGoing[g] == 0) {
                others += burst(g);
            } else {
                going += groupGoingSum[g];
                others += groupSum[g] - groupGoingSum[g];
            }
        }
        return going + goingRate * (serverLatency[p] + others / serverRate[p]);
    }

    /** Whether the hop is a later hop of some flow, not the first of the next one. */
    private boolean isContinuation(int hop) {
        return hop < hopBurst.length && graph.hopStart[graph.hopFlow[hop]] != hop;
    }

    /** Input line of a hop: the port before it, −1 for fresh traffic. */
    private int key(int hop) {
        return isContinuation(hop) ? graph.hopPort[hop - 1] : -1;
    }

    private void sortHops() {
        long[] order = new long[portHop.length];
        for (int h = 0; h < order.length; h++) {
            portHopStart[graph.hopPort[h] + 1]++;
            order[h] =
                    ((long) graph.hopPort[h] * (graph.ports + 1) + key(h) + 1) * order.length + h;
        }
        for (int p = 0; p < graph.ports; p++) {
            portHopStart[p + 1] += portHopStart[p];
        }
        Arrays.sort(order);
        for (int k = 0; k < order.length; k++) {
            portHop[k] = (int) (order[k] % order.length);
        }
    }
}
