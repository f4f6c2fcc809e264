package org.roadloop.core.contract;

import java.util.List;
import org.roadloop.core.policy.Policy;

/**
 * What our side does when it is its turn (决策): asked after every change, on a thread that may wait.
 * A rule, a person, or a test script stands behind it.
 */
public interface Decider {
    /**
     * Asked of the provider in REQUESTED, ACCEPTED and VERIFIED, of the consumer in OFFERED and
     * AGREED.
     */
    Decision decide(Negotiation negotiation);

    /** Asked of the provider in REQUESTED; {@link Decision.Agree} starts it. */
    Decision decide(TransferProcess transfer);

    sealed interface Decision {
        /** Takes the next step towards the contract, or starts the transfer. */
        record Agree() implements Decision {}

        /** Other terms; from the provider in REQUESTED, from the consumer in OFFERED. */
        record CounterOffer(Policy offer) implements Decision {}

        /** Does nothing until a person decides through the connector. */
        record Hold(String why) implements Decision {}

        record Terminate(String code, List<String> reason) implements Decision {
            public Terminate {
                reason = List.copyOf(reason);
            }
        }
    }
}
