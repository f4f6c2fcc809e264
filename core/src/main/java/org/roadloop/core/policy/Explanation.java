package org.roadloop.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.policy.Constraint.Atomic;
import org.roadloop.core.policy.Constraint.Logical;
import org.roadloop.core.policy.Operand.Side;
import org.roadloop.core.policy.PolicyReport.Activation;
import org.roadloop.core.policy.PolicyReport.DutyReport;
import org.roadloop.core.policy.PolicyReport.Premise;
import org.roadloop.core.policy.PolicyReport.RuleReport;
import org.roadloop.core.policy.Verdict.Deontic;
import org.roadloop.core.policy.Verdict.Origin;
import org.roadloop.core.policy.Verdict.Reason;

/** Puts judgements into words (判定说明). */
final class Explanation {
    private Explanation() {}

    static PolicyReport of(Policy policy, Request request) {
        List<RuleReport> rules = new ArrayList<>();
        policy.forEachRule(
                (rule, place) -> {
                    Judgement judgement = new Judgement(policy, rule, rule.id(place), request);
                    rules.add(
                            switch (rule) {
                                case Permission p -> permission(judgement);
                                case Prohibition p -> prohibition(judgement);
                                case Duty d ->
                                        obligation(
                                                judgement,
                                                new Obligation(
                                                        d,
                                                        judgement.id(),
                                                        Origin.OBLIGATION,
                                                        request.usage().firstUsedAt(),
                                                        request));
                            });
                });
        return new PolicyReport(Evaluation.evaluate(policy, request), rules);
    }

    private static RuleReport permission(Judgement judgement) {
        List<Obligation> duties = Evaluation.duties(judgement);
        List<Reason> reasons = failing(judgement);
        for (Obligation duty : duties) {
            if (duty.deontic() == Deontic.VIOLATED) {
                reasons.add(Reasons.dutyViolated(duty));
            }
        }
        boolean active = Evaluation.active(judgement);
        if (active) {
            reasons.add(Reasons.permissionActive(judgement.request().action()));
        }
        return report(judgement, active, duties, reasons);
    }

    private static RuleReport prohibition(Judgement judgement) {
        Truth truth = judgement.truth();
        List<Reason> reasons = failing(judgement);
        if (truth == Truth.SATISFIED) {
            reasons.add(Reasons.prohibited(judgement.request().action()));
        }
        List<Obligation> remedies = Evaluation.remedies(judgement);
        for (Obligation remedy : remedies) {
            if (remedy.deontic() != Deontic.FULFILLED) {
                reasons.add(Reasons.remedyOpen(judgement.id(), remedy));
            }
        }
        return report(judgement, truth != Truth.UNSATISFIED, remedies, reasons);
    }

    private static RuleReport obligation(Judgement judgement, Obligation obligation) {
        List<Reason> reasons =
                List.of(
                        switch (obligation.deontic()) {
                            case VIOLATED -> Reasons.obligationViolated(obligation);
                            case FULFILLED -> Reasons.dutyFulfilled(obligation);
                            case NON_SET ->
                                    obligation.owed()
                                            ? Reasons.dutyOwed(obligation)
                                            : Reasons.dutyNotYet(obligation);
                        });
        boolean active = obligation.owed() && obligation.deontic() != Deontic.FULFILLED;
        return report(judgement, active, List.of(obligation), reasons);
    }

    private static RuleReport report(
            Judgement judgement, boolean active, List<Obligation> duties, List<Reason> reasons) {
        return new RuleReport(
                judgement.id(),
                judgement.rule(),
                active ? Activation.ACTIVE : Activation.INACTIVE,
                premises(judgement),
                duties.stream().map(Explanation::duty).toList(),
                reasons.stream().distinct().toList());
    }

    private static DutyReport duty(Obligation duty) {
        return new DutyReport(
                duty.id(),
                duty.duty(),
                duty.performance().state(),
                duty.deontic(),
                duty.deadline(),
                duty.consequences().stream().map(Explanation::duty).toList());
    }

    private static List<Premise> premises(Judgement judgement) {
        List<Premise> premises = new ArrayList<>();
        if (judgement.target() != null) {
            premises.add(new Premise.Target(judgement.object()));
        }
        if (judgement.assignee() != null) {
            premises.add(new Premise.Party(judgement.party()));
        }
        if (!judgement.rule().action().equals(Action.ANY)) {
            premises.add(new Premise.Act(judgement.act()));
        }
        Comparison comparison = judgement.comparison(Side.ACT);
        judgement.rule().constraints().forEach(c -> premises.add(condition(c, comparison)));
        return premises;
    }

    private static Premise.Condition condition(Constraint constraint, Comparison comparison) {
        return switch (constraint) {
            case Atomic atomic ->
                    new Premise.Condition(atomic, comparison.find(atomic).truth(), List.of());
            case Logical logical -> {
                Judgement.Join join = new Judgement.Join(logical.connective());
                List<Premise.Condition> parts = new ArrayList<>();
                for (Constraint part : logical.parts()) {
                    Premise.Condition condition = condition(part, comparison);
                    parts.add(condition);
                    join.add(condition.truth());
                }
                yield new Premise.Condition(logical, join.truth(), parts);
            }
        };
    }

    /**
     * Why not all premises hold; empty if they do. A party or target that is not meant says all.
     */
    static List<Reason> failing(Judgement judgement) {
        List<Reason> reasons = new ArrayList<>();
        Request request = judgement.request();
        if (!Action.covers(judgement.rule().action(), request.action())) {
            reasons.add(Reasons.otherAction(request.action(), judgement.rule().action()));
            return reasons;
        }
        Reference assignee = judgement.assignee();
        if (assignee != null && judgement.party() != Truth.SATISFIED) {
            reasons.addAll(failing(assignee.refinements(), judgement, Side.PARTY));
            if (reasons.isEmpty()) {
                reasons.add(Reasons.notAssignee(request.actor(), assignee.id()));
            }
        }
        Reference target = judgement.target();
        if (target != null && judgement.object() != Truth.SATISFIED) {
            List<Reason> refined = failing(target.refinements(), judgement, Side.ASSET);
            if (refined.isEmpty()) {
                reasons.add(Reasons.otherTarget(request.target(), target.id()));
            }
            reasons.addAll(refined);
        }
        if (reasons.isEmpty()) {
            reasons.addAll(
                    failing(judgement.rule().scope().actionRefinements(), judgement, Side.ACT));
            reasons.addAll(failing(judgement.rule().constraints(), judgement, Side.ACT));
        }
        return reasons;
    }

    /** Why an undecided rule can't be decided. */
    static List<Reason> undecided(Judgement judgement) {
        return failing(judgement);
    }

    private static List<Reason> failing(
            List<Constraint> constraints, Judgement judgement, Side side) {
        List<Reason> reasons = new ArrayList<>();
        Comparison comparison = judgement.comparison(side);
        constraints.forEach(c -> failing(c, comparison, reasons));
        return reasons;
    }

    private static Truth failing(
            Constraint constraint, Comparison comparison, List<Reason> reasons) {
        return switch (constraint) {
            case Atomic atomic -> {
                Finding finding = comparison.find(atomic);
                if (finding != Finding.HOLDS) {
                    reasons.add(Reasons.of(finding, atomic, comparison));
                }
                yield finding.truth();
            }
            case Logical logical -> {
                List<Reason> inner = new ArrayList<>();
                Judgement.Join join = new Judgement.Join(logical.connective());
                List<Reason> open = new ArrayList<>();
                for (Constraint part : logical.parts()) {
                    int before = inner.size();
                    Truth truth = failing(part, comparison, inner);
                    if (truth == Truth.UNDECIDED) {
                        open.addAll(inner.subList(before, inner.size()));
                    }
                    join.add(truth);
                }
                Truth truth = join.truth();
                if (truth != Truth.SATISFIED) {
                    if (logical.connective() != Constraint.Connective.XONE) {
                        reasons.addAll(inner);
                    } else if (truth == Truth.UNDECIDED) {
                        reasons.addAll(open);
                    } else {
                        reasons.add(
                                Reasons.notExactlyOne(join.satisfied(), logical.parts().size()));
                    }
                }
                yield truth;
            }
        };
    }
}
