package org.roadloop.core.contract;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.roadloop.core.policy.Evaluation;
import org.roadloop.core.policy.Request;
import org.roadloop.core.policy.Usage;
import org.roadloop.core.policy.Verdict;

/**
 * Whether a use is within its contract now (使用判定): in force, transfer started, the contract's own
 * consumer, and what the policy says. Any thread.
 */
final class UsageJudge {
    private final ContractBook book;
    private final Function<Agreement, Map<String, Set<String>>> facts;

    /**
     * Who asks for what.
     *
     * @param transferPid our pid of the transfer it comes through; empty for none
     */
    record Asked(String actor, String action, String purpose, String transferPid) {}

    UsageJudge(ContractBook book, Function<Agreement, Map<String, Set<String>>> facts) {
        this.book = book;
        this.facts = facts;
    }

    /**
     * Empty if allowed.
     *
     * @param uses with those that are asked for
     */
    List<UsageGate.Reason> judge(
            Agreement agreement, Asked asked, Instant now, long uses, long computeSeconds) {
        Optional<ContractBook.Ended> ended = book.getContract(agreement.id()).ended();
        if (ended.isPresent()) {
            String code = ended.get().code();
            return refused(
                    "agreement_terminated",
                    "the agreement was terminated: " + code,
                    "合约已终止：" + code);
        }
        List<ContractAct> suspensions = book.suspensions(agreement.id());
        if (!suspensions.isEmpty()) {
            return suspended(suspensions.getFirst());
        }
        if (!asked.transferPid().isEmpty()
                && !(book.findTransfer(asked.transferPid()).orElse(null)
                        instanceof TransferProcess.Started)) {
            return refused(
                    "transfer_not_started",
                    "the transfer is not in state STARTED",
                    "传输不处于 STARTED 状态");
        }
        if (!asked.actor().equals(agreement.consumer())) {
            return refused(
                    "actor_not_assignee",
                    "the contract is with another participant than " + asked.actor(),
                    "合约的使用方不是 " + asked.actor());
        }
        Request request =
                Request.of(asked.action(), asked.actor(), asked.purpose(), now)
                        .withTarget(agreement.asset())
                        .withUsage(
                                Usage.UNKNOWN
                                        .withCounter(Usage.COUNT, uses)
                                        .withCounter(Usage.METERED_SECONDS, computeSeconds)
                                        .withAgreedAt(agreement.agreedAt()))
                        .withFacts(facts.apply(agreement));
        return switch (Evaluation.evaluate(agreement.policy(), request)) {
            case Verdict.Permitted permitted -> List.of();
            case Verdict.Denied denied ->
                    denied.reasons().stream()
                            .map(r -> new UsageGate.Reason(r.code(), r.english(), r.chinese()))
                            .toList();
        };
    }

    private static List<UsageGate.Reason> suspended(ContractAct by) {
        String chinese = by.by() == Role.PROVIDER ? "提供方" : "使用方";
        return refused(
                "agreement_suspended",
                "the agreement is suspended by the " + by.by().term() + ": " + by.code(),
                "合约已由" + chinese + "中止：" + by.code());
    }

    static List<UsageGate.Reason> refused(String code, String english, String chinese) {
        return List.of(new UsageGate.Reason(code, english, chinese));
    }
}
