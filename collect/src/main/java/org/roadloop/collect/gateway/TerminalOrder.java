package org.roadloop.collect.gateway;

import org.roadloop.collect.gb32960.Edition;

/**
 * A command to a GB/T 32960 terminal (车载终端指令): {@code ParameterQuery}, {@code ParameterSetting} or
 * {@code TerminalControl}, written for the edition that its link speaks.
 */
public interface TerminalOrder {
    /**
     * The whole frame.
     *
     * @param atMicros when it is ordered, since 1970 UTC
     */
    byte[] frame(Edition edition, byte[] vin, long atMicros);

    /**
     * How long a terminal may take, and how often it is told; GB/T 32960.3-2016 and -2025, annex B:
     * three tries, a minute apart.
     */
    record Rule(long answerNanos, int tries) {
        public static final Rule ANNEX_B = new Rule(60_000_000_000L, 3);

        public Rule {
            if (answerNanos < 1 || tries < 1) {
                throw new IllegalArgumentException(
                        "answerNanos %d and tries %d must be positive"
                                .formatted(answerNanos, tries));
            }
        }
    }
}
