package org.roadloop.app.clearing;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.DeletionReceipt;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/*
 * A file is not rewritten: one that has the pseudonym goes as a whole, and can be pulled again
 * without the subject, whose rows the provider has removed before it asked. Which files go stands in
 * the ledger before they do, so a repeated request gets the same receipt.
 */

/**
 * The consumer's side of an erasure at the provider (删除请求的执行): {@code POST
 * /clearing/agreements/{id}/subject-deletions {request, pseudonym}} deletes the kept files with a
 * pseudonym and answers a signed receipt. Any thread.
 */
public final class SubjectDeletionRoute {
    /** Payload {@code request, pseudonym, files}, about an agreement. */
    static final String REQUESTED = "deletion.requested";

    /** {@code request, receipt, signature}, about an agreement. */
    static final String DONE = "deletion.done";

    private static final Logger LOG = LoggerFactory.getLogger(SubjectDeletionRoute.class);

    private final DisputeRoutes parties;
    private final ContractBook book;
    private final Ledger ledger;
    private final Signer signer;
    private final List<KeptCopies> copies;
    private final Clock clock;

    /**
     * @param parties knows who calls
     * @param copies all places where data of contracts is kept here; may grow
     */
    public SubjectDeletionRoute(
            DisputeRoutes parties,
            ContractBook book,
            Ledger ledger,
            Signer signer,
            List<KeptCopies> copies,
            Clock clock) {
        this.parties = parties;
        this.book = book;
        this.ledger = ledger;
        this.signer = signer;
        this.copies = copies;
        this.clock = clock;
    }

    public void mount(RoutesConfig routes) {
        routes.post(Peers.BASE + "/agreements/{id}/subject-deletions", this::requested);
    }

    public Route route() {
        return Route.get(
                        "/api/v1/agreements/{id}/subject-deletions",
                        Role.CONSUMER,
                        "Pseudonyms whose rows the provider asked to delete, for what was handed on"
                                + " to own users; and receipts, sent or received",
                        this::list)
                .alsoFor(Role.PROVIDER, Role.AUDITOR);
    }

    private synchronized void requested(Context c) throws IOException {
        ContractBook.Contract contract = parties.callers(c, c.pathParam("id"));
        if (contract.self() != org.roadloop.core.contract.Role.CONSUMER) {
            throw Problem.badRequest(
                    "not_the_consumer", "only a provider asks for this, and only its consumer");
        }
        JsonNode body = Json.object(c);
        String request = body.path("request").asString("");
        String pseudonym = body.path("pseudonym").asString("");
        if (!request.matches("[0-9a-f-]{36}") || !pseudonym.matches("[a-z2-7]{26}")) {
            throw Problem.badRequest(
                    "invalid_request",
                    "'request' is a UUID and 'pseudonym' one of this contract, 26 symbols of"
                            + " base32");
        }
        String agreement = contract.agreement().id();
        JsonNode answer = find(agreement, DONE, request).orElse(null);
        c.json(answer == null ? delete(contract, request, pseudonym) : answer);
    }

    private JsonNode delete(ContractBook.Contract contract, String request, String pseudonym)
            throws IOException {
        String agreement = contract.agreement().id();
        List<KeptCopies.Copy> holding = new ArrayList<>();
        for (KeptCopies place : copies) {
            for (KeptCopies.Copy copy : place.list(contract)) {
                // what is not whole can't be read to its end, and is brought anew
                if (!copy.whole() || RowFile.holds(copy.file(), pseudonym)) {
                    holding.add(copy);
                }
            }
        }
        List<DeletionReceipt.DeletedFile> files = new ArrayList<>();
        find(agreement, REQUESTED, request)
                .ifPresent(before -> files.addAll(DeletionReceipt.files(before.required("files"))));
        List<DeletionReceipt.DeletedFile> now = Deletions.named(holding);
        now.removeAll(files); // named before a restart
        files.addAll(now);
        ObjectNode begun = Json.mapper().createObjectNode();
        begun.put("request", request).put("pseudonym", pseudonym);
        begun.set("files", DeletionReceipt.write(files));
        ledger.append(
                Event.withPayload(
                        REQUESTED,
                        clock.instant(),
                        signer.did(),
                        agreement,
                        Json.mapper().writeValueAsBytes(begun)));
        Deletions.remove(holding);
        DeletionReceipt receipt =
                new DeletionReceipt(
                        agreement,
                        contract.agreement().asset(),
                        SubjectDeletions.DUTY + request,
                        clock.instant(),
                        signer.did(),
                        files);
        ObjectNode done = Json.mapper().createObjectNode().put("request", request);
        done.set("receipt", receipt.toJson());
        done.put("signature", Jws.sign(receipt.signedBytes(), signer, DeletionReceipt.TYPE));
        ledger.append(Event.of(DONE, clock.instant(), signer.did(), agreement, done));
        LOG.warn(
                "the provider asked to delete somebody's rows under {}: {} files are gone; what own"
                        + " users were given is theirs to delete, see GET"
                        + " /api/v1/agreements/ID/subject-deletions",
                agreement,
                files.size());
        return done;
    }

    /** The last event of a type for a request. */
    private Optional<JsonNode> find(String agreement, String type, String request) {
        try (Stream<Entry> entries = ledger.read(0, java.util.Set.of(type))) {
            return entries.map(Entry::event)
                    .filter(event -> event.subject().equals(agreement))
                    .flatMap(event -> json(event).stream())
                    .filter(json -> json.path("request").asString("").equals(request))
                    .reduce((first, last) -> last);
        }
    }

    private static Optional<JsonNode> json(Event event) {
        return switch (event.body()) {
            case Event.Inline inline -> Optional.of(inline.json());
            case Event.Payload payload -> Optional.of(Json.mapper().readTree(payload.bytes()));
            case Event.Erased erased -> Optional.empty();
        };
    }

    private void list(Context c) {
        String agreement = c.pathParam("id");
        if (book.findContract(agreement).isEmpty()) {
            throw Problem.notFound("agreement_not_found", "no agreement '" + agreement + "'");
        }
        Map<String, Map<String, Object>> items = new LinkedHashMap<>();
        try (Stream<Entry> entries =
                ledger.read(
                        0,
                        java.util.Set.of(
                                REQUESTED,
                                DONE,
                                SubjectDeletions.ASKED,
                                SubjectDeletions.CONFIRMED))) {
            entries.map(Entry::event)
                    .filter(event -> event.subject().equals(agreement))
                    .forEach(event -> json(event).ifPresent(json -> note(items, event, json)));
        }
        c.json(Map.of("items", List.copyOf(items.values())));
    }

    private static void note(Map<String, Map<String, Object>> items, Event event, JsonNode json) {
        String request = json.required("request").asString();
        Map<String, Object> item =
                items.computeIfAbsent(request, r -> new LinkedHashMap<>(Map.of("request", r)));
        switch (event.type()) {
            case REQUESTED -> {
                item.put("requestedAt", event.at().toString());
                item.put("pseudonym", json.required("pseudonym").asString());
            }
            case SubjectDeletions.ASKED -> item.put("askedAt", event.at().toString());
            default -> {
                item.put("receipt", json.required("receipt"));
                item.put("signature", json.required("signature").asString());
            }
        }
    }
}
