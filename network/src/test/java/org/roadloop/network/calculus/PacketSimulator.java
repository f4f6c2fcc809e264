package org.roadloop.network.calculus;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Packets in virtual time: store and forward, strict priority, FIFO inside a class, a flood of long
 * frames from below at every port. Sources are greedy after random pauses, as bad as their token
 * bucket allows.
 */
final class PacketSimulator {
    private record Packet(int flow, int hop, double bits, double born) {}

    /** A source may send, a packet reaches the queue of a port, a port has sent a packet. */
    private record Happening(double at, long order, int kind, int index, Packet packet)
            implements Comparable<Happening> {
        @Override
        public int compareTo(Happening other) {
            int byTime = Double.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private static final int SEND = 0;
    private static final int QUEUE = 1;
    private static final int SENT = 2;

    private final PortGraph graph;
    private final double packetBits;
    private final double frameBits;
    private final Random random;
    private final PriorityQueue<Happening> agenda = new PriorityQueue<>();
    private final ArrayDeque<Packet>[][] queues;
    private final boolean[] busy;
    private final double[] tokens;
    private final double[] filledAt;
    private final double[] inPort;
    private long order;

    final double[] worstDelay;
    final double[] worstBacklog;
    long delivered;

    /**
     * @param frameBits of the flood, 0 for none
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    PacketSimulator(PortGraph graph, double packetBits, double frameBits, long seed) {
        this.graph = graph;
        this.packetBits = packetBits;
        this.frameBits = frameBits;
        random = new Random(seed);
        queues = new ArrayDeque[graph.ports][8];
        for (ArrayDeque[] classes : queues) {
            for (int c = 0; c < 8; c++) {
                classes[c] = new ArrayDeque<>();
            }
        }
        busy = new boolean[graph.ports];
        tokens = graph.flowBurst.clone();
        filledAt = new double[graph.flows];
        inPort = new double[graph.ports];
        worstDelay = new double[graph.flows];
        worstBacklog = new double[graph.ports];
    }

    void run(double seconds) {
        for (int f = 0; f < graph.flows; f++) {
            plan(random.nextInt(3) * random.nextDouble() * seconds / 50, SEND, f, null);
        }
        if (frameBits > 0) {
            for (int p = 0; p < graph.ports; p++) {
                serve(p, 0);
            }
        }
        while (!agenda.isEmpty() && agenda.peek().at() < seconds) {
            Happening h = agenda.poll();
            switch (h.kind()) {
                case SEND -> send(h.index(), h.at());
                case QUEUE -> {
                    queues[h.index()][graph.flowClass[h.packet().flow()]].add(h.packet());
                    if (!busy[h.index()]) {
                        serve(h.index(), h.at());
                    }
                }
                default -> sent(h.index(), h.packet(), h.at());
            }
        }
    }

    private void plan(double at, int kind, int index, Packet packet) {
        agenda.add(new Happening(at, order++, kind, index, packet));
    }

    private void send(int flow, double now) {
        tokens[flow] =
                Math.min(
                        graph.flowBurst[flow],
                        tokens[flow] + (now - filledAt[flow]) * graph.flowRate[flow]);
        filledAt[flow] = now;
        while (tokens[flow] >= packetBits * (1 - 1e-9)) {
            tokens[flow] -= packetBits;
            enter(new Packet(flow, graph.hopStart[flow], packetBits, now), now);
        }
        double untilNext = (packetBits - tokens[flow]) / graph.flowRate[flow];
        double untilFull = (graph.flowBurst[flow] - tokens[flow]) / graph.flowRate[flow];
        boolean pause = random.nextInt(40) == 0;
        plan(now + (pause ? untilFull * (1 + random.nextDouble()) : untilNext), SEND, flow, null);
    }

    private void enter(Packet packet, double now) {
        int port = graph.hopPort[packet.hop()];
        inPort[port] += packet.bits();
        worstBacklog[port] = Math.max(worstBacklog[port], inPort[port] - sending(port, now));
        plan(now + graph.latency[port], QUEUE, port, packet);
    }

    private final double[] sendingSince = new double[64];
    private final boolean[] sendingOurs = new boolean[64];

    private double sending(int port, double now) {
        return busy[port] && sendingOurs[port] ? (now - sendingSince[port]) * graph.rate[port] : 0;
    }

    private void serve(int port, double now) {
        Packet next = null;
        for (int c = 0; c < 8 && next == null; c++) {
            next = queues[port][c].poll();
        }
        double bits = next == null ? frameBits : next.bits();
        busy[port] = bits > 0;
        sendingSince[port] = now;
        sendingOurs[port] = next != null;
        if (bits > 0) {
            plan(now + bits / graph.rate[port], SENT, port, next);
        }
    }

    private void sent(int port, Packet packet, double now) {
        busy[port] = false;
        if (packet != null) {
            inPort[port] -= packet.bits();
        }
        serve(port, now);
        if (packet == null) {
            return;
        }
        if (packet.hop() + 1 < graph.hopStart[packet.flow() + 1]) {
            enter(new Packet(packet.flow(), packet.hop() + 1, packet.bits(), packet.born()), now);
        } else {
            worstDelay[packet.flow()] = Math.max(worstDelay[packet.flow()], now - packet.born());
            delivered++;
        }
    }
}
