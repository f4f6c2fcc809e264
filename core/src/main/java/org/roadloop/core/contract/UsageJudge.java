package org.roadloop.core.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Duties;
import org.roadloop.core.policy.Evaluation;
import org.roadloop.core.policy.Performance;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Place;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.Request;
import org.roadloop.core.policy.Usage;
import org.roadloop.core.policy.Verdict;

/**
 * Whether a use is within its contract now (使用判定): in force, transfer started, the contract's own
 * consumer, and what the policy says. Any thread.
 */
final class UsageJudge {
    static final String DELETE = "delete";

    private final ContractBook book;
    private final Duration grace;
    private final Map<Where, Around> around = new ConcurrentHashMap<>();

    /** What a place is part of in the words of a policy. */
    private record Around(Policy policy, Map<String, Set<String>> partOf) {}

    private record Where(String agreementId, Place place) {}

    /**
     * Who asks for what.
     *
     * @param transferPid our pid of the transfer it comes through; empty for none
     * @param system where it happens; empty while that is open
     */
    record Asked(String actor, String action, String purpose, String transferPid, String system) {
        Asked(String actor, String action, String purpose, String transferPid) {
            this(actor, action, purpose, transferPid, "");
        }

        Asked at(String other) {
            return new Asked(actor, action, purpose, transferPid, other);
        }
    }

    /**
     * What the platform knows beyond the ledger, as it was last told.
     *
     * @param place where it happens; null if nobody knows
     * @param facts left operands of the act
     * @param claims verified of the actor
     * @param barred why data may not leave to the actor at all
     * @param systems where it may happen; empty: nowhere but at the place
     */
    record Known(
            boolean trusted,
            @Nullable Place place,
            Map<String, Set<String>> facts,
            Map<String, Set<String>> claims,
            Map<String, Usage.Happening> events,
            List<UsageGate.Reason> barred,
            List<UsageSystem> systems) {
        static final Known NOTHING =
                new Known(true, null, Map.of(), Map.of(), Map.of(), List.of(), List.of());

        /** What is said of a place otherwise counts for nothing. */
        Known {
            facts = at(place, facts);
            claims = at(null, claims);
            barred = List.copyOf(barred);
            systems = List.copyOf(systems);
        }

        /** At the system that is asked for, or at each that it could be. */
        List<Known> possible(String system) {
            List<Known> possible =
                    systems.stream()
                            .filter(s -> system.isEmpty() || s.name().equals(system))
                            .map(this::at)
                            .toList();
            return possible.isEmpty() ? List.of(at(new UsageSystem(system, null))) : possible;
        }

        /** Where a use at a system happens; null where that is not known, or open. */
        @Nullable Place placeAt(String system) {
            if (systems.isEmpty()) {
                return place;
            }
            return systems.stream()
                    .filter(s -> s.name().equals(system))
                    .findFirst()
                    .map(UsageSystem::place)
                    .orElse(null);
        }

        private Known at(UsageSystem system) {
            Map<String, Set<String>> there = new HashMap<>(facts);
            there.put(UsageSystem.OPERAND, Set.of(system.name()));
            return new Known(trusted, system.place(), there, claims, events, barred, List.of());
        }

        private static Map<String, Set<String>> at(
                @Nullable Place place, Map<String, Set<String>> values) {
            Map<String, Set<String>> placed = new HashMap<>(values);
            placed.remove(Place.OPERAND);
            if (place != null) {
                placed.put(Place.OPERAND, Set.of(place.name()));
            }
            return Map.copyOf(placed);
        }
    }

    sealed interface Ruling {}

    /**
     * @param rule that permits it
     * @param changesAt when it may not any more; null for never
     * @param meteredSeconds how many more seconds of use are allowed; null if they are not counted
     */
    record Allowed(String rule, @Nullable Instant changesAt, @Nullable Long meteredSeconds)
            implements Ruling {}

    record Refused(List<UsageGate.Reason> reasons) implements Ruling {}

    /**
     * @param grace for the news of a deletion to arrive: so long after its deadline it counts as
     *     done in time
     */
    UsageJudge(ContractBook book, Duration grace) {
        this.book = book;
        this.grace = grace;
    }

    /**
     * @param tally what is used up
     * @param act what is asked for on top
     * @param seconds of metered time on top
     */
    Ruling judge(
            Agreement agreement,
            Asked asked,
            Known known,
            Instant now,
            UsageTally tally,
            List<UsageGate.Quantity> act,
            long seconds) {
        if (known.systems().isEmpty() || !UsageSystem.matters(agreement.policy())) {
            return judgeThere(agreement, asked, known, now, tally, act, seconds);
        }
        Set<UsageGate.Reason> reasons = new LinkedHashSet<>();
        for (Known there : known.possible(asked.system())) {
            switch (judgeThere(agreement, asked, there, now, tally, act, seconds)) {
                case Allowed allowed -> {
                    return allowed;
                }
                case Refused refused -> reasons.addAll(refused.reasons());
            }
        }
        return new Refused(List.copyOf(reasons));
    }

    private Ruling judgeThere(
            Agreement agreement,
            Asked asked,
            Known known,
            Instant now,
            UsageTally tally,
            List<UsageGate.Quantity> act,
            long seconds) {
        Optional<Refused> standing = standing(agreement, asked, known);
        if (standing.isPresent()) {
            return standing.get();
        }
        Usage usage = tally.with(agreement, rules(agreement), act, seconds, now);
        Request request =
                new Request(
                        asked.action(),
                        asked.actor(),
                        agreement.asset(),
                        asked.purpose(),
                        now,
                        events(usage, known),
                        known.facts(),
                        known.claims(),
                        Map.of(),
                        partOf(agreement, known.place()),
                        tally.duties(),
                        tally.infringed());
        Map<String, Instant> late = receiptsUnderWay(agreement, request, tally);
        for (Map.Entry<String, Instant> duty : late.entrySet()) {
            request = request.withDuty(duty.getKey(), Performance.performedAt(duty.getValue()));
        }
        return switch (Evaluation.evaluate(agreement.policy(), request)) {
            case Verdict.Permitted permitted ->
                    new Allowed(
                            permitted.ruleId(),
                            earliest(permitted.changesAt(), late),
                            permitted.remaining().get(Usage.METERED_SECONDS));
            case Verdict.Denied denied ->
                    new Refused(
                            denied.reasons().stream()
                                    .map(
                                            r ->
                                                    new UsageGate.Reason(
                                                            r.code(), r.english(), r.chinese()))
                                    .toList());
        };
    }

    /** Reading a polygon takes longer than all the rest, so it is read once. */
    private Map<String, Set<String>> partOf(Agreement agreement, @Nullable Place place) {
        if (place == null) {
            return Map.of();
        }
        Where where = new Where(agreement.id(), place);
        Around known = around.get(where);
        if (known == null || known.policy() != agreement.policy()) {
            known =
                    new Around(
                            agreement.policy(),
                            place.partOf(agreement.policy().rightOperands(Place.OPERAND)));
            around.put(where, known);
        }
        return known.partOf();
    }

    private Optional<Refused> standing(Agreement agreement, Asked asked, Known known) {
        Optional<ContractBook.Ended> ended = book.getContract(agreement.id()).ended();
        if (ended.isPresent()) {
            String code = ended.get().code();
            return Optional.of(
                    refused(
                            "agreement_terminated",
                            "the agreement was terminated: " + code,
                            "合约已终止：" + code));
        }
        List<ContractAct> suspensions = book.suspensions(agreement.id());
        if (!suspensions.isEmpty()) {
            return Optional.of(suspended(suspensions.getFirst()));
        }
        if (!asked.transferPid().isEmpty()
                && !(book.findTransfer(asked.transferPid()).orElse(null)
                        instanceof TransferProcess.Started)) {
            return Optional.of(
                    refused(
                            "transfer_not_started",
                            "the transfer is not in state STARTED",
                            "传输不处于 STARTED 状态"));
        }
        if (!asked.actor().equals(agreement.consumer())) {
            return Optional.of(
                    refused(
                            "actor_not_assignee",
                            "the contract is with another participant than " + asked.actor(),
                            "合约的使用方不是 " + asked.actor()));
        }
        if (!known.trusted()) {
            return Optional.of(
                    refused(
                            "participant_not_trusted",
                            asked.actor() + " is not among the trusted participants any more",
                            asked.actor() + " 已不在可信参与方之列"));
        }
        if (!known.barred().isEmpty()) {
            return Optional.of(new Refused(known.barred()));
        }
        return Optional.empty();
    }

    private static Refused suspended(ContractAct by) {
        String chinese = by.by() == Role.PROVIDER ? "提供方" : "使用方";
        return refused(
                "agreement_suspended",
                "the agreement is suspended by the " + by.by().term() + ": " + by.code(),
                "合约已由" + chinese + "中止：" + by.code());
    }

    private static Usage events(Usage usage, Known known) {
        Usage with = usage;
        for (Map.Entry<String, Usage.Happening> event : known.events().entrySet()) {
            with = with.withEvent(event.getKey(), event.getValue());
        }
        return with;
    }

    /** Permissions are counted each on its own (ODRL vocabulary, {@code count}). */
    private static List<String> rules(Agreement agreement) {
        List<Permission> permissions = agreement.policy().permissions();
        List<String> rules = new ArrayList<>(permissions.size());
        for (int i = 0; i < permissions.size(); i++) {
            rules.add(permissions.get(i).id("/permission/" + i));
        }
        return rules;
    }

    /** Deletions whose deadline is over, and whose receipt may still be on its way. */
    private Map<String, Instant> receiptsUnderWay(
            Agreement agreement, Request request, UsageTally tally) {
        Map<String, Instant> late = new HashMap<>();
        for (Duties.Standing standing : Duties.list(agreement.policy(), request)) {
            Verdict.Due duty = standing.due();
            Instant deadline = duty.deadline();
            if (duty.duty().action().equals(DELETE)
                    && deadline != null
                    && !tally.duties().containsKey(duty.id())
                    && request.now().isAfter(deadline)
                    && !request.now().isAfter(deadline.plus(grace))) {
                late.put(duty.id(), deadline);
            }
        }
        return late;
    }

    private @Nullable Instant earliest(@Nullable Instant changesAt, Map<String, Instant> late) {
        Instant first = changesAt;
        for (Instant deadline : late.values()) {
            Instant over = deadline.plus(grace).plusNanos(1);
            first = first == null || over.isBefore(first) ? over : first;
        }
        return first;
    }

    static Refused refused(String code, String english, String chinese) {
        return new Refused(List.of(new UsageGate.Reason(code, english, chinese)));
    }
}
