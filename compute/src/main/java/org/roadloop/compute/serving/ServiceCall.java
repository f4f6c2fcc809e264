package org.roadloop.compute.serving;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;

/** A call within its limits (调用): debited before it is made, taken back if nothing is answered. */
final class ServiceCall {
    private ServiceCall() {}

    /**
     * @param lease null for the operator's own
     * @throws ServiceRefusedException with the status that the caller is answered
     */
    static UnixHttp.Answer make(
            String name,
            ServiceInstance serves,
            UsageGate.@Nullable Lease lease,
            UnixHttp.Request request) {
        if (!serves.callers.tryAcquire()) {
            throw new ServiceRefusedException(
                    503, "busy", "service " + name + " has as many calls as it takes");
        }
        Receipt receipt = null;
        boolean answered = false;
        try {
            if (lease != null) {
                String site = serves.seat.site().capabilities().id();
                receipt = lease.useAt(site, new UsageGate.Quantity(1, "call"));
            }
            UnixHttp.Answer answer = serves.call(request);
            serves.calls.incrementAndGet();
            answered = true;
            return answer;
        } catch (UsageGate.RefusedException e) {
            throw new ServiceRefusedException(403, "use_refused", "use refused: " + e.getMessage());
        } catch (UnixHttp.SlowException e) {
            throw new ServiceRefusedException(504, "too_slow", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new ServiceRefusedException(502, "bad_answer", String.valueOf(e.getMessage()));
        } finally {
            serves.callers.release();
            if (lease != null && receipt != null && !answered) {
                lease.reverse(receipt, "nothing_sent");
            }
        }
    }
}
