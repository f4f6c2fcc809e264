package org.roadloop.core.contract;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One subject of the ledger as the book has it (合约簿条目); its monitor orders changes. */
final class Slot {
    @Nullable Negotiation negotiation;
    @Nullable TransferProcess transfer;
    long version;

    /** Index of the last entry that is in here. */
    long foldedTo = -1;

    /** Of changes that took access away, held at once, and are not in the ledger yet. */
    final OwedEvents owed = new OwedEvents();

    /** Of the turns of a negotiation. */
    final List<ContractBook.Mark> marks = new ArrayList<>();

    Instant beganAt = Instant.EPOCH;
    Instant lastAt = Instant.EPOCH;
}
