package org.roadloop.core.contract;

import java.util.List;
import org.roadloop.core.policy.Policy;

/**
 * What our side does next (决策): asked after every change on a thread that may wait, of a message of
 * the other side once it is in the ledger, of one of ours once the other side has it. A rule, a
 * person, or a test script stands behind it.
 */
public interface Decider {
    /**
     * Asked in every state that is no end. It is our turn as provider in REQUESTED, ACCEPTED and
     * VERIFIED, as consumer in OFFERED and AGREED; in the others only {@link Decision.Hold} and
     * {@link Decision.Terminate} make sense.
     */
    Decision decide(Negotiation negotiation);

    /** Asked in every state that is no end. */
    Decision decide(TransferProcess transfer);

    sealed interface Decision {
        /**
         * Takes the next step towards the contract, where it is our turn; as provider starts a
         * transfer that is REQUESTED.
         */
        record Agree() implements Decision {}

        /** Other terms; from the provider in REQUESTED, from the consumer in OFFERED. */
        record CounterOffer(Policy offer) implements Decision {}

        /** Interrupts a transfer that is STARTED; either side. */
        record Suspend(String code, List<String> reason) implements Decision {
            public Suspend {
                reason = List.copyOf(reason);
            }
        }

        /** Starts a transfer again that is SUSPENDED; either side. */
        record Resume() implements Decision {}

        /** Ends a transfer that is STARTED as done; either side. */
        record Complete() implements Decision {}

        /** Does nothing until a person decides through the connector. */
        record Hold(String why) implements Decision {}

        record Terminate(String code, List<String> reason) implements Decision {
            public Terminate {
                reason = List.copyOf(reason);
            }
        }
    }
}
