package org.roadloop.core.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Constraint.Atomic;
import org.roadloop.core.policy.Constraint.Connective;
import org.roadloop.core.policy.Constraint.Logical;
import org.roadloop.core.policy.Operand.Side;

/**
 * How far a truth holds along one axis, all else unchanged (判定有效边界).
 *
 * <p>The axis is time, or the growth of one counter. Along it every comparison is constant but for
 * its own few boundaries: {@link #reach} of a comparison is the first of them where its truth
 * differs. A conjunction that holds reaches as far as its shortest part, one that fails as far as
 * the longest of its failing parts; a disjunction the other way round; anything else to its first
 * boundary. So the reach is never too far, and exact for the usual bounds.
 *
 * @param <P> a position on the axis
 */
abstract class Horizon<P extends Comparable<P>> {
    private final P never;

    private Horizon(P never) {
        this.never = never;
    }

    /** First position at which the comparison comes out otherwise; {@link #never} if nowhere. */
    abstract P boundary(Atomic atomic, Comparison comparison);

    final P never() {
        return never;
    }

    final P earlier(P a, P b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    final P later(P a, P b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    final P reach(Constraint constraint, Comparison comparison) {
        return switch (constraint) {
            case Atomic atomic -> boundary(atomic, comparison);
            case Logical logical -> reach(logical.connective(), logical.parts(), comparison);
        };
    }

    final P reach(Connective connective, List<Constraint> parts, Comparison comparison) {
        Instant now = comparison.request().now();
        Truth strong =
                switch (connective) {
                    case AND, AND_SEQUENCE -> Truth.UNSATISFIED;
                    case OR -> Truth.SATISFIED;
                    case XONE -> null;
                };
        P first = never;
        @Nullable P last = null;
        for (Constraint part : parts) {
            P reach = reach(part, comparison);
            first = earlier(first, reach);
            if (strong != null && Judgement.truth(part, comparison, now) == strong) {
                last = last == null ? reach : later(last, reach);
            }
        }
        return last == null ? first : last;
    }

    /** Of all premises of a rule together. */
    final P reach(Judgement judgement) {
        P first = never;
        @Nullable P last = null;
        for (Part part : parts(judgement)) {
            Comparison comparison = judgement.comparison(part.side);
            P reach = reach(Connective.AND, part.constraints, comparison);
            first = earlier(first, reach);
            if (judgement.all(part.constraints, part.side) == Truth.UNSATISFIED) {
                last = last == null ? reach : later(last, reach);
            }
        }
        return last == null ? first : last;
    }

    private record Part(List<Constraint> constraints, Side side) {}

    private static List<Part> parts(Judgement judgement) {
        Reference assignee = judgement.assignee();
        Reference target = judgement.target();
        return List.of(
                new Part(judgement.rule().constraints(), Side.ACT),
                new Part(judgement.rule().scope().actionRefinements(), Side.ACT),
                new Part(assignee == null ? List.of() : assignee.refinements(), Side.PARTY),
                new Part(target == null ? List.of() : target.refinements(), Side.ASSET));
    }

    /** Along time. */
    static final class Time extends Horizon<Instant> {
        Time() {
            super(Instant.MAX);
        }

        @Override
        Instant boundary(Atomic atomic, Comparison comparison) {
            Request request = comparison.request();
            if (comparison.side() != Side.ACT) {
                return never();
            }
            Instant first = never();
            for (String right : atomic.rightOperand()) {
                switch (atomic.leftOperand()) {
                    case Operand.DATE_TIME, Operand.ELAPSED_TIME -> {
                        Instant bound = bound(atomic.leftOperand(), right, request);
                        if (bound != null) {
                            first = earlier(first, differing(bound, atomic, comparison));
                            if (bound.isBefore(Instant.MAX)) {
                                first =
                                        earlier(
                                                first,
                                                differing(bound.plusNanos(1), atomic, comparison));
                            }
                        }
                    }
                    case Operand.EVENT -> {
                        Usage.Happening happening = request.usage().events().get(right);
                        if (happening != null) {
                            first =
                                    earlier(
                                            first,
                                            differing(happening.begin(), atomic, comparison));
                            first = earlier(first, differing(happening.end(), atomic, comparison));
                        }
                    }
                    default -> {
                        return never();
                    }
                }
            }
            return first;
        }

        private static @Nullable Instant bound(String left, String right, Request request) {
            try {
                if (left.equals(Operand.DATE_TIME)) {
                    return Operand.instant(right);
                }
                Instant since = request.usage().agreedAt();
                return since == null ? null : Operand.plus(since, right);
            } catch (DateTimeException | ArithmeticException e) {
                return null;
            }
        }

        private Instant differing(Instant at, Atomic atomic, Comparison comparison) {
            return at.isAfter(comparison.request().now())
                            && comparison.find(atomic, at, 0) != comparison.find(atomic)
                    ? at
                    : never();
        }
    }

    /** Along the growth of one counter: the first growth, at least 1, that changes something. */
    static final class Growth extends Horizon<Long> {
        private final String counter;

        /**
         * @param counter name in {@link Usage}
         */
        Growth(String counter) {
            super(Long.MAX_VALUE);
            this.counter = counter;
        }

        @Override
        Long boundary(Atomic atomic, Comparison comparison) {
            Long value = comparison.counter(atomic);
            if (comparison.side() != Side.ACT
                    || value == null
                    || !counter.equals(Operand.counter(atomic))) {
                return never();
            }
            long first = never();
            for (String right : atomic.rightOperand()) {
                try {
                    BigDecimal gap =
                            Operand.steps(atomic.leftOperand(), right)
                                    .subtract(BigDecimal.valueOf(value));
                    if (gap.precision() - gap.scale() > 18) {
                        continue; // further away than a counter reaches
                    }
                    first =
                            Math.min(
                                    first,
                                    differing(
                                            gap.setScale(0, RoundingMode.CEILING).longValue(),
                                            atomic,
                                            comparison));
                    first =
                            Math.min(
                                    first,
                                    differing(
                                            gap.setScale(0, RoundingMode.FLOOR).longValue() + 1,
                                            atomic,
                                            comparison));
                } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
                    return never();
                }
            }
            return first;
        }

        private long differing(long growth, Atomic atomic, Comparison comparison) {
            return growth >= 1
                            && comparison.find(atomic, comparison.request().now(), growth)
                                    != comparison.find(atomic)
                    ? growth
                    : never();
        }
    }

    /** Counters that some constraint of the rule is about. */
    static void counters(Judgement judgement, Map<String, Long> into) {
        for (Part part : parts(judgement)) {
            if (part.side == Side.ACT) {
                part.constraints.forEach(c -> counters(c, into));
            }
        }
    }

    /** Counters that the duty or a consequence of it is about. */
    static void counters(Duty duty, Map<String, Long> into) {
        duty.constraints().forEach(c -> counters(c, into));
        duty.consequences().forEach(c -> counters(c, into));
    }

    private static void counters(Constraint constraint, Map<String, Long> into) {
        switch (constraint) {
            case Atomic atomic -> {
                String name = Operand.counter(atomic);
                if (name != null) {
                    into.put(name, Long.MAX_VALUE);
                }
            }
            case Logical logical -> logical.parts().forEach(p -> counters(p, into));
        }
    }
}
