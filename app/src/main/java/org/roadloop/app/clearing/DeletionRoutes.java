package org.roadloop.app.clearing;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.DeletionReceipt;
import org.roadloop.core.contract.UsageEvents;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.policy.Verdict;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.Refusals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Duties of contracts for our users, and receipts of deletions from consumers (义务与删除回执): {@code
 * POST /clearing/agreements/{id}/deletions {receipt, signature}}. Any thread.
 */
public final class DeletionRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(DeletionRoutes.class);
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final DisputeRoutes parties;
    private final ContractBook book;
    private final ContractGate gate;
    private final Ledger ledger;
    private final CallerIdentity identity;
    private final Clock clock;
    private final Refusals refusals = new Refusals();

    /**
     * @param parties knows who calls
     */
    public DeletionRoutes(
            DisputeRoutes parties,
            ContractBook book,
            ContractGate gate,
            Ledger ledger,
            CallerIdentity identity,
            Clock clock) {
        this.parties = parties;
        this.book = book;
        this.gate = gate;
        this.ledger = ledger;
        this.identity = identity;
        this.clock = clock;
    }

    /** Receipts that were not believed, by the reason. */
    public Refusals refusals() {
        return refusals;
    }

    static String path(String agreement) {
        return "/agreements/" + URLEncoder.encode(agreement, StandardCharsets.UTF_8) + "/deletions";
    }

    public void mount(RoutesConfig routes) {
        routes.post(Peers.BASE + "/agreements/{id}/deletions", this::deleted);
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/agreements/{id}/duties",
                                Role.CONSUMER,
                                "Duties of a contract with their deadlines, and how they stand",
                                this::duties)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.post(
                                "/api/v1/agreements/{id}/duties",
                                Role.PROVIDER,
                                "Note that a duty was done: {duty, performedAt, evidence}",
                                this::performed)
                        .schemas(
                                """
                                {"type":"object","required":["duty"],"properties":{
                                 "duty":{"type":"string"},
                                 "performedAt":{"type":"string","format":"date-time"},
                                 "evidence":{"type":"string"}}}
                                """,
                                ""),
                Route.post(
                                "/api/v1/agreements/{id}/infringements",
                                Role.PROVIDER,
                                "Note that a prohibition was infringed; all access under the"
                                        + " contract ends: {prohibition, reason}",
                                this::infringed)
                        .schemas(
                                """
                                {"type":"object","required":["prohibition","reason"],"properties":{
                                 "prohibition":{"type":"string"},"reason":{"type":"string"}}}
                                """,
                                ""));
    }

    private ContractBook.Contract contract(Context c) {
        String id = c.pathParam("id");
        return book.findContract(id)
                .orElseThrow(
                        () -> Problem.notFound("agreement_not_found", "no agreement '" + id + "'"));
    }

    private void duties(Context c) {
        ContractBook.Contract contract = contract(c);
        List<Map<String, Object>> items = new ArrayList<>();
        for (Verdict.Due due : gate.duties(contract.agreement().id())) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("id", due.id());
            item.put("action", due.duty().action());
            item.put("origin", due.origin().name());
            item.put("state", due.deontic().name());
            Instant deadline = due.deadline();
            if (deadline != null) {
                item.put("deadline", deadline.toString());
            }
            items.add(item);
        }
        List<JsonNode> performed = new ArrayList<>();
        try (Stream<Event> events = events(contract, UsageEvents.PERFORMED)) {
            events.forEach(event -> performed.add(event.json()));
        }
        c.json(Map.of("items", items, "performed", performed));
    }

    private Stream<Event> events(ContractBook.Contract contract, String type) {
        return ledger.read(contract.ledgerIndex())
                .map(Entry::event)
                .filter(e -> e.subject().equals(contract.agreement().id()))
                .filter(e -> e.type().equals(type));
    }

    private void performed(Context c) {
        String id = contract(c).agreement().id();
        JsonNode body = Json.object(c);
        String duty = body.path("duty").asString("");
        if (gate.duties(id).stream()
                .noneMatch(d -> d.id().equals(duty) || d.duty().action().equals(duty))) {
            throw Problem.badRequest("unknown_duty", "the contract has no duty '" + duty + "'");
        }
        Instant now = clock.instant();
        Instant at = now;
        try {
            at = Instant.parse(body.path("performedAt").asString(now.toString()));
        } catch (java.time.DateTimeException e) {
            throw Problem.badRequest("invalid_time", "performedAt is an instant");
        }
        var receipt =
                gate.noteDutyPerformed(
                        id,
                        duty,
                        at,
                        book.did(),
                        Json.mapper()
                                .createObjectNode()
                                .put("note", body.path("evidence").asString("")));
        c.status(201).json(Map.of("ledgerIndex", receipt.firstIndex()));
    }

    private void infringed(Context c) {
        String id = contract(c).agreement().id();
        JsonNode body = Json.object(c);
        var receipt =
                gate.noteInfringed(
                        id,
                        body.path("prohibition").asString(""),
                        body.path("reason").asString(""));
        c.status(201).json(Map.of("ledgerIndex", receipt.firstIndex()));
    }

    // ---------------------------------------------------------------- other participants

    private void deleted(Context c) {
        try {
            receive(c);
        } catch (Problem e) {
            refusals.count(e.name());
            // its text quotes the caller
            LOG.warn("a receipt of a deletion is refused: {}", e.name());
            throw e;
        }
    }

    private void receive(Context c) {
        ContractBook.Contract contract = parties.callers(c, c.pathParam("id"));
        JsonNode body = Json.object(c);
        DeletionReceipt receipt;
        try {
            receipt = DeletionReceipt.fromJson(body.path("receipt"));
        } catch (RuntimeException e) {
            throw Problem.badRequest("invalid_receipt", "the receipt can't be read");
        }
        String signature = body.path("signature").asString("");
        Verdict.Due due = check(contract, receipt, signature);
        try (Stream<Event> events = events(contract, UsageEvents.PERFORMED)) {
            if (events.anyMatch(
                    e ->
                            e.json()
                                    .path("evidence")
                                    .path("signature")
                                    .asString("")
                                    .equals(signature))) {
                c.json(Map.of("noted", false));
                return;
            }
        }
        gate.noteDutyPerformed(
                receipt.agreement(), due.id(), inTime(due, receipt), receipt.by(), body);
        c.json(Map.of("noted", true));
    }

    private Verdict.Due check(
            ContractBook.Contract contract, DeletionReceipt receipt, String signature) {
        Instant now = clock.instant();
        String consumer = contract.agreement().consumer();
        boolean ours =
                receipt.agreement().equals(contract.agreement().id())
                        && receipt.asset().equals(contract.agreement().asset())
                        && receipt.by().equals(consumer)
                        && contract.agreement().provider().equals(book.did());
        if (!ours) {
            throw Problem.badRequest(
                    "receipt_of_another", "the receipt is not of this contract and its consumer");
        }
        if (receipt.deletedAt().isAfter(now.plus(CLOCKS_DIFFER))
                || receipt.deletedAt().isBefore(contract.agreement().agreedAt())) {
            throw Problem.badRequest(
                    "receipt_time", "deletedAt is before the agreement or in the future");
        }
        if (!identity.signed(consumer, signature, receipt.signedBytes())) {
            throw Problem.badRequest(
                    "receipt_signature", "the signature is not the consumer's over this receipt");
        }
        released(contract, receipt);
        try {
            return gate.duties(receipt.agreement()).stream()
                    .filter(d -> d.id().equals(receipt.duty()))
                    .filter(d -> d.duty().action().equals("delete"))
                    .findFirst()
                    .orElseThrow();
        } catch (NoSuchElementException e) {
            throw Problem.badRequest(
                    "unknown_duty", "the contract has no duty to delete '" + receipt.duty() + "'");
        }
    }

    /** A file that is named as whole is one that left here; a part is no longer than one. */
    private void released(ContractBook.Contract contract, DeletionReceipt receipt) {
        Map<String, Long> sent = new HashMap<>();
        try (Stream<Event> files = events(contract, UsageEvents.FILE)) {
            files.map(Event::json)
                    .forEach(
                            file ->
                                    sent.put(
                                            file.required("sha256").asString(),
                                            file.required("dataBytes").asLong()));
        }
        long longest = sent.values().stream().mapToLong(Long::longValue).max().orElse(0);
        for (DeletionReceipt.DeletedFile file : receipt.files()) {
            Long dataBytes = sent.get(file.sha256());
            boolean ours =
                    file.whole()
                            ? dataBytes != null && dataBytes == file.dataBytes()
                            : file.dataBytes() <= longest;
            if (!ours) {
                throw Problem.badRequest(
                        "receipt_hash",
                        "the receipt names a file of "
                                + file.dataBytes()
                                + " bytes that did not leave here under this contract");
            }
        }
    }

    /** Two clocks never agree: what was late by less than the grace was not late. */
    private Instant inTime(Verdict.Due due, DeletionReceipt receipt) {
        Instant deadline = due.deadline();
        if (deadline == null || receipt.deletedAt().isAfter(deadline.plus(gate.grace()))) {
            return receipt.deletedAt();
        }
        return receipt.deletedAt().isAfter(deadline) ? deadline : receipt.deletedAt();
    }
}
