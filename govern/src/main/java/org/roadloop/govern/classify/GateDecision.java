package org.roadloop.govern.classify;

import java.util.List;

/** Whether a contract may be signed, or a use begin, and why not (签约闸门结论). */
public sealed interface GateDecision {
    record Open() implements GateDecision {}

    record Closed(List<Reason> reasons) implements GateDecision {
        public Closed {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * @param code short stable name
     * @param clause of a law, a rule or a standard
     * @param english what is wrong and how to fix it; no value of a row
     */
    record Reason(String code, String clause, String english, String chinese) {}

    default boolean open() {
        return this instanceof Open;
    }
}
