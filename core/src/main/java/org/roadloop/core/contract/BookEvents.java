package org.roadloop.core.contract;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Jcs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The book's events (合约事件) and back: a dialogue is replayed by applying its messages again.
 *
 * <p>{@code contract.negotiation} and {@code contract.transfer} have as subject our pid, {@code
 * contract.agreed}, {@code contract.terminated}, {@code contract.suspended} and {@code
 * contract.resumed} the agreement's id. {@code contract.taken}, with our DID as subject, lists
 * ended dialogues whose last words the other sides have acknowledged.
 */
final class BookEvents {
    static final String NEGOTIATION = "contract.negotiation";
    static final String TRANSFER = "contract.transfer";
    static final String AGREED = "contract.agreed";
    static final String TERMINATED = "contract.terminated";
    static final String SUSPENDED = "contract.suspended";
    static final String RESUMED = "contract.resumed";
    static final Set<String> ACTS = Set.of(TERMINATED, SUSPENDED, RESUMED);
    static final String TAKEN = "contract.taken";

    /** All that the book folds. */
    static final Set<String> TYPES =
            Set.of(NEGOTIATION, TRANSFER, AGREED, TERMINATED, SUSPENDED, RESUMED, TAKEN);

    private BookEvents() {}

    /**
     * @param did our side's
     */
    static Event negotiation(Instant at, String did, Negotiation to) {
        Dialogue.Turn turn = to.dialogue().turns().getLast();
        ObjectNode body = dialogue(to.dialogue(), to.state(), turn);
        return Event.of(
                NEGOTIATION, at, actor(did, to.dialogue(), turn), to.dialogue().pid(), body);
    }

    private static String actor(String did, Dialogue dialogue, Dialogue.Turn turn) {
        return turn.sender() == dialogue.self() ? did : dialogue.peer();
    }

    /**
     * @param did our side's
     * @param turn what moved it
     * @param crossed as in {@link TransferProcess#on(TransferMessage, Role, String, boolean)}
     */
    static Event transfer(
            Instant at, String did, TransferProcess to, Dialogue.Turn turn, boolean crossed) {
        ObjectNode body = dialogue(to.dialogue(), to.state(), turn);
        body.put("agreement", to.agreementId());
        if (crossed) {
            body.put("crossed", true);
        }
        return Event.of(TRANSFER, at, actor(did, to.dialogue(), turn), to.dialogue().pid(), body);
    }

    private static ObjectNode dialogue(Dialogue d, String state, Dialogue.Turn turn) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("state", state).put("self", d.self().term());
        body.put("sender", turn.sender().term());
        body.put("providerPid", d.providerPid()).put("consumerPid", d.consumerPid());
        body.put("peer", d.peer()).put("peerAddress", d.peerAddress());
        body.set("message", MessageJson.write(turn.message(), turn.id()));
        return body;
    }

    static Event agreed(Instant at, String actor, Negotiation.Finalized finalized) {
        Agreement agreement = finalized.agreement();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("self", finalized.dialogue().self().term());
        body.put("negotiation", finalized.dialogue().pid());
        body.put("provider", agreement.provider()).put("consumer", agreement.consumer());
        body.put("asset", agreement.asset()).put("hash", agreement.hash());
        body.put("textSha256", ContractText.sha256(agreement));
        body.set("agreement", agreement.document());
        body.put("providerSignature", agreement.providerSignature());
        body.put("consumerSignature", agreement.consumerSignature());
        return Event.of(AGREED, at, actor, agreement.id(), body);
    }

    static ContractBook.Contract contract(JsonNode body, long index) {
        Agreement agreement =
                Agreement.fromJson(body.required("agreement"), "")
                        .withProviderSignature(body.required("providerSignature").asString())
                        .withConsumerSignature(body.required("consumerSignature").asString());
        return new ContractBook.Contract(
                agreement,
                Role.of(body.required("self").asString()),
                body.required("negotiation").asString(),
                index,
                Optional.empty());
    }

    /** What one side did to a contract; the actor is that side. */
    static Event act(Instant at, ContractBook.Contract contract, ContractAct act) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("by", act.by().term()).put("saidAt", act.at().toString());
        body.put("code", act.code());
        ArrayNode reasons = body.putArray("reason");
        act.reason().forEach(reasons::add);
        Agreement agreement = contract.agreement();
        String actor = act.by() == Role.PROVIDER ? agreement.provider() : agreement.consumer();
        String type =
                switch (act.kind()) {
                    case TERMINATED -> TERMINATED;
                    case SUSPENDED -> SUSPENDED;
                    case RESUMED -> RESUMED;
                };
        return Event.of(type, at, actor, agreement.id(), body);
    }

    /** The end of a contract that another takes the place of; the provider ends it. */
    static Event superseded(Instant at, ContractBook.Contract old, Agreement by) {
        List<String> reason = List.of("superseded by " + by.id());
        return act(
                at,
                old,
                new ContractAct(
                        Role.PROVIDER, ContractAct.Kind.TERMINATED, at, Supersession.CODE, reason));
    }

    /** Events of before this had a side are our own terminations. */
    static ContractAct act(Event event, ContractBook.Contract contract) {
        JsonNode body = event.json();
        List<String> reasons = new ArrayList<>();
        body.required("reason").forEach(r -> reasons.add(r.asString()));
        return new ContractAct(
                body.has("by") ? Role.of(body.get("by").asString()) : contract.self(),
                switch (event.type()) {
                    case SUSPENDED -> ContractAct.Kind.SUSPENDED;
                    case RESUMED -> ContractAct.Kind.RESUMED;
                    default -> ContractAct.Kind.TERMINATED;
                },
                body.has("saidAt") ? Instant.parse(body.get("saidAt").asString()) : event.at(),
                body.required("code").asString(),
                reasons);
    }

    static Event taken(Instant at, String did, List<String> pids) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        ArrayNode dialogues = body.putArray("dialogues");
        pids.forEach(dialogues::add);
        return Event.of(TAKEN, at, did, did, body);
    }

    /** By what a leaf says: the ledger has milliseconds, and one kind of number. */
    static boolean same(Event one, Event other) {
        return one.subject().equals(other.subject())
                && one.type().equals(other.type())
                && one.at().toEpochMilli() == other.at().toEpochMilli()
                && one.body() instanceof Event.Inline inline
                && other.body() instanceof Event.Inline second
                && Arrays.equals(Jcs.bytes(inline.json()), Jcs.bytes(second.json()));
    }

    static Negotiation replay(@Nullable Negotiation before, JsonNode body) {
        NegotiationMessage message =
                MessageJson.read(body.required("message"), NegotiationMessage.class);
        Role sender = Role.of(body.required("sender").asString());
        Negotiation.Outcome outcome =
                before == null
                        ? Negotiation.begin(empty(body), message, sender, id(body))
                        : before.on(message, sender, id(body));
        if (outcome instanceof Negotiation.Outcome.Moved moved
                && moved.to().state().equals(body.required("state").asString())) {
            return moved.to();
        }
        throw unreplayable(body, outcome);
    }

    static TransferProcess replayTransfer(@Nullable TransferProcess before, JsonNode body) {
        TransferMessage message = MessageJson.read(body.required("message"), TransferMessage.class);
        Role sender = Role.of(body.required("sender").asString());
        TransferProcess.Outcome outcome =
                before == null
                        ? TransferProcess.begin(empty(body), message, sender, id(body))
                        : before.on(
                                message, sender, id(body), body.path("crossed").asBoolean(false));
        if (outcome instanceof TransferProcess.Outcome.Moved moved
                && moved.to().state().equals(body.required("state").asString())) {
            return moved.to();
        }
        if (before != null && !body.required("state").asString().equals("STARTED")) {
            return before; // evidence that followed late: others had taken the access away too
        }
        throw unreplayable(body, outcome);
    }

    private static String id(JsonNode body) {
        return body.path("message").path("@id").asString("");
    }

    private static Dialogue empty(JsonNode body) {
        return new Dialogue(
                Role.of(body.required("self").asString()),
                body.required("providerPid").asString(),
                body.required("consumerPid").asString(),
                body.required("peer").asString(),
                body.required("peerAddress").asString(),
                List.of());
    }

    private static IllegalStateException unreplayable(JsonNode body, Object outcome) {
        return new IllegalStateException(
                "ledger event "
                        + body.required("providerPid").asString()
                        + "/"
                        + body.required("consumerPid").asString()
                        + " to "
                        + body.required("state").asString()
                        + " does not follow from the events before it: "
                        + outcome.getClass().getSimpleName());
    }
}
