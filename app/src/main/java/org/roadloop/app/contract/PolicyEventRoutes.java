package org.roadloop.app.contract;

import io.javalin.http.Context;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.contract.EventBook;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.JsonNode;

/** Events that policies name: look, plan, begin, end (策略事件接口). Any thread. */
public final class PolicyEventRoutes {
    public static final String PATH = "/api/v1/policy-events";

    private final EventBook events;
    private final Clock clock;

    public PolicyEventRoutes(EventBook events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                PATH,
                                Role.PROVIDER,
                                "Events that policies name, with every step and its evidence",
                                c -> c.json(Map.of("items", views())))
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.post(
                                PATH,
                                Role.PROVIDER,
                                "Plan, begin or end an event that policies name: {event, step,"
                                        + " evidence, at}; uses that rest on it end within a second",
                                this::note)
                        .schemas(
                                """
                                {"type":"object","required":["event","step","evidence"],
                                 "properties":{"event":{"type":"string"},
                                 "step":{"enum":["plan","begin","end"]},
                                 "evidence":{"type":"string"},
                                 "at":{"type":"string","format":"date-time"}}}
                                """,
                                ""));
    }

    private List<Map<String, Object>> views() {
        Instant now = clock.instant();
        List<Map<String, Object>> views = new ArrayList<>();
        for (EventBook.Named event : events.list()) {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("event", event.name());
            view.put("state", event.state(now));
            List<Map<String, Object>> steps = new ArrayList<>();
            for (EventBook.Step step : event.steps()) {
                steps.add(
                        Map.of(
                                "type", step.type(),
                                "at", step.at().toString(),
                                "notedAt", step.notedAt().toString(),
                                "evidence", step.evidence(),
                                "ledgerIndex", step.index()));
            }
            view.put("steps", steps);
            views.add(view);
        }
        return views;
    }

    private void note(Context c) {
        JsonNode body = Json.object(c);
        String event = body.path("event").asString("");
        String evidence = body.path("evidence").asString("");
        Instant at = at(body);
        try {
            Receipt receipt =
                    switch (body.path("step").asString("")) {
                        case "plan" -> events.plan(event, evidence);
                        case "begin" -> events.begin(event, at, evidence);
                        case "end" -> events.end(event, at, evidence);
                        default ->
                                throw Problem.badRequest(
                                        "invalid_step", "step is plan, begin or end");
                    };
            c.status(201).json(Map.of("ledgerIndex", receipt.firstIndex()));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_event", String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            throw new Problem(409, "event_state", String.valueOf(e.getMessage()));
        } catch (ConflictException e) {
            throw new Problem(409, "event_state", "another step of this event came first");
        }
    }

    private Instant at(JsonNode body) {
        if (!body.hasNonNull("at")) {
            return clock.instant();
        }
        try {
            return OffsetDateTime.parse(body.path("at").asString("")).toInstant();
        } catch (DateTimeException e) {
            throw Problem.badRequest("invalid_time", "'at' is a time with offset");
        }
    }
}
