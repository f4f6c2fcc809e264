package org.roadloop.govern.privacy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table may show outside the lake (发布规则): the part of a plan that needs whole trips and is
 * therefore applied when rows are read or exported, not when they arrive.
 *
 * @param identity column that holds the internal pseudonym
 * @param time timestamp column
 * @param longitude and {@code latitude}: position in degrees; null if the table has none
 * @param x and {@code y}: position in local metres, used where degrees are absent; may be null
 * @param masked columns whose cells are taken out inside a hidden stretch
 * @param released columns that an export under a contract may carry, in order
 * @param marginFromMeters least, and {@code marginToMeters} most, length of path hidden before and
 *     after the crossing of a sensitive area
 * @param tripEnd null where trip ends are not cut
 */
public record ReleaseRule(
        String identity,
        String time,
        @Nullable String longitude,
        @Nullable String latitude,
        @Nullable String x,
        @Nullable String y,
        List<String> masked,
        List<String> released,
        double marginFromMeters,
        double marginToMeters,
        @Nullable TripEnd tripEnd) {

    public ReleaseRule {
        masked = List.copyOf(masked);
        released = List.copyOf(released);
        if (!(marginFromMeters >= 0 && marginToMeters >= marginFromMeters)) {
            throw new IllegalArgumentException(
                    "area margin "
                            + marginFromMeters
                            + ".."
                            + marginToMeters
                            + " m is not an ascending range from 0");
        }
    }

    public boolean hasPositions() {
        return (longitude != null && latitude != null) || (x != null && y != null);
    }

    /** Whether anything is hidden at release time at all. */
    public boolean masks() {
        return hasPositions() && !masked.isEmpty() && (tripEnd != null || marginToMeters > 0);
    }

    /**
     * How the ends of trips are hidden (行程端点截断).
     *
     * @param fromMeters every point nearer to the end than this is hidden
     * @param toMeters and none farther than twice this is, unless the trip stays nearer
     * @param gap a pause in reporting longer than this ends a trip
     * @param dwell standing within 50 m for longer than this ends a trip
     */
    public record TripEnd(double fromMeters, double toMeters, Duration gap, Duration dwell) {
        public TripEnd {
            if (!(fromMeters > 0 && toMeters >= fromMeters)) {
                throw new IllegalArgumentException(
                        "trip end cut "
                                + fromMeters
                                + ".."
                                + toMeters
                                + " m is not an ascending range above 0");
            }
            if (gap.isNegative() || gap.isZero() || dwell.isNegative() || dwell.isZero()) {
                throw new IllegalArgumentException("trip gap and dwell must be above zero");
            }
        }
    }
}
