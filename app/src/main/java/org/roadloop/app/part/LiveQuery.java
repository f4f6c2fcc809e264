package org.roadloop.app.part;

import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Problem;
import org.roadloop.collect.live.LiveFilter;
import org.roadloop.collect.live.LiveSessions;

/** Which vehicles a request asks for (筛选条件). */
final class LiveQuery {
    private static final int MOST_IDS = 1_000;

    private LiveQuery() {}

    /**
     * @throws Problem 400 naming the parameter that is none
     */
    static LiveFilter of(Context c, LiveSessions sessions) {
        return new LiveFilter(
                box(c.queryParam("bbox")),
                isJt808(c.queryParam("protocol")),
                changedFrom(c.queryParam("changedSince")),
                truth(c.queryParam("online")),
                sessions,
                chosen(c.queryParam("ids")));
    }

    private static LiveFilter.@Nullable Box box(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            double[] edges =
                    Arrays.stream(text.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
            if (edges.length == 4) {
                return new LiveFilter.Box(edges[0], edges[1], edges[2], edges[3]);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw Problem.badRequest(
                "invalid_bbox",
                "bbox is west,south,east,north in degrees, for example 121.0,31.0,122.0,31.5");
    }

    private static @Nullable Boolean isJt808(@Nullable String protocol) {
        return switch (protocol) {
            case null -> null;
            case "jt808" -> true;
            case "gb32960" -> false;
            default ->
                    throw Problem.badRequest(
                            "unknown_protocol", "protocol is gb32960 or jt808, or is left out");
        };
    }

    private static long changedFrom(@Nullable String time) {
        if (time == null) {
            return Long.MIN_VALUE;
        }
        try {
            return TimeUnit.MILLISECONDS.toMicros(Instant.parse(time).toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            throw Problem.badRequest(
                    "invalid_time", "changedSince is a time such as 2026-11-22T08:00:00Z");
        }
    }

    private static @Nullable Boolean truth(@Nullable String text) {
        return switch (text) {
            case null -> null;
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.badRequest("invalid_online", "online is true or false");
        };
    }

    private static @Nullable LongPredicate chosen(@Nullable String ids) {
        if (ids == null) {
            return null;
        }
        Set<Long> heads = new HashSet<>();
        for (String id : ids.split(",", -1)) {
            byte[] hash = VehicleSubjects.hash(id).orElseThrow(LiveQuery::invalidIds);
            heads.add(java.nio.ByteBuffer.wrap(hash).getLong());
        }
        if (heads.size() > MOST_IDS) {
            throw invalidIds();
        }
        return heads::contains;
    }

    private static Problem invalidIds() {
        return Problem.badRequest(
                "invalid_ids",
                "ids are up to "
                        + MOST_IDS
                        + " ids of vehicles with commas between; POST /api/v1/subjects tells that of"
                        + " a VIN");
    }
}
