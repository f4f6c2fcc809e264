package org.roadloop.compute.task;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.roadloop.compute.broker.FairShare;
import tools.jackson.databind.JsonNode;

/**
 * What organisations used before this start, out of the tasks' evidence (历史用量): of each task its
 * last placement, less the part of its slot that it gave back. What goes on counts whole.
 */
final class PastUse {
    private PastUse() {}

    /**
     * @param before what was placed later is charged by the broker
     */
    static void charge(FairShare shares, Collection<Task> tasks, Instant before) {
        for (Task task : tasks) {
            JsonNode placement = task.placement();
            // evidence of earlier versions may lack it
            String at = placement == null ? "" : placement.path("at").asString("");
            if (placement == null || at.isEmpty() || !Instant.parse(at).isBefore(before)) {
                continue;
            }
            String site = placement.path("site").asString("");
            for (JsonNode quote : placement.path("quotes")) {
                if (quote.path("site").asString("").equals(site)
                        && quote.path("feasible").asBoolean(false)) {
                    shares.charge(task.actor(), milliCost(task, quote), Instant.parse(at));
                }
            }
        }
    }

    private static double milliCost(Task task, JsonNode quote) {
        double transfers = 0;
        for (JsonNode transfer : quote.path("transfers")) {
            transfers += transfer.path("milliCost").asDouble(0);
        }
        double slot =
                quote.path("milliCost").asDouble(0)
                        - quote.path("scarcityMilliCost").asDouble(0)
                        - transfers;
        return transfers + slot * kept(task, quote);
    }

    /** The part of the slot that was not given back, 0 to 1. */
    private static double kept(Task task, JsonNode quote) {
        JsonNode result = task.result();
        if (result == null) {
            return task.startedJson() == null ? 0 : 1; // else it is placed anew
        }
        Instant start = Instant.parse(quote.required("start").asString());
        Instant bound = Instant.parse(quote.required("finishBound").asString());
        String end = result.path("end").asString("");
        if (end.isEmpty()) {
            return task.startedJson() == null ? 0 : 1; // it ended without a conclusion
        }
        double booked = Duration.between(start, bound).toMillis();
        double used = Duration.between(start, Instant.parse(end)).toMillis();
        return booked > 0 ? Math.clamp(used / booked, 0, 1) : 0;
    }
}
