package org.roadloop.core.contract;

import java.util.List;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.contract.Message.TransferTerminationMessage;

/** Access under a contract (传输), Dataspace Protocol 2025-1 §9: five states. */
public sealed interface TransferProcess {
    Dialogue dialogue();

    String agreementId();

    /** {@code compute-to-data}, {@code HttpData-PULL}. */
    String format();

    record Requested(Dialogue dialogue, String agreementId, String format)
            implements TransferProcess {}

    record Started(Dialogue dialogue, String agreementId, String format)
            implements TransferProcess {}

    record Completed(Dialogue dialogue, String agreementId, String format, Role by)
            implements TransferProcess {}

    record Suspended(
            Dialogue dialogue,
            String agreementId,
            String format,
            Role by,
            String code,
            List<String> reason)
            implements TransferProcess {
        public Suspended {
            reason = List.copyOf(reason);
        }
    }

    record Terminated(
            Dialogue dialogue,
            String agreementId,
            String format,
            Role by,
            String code,
            List<String> reason)
            implements TransferProcess {
        public Terminated {
            reason = List.copyOf(reason);
        }
    }

    /** What a message did. */
    sealed interface Outcome {
        record Moved(TransferProcess to) implements Outcome {}

        record Repeated() implements Outcome {}

        record Refused(String code, String why) implements Outcome {}
    }

    default String state() {
        return switch (this) {
            case Requested r -> "REQUESTED";
            case Started s -> "STARTED";
            case Completed c -> "COMPLETED";
            case Suspended s -> "SUSPENDED";
            case Terminated t -> "TERMINATED";
        };
    }

    default boolean ended() {
        return this instanceof Completed || this instanceof Terminated;
    }

    static Outcome begin(Dialogue empty, TransferMessage message, Role sender) {
        return begin(empty, message, sender, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    static Outcome begin(Dialogue empty, TransferMessage message, Role sender, String id) {
        if (sender == Role.CONSUMER && message instanceof TransferRequestMessage request) {
            return new Outcome.Moved(
                    new Requested(
                            empty.and(sender, message, id),
                            request.agreementId(),
                            request.format()));
        }
        return new Outcome.Refused(
                "illegal_transition",
                "a transfer does not begin with a " + message.type() + " of the " + sender.term());
    }

    default Outcome on(TransferMessage message, Role sender) {
        return on(message, sender, "", false);
    }

    /**
     * Applies a message of one of the sides; secrets in it are not kept. Pure.
     *
     * <p>Both sides may suspend, complete and terminate, so two messages can cross. Then what takes
     * more away holds on both sides: termination over completion over suspension.
     *
     * @param id {@code @id} of the message, or empty
     * @param crossed whether the sender may not have heard our last word when it said this
     */
    default Outcome on(TransferMessage message, Role sender, String id, boolean crossed) {
        if (!dialogue().names(message)) {
            return new Outcome.Refused(
                    "wrong_pid",
                    message.type() + " names another transfer than " + dialogue().pid());
        }
        TransferMessage open = withoutSecret(message);
        if (dialogue().saidUnder(id, sender, open) || dialogue().began(sender, open)) {
            return new Outcome.Repeated();
        }
        Outcome outcome = next(open, sender, id);
        if (outcome instanceof Outcome.Refused && sender != dialogue().self()) {
            outcome = met(open, sender, id, crossed, outcome);
        }
        if (outcome instanceof Outcome.Refused && dialogue().said(sender, open, id)) {
            return new Outcome.Repeated();
        }
        if (outcome instanceof Outcome.Moved
                && dialogue().turns().size() >= Dialogue.MAX_TURNS
                && !(open instanceof TransferTerminationMessage)
                && !(open instanceof TransferCompletionMessage)) {
            return new Outcome.Refused(
                    "too_many_rounds",
                    "the transfer has had " + Dialogue.MAX_TURNS + " messages; end it");
        }
        return outcome;
    }

    /** The message as it may stand in the ledger. */
    static TransferMessage withoutSecret(TransferMessage message) {
        return switch (message) {
            case TransferStartMessage start -> {
                DataAddress address = start.dataAddress();
                yield address == null
                        ? start
                        : new TransferStartMessage(
                                start.providerPid(), start.consumerPid(), address.withoutSecret());
            }
            case TransferRequestMessage request -> {
                DataAddress address = request.dataAddress();
                yield address == null
                        ? request
                        : new TransferRequestMessage(
                                request.consumerPid(),
                                request.agreementId(),
                                request.format(),
                                address.withoutSecret(),
                                request.callbackAddress());
            }
            case TransferCompletionMessage m -> m;
            case TransferSuspensionMessage m -> m;
            case TransferTerminationMessage m -> m;
        };
    }

    /** Who said the last start; the provider if none stands here. */
    private Role startedBy() {
        return dialogue().turns().reversed().stream()
                .filter(t -> t.message() instanceof TransferStartMessage)
                .map(Dialogue.Turn::sender)
                .findFirst()
                .orElse(Role.PROVIDER);
    }

    /**
     * What the other side said before it heard our last word. The same word of both is kept even if
     * ours was heard by now: else a late repetition of theirs would pass for a new one.
     */
    private Outcome met(
            TransferMessage message, Role sender, String id, boolean crossed, Outcome refused) {
        Dialogue d = dialogue().and(sender, message, id);
        Dialogue both = dialogue().beforeLastWords(sender, message, id);
        return switch (this) {
            case Suspended s when s.by() != sender ->
                    switch (message) {
                        case TransferCompletionMessage m when crossed ->
                                new Outcome.Moved(
                                        new Completed(d, agreementId(), format(), sender));
                        case TransferCompletionMessage m -> refused;
                        case TransferSuspensionMessage m ->
                                new Outcome.Moved(
                                        new Suspended(
                                                both,
                                                agreementId(),
                                                format(),
                                                s.by(),
                                                s.code(),
                                                s.reason()));
                        case TransferStartMessage m -> refused;
                        case TransferRequestMessage m -> refused;
                        case TransferTerminationMessage m -> refused;
                    };
            case Started s ->
                    message instanceof TransferStartMessage && startedBy() != sender
                            ? new Outcome.Moved(new Started(both, agreementId(), format()))
                            : refused;
            case Completed c when c.by() != sender ->
                    switch (message) {
                        case TransferTerminationMessage m when crossed -> terminated(d, m, sender);
                        case TransferTerminationMessage m -> refused;
                        case TransferCompletionMessage m ->
                                new Outcome.Moved(
                                        new Completed(both, agreementId(), format(), c.by()));
                        case TransferSuspensionMessage m -> refused;
                        case TransferStartMessage m -> refused;
                        case TransferRequestMessage m -> refused;
                    };
            case Requested r -> refused;
            case Suspended s -> refused;
            case Completed c -> refused;
            case Terminated t -> refused;
        };
    }

    private Outcome next(TransferMessage message, Role sender, String id) {
        Dialogue d = dialogue().and(sender, message, id);
        return switch (this) {
            case Requested r ->
                    switch (message) {
                        case TransferStartMessage m when sender == Role.PROVIDER ->
                                new Outcome.Moved(new Started(d, agreementId(), format()));
                        case TransferTerminationMessage m -> terminated(d, m, sender);
                        case TransferRequestMessage m -> illegal(message, sender);
                        case TransferStartMessage m -> illegal(message, sender);
                        case TransferCompletionMessage m -> illegal(message, sender);
                        case TransferSuspensionMessage m -> illegal(message, sender);
                    };
            case Started s ->
                    switch (message) {
                        case TransferCompletionMessage m ->
                                new Outcome.Moved(
                                        new Completed(d, agreementId(), format(), sender));
                        case TransferSuspensionMessage m ->
                                new Outcome.Moved(
                                        new Suspended(
                                                d,
                                                agreementId(),
                                                format(),
                                                sender,
                                                m.code(),
                                                m.reason()));
                        case TransferTerminationMessage m -> terminated(d, m, sender);
                        case TransferRequestMessage m -> illegal(message, sender);
                        case TransferStartMessage m -> illegal(message, sender);
                    };
            case Suspended s ->
                    switch (message) {
                        case TransferStartMessage m ->
                                new Outcome.Moved(new Started(d, agreementId(), format()));
                        case TransferTerminationMessage m -> terminated(d, m, sender);
                        case TransferRequestMessage m -> illegal(message, sender);
                        case TransferCompletionMessage m -> illegal(message, sender);
                        case TransferSuspensionMessage m -> illegal(message, sender);
                    };
            case Completed c -> illegal(message, sender);
            case Terminated t -> illegal(message, sender);
        };
    }

    private Outcome terminated(Dialogue d, TransferTerminationMessage m, Role sender) {
        return new Outcome.Moved(
                new Terminated(d, agreementId(), format(), sender, m.code(), m.reason()));
    }

    private Outcome illegal(TransferMessage message, Role sender) {
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
