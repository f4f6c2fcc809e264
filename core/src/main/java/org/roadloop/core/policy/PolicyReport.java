package org.roadloop.core.policy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Verdict.Deontic;
import org.roadloop.core.policy.Verdict.Reason;

/**
 * A verdict explained rule by rule (裁决报告): whether each rule is active for the request and why,
 * down to every constraint. The states are those of the ODRL compliance report model of the
 * SolidLab test suite ({@code https://w3id.org/force/compliance-report}), with {@link
 * Truth#UNDECIDED} added.
 *
 * @param rules permissions, prohibitions and obligations, in the policy's order
 */
public record PolicyReport(Verdict verdict, List<RuleReport> rules) {
    public PolicyReport {
        rules = List.copyOf(rules);
    }

    public enum Activation {
        ACTIVE,
        INACTIVE
    }

    /**
     * One rule (规则报告).
     *
     * @param id {@link Rule#id}
     * @param activation a permission is active if all its premises hold and no duty of it is
     *     violated; a prohibition unless a premise fails; an obligation while it is owed
     * @param conditions the duties of a permission, the remedies of a prohibition, the obligation
     *     itself
     * @param reasons why it is active or inactive, never empty
     */
    public record RuleReport(
            String id,
            Rule rule,
            Activation activation,
            List<Premise> premises,
            List<DutyReport> conditions,
            List<Reason> reasons) {
        public RuleReport {
            premises = List.copyOf(premises);
            conditions = List.copyOf(conditions);
            reasons = List.copyOf(reasons);
        }
    }

    /** One thing that must hold for a rule to be active (前提). A rule has those it states. */
    public sealed interface Premise {
        Truth truth();

        record Target(Truth truth) implements Premise {}

        record Party(Truth truth) implements Premise {}

        record Act(Truth truth) implements Premise {}

        /**
         * @param parts of a logical constraint
         */
        record Condition(Constraint constraint, Truth truth, List<Condition> parts)
                implements Premise {
            public Condition {
                parts = List.copyOf(parts);
            }
        }
    }

    /**
     * One duty (义务报告).
     *
     * @param id {@link Rule#id}
     * @param consequences reported once they are owed
     */
    public record DutyReport(
            String id,
            Duty duty,
            Performance.State performance,
            Deontic deontic,
            @Nullable Instant deadline,
            List<DutyReport> consequences) {
        public DutyReport {
            consequences = List.copyOf(consequences);
        }
    }

    public static PolicyReport of(Policy policy, Request request) {
        return Explanation.of(policy, request);
    }
}
