package org.roadloop.compute.broker;

import java.time.Instant;
import java.util.List;
import org.roadloop.core.booking.Claim;
import org.roadloop.network.calendar.Estimate;

/** What a site would promise for a task now (报价); nothing is booked by it. */
public sealed interface Quote {
    String site();

    /**
     * @param transfers of the inputs, in the order of the wish
     * @param start of the run, after the last input byte
     * @param expectedFinish at the estimate of the task
     * @param finish the bound: no later, if the run takes no longer than its slot is booked
     * @param milliCost run, transfer and {@code scarcityMilliCost}: the price
     * @param scarcityMilliCost the part of it that grows with what is booked, {@link SlotPrices}
     * @param movedBytes over lines; what the site has, or another task brings there, is not moved
     * @param greenShare of the site's energy, 0 to 1
     * @param claims of the slot and of every link, for one hold
     */
    record Feasible(
            String site,
            List<Estimate> transfers,
            Instant start,
            Instant expectedFinish,
            Instant finish,
            long milliCost,
            long scarcityMilliCost,
            long movedBytes,
            double greenShare,
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
