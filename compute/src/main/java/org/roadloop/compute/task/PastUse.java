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
    static void charge(FairShare shares, Collection<TaskBook.Task> tasks, Instant before) {
        for (TaskBook.Task task : tasks) {
            JsonNode placement = task.placement();
            if (placement == null) {
                continue;
            }
            String site = placement.required("site").asString();
            Instant at = Instant.parse(placement.required("at").asString());
            if (!at.isBefore(before)) {
                continue;
            }
            for (JsonNode quote : placement.required("quotes")) {
                if (quote.required("site").asString().equals(site)
                        && quote.required("feasible").asBoolean()) {
                    shares.charge(task.actor(), milliCost(task, quote), at);
                }
            }
        }
    }

    private static double milliCost(TaskBook.Task task, JsonNode quote) {
        double transfers = 0;
        for (JsonNode transfer : quote.required("transfers")) {
            transfers += transfer.required("milliCost").asDouble();
        }
        double slot =
                quote.required("milliCost").asDouble()
                        - quote.required("scarcityMilliCost").asDouble()
                        - transfers;
        return transfers + slot * kept(task, quote);
    }

    /** The part of the slot that was not given back, 0 to 1. */
    private static double kept(TaskBook.Task task, JsonNode quote) {
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
