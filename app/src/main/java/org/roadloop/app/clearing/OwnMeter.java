package org.roadloop.app.clearing;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.node.ObjectNode;

/**
 * The consumer's own meter (使用方自有计量): what it received, in its own ledger before it is given on.
 * The event {@code usage.received} has the body of {@code usage.metered}, so both sides' bills come
 * from the same sum. Any thread.
 */
public final class OwnMeter {
    /** Counts what came through this platform. */
    public static final String PULL = "consumer-pull";

    /** Notes what a provider's task log says; the consumer has no meter at its site. */
    public static final String TASK_LOG = "provider-task-log";

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private Instant last = Instant.MIN;

    public OwnMeter(Ledger ledger, String did, Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
    }

    /** What is metered, and for what. */
    record Act(ContractBook.Contract contract, String action, String purpose) {}

    /**
     * Counted here, durable on return.
     *
     * @param since when it began
     */
    synchronized Receipt received(Act act, Instant since, List<UsageGate.Quantity> quantities) {
        Instant now = clock.instant();
        // two receipts never share an interval, so none is taken for the other
        Instant until = now.isAfter(last) ? now : last.plusNanos(1);
        last = until;
        Instant from = since.isAfter(until) ? until : since;
        return append(act, PULL, from, until, quantities, "");
    }

    /**
     * What the provider's log of a task says, noted once a task.
     *
     * @return without entries if it was noted before
     */
    synchronized Receipt task(
            Act act, String task, Instant start, Instant end, List<UsageGate.Quantity> quantities) {
        return noted(act.contract(), task)
                ? new Receipt(ledger.size(), 0)
                : append(act, TASK_LOG, start, end, quantities, task);
    }

    private boolean noted(ContractBook.Contract contract, String task) {
        try (Stream<Entry> entries = ledger.read(contract.ledgerIndex())) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(UsageRecord.RECEIVED))
                    .filter(e -> e.subject().equals(contract.agreement().id()))
                    .anyMatch(e -> e.json().path("task").asString("").equals(task));
        }
    }

    private Receipt append(
            Act act,
            String meter,
            Instant from,
            Instant until,
            List<UsageGate.Quantity> quantities,
            String task) {
        Agreement agreement = act.contract().agreement();
        List<Event> events = new ArrayList<>();
        for (UsageGate.Quantity quantity : quantities) {
            UsageRecord record =
                    new UsageRecord(
                            agreement.id(),
                            agreement.asset(),
                            did,
                            act.action(),
                            act.purpose(),
                            quantity.amount(),
                            quantity.unit(),
                            meter,
                            1,
                            from,
                            until,
                            quantity.flavour());
            ObjectNode body = (ObjectNode) record.toJson();
            if (!task.isEmpty()) {
                body.put("task", task);
            }
            events.add(Event.of(UsageRecord.RECEIVED, clock.instant(), did, agreement.id(), body));
        }
        return ledger.append(events);
    }
}
