package org.roadloop.core.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;

/** The tables are the state machines of Dataspace Protocol 2025-1, figures of §7.1 and §9.1. */
class NegotiationTest {
    private static final Dialogue EMPTY =
            new Dialogue(Role.PROVIDER, "P", "C", "did:web:peer", "http://peer", List.of());

    private static Policy offer(String id) {
        return Policy.offer(id, List.of(Permission.of("use"))).withTarget("t1");
    }

    private static final Agreement AGREEMENT =
            Agreement.conclude("a1", "did:web:p", "did:web:c", offer("o1"), Instant.EPOCH);

    private static final Map<String, NegotiationMessage> MESSAGES =
            new TreeMap<>(
                    Map.of(
                            "request", new ContractRequestMessage("P", "C", offer("o2"), ""),
                            "offer", new ContractOfferMessage("P", "C", offer("o3"), ""),
                            "agreement", new ContractAgreementMessage("P", "C", AGREEMENT),
                            "verification",
                                    new ContractAgreementVerificationMessage("P", "C", "sig"),
                            "accepted",
                                    new ContractNegotiationEventMessage(
                                            "P", "C", EventType.ACCEPTED),
                            "finalized",
                                    new ContractNegotiationEventMessage(
                                            "P", "C", EventType.FINALIZED),
                            "termination",
                                    new ContractNegotiationTerminationMessage(
                                            "P", "C", "no", List.of("reason"))));

    private static Negotiation in(String state) {
        Policy offer = offer("o1");
        return switch (state) {
            case "REQUESTED" -> new Negotiation.Requested(EMPTY, offer);
            case "OFFERED" -> new Negotiation.Offered(EMPTY, offer);
            case "ACCEPTED" -> new Negotiation.Accepted(EMPTY, offer);
            case "AGREED" -> new Negotiation.Agreed(EMPTY, offer, AGREEMENT);
            case "VERIFIED" -> new Negotiation.Verified(EMPTY, AGREEMENT);
            case "FINALIZED" -> new Negotiation.Finalized(EMPTY, AGREEMENT);
            case "TERMINATED" -> new Negotiation.Terminated(EMPTY, Role.CONSUMER, "no", List.of());
            default -> throw new IllegalArgumentException(state);
        };
    }

    /** Every message by every side in every state: the legal ones are listed, no other moves. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    REQUESTED  | provider offer OFFERED, provider agreement AGREED, provider termination TERMINATED, consumer termination TERMINATED
                    OFFERED    | consumer request REQUESTED, consumer accepted ACCEPTED, provider termination TERMINATED, consumer termination TERMINATED
                    ACCEPTED   | provider agreement AGREED, provider termination TERMINATED, consumer termination TERMINATED
                    AGREED     | consumer verification VERIFIED, provider termination TERMINATED, consumer termination TERMINATED
                    VERIFIED   | provider finalized FINALIZED, provider termination TERMINATED, consumer termination TERMINATED
                    FINALIZED  |
                    TERMINATED |
                    """)
    void transitions(String state, String legal) {
        List<String> moves = new java.util.ArrayList<>();
        for (Role sender : Role.values()) {
            MESSAGES.forEach(
                    (name, message) -> {
                        switch (in(state).on(message, sender)) {
                            case Negotiation.Outcome.Moved moved ->
                                    moves.add(
                                            sender.term() + " " + name + " " + moved.to().state());
                            case Negotiation.Outcome.Refused refused ->
                                    assertThat(refused.code()).isEqualTo("illegal_transition");
                            case Negotiation.Outcome.Repeated repeated ->
                                    throw new AssertionError("nothing was said before");
                        }
                    });
        }
        assertThat(moves)
                .containsExactlyInAnyOrder(
                        legal == null ? new String[0] : legal.trim().split(",\\s*"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    REQUESTED  | provider start STARTED, provider termination TERMINATED, consumer termination TERMINATED
                    STARTED    | provider completion COMPLETED, consumer completion COMPLETED, provider suspension SUSPENDED, consumer suspension SUSPENDED, provider termination TERMINATED, consumer termination TERMINATED, consumer start STARTED
                    SUSPENDED  | consumer suspension SUSPENDED, provider start STARTED, consumer start STARTED, provider termination TERMINATED, consumer termination TERMINATED
                    COMPLETED  | consumer completion COMPLETED
                    TERMINATED |
                    """)
    void transferTransitions(String state, String legal) {
        Map<String, TransferMessage> messages =
                Map.of(
                        "request", new TransferRequestMessage("C", "a1", "f", null, "http://c"),
                        "start", new TransferStartMessage("P", "C", null),
                        "completion", new TransferCompletionMessage("P", "C"),
                        "suspension", new TransferSuspensionMessage("P", "C", "", List.of()),
                        "termination", new TransferTerminationMessage("P", "C", "", List.of()));
        TransferProcess transfer =
                switch (state) {
                    case "REQUESTED" -> new TransferProcess.Requested(EMPTY, "a1", "f");
                    case "STARTED" -> new TransferProcess.Started(EMPTY, "a1", "f");
                    case "COMPLETED" ->
                            new TransferProcess.Completed(EMPTY, "a1", "f", Role.PROVIDER);
                    case "SUSPENDED" ->
                            new TransferProcess.Suspended(
                                    EMPTY, "a1", "f", Role.PROVIDER, "", List.of());
                    default ->
                            new TransferProcess.Terminated(
                                    EMPTY, "a1", "f", Role.PROVIDER, "", List.of());
                };
        List<String> moves = new java.util.ArrayList<>();
        for (Role sender : Role.values()) {
            messages.forEach(
                    (name, message) -> {
                        if (transfer.on(message, sender)
                                instanceof TransferProcess.Outcome.Moved moved) {
                            moves.add(sender.term() + " " + name + " " + moved.to().state());
                        }
                    });
        }
        assertThat(moves)
                .containsExactlyInAnyOrder(
                        legal == null ? new String[0] : legal.trim().split(",\\s*"));
    }

    @Test
    void aRepeatedMessageChangesNothing() {
        Negotiation n = in("REQUESTED");
        for (String step : List.of("agreement", "verification", "finalized")) {
            Role sender = step.equals("verification") ? Role.CONSUMER : Role.PROVIDER;
            n = ((Negotiation.Outcome.Moved) n.on(MESSAGES.get(step), sender)).to();
            assertThat(n.on(MESSAGES.get(step), sender))
                    .isInstanceOf(Negotiation.Outcome.Repeated.class);
        }
        assertThat(n.on(MESSAGES.get("agreement"), Role.PROVIDER))
                .isInstanceOf(Negotiation.Outcome.Repeated.class);
        ContractAgreementMessage other =
                new ContractAgreementMessage(
                        "P",
                        "C",
                        Agreement.conclude(
                                "a2", "did:web:p", "did:web:c", offer("o1"), Instant.EPOCH));
        assertThat(n.on(other, Role.PROVIDER)).isInstanceOf(Negotiation.Outcome.Refused.class);
    }

    /**
     * Eclipse EDC says its first request again under another id, and takes a refusal for the end.
     */
    @Test
    void aFirstRequestBeginsOnceWhateverItsId() {
        ContractRequestMessage first =
                new ContractRequestMessage("", "C", offer("o1"), "http://peer");
        Negotiation n =
                ((Negotiation.Outcome.Moved) Negotiation.begin(EMPTY, first, Role.CONSUMER, "one"))
                        .to();
        for (String step : List.of("offer", "accepted", "agreement")) {
            assertThat(n.on(first, Role.CONSUMER, "two"))
                    .isInstanceOf(Negotiation.Outcome.Repeated.class);
            Role sender = step.equals("accepted") ? Role.CONSUMER : Role.PROVIDER;
            n = ((Negotiation.Outcome.Moved) n.on(MESSAGES.get(step), sender)).to();
        }
        assertThat(n.on(first, Role.CONSUMER, "two"))
                .isInstanceOf(Negotiation.Outcome.Repeated.class);
        ContractRequestMessage wider =
                new ContractRequestMessage("", "C", offer("o2"), "http://peer");
        assertThat(n.on(wider, Role.CONSUMER, "two"))
                .isInstanceOf(Negotiation.Outcome.Refused.class);
    }

    /** And so it does with an agreement and a verification, when its own steps overtake others. */
    @Test
    void whatIsSaidOnceIsRepeatedUnderAnyId() {
        Negotiation n = in("REQUESTED");
        for (String step : List.of("agreement", "verification", "finalized")) {
            Role sender = step.equals("verification") ? Role.CONSUMER : Role.PROVIDER;
            n = ((Negotiation.Outcome.Moved) n.on(MESSAGES.get(step), sender, step)).to();
            assertThat(n.on(MESSAGES.get(step), sender, "anew"))
                    .isInstanceOf(Negotiation.Outcome.Repeated.class);
        }
        Negotiation end = n;
        assertThat(end.on(MESSAGES.get("agreement"), Role.PROVIDER, "anew"))
                .isInstanceOf(Negotiation.Outcome.Repeated.class);
        assertThat(end.on(MESSAGES.get("offer"), Role.PROVIDER, "anew"))
                .isInstanceOf(Negotiation.Outcome.Refused.class);
    }

    @Test
    void aMessageOfAnotherNegotiationIsRefused() {
        assertThat(
                        in("REQUESTED")
                                .on(
                                        new ContractAgreementMessage("P", "other", AGREEMENT),
                                        Role.PROVIDER))
                .isInstanceOfSatisfying(
                        Negotiation.Outcome.Refused.class,
                        r -> assertThat(r.code()).isEqualTo("wrong_pid"));
    }
}
