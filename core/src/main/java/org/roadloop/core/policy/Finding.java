package org.roadloop.core.policy;

/** How one comparison comes out, and if it can't be decided, why (比较结果). */
enum Finding {
    HOLDS,
    FAILS,
    /** The left operand is not of ODRL, and nothing is known about it. */
    UNKNOWN_OPERAND,
    /** The left operand is known, its value is not. */
    FACT_MISSING,
    /** The right operand is no value for the left one. */
    UNREADABLE,
    NOT_APPLICABLE,
    /** The unit of the right operand is not the one that is counted. */
    UNIT;

    static Finding of(boolean holds) {
        return holds ? HOLDS : FAILS;
    }

    Truth truth() {
        return switch (this) {
            case HOLDS -> Truth.SATISFIED;
            case FAILS -> Truth.UNSATISFIED;
            case UNKNOWN_OPERAND, FACT_MISSING, UNREADABLE, NOT_APPLICABLE, UNIT -> Truth.UNDECIDED;
        };
    }
}
