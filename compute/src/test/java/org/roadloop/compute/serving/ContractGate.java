package org.roadloop.compute.serving;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;

/** One contract in memory, {@code a-1} of {@code did:web:other.example}, that can be revoked. */
final class ContractGate implements UsageGate {
    static final String ACTOR = "did:web:other.example";

    private final Map<String, Long> used = new HashMap<>();
    private final List<Runnable> onRevoked = new ArrayList<>();
    private boolean revoked;

    synchronized long used(String unit) {
        return used.getOrDefault(unit, 0L);
    }

    synchronized void revoke() {
        revoked = true;
        onRevoked.forEach(Runnable::run);
    }

    @Override
    public synchronized Access open(
            String agreement, String actor, String action, String purpose, Instant now) {
        if (revoked || !agreement.equals("a-1") || !actor.equals(ACTOR)) {
            return new Refusal(List.of(new Reason("no_agreement", "no such agreement", "无合约")));
        }
        return new Granted();
    }

    private final class Granted implements Lease {
        @Override
        public String id() {
            return "lease";
        }

        @Override
        public String agreementId() {
            return "a-1";
        }

        @Override
        public String assetId() {
            return "speeds";
        }

        @Override
        public Receipt use(List<Quantity> quantities) {
            synchronized (ContractGate.this) {
                quantities.forEach(q -> used.merge(q.unit(), q.amount(), Long::sum));
                return new Receipt(0, quantities.size());
            }
        }

        @Override
        public Receipt reverse(Receipt use, String reason) {
            synchronized (ContractGate.this) {
                used.merge("reversed", 1L, Long::sum);
                return new Receipt(0, 1);
            }
        }

        @Override
        public void onRevoked(Runnable run) {
            synchronized (ContractGate.this) {
                onRevoked.add(run);
            }
        }

        @Override
        public void close() {}
    }
}
