package org.roadloop.core.contract;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Policy;

/**
 * What the two sides say to each other (消息), Dataspace Protocol 2025-1 §§ contract negotiation and
 * transfer process. A pid that the sender does not know yet is empty.
 */
public sealed interface Message {
    String providerPid();

    String consumerPid();

    /** {@code @type}. */
    default String type() {
        return getClass().getSimpleName();
    }

    sealed interface NegotiationMessage extends Message {}

    sealed interface TransferMessage extends Message {}

    /**
     * @param callbackAddress of the consumer; in the first message only, else empty
     */
    record ContractRequestMessage(
            String providerPid, String consumerPid, Policy offer, String callbackAddress)
            implements NegotiationMessage {}

    /**
     * @param callbackAddress of the provider; in a first message only, else empty
     */
    record ContractOfferMessage(
            String providerPid, String consumerPid, Policy offer, String callbackAddress)
            implements NegotiationMessage {}

    /** Carries the agreement and, under {@code roadloop:signature}, the provider's signature. */
    record ContractAgreementMessage(String providerPid, String consumerPid, Agreement agreement)
            implements NegotiationMessage {}

    /**
     * @param signature the consumer's, under {@code roadloop:signature}; empty if it gave none
     */
    record ContractAgreementVerificationMessage(
            String providerPid, String consumerPid, String signature)
            implements NegotiationMessage {}

    record ContractNegotiationEventMessage(
            String providerPid, String consumerPid, EventType eventType)
            implements NegotiationMessage {}

    enum EventType {
        ACCEPTED,
        FINALIZED
    }

    record ContractNegotiationTerminationMessage(
            String providerPid, String consumerPid, String code, List<String> reason)
            implements NegotiationMessage {
        public ContractNegotiationTerminationMessage {
            reason = List.copyOf(reason);
        }
    }

    record TransferRequestMessage(
            String consumerPid,
            String agreementId,
            String format,
            @Nullable DataAddress dataAddress,
            String callbackAddress)
            implements TransferMessage {
        @Override
        public String providerPid() {
            return "";
        }
    }

    record TransferStartMessage(
            String providerPid, String consumerPid, @Nullable DataAddress dataAddress)
            implements TransferMessage {}

    record TransferCompletionMessage(String providerPid, String consumerPid)
            implements TransferMessage {}

    record TransferSuspensionMessage(
            String providerPid, String consumerPid, String code, List<String> reason)
            implements TransferMessage {
        public TransferSuspensionMessage {
            reason = List.copyOf(reason);
        }
    }

    record TransferTerminationMessage(
            String providerPid, String consumerPid, String code, List<String> reason)
            implements TransferMessage {
        public TransferTerminationMessage {
            reason = List.copyOf(reason);
        }
    }
}
