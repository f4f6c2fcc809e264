package org.roadloop.core.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.roadloop.core.contract.ContractBook.TransferStep;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/**
 * The steps of transfers (传输步骤): load, apply, append. What takes access away holds first and its
 * evidence follows; access is given only once all the evidence is in the ledger. Any thread.
 */
final class TransferSteps {
    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final LateEvidence late;
    private final Dialogues dialogues;
    private final BookListeners listeners;

    TransferSteps(
            Ledger ledger,
            String did,
            Clock clock,
            LateEvidence late,
            Dialogues dialogues,
            BookListeners listeners) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        this.late = late;
        this.dialogues = dialogues;
        this.listeners = listeners;
    }

    TransferStep begin(Dialogue empty, TransferMessage message, Role sender, String id) {
        return dialogues.in(empty.pid(), slot -> begin(slot, empty, message, sender, id));
    }

    private TransferStep begin(
            Slot slot, Dialogue empty, TransferMessage message, Role sender, String id) {
        if (slot.transfer != null) {
            return apply(empty.pid(), message, sender, id, false);
        }
        TransferProcess.Outcome outcome =
                TransferProcess.begin(empty, TransferProcess.withoutSecret(message), sender, id);
        if (!(outcome instanceof TransferProcess.Outcome.Moved(TransferProcess to))) {
            throw new IllegalStateException("a transfer cannot begin with a " + message.type());
        }
        Event event =
                BookEvents.transfer(
                        clock.instant(), did, to, to.dialogue().turns().getLast(), false);
        Receipt receipt = ledger.append(List.of(event), Map.of(empty.pid(), 0L));
        dialogues.keep(slot, to, event, receipt.firstIndex());
        listeners.tell(new Change.Transferred(to));
        return new TransferStep(outcome, to, Optional.of(receipt));
    }

    TransferStep apply(
            String pid, TransferMessage message, Role sender, String id, boolean crossed) {
        Slot slot = dialogues.transfer(pid);
        synchronized (slot) {
            writeOwed(slot, pid);
            Dialogue.Turn turn =
                    new Dialogue.Turn(sender, TransferProcess.withoutSecret(message), id);
            for (int attempt = 1; ; attempt++) {
                TransferProcess before = Objects.requireNonNull(slot.transfer);
                TransferProcess.Outcome outcome = before.on(message, sender, id, crossed);
                if (!(outcome instanceof TransferProcess.Outcome.Moved(TransferProcess to))) {
                    return new TransferStep(outcome, before, Optional.empty());
                }
                Event event = BookEvents.transfer(clock.instant(), did, to, turn, crossed);
                try {
                    Optional<Receipt> receipt =
                            to instanceof TransferProcess.Started
                                    ? Optional.of(give(slot, pid, to, event))
                                    : takeAway(slot, pid, to, event);
                    return new TransferStep(outcome, to, receipt);
                } catch (ConflictException e) {
                    dialogues.again(slot, pid, attempt, e);
                }
            }
        }
    }

    private Receipt give(Slot slot, String pid, TransferProcess to, Event event) {
        if (!slot.owed.isEmpty()) {
            throw new UncheckedIOException(
                    "access through transfer "
                            + pid
                            + " was taken away and the ledger does not have it yet; try again once"
                            + " the ledger can be written",
                    new IOException("late evidence waits"));
        }
        Receipt receipt = ledger.append(List.of(event), slot.expected(pid));
        dialogues.keep(slot, to, event, receipt.firstIndex());
        listeners.tell(new Change.Transferred(to));
        return receipt;
    }

    private Optional<Receipt> takeAway(Slot slot, String pid, TransferProcess to, Event event) {
        slot.transfer = to;
        listeners.tell(new Change.Transferred(to));
        Optional<Receipt> receipt = slot.owed.append(late, ledger, event, slot.expected(pid));
        receipt.ifPresent(r -> dialogues.keep(slot, to, event, r.firstIndex()));
        return receipt;
    }

    /** Finds in the ledger what followed meanwhile, and writes what nobody keeps. */
    private void writeOwed(Slot slot, String pid) {
        if (slot.owed.isEmpty()) {
            return;
        }
        dialogues.catchUp(slot, pid);
        TransferProcess now = Objects.requireNonNull(slot.transfer);
        Optional<Event> next = slot.owed.unkept();
        while (next.isPresent()) {
            Event event = next.get();
            slot.owed
                    .write(late, ledger, slot.expected(pid))
                    .ifPresent(receipt -> dialogues.keep(slot, now, event, receipt.firstIndex()));
            next = slot.owed.unkept();
        }
    }
}
