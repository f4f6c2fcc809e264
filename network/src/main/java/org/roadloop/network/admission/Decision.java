package org.roadloop.network.admission;

import java.time.Duration;
import java.util.List;

/** The answer to a {@link FlowRequest} (准入结论). */
public sealed interface Decision {
    /** What computed the bounds of {@link Admitted}. */
    String METHOD = "TFA++ (strict priority, line shaping, least fixed point)";

    /**
     * @param path ids of the ports in order
     * @param delayBound worst case of every bit, propagation included, while nothing else changes
     *     than what admission allows
     * @param jitterBound the bound less the time of the shortest possible passage
     * @param ledgerIndex of the evidence
     */
    record Admitted(
            String flowId,
            List<String> path,
            Duration delayBound,
            Duration jitterBound,
            long ledgerIndex)
            implements Decision {
        public Admitted {
            path = List.copyOf(path);
        }
    }

    record Refused(String flowId, List<Reason> reasons) implements Decision {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * @param code short stable name: {@code no_path}, {@code unstable}, {@code deadline_missed},
     *     {@code buffer_exceeded}, {@code harms_flow}, {@code packet_too_long}, {@code duplicate},
     *     {@code capacity_booked}
     */
    record Reason(String code, String text) {}
}
