package org.roadloop.core.contract;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/**
 * Every negotiation, contract and transfer of one participant (合约簿): load, apply, append in one
 * step. State is the fold of the ledger; a change exists once its event is on disk. Any thread.
 */
public final class ContractBook {
    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final LateEvidence late;
    private final BookListeners listeners = new BookListeners();
    private final Contracts contracts = new Contracts();
    private final Dialogues dialogues;
    private final NegotiationSteps negotiationSteps;
    private final TransferSteps transferSteps;
    private final ContractSteps contractSteps;

    /** A contract as this side holds it. */
    public record Contract(
            Agreement agreement,
            Role self,
            String negotiationPid,
            long ledgerIndex,
            Optional<Ended> ended) {
        public boolean inForce() {
            return ended.isEmpty();
        }

        Contract ended(Ended how) {
            return new Contract(agreement, self, negotiationPid, ledgerIndex, Optional.of(how));
        }
    }

    /**
     * When, by whom and why a contract was ended.
     *
     * @param by DID
     */
    public record Ended(Instant at, String by, String code, List<String> reason) {
        public Ended {
            reason = List.copyOf(reason);
        }
    }

    /**
     * A negotiation with its times.
     *
     * @param lastAt when the last message was applied here
     */
    public record Course(Negotiation negotiation, Instant beganAt, Instant lastAt) {
        /** From the first message to the last one, measured on this side. */
        public Duration duration() {
            return Duration.between(beganAt, lastAt);
        }
    }

    /** Result of a message; {@code receipt} is empty if nothing was written. */
    public record NegotiationStep(
            Negotiation.Outcome outcome, Negotiation now, Optional<Receipt> receipt) {}

    public record TransferStep(
            TransferProcess.Outcome outcome, TransferProcess now, Optional<Receipt> receipt) {}

    /**
     * Hears what happened after it is in the ledger, on the thread that wrote it; of another node's
     * acts on the thread that follows.
     */
    public interface Listener {
        default void moved(Negotiation to) {}

        default void moved(TransferProcess to) {}

        default void ended(Contract contract) {}

        /** One side suspended it: no use under it from here on. */
        default void suspended(Contract contract) {}
    }

    /**
     * Where a turn of a negotiation stands.
     *
     * @param at when it was applied here
     */
    public record Mark(Instant at, long ledgerIndex) {}

    /**
     * Replays the ledger. What takes access away while it can't be written ends with the process.
     */
    public ContractBook(Ledger ledger, String did, Clock clock) {
        this(ledger, did, clock, LateEvidence.NONE);
    }

    /**
     * Replays the ledger, and then what took access away and is not in it yet.
     *
     * @param late keeps the evidence of such acts while the ledger can't be written
     */
    public ContractBook(Ledger ledger, String did, Clock clock, LateEvidence late) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        this.late = late;
        dialogues = new Dialogues(ledger);
        negotiationSteps =
                new NegotiationSteps(ledger, did, clock, dialogues, contracts, listeners);
        transferSteps = new TransferSteps(ledger, did, clock, late, dialogues, listeners);
        contractSteps = new ContractSteps(ledger, clock, late, contracts, listeners);
        List<Event> pending = new ArrayList<>(late.pending());
        try (Stream<Entry> entries = ledger.read(0, BookEvents.TYPES)) {
            entries.forEach(
                    entry -> {
                        take(entry);
                        pending.removeIf(event -> BookEvents.same(event, entry.event()));
                    });
        }
        pending.forEach(this::takeAway);
    }

    LateEvidence late() {
        return late;
    }

    public String did() {
        return did;
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    // ---------------------------------------------------------------- reading

    public Optional<Negotiation> findNegotiation(String pid) {
        return dialogues.findNegotiation(pid);
    }

    public Negotiation getNegotiation(String pid) {
        return findNegotiation(pid)
                .orElseThrow(() -> new NoSuchElementException("no negotiation '" + pid + "'"));
    }

    public Optional<TransferProcess> findTransfer(String pid) {
        return dialogues.findTransfer(pid);
    }

    public TransferProcess getTransfer(String pid) {
        return findTransfer(pid)
                .orElseThrow(() -> new NoSuchElementException("no transfer '" + pid + "'"));
    }

    /** A negotiation with its times. */
    public Optional<Course> findCourse(String pid) {
        return dialogues.findCourse(pid);
    }

    /** Oldest first: in the order in which they began, which the ledger keeps. */
    public List<Course> listNegotiations() {
        return dialogues.listNegotiations();
    }

    public int negotiationsCount() {
        return dialogues.negotiationsCount();
    }

    /** When each turn of a negotiation was applied, in the order of its turns. */
    public List<Mark> listMarks(String pid) {
        return dialogues.listMarks(pid);
    }

    /** Oldest first: in the order in which they began, which the ledger keeps. */
    public List<TransferProcess> listTransfers() {
        return dialogues.listTransfers();
    }

    /** Oldest first: in the order in which they came into force, which the ledger keeps. */
    public List<Contract> listContracts() {
        return contracts.list();
    }

    /** In force or ended. */
    public int contractsCount() {
        return contracts.size();
    }

    /** A contract that is or was in force on this side: both signed, FINALIZED. */
    public Optional<Contract> findContract(String agreementId) {
        return contracts.find(agreementId);
    }

    public Contract getContract(String agreementId) {
        return findContract(agreementId)
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "no contract '" + agreementId + "' in force here"));
    }

    /** Who has suspended a contract and not resumed it; empty if it is not suspended. */
    public List<ContractAct> suspensions(String agreementId) {
        return contracts.acts().suspensions(agreementId);
    }

    /** Former contracts whose counters go on in this one, however they ended. */
    Set<String> carriedInto(Contract contract) {
        return contracts.carriedInto(contract);
    }

    /** What one side did last to a contract. */
    public Optional<ContractAct> findAct(String agreementId, Role by) {
        return contracts.acts().find(agreementId, by);
    }

    /** Our pid of what a peer began under its own pid, so that a repeated request finds it. */
    public Optional<String> findNegotiationByPeerPid(String peer, String peerPid) {
        return dialogues.findNegotiationByPeerPid(peer, peerPid);
    }

    /** As {@link #findNegotiationByPeerPid}, for transfers. */
    public Optional<String> findTransferByPeerPid(String peer, String peerPid) {
        return dialogues.findTransferByPeerPid(peer, peerPid);
    }

    // ---------------------------------------------------------------- changing

    /**
     * Begins a negotiation.
     *
     * @param empty our side, our pid, the peer; no turns yet
     */
    public NegotiationStep begin(Dialogue empty, NegotiationMessage message, Role sender) {
        return begin(empty, message, sender, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    public NegotiationStep begin(
            Dialogue empty, NegotiationMessage message, Role sender, String id) {
        return negotiationSteps.begin(empty, message, sender, id);
    }

    /** Applies a message to a negotiation and appends what changed, or changes nothing. */
    public NegotiationStep apply(String pid, NegotiationMessage message, Role sender) {
        return apply(pid, message, sender, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    public NegotiationStep apply(String pid, NegotiationMessage message, Role sender, String id) {
        return negotiationSteps.apply(pid, message, sender, id);
    }

    /** Learns the peer's pid from an answer; the ledger has it with the next message. */
    public void learn(String pid, String peerPid) {
        dialogues.learn(pid, peerPid);
    }

    public TransferStep beginTransfer(Dialogue empty, TransferMessage message, Role sender) {
        return beginTransfer(empty, message, sender, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    public TransferStep beginTransfer(
            Dialogue empty, TransferMessage message, Role sender, String id) {
        return transferSteps.begin(empty, message, sender, id);
    }

    /**
     * Applies a message to a transfer. What takes access away (suspension, completion, termination)
     * holds at once; its event follows in the same call, or is kept until the ledger can be written
     * and the step has no receipt. If it can't be kept either, the call throws and the access stays
     * away. Access is given again only once all that is in the ledger.
     */
    public TransferStep applyTransfer(String pid, TransferMessage message, Role sender) {
        return applyTransfer(pid, message, sender, "", false);
    }

    /**
     * @param id {@code @id} of the message, or empty
     * @param crossed whether the sender may not have heard our last word when it said this
     */
    public TransferStep applyTransfer(
            String pid, TransferMessage message, Role sender, String id, boolean crossed) {
        return transferSteps.apply(pid, message, sender, id, crossed);
    }

    /**
     * Ends a contract on this side: access stops first, the evidence follows in the same call, or
     * is kept until the ledger can be written and the receipt counts no entry. One that has ended
     * stays as it is.
     */
    public Receipt terminate(String agreementId, String code, List<String> reason) {
        return contractSteps.own(
                getContract(agreementId), ContractAct.Kind.TERMINATED, code, reason);
    }

    /** Takes the use under a contract away until {@link #resume}; in the order of a termination. */
    public Receipt suspend(String agreementId, String code, List<String> reason) {
        return contractSteps.own(
                getContract(agreementId), ContractAct.Kind.SUSPENDED, code, reason);
    }

    /** Lifts our own suspension, once that is in the ledger; the other side's stays. */
    public Receipt resume(String agreementId) {
        return contractSteps.own(getContract(agreementId), ContractAct.Kind.RESUMED, "", List.of());
    }

    /** An act of either side; one that changes nothing leaves no entry. */
    public Receipt act(String agreementId, ContractAct act) {
        return contractSteps.act(getContract(agreementId), act);
    }

    /** Notes that the peers have all our words of these ended dialogues. */
    public void noteWordsTaken(List<String> pids) {
        ledger.append(BookEvents.taken(clock.instant(), did, pids));
        pids.forEach(dialogues::noteWordsTaken);
    }

    /** Whether it is noted that the peer has all our words of an ended dialogue. */
    public boolean wordsTaken(String pid) {
        return dialogues.wordsTaken(pid);
    }

    // ---------------------------------------------------------------- folding

    /**
     * Takes over what another node has appended: listeners hear what it changed here. An entry that
     * is in here already changes nothing.
     */
    public void follow(Entry entry) {
        listeners.tell(take(entry));
    }

    private Change take(Entry entry) {
        Event event = entry.event();
        if (!(event.body() instanceof Event.Inline inline)) {
            return new Change.None();
        }
        return switch (event.type()) {
            case BookEvents.NEGOTIATION, BookEvents.TRANSFER -> dialogues.take(entry);
            case BookEvents.AGREED -> {
                contracts.add(BookEvents.contract(inline.json(), entry.index()));
                yield new Change.None();
            }
            case BookEvents.TERMINATED, BookEvents.SUSPENDED, BookEvents.RESUMED ->
                    contracts.take(event);
            case BookEvents.TAKEN -> {
                inline.json()
                        .required("dialogues")
                        .forEach(pid -> dialogues.noteWordsTaken(pid.asString()));
                yield new Change.None();
            }
            default -> new Change.None();
        };
    }

    /** An act of an earlier run that the ledger does not have yet. */
    private void takeAway(Event event) {
        if (BookEvents.ACTS.contains(event.type())) {
            contracts.take(event);
        } else if (event.type().equals(BookEvents.TRANSFER)
                && event.body() instanceof Event.Inline inline) {
            dialogues.takeAway(event, inline);
        }
    }
}
