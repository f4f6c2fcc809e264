package org.roadloop.app.market;

import io.javalin.http.Context;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.task.TaskMarket;
import org.roadloop.core.booking.BookingRefusedException;
import tools.jackson.databind.JsonNode;

/** Slots that organisations keep for themselves for a time (算力预留接口). */
public final class ReservationRoutes {
    private static final String PATH = "/api/v1/reservations";
    private static final String ASKED =
            """
            {"type":"object","required":["site","slots","from","until"],
             "properties":{"organisation":{"type":"string",
               "description":"DID whose tasks may run in it; left out: the platform's own"},
              "site":{"type":"string"},"slots":{"type":"integer","minimum":1},
              "from":{"type":"string","format":"date-time"},
              "until":{"type":"string","format":"date-time"}}}
            """;
    private static final String RESERVATION =
            """
            {"type":"object","required":["id","organisation","site","slots","from","until"],
             "properties":{"id":{"type":"string"},"organisation":{"type":"string"},
              "site":{"type":"string"},"slots":{"type":"integer"},
              "from":{"type":"string"},"until":{"type":"string"}}}
            """;
    private static final String LIST =
            """
            {"type":"object","required":["items"],"properties":{"next":{"type":"string"},
             "items":{"type":"array","items":%s}}}
            """
                    .formatted(RESERVATION);
    private static final String CANCELLED =
            """
            {"type":"object","required":["cancelled"],"properties":{"cancelled":{"type":"string"}}}
            """;

    private final Supplier<TaskMarket> market;

    public ReservationRoutes(Supplier<TaskMarket> market) {
        this.market = market;
    }

    public List<Route> routes() {
        return List.of(
                Route.post(
                                PATH,
                                Role.OPERATOR,
                                "Keep slots of a site for an organisation; its tasks name the id in"
                                        + " roadloop.reservation",
                                this::reserve)
                        .schemas(ASKED, RESERVATION),
                Route.get(PATH, Role.OPERATOR, "Reservations that are not over, by id", this::list)
                        .schemas("", LIST),
                Route.delete(
                                PATH + "/{id}",
                                Role.OPERATOR,
                                "Give a reservation back; tasks that run in it go on",
                                this::cancel)
                        .schemas("", CANCELLED));
    }

    private void reserve(Context c) {
        JsonNode body = Json.object(c);
        try {
            Broker.Reservation made =
                    market.get()
                            .reserve(
                                    body.path("organisation").asString(""),
                                    text(body, "site"),
                                    slots(body),
                                    time(body, "from"),
                                    time(body, "until"));
            c.status(201).json(made);
        } catch (BookingRefusedException e) {
            throw new Problem(409, "slots_not_free", String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_reservation", String.valueOf(e.getMessage()));
        }
    }

    private static String text(JsonNode body, String member) {
        if (!body.path(member).isString()) {
            throw new IllegalArgumentException(member + " is missing or no text");
        }
        return body.path(member).asString();
    }

    private static long slots(JsonNode body) {
        if (!body.path("slots").isIntegralNumber()) {
            throw new IllegalArgumentException("slots is missing or no whole number");
        }
        return body.path("slots").asLong();
    }

    private static Instant time(JsonNode body, String member) {
        String text = text(body, member);
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "%s = '%s' is not like 2026-01-31T08:00:00Z".formatted(member, text), e);
        }
    }

    private void list(Context c) {
        c.json(Page.of(c).of(market.get().reservations(), Broker.Reservation::id));
    }

    private void cancel(Context c) {
        String id = c.pathParam("id");
        if (!market.get().cancelReservation(id)) {
            throw Problem.notFound(
                    "reservation_not_found",
                    "there is no reservation '" + id + "'; GET " + PATH + " lists them");
        }
        c.json(Map.of("cancelled", id));
    }
}
