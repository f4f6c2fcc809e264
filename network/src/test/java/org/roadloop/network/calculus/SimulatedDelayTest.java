package org.roadloop.network.calculus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.roadloop.network.calculus.TotalFlowAnalysis.Method;

/** The law of the package: no packet is ever later than the bound, no queue longer. */
class SimulatedDelayTest {
    private static final double RATE = 100e6;
    private static final double PACKET_BITS = 4000;
    private static final double FRAME_BITS = 12_304;

    private enum How {
        TFA(Method.TFA),
        TFA_PLUS_PLUS(Method.TFA_PLUS_PLUS),
        AGGREGATES(Method.TFA_AGGREGATES),
        BOTH(new Method(true, true));

        final Method method;

        How(Method method) {
            this.method = method;
        }
    }

    @ParameterizedTest
    @EnumSource(How.class)
    void noPacketIsEverLaterThanTheBound(How how) {
        double tightest = 0;
        int bounded = 0;
        for (long seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            PortGraph graph = ring(random, seed % 2 == 0);
            Bounds bounds = TotalFlowAnalysis.solve(graph, how.method);
            PacketSimulator simulator = new PacketSimulator(graph, PACKET_BITS, FRAME_BITS, seed);
            simulator.run(0.05);
            assertThat(simulator.delivered).as("seed %d", seed).isGreaterThan(100);
            for (int f = 0; f < graph.flows(); f++) {
                double bound = bounds.flowDelaySeconds(f);
                assertThat(simulator.worstDelay[f])
                        .as("seed %d, flow %d", seed, f)
                        .isLessThanOrEqualTo(bound + 1e-12);
                if (Double.isFinite(bound)) {
                    bounded++;
                    tightest = Math.max(tightest, simulator.worstDelay[f] / bound);
                }
            }
            for (int p = 0; p < graph.ports(); p++) {
                assertThat(simulator.worstBacklog[p])
                        .as("seed %d, port %d", seed, p)
                        .isLessThanOrEqualTo(bounds.backlogBits(p) + 1e-6);
            }
        }
        // The law would hold for bounds of no use as well: some packet must come near one.
        assertThat(tightest).isGreaterThan(0.8);
        assertThat(bounded).isGreaterThan(200);
    }

    /** Ports in a ring; flows of two classes that may go all the way round but one. */
    private static PortGraph ring(Random random, boolean twoClasses) {
        PortGraph.Builder graph = new PortGraph.Builder();
        int ports = 2 + random.nextInt(4);
        for (int p = 0; p < ports; p++) {
            graph.port(
                    new RateLatency(RATE * (1 + random.nextInt(2)), random.nextInt(3) * 5e-6),
                    FRAME_BITS,
                    FRAME_BITS);
        }
        int flows = 2 + random.nextInt(7);
        double load = 0.3 + 0.6 * random.nextDouble();
        for (int f = 0; f < flows; f++) {
            int length = 1 + random.nextInt(ports);
            int[] path = new int[length];
            int from = random.nextInt(ports);
            for (int k = 0; k < length; k++) {
                path[k] = (from + k) % ports;
            }
            double burst = PACKET_BITS * (1 + random.nextInt(6));
            int trafficClass = twoClasses ? random.nextInt(2) : 0;
            graph.flow(trafficClass, new TokenBucket(burst, load * RATE / flows), path);
        }
        return graph.build();
    }
}
