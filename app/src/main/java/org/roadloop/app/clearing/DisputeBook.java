package org.roadloop.app.clearing;

import java.nio.charset.StandardCharsets;
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
     * @param ownProof SHA-256 of our signed statement in hex; empty until given
     * @param peerProof of the peer's
     * @param proposedByUs what we offered to settle on
     * @param proposedByPeer what the peer offered, as we see it
     */
    record Case(
            Dispute dispute,
            long openedAt,
            long changedAt,
            String ownProof,
            String peerProof,
            Optional<Dispute.Outcome> proposedByUs,
            Optional<Dispute.Outcome> proposedByPeer) {
        private static Case of(Dispute dispute, long index) {
            return new Case(dispute, index, index, "", "", Optional.empty(), Optional.empty());
        }

        String id() {
            return dispute.caseId();
        }

        private Case now(Dispute moved, long index) {
            boolean given = moved instanceof Dispute.Evidenced;
            return new Case(
                    moved,
                    openedAt,
                    index,
                    given ? ((Dispute.Evidenced) moved).ownProof() : ownProof,
                    given ? ((Dispute.Evidenced) moved).peerProof() : peerProof,
                    proposedByUs,
                    proposedByPeer);
        }

        private Case proposed(boolean ours, Dispute.Outcome outcome, long index) {
            return new Case(
                    dispute,
                    openedAt,
                    index,
                    ownProof,
                    peerProof,
                    ours ? Optional.of(outcome) : proposedByUs,
                    ours ? proposedByPeer : Optional.of(outcome));
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

    /** The signed statement with this SHA-256; empty after erasure. */
    Optional<String> statement(String sha256) {
        Optional<Long> index = findStatement(sha256);
        if (index.isEmpty()) {
            return Optional.empty();
        }
        try (Stream<Entry> entries = ledger.read(index.get())) {
            return entries.findFirst()
                    .map(entry -> entry.event().body())
                    .filter(Event.Payload.class::isInstance)
                    .map(Event.Payload.class::cast)
                    .map(payload -> new String(payload.bytes(), StandardCharsets.US_ASCII));
        }
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
                Case before = cases.getOrDefault(dispute.caseId(), Case.of(dispute, entry.index()));
                cases.put(dispute.caseId(), before.now(dispute, entry.index()));
            }
            case PROPOSED -> {
                String id = event.json().required("case").asString();
                boolean ours = event.json().required("by").asString().equals(event.actor());
                Dispute.Outcome outcome =
                        Dispute.Outcome.valueOf(event.json().required("outcome").asString());
                cases.computeIfPresent(
                        id, (key, before) -> before.proposed(ours, outcome, entry.index()));
            }
            case STATED -> statements.putIfAbsent(event.subject(), entry.index());
            default -> {}
        }
    }
}
