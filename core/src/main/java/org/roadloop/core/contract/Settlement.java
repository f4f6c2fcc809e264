package org.roadloop.core.contract;

import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractNegotiationTerminationMessage;
import org.roadloop.core.contract.Message.ContractOfferMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.contract.Message.TransferTerminationMessage;

/**
 * What it means that the other side refused a word of ours (对账): read from the state it says it is
 * in. Pure.
 *
 * <pre>
 * our word          still to be taken in       taken
 * request           OFFERED                    REQUESTED, AGREED
 * offer             REQUESTED                  OFFERED, ACCEPTED
 * event ACCEPTED    OFFERED                    ACCEPTED, AGREED
 * agreement         REQUESTED, ACCEPTED        AGREED, VERIFIED
 * verification      AGREED                     VERIFIED, FINALIZED
 * event FINALIZED   VERIFIED                   FINALIZED
 * termination       all but the two ends       TERMINATED
 *
 * transfer request                             REQUESTED, STARTED, SUSPENDED
 * start             REQUESTED, SUSPENDED       STARTED
 * suspension        STARTED                    SUSPENDED
 * completion        STARTED                    COMPLETED
 * termination       all but the two ends       TERMINATED
 * </pre>
 *
 * A first request or offer is taken in each of the states that follow it, and every word where both
 * have come to the same end, and what we said before our own end where the other side has ended
 * too: the end follows it. Where only the other side has ended, its last word is under way or lost:
 * ENDED_THERE. All else is APART.
 */
public enum Settlement {
    /** It has our word, only its answer was lost; what it says next is under way. */
    TAKEN,
    /** It may still take it: say it again. */
    NOT_TAKEN,
    /** It has ended this. */
    ENDED_THERE,
    /** The two records do not follow from each other; also where it knows nothing of it. */
    APART;

    /**
     * @param ours state here, our word included
     * @param word what was refused
     * @param theirs state the other side answers; empty if it does not know the negotiation
     */
    public static Settlement of(Negotiation ours, NegotiationMessage word, String theirs) {
        boolean first = ours.dialogue().turns().getFirst().message().equals(word);
        if (ours.ended() && ours.state().equals(theirs)) {
            return TAKEN;
        }
        return switch (word) {
            case ContractRequestMessage m ->
                    first
                            ? of(theirs, "", "REQUESTED OFFERED AGREED", "TERMINATED")
                            : of(theirs, "OFFERED", "REQUESTED AGREED", "TERMINATED");
            case ContractOfferMessage m ->
                    first
                            ? of(theirs, "", "OFFERED REQUESTED ACCEPTED", "TERMINATED")
                            : of(theirs, "REQUESTED", "OFFERED ACCEPTED", "TERMINATED");
            case ContractAgreementMessage m ->
                    of(theirs, "REQUESTED ACCEPTED", "AGREED VERIFIED", "TERMINATED");
            case ContractAgreementVerificationMessage m ->
                    of(theirs, "AGREED", "VERIFIED FINALIZED", "TERMINATED");
            case ContractNegotiationEventMessage m when m.eventType() == EventType.ACCEPTED ->
                    of(theirs, "OFFERED", "ACCEPTED AGREED", "TERMINATED");
            case ContractNegotiationEventMessage m ->
                    of(theirs, "VERIFIED", "FINALIZED", "TERMINATED");
            case ContractNegotiationTerminationMessage m ->
                    of(theirs, "REQUESTED OFFERED ACCEPTED AGREED VERIFIED", "TERMINATED", "");
        };
    }

    /**
     * @param ours state here, our word included
     * @param word what was refused
     * @param theirs state the other side answers; empty if it does not know the transfer
     */
    public static Settlement of(TransferProcess ours, TransferMessage word, String theirs) {
        String ends = "COMPLETED TERMINATED";
        boolean same = ours.ended() && ours.state().equals(theirs);
        boolean overtaken =
                ours.ended()
                        && has(ends, theirs)
                        && !(word instanceof TransferCompletionMessage)
                        && !(word instanceof TransferTerminationMessage);
        return same || overtaken
                ? TAKEN
                : switch (word) {
                    case TransferRequestMessage m ->
                            of(theirs, "", "REQUESTED STARTED SUSPENDED", ends);
                    case TransferStartMessage m ->
                            of(theirs, "REQUESTED SUSPENDED", "STARTED", ends);
                    case TransferSuspensionMessage m -> of(theirs, "STARTED", "SUSPENDED", ends);
                    case TransferCompletionMessage m ->
                            of(theirs, "STARTED", "COMPLETED", "TERMINATED");
                    case TransferTerminationMessage m ->
                            of(theirs, "REQUESTED STARTED SUSPENDED", "TERMINATED", "");
                };
    }

    private static Settlement of(String theirs, String open, String taken, String ended) {
        if (has(taken, theirs)) {
            return TAKEN;
        }
        if (has(open, theirs)) {
            return NOT_TAKEN;
        }
        return has(ended, theirs) ? ENDED_THERE : APART;
    }

    private static boolean has(String states, String state) {
        for (String one : states.split(" ", -1)) {
            if (!one.isEmpty() && one.equals(state)) {
                return true;
            }
        }
        return false;
    }
}
