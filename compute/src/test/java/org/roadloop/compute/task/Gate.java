package org.roadloop.compute.task;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;

/** A gate with contracts in memory: a purpose, a number of uses, and revocation. */
final class Gate implements UsageGate {
    record Contract(String actor, String purpose, long uses) {}

    final Map<String, Contract> contracts = new ConcurrentHashMap<>();
    final List<String> used = new ArrayList<>();
    private final List<Runnable> onRevoked = new ArrayList<>();
    private long uses;

    @Override
    public Access open(
            String agreementId, String actor, String action, String purpose, Instant now) {
        Contract contract = contracts.get(agreementId);
        if (contract == null || !contract.actor().equals(actor)) {
            return refusal("no_agreement", "no agreement " + agreementId + " with " + actor, "无合约");
        }
        if (!contract.purpose().equals(purpose) || !action.equals("computeToData")) {
            return refusal("purpose_not_allowed", "purpose '" + purpose + "'", "用途不符");
        }
        return new Lease() {
            @Override
            public String id() {
                return "lease-" + agreementId;
            }

            @Override
            public String agreementId() {
                return agreementId;
            }

            @Override
            public String assetId() {
                return "tracks";
            }

            @Override
            public Receipt use(List<Quantity> quantities) {
                synchronized (Gate.this) {
                    for (Quantity quantity : quantities) {
                        if (quantity.unit().equals("use") && ++uses > contract.uses()) {
                            throw new RefusedException(
                                    refusal("count_exhausted", "the count is exhausted", "次数用尽"));
                        }
                        used.add(quantity.amount() + " " + quantity.unit());
                    }
                    return new Receipt(used.size() - quantities.size(), quantities.size());
                }
            }

            @Override
            public Receipt reverse(Receipt use, String reason) {
                synchronized (Gate.this) {
                    uses--;
                    used.add(reason + " " + used.get((int) use.firstIndex()));
                    return new Receipt(used.size() - 1, 1);
                }
            }

            @Override
            public void onRevoked(Runnable run) {
                synchronized (Gate.this) {
                    onRevoked.add(run);
                }
            }

            @Override
            public void close() {}
        };
    }

    void revoke() {
        List.copyOf(onRevoked).forEach(Runnable::run);
    }

    private static Refusal refusal(String code, String english, String chinese) {
        return new Refusal(List.of(new Reason(code, english, chinese)));
    }
}
