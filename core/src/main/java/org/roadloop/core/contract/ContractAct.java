package org.roadloop.core.contract;

import java.time.Instant;
import java.util.List;

/**
 * What one side did to a contract in force (合约处置): a later act of the same side replaces it.
 *
 * @param by the side that did it
 * @param at by that side's clock, in milliseconds; its acts on one contract have growing times
 * @param code short stable name: {@code breach}, {@code agreement_suspended}
 */
public record ContractAct(Role by, Kind kind, Instant at, String code, List<String> reason) {
    public ContractAct {
        reason = List.copyOf(reason);
    }

    /** What it does to the use of data. */
    public enum Kind {
        /** Takes it away until the same side resumes. */
        SUSPENDED,
        RESUMED,
        /** Takes it away for good. */
        TERMINATED
    }
}
