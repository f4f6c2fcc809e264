package org.roadloop.core.contract;

import java.util.List;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractNegotiationTerminationMessage;
import org.roadloop.core.contract.Message.ContractOfferMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.policy.Policy;

/**
 * The way to a contract (合约协商), Dataspace Protocol 2025-1 §7: seven states, each with what is known
 * in it. Both sides keep one and apply the same messages to it, those they send and those they get.
 */
public sealed interface Negotiation {
    Dialogue dialogue();

    /** Asked by the consumer. */
    record Requested(Dialogue dialogue, Policy offer) implements Negotiation {}

    /** Offered or counter-offered by the provider. */
    record Offered(Dialogue dialogue, Policy offer) implements Negotiation {}

    /** The offer was accepted by the consumer. */
    record Accepted(Dialogue dialogue, Policy offer) implements Negotiation {}

    /** The provider has signed. */
    record Agreed(Dialogue dialogue, Policy offer, Agreement agreement) implements Negotiation {}

    /** The consumer has signed too. */
    record Verified(Dialogue dialogue, Agreement agreement) implements Negotiation {}

    /** In force. */
    record Finalized(Dialogue dialogue, Agreement agreement) implements Negotiation {}

    record Terminated(Dialogue dialogue, Role by, String code, List<String> reason)
            implements Negotiation {
        public Terminated {
            reason = List.copyOf(reason);
        }
    }

    /** What a message did. */
    sealed interface Outcome {
        record Moved(Negotiation to) implements Outcome {}

        /** Said before: nothing changes, the answer is the same. */
        record Repeated() implements Outcome {}

        /**
         * Illegal here; nothing changes.
         *
         * @param code short stable name: {@code illegal_transition}, {@code wrong_pid}
         */
        record Refused(String code, String why) implements Outcome {}
    }

    /** State name of the protocol, {@code FINALIZED}. */
    default String state() {
        return switch (this) {
            case Requested r -> "REQUESTED";
            case Offered o -> "OFFERED";
            case Accepted a -> "ACCEPTED";
            case Agreed a -> "AGREED";
            case Verified v -> "VERIFIED";
            case Finalized f -> "FINALIZED";
            case Terminated t -> "TERMINATED";
        };
    }

    default boolean ended() {
        return this instanceof Finalized || this instanceof Terminated;
    }

    static Outcome begin(Dialogue empty, NegotiationMessage message, Role sender) {
        return begin(empty, message, sender, "");
    }

    /**
     * A negotiation begins with a consumer's request or with a provider's offer.
     *
     * @param id {@code @id} of the message, or empty
     */
    static Outcome begin(Dialogue empty, NegotiationMessage message, Role sender, String id) {
        Dialogue dialogue = empty.and(sender, message, id);
        if (sender == Role.CONSUMER && message instanceof ContractRequestMessage request) {
            return new Outcome.Moved(new Requested(dialogue, request.offer()));
        }
        if (sender == Role.PROVIDER && message instanceof ContractOfferMessage offer) {
            return new Outcome.Moved(new Offered(dialogue, offer.offer()));
        }
        return new Outcome.Refused(
                "illegal_transition",
                "a negotiation does not begin with a "
                        + message.type()
                        + " of the "
                        + sender.term());
    }

    default Outcome on(NegotiationMessage message, Role sender) {
        return on(message, sender, "");
    }

    /**
     * Applies a message of one of the sides. Pure.
     *
     * @param id {@code @id} of the message, or empty
     */
    default Outcome on(NegotiationMessage message, Role sender, String id) {
        if (!dialogue().names(message)) {
            return new Outcome.Refused(
                    "wrong_pid",
                    message.type() + " names another negotiation than " + dialogue().pid());
        }
        if (dialogue().saidUnder(id, sender, message) || dialogue().began(sender, message)) {
            return new Outcome.Repeated();
        }
        Outcome outcome = next(message, sender, id);
        if (outcome instanceof Outcome.Refused
                && dialogue().said(sender, message, saidOnce(message) ? "" : id)) {
            return new Outcome.Repeated();
        }
        if (outcome instanceof Outcome.Moved
                && dialogue().turns().size() >= Dialogue.MAX_TURNS
                && !(message instanceof ContractNegotiationTerminationMessage)) {
            return new Outcome.Refused(
                    "too_many_rounds",
                    "the negotiation has had " + Dialogue.MAX_TURNS + " messages; terminate it");
        }
        return outcome;
    }

    /**
     * Whether no negotiation hears these words twice. Under another id they are then no other
     * message: Eclipse EDC, whose own steps overtake one another, says them again so, and takes a
     * refusal for the end.
     */
    private static boolean saidOnce(NegotiationMessage message) {
        return switch (message) {
            case ContractRequestMessage m -> false;
            case ContractOfferMessage m -> false;
            case ContractAgreementMessage m -> true;
            case ContractAgreementVerificationMessage m -> true;
            case ContractNegotiationEventMessage m -> true;
            case ContractNegotiationTerminationMessage m -> true;
        };
    }

    private Outcome next(NegotiationMessage message, Role sender, String id) {
        boolean consumer = sender == Role.CONSUMER;
        Dialogue d = dialogue().and(sender, message, id);
        return switch (this) {
            case Requested r ->
                    switch (message) {
                        case ContractOfferMessage m when !consumer ->
                                new Outcome.Moved(new Offered(d, m.offer()));
                        case ContractAgreementMessage m when !consumer ->
                                new Outcome.Moved(new Agreed(d, r.offer(), m.agreement()));
                        case ContractNegotiationTerminationMessage m -> terminated(d, m, sender);
                        case ContractRequestMessage m -> illegal(message, sender);
                        case ContractOfferMessage m -> illegal(message, sender);
                        case ContractAgreementMessage m -> illegal(message, sender);
                        case ContractAgreementVerificationMessage m -> illegal(message, sender);
                        case ContractNegotiationEventMessage m -> illegal(message, sender);
                    };
            case Offered o ->
                    switch (message) {
                        case ContractRequestMessage m when consumer ->
                                new Outcome.Moved(new Requested(d, m.offer()));
                        case ContractNegotiationEventMessage m
                                when consumer && m.eventType() == EventType.ACCEPTED ->
                                new Outcome.Moved(new Accepted(d, o.offer()));
                        case ContractNegotiationTerminationMessage m -> terminated(d, m, sender);
                        case ContractRequestMessage m -> illegal(message, sender);
                        case ContractOfferMessage m -> illegal(message, sender);
                        case ContractAgreementMessage m -> illegal(message, sender);
                        case ContractAgreementVerificationMessage m -> illegal(message, sender);
                        case ContractNegotiationEventMessage m -> illegal(message, sender);
                    };
            case Accepted a ->
                    switch (message) {
                        case ContractAgreementMessage m when !consumer ->
                                new Outcome.Moved(new Agreed(d, a.offer(), m.agreement()));
                        case ContractNegotiationTerminationMessage m -> terminated(d, m, sender);
                        case ContractRequestMessage m -> illegal(message, sender);
                        case ContractOfferMessage m -> illegal(message, sender);
                        case ContractAgreementMessage m -> illegal(message, sender);
                        case ContractAgreementVerificationMessage m -> illegal(message, sender);
                        case ContractNegotiationEventMessage m -> illegal(message, sender);
                    };
            case Agreed a ->
                    switch (message) {
                        case ContractAgreementVerificationMessage m when consumer ->
                                new Outcome.Moved(
                                        new Verified(
                                                d,
                                                a.agreement()
                                                        .withConsumerSignature(m.signature())));
                        case ContractNegotiationTerminationMessage m -> terminated(d, m, sender);
                        case ContractRequestMessage m -> illegal(message, sender);
                        case ContractOfferMessage m -> illegal(message, sender);
                        case ContractAgreementMessage m -> illegal(message, sender);
                        case ContractAgreementVerificationMessage m -> illegal(message, sender);
                        case ContractNegotiationEventMessage m -> illegal(message, sender);
                    };
            case Verified v ->
                    switch (message) {
                        case ContractNegotiationEventMessage m
                                when !consumer && m.eventType() == EventType.FINALIZED ->
                                new Outcome.Moved(new Finalized(d, v.agreement()));
                        case ContractNegotiationTerminationMessage m -> terminated(d, m, sender);
                        case ContractRequestMessage m -> illegal(message, sender);
                        case ContractOfferMessage m -> illegal(message, sender);
                        case ContractAgreementMessage m -> illegal(message, sender);
                        case ContractAgreementVerificationMessage m -> illegal(message, sender);
                        case ContractNegotiationEventMessage m -> illegal(message, sender);
                    };
            case Finalized f -> illegal(message, sender);
            case Terminated t -> illegal(message, sender);
        };
    }

    private static Outcome terminated(
            Dialogue d, ContractNegotiationTerminationMessage m, Role sender) {
        return new Outcome.Moved(new Terminated(d, sender, m.code(), m.reason()));
    }

    private Outcome illegal(NegotiationMessage message, Role sender) {
        return new Outcome.Refused(
                "illegal_transition",
                "a "
                        + message.type()
                        + " of the "
                        + sender.term()
                        + " is not allowed in state "
                        + state());
    }
}
