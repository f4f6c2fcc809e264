package org.roadloop.core.policy;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Verdict.Reason;

/**
 * Judges a request by a policy (策略评估). Pure.
 *
 * <p>Three-valued: a constraint holds, fails, or can't be decided. A permission permits only if all
 * its constraints hold; a prohibition forbids unless one of its constraints fails. So whatever is
 * not understood denies.
 */
public final class Evaluation {
    private enum Truth {
        HOLDS,
        FAILS,
        UNDECIDED
    }

    private record Finding(Truth truth, List<Reason> reasons) {
        static final Finding HOLDS = new Finding(Truth.HOLDS, List.of());

        static Finding of(boolean holds, Reason reason) {
            return holds ? HOLDS : new Finding(Truth.FAILS, List.of(reason));
        }

        static Finding undecided(Reason reason) {
            return new Finding(Truth.UNDECIDED, List.of(reason));
        }
    }

    private Evaluation() {}

    public static Verdict evaluate(Policy policy, Request request) {
        List<Reason> reasons = new ArrayList<>();
        String assignee = policy.assignee();
        if (assignee != null && !assignee.equals(request.actor())) {
            reasons.add(Reasons.notAssignee(request.actor(), assignee));
        }
        for (Prohibition prohibition : policy.prohibitions()) {
            if (Action.covers(prohibition.action(), request.action())) {
                Finding finding = all(prohibition.constraints(), request);
                switch (finding.truth()) {
                    case HOLDS -> reasons.add(Reasons.prohibited(request.action()));
                    case UNDECIDED -> reasons.addAll(finding.reasons());
                    case FAILS -> {}
                }
            }
        }
        if (!reasons.isEmpty()) {
            return new Verdict.Denied(distinct(reasons));
        }
        boolean actionMet = false;
        for (Permission permission : policy.permissions()) {
            if (!Action.covers(permission.action(), request.action())) {
                continue;
            }
            actionMet = true;
            Finding finding = all(permission.constraints(), request);
            List<Reason> duties =
                    permission.duties().stream()
                            .map(Duty::action)
                            .filter(duty -> !request.fulfilled().contains(duty))
                            .map(Reasons::dutyOpen)
                            .toList();
            if (finding.truth() == Truth.HOLDS && duties.isEmpty()) {
                return new Verdict.Permitted(permission, policy.obligations());
            }
            reasons.addAll(finding.reasons());
            reasons.addAll(duties);
        }
        if (!actionMet) {
            reasons.add(
                    Reasons.actionNotPermitted(
                            request.action(),
                            policy.permissions().stream().map(Permission::action).toList()));
        }
        return new Verdict.Denied(distinct(reasons));
    }

    private static List<Reason> distinct(List<Reason> reasons) {
        return reasons.stream().distinct().toList();
    }

    private static Finding all(List<Constraint> constraints, Request request) {
        List<Reason> reasons = new ArrayList<>();
        Truth truth = Truth.HOLDS;
        for (Constraint constraint : constraints) {
            Finding finding = find(constraint, request);
            reasons.addAll(finding.reasons());
            if (finding.truth() == Truth.FAILS) {
                truth = Truth.FAILS;
            } else if (finding.truth() == Truth.UNDECIDED && truth == Truth.HOLDS) {
                truth = Truth.UNDECIDED;
            }
        }
        return new Finding(truth, reasons);
    }

    private static Finding find(Constraint constraint, Request request) {
        return switch (constraint) {
            case Constraint.Atomic atomic -> atomic(atomic, request);
            case Constraint.And and -> all(and.parts(), request);
            case Constraint.Or or -> anyOf(or.parts(), request);
            case Constraint.Xone xone -> oneOf(xone.parts(), request);
        };
    }

    private static Finding anyOf(List<Constraint> parts, Request request) {
        List<Reason> reasons = new ArrayList<>();
        Truth truth = Truth.FAILS;
        for (Constraint part : parts) {
            Finding finding = find(part, request);
            if (finding.truth() == Truth.HOLDS) {
                return Finding.HOLDS;
            }
            if (finding.truth() == Truth.UNDECIDED) {
                truth = Truth.UNDECIDED;
            }
            reasons.addAll(finding.reasons());
        }
        return new Finding(truth, reasons.isEmpty() ? List.of(Reasons.emptyChoice()) : reasons);
    }

    private static Finding oneOf(List<Constraint> parts, Request request) {
        List<Reason> undecided = new ArrayList<>();
        int holding = 0;
        for (Constraint part : parts) {
            Finding finding = find(part, request);
            switch (finding.truth()) {
                case HOLDS -> holding++;
                case UNDECIDED -> undecided.addAll(finding.reasons());
                case FAILS -> {}
            }
        }
        if (!undecided.isEmpty()) {
            return new Finding(Truth.UNDECIDED, undecided);
        }
        return Finding.of(holding == 1, Reasons.notExactlyOne(holding, parts.size()));
    }

    private static Finding atomic(Constraint.Atomic atomic, Request request) {
        try {
            return switch (atomic.leftOperand()) {
                case "dateTime" -> ordered(atomic, request.now(), Evaluation::instant);
                case "elapsedTime" -> ordered(atomic, request.elapsed(), Duration::parse);
                case "meteredTime" -> ordered(atomic, metered(request), Duration::parse);
                case "count" -> ordered(atomic, counter(request), BigDecimal::new);
                case "payAmount" -> ordered(atomic, paid(request), BigDecimal::new);
                case "purpose" -> member(atomic, Set.of(request.purpose()));
                case "recipient" ->
                        member(
                                atomic,
                                Objects.requireNonNullElse(
                                        request.facts().get("recipient"), Set.of(request.actor())));
                case "spatial", "event", "industry" ->
                        member(atomic, request.facts().get(atomic.leftOperand()));
                default -> Finding.undecided(Reasons.unknownOperand(atomic.leftOperand()));
            };
        } catch (DateTimeException | NumberFormatException e) {
            return Finding.undecided(Reasons.unreadable(atomic));
        }
    }

    private static @Nullable BigDecimal counter(Request request) {
        Long count = request.counters().get(Request.COUNT);
        return count == null ? null : BigDecimal.valueOf(count);
    }

    private static @Nullable BigDecimal paid(Request request) {
        Long milli = request.counters().get(Request.PAY_AMOUNT_MILLI);
        return milli == null ? null : BigDecimal.valueOf(milli, 3);
    }

    private static @Nullable Duration metered(Request request) {
        Long seconds = request.counters().get(Request.METERED_SECONDS);
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    private interface Reader<T> {
        T read(String text);
    }

    private static <T extends Comparable<T>> Finding ordered(
            Constraint.Atomic atomic, @Nullable T value, Reader<T> reader) {
        if (value == null) {
            return Finding.undecided(Reasons.factMissing(atomic.leftOperand()));
        }
        List<T> right = atomic.rightOperand().stream().map(reader::read).toList();
        if (right.size() > 1 && !atomic.operator().ofSet()) {
            return Finding.undecided(Reasons.unreadable(atomic));
        }
        int comparison = value.compareTo(right.getFirst());
        boolean among = right.stream().anyMatch(r -> value.compareTo(r) == 0);
        Reason reason = Reasons.failed(atomic, value.toString());
        return switch (atomic.operator()) {
            case EQ, IS_A -> Finding.of(comparison == 0, reason);
            case NEQ -> Finding.of(comparison != 0, reason);
            case GT -> Finding.of(comparison > 0, reason);
            case GTEQ -> Finding.of(comparison >= 0, reason);
            case LT -> Finding.of(comparison < 0, reason);
            case LTEQ -> Finding.of(comparison <= 0, reason);
            case IS_ANY_OF -> Finding.of(among, reason);
            case IS_NONE_OF -> Finding.of(!among, reason);
            case IS_ALL_OF, IS_PART_OF, HAS_PART ->
                    Finding.undecided(Reasons.operatorNotApplicable(atomic));
        };
    }

    private static Finding member(Constraint.Atomic atomic, @Nullable Set<String> values) {
        if (values == null || values.isEmpty()) {
            return Finding.undecided(Reasons.factMissing(atomic.leftOperand()));
        }
        List<String> right = atomic.rightOperand();
        Reason reason =
                Reasons.failed(atomic, String.join(", ", values.stream().sorted().toList()));
        return switch (atomic.operator()) {
            case EQ, IS_A -> Finding.of(right.size() == 1 && values.containsAll(right), reason);
            case IS_ALL_OF -> Finding.of(values.containsAll(right), reason);
            case NEQ, IS_NONE_OF -> Finding.of(Collections.disjoint(values, right), reason);
            case IS_ANY_OF -> Finding.of(!Collections.disjoint(values, right), reason);
            case IS_PART_OF ->
                    Finding.of(
                            values.stream()
                                    .allMatch(v -> right.stream().anyMatch(r -> within(v, r))),
                            reason);
            case HAS_PART ->
                    Finding.of(
                            right.stream()
                                    .allMatch(r -> values.stream().anyMatch(v -> within(r, v))),
                            reason);
            case GT, GTEQ, LT, LTEQ -> Finding.undecided(Reasons.operatorNotApplicable(atomic));
        };
    }

    /** Hierarchy by {@code /} or {@code -}: {@code CN-31-0115} lies within {@code CN-31}. */
    private static boolean within(String part, String whole) {
        if (!part.startsWith(whole)) {
            return false;
        }
        return part.length() == whole.length()
                || whole.endsWith("/")
                || part.charAt(whole.length()) == '/'
                || part.charAt(whole.length()) == '-';
    }

    /** xsd:dateTime or xsd:date; without an offset it is UTC. A date is its first instant. */
    private static Instant instant(String text) {
        if (text.indexOf('T') < 0) {
            return LocalDate.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
        }
        boolean offset = text.endsWith("Z") || text.indexOf('+') > 0 || text.lastIndexOf('-') > 10;
        return offset
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }
}
