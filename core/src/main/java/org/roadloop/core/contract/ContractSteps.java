package org.roadloop.core.contract;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.roadloop.core.contract.ContractBook.Contract;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/**
 * What a side does to a contract in force (合约处置): ends it, suspends it, lifts its suspension. Any
 * thread.
 */
final class ContractSteps {
    private final Ledger ledger;
    private final Clock clock;
    private final LateEvidence late;
    private final Contracts contracts;
    private final BookListeners listeners;

    ContractSteps(
            Ledger ledger,
            Clock clock,
            LateEvidence late,
            Contracts contracts,
            BookListeners listeners) {
        this.ledger = ledger;
        this.clock = clock;
        this.late = late;
        this.contracts = contracts;
        this.listeners = listeners;
    }

    /** An act of our own side, later than its last one. */
    Receipt own(Contract contract, ContractAct.Kind kind, String code, List<String> reason) {
        Role self = contract.self();
        Instant at = contracts.acts().next(contract.agreement().id(), self, clock.instant());
        return act(contract, new ContractAct(self, kind, at, code, reason));
    }

    /** An act of either side; one that changes nothing leaves no entry. */
    Receipt act(Contract contract, ContractAct act) {
        String agreementId = contract.agreement().id();
        Event event = BookEvents.act(clock.instant(), contract, act);
        Receipt nothing = new Receipt(ledger.size(), 0);
        if (!contract.inForce()) {
            return nothing;
        }
        if (act.kind() == ContractAct.Kind.RESUMED) {
            if (!suspendedBy(act.by(), agreementId)) {
                return nothing;
            }
            Receipt receipt = ledger.append(event);
            contracts.acts().take(agreementId, act);
            return receipt;
        }
        if (!contracts.acts().take(agreementId, act)) {
            return nothing;
        }
        listeners.tell(contracts.take(event));
        return late.append(ledger, event, Map.of()).orElse(nothing);
    }

    private boolean suspendedBy(Role side, String agreementId) {
        return contracts
                .acts()
                .find(agreementId, side)
                .filter(last -> last.kind() == ContractAct.Kind.SUSPENDED)
                .isPresent();
    }
}
