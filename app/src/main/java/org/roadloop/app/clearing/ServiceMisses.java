package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;

/**
 * A day on which a service level was missed (服务等级未达标), as evidence: its credit is booked when the
 * day is closed, or with the next close. Each party notes it in its own ledger. Any thread.
 */
public final class ServiceMisses {
    private final Ledger ledger;
    private final ContractBook book;
    private final Supplier<Clearing> clearing;
    private final Clock clock;

    /**
     * @param clearing with everything that is in the ledger
     */
    public ServiceMisses(
            Ledger ledger, ContractBook book, Supplier<Clearing> clearing, Clock clock) {
        this.ledger = ledger;
        this.book = book;
        this.clearing = clearing;
        this.clock = clock;
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
        String id = c.pathParam("id");
        ContractBook.Contract contract =
                book.findContract(id)
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "agreement_not_found",
                                                "no agreement '" + id + "'"));
        JsonNode body = Json.object(c);
        String objective = body.required("objective").asString();
        LocalDate day = ClearingRoutes.day(body.required("day").asString(), "day");
        Instant now = clock.instant();
        check(contract, objective, day, clearing.get(), now);
        Optional<Entry> noted = find(contract, objective, day);
        long index =
                noted.map(Entry::index)
                        .orElseGet(
                                () ->
                                        ledger.append(
                                                        Clearing.slaMissed(
                                                                id,
                                                                objective,
                                                                day,
                                                                now,
                                                                book.did()))
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
        try (Stream<Entry> entries = ledger.read(contract.ledgerIndex())) {
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
