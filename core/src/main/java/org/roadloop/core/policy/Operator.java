package org.roadloop.core.policy;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How the value at hand is compared with the right operand (运算符), ODRL 2.2 §2.5.1. */
public enum Operator {
    EQ("eq"),
    NEQ("neq"),
    GT("gt"),
    GTEQ("gteq"),
    LT("lt"),
    LTEQ("lteq"),
    IS_ANY_OF("isAnyOf"),
    IS_NONE_OF("isNoneOf"),
    IS_ALL_OF("isAllOf"),
    IS_PART_OF("isPartOf"),
    HAS_PART("hasPart"),
    IS_A("isA");

    private final String term;

    Operator(String term) {
        this.term = term;
    }

    /** The compact term, {@code lteq}. */
    public String term() {
        return term;
    }

    /** Whether the right operand is written as an array. */
    boolean ofSet() {
        return this == IS_ANY_OF || this == IS_NONE_OF || this == IS_ALL_OF;
    }

    static Operator of(String term, String pointer) {
        // the published DSP 2025-1 schema has "term-lteq" beside "lteq"
        String bare = term.equals("term-lteq") ? "lteq" : Terms.bare(term);
        for (Operator operator : values()) {
            if (operator.term.equals(bare)) {
                return operator;
            }
        }
        throw new MemberException(
                pointer,
                "operator '"
                        + term
                        + "' is not known; operators are "
                        + Arrays.stream(values())
                                .map(Operator::term)
                                .collect(Collectors.joining(", ")));
    }
}
