package org.roadloop.app.clearing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.roadloop.core.clearing.Dispute;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;

/** The cases of this ledger (争议簿): a fold, kept current by reading on. Any thread. */
final class DisputeBook {
    /** A party's offer to settle: {case, by, outcome}, as this ledger's owner sees it. */
    static final String PROPOSED = "clearing.proposed";

    /** Payload: a signed {@link Statement} as it came; its subject names its SHA-256. */
    static final String STATED = "clearing.stated";

    private final Ledger ledger;
    private final Map<String, Case> cases = new LinkedHashMap<>();
    private final Map<String, Long> statements = new HashMap<>();
    private long next;

    /**
     * @param openedAt ledger index of its first entry
     * @param changedAt of its last
     * @param proposedByUs what we offered to settle on
     * @param proposedByPeer what the peer offered, as we see it
     */
    record Case(
            Dispute dispute,
            long openedAt,
            long changedAt,
            Optional<Dispute.Outcome> proposedByUs,
            Optional<Dispute.Outcome> proposedByPeer) {
        String id() {
            return dispute.caseId();
        }
    }

    DisputeBook(Ledger ledger) {
        this.ledger = ledger;
    }

    static String statementSubject(String sha256) {
        return "statement:" + sha256;
    }

    synchronized List<Case> list() {
        catchUp();
        return new ArrayList<>(cases.values());
    }

    synchronized Optional<Case> find(String id) {
        catchUp();
        return Optional.ofNullable(cases.get(id));
    }

    /** Ledger index of a signed statement. */
    synchronized Optional<Long> findStatement(String sha256) {
        catchUp();
        return Optional.ofNullable(statements.get(statementSubject(sha256)));
    }

    private void catchUp() {
        if (next == ledger.size()) {
            return;
        }
        try (Stream<Entry> entries = ledger.read(next)) {
            entries.forEach(this::take);
        }
    }

    private void take(Entry entry) {
        next = entry.index() + 1;
        Event event = entry.event();
        switch (event.type()) {
            case Dispute.DISPUTED, Dispute.EVIDENCED, Dispute.SETTLED -> {
                Dispute dispute = Dispute.fromEvent(event);
                cases.merge(
                        dispute.caseId(),
                        new Case(
                                dispute,
                                entry.index(),
                                entry.index(),
                                Optional.empty(),
                                Optional.empty()),
                        (before, now) ->
                                new Case(
                                        now.dispute(),
                                        before.openedAt(),
                                        now.changedAt(),
                                        before.proposedByUs(),
                                        before.proposedByPeer()));
            }
            case PROPOSED -> {
                String id = event.json().required("case").asString();
                boolean ours = event.json().required("by").asString().equals(event.actor());
                Dispute.Outcome outcome =
                        Dispute.Outcome.valueOf(event.json().required("outcome").asString());
                cases.computeIfPresent(
                        id,
                        (key, before) ->
                                new Case(
                                        before.dispute(),
                                        before.openedAt(),
                                        entry.index(),
                                        ours ? Optional.of(outcome) : before.proposedByUs(),
                                        ours ? before.proposedByPeer() : Optional.of(outcome)));
            }
            case STATED -> statements.putIfAbsent(event.subject(), entry.index());
            default -> {}
        }
    }
}
