package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;

/**
 * A day on which a service level was missed (服务等级未达标), as evidence: its credit is booked when the
 * day is closed, or with the next close. Each party notes it in its own ledger. Any thread.
 */
public final class ServiceMisses {
    private final OpenBooks books;

    public ServiceMisses(OpenBooks books) {
        this.books = books;
    }

    public Route route() {
        return Route.post(
                        "/api/v1/agreements/{id}/misses",
                        Role.PROVIDER,
                        "Note a missed service level of a day, once: its credit goes on the bill",
                        this::note)
                .alsoFor(Role.CONSUMER)
                .schemas(
                        """
                        {"type":"object","required":["objective","day"],
                         "properties":{"objective":{"type":"string"},
                         "day":{"type":"string","format":"date"}}}
                        """,
                        "");
    }

    private void note(Context c) {
        ContractBook.Contract contract = books.contract(c);
        mustBeOnItsSide(Caller.of(c).role(), contract.agreement());
        JsonNode body = Json.object(c);
        String objective = body.required("objective").asString();
        LocalDate day = ClearingRoutes.day(body.required("day").asString(), "day");
        Instant now = books.clock().instant();
        check(contract, objective, day, books.clearing(), now);
        Optional<Entry> noted = find(contract, objective, day);
        long index =
                noted.map(Entry::index)
                        .orElseGet(
                                () ->
                                        books.ledger()
                                                .append(
                                                        Clearing.slaMissed(
                                                                contract.agreement().id(),
                                                                objective,
                                                                day,
                                                                now,
                                                                books.did()))
                                                .firstIndex());
        c.status(noted.isPresent() ? 200 : 201)
                .json(
                        Map.of(
                                "objective",
                                objective,
                                "day",
                                day.toString(),
                                "ledgerIndex",
                                index,
                                "repeated",
                                noted.isPresent()));
    }

    /** Who works for the provider notes nothing where we are the consumer, nor the other way. */
    private void mustBeOnItsSide(Role role, Agreement agreement) {
        boolean other =
                role == Role.PROVIDER && !agreement.provider().equals(books.did())
                        || role == Role.CONSUMER && !agreement.consumer().equals(books.did());
        if (other) {
            throw new Problem(
                    403,
                    "other_side",
                    "role '"
                            + role.word()
                            + "' notes misses where this participant is the "
                            + role.word()
                            + "; it is not under agreement '"
                            + agreement.id()
                            + "'");
        }
    }

    private static void check(
            ContractBook.Contract contract,
            String objective,
            LocalDate day,
            Clearing clearing,
            Instant now) {
        List<String> agreed =
                contract.agreement().tariff().credits().objectives().stream()
                        .map(Tariff.Objective::objective)
                        .toList();
        if (!agreed.contains(objective)) {
            throw Problem.badRequest(
                    "unknown_objective",
                    "the agreement gives no credit for '"
                            + objective
                            + "'"
                            + (agreed.isEmpty() ? "" : "; it has " + String.join(", ", agreed)));
        }
        boolean before = day.isBefore(clearing.day(contract.agreement().agreedAt()));
        if (before || day.isAfter(clearing.day(now))) {
            throw Problem.badRequest(
                    "outside_agreement", day + " is not a day of the agreement, up to today");
        }
    }

    private Optional<Entry> find(ContractBook.Contract contract, String objective, LocalDate day) {
        try (Stream<Entry> entries = books.ledger().read(contract.ledgerIndex())) {
            return entries.filter(entry -> is(entry.event(), contract, objective, day)).findFirst();
        }
    }

    private static boolean is(
            Event event, ContractBook.Contract contract, String objective, LocalDate day) {
        return event.type().equals(Clearing.SLA_MISSED)
                && event.subject().equals(contract.agreement().id())
                && event.json().path("objective").asString("").equals(objective)
                && event.json().path("day").asString("").equals(day.toString());
    }
}
