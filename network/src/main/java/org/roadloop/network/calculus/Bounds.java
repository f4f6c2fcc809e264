package org.roadloop.network.calculus;

/** Worst cases of every port and flow (上界): seconds and bits, infinite where none was found. */
public final class Bounds {
    private final PortGraph graph;
    private final double[] classPortDelay;
    private final double[] portBacklog;

    Bounds(PortGraph graph, double[] classPortDelay, double[] portBacklog) {
        this.graph = graph;
        this.classPortDelay = classPortDelay;
        this.portBacklog = portBacklog;
    }

    /** From the arrival of a bit at the port to its departure; 0 where no flow of the class is. */
    public double portDelaySeconds(int trafficClass, int port) {
        return classPortDelay[trafficClass * graph.ports + port];
    }

    /** All classes together: a buffer at least this large never drops. */
    public double backlogBits(int port) {
        return portBacklog[port];
    }

    /** Sum over the path, propagation not included. */
    public double flowDelaySeconds(int flow) {
        double sum = 0;
        for (int h = graph.hopStart[flow]; h < graph.hopStart[flow + 1]; h++) {
            sum += portDelaySeconds(graph.flowClass[flow], graph.hopPort[h]);
        }
        return sum;
    }
}
