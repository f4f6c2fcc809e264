package org.roadloop.core.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/**
 * Evidence about one subject that the ledger does not have yet, oldest first (待补存证). Under the
 * monitor of its {@link Slot}.
 */
final class OwedEvents {
    /**
     * @param kept on disk in the queue of late evidence
     */
    private record Owed(Event event, boolean kept) {}

    private final List<Owed> owed = new ArrayList<>();

    boolean isEmpty() {
        return owed.isEmpty();
    }

    /** The queue has it, since an earlier run. */
    void kept(Event event) {
        owed.add(new Owed(event, true));
    }

    /** The ledger has it. */
    void seen(Event event) {
        owed.removeIf(one -> BookEvents.same(one.event(), event));
    }

    /** The first, if nobody keeps it. */
    Optional<Event> unkept() {
        return owed.isEmpty() || owed.getFirst().kept()
                ? Optional.empty()
                : Optional.of(owed.getFirst().event());
    }

    /**
     * To the ledger, or, where it can't be written or others wait already, to the queue: the ledger
     * gets them in their order.
     *
     * @return empty if it waits
     * @throws RuntimeException of the ledger, if it can't be kept either; it is owed all the same
     */
    Optional<Receipt> append(
            LateEvidence late, Ledger ledger, Event event, Map<String, Long> expectedVersions) {
        boolean kept;
        try {
            if (owed.isEmpty()) {
                Optional<Receipt> receipt = late.append(ledger, event, expectedVersions);
                if (receipt.isPresent()) {
                    return receipt;
                }
                kept = true;
            } else {
                kept = late.keep(event);
            }
        } catch (ConflictException e) {
            throw e;
        } catch (RuntimeException e) {
            owed.add(new Owed(event, false));
            throw e;
        }
        owed.add(new Owed(event, kept));
        return Optional.empty();
    }

    /** As {@link #append}, of the first, which is {@link #unkept}. */
    Optional<Receipt> write(LateEvidence late, Ledger ledger, Map<String, Long> expectedVersions) {
        Event event = owed.getFirst().event();
        Optional<Receipt> receipt = late.append(ledger, event, expectedVersions);
        if (receipt.isPresent()) {
            owed.removeFirst();
        } else {
            owed.set(0, new Owed(event, true));
        }
        return receipt;
    }
}
