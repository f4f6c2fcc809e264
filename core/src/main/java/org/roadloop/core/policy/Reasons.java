package org.roadloop.core.policy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Verdict.Reason;

/** The wording of denials in both languages (拒绝理由). */
final class Reasons {
    private Reasons() {}

    static Reason notAssignee(String actor, String assignee) {
        return new Reason(
                "actor_not_assignee",
                "the contract is with " + assignee + ", not with " + actor,
                "合约的使用方是 " + assignee + "，不是 " + actor);
    }

    static Reason otherTarget(@Nullable String asked, String target) {
        String asset = asked == null ? "?" : asked;
        return new Reason(
                "target_not_covered",
                "the rule is about asset " + target + ", the request about " + asset,
                "规则针对资产 " + target + "，请求针对 " + asset);
    }

    static Reason otherAction(String act, String rule) {
        return new Reason(
                "action_not_covered",
                "the rule is about '" + rule + "', which does not include '" + act + "'",
                "规则针对行为“" + rule + "”，不包含“" + act + "”");
    }

    static Reason permissionActive(String act) {
        return new Reason(
                "permission_active",
                "'" + act + "' is permitted: everything the permission asks for holds",
                "许可行为“" + act + "”：许可的各项条件均成立");
    }

    static Reason conflict(String action) {
        return new Reason(
                "policy_in_conflict",
                "the policy both permits and prohibits '" + action + "' and is void in a conflict",
                "策略对“" + action + "”既许可又禁止，按其冲突策略整体无效");
    }

    static Reason prohibited(String action) {
        return new Reason(
                "prohibited",
                "the policy prohibits '" + action + "', and a prohibition wins over a permission",
                "策略禁止“" + action + "”，禁止优先于许可");
    }

    static Reason actionNotPermitted(String action, List<String> permitted) {
        String list = String.join(", ", permitted.stream().distinct().sorted().toList());
        return new Reason(
                "action_not_permitted",
                "action '" + action + "' is not permitted; permitted is: " + list,
                "未许可行为“" + action + "”；许可的行为：" + list);
    }

    static Reason dutyOpen(String duty) {
        return new Reason(
                "duty_not_fulfilled",
                "duty '" + duty + "' must be fulfilled first and there is no proof of it",
                "须先履行义务“" + duty + "”，目前没有履行证明");
    }

    static Reason dutyViolated(Obligation duty) {
        return violated("duty_violated", "duty", "义务", duty);
    }

    static Reason obligationViolated(Obligation duty) {
        return violated("obligation_violated", "obligation", "策略义务", duty);
    }

    private static Reason violated(String code, String what, String chineseWhat, Obligation duty) {
        Instant deadline = duty.deadline();
        String action = duty.duty().action();
        String owed =
                String.join(
                        ", ", duty.consequences().stream().map(c -> c.duty().action()).toList());
        return new Reason(
                code,
                what
                        + " '"
                        + action
                        + "' was not fulfilled"
                        + (deadline == null ? "" : " by " + deadline)
                        + (owed.isEmpty() ? "" : "; owed as well now: " + owed),
                chineseWhat
                        + "“"
                        + action
                        + "”"
                        + (deadline == null ? "" : "在 " + deadline + " 前")
                        + "未履行"
                        + (owed.isEmpty() ? "" : "；现还须履行：" + owed));
    }

    static Reason dutyFulfilled(Obligation duty) {
        return new Reason(
                "duty_fulfilled",
                "duty '" + duty.duty().action() + "' is fulfilled",
                "义务“" + duty.duty().action() + "”已履行");
    }

    static Reason dutyOwed(Obligation duty) {
        Instant deadline = duty.deadline();
        return new Reason(
                "duty_owed",
                "duty '"
                        + duty.duty().action()
                        + "' is owed"
                        + (deadline == null ? "" : " until " + deadline),
                "义务“"
                        + duty.duty().action()
                        + "”待履行"
                        + (deadline == null ? "" : "，期限 " + deadline));
    }

    static Reason dutyNotYet(Obligation duty) {
        return new Reason(
                "duty_not_yet_owed",
                "duty '" + duty.duty().action() + "' is not owed yet",
                "义务“" + duty.duty().action() + "”尚未到期");
    }

    static Reason remedyOpen(String prohibition, Obligation remedy) {
        return new Reason(
                "remedy_open",
                "prohibition "
                        + prohibition
                        + " was infringed and its remedy '"
                        + remedy.duty().action()
                        + "' is not fulfilled",
                "禁止规则 " + prohibition + " 已被违反，其补救义务“" + remedy.duty().action() + "”尚未履行");
    }

    static Reason notExactlyOne(int holding, int of) {
        return new Reason(
                "not_exactly_one",
                holding + " of " + of + " alternatives hold; exactly one must",
                of + " 个选项中有 " + holding + " 个成立；须恰有一个成立");
    }

    /** Of a comparison that doesn't hold. */
    static Reason of(Finding finding, Constraint.Atomic atomic, Comparison comparison) {
        return switch (finding) {
            case HOLDS, FAILS -> failed(atomic, comparison.shown(atomic));
            case UNKNOWN_OPERAND -> unknownOperand(atomic.leftOperand());
            case FACT_MISSING -> factMissing(atomic.leftOperand());
            case UNREADABLE -> unreadable(atomic);
            case NOT_APPLICABLE -> operatorNotApplicable(atomic);
            case UNIT -> unit(atomic);
        };
    }

    private static Reason unit(Constraint.Atomic atomic) {
        return new Reason(
                "unit_not_counted",
                "'" + atomic.leftOperand() + "' is not counted in '" + atomic.unit() + "' here",
                "此处不以“" + atomic.unit() + "”为“" + atomic.leftOperand() + "”的单位");
    }

    static Reason unknownOperand(String operand) {
        return new Reason(
                "unknown_operand",
                "left operand '" + operand + "' is not known here, so the act is not allowed",
                "不认识的左操作数“" + operand + "”，因此不允许");
    }

    static Reason factMissing(String operand) {
        return new Reason(
                "fact_missing",
                "nothing is known about '" + operand + "' of this request, so it is not allowed",
                "缺少本次请求的“" + operand + "”事实，因此不允许");
    }

    static Reason unreadable(Constraint.Atomic atomic) {
        return new Reason(
                "operand_unreadable",
                "'"
                        + String.join(", ", atomic.rightOperand())
                        + "' is no right operand for '"
                        + atomic.leftOperand()
                        + "'",
                "“"
                        + String.join(", ", atomic.rightOperand())
                        + "”不能作为“"
                        + atomic.leftOperand()
                        + "”的右操作数");
    }

    static Reason operatorNotApplicable(Constraint.Atomic atomic) {
        return new Reason(
                "operator_not_applicable",
                "'"
                        + atomic.operator().term()
                        + "' does not apply to '"
                        + atomic.leftOperand()
                        + "'",
                "运算符“" + atomic.operator().term() + "”不适用于“" + atomic.leftOperand() + "”");
    }

    static Reason failed(Constraint.Atomic atomic, String value) {
        String rule =
                atomic.leftOperand()
                        + " "
                        + atomic.operator().term()
                        + " "
                        + String.join(", ", atomic.rightOperand());
        boolean given = !value.isEmpty();
        String english =
                "the policy requires "
                        + rule
                        + (given ? "; here it is " + value : "; none is given");
        String chinese = "策略要求 " + rule + (given ? "；实际为 " + value : "；未给出");
        return new Reason(code(atomic), english, chinese);
    }

    private static String code(Constraint.Atomic atomic) {
        boolean upper = atomic.operator() == Operator.LT || atomic.operator() == Operator.LTEQ;
        return switch (atomic.leftOperand()) {
            case "purpose" -> "purpose_not_allowed";
            case "count" -> upper ? "count_exhausted" : "count_not_allowed";
            case "dateTime" -> upper ? "expired" : "not_yet_valid";
            case "elapsedTime" -> upper ? "period_elapsed" : "period_not_reached";
            case "meteredTime" -> "metered_time_exhausted";
            case "recipient" -> "recipient_not_allowed";
            case "spatial" -> "place_not_allowed";
            case "event" -> "event_not_met";
            case "payAmount" -> "payment_missing";
            case "industry" -> "industry_not_allowed";
            default -> "constraint_failed";
        };
    }
}
