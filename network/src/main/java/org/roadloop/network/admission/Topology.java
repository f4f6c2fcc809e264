package org.roadloop.network.admission;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Nodes and the directed output ports between them (拓扑).
 *
 * @param maxFrameBits longest frame on any line, preamble and gap included; 12,304 for Ethernet
 */
public record Topology(Set<String> nodes, Map<String, Port> ports, long maxFrameBits) {
    public static final long ETHERNET_FRAME_BITS = 1538 * 8;

    /**
     * One direction of a line; its id is {@code from>to}.
     *
     * @param latencyNanos longest time a frame may wait at the port though the line is free:
     *     processing, look-up, stalls
     * @param bufferBits queue memory of the port, all classes together
     * @param propagationNanos time on the line
     */
    public record Port(
            String from,
            String to,
            long rateBitsPerSecond,
            long latencyNanos,
            long bufferBits,
            long propagationNanos) {
        public Port {
            if (rateBitsPerSecond <= 0
                    || latencyNanos < 0
                    || bufferBits <= 0
                    || propagationNanos < 0) {
                throw new IllegalArgumentException(
                        "port %s>%s: rate and buffer > 0, latency and propagation ≥ 0"
                                .formatted(from, to));
            }
        }

        public String id() {
            return from + ">" + to;
        }
    }

    public Topology {
        nodes = Set.copyOf(nodes);
        ports = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(ports));
        if (maxFrameBits <= 0) {
            throw new IllegalArgumentException("longest frame of " + maxFrameBits + " bit");
        }
    }

    public static Topology of(Port... ports) {
        return of(List.of(ports));
    }

    /** Ethernet frames; the nodes are those the ports name. */
    public static Topology of(List<Port> ports) {
        Map<String, Port> byId = new LinkedHashMap<>();
        Set<String> nodes = new LinkedHashSet<>();
        for (Port port : ports) {
            if (byId.put(port.id(), port) != null) {
                throw new IllegalArgumentException("port " + port.id() + " is named twice");
            }
            nodes.add(port.from());
            nodes.add(port.to());
        }
        return new Topology(nodes, byId, ETHERNET_FRAME_BITS);
    }

    /** A line of equal ports both ways. */
    public static List<Port> line(
            String a, String b, long rateBitsPerSecond, long latencyNanos, long propagationNanos) {
        long bufferBits = 8L * 1024 * 1024 * 8;
        return List.of(
                new Port(a, b, rateBitsPerSecond, latencyNanos, bufferBits, propagationNanos),
                new Port(b, a, rateBitsPerSecond, latencyNanos, bufferBits, propagationNanos));
    }

    public Port port(String id) {
        Port port = ports.get(id);
        if (port == null) {
            throw new IllegalArgumentException(
                    "no port '" + id + "'; ports are " + String.join(", ", ports.keySet()));
        }
        return port;
    }
}
