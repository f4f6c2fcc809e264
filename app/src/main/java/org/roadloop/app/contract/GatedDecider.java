package org.roadloop.app.contract;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.policy.Policy;
import org.roadloop.govern.classify.GateDecision;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds what another decider, a rule or a person would agree to as provider against the gates
 * (签约闸门): nobody signs what may not leave. Any thread.
 */
public final class GatedDecider implements Decider {
    /** Why a negotiation was ended at the gate; subject: our pid of it. */
    public static final String REFUSED = "gate.refused";

    private final Decider inner;
    private final ReleaseGates gates;
    private final Ledger ledger;
    private final String did;
    private final Clock clock;

    public GatedDecider(Decider inner, ReleaseGates gates, Ledger ledger, String did, Clock clock) {
        this.inner = inner;
        this.gates = gates;
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
    }

    @Override
    public Decision decide(Negotiation n) {
        Decision decision = inner.decide(n);
        if (!(decision instanceof Decision.Agree) || n.dialogue().self() != Role.PROVIDER) {
            return decision;
        }
        return switch (n) {
            case Negotiation.Requested r -> held(n, r.offer(), decision);
            case Negotiation.Accepted a -> held(n, a.offer(), decision);
            case Negotiation.Offered o -> decision;
            case Negotiation.Agreed a -> decision;
            case Negotiation.Verified v -> decision;
            case Negotiation.Finalized f -> decision;
            case Negotiation.Terminated t -> decision;
        };
    }

    private Decision held(Negotiation n, Policy terms, Decision decision) {
        if (!(gates.decide(n.dialogue().peer(), terms) instanceof GateDecision.Closed closed)) {
            return decision;
        }
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("peer", n.dialogue().peer());
        body.put("asset", terms.target() == null ? "" : terms.target());
        ArrayNode reasons = body.putArray("reasons");
        List<String> words = new ArrayList<>();
        for (GateDecision.Reason reason : closed.reasons()) {
            reasons.addObject()
                    .put("code", reason.code())
                    .put("clause", reason.clause())
                    .put("english", reason.english())
                    .put("chinese", reason.chinese());
            words.add(reason.code() + ": " + reason.english() + " (" + reason.clause() + ")");
        }
        ledger.append(Event.of(REFUSED, clock.instant(), did, "gate:" + n.dialogue().pid(), body));
        return new Decision.Terminate(closed.reasons().getFirst().code(), words);
    }

    @Override
    public Decision decide(TransferProcess transfer) {
        return inner.decide(transfer);
    }
}
