package org.roadloop.network.calendar;

import java.time.Instant;
import java.util.List;
import org.roadloop.core.booking.Claim;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * When a transfer would be done, what it would cost, and what must be held for that (传输估计).
 *
 * @param start of the booking
 * @param finish the bound: the last byte is there, if the claims are held and the source keeps pace
 * @param rateBitsPerSecond of the payload, for pacing; 0 if no line is used
 * @param path ids of the ports in order, empty if source and site are one node
 * @param claims on the links, for one hold together with the compute slot
 */
public record Estimate(
        String source,
        String site,
        long dataBytes,
        Instant start,
        Instant finish,
        long milliCost,
        long rateBitsPerSecond,
        List<String> path,
        List<Claim> claims) {
    /** How {@link #finish} was computed. */
    public static final String METHOD =
            "constant rate below the calendar's free capacity on every link of the path, 5 % and"
                    + " 100 ms in reserve";

    public Estimate {
        path = List.copyOf(path);
        claims = List.copyOf(claims);
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("source", source).put("site", site).put("dataBytes", dataBytes);
        json.put("start", start.toString()).put("finishBound", finish.toString());
        json.put("milliCost", milliCost).put("rateBitsPerSecond", rateBitsPerSecond);
        path.forEach(json.putArray("path")::add);
        json.put("method", METHOD);
        return json;
    }
}
