package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to the contract, and the contract (共享与数字合约).
 *
 * @param messages Dataspace Protocol messages in the order they were received
 * @param refusals uses that were asked for outside the policy
 */
public record ShareSummary(
        List<Participant> participants,
        Offer offer,
        List<Message> messages,
        @Nullable Agreement agreement,
        List<Refusal> refusals) {
    public ShareSummary {
        requireNonNull(offer, "offer");
        participants = List.copyOf(participants);
        messages = List.copyOf(messages);
        refusals = List.copyOf(refusals);
    }

    /** An organisation in the space (参与方), in its own process. */
    public record Participant(String name, Text role, String did, String endpoint) {
        public Participant {
            requireNonNull(name, "name");
            requireNonNull(role, "role");
            requireNonNull(did, "did");
            requireNonNull(endpoint, "endpoint");
        }
    }

    /**
     * What is offered under which policy (要约).
     *
     * @param asset id of the asset in the catalogue
     * @param rules the policy in words, one sentence a rule
     * @param policyJson the ODRL policy as it went over the wire
     */
    public record Offer(String id, String asset, Text title, List<Text> rules, String policyJson) {
        public Offer {
            requireNonNull(id, "id");
            requireNonNull(asset, "asset");
            requireNonNull(title, "title");
            requireNonNull(policyJson, "policyJson");
            rules = List.copyOf(rules);
        }
    }

    /**
     * A protocol message as it was received (协商消息).
     *
     * @param type {@code ContractRequestMessage}
     * @param from name of a participant
     * @param to name of the other
     * @param state of the negotiation after it: {@code REQUESTED} … {@code FINALIZED}
     * @param atMillis since the first message was sent
     */
    public record Message(String type, String from, String to, String state, double atMillis) {
        public Message {
            requireNonNull(type, "type");
            requireNonNull(from, "from");
            requireNonNull(to, "to");
            requireNonNull(state, "state");
            Figure.requireFinite("atMillis", atMillis);
        }
    }

    /**
     * The contract (数字合约).
     *
     * @param hash of its canonical JSON, hexadecimal, algorithm in front
     */
    public record Agreement(String id, String hash, Instant agreedAt, List<Signature> signatures) {
        public Agreement {
            requireNonNull(id, "id");
            requireNonNull(hash, "hash");
            requireNonNull(agreedAt, "agreedAt");
            signatures = List.copyOf(signatures);
        }
    }

    public record Signature(String signer, String algorithm, String value, boolean verified) {
        public Signature {
            requireNonNull(signer, "signer");
            requireNonNull(algorithm, "algorithm");
            requireNonNull(value, "value");
        }
    }

    /**
     * A use that the policy does not allow (拒绝).
     *
     * @param asked what was asked for, in words
     */
    public record Refusal(
            Text asked, String actor, String action, String purpose, List<Reason> reasons) {
        public Refusal {
            requireNonNull(asked, "asked");
            requireNonNull(actor, "actor");
            requireNonNull(action, "action");
            requireNonNull(purpose, "purpose");
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Why a use was refused.
     *
     * @param code short stable name: {@code purpose_not_allowed}
     */
    public record Reason(String code, Text words) {
        public Reason {
            requireNonNull(code, "code");
            requireNonNull(words, "words");
        }
    }
}
