package org.roadloop.core.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Policy.Conflict;
import org.roadloop.core.policy.Verdict.Deontic;
import org.roadloop.core.policy.Verdict.Due;
import org.roadloop.core.policy.Verdict.Origin;
import org.roadloop.core.policy.Verdict.Reason;

/**
 * Judges a request by a policy (策略评估). Pure: no clock, no state, the same answer every time.
 *
 * <p>Three-valued. A permission permits only if all its premises hold, none of its duties is
 * violated and those that come before the use are fulfilled. A prohibition forbids unless a premise
 * fails: what can't be decided forbids. A violated obligation, and an infringed prohibition whose
 * remedies are not fulfilled, deny everything until they are made good. The first permission of the
 * policy that permits is the one that is used.
 */
public final class Evaluation {
    private final Policy policy;
    private final Request request;
    private final List<Judgement> permissions;
    private final List<Judgement> prohibitions;

    private Evaluation(Policy policy, Request request) {
        this.policy = policy;
        this.request = request;
        permissions = new ArrayList<>(policy.permissions().size());
        prohibitions = new ArrayList<>(policy.prohibitions().size());
        policy.forEachRule(
                (rule, place) -> {
                    Judgement judgement = new Judgement(policy, rule, rule.id(place), request);
                    switch (rule) {
                        case Permission p -> permissions.add(judgement);
                        case Prohibition p -> prohibitions.add(judgement);
                        case Duty d -> {}
                    }
                });
    }

    public static Verdict evaluate(Policy policy, Request request) {
        return new Evaluation(policy, request).verdict();
    }

    /** Of a permission: all premises hold, and no duty is violated. */
    static boolean active(Judgement permission) {
        return permission.truth() == Truth.SATISFIED
                && duties(permission).stream().noneMatch(d -> d.deontic() == Deontic.VIOLATED);
    }

    static List<Obligation> duties(Judgement permission) {
        return permission.rule() instanceof Permission p && !p.duties().isEmpty()
                ? Obligation.all(
                        p.duties(), permission.id() + "/duty", Origin.DUTY, permission.request())
                : List.of();
    }

    static List<Obligation> remedies(Judgement prohibition) {
        return prohibition.rule() instanceof Prohibition p
                        && prohibition.request().infringed().contains(prohibition.id())
                ? Obligation.all(
                        p.remedies(),
                        prohibition.id() + "/remedy",
                        Origin.REMEDY,
                        prohibition.request())
                : List.of();
    }

    private static boolean open(Obligation duty) {
        return duty.precedes() && duty.owed() && duty.deontic() != Deontic.FULFILLED;
    }

    private boolean permits(Judgement permission) {
        return active(permission) && duties(permission).stream().noneMatch(Evaluation::open);
    }

    private Verdict verdict() {
        List<Obligation> obligations =
                Obligation.all(policy.obligations(), "/obligation", Origin.OBLIGATION, request);
        @Nullable Judgement by = null;
        for (Judgement permission : permissions) {
            if (permits(permission)) {
                by = permission;
                break;
            }
        }
        List<Reason> reasons = standing(obligations);
        if (policy.conflict() != Conflict.PERM || by == null) {
            reasons.addAll(forbidding(by != null));
        }
        if (by == null && reasons.isEmpty()) {
            reasons.addAll(notPermitting());
        }
        if (by == null || !reasons.isEmpty()) {
            return new Verdict.Denied(
                    reasons.stream().distinct().toList(),
                    orNull(firstChange(obligations)),
                    due(null, obligations));
        }
        return new Verdict.Permitted(
                (Permission) by.rule(),
                by.id(),
                policy.obligations(),
                remaining(obligations),
                orNull(permittedUntil(obligations)),
                due(by, obligations));
    }

    /** What denies whatever is asked for. */
    private List<Reason> standing(List<Obligation> obligations) {
        List<Reason> reasons = new ArrayList<>();
        for (Obligation obligation : obligations) {
            if (obligation.deontic() == Deontic.VIOLATED) {
                reasons.add(Reasons.obligationViolated(obligation));
            }
        }
        for (Judgement prohibition : prohibitions) {
            for (Obligation remedy : remedies(prohibition)) {
                if (remedy.deontic() != Deontic.FULFILLED) {
                    reasons.add(Reasons.remedyOpen(prohibition.id(), remedy));
                }
            }
        }
        return reasons;
    }

    /**
     * @param permitted a permission would allow it
     */
    private List<Reason> forbidding(boolean permitted) {
        List<Reason> reasons = new ArrayList<>();
        boolean invalid = policy.conflict() == Conflict.INVALID;
        for (Judgement prohibition : prohibitions) {
            switch (prohibition.truth()) {
                case SATISFIED ->
                        reasons.add(
                                permitted && invalid
                                        ? Reasons.conflict(request.action())
                                        : Reasons.prohibited(request.action()));
                case UNDECIDED -> reasons.addAll(Explanation.undecided(prohibition));
                case UNSATISFIED -> {}
            }
        }
        return reasons;
    }

    private List<Reason> notPermitting() {
        List<Reason> reasons = new ArrayList<>();
        for (Judgement permission : permissions) {
            if (Action.covers(permission.rule().action(), request.action())) {
                reasons.addAll(Explanation.failing(permission));
                for (Obligation duty : duties(permission)) {
                    if (duty.deontic() == Deontic.VIOLATED) {
                        reasons.add(Reasons.dutyViolated(duty));
                    } else if (open(duty)) {
                        reasons.add(Reasons.dutyOpen(duty.duty().action()));
                    }
                }
            }
        }
        if (reasons.isEmpty()) {
            reasons.add(
                    Reasons.actionNotPermitted(
                            request.action(),
                            policy.permissions().stream().map(Permission::action).toList()));
        }
        return reasons;
    }

    private List<Due> due(@Nullable Judgement by, List<Obligation> obligations) {
        List<Due> due = new ArrayList<>();
        obligations.forEach(o -> o.collect(due));
        if (by != null) {
            duties(by).forEach(d -> d.collect(due));
        }
        prohibitions.forEach(p -> remedies(p).forEach(r -> r.collect(due)));
        return due;
    }

    private static @Nullable Instant orNull(Instant instant) {
        return instant.equals(Instant.MAX) ? null : instant;
    }

    /** While one permission permits and no prohibition begins to. */
    private Instant permittedUntil(List<Obligation> obligations) {
        Horizon.Time time = new Horizon.Time();
        Instant until = request.now();
        for (Judgement permission : permissions) {
            if (permits(permission)) {
                until =
                        time.later(
                                until,
                                time.earlier(
                                        time.reach(permission), change(duties(permission), time)));
            }
        }
        if (policy.conflict() != Conflict.PERM) {
            for (Judgement prohibition : prohibitions) {
                if (prohibition.meant()) {
                    until = time.earlier(until, time.reach(prohibition));
                }
            }
        }
        return time.earlier(until, change(obligations, time));
    }

    /** Of anything that has to do with the request. */
    private Instant firstChange(List<Obligation> obligations) {
        Horizon.Time time = new Horizon.Time();
        Instant first = change(obligations, time);
        for (Judgement prohibition : prohibitions) {
            if (prohibition.meant()) {
                first = time.earlier(first, time.reach(prohibition));
            }
            first = time.earlier(first, change(remedies(prohibition), time));
        }
        for (Judgement permission : permissions) {
            if (permission.meant()) {
                first = time.earlier(first, time.reach(permission));
                first = time.earlier(first, change(duties(permission), time));
            }
        }
        return first;
    }

    /** First instant at which one of the duties may stand otherwise. */
    private Instant change(List<Obligation> duties, Horizon.Time time) {
        Instant first = time.never();
        for (Obligation duty : duties) {
            Instant deadline = duty.deadline();
            if (deadline != null && !deadline.isBefore(request.now())) {
                first = time.earlier(first, deadline.plusNanos(1));
            }
            Comparison comparison = duty.comparison();
            for (Constraint constraint : duty.duty().constraints()) {
                first = time.earlier(first, time.reach(constraint, comparison));
            }
            Instant done = duty.plannedAt();
            if (done != null) {
                first = time.earlier(first, done);
            }
            first = time.earlier(first, change(duty.consequences(), time));
        }
        return first;
    }

    private Map<String, Long> remaining(List<Obligation> obligations) {
        Map<String, Long> remaining = new HashMap<>();
        for (Judgement permission : permissions) {
            Horizon.counters(permission, remaining);
            duties(permission).forEach(d -> Horizon.counters(d.duty(), remaining));
        }
        prohibitions.forEach(p -> Horizon.counters(p, remaining));
        obligations.forEach(o -> Horizon.counters(o.duty(), remaining));
        remaining.replaceAll((counter, _) -> remaining(new Horizon.Growth(counter), obligations));
        remaining.values().removeIf(left -> left == Long.MAX_VALUE);
        return remaining;
    }

    private long remaining(Horizon.Growth growth, List<Obligation> obligations) {
        long until = 0;
        for (Judgement permission : permissions) {
            if (permits(permission)) {
                long reach = Math.min(growth.reach(permission), reach(duties(permission), growth));
                until = Math.max(until, reach);
            }
        }
        if (policy.conflict() != Conflict.PERM) {
            for (Judgement prohibition : prohibitions) {
                if (prohibition.meant()) {
                    until = Math.min(until, growth.reach(prohibition));
                }
            }
        }
        until = Math.min(until, reach(obligations, growth));
        return until == Long.MAX_VALUE ? until : until - 1;
    }

    /** A duty may come to be owed by a count. */
    private static long reach(List<Obligation> duties, Horizon.Growth growth) {
        long first = growth.never();
        for (Obligation duty : duties) {
            for (Constraint constraint : duty.duty().constraints()) {
                first = Math.min(first, growth.reach(constraint, duty.comparison()));
            }
            first = Math.min(first, reach(duty.consequences(), growth));
        }
        return first;
    }
}
