package org.roadloop.core.contract;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.roadloop.core.contract.ContractBook.Contract;
import org.roadloop.core.contract.ContractBook.NegotiationStep;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/**
 * The steps of negotiations (协商步骤): load, apply, append; the last one brings a contract into force
 * and ends the one that it takes the place of, in the same append. Any thread.
 */
final class NegotiationSteps {
    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final Dialogues dialogues;
    private final Contracts contracts;
    private final BookListeners listeners;

    NegotiationSteps(
            Ledger ledger,
            String did,
            Clock clock,
            Dialogues dialogues,
            Contracts contracts,
            BookListeners listeners) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        this.dialogues = dialogues;
        this.contracts = contracts;
        this.listeners = listeners;
    }

    NegotiationStep begin(Dialogue empty, NegotiationMessage message, Role sender, String id) {
        return dialogues.in(empty.pid(), slot -> begin(slot, empty, message, sender, id));
    }

    private NegotiationStep begin(
            Slot slot, Dialogue empty, NegotiationMessage message, Role sender, String id) {
        Negotiation known = slot.negotiation;
        if (known != null) {
            return known.dialogue().said(sender, message, id)
                    ? new NegotiationStep(
                            new Negotiation.Outcome.Repeated(), known, Optional.empty())
                    : apply(empty.pid(), message, sender, id);
        }
        Negotiation.Outcome outcome = Negotiation.begin(empty, message, sender, id);
        if (!(outcome instanceof Negotiation.Outcome.Moved(Negotiation to))) {
            throw new IllegalStateException("a negotiation cannot begin with a " + message.type());
        }
        Event event = BookEvents.negotiation(clock.instant(), did, to);
        Receipt receipt = ledger.append(List.of(event), Map.of(empty.pid(), 0L));
        dialogues.keep(slot, to, event, receipt.firstIndex());
        listeners.tell(new Change.Negotiated(to));
        return new NegotiationStep(outcome, to, Optional.of(receipt));
    }

    NegotiationStep apply(String pid, NegotiationMessage message, Role sender, String id) {
        Slot slot = dialogues.negotiation(pid);
        synchronized (slot) {
            for (int attempt = 1; ; attempt++) {
                Negotiation before = Objects.requireNonNull(slot.negotiation);
                Negotiation.Outcome outcome = before.on(message, sender, id);
                if (!(outcome instanceof Negotiation.Outcome.Moved(Negotiation to))) {
                    return new NegotiationStep(outcome, before, Optional.empty());
                }
                if (agreementTaken(to)) {
                    return new NegotiationStep(AGREEMENT_ID_TAKEN, before, Optional.empty());
                }
                try {
                    Receipt receipt =
                            to instanceof Negotiation.Finalized finalized
                                    ? bringIntoForce(slot, pid, finalized)
                                    : move(slot, pid, to);
                    listeners.tell(new Change.Negotiated(to));
                    return new NegotiationStep(outcome, to, Optional.of(receipt));
                } catch (ConflictException e) {
                    dialogues.again(slot, pid, attempt, e);
                }
            }
        }
    }

    private static final Negotiation.Outcome AGREEMENT_ID_TAKEN =
            new Negotiation.Outcome.Refused(
                    "agreement_id_taken", "the agreement's id belongs to another contract");

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

    private Receipt move(Slot slot, String pid, Negotiation to) {
        Event event = BookEvents.negotiation(clock.instant(), did, to);
        Receipt receipt = ledger.append(List.of(event), slot.expected(pid));
        dialogues.keep(slot, to, event, receipt.firstIndex());
        return receipt;
    }

    /** Two negotiations that would come into force under one id: the second is a conflict. */
    private Receipt bringIntoForce(Slot slot, String pid, Negotiation.Finalized to) {
        Agreement agreement = to.agreement();
        Event moved = BookEvents.negotiation(clock.instant(), did, to);
        Event agreed = BookEvents.agreed(moved.at(), moved.actor(), to);
        Optional<Event> end =
                contracts
                        .superseded(agreement)
                        .map(old -> BookEvents.superseded(moved.at(), old, agreement));
        List<Event> events =
                end.isEmpty() ? List.of(moved, agreed) : List.of(moved, agreed, end.get());
        Receipt receipt = ledger.append(events, Map.of(pid, slot.version, agreement.id(), 0L));
        dialogues.keep(slot, to, moved, receipt.firstIndex());
        contracts.add(
                new Contract(
                        agreement,
                        to.dialogue().self(),
                        pid,
                        receipt.firstIndex() + 1,
                        Optional.empty()));
        end.ifPresent(event -> listeners.tell(contracts.take(event)));
        return receipt;
    }
}
