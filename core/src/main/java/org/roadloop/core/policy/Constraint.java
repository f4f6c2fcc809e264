package org.roadloop.core.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A condition of a rule (约束条件), ODRL 2.2 §2.5. */
public sealed interface Constraint {
    /** The constraint's own id, where it has one. */
    @Nullable String uid();

    /**
     * One comparison.
     *
     * @param leftOperand compact ODRL term, or the IRI of a foreign one; one that nothing is known
     *     about never permits
     * @param rightOperand one value, or several for {@code isAnyOf}, {@code isNoneOf}, {@code
     *     isAllOf}
     * @param unit of the right operand: a metering unit for {@code count}, a currency for {@code
     *     payAmount}; null for uses and for the contract's own currency
     * @param written the right operand as it came, where that is not the plain form: typed values
     */
    record Atomic(
            String leftOperand,
            Operator operator,
            List<String> rightOperand,
            @Nullable String unit,
            @Nullable String uid,
            @Nullable JsonNode written)
            implements Constraint {
        public Atomic {
            rightOperand = List.copyOf(rightOperand);
            if (rightOperand.isEmpty()) {
                throw new IllegalArgumentException(
                        "constraint on " + leftOperand + " has no right operand");
            }
        }

        public Atomic(String leftOperand, Operator operator, List<String> rightOperand) {
            this(leftOperand, operator, rightOperand, null, null, null);
        }

        /** However its right operand was written. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Atomic atomic
                    && leftOperand.equals(atomic.leftOperand)
                    && operator == atomic.operator
                    && rightOperand.equals(atomic.rightOperand)
                    && Objects.equals(unit, atomic.unit)
                    && Objects.equals(uid, atomic.uid);
        }

        @Override
        public int hashCode() {
            return Objects.hash(leftOperand, operator, rightOperand, unit, uid);
        }

        public static Atomic of(String leftOperand, Operator operator, String... rightOperand) {
            return new Atomic(leftOperand, operator, List.of(rightOperand));
        }
    }

    /** How the parts of a {@link Logical} are joined. */
    enum Connective {
        AND("and"),
        /** In the order given. Read as AND: what is known of a request carries no order. */
        AND_SEQUENCE("andSequence"),
        OR("or"),
        /** Exactly one. */
        XONE("xone");

        private final String term;

        Connective(String term) {
            this.term = term;
        }

        /** The compact term, {@code andSequence}. */
        public String term() {
            return term;
        }
    }

    /**
     * Several constraints as one.
     *
     * @param parts at least one
     */
    record Logical(Connective connective, List<Constraint> parts, @Nullable String uid)
            implements Constraint {
        public Logical {
            parts = List.copyOf(parts);
            if (parts.isEmpty()) {
                throw new IllegalArgumentException(connective.term() + " has no constraint");
            }
        }
    }

    static Logical and(Constraint... parts) {
        return new Logical(Connective.AND, Arrays.asList(parts), null);
    }

    static Logical or(Constraint... parts) {
        return new Logical(Connective.OR, Arrays.asList(parts), null);
    }

    static Logical xone(Constraint... parts) {
        return new Logical(Connective.XONE, Arrays.asList(parts), null);
    }
}
