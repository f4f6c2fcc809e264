package org.roadloop.core.catalog;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Operator;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;

/**
 * Whom an offer is shown to (目录可见范围): nobody to whom its policy can never apply, whatever they do.
 * Pure.
 *
 * <p>Only what is fixed about a caller decides: who it is, what is known of it, and a time that has
 * passed. Everything else, purpose or count, is judged at use; what is not known may hold.
 *
 * @param caller DID
 * @param facts left operands with what holds of the caller: {@code industry}
 */
public record CatalogScope(String caller, Map<String, Set<String>> facts, Instant now) {
    public CatalogScope {
        facts = Map.copyOf(facts);
    }

    /** Offers that may be shown, in order. */
    public List<Offer> visible(Asset asset) {
        return asset.offers().stream().filter(o -> mayApply(o.policy())).toList();
    }

    public boolean mayApply(Policy policy) {
        String assignee = policy.assignee();
        if (assignee != null && !assignee.equals(caller)) {
            return false;
        }
        return policy.permissions().stream().anyMatch(this::mayApply);
    }

    private boolean mayApply(Permission permission) {
        return permission.constraints().stream().allMatch(this::mayHold);
    }

    private boolean mayHold(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Atomic atomic -> mayHold(atomic);
            case Constraint.Logical logical ->
                    switch (logical.connective()) {
                        case AND, AND_SEQUENCE -> logical.parts().stream().allMatch(this::mayHold);
                        case OR, XONE -> logical.parts().stream().anyMatch(this::mayHold);
                    };
        };
    }

    private boolean mayHold(Constraint.Atomic atomic) {
        return switch (atomic.leftOperand()) {
            case "recipient" -> among(atomic, facts.getOrDefault("recipient", Set.of(caller)));
            case "dateTime" -> notPassed(atomic);
            default -> {
                Set<String> known = facts.get(atomic.leftOperand());
                yield known == null || among(atomic, known);
            }
        };
    }

    private static boolean among(Constraint.Atomic atomic, Set<String> known) {
        List<String> right = atomic.rightOperand();
        return switch (atomic.operator()) {
            case EQ, IS_ALL_OF -> known.containsAll(right);
            case IS_ANY_OF -> right.stream().anyMatch(known::contains);
            case NEQ, IS_NONE_OF -> right.stream().noneMatch(known::contains);
            // A hierarchy or an order: judged at use.
            case IS_A, IS_PART_OF, HAS_PART, GT, GTEQ, LT, LTEQ -> true;
        };
    }

    /** Time only goes on: an upper bound that has passed never holds again. */
    private boolean notPassed(Constraint.Atomic atomic) {
        Operator operator = atomic.operator();
        if (operator != Operator.LT && operator != Operator.LTEQ && operator != Operator.EQ) {
            return true;
        }
        Optional<Instant> bound = instant(atomic.rightOperand().getFirst());
        return bound.isEmpty() || !bound.get().isBefore(now);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(
                    text.indexOf('T') < 0
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty(); // shown; the evaluation says what is wrong with it
        }
    }
}
