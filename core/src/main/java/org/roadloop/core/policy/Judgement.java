package org.roadloop.core.policy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Constraint.Atomic;
import org.roadloop.core.policy.Constraint.Connective;
import org.roadloop.core.policy.Constraint.Logical;
import org.roadloop.core.policy.Operand.Side;

/**
 * The truth of one rule's premises for one request (前提判定). Says no words and keeps nothing: {@link
 * Evaluation} decides by it, {@link Explanation} puts it into words, {@link Horizon} asks how long
 * it stays.
 *
 * @param id {@link Rule#id}
 */
record Judgement(Policy policy, Rule rule, String id, Request request) {

    /** The rule's own assignee, or the policy's; null if the rule is about anybody. */
    @Nullable Reference assignee() {
        Reference own = rule.scope().assignee();
        return own != null || policy.assignee() == null ? own : Reference.to(policy.assignee());
    }

    /** The rule's own target, or the policy's; null if the rule is about any asset. */
    @Nullable Reference target() {
        Reference own = rule.scope().target();
        return own != null || policy.target() == null ? own : Reference.to(policy.target());
    }

    Comparison comparison(Side side) {
        return new Comparison(request, id, side);
    }

    /** All premises: {@code UNSATISFIED} as soon as one is. */
    Truth truth() {
        Truth premises = applies();
        return premises == Truth.UNSATISFIED
                ? premises
                : premises.and(all(rule.constraints(), Side.ACT));
    }

    /** Whether the rule is about this party, asset and act. */
    Truth applies() {
        Truth act = act();
        if (act == Truth.UNSATISFIED) {
            return act;
        }
        Truth both = act.and(party());
        return both == Truth.UNSATISFIED ? both : both.and(object());
    }

    /** Whether the rule is about this act, party and asset, refinements aside. */
    boolean meant() {
        return Action.covers(rule.action(), request.action())
                && (assignee() == null || names(assignee(), request.actor()))
                && (target() == null || asked() == null || names(target(), asked()));
    }

    /** A request without target is about the policy's. */
    private @Nullable String asked() {
        return request.target() == null ? policy.target() : request.target();
    }

    private boolean names(@Nullable Reference reference, @Nullable String member) {
        if (reference == null || member == null) {
            return false;
        }
        return Comparison.belongs(request, member, reference.id())
                || (reference.source() != null
                        && Comparison.belongs(request, member, reference.source()));
    }

    /** A rule without assignee is about anybody. */
    Truth party() {
        Reference assignee = assignee();
        if (assignee == null) {
            return Truth.SATISFIED;
        }
        return refers(assignee, request.actor(), Side.PARTY);
    }

    /** A rule without target is about any asset. */
    Truth object() {
        Reference target = target();
        if (target == null) {
            return Truth.SATISFIED;
        }
        String asked = asked();
        return asked == null ? Truth.UNDECIDED : refers(target, asked, Side.ASSET);
    }

    private Truth refers(Reference reference, String member, Side side) {
        return names(reference, member) ? all(reference.refinements(), side) : Truth.UNSATISFIED;
    }

    Truth act() {
        return Action.covers(rule.action(), request.action())
                ? all(rule.scope().actionRefinements(), Side.ACT)
                : Truth.UNSATISFIED;
    }

    Truth all(List<Constraint> constraints, Side side) {
        return constraints.isEmpty()
                ? Truth.SATISFIED
                : join(Connective.AND, constraints, comparison(side), request.now());
    }

    static Truth truth(Constraint constraint, Comparison comparison, Instant now) {
        return switch (constraint) {
            case Atomic atomic -> comparison.find(atomic, now, 0).truth();
            case Logical logical -> join(logical.connective(), logical.parts(), comparison, now);
        };
    }

    private static Truth join(
            Connective connective, List<Constraint> parts, Comparison comparison, Instant now) {
        Join join = new Join(connective);
        for (Constraint part : parts) {
            join.add(truth(part, comparison, now));
            if (join.decided()) {
                break;
            }
        }
        return join.truth();
    }

    /** Kleene's tables, one part at a time. */
    static final class Join {
        private final Connective connective;
        private int satisfied;
        private int unsatisfied;
        private int undecided;

        Join(Connective connective) {
            this.connective = connective;
        }

        void add(Truth truth) {
            switch (truth) {
                case SATISFIED -> satisfied++;
                case UNSATISFIED -> unsatisfied++;
                case UNDECIDED -> undecided++;
            }
        }

        int satisfied() {
            return satisfied;
        }

        /** No further part can change the truth. */
        boolean decided() {
            return switch (connective) {
                case AND, AND_SEQUENCE -> unsatisfied > 0;
                case OR -> satisfied > 0;
                case XONE -> satisfied > 1;
            };
        }

        Truth truth() {
            return switch (connective) {
                case AND, AND_SEQUENCE ->
                        unsatisfied > 0
                                ? Truth.UNSATISFIED
                                : undecided > 0 ? Truth.UNDECIDED : Truth.SATISFIED;
                case OR ->
                        satisfied > 0
                                ? Truth.SATISFIED
                                : undecided > 0 ? Truth.UNDECIDED : Truth.UNSATISFIED;
                case XONE ->
                        satisfied > 1
                                ? Truth.UNSATISFIED
                                : undecided > 0 ? Truth.UNDECIDED : Truth.of(satisfied == 1);
            };
        }
    }
}
