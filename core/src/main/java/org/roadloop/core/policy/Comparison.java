package org.roadloop.core.policy;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Operand.Side;
import org.roadloop.core.policy.Usage.Happening;

/**
 * One comparison of a left operand's value with the right operand (约束比较), ODRL 2.2 §2.5.1. Pure.
 *
 * @param rule whose counters count
 */
record Comparison(Request request, String rule, Side side) {

    Finding find(Constraint.Atomic atomic) {
        return find(atomic, request.now(), 0);
    }

    /**
     * The same at another time, or with counters that have grown.
     *
     * @param growth added to the counter of a numeric operand
     */
    Finding find(Constraint.Atomic atomic, Instant now, long growth) {
        if (side != Side.ACT) {
            return member(atomic);
        }
        try {
            return switch (atomic.leftOperand()) {
                case Operand.DATE_TIME -> dateTime(atomic, now);
                case Operand.ELAPSED_TIME -> elapsedTime(atomic, now);
                case Operand.COUNT, Operand.PAY_AMOUNT, Operand.METERED_TIME ->
                        counted(atomic, growth);
                case Operand.EVENT -> event(atomic, now);
                default -> member(atomic);
            };
        } catch (DateTimeException | NumberFormatException e) {
            return Finding.UNREADABLE;
        } catch (ArithmeticException e) {
            return Finding.UNREADABLE; // beyond the calendar
        }
    }

    private static Finding dateTime(Constraint.Atomic atomic, Instant now) {
        return ordered(atomic, right -> now.compareTo(Operand.instant(right)));
    }

    /** Compared as an instant, so that a month is the month it falls in. */
    private Finding elapsedTime(Constraint.Atomic atomic, Instant now) {
        Instant since = request.usage().agreedAt();
        if (since == null) {
            return Finding.FACT_MISSING;
        }
        return ordered(atomic, right -> now.compareTo(Operand.plus(since, right)));
    }

    private Finding counted(Constraint.Atomic atomic, long growth) {
        if (atomic.leftOperand().equals(Operand.PAY_AMOUNT)
                && atomic.unit() != null
                && !atomic.unit().equals(request.usage().currency())) {
            return Finding.UNIT;
        }
        if (atomic.leftOperand().equals(Operand.METERED_TIME) && atomic.unit() != null) {
            return Finding.UNIT;
        }
        Long count = counter(atomic);
        if (count == null) {
            return Finding.FACT_MISSING;
        }
        BigDecimal value = BigDecimal.valueOf(count).add(BigDecimal.valueOf(growth));
        return ordered(
                atomic, right -> value.compareTo(Operand.steps(atomic.leftOperand(), right)));
    }

    /** Value of the counter of a numeric operand, null if it is unknown or there is none. */
    @Nullable Long counter(Constraint.Atomic atomic) {
        String name = Operand.counter(atomic);
        return name == null ? null : request.usage().counter(rule, name);
    }

    /** Compares the value at hand with one right operand. */
    private interface Order {
        /** Negative, zero, positive: the value is before, equal, after. */
        int compareTo(String right);
    }

    private static Finding ordered(Constraint.Atomic atomic, Order value) {
        List<String> right = atomic.rightOperand();
        Operator operator = atomic.operator();
        if (right.size() > 1 && !operator.ofSet()) {
            return Finding.UNREADABLE;
        }
        boolean among = false;
        int first = 0;
        for (int i = right.size() - 1; i >= 0; i--) { // all are read: one that is no value tells
            first = value.compareTo(right.get(i));
            among |= first == 0;
        }
        return switch (operator) {
            case EQ, IS_A -> Finding.of(first == 0);
            case NEQ -> Finding.of(first != 0);
            case GT -> Finding.of(first > 0);
            case GTEQ -> Finding.of(first >= 0);
            case LT -> Finding.of(first < 0);
            case LTEQ -> Finding.of(first <= 0);
            case IS_ANY_OF -> Finding.of(among);
            case IS_NONE_OF -> Finding.of(!among);
            case IS_ALL_OF, IS_PART_OF, HAS_PART -> Finding.NOT_APPLICABLE;
        };
    }

    /**
     * {@code lt} before, {@code eq} during, {@code gt} after the event (ODRL vocabulary §3.6.7).
     */
    private Finding event(Constraint.Atomic atomic, Instant now) {
        List<String> right = atomic.rightOperand();
        Operator operator = atomic.operator();
        if (right.size() > 1 && !operator.ofSet()) {
            return Finding.UNREADABLE;
        }
        if (operator == Operator.IS_PART_OF || operator == Operator.HAS_PART) {
            return Finding.NOT_APPLICABLE;
        }
        boolean all = operator == Operator.IS_ALL_OF;
        boolean none = operator == Operator.NEQ || operator == Operator.IS_NONE_OF;
        Truth truth = Truth.of(all);
        for (String name : right) {
            Truth one = event(name, operator, now);
            truth = all ? truth.and(one) : truth.or(one);
        }
        return switch (truth) {
            case SATISFIED -> Finding.of(!none);
            case UNSATISFIED -> Finding.of(none);
            case UNDECIDED -> Finding.FACT_MISSING;
        };
    }

    /** Whether the event is in the phase that the operator asks for; for set operators: goes on. */
    private Truth event(String name, Operator operator, Instant now) {
        Happening happening = request.usage().events().get(name);
        if (happening == null) {
            Set<String> facts = request.facts().get(Operand.EVENT);
            if (facts == null) {
                return Truth.UNDECIDED;
            }
            boolean during = facts.contains(name);
            return switch (operator) {
                case LT, GT -> during ? Truth.UNSATISFIED : Truth.UNDECIDED;
                case LTEQ, GTEQ -> during ? Truth.SATISFIED : Truth.UNDECIDED;
                default -> Truth.of(during);
            };
        }
        boolean before = now.isBefore(happening.begin());
        boolean after = !before && !now.isBefore(happening.end());
        return Truth.of(
                switch (operator) {
                    case LT -> before;
                    case LTEQ -> !after;
                    case GT -> after;
                    case GTEQ -> !before;
                    default -> !before && !after;
                });
    }

    private Finding member(Constraint.Atomic atomic) {
        Set<String> values = Operand.values(atomic.leftOperand(), request, side);
        if (values == null || values.isEmpty()) {
            return Operand.known(atomic.leftOperand())
                    ? Finding.FACT_MISSING
                    : Finding.UNKNOWN_OPERAND;
        }
        List<String> right = atomic.rightOperand();
        return switch (atomic.operator()) {
            case EQ -> Finding.of(right.size() == 1 && values.containsAll(right));
            case IS_ALL_OF -> Finding.of(values.containsAll(right));
            case NEQ -> Finding.of(Collections.disjoint(values, right));
            case IS_NONE_OF -> Finding.of(!meets(atomic, values));
            case IS_ANY_OF -> Finding.of(meets(atomic, values));
            case IS_A ->
                    Finding.of(
                            right.size() == 1
                                    && values.stream().anyMatch(v -> belongs(v, right.getFirst())));
            case IS_PART_OF ->
                    Finding.of(
                            values.stream()
                                    .allMatch(v -> right.stream().anyMatch(r -> within(v, r))));
            case HAS_PART ->
                    Finding.of(
                            right.stream()
                                    .allMatch(r -> values.stream().anyMatch(v -> within(r, v))));
            case GT, GTEQ, LT, LTEQ -> number(atomic, values);
        };
    }

    /** Who is in a district is in its city: a place is among regions if it lies in one of them. */
    private boolean meets(Constraint.Atomic atomic, Set<String> values) {
        List<String> right = atomic.rightOperand();
        return atomic.leftOperand().equals(Place.OPERAND)
                ? values.stream().anyMatch(v -> right.stream().anyMatch(r -> within(v, r)))
                : !Collections.disjoint(values, right);
    }

    /** A claim or a fact that is one decimal number. */
    private static Finding number(Constraint.Atomic atomic, Set<String> values) {
        if (values.size() != 1) {
            return Finding.NOT_APPLICABLE;
        }
        try {
            BigDecimal value = new BigDecimal(values.iterator().next());
            return ordered(atomic, right -> value.compareTo(new BigDecimal(right)));
        } catch (NumberFormatException e) {
            return Finding.NOT_APPLICABLE;
        }
    }

    private boolean within(String part, String whole) {
        return inHierarchy(part, whole) || belongs(part, whole);
    }

    /** Hierarchy by {@code /} or {@code -}: {@code CN-31-0115} lies within {@code CN-31}. */
    private static boolean inHierarchy(String part, String whole) {
        if (!part.startsWith(whole)) {
            return false;
        }
        return part.length() == whole.length()
                || whole.endsWith("/")
                || part.charAt(whole.length()) == '/'
                || part.charAt(whole.length()) == '-';
    }

    private boolean belongs(String member, String collection) {
        return belongs(request, member, collection);
    }

    /** Whether one is the other or in it, over any number of {@link Request#partOf} steps. */
    static boolean belongs(Request request, String member, String collection) {
        if (member.equals(collection)) {
            return true;
        }
        if (request.partOf().isEmpty()) {
            return false;
        }
        Deque<String> open = new ArrayDeque<>(List.of(member));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String next = open.pop();
            if (next.equals(collection)) {
                return true;
            }
            if (seen.add(next)) {
                open.addAll(request.partOf().getOrDefault(next, Set.of()));
            }
        }
        return false;
    }

    /** The value at hand, for people; empty if there is none. */
    String shown(Constraint.Atomic atomic) {
        if (side == Side.ACT) {
            switch (atomic.leftOperand()) {
                case Operand.DATE_TIME -> {
                    return request.now().toString();
                }
                case Operand.ELAPSED_TIME -> {
                    Instant since = request.usage().agreedAt();
                    return since == null
                            ? ""
                            : java.time.Duration.between(since, request.now()).toString();
                }
                case Operand.COUNT -> {
                    return Objects.toString(counter(atomic), "");
                }
                case Operand.PAY_AMOUNT -> {
                    Long milli = counter(atomic);
                    return milli == null ? "" : BigDecimal.valueOf(milli, 3).toPlainString();
                }
                case Operand.METERED_TIME -> {
                    Long seconds = counter(atomic);
                    return seconds == null ? "" : java.time.Duration.ofSeconds(seconds).toString();
                }
                default -> {}
            }
        }
        Set<String> values = Operand.values(atomic.leftOperand(), request, side);
        return values == null ? "" : String.join(", ", values.stream().sorted().toList());
    }
}
