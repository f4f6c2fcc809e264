package org.roadloop.core.contract;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every negotiation, contract and transfer of one participant (合约簿): load, apply, append in one
 * step. State is the fold of the ledger; a change exists once its event is on disk. Any thread.
 */
public final class ContractBook {
    private static final Logger log = LoggerFactory.getLogger(ContractBook.class);
    private static final int CONFLICT_RETRIES = 8;

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private final Map<String, String> pidByPeerPid = new ConcurrentHashMap<>();
    private final Map<String, Contract> contracts = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

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
    }

    /** When and why a contract was ended. */
    public record Ended(Instant at, String code, List<String> reason) {
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
    }

    /** One subject of the ledger; its monitor orders changes. */
    private static final class Slot {
        @Nullable Negotiation negotiation;
        @Nullable TransferProcess transfer;
        long version;

        /** Index of the last entry that is in here. */
        long foldedTo = -1;

        /** Of a change that took access away, held at once, and is not on disk yet. */
        @Nullable Event owed;

        Instant beganAt = Instant.EPOCH;
        Instant lastAt = Instant.EPOCH;
    }

    /** Replays the ledger. */
    public ContractBook(Ledger ledger, String did, Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        try (Stream<Entry> entries = ledger.read(0, BookEvents.TYPES)) {
            entries.forEach(this::take);
        }
    }

    public String did() {
        return did;
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    // ---------------------------------------------------------------- reading

    public Optional<Negotiation> findNegotiation(String pid) {
        Slot slot = slots.get(pid);
        return slot == null ? Optional.empty() : Optional.ofNullable(slot.negotiation);
    }

    public Negotiation getNegotiation(String pid) {
        return findNegotiation(pid)
                .orElseThrow(() -> new NoSuchElementException("no negotiation '" + pid + "'"));
    }

    public Optional<TransferProcess> findTransfer(String pid) {
        Slot slot = slots.get(pid);
        return slot == null ? Optional.empty() : Optional.ofNullable(slot.transfer);
    }

    public TransferProcess getTransfer(String pid) {
        return findTransfer(pid)
                .orElseThrow(() -> new NoSuchElementException("no transfer '" + pid + "'"));
    }

    public List<Course> listNegotiations() {
        return slots.values().stream()
                .flatMap(
                        slot -> {
                            Negotiation negotiation = slot.negotiation;
                            return negotiation == null
                                    ? Stream.empty()
                                    : Stream.of(new Course(negotiation, slot.beganAt, slot.lastAt));
                        })
                .sorted(java.util.Comparator.comparing(Course::beganAt))
                .toList();
    }

    public List<TransferProcess> listTransfers() {
        return slots.values().stream().flatMap(slot -> Stream.ofNullable(slot.transfer)).toList();
    }

    public Collection<Contract> listContracts() {
        return List.copyOf(contracts.values());
    }

    /** A contract that is or was in force on this side: both signed, FINALIZED. */
    public Optional<Contract> findContract(String agreementId) {
        return Optional.ofNullable(contracts.get(agreementId));
    }

    public Contract getContract(String agreementId) {
        return findContract(agreementId)
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "no contract '" + agreementId + "' in force here"));
    }

    /** Our pid of what a peer began under its own pid, so that a repeated request finds it. */
    public Optional<String> findNegotiationByPeerPid(String peer, String peerPid) {
        return Optional.ofNullable(pidByPeerPid.get("negotiation " + peer + " " + peerPid));
    }

    /** As {@link #findNegotiationByPeerPid}, for transfers. */
    public Optional<String> findTransferByPeerPid(String peer, String peerPid) {
        return Optional.ofNullable(pidByPeerPid.get("transfer " + peer + " " + peerPid));
    }

    // ---------------------------------------------------------------- changing

    /**
     * Begins a negotiation.
     *
     * @param empty our side, our pid, the peer; no turns yet
     */
    public NegotiationStep begin(Dialogue empty, NegotiationMessage message, Role sender) {
        Slot slot = slots.computeIfAbsent(empty.pid(), pid -> new Slot());
        synchronized (slot) {
            Negotiation known = slot.negotiation;
            if (known != null) {
                return known.dialogue().said(sender, message)
                        ? new NegotiationStep(
                                new Negotiation.Outcome.Repeated(), known, Optional.empty())
                        : apply(empty.pid(), message, sender);
            }
            Negotiation.Outcome outcome = Negotiation.begin(empty, message, sender);
            if (!(outcome instanceof Negotiation.Outcome.Moved moved)) {
                slots.remove(empty.pid(), slot);
                throw new IllegalStateException(
                        "a negotiation cannot begin with a " + message.type());
            }
            Event event = event(moved.to(), message, sender);
            Receipt receipt;
            try {
                receipt = ledger.append(List.of(event), Map.of(empty.pid(), 0L));
            } catch (RuntimeException e) {
                slots.remove(empty.pid(), slot);
                throw e;
            }
            keep(slot, moved.to(), event.at(), receipt.firstIndex());
            tell(l -> l.moved(moved.to()));
            return new NegotiationStep(outcome, moved.to(), Optional.of(receipt));
        }
    }

    /** Applies a message to a negotiation and appends what changed, or changes nothing. */
    public NegotiationStep apply(String pid, NegotiationMessage message, Role sender) {
        Slot slot = slots.get(pid);
        if (slot == null || slot.negotiation == null) {
            throw new NoSuchElementException("no negotiation '" + pid + "'");
        }
        synchronized (slot) {
            for (int attempt = 1; ; attempt++) {
                Negotiation before = java.util.Objects.requireNonNull(slot.negotiation);
                Negotiation.Outcome outcome = before.on(message, sender);
                if (outcome instanceof Negotiation.Outcome.Moved moved
                        && agreementTaken(moved.to())) {
                    outcome =
                            new Negotiation.Outcome.Refused(
                                    "agreement_id_taken",
                                    "the agreement's id belongs to another contract");
                }
                if (!(outcome instanceof Negotiation.Outcome.Moved moved)) {
                    return new NegotiationStep(outcome, before, Optional.empty());
                }
                List<Event> events = events(moved.to(), message, sender);
                try {
                    Receipt receipt =
                            ledger.append(events, expected(moved.to(), pid, slot.version));
                    keep(slot, moved.to(), events.getFirst().at(), receipt.firstIndex());
                    if (moved.to() instanceof Negotiation.Finalized f) {
                        contracts.putIfAbsent(
                                f.agreement().id(),
                                new Contract(
                                        f.agreement(),
                                        f.dialogue().self(),
                                        pid,
                                        receipt.firstIndex() + 1,
                                        Optional.empty()));
                    }
                    tell(l -> l.moved(moved.to()));
                    return new NegotiationStep(outcome, moved.to(), Optional.of(receipt));
                } catch (ConflictException e) {
                    again(attempt, pid, e);
                }
            }
        }
    }

    /** Learns the peer's pid from an answer; the ledger has it with the next message. */
    public void learn(String pid, String peerPid) {
        Slot slot = slots.get(pid);
        if (slot == null) {
            return;
        }
        synchronized (slot) {
            Negotiation n = slot.negotiation;
            if (n != null && n.dialogue().peerPid().isEmpty()) {
                slot.negotiation = Learning.learned(n, peerPid);
            }
            TransferProcess t = slot.transfer;
            if (t != null && t.dialogue().peerPid().isEmpty()) {
                slot.transfer = Learning.learned(t, peerPid);
            }
        }
    }

    public TransferStep beginTransfer(Dialogue empty, TransferMessage message, Role sender) {
        Slot slot = slots.computeIfAbsent(empty.pid(), pid -> new Slot());
        synchronized (slot) {
            if (slot.transfer != null) {
                return applyTransfer(empty.pid(), message, sender);
            }
            TransferProcess.Outcome outcome =
                    TransferProcess.begin(empty, TransferProcess.withoutSecret(message), sender);
            if (!(outcome instanceof TransferProcess.Outcome.Moved moved)) {
                slots.remove(empty.pid(), slot);
                throw new IllegalStateException("a transfer cannot begin with a " + message.type());
            }
            Event event = event(moved.to(), message, sender);
            Receipt receipt;
            try {
                receipt = ledger.append(List.of(event), Map.of(empty.pid(), 0L));
            } catch (RuntimeException e) {
                slots.remove(empty.pid(), slot);
                throw e;
            }
            keep(slot, moved.to(), event.at(), receipt.firstIndex());
            tell(l -> l.moved(moved.to()));
            return new TransferStep(outcome, moved.to(), Optional.of(receipt));
        }
    }

    /**
     * Applies a message to a transfer. What takes access away (suspension, completion, termination)
     * holds at once; its event follows in the same call. If that can't be written the call throws,
     * the access stays away, and no later message is answered before the event is on disk.
     */
    public TransferStep applyTransfer(String pid, TransferMessage message, Role sender) {
        Slot slot = slots.get(pid);
        if (slot == null || slot.transfer == null) {
            throw new NoSuchElementException("no transfer '" + pid + "'");
        }
        synchronized (slot) {
            writeOwed(slot, pid);
            for (int attempt = 1; ; attempt++) {
                TransferProcess before = java.util.Objects.requireNonNull(slot.transfer);
                TransferProcess.Outcome outcome = before.on(message, sender);
                if (!(outcome instanceof TransferProcess.Outcome.Moved moved)) {
                    return new TransferStep(outcome, before, Optional.empty());
                }
                boolean takesAway = !(moved.to() instanceof TransferProcess.Started);
                if (takesAway) {
                    slot.transfer = moved.to();
                    tell(l -> l.moved(moved.to()));
                }
                Event event = event(moved.to(), message, sender);
                try {
                    Receipt receipt = ledger.append(List.of(event), Map.of(pid, slot.version));
                    keep(slot, moved.to(), event.at(), receipt.firstIndex());
                    if (!takesAway) {
                        tell(l -> l.moved(moved.to()));
                    }
                    return new TransferStep(outcome, moved.to(), Optional.of(receipt));
                } catch (ConflictException e) {
                    again(attempt, pid, e);
                } catch (RuntimeException e) {
                    if (takesAway) {
                        slot.owed = event;
                    }
                    throw e;
                }
            }
        }
    }

    private void writeOwed(Slot slot, String pid) {
        Event owed = slot.owed;
        if (owed != null) {
            Receipt receipt = ledger.append(List.of(owed), Map.of(pid, slot.version));
            slot.owed = null;
            keep(
                    slot,
                    java.util.Objects.requireNonNull(slot.transfer),
                    owed.at(),
                    receipt.firstIndex());
        }
    }

    /** Ends a contract on this side: access stops first, the evidence follows in the same call. */
    public Receipt terminate(String agreementId, String code, List<String> reason) {
        Contract contract = getContract(agreementId);
        Ended ended = new Ended(clock.instant(), code, reason);
        Contract over =
                new Contract(
                        contract.agreement(),
                        contract.self(),
                        contract.negotiationPid(),
                        contract.ledgerIndex(),
                        Optional.of(ended));
        contracts.put(agreementId, over);
        tell(l -> l.ended(over));
        return ledger.append(BookEvents.terminated(did, agreementId, ended));
    }

    // ---------------------------------------------------------------- inside

    /** The provider chooses the id of an agreement: nothing may be about it before. */
    private boolean agreementTaken(Negotiation to) {
        return switch (to) {
            case Negotiation.Agreed agreed -> ledger.version(agreed.agreement().id()) > 0;
            case Negotiation.Finalized f -> ledger.version(f.agreement().id()) > 0;
            case Negotiation.Requested r -> false;
            case Negotiation.Offered o -> false;
            case Negotiation.Accepted a -> false;
            case Negotiation.Verified v -> false;
            case Negotiation.Terminated t -> false;
        };
    }

    /** Two negotiations that would come into force under one id: the second is a conflict. */
    private static Map<String, Long> expected(Negotiation to, String pid, long version) {
        return to instanceof Negotiation.Finalized f
                ? Map.of(pid, version, f.agreement().id(), 0L)
                : Map.of(pid, version);
    }

    private void again(int attempt, String pid, ConflictException e) {
        if (attempt >= CONFLICT_RETRIES) {
            throw e;
        }
        log.info("another writer changed {}; reading it again", pid);
        try (Stream<Entry> entries = ledger.readAbout(0, pid::equals)) {
            Slot slot = java.util.Objects.requireNonNull(slots.get(pid));
            slot.negotiation = null;
            slot.transfer = null;
            slot.version = 0;
            slot.foldedTo = -1;
            entries.forEach(this::take);
        }
    }

    private void tell(java.util.function.Consumer<Listener> what) {
        for (Listener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                log.error("a listener of the contract book failed", e);
            }
        }
    }

    private Event event(Negotiation to, NegotiationMessage message, Role sender) {
        return BookEvents.negotiation(
                clock.instant(), actor(to.dialogue(), sender), to, message, sender);
    }

    private List<Event> events(Negotiation to, NegotiationMessage message, Role sender) {
        Event event = event(to, message, sender);
        return to instanceof Negotiation.Finalized f
                ? List.of(event, BookEvents.agreed(event.at(), event.actor(), f))
                : List.of(event);
    }

    private Event event(TransferProcess to, TransferMessage message, Role sender) {
        return BookEvents.transfer(
                clock.instant(), actor(to.dialogue(), sender), to, message, sender);
    }

    private String actor(Dialogue dialogue, Role sender) {
        return sender == dialogue.self() ? did : dialogue.peer();
    }

    private void keep(Slot slot, Negotiation to, Instant at, long ledgerIndex) {
        if (slot.negotiation == null) {
            slot.beganAt = at;
        }
        slot.negotiation = to;
        slot.lastAt = at;
        slot.version++;
        slot.foldedTo = ledgerIndex;
        index("negotiation", to.dialogue());
    }

    private void keep(Slot slot, TransferProcess to, Instant at, long ledgerIndex) {
        if (slot.version == 0) {
            slot.beganAt = at;
        }
        slot.transfer = to;
        slot.lastAt = at;
        slot.version++;
        slot.foldedTo = ledgerIndex;
        index("transfer", to.dialogue());
    }

    private void index(String kind, Dialogue dialogue) {
        if (!dialogue.peerPid().isEmpty()) {
            pidByPeerPid.put(
                    kind + " " + dialogue.peer() + " " + dialogue.peerPid(), dialogue.pid());
        }
    }

    /**
     * Takes over what another node has appended: listeners hear what it changed here. An entry that
     * is in here already changes nothing.
     */
    public void follow(Entry entry) {
        switch (take(entry)) {
            case Change.Negotiated n -> tell(l -> l.moved(n.to()));
            case Change.Transferred t -> tell(l -> l.moved(t.to()));
            case Change.Ended e -> tell(l -> l.ended(e.contract()));
            case Change.None none -> {}
        }
    }

    /** What one entry changed. */
    private sealed interface Change {
        record None() implements Change {}

        record Negotiated(Negotiation to) implements Change {}

        record Transferred(TransferProcess to) implements Change {}

        record Ended(Contract contract) implements Change {}
    }

    private Change take(Entry entry) {
        Event event = entry.event();
        if (!(event.body() instanceof Event.Inline inline)) {
            return new Change.None();
        }
        return switch (event.type()) {
            case BookEvents.NEGOTIATION, BookEvents.TRANSFER -> takeMessage(entry, inline);
            case BookEvents.AGREED -> {
                // what is known may have ended since
                contracts.putIfAbsent(
                        event.subject(), BookEvents.contract(inline.json(), entry.index()));
                yield new Change.None();
            }
            case BookEvents.TERMINATED -> end(event, inline);
            default -> new Change.None();
        };
    }

    private Change takeMessage(Entry entry, Event.Inline inline) {
        Event event = entry.event();
        while (true) {
            Slot slot = slots.computeIfAbsent(event.subject(), pid -> new Slot());
            synchronized (slot) {
                if (slots.get(event.subject()) != slot) {
                    continue; // its begin failed meanwhile, and took it out
                }
                if (entry.index() <= slot.foldedTo) {
                    return new Change.None();
                }
                if (slot.owed != null) {
                    // access was taken away here: it stays so, whatever the others said meanwhile
                    slot.version++;
                    slot.foldedTo = entry.index();
                    return new Change.None();
                }
                if (event.type().equals(BookEvents.NEGOTIATION)) {
                    Negotiation to = BookEvents.replay(slot.negotiation, inline.json());
                    keep(slot, to, event.at(), entry.index());
                    return new Change.Negotiated(to);
                }
                TransferProcess to = BookEvents.replayTransfer(slot.transfer, inline.json());
                keep(slot, to, event.at(), entry.index());
                return new Change.Transferred(to);
            }
        }
    }

    private Change end(Event event, Event.Inline inline) {
        Contract contract = contracts.get(event.subject());
        if (contract == null || !contract.inForce()) {
            return new Change.None();
        }
        Contract over =
                new Contract(
                        contract.agreement(),
                        contract.self(),
                        contract.negotiationPid(),
                        contract.ledgerIndex(),
                        Optional.of(BookEvents.ended(event.at(), inline.json())));
        contracts.put(event.subject(), over);
        return new Change.Ended(over);
    }
}
