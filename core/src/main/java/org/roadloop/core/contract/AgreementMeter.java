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
    /**
     * Held for a moment while seconds go from a lease to the tally, and while both are read: who
     * sees them in neither would allow what is used up. Never while anything is written.
     */
    final Object handover = new Object();

    private final Ledger ledger;
    private final String agreementId;

    /** Ledger index of what was taken back. */
    private final Set<Long> reversed = new HashSet<>();

    /** Last seconds of leases that are counted before the ledger has them. */
    private final Set<String> ahead = new HashSet<>();

    private Set<String> former = Set.of();
    private final UsageTally tally;
    private volatile UsageTally published;
    private long nextIndex;
    private long version;

    /** End of the last metered interval; no two uses share one, so none is taken for another. */
    private Instant until = Instant.MIN;

    /**
     * @param fromIndex entries before it are not about the agreement
     */
    AgreementMeter(Ledger ledger, Agreement agreement, long fromIndex) {
        this.ledger = ledger;
        agreementId = agreement.id();
        tally = new UsageTally(agreement);
        published = tally.copy();
        nextIndex = fromIndex;
    }

    /** What was used under contracts that this one took the place of counts too. */
    AgreementMeter carrying(Set<String> agreementIds) {
        former = Set.copyOf(agreementIds);
        return this;
    }

    /** As of the last look at the ledger; any thread, without the monitor. */
    UsageTally tally() {
        return published;
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
        publish();
    }

    /** Any entry, in order; {@link #publish} after the last. */
    void take(Entry entry) {
        if (entry.event().subject().equals(agreementId)) {
            fold(entry.event());
        } else if (former.contains(entry.event().subject())) {
            fold(entry.event());
            version--; // it counts, and is no event about this agreement
        }
        nextIndex = entry.index() + 1;
    }

    void publish() {
        published = tally.copy();
    }

    /**
     * @throws org.roadloop.core.ledger.ConflictException if others were first: catch up and judge
     *     again
     */
    Receipt append(List<Event> events) {
        return append(events, () -> {});
    }

    /**
     * As above.
     *
     * @param counted run together with the counting, under {@link #handover}
     */
    Receipt append(List<Event> events, Runnable counted) {
        Receipt receipt = ledger.append(events, Map.of(agreementId, version));
        // a use judged in between would have been a conflict: the entries up to here are ours
        events.forEach(this::fold);
        nextIndex = receipt.firstIndex() + receipt.count();
        synchronized (handover) {
            publish();
            counted.run();
        }
        return receipt;
    }

    /**
     * Counts the last seconds of a lease that the ledger can't take now: whether or not it gets
     * them later, nobody else does. Only under {@link #handover}.
     *
     * @param timed a {@link UsageEvents#TIMED}
     */
    void countAhead(Event timed) {
        addSeconds(timed);
        ahead.add(UsageEvents.stretch(timed.json()));
        publish();
    }

    private void addSeconds(Event timed) {
        tally.addSeconds(
                UsageEvents.permission(timed.json()), timed.json().required("seconds").asLong());
    }

    private void fold(Event event) {
        version++;
        if (!(event.body() instanceof Event.Inline inline)) {
            return;
        }
        switch (event.type()) {
            case UsageRecord.EVENT -> {
                UsageAmount amount = UsageAmount.of(inline);
                until = amount.until().isAfter(until) ? amount.until() : until;
                if (tally.counting()) {
                    tally.add(amount);
                } else {
                    tally.add(
                            UsageRecord.fromJson(inline.json()),
                            UsageEvents.permission(inline.json()),
                            1);
                }
            }
            case UsageRecord.RECEIVED -> tally.received(UsageRecord.fromJson(inline.json()).from());
            case UsageReversal.EVENT -> {
                UsageReversal reversal = UsageReversal.fromJson(inline.json());
                if (reversed.add(reversal.of())) {
                    tally.add(reversal.use(), UsageEvents.permission(inline.json()), -1);
                }
            }
            case UsageEvents.TIMED -> {
                if (!ahead.remove(UsageEvents.stretch(inline.json()))) {
                    addSeconds(event);
                }
            }
            case UsageEvents.PERFORMED ->
                    tally.perform(
                            inline.json().required("duty").asString(),
                            UsageEvents.performance(inline.json()));
            case UsageEvents.INFRINGED ->
                    tally.infringe(inline.json().required("prohibition").asString());
            default -> {}
        }
    }
}
