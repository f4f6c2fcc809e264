package org.roadloop.core.contract;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.roadloop.core.clearing.UsageAmount;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/**
 * What was used under one agreement (计量): the fold of the events about it. Its monitor orders uses
 * in this process; writers elsewhere are met by the version of the agreement.
 */
final class AgreementMeter {
    private final Ledger ledger;
    private final String agreementId;
    private final Set<Long> reversed = new HashSet<>();
    private Set<String> former = Set.of();
    private long nextIndex;
    private long version;
    private long uses;
    private long computeSeconds;

    /** End of the last metered interval; no two uses share one, so none is taken for another. */
    private Instant until = Instant.MIN;

    /**
     * @param fromIndex entries before it are not about the agreement
     */
    AgreementMeter(Ledger ledger, String agreementId, long fromIndex) {
        this.ledger = ledger;
        this.agreementId = agreementId;
        nextIndex = fromIndex;
    }

    /** What was used under contracts that this one took the place of counts too. */
    AgreementMeter carrying(Set<String> agreementIds) {
        former = Set.copyOf(agreementIds);
        return this;
    }

    long uses() {
        return uses;
    }

    long computeSeconds() {
        return computeSeconds;
    }

    boolean reversed(long index) {
        return reversed.contains(index);
    }

    /** An end for an interval that no metered use has: now, or just after the last one. */
    Instant nextUntil(Instant now) {
        // a coarse clock, or one that was set back, must not make two uses look the same
        return now.isAfter(until) ? now : until.plusNanos(1);
    }

    /** Takes in what others appended. */
    void catchUp() {
        if (ledger.version(agreementId) == version) {
            return;
        }
        try (Stream<Entry> entries = ledger.read(nextIndex)) {
            entries.forEach(this::take);
        }
    }

    /** Any entry, in order. */
    void take(Entry entry) {
        if (entry.event().subject().equals(agreementId)) {
            fold(entry.event());
        } else if (former.contains(entry.event().subject())) {
            fold(entry.event());
            version--; // it counts, and is no event about this agreement
        }
        nextIndex = entry.index() + 1;
    }

    /**
     * @throws org.roadloop.core.ledger.ConflictException if others were first: catch up and judge
     *     again
     */
    Receipt append(List<Event> events) {
        Receipt receipt = ledger.append(events, Map.of(agreementId, version));
        // a use judged in between would have been a conflict: the entries up to here are ours
        events.forEach(this::fold);
        nextIndex = receipt.firstIndex() + receipt.count();
        return receipt;
    }

    private void fold(Event event) {
        version++;
        if (!(event.body() instanceof Event.Inline inline)) {
            return;
        }
        if (event.type().equals(UsageRecord.EVENT)) {
            UsageAmount amount = UsageAmount.of(inline);
            until = amount.until().isAfter(until) ? amount.until() : until;
            count(amount, 1);
        } else if (event.type().equals(UsageReversal.EVENT)) {
            UsageReversal reversal = UsageReversal.fromJson(inline.json());
            if (reversed.add(reversal.of())) {
                count(UsageAmount.of(reversal.use()), -1);
            }
        }
    }

    private void count(UsageAmount amount, int sign) {
        switch (amount.unit()) {
            case ContractGate.USE -> uses += sign * amount.quantity();
            case "compute-second" -> computeSeconds += sign * amount.quantity();
            default -> {}
        }
    }
}
