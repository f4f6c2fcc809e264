package org.roadloop.core.clearing;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A case about what was used (争议): opened on a {@link MeterComparison.Discrepancy}, given the
 * evidence of both parties, then settled on a quantity or withdrawn. Pure; each party keeps it in
 * its own ledger, where <em>own</em> is itself.
 *
 * <pre>
 * Opened ──evidence of both──► Evidenced ──adopt own | peer | middle──► Settled
 *    └───────────────┴──withdraw──► Withdrawn
 * </pre>
 */
public sealed interface Dispute {
    String DISPUTED = "clearing.disputed";
    String EVIDENCED = "clearing.evidenced";
    String SETTLED = "clearing.settled";

    /** Id of the case, the same at both parties. */
    String caseId();

    MeterComparison.Discrepancy about();

    /**
     * @param ownProof hex of SHA-256 of the proof bundle of our entries; empty until given
     * @param peerProof likewise of the peer's entries
     */
    record Opened(
            String caseId, MeterComparison.Discrepancy about, String ownProof, String peerProof)
            implements Dispute {}

    record Evidenced(
            String caseId, MeterComparison.Discrepancy about, String ownProof, String peerProof)
            implements Dispute {}

    record Settled(String caseId, MeterComparison.Discrepancy about, Outcome outcome)
            implements Dispute {}

    record Withdrawn(String caseId, MeterComparison.Discrepancy about) implements Dispute {}

    enum Party {
        OWN,
        PEER
    }

    enum Outcome {
        OWN,
        PEER,
        /** Half of the sum, rounded down. */
        MIDDLE;

        public long quantity(MeterComparison.Discrepancy about) {
            long own = about.own().quantity();
            long peer = about.peer().quantity();
            return switch (this) {
                case OWN -> own;
                case PEER -> peer;
                case MIDDLE -> (own & peer) + ((own ^ peer) >> 1);
            };
        }
    }

    /** What can happen to a case. */
    sealed interface Move {
        /**
         * @param proof lower-case hex of SHA-256 of a proof bundle
         */
        record GiveEvidence(Party of, String proof) implements Move {
            public GiveEvidence {
                if (!proof.matches("[0-9a-f]{64}")) {
                    throw new IllegalArgumentException("a proof is named by 64 hex digits");
                }
            }
        }

        record Adopt(Outcome outcome) implements Move {}

        record Withdraw() implements Move {}
    }

    static Opened open(String caseId, MeterComparison.Discrepancy about) {
        return new Opened(caseId, about, "", "");
    }

    /**
     * @throws IllegalStateException if the case is not in a state for the move
     */
    default Dispute on(Move move) {
        return switch (this) {
            case Opened c ->
                    switch (move) {
                        case Move.GiveEvidence given -> {
                            String own = given.of() == Party.OWN ? given.proof() : c.ownProof();
                            String peer = given.of() == Party.PEER ? given.proof() : c.peerProof();
                            yield own.isEmpty() || peer.isEmpty()
                                    ? new Opened(c.caseId(), c.about(), own, peer)
                                    : new Evidenced(c.caseId(), c.about(), own, peer);
                        }
                        case Move.Adopt adopt ->
                                throw refused(c, "the evidence of both parties is wanted first");
                        case Move.Withdraw withdraw -> new Withdrawn(c.caseId(), c.about());
                    };
            case Evidenced c ->
                    switch (move) {
                        case Move.GiveEvidence given ->
                                throw refused(c, "it has the evidence of both parties");
                        case Move.Adopt adopt ->
                                new Settled(c.caseId(), c.about(), adopt.outcome());
                        case Move.Withdraw withdraw -> new Withdrawn(c.caseId(), c.about());
                    };
            case Settled c -> throw refused(c, "it is settled");
            case Withdrawn c -> throw refused(c, "it is withdrawn");
        };
    }

    private static IllegalStateException refused(Dispute dispute, String why) {
        return new IllegalStateException("case " + dispute.caseId() + ": " + why);
    }

    static String subject(String caseId) {
        return "case:" + caseId;
    }

    /** The evidence of having come to this state. */
    default Event event(Instant at, String actor) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        MeterComparison.Discrepancy d = about();
        body.put("case", caseId()).put("agreement", d.agreement()).put("day", d.day().toString());
        body.put("unit", d.unit());
        if (!d.flavour().isEmpty()) {
            body.put("flavour", d.flavour());
        }
        body.set("own", d.own().toJson());
        body.set("peer", d.peer().toJson());
        String type =
                switch (this) {
                    case Opened c -> {
                        proofs(body, c.ownProof(), c.peerProof());
                        yield c.ownProof().isEmpty() && c.peerProof().isEmpty()
                                ? DISPUTED
                                : EVIDENCED;
                    }
                    case Evidenced c -> {
                        proofs(body, c.ownProof(), c.peerProof());
                        yield EVIDENCED;
                    }
                    case Settled c -> {
                        body.put("outcome", c.outcome().name().toLowerCase(Locale.ROOT));
                        body.put("quantity", c.outcome().quantity(d));
                        yield SETTLED;
                    }
                    case Withdrawn c -> {
                        body.put("outcome", "withdrawn");
                        yield SETTLED;
                    }
                };
        return Event.of(type, at, actor, subject(caseId()), body);
    }

    private static void proofs(ObjectNode body, String own, String peer) {
        if (!own.isEmpty()) {
            body.put("ownProof", own);
        }
        if (!peer.isEmpty()) {
            body.put("peerProof", peer);
        }
    }

    /**
     * The state that an event gave evidence of.
     *
     * @throws IllegalArgumentException if it is of no case
     */
    static Dispute fromEvent(Event event) {
        JsonNode body = event.json();
        String id = body.required("case").asString();
        MeterComparison.Discrepancy about =
                new MeterComparison.Discrepancy(
                        body.required("agreement").asString(),
                        LocalDate.parse(body.required("day").asString()),
                        body.required("unit").asString(),
                        body.path("flavour").asString(""),
                        MeterComparison.Side.fromJson(body.required("own")),
                        MeterComparison.Side.fromJson(body.required("peer")));
        String own = body.path("ownProof").asString("");
        String peer = body.path("peerProof").asString("");
        return switch (event.type()) {
            case DISPUTED -> open(id, about);
            case EVIDENCED ->
                    own.isEmpty() || peer.isEmpty()
                            ? new Opened(id, about, own, peer)
                            : new Evidenced(id, about, own, peer);
            case SETTLED -> {
                String outcome = body.required("outcome").asString();
                yield outcome.equals("withdrawn")
                        ? new Withdrawn(id, about)
                        : new Settled(id, about, Outcome.valueOf(outcome.toUpperCase(Locale.ROOT)));
            }
            default ->
                    throw new IllegalArgumentException("event " + event.type() + " is of no case");
        };
    }

    /**
     * What a settled case changes in the books of its ledger.
     *
     * @param own quantity that was booked there
     * @param adopted quantity that counts now
     * @param through ledger index of the last own entry that {@code own} counts; -1 for none
     */
    record Correction(
            String caseId,
            String agreement,
            LocalDate day,
            String unit,
            String flavour,
            long own,
            long adopted,
            long through) {}

    /** Empty if the case was withdrawn. */
    static Optional<Correction> correction(Event event) {
        if (!(fromEvent(event) instanceof Settled c)) {
            return Optional.empty();
        }
        MeterComparison.Discrepancy d = c.about();
        return Optional.of(
                new Correction(
                        c.caseId(),
                        d.agreement(),
                        d.day(),
                        d.unit(),
                        d.flavour(),
                        d.own().quantity(),
                        c.outcome().quantity(d),
                        d.own().evidence().lastIndex()));
    }
}
