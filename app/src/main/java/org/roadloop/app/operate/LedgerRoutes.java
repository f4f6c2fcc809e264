package org.roadloop.app.operate;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.TransparencyLog;

/** What an auditor reads of the ledger (审计): entries, checkpoint, proofs. */
final class LedgerRoutes {
    /** First words of the event types that the parties of contracts see. */
    private static final Set<String> OF_PARTIES =
            Set.of("asset", "auction", "clearing", "contract", "sla", "usage");

    private final TransparencyLog ledger;

    private final Function<Checkpoint, String> shownCheckpoint;

    LedgerRoutes(TransparencyLog ledger, Function<Checkpoint, String> shownCheckpoint) {
        this.ledger = ledger;
        this.shownCheckpoint = shownCheckpoint;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/ledger/checkpoint",
                        Role.ANYONE,
                        "Signed tree head over everything so far (C2SP tlog-checkpoint)",
                        c ->
                                c.contentType("text/plain; charset=utf-8")
                                        .result(shownCheckpoint.apply(ledger.checkpoint()))),
                Route.get(
                        "/api/v1/ledger/key",
                        Role.ANYONE,
                        "Key that verifies the checkpoints, as 'roadloop verify --key' takes it",
                        c -> c.contentType("text/plain").result(ledger.verifierKey() + "\n")),
                Route.get(
                        "/api/v1/ledger/entries",
                        Role.AUDITOR,
                        "Entries from the first on; payloads are shown by length only",
                        this::entries),
                Route.get(
                                "/api/v1/ledger/entries/{index}/proof",
                                Role.AUDITOR,
                                "One entry with its proof, for 'roadloop verify FILE'; for provider"
                                        + " and consumer those of contracts and their clearing",
                                this::proof)
                        .alsoFor(Role.PROVIDER, Role.CONSUMER));
    }

    private void entries(Context c) {
        Page page = Page.of(c);
        long from = page.afterIndex() + 1;
        List<Entry> entries;
        try (var stream = ledger.read(from)) {
            entries = new ArrayList<>(stream.limit(page.limit() + 1L).toList());
        }
        c.json(
                page.answer(
                        entries.stream().map(LedgerRoutes::view).toList(),
                        view -> String.valueOf(view.get("index"))));
    }

    private static Map<String, Object> view(Entry entry) {
        Event event = entry.event();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("index", entry.index());
        view.put("type", event.type());
        view.put("version", event.version());
        view.put("at", event.at());
        view.put("actor", event.actor());
        view.put("subject", event.subject());
        switch (event.body()) {
            case Event.Inline inline -> view.put("body", inline.json());
            case Event.Payload payload -> view.put("payloadBytes", payload.bytes().length);
            case Event.Erased erased -> view.put("erased", erased.id());
        }
        return view;
    }

    private void proof(Context c) {
        long index = index(c.pathParam("index"));
        if (index >= ledger.size()) {
            throw Problem.notFound(
                    "entry_not_found",
                    "the ledger has "
                            + ledger.size()
                            + " entries, the last is "
                            + (ledger.size() - 1));
        }
        mustBeSeenBy(Caller.of(c).role(), index);
        c.contentType("text/plain; charset=utf-8").result(ledger.proofBundle(index).write());
    }

    /** An auditor checks everything; who works with contracts proves what is about them. */
    private void mustBeSeenBy(Role role, long index) {
        if (role == Role.OPERATOR || role == Role.AUDITOR) {
            return;
        }
        String type = Json.mapper().readTree(ledger.leaf(index)).path("type").asString("");
        if (!OF_PARTIES.contains(type.substring(0, Math.max(0, type.indexOf('.'))))) {
            throw new Problem(
                    403,
                    "entry_not_of_contracts",
                    "entry "
                            + index
                            + " is about neither a contract nor its clearing; an auditor's token"
                            + " proves every entry");
        }
    }

    private static long index(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw Problem.badRequest("invalid_index", "an entry's index is a whole number from 0");
        }
        return Long.parseLong(text);
    }
}
