package org.roadloop.core.policy;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Operand.Side;
import org.roadloop.core.policy.Verdict.Deontic;
import org.roadloop.core.policy.Verdict.Due;
import org.roadloop.core.policy.Verdict.Origin;

/**
 * A duty as it stands for one request (义务判定).
 *
 * <p>Fulfilled: done by its deadline. Violated: established as not done, or not done by its
 * deadline; done late it is fulfilled again once all its consequences are (ODRL vocabulary, {@code
 * consequence}). Not set otherwise.
 *
 * @param id {@link Rule#id}
 * @param since {@code elapsedTime} runs from here; null while it doesn't run
 */
record Obligation(Duty duty, String id, Origin origin, @Nullable Instant since, Request request) {
    /** Of the other operands of a duty's constraints: they say how it is done, not when. */
    private static final Set<String> WHEN =
            Set.of(
                    Operand.DATE_TIME,
                    Operand.ELAPSED_TIME,
                    Operand.EVENT,
                    Operand.COUNT,
                    Operand.METERED_TIME);

    static Obligation of(Duty duty, String place, Origin origin, Request request) {
        return new Obligation(duty, duty.id(place), origin, request.usage().firstUsedAt(), request);
    }

    static List<Obligation> all(List<Duty> duties, String place, Origin origin, Request request) {
        List<Obligation> all = new ArrayList<>(duties.size());
        for (int i = 0; i < duties.size(); i++) {
            all.add(of(duties.get(i), place + "/" + i, origin, request));
        }
        return all;
    }

    /** Whether it is owed already: what says from when holds, or can't be told. */
    boolean owed() {
        for (Constraint constraint : duty.constraints()) {
            if (!deadlineBound(constraint) && onlyWhen(constraint) && !begun(constraint)) {
                return false;
            }
        }
        return true;
    }

    private boolean begun(Constraint constraint) {
        return Judgement.truth(constraint, comparison(), request.now()) != Truth.UNSATISFIED;
    }

    Comparison comparison() {
        return new Comparison(request.withUsage(runningSince()), id, Side.ACT);
    }

    /** A duty's elapsed time runs from the first use, not from the agreement. */
    private Usage runningSince() {
        Usage usage = request.usage();
        return new Usage(
                usage.counters(),
                usage.byRule(),
                since,
                usage.firstUsedAt(),
                usage.events(),
                usage.currency());
    }

    private static boolean onlyWhen(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Atomic atomic -> WHEN.contains(atomic.leftOperand());
            case Constraint.Logical logical ->
                    logical.parts().stream().allMatch(Obligation::onlyWhen);
        };
    }

    /** Whether it has an upper bound in time, running or not. */
    boolean hasDeadline() {
        return duty.constraints().stream().anyMatch(Obligation::deadlineBound);
    }

    private static boolean deadlineBound(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Atomic atomic ->
                    (atomic.leftOperand().equals(Operand.DATE_TIME)
                                    || atomic.leftOperand().equals(Operand.ELAPSED_TIME))
                            && switch (atomic.operator()) {
                                case LT, LTEQ, EQ -> true;
                                default -> false;
                            };
            case Constraint.Logical logical ->
                    logical.connective() == Constraint.Connective.AND
                            && logical.parts().stream().allMatch(Obligation::deadlineBound);
        };
    }

    /** Last instant at which it is done in time; null if there is none, or none yet. */
    @Nullable Instant deadline() {
        return earliest(duty.constraints(), null);
    }

    private @Nullable Instant earliest(List<Constraint> constraints, @Nullable Instant sofar) {
        Instant earliest = sofar;
        for (Constraint constraint : constraints) {
            if (!deadlineBound(constraint)) {
                continue;
            }
            if (constraint instanceof Constraint.Logical logical) {
                earliest = earliest(logical.parts(), earliest);
            } else if (constraint instanceof Constraint.Atomic atomic) {
                Instant last = last(atomic);
                if (last != null && (earliest == null || last.isBefore(earliest))) {
                    earliest = last;
                }
            }
        }
        return earliest;
    }

    private @Nullable Instant last(Constraint.Atomic atomic) {
        String right = atomic.rightOperand().getFirst();
        try {
            Instant bound;
            if (atomic.leftOperand().equals(Operand.DATE_TIME)) {
                bound = Operand.instant(right);
            } else if (since == null) {
                return null;
            } else {
                bound = Operand.plus(since, right);
            }
            return atomic.operator() == Operator.LT ? bound.minusNanos(1) : bound;
        } catch (DateTimeException | ArithmeticException e) {
            return request.now().minusNanos(1); // a bound nobody can read has not been kept
        }
    }

    /**
     * Must be done before the use, not after it. What has a deadline may still come, and nobody can
     * delete what is not there yet.
     */
    boolean precedes() {
        return !hasDeadline() && !duty.action().equals("delete");
    }

    Performance performance() {
        Performance known = request.duties().get(id);
        if (known == null) {
            known = request.duties().get(duty.action());
        }
        if (known == null || (known.at() != null && known.at().isAfter(request.now()))) {
            return Performance.UNKNOWN;
        }
        return known;
    }

    /** When it is said to be done, where that is yet to come; null otherwise. */
    @Nullable Instant plannedAt() {
        Performance known = request.duties().getOrDefault(id, request.duties().get(duty.action()));
        Instant at = known == null ? null : known.at();
        return at != null && at.isAfter(request.now()) ? at : null;
    }

    /** Established as not done, done late, or overdue. */
    private boolean failed() {
        Performance performance = performance();
        Instant deadline = deadline();
        return switch (performance.state()) {
            case UNPERFORMED -> true;
            case PERFORMED -> {
                Instant at = performance.at();
                yield at != null && deadline != null && at.isAfter(deadline);
            }
            case UNKNOWN -> owed() && deadline != null && request.now().isAfter(deadline);
        };
    }

    Deontic deontic() {
        boolean done = performance().state() == Performance.State.PERFORMED;
        if (!failed()) {
            return done ? Deontic.FULFILLED : Deontic.NON_SET;
        }
        List<Obligation> consequences = consequences();
        boolean madeGood = done && !consequences.isEmpty();
        for (Obligation consequence : consequences) {
            madeGood &= consequence.deontic() == Deontic.FULFILLED;
        }
        return madeGood ? Deontic.FULFILLED : Deontic.VIOLATED;
    }

    /** Those that are owed because this one failed; their time runs from its deadline. */
    List<Obligation> consequences() {
        if (duty.consequences().isEmpty() || !failed()) {
            return List.of();
        }
        Instant failedAt = deadline();
        List<Obligation> all = new ArrayList<>();
        for (int i = 0; i < duty.consequences().size(); i++) {
            Duty consequence = duty.consequences().get(i);
            String at = consequence.id(id + "/consequence/" + i);
            all.add(
                    new Obligation(
                            consequence,
                            at,
                            Origin.CONSEQUENCE,
                            failedAt == null ? since : failedAt,
                            request));
        }
        return all;
    }

    /** Adds itself and its consequences, as far as they are owed and not fulfilled. */
    void collect(List<Due> due) {
        Deontic deontic = deontic();
        if (owed() && deontic != Deontic.FULFILLED) {
            due.add(new Due(id, duty, origin, deontic, deadline()));
        }
        consequences().forEach(c -> c.collect(due));
    }
}
