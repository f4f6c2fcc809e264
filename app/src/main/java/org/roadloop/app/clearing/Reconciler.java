package org.roadloop.app.clearing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.core.clearing.Dispute;
import org.roadloop.core.clearing.MeterComparison;
import org.roadloop.core.clearing.MeterComparison.Discrepancy;
import org.roadloop.core.clearing.MeterComparison.Side;
import org.roadloop.core.clearing.MeterComparison.Unit;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.KeyChain;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.dataspace.identity.CallerIdentity;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares both parties' meters of a day (对账): statements are signed and proven, a difference of
 * more than 1 % becomes a case with the entries of both, in this ledger and, once the peer is told,
 * in the peer's. Any thread.
 *
 * <p>A case is about two signed statements and nothing else, so its id is made from them and both
 * parties open the same one, however often they are told.
 */
public final class Reconciler {
    /** Both meters agree: {agreement, day, units, ownStatement, peerStatement}. */
    public static final String RECONCILED = "clearing.reconciled";

    private final TransparencyLog ledger;
    private final SignedNote.VerifierKey firstKey;
    private final List<PublicKey> participants;
    private final ContractBook book;
    private final Signer signer;
    private final CallerIdentity identity;
    private final Peers peers;
    private final PeerLogKeys logKeys;
    private final ZoneId zone;
    private final Clock clock;
    final DisputeBook disputes;

    /**
     * @param firstKey of our log, from which it leads to the one in use
     * @param participants our keys that may have vouched for a ledger key
     * @param logKeys of the peers' logs
     * @param zone of the clearing days
     */
    public Reconciler(
            TransparencyLog ledger,
            SignedNote.VerifierKey firstKey,
            List<PublicKey> participants,
            ContractBook book,
            Signer signer,
            CallerIdentity identity,
            Peers peers,
            PeerLogKeys logKeys,
            ZoneId zone,
            Clock clock) {
        this.ledger = ledger;
        this.firstKey = firstKey;
        this.participants = List.copyOf(participants);
        this.book = book;
        this.signer = signer;
        this.identity = identity;
        this.peers = peers;
        this.logKeys = logKeys;
        this.zone = zone;
        this.clock = clock;
        disputes = new DisputeBook(ledger);
    }

    /** What one day came to. */
    record Result(LocalDate day, String ownStatement, String peerStatement, List<String> cases) {}

    /** Our signed statement. */
    String state(ContractBook.Contract contract, Instant from, Instant until) {
        return Statement.of(ledger, contract, signer.did(), from, until).sign(signer);
    }

    /** Fetches the peer's statement of a day and writes down what the comparison shows. */
    Result reconcile(ContractBook.Contract contract, LocalDate day) throws InterruptedException {
        Peers.Peer peer = peers.of(contract);
        Instant from = day.atStartOfDay(zone).toInstant();
        Instant until = day.plusDays(1).atStartOfDay(zone).toInstant();
        String theirs = peers.statement(peer, contract.agreement().id(), from, until);
        Statement stated = proven(contract, peer, theirs, from, until);
        String ours = state(contract, from, until);
        List<String> cases = record(contract, day, ours, Statement.parse(ours), theirs, stated);
        return new Result(day, ours, theirs, cases);
    }

    /**
     * A peer tells of a difference it found between its statement and one of ours.
     *
     * @param theirs the peer's signed statement
     * @param ours ours, that it compared with
     */
    Result told(ContractBook.Contract contract, LocalDate day, String theirs, String ours)
            throws InterruptedException {
        Instant from = day.atStartOfDay(zone).toInstant();
        Instant until = day.plusDays(1).atStartOfDay(zone).toInstant();
        Statement own = parse(contract, signer.did(), ours, from, until);
        // It may be older than a rotation of our key.
        own.check(
                provides(contract, signer.did()),
                KeyChain.follow(firstKey, KeyChain.read(ledger), participants));
        Statement stated = proven(contract, peers.of(contract), theirs, from, until);
        return new Result(day, ours, theirs, record(contract, day, ours, own, theirs, stated));
    }

    private Statement proven(
            ContractBook.Contract contract,
            Peers.Peer peer,
            String jws,
            Instant from,
            Instant until)
            throws InterruptedException {
        Statement stated = parse(contract, peer.did(), jws, from, until);
        List<SignedNote.VerifierKey> keys;
        try {
            keys = logKeys.of(peer.did(), stated.checkpoint());
        } catch (IOException e) {
            throw new Problem(504, "peer_silent", "no log key of the peer: " + e.getMessage());
        }
        stated.check(provides(contract, peer.did()), keys);
        return stated;
    }

    private Statement parse(
            ContractBook.Contract contract, String did, String jws, Instant from, Instant until) {
        Statement stated = Statement.parse(jws);
        byte[] payload = Base64.getUrlDecoder().decode(jws.split("\\.")[1]);
        if (!stated.party().equals(did) || !identity.signed(did, jws, payload)) {
            throw new Statement.UnprovenException("it is not signed by " + did);
        }
        if (!stated.agreement().equals(contract.agreement().id())
                || !stated.from().equals(from)
                || !stated.until().equals(until)) {
            throw new Statement.UnprovenException("it is about another agreement or time");
        }
        return stated;
    }

    private static boolean provides(ContractBook.Contract contract, String did) {
        return contract.agreement().provider().equals(did);
    }

    // ---------------------------------------------------------------- evidence

    private List<String> record(
            ContractBook.Contract contract,
            LocalDate day,
            String ours,
            Statement own,
            String theirs,
            Statement peer) {
        String agreement = contract.agreement().id();
        Map<Unit, Side> ownSides = own.sides();
        Map<Unit, Side> peerSides = peer.sides();
        List<Discrepancy> found = MeterComparison.compare(agreement, day, ownSides, peerSides);
        String ownSha256 = sha256(ours);
        String peerSha256 = sha256(theirs);
        Instant now = clock.instant();
        if (found.isEmpty()) {
            ObjectNode body = Json.mapper().createObjectNode();
            body.put("agreement", agreement).put("day", day.toString());
            body.put("ownStatement", ownSha256).put("peerStatement", peerSha256);
            ArrayNode units = body.putArray("units");
            ownSides.forEach(
                    (unit, side) ->
                            units.addObject()
                                    .put("unit", unit.unit())
                                    .put("flavour", unit.flavour())
                                    .put("own", side.quantity())
                                    .put(
                                            "peer",
                                            peerSides.getOrDefault(unit, Side.NOTHING).quantity()));
            ledger.append(Event.of(RECONCILED, now, signer.did(), agreement, body));
            return List.of();
        }
        List<String> ids = new ArrayList<>();
        for (Discrepancy about : found) {
            String id = caseId(contract, about);
            ids.add(id);
            open(id, about, ours, ownSha256, theirs, peerSha256, now);
        }
        return ids;
    }

    /** Opens a case, once, with the statements of both parties before it. */
    private void open(
            String id,
            Discrepancy about,
            String ours,
            String ownSha256,
            String theirs,
            String peerSha256,
            Instant now) {
        List<Event> events = new ArrayList<>();
        if (disputes.findStatement(ownSha256).isEmpty()) {
            events.add(stated(ours, ownSha256, now));
        }
        if (disputes.findStatement(peerSha256).isEmpty()) {
            events.add(stated(theirs, peerSha256, now));
        }
        Dispute opened = Dispute.open(id, about);
        Dispute evidenced =
                opened.on(new Dispute.Move.GiveEvidence(Dispute.Party.OWN, ownSha256))
                        .on(new Dispute.Move.GiveEvidence(Dispute.Party.PEER, peerSha256));
        events.add(opened.event(now, signer.did()));
        events.add(evidenced.event(now, signer.did()));
        try {
            ledger.append(events, Map.of(Dispute.subject(id), 0L));
        } catch (ConflictException e) {
            // the case is open already
        }
    }

    private Event stated(String jws, String sha256, Instant now) {
        return Event.withPayload(
                DisputeBook.STATED,
                now,
                signer.did(),
                DisputeBook.statementSubject(sha256),
                jws.getBytes(StandardCharsets.US_ASCII));
    }

    /** The same at both parties: what the case is about, the provider's quantity first. */
    private String caseId(ContractBook.Contract contract, Discrepancy about) {
        boolean provider = provides(contract, signer.did());
        long provided = (provider ? about.own() : about.peer()).quantity();
        long received = (provider ? about.peer() : about.own()).quantity();
        return sha256(
                        String.join(
                                "\n",
                                about.agreement(),
                                about.day().toString(),
                                about.unit(),
                                about.flavour(),
                                Long.toString(provided),
                                Long.toString(received)))
                .substring(0, 32);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    // ---------------------------------------------------------------- settling

    /**
     * Moves a case from this side: to adopt the peer's quantity is a concession and stands at once;
     * our own or the middle stands once the peer has proposed the same.
     *
     * @return whether it is settled now
     */
    boolean settle(String id, Dispute.Outcome outcome) {
        long version = ledger.version(Dispute.subject(id));
        DisputeBook.Case found = get(id);
        if (found.dispute() instanceof Dispute.Settled settled && settled.outcome() == outcome) {
            return true;
        }
        boolean agreed =
                outcome == Dispute.Outcome.PEER
                        || found.proposedByPeer().filter(outcome::equals).isPresent();
        if (agreed) {
            adopt(found, outcome, version);
        } else {
            propose(found, outcome, signer.did());
        }
        return agreed;
    }

    /**
     * The peer settles or proposes.
     *
     * @param outcome as we see it: what the peer calls its own is our {@code PEER}
     * @param binding true if the peer says that it stands: then it must have conceded, or accepted
     *     what we proposed
     */
    void toldOfSettlement(String id, Dispute.Outcome outcome, boolean binding, String peer) {
        long version = ledger.version(Dispute.subject(id));
        DisputeBook.Case found = get(id);
        if (found.dispute() instanceof Dispute.Settled) {
            return;
        }
        if (!binding) {
            propose(found, outcome, peer);
        } else if (outcome == Dispute.Outcome.OWN
                || found.proposedByUs().filter(outcome::equals).isPresent()) {
            adopt(found, outcome, version);
        } else {
            throw new Problem(409, "not_agreed", "case " + id + " was not settled so by us");
        }
    }

    private void adopt(DisputeBook.Case found, Dispute.Outcome outcome, long version) {
        if (!(found.dispute() instanceof Dispute.Evidenced)) {
            throw new Problem(409, "case_over", "case " + found.id() + " is settled or withdrawn");
        }
        Dispute settled = found.dispute().on(new Dispute.Move.Adopt(outcome));
        ledger.append(
                List.of(settled.event(clock.instant(), signer.did())),
                Map.of(Dispute.subject(found.id()), version));
    }

    /** What stands already is not written again, however often the peer says it. */
    private void propose(DisputeBook.Case found, Dispute.Outcome outcome, String by) {
        String id = found.id();
        boolean ours = by.equals(signer.did());
        Optional<Dispute.Outcome> before = ours ? found.proposedByUs() : found.proposedByPeer();
        if (before.filter(outcome::equals).isPresent()) {
            return;
        }
        if (!(found.dispute() instanceof Dispute.Evidenced)) {
            throw new Problem(409, "case_over", "case " + id + " is settled or withdrawn");
        }
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("case", id).put("by", by).put("outcome", outcome.name());
        ledger.append(
                Event.of(
                        DisputeBook.PROPOSED,
                        clock.instant(),
                        signer.did(),
                        Dispute.subject(id),
                        body));
    }

    DisputeBook.Case get(String id) {
        return disputes.find(id)
                .orElseThrow(() -> Problem.notFound("dispute_not_found", "no case '" + id + "'"));
    }

    ContractBook.Contract contract(DisputeBook.Case found) {
        return book.getContract(found.dispute().about().agreement());
    }
}
