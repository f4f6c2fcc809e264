package org.roadloop.core.policy;

import java.util.List;

/** A condition of a rule (约束条件). */
public sealed interface Constraint {
    /**
     * One comparison.
     *
     * @param leftOperand compact ODRL term; one that {@link Evaluation} does not know never permits
     * @param rightOperand one value, or several for {@code isAnyOf}, {@code isNoneOf}, {@code
     *     isAllOf}
     */
    record Atomic(String leftOperand, Operator operator, List<String> rightOperand)
            implements Constraint {
        public Atomic {
            rightOperand = List.copyOf(rightOperand);
            if (rightOperand.isEmpty()) {
                throw new IllegalArgumentException(
                        "constraint on " + leftOperand + " has no right operand");
            }
        }

        public static Atomic of(String leftOperand, Operator operator, String... rightOperand) {
            return new Atomic(leftOperand, operator, List.of(rightOperand));
        }
    }

    /** All hold. {@code andSequence} is read as this: the facts carry no order. */
    record And(List<Constraint> parts) implements Constraint {
        public And {
            parts = List.copyOf(parts);
        }
    }

    /** At least one holds. */
    record Or(List<Constraint> parts) implements Constraint {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    /** Exactly one holds. */
    record Xone(List<Constraint> parts) implements Constraint {
        public Xone {
            parts = List.copyOf(parts);
        }
    }
}
