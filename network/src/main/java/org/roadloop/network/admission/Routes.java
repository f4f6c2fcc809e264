package org.roadloop.network.admission;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jgrapht.alg.shortestpath.YenKShortestPath;
import org.jgrapht.graph.DirectedWeightedMultigraph;

/** The k cheapest loop-free paths between two nodes (Yen 1971). One thread. */
public final class Routes {
    private final Topology topology;
    private final ToDoubleFunction<Topology.Port> cost;

    /**
     * @param cost of one port, above 0
     */
    public Routes(Topology topology, ToDoubleFunction<Topology.Port> cost) {
        this.topology = topology;
        this.cost = cost;
    }

    /** Paths as ports in order, cheapest first; none if the nodes are not connected. */
    public List<List<Topology.Port>> cheapest(String source, String target, int k) {
        DirectedWeightedMultigraph<String, Topology.Port> graph =
                new DirectedWeightedMultigraph<>(Topology.Port.class);
        topology.nodes().forEach(graph::addVertex);
        for (Topology.Port port : topology.ports().values()) {
            graph.addEdge(port.from(), port.to(), port);
            graph.setEdgeWeight(port, cost.applyAsDouble(port));
        }
        return new YenKShortestPath<>(graph)
                .getPaths(source, target, k).stream().map(path -> path.getEdgeList()).toList();
    }
}
