package org.roadloop.network.admission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.network.calculus.Bounds;
import org.roadloop.network.calculus.PortGraph;
import org.roadloop.network.calculus.RateLatency;
import org.roadloop.network.calculus.TokenBucket;
import org.roadloop.network.calculus.TotalFlowAnalysis;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Admits flows only while every promise made still holds (准入控制). Any thread.
 *
 * <p>Each candidate path is tried with all flows admitted so far: the worst-case delay of every
 * flow must stay within its deadline and the worst-case backlog of every port within its buffer (so
 * nothing is ever dropped). The first of the k cheapest paths that passes is taken, its evidence is
 * appended, and only then does the flow count.
 */
public final class Admission {
    public static final String ADMITTED = "network.admitted";
    public static final String RELEASED = "network.released";
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final int PATHS = 6;
    private static final double NANOS = 1e9;

    /** What else has been promised on a port: bulk bookings. */
    public interface OtherPromises {
        OtherPromises NONE =
                new OtherPromises() {
                    @Override
                    public boolean allow(Topology.Port port, long rateBitsPerSecond) {
                        return true;
                    }

                    @Override
                    public void changed(Topology.Port port, long rateBitsPerSecond) {
                        // nobody to tell
                    }
                };

        /** Whether the port may carry this much admitted rate in sum from now on. */
        boolean allow(Topology.Port port, long rateBitsPerSecond);

        /** The sum of admitted rates of the port is this now. */
        void changed(Topology.Port port, long rateBitsPerSecond);
    }

    private record Flow(FlowRequest request, List<String> path) {}

    private final Topology topology;
    private final Ledger ledger;
    private final Clock clock;
    private final String actor;
    private final List<Topology.Port> ports;
    private final Map<String, Integer> portIndex = new HashMap<>();
    private final Map<String, Flow> flows = new LinkedHashMap<>();
    private final Map<String, Long> rateByPort = new HashMap<>();
    private OtherPromises others = OtherPromises.NONE;

    /**
     * Replays the ledger, so that flows survive a restart.
     *
     * @param actor DID in whose name decisions are recorded
     */
    public Admission(Topology topology, Ledger ledger, Clock clock, String actor) {
        this.topology = topology;
        this.ledger = ledger;
        this.clock = clock;
        this.actor = actor;
        ports = List.copyOf(topology.ports().values());
        for (Topology.Port port : ports) {
            portIndex.put(port.id(), portIndex.size());
        }
        try (var entries = ledger.read(0, Set.of(ADMITTED, RELEASED))) {
            entries.forEach(this::replay);
        }
        List.copyOf(flows.values()).forEach(this::releaseIfUnroutable);
        flows.values().forEach(flow -> count(flow, flow.request().rateBitsPerSecond()));
    }

    /** A flow over a line that the configuration has no more can't be promised anything. */
    private void releaseIfUnroutable(Flow flow) {
        Optional<String> gone =
                flow.path().stream().filter(id -> !portIndex.containsKey(id)).findFirst();
        if (gone.isPresent()) {
            String id = flow.request().id();
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.put("reason", "port_gone").put("port", gone.get());
            ledger.append(Event.of(RELEASED, clock.instant(), actor, id, body));
            flows.remove(id);
            LOG.warn(
                    "flow {} is released: its port {} is no more in network.links; admit it again",
                    id,
                    gone.get());
        }
    }

    public Topology topology() {
        return topology;
    }

    /** Bulk bookings ask to be respected; set once while wiring. */
    public synchronized void respect(OtherPromises promises) {
        others = promises;
        ports.forEach(port -> promises.changed(port, rateByPort.getOrDefault(port.id(), 0L)));
    }

    public synchronized Decision admit(FlowRequest request) {
        List<Decision.Reason> reasons = new ArrayList<>();
        if (flows.containsKey(request.id())) {
            return refuse(request, "duplicate", "flow " + request.id() + " is already admitted");
        }
        if (request.maxPacketBits() > topology.maxFrameBits()) {
            return refuse(
                    request,
                    "packet_too_long",
                    "packets of %d bit, lines carry at most %d"
                            .formatted(request.maxPacketBits(), topology.maxFrameBits()));
        }
        for (String node : List.of(request.source(), request.target())) {
            if (!topology.nodes().contains(node)) {
                return refuse(request, "no_path", "no node '" + node + "' in the topology");
            }
        }
        for (List<Topology.Port> path :
                routes().cheapest(request.source(), request.target(), PATHS)) {
            List<String> ids = path.stream().map(Topology.Port::id).toList();
            Flow flow = new Flow(request, ids);
            Decision.@Nullable Reason objection = booked(flow);
            if (objection != null) {
                reasons.add(objection);
                continue;
            }
            List<Flow> tentative = new ArrayList<>(flows.values());
            tentative.add(flow);
            Bounds bounds = solve(tentative);
            objection = objection(tentative, bounds);
            if (objection == null) {
                return accept(flow, bounds, tentative.size() - 1);
            }
            reasons.add(objection);
        }
        if (reasons.isEmpty()) {
            return refuse(
                    request,
                    "no_path",
                    "no path from " + request.source() + " to " + request.target());
        }
        return new Decision.Refused(request.id(), reasons);
    }

    /**
     * Takes a flow out; bounds of the others can only shrink.
     *
     * @throws IllegalArgumentException if no such flow is admitted
     */
    public synchronized void release(String flowId) {
        Flow flow = flows.get(flowId);
        if (flow == null) {
            throw new IllegalArgumentException("no admitted flow '" + flowId + "'");
        }
        ledger.append(
                Event.of(
                        RELEASED,
                        clock.instant(),
                        actor,
                        flowId,
                        JsonMapper.shared().createObjectNode()));
        remove(flow);
    }

    /** Sum of the admitted rates through a port, bit/s. */
    public synchronized long admittedRate(String portId) {
        return rateByPort.getOrDefault(topology.port(portId).id(), 0L);
    }

    public synchronized List<String> list() {
        return List.copyOf(flows.keySet());
    }

    /** The bound of an admitted flow among all flows admitted now. */
    public synchronized Optional<Duration> findBound(String flowId) {
        List<Flow> all = List.copyOf(flows.values());
        Bounds bounds = solve(all);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).request().id().equals(flowId)) {
                return Optional.of(Duration.ofNanos(boundNanos(all.get(i), bounds, i)));
            }
        }
        return Optional.empty();
    }

    private Routes routes() {
        // Hops first; among equal hops the least used.
        return new Routes(
                topology,
                port ->
                        1
                                + rateByPort.getOrDefault(port.id(), 0L)
                                        / (double) port.rateBitsPerSecond());
    }

    private Decision.@Nullable Reason booked(Flow flow) {
        for (String id : flow.path()) {
            Topology.Port port = topology.port(id);
            long sum = rateByPort.getOrDefault(id, 0L) + flow.request().rateBitsPerSecond();
            if (!others.allow(port, sum)) {
                return new Decision.Reason(
                        "capacity_booked",
                        "port %s: bulk transfers are booked on what would be left of %d bit/s"
                                .formatted(id, port.rateBitsPerSecond()));
            }
        }
        return null;
    }

    private Bounds solve(List<Flow> all) {
        PortGraph.Builder graph = new PortGraph.Builder();
        for (Topology.Port port : ports) {
            graph.port(
                    new RateLatency(port.rateBitsPerSecond(), port.latencyNanos() / NANOS),
                    topology.maxFrameBits(),
                    topology.maxFrameBits());
        }
        for (Flow flow : all) {
            graph.flow(
                    flow.request().trafficClass(),
                    new TokenBucket(flow.request().burstBits(), flow.request().rateBitsPerSecond()),
                    flow.path().stream().mapToInt(portIndex::get).toArray());
        }
        return TotalFlowAnalysis.solve(graph.build(), TotalFlowAnalysis.Method.TFA_PLUS_PLUS);
    }

    /** The first promise that would be broken; the last flow is the new one. */
    private Decision.@Nullable Reason objection(List<Flow> all, Bounds bounds) {
        for (int i = all.size() - 1; i >= 0; i--) {
            Flow flow = all.get(i);
            double seconds = bounds.flowDelaySeconds(i);
            boolean own = i == all.size() - 1;
            String over = " over " + String.join(", ", all.getLast().path());
            if (Double.isInfinite(seconds)) {
                return new Decision.Reason(
                        own ? "unstable" : "harms_flow",
                        "flow " + flow.request().id() + " would have no bound" + over);
            }
            long bound = boundNanos(flow, bounds, i);
            if (bound > flow.request().deadline().toNanos()) {
                return new Decision.Reason(
                        own ? "deadline_missed" : "harms_flow",
                        "flow %s: bound of %d ns is above its deadline of %d ns%s"
                                .formatted(
                                        flow.request().id(),
                                        bound,
                                        flow.request().deadline().toNanos(),
                                        over));
            }
        }
        for (int p = 0; p < ports.size(); p++) {
            if (bounds.backlogBits(p) > ports.get(p).bufferBits()) {
                return new Decision.Reason(
                        "buffer_exceeded",
                        "port %s: worst backlog of %.0f bit is above its buffer of %d bit"
                                .formatted(
                                        ports.get(p).id(),
                                        bounds.backlogBits(p),
                                        ports.get(p).bufferBits()));
            }
        }
        return null;
    }

    private Decision accept(Flow flow, Bounds bounds, int index) {
        long delay = boundNanos(flow, bounds, index);
        long shortest = 0;
        for (String id : flow.path()) {
            Topology.Port port = topology.port(id);
            // The first bit can't be at the far end before one packet of it has been sent; packets
            // shorter than the longest are allowed, so only propagation is certain.
            shortest += port.propagationNanos();
        }
        FlowRequest r = flow.request();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("class", r.trafficClass()).put("rateBitsPerSecond", r.rateBitsPerSecond());
        body.put("burstBits", r.burstBits()).put("maxPacketBits", r.maxPacketBits());
        body.put("source", r.source()).put("target", r.target());
        body.put("deadlineNanos", r.deadline().toNanos());
        flow.path().forEach(body.putArray("path")::add);
        body.put("delayBoundNanos", delay).put("jitterBoundNanos", delay - shortest);
        body.put("method", Decision.METHOD);
        Instant now = clock.instant();
        long at = ledger.append(Event.of(ADMITTED, now, actor, r.id(), body)).firstIndex();
        add(flow);
        return new Decision.Admitted(
                r.id(),
                flow.path(),
                Duration.ofNanos(delay),
                Duration.ofNanos(delay - shortest),
                at);
    }

    private long boundNanos(Flow flow, Bounds bounds, int index) {
        long propagation = 0;
        for (String id : flow.path()) {
            propagation += topology.port(id).propagationNanos();
        }
        return (long) Math.ceil(bounds.flowDelaySeconds(index) * NANOS) + propagation;
    }

    private static Decision refuse(FlowRequest request, String code, String text) {
        return new Decision.Refused(request.id(), List.of(new Decision.Reason(code, text)));
    }

    private void replay(Entry entry) {
        Event event = entry.event();
        if (event.type().equals(ADMITTED) && event.body() instanceof Event.Inline) {
            JsonNode json = event.json();
            List<String> path =
                    json.required("path").valueStream().map(JsonNode::asString).toList();
            flows.put(
                    event.subject(),
                    new Flow(
                            new FlowRequest(
                                    event.subject(),
                                    json.required("class").asInt(),
                                    json.required("rateBitsPerSecond").asLong(),
                                    json.required("burstBits").asLong(),
                                    json.required("maxPacketBits").asLong(),
                                    json.required("source").asString(),
                                    json.required("target").asString(),
                                    Duration.ofNanos(json.required("deadlineNanos").asLong())),
                            path));
        } else if (event.type().equals(RELEASED)) {
            flows.remove(event.subject());
        }
    }

    private void add(Flow flow) {
        flows.put(flow.request().id(), flow);
        count(flow, flow.request().rateBitsPerSecond());
    }

    private void remove(Flow flow) {
        flows.remove(flow.request().id());
        count(flow, -flow.request().rateBitsPerSecond());
    }

    private void count(Flow flow, long rateBitsPerSecond) {
        for (String id : flow.path()) {
            long sum = rateByPort.merge(id, rateBitsPerSecond, Long::sum);
            others.changed(topology.port(id), sum);
        }
    }
}
