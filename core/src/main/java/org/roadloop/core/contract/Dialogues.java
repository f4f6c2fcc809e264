package org.roadloop.core.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every negotiation and transfer of one participant (往来簿): the fold of the messages that the ledger
 * has. Any thread.
 */
final class Dialogues {
    private static final Logger log = LoggerFactory.getLogger(Dialogues.class);
    private static final int CONFLICT_RETRIES = 8;

    private final Ledger ledger;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private final Map<String, String> negotiationByPeerPid = new ConcurrentHashMap<>();
    private final Map<String, String> transferByPeerPid = new ConcurrentHashMap<>();

    /** Our pids of ended dialogues, all of whose words the peer has. */
    private final Set<String> wordsTaken = ConcurrentHashMap.newKeySet();

    Dialogues(Ledger ledger) {
        this.ledger = ledger;
    }

    // ---------------------------------------------------------------- reading

    Optional<Negotiation> findNegotiation(String pid) {
        Slot slot = slots.get(pid);
        return slot == null ? Optional.empty() : Optional.ofNullable(slot.negotiation);
    }

    Optional<TransferProcess> findTransfer(String pid) {
        Slot slot = slots.get(pid);
        return slot == null ? Optional.empty() : Optional.ofNullable(slot.transfer);
    }

    Optional<ContractBook.Course> findCourse(String pid) {
        return Optional.ofNullable(slots.get(pid)).map(Dialogues::course);
    }

    private static ContractBook.@Nullable Course course(Slot slot) {
        Negotiation negotiation = slot.negotiation;
        return negotiation == null
                ? null
                : new ContractBook.Course(negotiation, slot.beganAt, slot.lastAt);
    }

    /** In the order of the ledger: the one that began first is first. */
    List<ContractBook.Course> listNegotiations() {
        return list(Dialogues::course);
    }

    /** As {@link #listNegotiations}. */
    List<TransferProcess> listTransfers() {
        return list(slot -> slot.transfer);
    }

    private <T> List<T> list(Function<Slot, @Nullable T> what) {
        // the index is copied before the sort: a slot may be folded again while it is sorted
        record Begun<T>(long index, T it) {}
        List<Begun<T>> begun = new ArrayList<>(slots.size());
        for (Slot slot : slots.values()) {
            T it = what.apply(slot);
            if (it != null) {
                begun.add(new Begun<>(slot.beganIndex, it));
            }
        }
        begun.sort(Comparator.comparingLong(Begun::index));
        return begun.stream().map(Begun::it).toList();
    }

    int negotiationsCount() {
        int count = 0;
        for (Slot slot : slots.values()) {
            if (slot.negotiation != null) {
                count++;
            }
        }
        return count;
    }

    /** When each turn of a negotiation was applied, in the order of its turns. */
    List<ContractBook.Mark> listMarks(String pid) {
        Slot slot = slots.get(pid);
        if (slot == null) {
            return List.of();
        }
        synchronized (slot) {
            return List.copyOf(slot.marks);
        }
    }

    Optional<String> findNegotiationByPeerPid(String peer, String peerPid) {
        return Optional.ofNullable(negotiationByPeerPid.get(peer + " " + peerPid));
    }

    Optional<String> findTransferByPeerPid(String peer, String peerPid) {
        return Optional.ofNullable(transferByPeerPid.get(peer + " " + peerPid));
    }

    void noteWordsTaken(String pid) {
        wordsTaken.add(pid);
    }

    boolean wordsTaken(String pid) {
        return wordsTaken.contains(pid);
    }

    // ---------------------------------------------------------------- changing

    /** The slot of what has begun. */
    Slot negotiation(String pid) {
        Slot slot = slots.get(pid);
        if (slot == null || slot.negotiation == null) {
            throw new NoSuchElementException("no negotiation '" + pid + "'");
        }
        return slot;
    }

    /** As {@link #negotiation}. */
    Slot transfer(String pid) {
        Slot slot = slots.get(pid);
        if (slot == null || slot.transfer == null) {
            throw new NoSuchElementException("no transfer '" + pid + "'");
        }
        return slot;
    }

    /** A step on the slot of a subject, under its monitor; a begin that fails leaves no slot. */
    <T> T in(String pid, Function<Slot, T> step) {
        while (true) {
            Slot slot = slots.computeIfAbsent(pid, p -> new Slot());
            synchronized (slot) {
                if (slots.get(pid) != slot) {
                    continue; // its begin failed meanwhile, and took it out
                }
                try {
                    return step.apply(slot);
                } finally {
                    if (slot.isEmpty()) {
                        slots.remove(pid, slot);
                    }
                }
            }
        }
    }

    void keep(Slot slot, Negotiation to, Event event, long ledgerIndex) {
        slot.keep(to, event.at(), ledgerIndex);
        index(negotiationByPeerPid, to.dialogue());
    }

    void keep(Slot slot, TransferProcess to, Event event, long ledgerIndex) {
        slot.keep(to, event.at(), ledgerIndex);
        index(transferByPeerPid, to.dialogue());
    }

    private static void index(Map<String, String> pidByPeerPid, Dialogue dialogue) {
        if (!dialogue.peerPid().isEmpty()) {
            pidByPeerPid.put(dialogue.peer() + " " + dialogue.peerPid(), dialogue.pid());
        }
    }

    /** Learns the peer's pid from an answer; the ledger has it with the next message. */
    void learn(String pid, String peerPid) {
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

    // ---------------------------------------------------------------- folding

    /** Folds a message; what is in here already, and any other entry, changes nothing. */
    Change take(Entry entry) {
        Event event = entry.event();
        boolean negotiation = event.type().equals(BookEvents.NEGOTIATION);
        if (!negotiation && !event.type().equals(BookEvents.TRANSFER)
                || !(event.body() instanceof Event.Inline inline)) {
            return new Change.None();
        }
        return in(
                event.subject(),
                slot -> {
                    if (entry.index() <= slot.foldedTo) {
                        return new Change.None();
                    }
                    if (!slot.owed.isEmpty()) {
                        // access was taken away here: it stays so, whatever the others said
                        slot.owed.seen(event);
                        slot.version++;
                        slot.foldedTo = entry.index();
                        return new Change.None();
                    }
                    if (negotiation) {
                        Negotiation to = BookEvents.replay(slot.negotiation, inline.json());
                        keep(slot, to, event, entry.index());
                        return new Change.Negotiated(to);
                    }
                    TransferProcess to = BookEvents.replayTransfer(slot.transfer, inline.json());
                    keep(slot, to, event, entry.index());
                    return new Change.Transferred(to);
                });
    }

    /** Takes access away as an earlier run did; the ledger does not have it yet. */
    void takeAway(Event event, Event.Inline inline) {
        Slot slot = slots.get(event.subject());
        if (slot == null) {
            return;
        }
        synchronized (slot) {
            slot.transfer = BookEvents.replayTransfer(slot.transfer, inline.json());
            slot.owed.kept(event);
        }
    }

    /** Folds what others have appended about a subject since its last entry in here. */
    void catchUp(Slot slot, String pid) {
        if (ledger.version(pid) > slot.version) {
            try (Stream<Entry> entries = ledger.read(slot.foldedTo + 1)) {
                entries.filter(entry -> entry.event().subject().equals(pid)).forEach(this::take);
            }
        }
    }

    /** After another writer was first: folds the subject again from the ledger. */
    void again(Slot slot, String pid, int attempt, ConflictException e) {
        if (attempt >= CONFLICT_RETRIES) {
            throw e;
        }
        log.info("another writer changed {}; reading it again", pid);
        try (Stream<Entry> entries = ledger.readAbout(0, pid::equals)) {
            slot.forget();
            entries.forEach(this::take);
        }
    }
}
