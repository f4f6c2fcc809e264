package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.clearing.Bill;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.DayClose;
import org.roadloop.core.clearing.JournalEntry;
import org.roadloop.core.clearing.Posting;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.clearing.UsageTotals;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Bills, metered uses, accounts and closed days of one ledger (账单与账户). Any thread. */
public final class ClearingRoutes {
    private static final int MOST_DAYS = 400;

    private final OpenBooks books;

    public ClearingRoutes(OpenBooks books) {
        this.books = books;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/agreements/{id}/bill",
                                Role.CONSUMER,
                                "The bill: ?from=&to= days, ?format=json, csv or html (a page to"
                                        + " print, ?lang=zh or en, else both)",
                                this::bill)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.get(
                                "/api/v1/agreements/{id}/usage",
                                Role.CONSUMER,
                                "Metered uses with their place in the ledger, oldest first",
                                this::usage)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.get(
                                "/api/v1/accounts",
                                Role.PROVIDER,
                                "Every account and its balance; each currency adds up to 0",
                                this::accounts)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.get(
                                "/api/v1/accounts/{did}/statement",
                                Role.PROVIDER,
                                "What was booked for a participant: ?from=&to= days",
                                this::statement)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.get(
                                "/api/v1/clearing/days",
                                Role.PROVIDER,
                                "Closed days, latest first",
                                this::days)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.get(
                                "/api/v1/clearing/days/{day}",
                                Role.PROVIDER,
                                "A closed day: positions, what each pair would pay, what is paid",
                                this::day)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.get(
                                "/api/v1/clearing/reviews",
                                Role.PROVIDER,
                                "What was not booked and why: duplicates, late uses, differences",
                                this::reviews)
                        .alsoFor(Role.AUDITOR));
    }

    /** A day as it stands in a request. */
    public static LocalDate day(String text, String name) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw Problem.badRequest(
                    "invalid_" + name,
                    "'" + name + "' is a day, as 2026-11-01, not '" + text + "'");
        }
    }

    private static LocalDate day(Context c, String name, LocalDate fallback) {
        return Optional.ofNullable(c.queryParam(name)).map(t -> day(t, name)).orElse(fallback);
    }

    // ---------------------------------------------------------------- bill and usage

    private void bill(Context c) {
        ContractBook.Contract contract = books.contract(c);
        Bill bill =
                books.clearing()
                        .findBill(
                                contract.agreement().id(),
                                day(c, "from", LocalDate.MIN),
                                day(c, "to", LocalDate.MAX))
                        .orElseThrow(
                                () ->
                                        new Problem(
                                                409,
                                                "tariff_unreadable",
                                                "the agreement's tariff can't be read; see"
                                                        + " /api/v1/clearing/reviews"));
        String meter =
                contract.agreement().provider().equals(books.did()) ? "provider" : "consumer";
        c.header("Roadloop-Meter", meter);
        switch (Optional.ofNullable(c.queryParam("format")).orElse("json")) {
            case "json" -> c.json(bill.toJson().put("meter", meter));
            case "csv" -> c.contentType("text/csv; charset=utf-8").result(bill.toCsv());
            case "html" -> c.contentType("text/html; charset=utf-8").result(page(c, bill, meter));
            default -> throw Problem.badRequest("invalid_format", "format is json, csv or html");
        }
    }

    /** The page says whose meter it is by: the consumer's bill is its own reckoning. */
    private static String page(Context c, Bill bill, String meter) {
        Bill.Language language =
                switch (Optional.ofNullable(c.queryParam("lang")).orElse("")) {
                    case "" -> Bill.Language.BOTH;
                    case "zh" -> Bill.Language.CHINESE;
                    case "en" -> Bill.Language.ENGLISH;
                    default ->
                            throw Problem.badRequest(
                                    "invalid_lang", "lang is zh or en; both without it");
                };
        Bill.Note note =
                meter.equals("provider")
                        ? new Bill.Note("按提供方计量。", "By the provider's meter.")
                        : new Bill.Note(
                                "按使用方自有计量（核对用）。",
                                "By the consumer's own meter, to compare with the provider's bill.");
        return bill.toHtml(language, note);
    }

    private void usage(Context c) {
        ContractBook.Contract contract = books.contract(c);
        Page page = Page.of(c);
        long from = Math.max(contract.ledgerIndex(), page.afterIndex() + 1);
        List<ObjectNode> views = new ArrayList<>();
        try (Stream<Entry> entries = books.ledger().read(from)) {
            entries.flatMap(entry -> view(entry, contract.agreement().id()).stream())
                    .limit(page.limit() + 1L)
                    .forEach(views::add);
        }
        c.json(page.answer(views, view -> view.required("ledgerIndex").asString()));
    }

    private static Optional<ObjectNode> view(Entry entry, String agreement) {
        Event event = entry.event();
        if (!(event.body() instanceof Event.Inline inline)) {
            return Optional.empty();
        }
        boolean about = event.subject().equals(agreement);
        JsonNode body =
                switch (event.type()) {
                    case UsageRecord.EVENT, UsageRecord.RECEIVED, UsageReversal.EVENT ->
                            about ? inline.json() : null;
                    case UsageTotals.EVENT -> ofBatch(inline.json(), agreement);
                    default -> null;
                };
        if (body == null) {
            return Optional.empty();
        }
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("ledgerIndex", entry.index()).put("type", event.type());
        view.put("at", event.at().toString());
        body.properties().forEach(member -> view.set(member.getKey(), member.getValue()));
        return Optional.of(view);
    }

    /** The batch with the totals of one agreement; null if it has none. */
    private static @org.jspecify.annotations.Nullable JsonNode ofBatch(
            JsonNode json, String agreement) {
        ObjectNode own = (ObjectNode) json.deepCopy();
        ArrayNode totals = own.putArray("totals");
        for (JsonNode total : json.required("totals")) {
            if (total.required("agreement").asString().equals(agreement)) {
                totals.add(total);
            }
        }
        return totals.isEmpty() ? null : own;
    }

    // ---------------------------------------------------------------- accounts and days

    private void accounts(Context c) {
        List<ObjectNode> views = new ArrayList<>();
        books.clearing()
                .trialBalance()
                .forEach(
                        (account, milli) ->
                                views.add(
                                        Json.mapper()
                                                .createObjectNode()
                                                .put("participant", account.participant())
                                                .put("kind", account.kind().name())
                                                .put("currency", account.currency())
                                                .put("balanceMilli", milli)));
        c.json(
                Page.of(c)
                        .of(
                                views,
                                v ->
                                        v.required("participant").asString()
                                                + v.required("kind").asString()
                                                + v.required("currency").asString()));
    }

    private void statement(Context c) {
        String did = c.pathParam("did");
        LocalDate through = day(c, "to", LocalDate.MAX);
        List<ObjectNode> views = new ArrayList<>();
        for (JournalEntry entry :
                books.clearing().journal(day(c, "from", LocalDate.MIN), through)) {
            if (entry.postings().stream().anyMatch(p -> p.account().participant().equals(did))) {
                views.add(view(entry, did, views.size()));
            }
        }
        c.json(Page.of(c).of(views, view -> view.required("number").asString()));
    }

    private static ObjectNode view(JournalEntry entry, String did, int number) {
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("number", number).put("day", entry.day().toString());
        view.put("kind", entry.kind().name()).put("agreement", entry.agreement());
        view.put("what", entry.what()).put("flavour", entry.flavour());
        ArrayNode postings = view.putArray("postings");
        for (Posting posting : entry.postings()) {
            if (posting.account().participant().equals(did)) {
                postings.addObject()
                        .put("account", posting.account().kind().name())
                        .put("currency", posting.account().currency())
                        .put("milli", posting.milli());
            }
        }
        view.set("evidence", entry.evidence().toJson());
        return view;
    }

    private void days(Context c) {
        List<Map<String, Object>> views = new ArrayList<>();
        Clearing now = books.clearing();
        Optional<DayClose> close = now.closedThrough().flatMap(now::findClose);
        while (close.isPresent() && views.size() < MOST_DAYS) {
            views.add(
                    Map.of(
                            "day",
                            close.get().day().toString(),
                            "ledgerIndex",
                            close.get().cutIndex(),
                            "currencies",
                            close.get().currencies().stream()
                                    .map(DayClose.CurrencyClose::currency)
                                    .toList()));
            close = now.findClose(close.get().day().minusDays(1));
        }
        c.json(Page.of(c).of(views, view -> String.valueOf(view.get("day"))));
    }

    private void day(Context c) {
        LocalDate day = day(c.pathParam("day"), "day");
        c.json(
                books.clearing()
                        .findClose(day)
                        .map(ClearingRoutes::view)
                        .orElseThrow(
                                () -> Problem.notFound("day_not_closed", day + " is not closed")));
    }

    static ObjectNode view(DayClose close) {
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("day", close.day().toString()).put("zone", close.zone());
        view.put("ledgerIndex", close.cutIndex()).put("stateHash", close.stateHash());
        view.set("currencies", Json.mapper().valueToTree(close.currencies()));
        return view;
    }

    private void reviews(Context c) {
        c.json(Map.of("counts", books.clearing().counts(), "items", books.clearing().reviews()));
    }
}
