package org.roadloop.compute.broker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The decision on a task, with the reason about every site (调度决定).
 *
 * @param chosen absent when no site will run it
 * @param hold id of the committed booking, empty if none
 * @param reasons one sentence for each site, the chosen one first
 */
public record Placement(
        String task,
        Instant at,
        Optional<Quote.Feasible> chosen,
        String hold,
        List<Quote> quotes,
        List<String> reasons) {
    /** How {@link Quote.Feasible#finish} was computed. */
    public static final String METHOD =
            "slot booked for 1.5 x estimate + 1 s; transfer at the booked rate of the calendar";

    public Placement {
        quotes = List.copyOf(quotes);
        reasons = List.copyOf(reasons);
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("site", chosen.map(Quote.Feasible::site).orElse(""));
        json.put("hold", hold).put("at", at.toString()).put("method", METHOD);
        ArrayNode list = json.putArray("quotes");
        for (Quote quote : quotes) {
            ObjectNode q = list.addObject();
            q.put("site", quote.site());
            switch (quote) {
                case Quote.Feasible f -> {
                    q.put("feasible", true).put("start", f.start().toString());
                    q.put("expectedFinish", f.expectedFinish().toString());
                    q.put("finishBound", f.finish().toString()).put("milliCost", f.milliCost());
                    q.put("scarcityMilliCost", f.scarcityMilliCost());
                    q.put("movedBytes", f.movedBytes()).put("greenShare", f.greenShare());
                    ArrayNode transfers = q.putArray("transfers");
                    f.transfers().forEach(t -> transfers.add(t.toJson()));
                }
                case Quote.Infeasible i ->
                        q.put("feasible", false).put("code", i.code()).put("reason", i.reason());
            }
        }
        reasons.forEach(json.putArray("reasons")::add);
        return json;
    }
}
