package org.roadloop.app.part;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.booking.Calendar;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Decision;
import org.roadloop.network.admission.FlowRequest;
import org.roadloop.network.admission.Topology;
import org.roadloop.network.calendar.BulkNetwork;

/** Flows with a bound, the calendar, and what is left for bulk (网络). */
public final class NetworkPart implements Part {
    private static final double BULK_SHARE = 0.8;
    private static final long MILLI_PER_GIGABYTE_HOP = 20;

    private @Nullable Running running;

    /** What exists between start and close. */
    private record Running(Admission admission, Calendar calendar, BulkNetwork bulk) {}

    /** Body of {@code POST /api/v1/flows}; the units are in the names. */
    record FlowBody(
            String id,
            int trafficClass,
            long rateBitsPerSecond,
            long burstBits,
            long maxPacketBits,
            String source,
            String target,
            long deadlineMicros) {}

    @Override
    public String name() {
        return "network";
    }

    /** Two calendars do not know each other's bookings. */
    @Override
    public boolean onOneNode() {
        return true;
    }

    @Override
    public void start(PlatformContext context) {
        Config.Network settings = context.config().network();
        List<Topology.Port> ports = new ArrayList<>();
        for (Config.Link link : settings.links()) {
            ports.addAll(
                    Topology.line(
                            link.from(),
                            link.to(),
                            link.rateBitsPerSecond(),
                            0,
                            link.latencyMicros() * 1000));
        }
        Topology linked = Topology.of(ports);
        Set<String> nodes = new java.util.LinkedHashSet<>(settings.nodes());
        nodes.addAll(linked.nodes());
        Topology topology = new Topology(nodes, linked.ports(), linked.maxFrameBits());
        String did = context.participant().did();
        Calendar calendar = new Calendar(context.ledger(), context.clock());
        Admission admission = new Admission(topology, context.ledger(), context.clock(), did);
        BulkNetwork bulk =
                new BulkNetwork(
                        admission, calendar, context.clock(), BULK_SHARE, MILLI_PER_GIGABYTE_HOP);
        calendar.replay(context.ledger());
        running = new Running(admission, calendar, bulk);
    }

    Calendar calendar() {
        return running().calendar();
    }

    Admission admission() {
        return running().admission();
    }

    BulkNetwork bulk() {
        return running().bulk();
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'network' is not started");
        }
        return running;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/flows",
                                Role.OPERATOR,
                                "Admit a flow with a worst-case delay, or refuse it with reasons",
                                this::admit)
                        .schemas(
                                """
                                {"type":"object","required":["id","rateBitsPerSecond","burstBits",
                                 "maxPacketBits","source","target","deadlineMicros"]}
                                """,
                                ""),
                Route.get("/api/v1/flows", Role.AUDITOR, "Admitted flows", this::flows),
                Route.delete(
                        "/api/v1/flows/{id}",
                        Role.OPERATOR,
                        "Release a flow",
                        c -> {
                            running().admission().release(c.pathParam("id"));
                            c.json(Map.of("released", c.pathParam("id")));
                        }),
                Route.get("/api/v1/bookings", Role.AUDITOR, "Booked claims", this::bookings));
    }

    private void admit(Context c) {
        FlowBody body = Json.body(c, FlowBody.class);
        Decision decision;
        try {
            decision =
                    running()
                            .admission()
                            .admit(
                                    new FlowRequest(
                                            body.id(),
                                            body.trafficClass(),
                                            body.rateBitsPerSecond(),
                                            body.burstBits(),
                                            body.maxPacketBits(),
                                            body.source(),
                                            body.target(),
                                            Duration.ofNanos(body.deadlineMicros() * 1000)));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_flow", String.valueOf(e.getMessage()));
        }
        switch (decision) {
            case Decision.Admitted admitted -> {
                Map<String, Object> view = new LinkedHashMap<>();
                view.put("id", admitted.flowId());
                view.put("admitted", true);
                view.put("path", admitted.path());
                view.put("delayBoundMicros", admitted.delayBound().toNanos() / 1e3);
                view.put("jitterBoundMicros", admitted.jitterBound().toNanos() / 1e3);
                view.put("deadlineMicros", body.deadlineMicros());
                view.put("method", Decision.METHOD);
                view.put("ledgerIndex", admitted.ledgerIndex());
                c.status(201).json(view);
            }
            case Decision.Refused refused ->
                    c.status(409)
                            .json(
                                    Map.of(
                                            "id",
                                            refused.flowId(),
                                            "admitted",
                                            false,
                                            "reasons",
                                            refused.reasons()));
        }
    }

    private void flows(Context c) {
        List<Map<String, Object>> views = new ArrayList<>();
        for (String id : running().admission().list()) {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("id", id);
            running()
                    .admission()
                    .findBound(id)
                    .ifPresent(bound -> view.put("delayBoundMicros", bound.toNanos() / 1e3));
            views.add(view);
        }
        c.json(Page.of(c).of(views, view -> String.valueOf(view.get("id"))));
    }

    private void bookings(Context c) {
        c.json(Page.of(c).of(running().calendar().bookings(), booking -> booking.id()));
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        return running == null
                ? Map.of()
                : Map.of(
                        "flows_admitted_count",
                        () -> running().admission().list().size(),
                        "bookings_count",
                        () -> running().calendar().bookings().size());
    }

    @Override
    public void close() {
        running = null;
    }
}
