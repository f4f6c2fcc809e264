package org.roadloop.core.contract;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One subject of the ledger as the book has it (合约簿条目), a negotiation or a transfer. Its monitor
 * orders changes; the two states are read without it, and written last.
 */
final class Slot {
    volatile @Nullable Negotiation negotiation;
    volatile @Nullable TransferProcess transfer;
    long version;

    /** Index of the first entry that is in here. */
    long beganIndex = -1;

    /** Index of the last entry that is in here. */
    long foldedTo = -1;

    /** Of changes that took access away, held at once, and are not in the ledger yet. */
    final OwedEvents owed = new OwedEvents();

    /** Of the turns of a negotiation. */
    final List<ContractBook.Mark> marks = new ArrayList<>();

    Instant beganAt = Instant.EPOCH;
    Instant lastAt = Instant.EPOCH;

    /** Nothing has begun here. */
    boolean isEmpty() {
        return negotiation == null && transfer == null;
    }

    /** What the next entry about it must find in the ledger. */
    Map<String, Long> expected(String pid) {
        return Map.of(pid, version);
    }

    /** Takes over a state whose event is in the ledger. */
    void keep(Negotiation to, Instant at, long ledgerIndex) {
        count(at, ledgerIndex);
        marks.add(new ContractBook.Mark(at, ledgerIndex));
        negotiation = to;
    }

    /** As {@link #keep(Negotiation, Instant, long)}. */
    void keep(TransferProcess to, Instant at, long ledgerIndex) {
        count(at, ledgerIndex);
        transfer = to;
    }

    private void count(Instant at, long ledgerIndex) {
        if (version == 0) {
            beganAt = at;
            beganIndex = ledgerIndex;
        }
        lastAt = at;
        version++;
        foldedTo = ledgerIndex;
    }

    /** Forgets what it has of the ledger, to be folded again. */
    void forget() {
        negotiation = null;
        transfer = null;
        version = 0;
        foldedTo = -1;
        marks.clear();
    }
}
