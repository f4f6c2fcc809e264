package org.roadloop.network.calculus;

import java.util.Arrays;

/**
 * Output ports and the flows through them, in arrays (端口图). Built once, then read only.
 *
 * <p>A <i>hop</i> is one flow at one port; the hops of flow {@code f} are {@code hopStart[f] ..
 * hopStart[f + 1] - 1} in the order of its path.
 */
public final class PortGraph {
    final int ports;
    final int flows;

    /** Per port. */
    final double[] rate;

    final double[] latency;
    final double[] lowerFrame;
    final double[] lineBurst;

    /** Per flow; class 0 is served first. */
    final double[] flowBurst;

    final double[] flowRate;
    final int[] flowClass;
    final int[] hopStart;

    /** Per hop. */
    final int[] hopPort;

    final int[] hopFlow;

    private PortGraph(Builder b) {
        ports = b.ports;
        flows = b.flows;
        rate = Arrays.copyOf(b.rate, ports);
        latency = Arrays.copyOf(b.latency, ports);
        lowerFrame = Arrays.copyOf(b.lowerFrame, ports);
        lineBurst = Arrays.copyOf(b.lineBurst, ports);
        flowBurst = Arrays.copyOf(b.flowBurst, flows);
        flowRate = Arrays.copyOf(b.flowRate, flows);
        flowClass = Arrays.copyOf(b.flowClass, flows);
        hopStart = Arrays.copyOf(b.hopStart, flows + 1);
        hopPort = Arrays.copyOf(b.hopPort, hopStart[flows]);
        hopFlow = new int[hopPort.length];
        for (int f = 0; f < flows; f++) {
            Arrays.fill(hopFlow, hopStart[f], hopStart[f + 1], f);
        }
    }

    public int ports() {
        return ports;
    }

    public int flows() {
        return flows;
    }

    public int[] path(int flow) {
        return Arrays.copyOfRange(hopPort, hopStart[flow], hopStart[flow + 1]);
    }

    /** Collects ports, then flows. One thread. */
    public static final class Builder {
        private int ports;
        private int flows;
        private double[] rate = new double[16];
        private double[] latency = new double[16];
        private double[] lowerFrame = new double[16];
        private double[] lineBurst = new double[16];
        private double[] flowBurst = new double[16];
        private double[] flowRate = new double[16];
        private int[] flowClass = new int[16];
        private int[] hopStart = new int[17];
        private int[] hopPort = new int[64];

        /**
         * @param server strict service of the port; its rate is also the line rate
         * @param lowerFrameBits longest frame that may block from below every class, 0 for none
         * @param lineBurstBits what the line delivers at once: the longest frame, 0 for fluid
         * @return index of the port
         */
        public int port(RateLatency server, double lowerFrameBits, double lineBurstBits) {
            if (ports == rate.length) {
                rate = Arrays.copyOf(rate, 2 * ports);
                latency = Arrays.copyOf(latency, 2 * ports);
                lowerFrame = Arrays.copyOf(lowerFrame, 2 * ports);
                lineBurst = Arrays.copyOf(lineBurst, 2 * ports);
            }
            rate[ports] = server.rateBitsPerSecond();
            latency[ports] = server.latencySeconds();
            lowerFrame[ports] = lowerFrameBits;
            lineBurst[ports] = lineBurstBits;
            return ports++;
        }

        /**
         * @param trafficClass 0 is served first
         * @param path ports in order, at least one, none twice
         * @return index of the flow
         */
        public int flow(int trafficClass, TokenBucket arrival, int... path) {
            if (trafficClass < 0 || trafficClass > 7 || path.length == 0) {
                throw new IllegalArgumentException(
                        "flow of class %d over %d ports: class 0 to 7, at least one port"
                                .formatted(trafficClass, path.length));
            }
            if (flows == flowRate.length) {
                flowBurst = Arrays.copyOf(flowBurst, 2 * flows);
                flowRate = Arrays.copyOf(flowRate, 2 * flows);
                flowClass = Arrays.copyOf(flowClass, 2 * flows);
                hopStart = Arrays.copyOf(hopStart, 2 * flows + 1);
            }
            int at = hopStart[flows];
            if (at + path.length > hopPort.length) {
                hopPort = Arrays.copyOf(hopPort, Math.max(2 * hopPort.length, at + path.length));
            }
            for (int k = 0; k < path.length; k++) {
                for (int earlier = 0; earlier < k; earlier++) {
                    if (path[earlier] == path[k]) {
                        throw new IllegalArgumentException(
                                "path visits port " + path[k] + " twice");
                    }
                }
                if (path[k] < 0 || path[k] >= ports) {
                    throw new IllegalArgumentException("path names unknown port " + path[k]);
                }
                hopPort[at + k] = path[k];
            }
            flowBurst[flows] = arrival.burstBits();
            flowRate[flows] = arrival.rateBitsPerSecond();
            flowClass[flows] = trafficClass;
            hopStart[flows + 1] = at + path.length;
            return flows++;
        }

        public PortGraph build() {
            return new PortGraph(this);
        }
    }
}
