package org.roadloop.core.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.evidence.LateEvidence;
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
    private final LateEvidence late;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private final Map<String, String> pidByPeerPid = new ConcurrentHashMap<>();
    private final Map<String, Contract> contracts = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ContractActs acts = new ContractActs();

    /** Our pids of ended dialogues, all of whose words the peer has. */
    private final Set<String> wordsTaken = ConcurrentHashMap.newKeySet();

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

    public Optional<Course> findCourse(String pid) {
        Slot slot = slots.get(pid);
        Negotiation negotiation = slot == null ? null : slot.negotiation;
        return slot == null || negotiation == null
                ? Optional.empty()
                : Optional.of(new Course(negotiation, slot.beganAt, slot.lastAt));
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

    /** When each turn of a negotiation was applied, in the order of its turns. */
    public List<Mark> listMarks(String pid) {
        Slot slot = slots.get(pid);
        if (slot == null) {
            return List.of();
        }
        synchronized (slot) {
            return List.copyOf(slot.marks);
        }
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

    /** Who has suspended a contract and not resumed it; empty if it is not suspended. */
    public List<ContractAct> suspensions(String agreementId) {
        return acts.suspensions(agreementId);
    }

    /** Former contracts whose counters go on in this one, however they ended. */
    Set<String> carriedInto(Contract contract) {
        Set<String> former = new java.util.LinkedHashSet<>();
        Contract at = contract;
        while (true) {
            Agreement by = at.agreement();
            Optional<Contract> old =
                    Supersession.find(by.policy())
                            .filter(Supersession::carried)
                            .flatMap(s -> old(s, by));
            if (old.isEmpty() || !former.add(old.get().agreement().id())) {
                return former;
            }
            at = old.get();
        }
    }

    /** What one side did last to a contract. */
    public Optional<ContractAct> findAct(String agreementId, Role by) {
        return acts.find(agreementId, by);
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
        return begin(empty, message, sender, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    public NegotiationStep begin(
            Dialogue empty, NegotiationMessage message, Role sender, String id) {
        Slot slot = slots.computeIfAbsent(empty.pid(), pid -> new Slot());
        synchronized (slot) {
            Negotiation known = slot.negotiation;
            if (known != null) {
                return known.dialogue().said(sender, message, id)
                        ? new NegotiationStep(
                                new Negotiation.Outcome.Repeated(), known, Optional.empty())
                        : apply(empty.pid(), message, sender, id);
            }
            Negotiation.Outcome outcome = Negotiation.begin(empty, message, sender, id);
            if (!(outcome instanceof Negotiation.Outcome.Moved moved)) {
                slots.remove(empty.pid(), slot);
                throw new IllegalStateException(
                        "a negotiation cannot begin with a " + message.type());
            }
            Event event = event(moved.to());
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
        return apply(pid, message, sender, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    public NegotiationStep apply(String pid, NegotiationMessage message, Role sender, String id) {
        Slot slot = slots.get(pid);
        if (slot == null || slot.negotiation == null) {
            throw new NoSuchElementException("no negotiation '" + pid + "'");
        }
        synchronized (slot) {
            for (int attempt = 1; ; attempt++) {
                Negotiation before = java.util.Objects.requireNonNull(slot.negotiation);
                Negotiation.Outcome outcome = before.on(message, sender, id);
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
                Optional<Contract> superseded = superseded(moved.to());
                List<Event> events = events(moved.to(), superseded);
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
                        superseded.ifPresent(old -> endedBy(events.getLast()));
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
        return beginTransfer(empty, message, sender, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    public TransferStep beginTransfer(
            Dialogue empty, TransferMessage message, Role sender, String id) {
        Slot slot = slots.computeIfAbsent(empty.pid(), pid -> new Slot());
        synchronized (slot) {
            if (slot.transfer != null) {
                return applyTransfer(empty.pid(), message, sender, id, false);
            }
            TransferProcess.Outcome outcome =
                    TransferProcess.begin(
                            empty, TransferProcess.withoutSecret(message), sender, id);
            if (!(outcome instanceof TransferProcess.Outcome.Moved moved)) {
                slots.remove(empty.pid(), slot);
                throw new IllegalStateException("a transfer cannot begin with a " + message.type());
            }
            Event event = event(moved.to(), moved.to().dialogue().turns().getLast(), false);
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
        Slot slot = slots.get(pid);
        if (slot == null || slot.transfer == null) {
            throw new NoSuchElementException("no transfer '" + pid + "'");
        }
        synchronized (slot) {
            writeOwed(slot, pid);
            Dialogue.Turn turn =
                    new Dialogue.Turn(sender, TransferProcess.withoutSecret(message), id);
            for (int attempt = 1; ; attempt++) {
                TransferProcess before = java.util.Objects.requireNonNull(slot.transfer);
                TransferProcess.Outcome outcome = before.on(message, sender, id, crossed);
                if (!(outcome instanceof TransferProcess.Outcome.Moved moved)) {
                    return new TransferStep(outcome, before, Optional.empty());
                }
                Event event = event(moved.to(), turn, crossed);
                try {
                    Optional<Receipt> receipt =
                            moved.to() instanceof TransferProcess.Started
                                    ? Optional.of(give(slot, pid, event))
                                    : takeAway(slot, pid, moved.to(), event);
                    receipt.ifPresent(r -> keep(slot, moved.to(), event.at(), r.firstIndex()));
                    if (moved.to() instanceof TransferProcess.Started) {
                        tell(l -> l.moved(moved.to()));
                    }
                    return new TransferStep(outcome, moved.to(), receipt);
                } catch (ConflictException e) {
                    again(attempt, pid, e);
                }
            }
        }
    }

    private Receipt give(Slot slot, String pid, Event event) {
        if (!slot.owed.isEmpty()) {
            throw new UncheckedIOException(
                    "access through transfer "
                            + pid
                            + " was taken away and the ledger does not have it yet; try again once"
                            + " the ledger can be written",
                    new IOException("late evidence waits"));
        }
        return ledger.append(List.of(event), Map.of(pid, slot.version));
    }

    private Optional<Receipt> takeAway(Slot slot, String pid, TransferProcess to, Event event) {
        slot.transfer = to;
        tell(l -> l.moved(to));
        return slot.owed.append(late, ledger, event, Map.of(pid, slot.version));
    }

    /** Finds in the ledger what followed meanwhile, and writes what nobody keeps. */
    private void writeOwed(Slot slot, String pid) {
        if (slot.owed.isEmpty()) {
            return;
        }
        if (ledger.version(pid) > slot.version) {
            try (Stream<Entry> entries = ledger.read(slot.foldedTo + 1)) {
                entries.filter(entry -> entry.event().subject().equals(pid)).forEach(this::take);
            }
        }
        TransferProcess now = java.util.Objects.requireNonNull(slot.transfer);
        Optional<Event> next = slot.owed.unkept();
        while (next.isPresent()) {
            Instant at = next.get().at();
            slot.owed
                    .write(late, ledger, Map.of(pid, slot.version))
                    .ifPresent(receipt -> keep(slot, now, at, receipt.firstIndex()));
            next = slot.owed.unkept();
        }
    }

    /**
     * Ends a contract on this side: access stops first, the evidence follows in the same call, or
     * is kept until the ledger can be written and the receipt counts no entry. One that has ended
     * stays as it is.
     */
    public Receipt terminate(String agreementId, String code, List<String> reason) {
        return act(agreementId, own(agreementId, ContractAct.Kind.TERMINATED, code, reason));
    }

    /** Takes the use under a contract away until {@link #resume}; in the order of a termination. */
    public Receipt suspend(String agreementId, String code, List<String> reason) {
        return act(agreementId, own(agreementId, ContractAct.Kind.SUSPENDED, code, reason));
    }

    /** Lifts our own suspension, once that is in the ledger; the other side's stays. */
    public Receipt resume(String agreementId) {
        return act(agreementId, own(agreementId, ContractAct.Kind.RESUMED, "", List.of()));
    }

    private ContractAct own(
            String agreementId, ContractAct.Kind kind, String code, List<String> reason) {
        Role self = getContract(agreementId).self();
        Instant at = acts.next(agreementId, self, clock.instant());
        return new ContractAct(self, kind, at, code, reason);
    }

    /** An act of either side; one that changes nothing leaves no entry. */
    public Receipt act(String agreementId, ContractAct act) {
        Contract contract = getContract(agreementId);
        Event event = BookEvents.act(clock.instant(), contract, act);
        Receipt nothing = new Receipt(ledger.size(), 0);
        boolean suspended =
                acts.find(agreementId, act.by())
                        .filter(last -> last.kind() == ContractAct.Kind.SUSPENDED)
                        .isPresent();
        if (!contract.inForce()) {
            return nothing;
        }
        if (act.kind() == ContractAct.Kind.RESUMED) {
            if (!suspended) {
                return nothing;
            }
            Receipt receipt = ledger.append(event);
            acts.take(agreementId, act);
            return receipt;
        }
        if (!acts.take(agreementId, act)) {
            return nothing;
        }
        switch (end(event)) {
            case Change.Ended ended -> tell(l -> l.ended(ended.contract()));
            case Change.Suspended s -> tell(l -> l.suspended(s.contract()));
            case Change.Negotiated n -> {}
            case Change.Transferred t -> {}
            case Change.None none -> {}
        }
        return late.append(ledger, event, Map.of()).orElse(nothing);
    }

    /** Notes that the peers have all our words of these ended dialogues. */
    public void noteWordsTaken(List<String> pids) {
        ledger.append(BookEvents.taken(clock.instant(), did, pids));
        wordsTaken.addAll(pids);
    }

    /** Whether it is noted that the peer has all our words of an ended dialogue. */
    public boolean wordsTaken(String pid) {
        return wordsTaken.contains(pid);
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
            slot.marks.clear();
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

    private Event event(Negotiation to) {
        Role sender = to.dialogue().turns().getLast().sender();
        return BookEvents.negotiation(clock.instant(), actor(to.dialogue(), sender), to);
    }

    /** With the end of the contract that it takes the place of. */
    private List<Event> events(Negotiation to, Optional<Contract> superseded) {
        Event event = event(to);
        if (!(to instanceof Negotiation.Finalized f)) {
            return List.of(event);
        }
        Event agreed = BookEvents.agreed(event.at(), event.actor(), f);
        if (superseded.isEmpty()) {
            return List.of(event, agreed);
        }
        ContractAct act =
                new ContractAct(
                        Role.PROVIDER,
                        ContractAct.Kind.TERMINATED,
                        event.at(),
                        Supersession.CODE,
                        List.of("superseded by " + f.agreement().id()));
        return List.of(event, agreed, BookEvents.act(event.at(), superseded.get(), act));
    }

    /** The contract in force between the same two, about the same, that this one replaces. */
    private Optional<Contract> superseded(Negotiation to) {
        return to instanceof Negotiation.Finalized f
                ? Supersession.find(f.agreement().policy())
                        .flatMap(s -> old(s, f.agreement()))
                        .filter(Contract::inForce)
                : Optional.empty();
    }

    private Optional<Contract> old(Supersession supersession, Agreement by) {
        return findContract(supersession.agreementId())
                .filter(c -> c.agreement().provider().equals(by.provider()))
                .filter(c -> c.agreement().consumer().equals(by.consumer()))
                .filter(c -> c.agreement().asset().equals(by.asset()));
    }

    private Event event(TransferProcess to, Dialogue.Turn turn, boolean crossed) {
        return BookEvents.transfer(
                clock.instant(), actor(to.dialogue(), turn.sender()), to, turn, crossed);
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
        slot.marks.add(new Mark(at, ledgerIndex));
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
            case Change.Suspended s -> tell(l -> l.suspended(s.contract()));
            case Change.None none -> {}
        }
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
            case BookEvents.TERMINATED, BookEvents.SUSPENDED, BookEvents.RESUMED -> end(event);
            case BookEvents.TAKEN -> {
                inline.json().required("dialogues").forEach(pid -> wordsTaken.add(pid.asString()));
                yield new Change.None();
            }
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
                if (!slot.owed.isEmpty()) {
                    // access was taken away here: it stays so, whatever the others said meanwhile
                    slot.owed.seen(event);
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

    private void endedBy(Event event) {
        if (end(event) instanceof Change.Ended ended) {
            tell(l -> l.ended(ended.contract()));
        }
    }

    /** Folds what one side did to a contract. */
    private Change end(Event event) {
        Contract contract = contracts.get(event.subject());
        if (contract == null || !contract.inForce()) {
            return new Change.None();
        }
        ContractAct act = BookEvents.act(event, contract);
        acts.take(event.subject(), act);
        return switch (act.kind()) {
            case TERMINATED -> {
                Ended ended = new Ended(event.at(), event.actor(), act.code(), act.reason());
                yield new Change.Ended(end(contract, ended));
            }
            case SUSPENDED -> new Change.Suspended(contract);
            case RESUMED -> new Change.None();
        };
    }

    private Contract end(Contract contract, Ended ended) {
        Contract over =
                new Contract(
                        contract.agreement(),
                        contract.self(),
                        contract.negotiationPid(),
                        contract.ledgerIndex(),
                        Optional.of(ended));
        contracts.put(contract.agreement().id(), over);
        return over;
    }

    /** An act of an earlier run that the ledger does not have yet. */
    private void takeAway(Event event) {
        if (!(event.body() instanceof Event.Inline inline)) {
            return;
        }
        Slot slot = slots.get(event.subject());
        if (BookEvents.ACTS.contains(event.type())) {
            end(event);
        } else if (event.type().equals(BookEvents.TRANSFER) && slot != null) {
            synchronized (slot) {
                slot.transfer = BookEvents.replayTransfer(slot.transfer, inline.json());
                slot.owed.kept(event);
            }
        }
    }
}
