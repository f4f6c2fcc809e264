package org.roadloop.core.contract;

import java.time.Instant;
import java.util.List;
import org.roadloop.core.ledger.Receipt;

/**
 * The one gate to data under a contract (使用控制): pull, push, stream and task all pass here. Any
 * thread.
 */
public interface UsageGate {
    /**
     * Asks for access. The answer and its reasons are evidence either way.
     *
     * @param actor DID of who wants to use it
     * @param action ODRL action: {@code use}, or {@code computeToData}
     * @param purpose what for, matched against the policy's {@code purpose}
     */
    Access open(String agreementId, String actor, String action, String purpose, Instant now);

    /**
     * As {@link #open}, for what went on when the platform stopped (续用): its use is debited, and no
     * further one is asked for.
     */
    default Access resume(
            String agreementId, String actor, String action, String purpose, Instant now) {
        return open(agreementId, actor, action, purpose, now);
    }

    sealed interface Access permits Lease, Refusal {}

    /** The right to use, metered as it is used, revoked when the contract ends. */
    non-sealed interface Lease extends Access, AutoCloseable {
        String id();

        String agreementId();

        /** The asset of the agreement. */
        String assetId();

        /**
         * Debits the policy's counters and meters the use in one durable append, before bytes
         * leave: all quantities or none.
         *
         * @throws RefusedException if the policy does not allow it any more
         */
        Receipt use(List<Quantity> quantities);

        /**
         * As {@link #use(List)}, at a system other than where the rest of the use happens.
         *
         * @param system name of a {@link UsageSystem}
         */
        default Receipt useAt(String system, Quantity quantity) {
            at(system);
            return use(List.of(quantity));
        }

        /** As {@link #use(List)} for one unit. */
        default Receipt use(long quantity, String unit) {
            return use(List.of(new Quantity(quantity, unit)));
        }

        /**
         * Takes back a use that was debited and did not happen, with evidence of what it takes
         * back; counters and bill follow. A use that was taken back before stays so.
         *
         * @param use what {@link #use} returned
         * @param reason short stable name: {@code sandbox_not_started}, {@code nothing_sent}
         */
        Receipt reverse(Receipt use, String reason);

        /**
         * Why the use may not happen at a system as things stand (使用地点判定); empty if it may. Debits
         * and notes nothing.
         *
         * @param system name of a {@link UsageSystem}
         */
        default List<Reason> objections(String system) {
            return List.of();
        }

        /**
         * From now on the use happens at this system: by it what comes is judged, and so it is
         * noted.
         *
         * @param system name of a {@link UsageSystem}
         */
        default void at(String system) {}

        /**
         * Runs once when access is taken away, {@link #endedFor} says why; at once if it already
         * was. It must not block.
         */
        void onRevoked(Runnable run);

        /** Why access was taken away; empty while it was not. */
        default List<Reason> endedFor() {
            return List.of();
        }

        @Override
        void close();
    }

    /**
     * So much of one unit.
     *
     * @param unit of {@link org.roadloop.core.clearing.UsageRecord}
     * @param flavour of the compute; else empty
     */
    record Quantity(long amount, String unit, String flavour) {
        public Quantity(long amount, String unit) {
            this(amount, unit, "");
        }

        public Quantity {
            if (amount < 0) {
                throw new IllegalArgumentException(
                        "quantity of " + amount + " " + unit + " is negative");
            }
        }
    }

    record Refusal(List<Reason> reasons) implements Access {
        public Refusal {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Why not, for programs and for people.
     *
     * @param code short stable name: {@code purpose_not_allowed}, {@code count_exhausted}, {@code
     *     expired}
     */
    record Reason(String code, String english, String chinese) {}

    /** Access that was given and is no more. */
    final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        public RefusedException(Refusal refusal) {
            super(String.join("; ", refusal.reasons().stream().map(Reason::english).toList()));
            this.refusal = refusal;
        }

        public Refusal refusal() {
            return refusal;
        }
    }
}
