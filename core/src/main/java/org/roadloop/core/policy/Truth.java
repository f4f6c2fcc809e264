package org.roadloop.core.policy;

/** Whether a condition holds of a request (三值真值), Kleene's strong three-valued logic. */
public enum Truth {
    SATISFIED,
    UNSATISFIED,
    /** The request doesn't say enough, or the condition is not understood here. */
    UNDECIDED;

    Truth and(Truth other) {
        if (this == UNSATISFIED || other == UNSATISFIED) {
            return UNSATISFIED;
        }
        return this == SATISFIED ? other : UNDECIDED;
    }

    Truth or(Truth other) {
        if (this == SATISFIED || other == SATISFIED) {
            return SATISFIED;
        }
        return this == UNSATISFIED ? other : UNDECIDED;
    }

    static Truth of(boolean holds) {
        return holds ? SATISFIED : UNSATISFIED;
    }
}
