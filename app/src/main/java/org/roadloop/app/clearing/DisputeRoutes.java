package org.roadloop.app.clearing;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.clearing.Dispute;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Comparing meters and settling cases (对账与争议), as our users and as other participants call it.
 * Under {@code /clearing} a caller proves its DID, as it does to the connector. Any thread.
 */
public final class DisputeRoutes {
    private static final Logger log = LoggerFactory.getLogger(DisputeRoutes.class);
    private static final int MOST_DAYS = 31;

    private final Reconciler reconciler;
    private final Peers peers;
    private final ContractBook book;
    private final CallerIdentity identity;
    private final TransparencyLog ledger;
    private final ZoneId zone;
    private final Clock clock;

    public DisputeRoutes(
            Reconciler reconciler,
            Peers peers,
            ContractBook book,
            CallerIdentity identity,
            TransparencyLog ledger,
            ZoneId zone,
            Clock clock) {
        this.reconciler = reconciler;
        this.peers = peers;
        this.book = book;
        this.identity = identity;
        this.ledger = ledger;
        this.zone = zone;
        this.clock = clock;
    }

    // ---------------------------------------------------------------- our users

    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/agreements/{id}/reconcile",
                                Role.PROVIDER,
                                "Compare our meter with the peer's, day by day: ?from=&to=, default"
                                        + " today; over 1 % opens a case at both",
                                this::reconcile)
                        .alsoFor(Role.CONSUMER)
                        .schemas("", RECONCILED),
                Route.get(
                                "/api/v1/disputes",
                                Role.PROVIDER,
                                "Cases about metered use, oldest first",
                                this::list)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.get(
                                "/api/v1/disputes/{id}",
                                Role.PROVIDER,
                                "A case with the metered entries and proofs of both parties",
                                this::one)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.post(
                                "/api/v1/disputes/{id}/settle",
                                Role.PROVIDER,
                                "Settle on {outcome: peer}, or propose own or middle to the peer",
                                this::settle)
                        .alsoFor(Role.CONSUMER)
                        .schemas(
                                """
                                {"type":"object","required":["outcome"],"properties":{
                                 "outcome":{"enum":["peer","own","middle"]}}}
                                """,
                                ""));
    }

    private static final String RECONCILED =
            """
            {"type":"object","properties":{"days":{"type":"array","items":{"type":"object",
             "properties":{"day":{"type":"string","format":"date"},
             "state":{"enum":["reconciled","disputed"]},
             "cases":{"type":"array","items":{"type":"string"}},
             "peerTold":{"type":"boolean"}}}}}}
            """;

    private void reconcile(Context c) throws InterruptedException {
        ContractBook.Contract contract = contract(c.pathParam("id"));
        LocalDate today = LocalDate.ofInstant(clock.instant(), zone);
        LocalDate from = day(c, "from", today);
        LocalDate through = day(c, "to", from.isAfter(today) ? from : today);
        if (through.isBefore(from) || from.plusDays(MOST_DAYS).isBefore(through)) {
            throw Problem.badRequest(
                    "invalid_days", "from is not after to, and at most " + MOST_DAYS + " before");
        }
        ArrayNode days = Json.mapper().createArrayNode();
        for (LocalDate day = from; !day.isAfter(through); day = day.plusDays(1)) {
            Reconciler.Result result;
            try {
                result = reconciler.reconcile(contract, day);
            } catch (Statement.UnprovenException e) {
                throw new Problem(
                        409,
                        "statement_unproven",
                        "the peer's statement of " + day + " is not proven: " + e.getMessage());
            }
            ObjectNode view = days.addObject().put("day", day.toString());
            view.put("state", result.cases().isEmpty() ? "reconciled" : "disputed");
            result.cases().forEach(view.putArray("cases")::add);
            if (!result.cases().isEmpty()) {
                view.put("peerTold", tell(contract, result));
            }
        }
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.set("days", days);
        c.json(answer);
    }

    /** The case stands here whether or not the peer hears of it now; asked again, we tell again. */
    private boolean tell(ContractBook.Contract contract, Reconciler.Result result) {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("agreement", contract.agreement().id()).put("day", result.day().toString());
        body.put("statement", result.ownStatement()).put("yours", result.peerStatement());
        try {
            peers.post(peers.of(contract), "/disputes", body);
            return true;
        } catch (Problem e) {
            log.warn(
                    "the peer of {} is not told yet: {}",
                    contract.agreement().id(),
                    e.getMessage());
            return false;
        }
    }

    private void list(Context c) {
        c.json(
                Page.of(c)
                        .of(
                                reconciler.disputes.list().stream().map(this::view).toList(),
                                view -> view.required("id").asString()));
    }

    private ObjectNode view(DisputeBook.Case found) {
        Event event = found.dispute().event(clock.instant(), book.did());
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("id", found.id()).put("state", state(found.dispute()));
        view.put("openedAt", found.openedAt()).put("changedAt", found.changedAt());
        view.put("ownProof", found.ownProof()).put("peerProof", found.peerProof());
        view.put("differenceBasisPoints", found.dispute().about().basisPoints());
        found.proposedByUs().ifPresent(o -> view.put("proposedByUs", word(o)));
        found.proposedByPeer().ifPresent(o -> view.put("proposedByPeer", word(o)));
        event.json().properties().stream()
                .filter(member -> !member.getKey().equals("case"))
                .forEach(member -> view.set(member.getKey(), member.getValue()));
        return view;
    }

    private static String state(Dispute dispute) {
        return switch (dispute) {
            case Dispute.Opened c -> "opened";
            case Dispute.Evidenced c -> "evidenced";
            case Dispute.Settled c -> "settled";
            case Dispute.Withdrawn c -> "withdrawn";
        };
    }

    private static String word(Dispute.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private void one(Context c) {
        DisputeBook.Case found = reconciler.get(c.pathParam("id"));
        ObjectNode view = view(found);
        reconciler
                .disputes
                .statement(found.ownProof())
                .ifPresent(jws -> view.set("ownStatement", Statement.parse(jws).toJson()));
        reconciler
                .disputes
                .statement(found.peerProof())
                .ifPresent(jws -> view.set("peerStatement", Statement.parse(jws).toJson()));
        c.json(view);
    }

    private void settle(Context c) {
        String id = c.pathParam("id");
        Dispute.Outcome outcome = outcome(Json.object(c));
        boolean settled = reconciler.settle(id, outcome);
        ContractBook.Contract contract = reconciler.contract(reconciler.get(id));
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("outcome", word(outcome)).put("binding", settled);
        boolean told = true;
        try {
            peers.post(peers.of(contract), "/disputes/" + id + "/settlement", body);
        } catch (Problem e) {
            log.warn("the peer is not told how case {} is settled: {}", id, e.getMessage());
            told = false;
        }
        c.json(view(reconciler.get(id)).put("peerTold", told));
    }

    private static Dispute.Outcome outcome(JsonNode body) {
        return switch (body.path("outcome").asString("")) {
            case "peer" -> Dispute.Outcome.PEER;
            case "own" -> Dispute.Outcome.OWN;
            case "middle" -> Dispute.Outcome.MIDDLE;
            default ->
                    throw Problem.badRequest("invalid_outcome", "'outcome' is peer, own or middle");
        };
    }

    private ContractBook.Contract contract(String id) {
        return book.findContract(id)
                .orElseThrow(
                        () -> Problem.notFound("agreement_not_found", "no agreement '" + id + "'"));
    }

    private static LocalDate day(Context c, String name, LocalDate fallback) {
        String text = c.queryParam(name);
        try {
            return text == null ? fallback : LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw Problem.badRequest("invalid_" + name, name + " is a day, as 2026-11-01");
        }
    }

    // ---------------------------------------------------------------- other participants

    public void mount(RoutesConfig routes) {
        routes.get(Peers.BASE + "/agreements/{id}/statement", this::statement);
        routes.post(Peers.BASE + "/disputes", this::disputed);
        routes.post(Peers.BASE + "/disputes/{id}/settlement", this::settled);
    }

    /** The other party of the agreement; to anyone else there is no such agreement. */
    ContractBook.Contract callers(Context c, String agreement) {
        String caller;
        try {
            String header = c.header("Authorization");
            caller = identity.verify(header == null ? "" : header);
        } catch (CallerIdentity.UnauthorizedException e) {
            throw new Problem(401, "unauthorized", String.valueOf(e.getMessage()));
        }
        ContractBook.Contract contract = contract(agreement);
        String other =
                contract.agreement().provider().equals(book.did())
                        ? contract.agreement().consumer()
                        : contract.agreement().provider();
        if (!caller.equals(other)) {
            throw Problem.notFound("agreement_not_found", "no agreement '" + agreement + "'");
        }
        return contract;
    }

    private void statement(Context c) {
        ContractBook.Contract contract = callers(c, c.pathParam("id"));
        try {
            Instant from = Instant.parse(String.valueOf(c.queryParam("from")));
            Instant until = Instant.parse(String.valueOf(c.queryParam("to")));
            c.contentType("application/jose")
                    .result(
                            reconciler
                                    .state(contract, from, until)
                                    .getBytes(StandardCharsets.US_ASCII));
        } catch (DateTimeException e) {
            throw Problem.badRequest(
                    "invalid_time", "from and to are instants, as 2026-11-01T00:00:00Z");
        }
    }

    private void disputed(Context c) throws InterruptedException {
        JsonNode body = Json.object(c);
        ContractBook.Contract contract = callers(c, body.path("agreement").asString(""));
        try {
            Reconciler.Result result =
                    reconciler.told(
                            contract,
                            LocalDate.parse(body.path("day").asString("")),
                            body.path("statement").asString(""),
                            body.path("yours").asString(""));
            ObjectNode answer = Json.mapper().createObjectNode();
            result.cases().forEach(answer.putArray("cases")::add);
            c.json(answer);
        } catch (Statement.UnprovenException e) {
            throw Problem.badRequest("statement_unproven", String.valueOf(e.getMessage()));
        } catch (DateTimeException e) {
            throw Problem.badRequest("invalid_day", "'day' is a day, as 2026-11-01");
        }
    }

    private void settled(Context c) {
        JsonNode body = Json.object(c);
        String id = c.pathParam("id");
        ContractBook.Contract contract = reconciler.contract(reconciler.get(id));
        callers(c, contract.agreement().id());
        Dispute.Outcome asWeSee =
                switch (outcome(body)) {
                    case OWN -> Dispute.Outcome.PEER;
                    case PEER -> Dispute.Outcome.OWN;
                    case MIDDLE -> Dispute.Outcome.MIDDLE;
                };
        String peer =
                contract.agreement().provider().equals(book.did())
                        ? contract.agreement().consumer()
                        : contract.agreement().provider();
        reconciler.toldOfSettlement(id, asWeSee, body.path("binding").asBoolean(false), peer);
        c.json(Json.mapper().createObjectNode().put("state", state(reconciler.get(id).dispute())));
    }
}
