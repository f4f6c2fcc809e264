package org.roadloop.compute.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;

/**
 * The use of a contract that one attempt debits (扣减), and gives back if nothing ran. One thread.
 */
final class Debit {
    private final UsageGate.@Nullable Lease lease;
    private final List<Receipt> receipts = new ArrayList<>();

    /**
     * @param lease null for the owner's own task, which debits nobody
     */
    Debit(UsageGate.@Nullable Lease lease) {
        this.lease = lease;
    }

    /** One use at a site; why not, if the contract refuses. */
    Optional<String> use(String site) {
        if (lease == null) {
            return Optional.empty();
        }
        try {
            receipts.add(lease.useAt(site, new UsageGate.Quantity(1, "use")));
            lease.at(site); // not before: where it may not run, it would be ended
            return Optional.empty();
        } catch (UsageGate.RefusedException e) {
            return Optional.of("use refused: " + e.getMessage());
        }
    }

    void takeBack(String reason) {
        if (lease != null) {
            receipts.forEach(receipt -> lease.reverse(receipt, reason));
            lease.at(""); // where the next attempt runs is open
        }
        receipts.clear();
    }

    /** Of what is debited and was not taken back. */
    List<Receipt> receipts() {
        return receipts;
    }
}
