package org.roadloop.app.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.core.approval.Approvals;
import org.roadloop.core.approval.Decided;
import org.roadloop.core.approval.EndReason;
import org.roadloop.core.approval.Held;
import org.roadloop.core.approval.PolicyDiff;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractBook.Course;
import org.roadloop.core.contract.Decider.Decision;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.Role;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.PolicyText.Words;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One negotiation with its history (协商历程): every turn, what it changed, and why it ended. */
final class NegotiationView {
    private final ContractBook book;
    private final Approvals approvals;

    NegotiationView(ContractBook book, Approvals approvals) {
        this.book = book;
        this.approvals = approvals;
    }

    /** One line of a list. */
    ObjectNode line(Course course) {
        Negotiation n = course.negotiation();
        Dialogue d = n.dialogue();
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("id", d.pid()).put("role", d.self().term()).put("state", n.state());
        view.put("peer", d.peer()).put("peerPid", d.peerPid()).put("asset", asset(n));
        view.put("beganAt", course.beganAt().toString());
        view.put("lastAt", course.lastAt().toString());
        view.put("durationMillis", course.duration().toMillis());
        view.put("held", approvals.findHeld(d.pid()).isPresent());
        if (n instanceof Negotiation.Terminated t) {
            view.put("code", code(t));
        }
        agreement(n).ifPresent(id -> view.put("agreement", id));
        return view;
    }

    static String asset(Negotiation n) {
        for (Dialogue.Turn turn : n.dialogue().turns().reversed()) {
            Policy offer = offer(turn.message());
            if (offer != null && offer.target() != null) {
                return offer.target();
            }
        }
        return "";
    }

    private static Optional<String> agreement(Negotiation n) {
        return n.dialogue().turns().stream()
                .map(Dialogue.Turn::message)
                .filter(Message.ContractAgreementMessage.class::isInstance)
                .map(m -> ((Message.ContractAgreementMessage) m).agreement().id())
                .findFirst();
    }

    private static String code(Negotiation.Terminated t) {
        return t.code().isBlank() ? EndReason.NONE_GIVEN.code() : t.code();
    }

    /** Everything that is known here. */
    ObjectNode whole(Course course) {
        Negotiation n = course.negotiation();
        ObjectNode view = line(course);
        view.put("providerPid", n.dialogue().providerPid());
        view.put("consumerPid", n.dialogue().consumerPid());
        turns(n, view.putArray("turns"));
        approvals.findHeld(n.dialogue().pid()).ifPresent(h -> view.set("held", held(n, h)));
        ArrayNode decisions = view.putArray("decisions");
        for (Decided decided : approvals.listDecided(n.dialogue().pid())) {
            decisions
                    .addObject()
                    .put("at", decided.at().toString())
                    .put("by", decided.by())
                    .put("turn", decided.turns())
                    .put("decision", word(decided.decision()));
        }
        if (n instanceof Negotiation.Terminated t) {
            view.set("end", end(t, n.dialogue()));
        }
        return view;
    }

    private static String word(Decision decision) {
        return switch (decision) {
            case Decision.Agree a -> "agree";
            case Decision.CounterOffer c -> "counter";
            case Decision.Terminate t -> "terminate";
            case Decision.Hold h -> "hold";
            case Decision.Suspend s -> "suspend";
            case Decision.Resume r -> "resume";
            case Decision.Complete c -> "complete";
        };
    }

    private void turns(Negotiation n, ArrayNode turns) {
        Dialogue d = n.dialogue();
        List<ContractBook.Mark> marks = book.listMarks(d.pid());
        Policy before = null;
        for (int i = 0; i < d.turns().size(); i++) {
            Dialogue.Turn turn = d.turns().get(i);
            ObjectNode view = turns.addObject();
            view.put("turn", i + 1);
            if (i < marks.size()) {
                view.put("at", marks.get(i).at().toString());
                view.put("ledgerIndex", marks.get(i).ledgerIndex());
            }
            view.put("sender", turn.sender().term());
            view.put("by", turn.sender() == d.self() ? book.did() : d.peer());
            view.put("message", turn.message().type());
            Policy offer = offer(turn.message());
            if (offer != null) {
                view.set("policy", offer.toJson());
                changes(before, offer, view);
                before = offer;
            }
        }
    }

    /** What an offer changed of the one before it. */
    private static void changes(@Nullable Policy before, Policy now, ObjectNode view) {
        if (before == null) {
            return;
        }
        ArrayNode changes = view.putArray("changes");
        for (PolicyDiff.Difference difference : PolicyDiff.between(before, now)) {
            ObjectNode change = changes.addObject();
            change.put("pointer", difference.pointer()).put("term", difference.term());
            change.set("before", words(difference.oursText()));
            change.set("after", words(difference.theirsText()));
        }
    }

    private static @Nullable Policy offer(Message message) {
        return switch (message) {
            case Message.ContractRequestMessage m -> m.offer();
            case Message.ContractOfferMessage m -> m.offer();
            default -> null;
        };
    }

    private ObjectNode held(Negotiation n, Held held) {
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("since", held.since().toString()).put("rule", held.rule());
        held.until().ifPresent(t -> view.put("until", t.toString()));
        view.set("why", words(held.why()));
        ArrayNode differences = view.putArray("differences");
        Policy theirs = theirs(n);
        Optional<Policy> ours = approvals.ours(n);
        view.put("compared", ours.isPresent());
        if (ours.isPresent() && theirs != null) {
            for (PolicyDiff.Difference difference : PolicyDiff.between(ours.get(), theirs)) {
                ObjectNode entry = differences.addObject();
                entry.put("pointer", difference.pointer()).put("term", difference.term());
                entry.set("ours", words(difference.oursText()));
                entry.set("theirs", words(difference.theirsText()));
                entry.put("en", difference.english()).put("zh", difference.chinese());
            }
        }
        return view;
    }

    private static @Nullable Policy theirs(Negotiation n) {
        Role other = n.dialogue().self().other();
        for (Dialogue.Turn turn : n.dialogue().turns().reversed()) {
            Policy offer = offer(turn.message());
            if (offer != null && turn.sender() == other) {
                return offer;
            }
        }
        return null;
    }

    private static ObjectNode words(Words words) {
        return Json.mapper()
                .createObjectNode()
                .put("en", words.english())
                .put("zh", words.chinese());
    }

    /** Never without a reason: where the other side gave none, that is said. */
    private ObjectNode end(Negotiation.Terminated t, Dialogue d) {
        ObjectNode end = Json.mapper().createObjectNode();
        end.put("side", t.by().term());
        end.put("by", t.by() == d.self() ? book.did() : d.peer());
        end.put("code", code(t));
        Optional<EndReason> known = EndReason.find(t.code());
        List<String> reasons = new ArrayList<>(t.reason());
        if (reasons.isEmpty()) {
            reasons.add(known.orElse(EndReason.NONE_GIVEN).meaning().english());
        }
        reasons.forEach(end.putArray("reason")::add);
        known.ifPresent(
                reason -> {
                    end.set("meaning", words(reason.meaning()));
                    end.set("advice", words(reason.advice()));
                });
        return end;
    }
}
