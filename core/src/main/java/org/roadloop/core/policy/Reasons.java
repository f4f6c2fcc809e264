package org.roadloop.core.policy;

import java.util.List;
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

    static Reason prohibited(String action) {
        return new Reason(
                "prohibited",
                "the policy prohibits '" + action + "', and a prohibition wins over a permission",
                "策略禁止“" + action + "”，禁止优先于许可");
    }

    static Reason actionNotPermitted(String action, List<String> permitted) {
        String list = String.join(", ", permitted.stream().distinct().toList());
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

    static Reason emptyChoice() {
        return new Reason(
                "no_alternative", "the policy's choice has no alternative", "策略的选择约束没有任何选项");
    }

    static Reason notExactlyOne(int holding, int of) {
        return new Reason(
                "not_exactly_one",
                holding + " of " + of + " alternatives hold; exactly one must",
                of + " 个选项中有 " + holding + " 个成立；须恰有一个成立");
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
