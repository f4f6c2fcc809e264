package org.roadloop.compute.broker;

import java.time.Instant;
import java.util.List;
import org.roadloop.core.booking.Claim;
import org.roadloop.network.calendar.Estimate;

/** What a site would promise for a task now (报价); nothing is booked by it. */
public sealed interface Quote {
    String site();

    /**
     * @param transfers of the inputs, one after the other
     * @param start of the run, after the last input byte
     * @param expectedFinish at the estimate of the task
     * @param finish the bound: no later, if the run takes no longer than its slot is booked
     * @param milliCost run and transfer
     * @param claims of the slot and of every link, for one hold
     */
    record Feasible(
            String site,
            List<Estimate> transfers,
            Instant start,
            Instant expectedFinish,
            Instant finish,
            long milliCost,
            List<Claim> claims)
            implements Quote {
        public Feasible {
            transfers = List.copyOf(transfers);
            claims = List.copyOf(claims);
        }
    }

    /**
     * @param code short stable name
     */
    record Infeasible(String site, String code, String reason) implements Quote {}
}
