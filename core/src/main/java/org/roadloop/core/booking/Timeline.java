package org.roadloop.core.booking;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How much of one resource is taken over time: a step function, kept as the level from each change
 * on. A look-up is O(log n + the changes inside the interval). One thread.
 */
final class Timeline {
    /** Level from this moment until the next key; before the first key nothing is taken. */
    private final TreeMap<Instant, Long> levels = new TreeMap<>();

    /**
     * @param amount negative to give back
     */
    void add(long amount, Instant from, Instant until) {
        cut(from);
        cut(until);
        NavigableMap<Instant, Long> inside = levels.subMap(from, true, until, false);
        inside.replaceAll((at, level) -> level + amount);
        join(from);
        join(until);
    }

    private void cut(Instant at) {
        levels.putIfAbsent(at, levelAt(at));
    }

    /** Drops a change that changes nothing, so that the map holds only what is booked. */
    private void join(Instant at) {
        Map.Entry<Instant, Long> before = levels.lowerEntry(at);
        long level = before == null ? 0 : before.getValue();
        Long here = levels.get(at);
        if (here != null && here == level) {
            levels.remove(at);
        }
    }

    private long levelAt(Instant at) {
        Map.Entry<Instant, Long> entry = levels.floorEntry(at);
        return entry == null ? 0 : entry.getValue();
    }

    long maximum(Instant from, Instant until) {
        long maximum = levelAt(from);
        for (long level : levels.subMap(from, false, until, false).values()) {
            maximum = Math.max(maximum, level);
        }
        return maximum;
    }

    /** First start at or after {@code notBefore} with at most {@code allowed} taken throughout. */
    Instant earliest(long allowed, Duration duration, Instant notBefore) {
        Instant start = notBefore;
        boolean fits = levelAt(start) <= allowed;
        for (Map.Entry<Instant, Long> change : levels.tailMap(notBefore, false).entrySet()) {
            if (fits && !change.getKey().isBefore(start.plus(duration))) {
                return start;
            }
            if (change.getValue() > allowed) {
                fits = false;
            } else if (!fits) {
                fits = true;
                start = change.getKey();
            }
        }
        return start;
    }
}
