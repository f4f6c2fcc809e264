package org.roadloop.dataspace.access;

import java.util.Map;
import java.util.TreeMap;

/** Which bytes of a file were metered already (已计量区间): disjoint stretches. One thread at a time. */
final class Coverage {
    /** Start to end (exclusive); no two touch. */
    private final TreeMap<Long, Long> stretches = new TreeMap<>();

    private long covered;

    /** Bytes in any stretch. */
    long covered() {
        return covered;
    }

    /** Bytes of {@code from} to {@code until} (exclusive) that are in no stretch yet. */
    long missing(long from, long until) {
        long missing = Math.max(0, until - from);
        Map.Entry<Long, Long> before = stretches.floorEntry(from);
        if (before != null) {
            missing -= Math.max(0, Math.min(until, before.getValue()) - from);
        }
        for (Map.Entry<Long, Long> stretch :
                stretches.subMap(from, false, Math.max(from, until), false).entrySet()) {
            missing -= Math.min(until, stretch.getValue()) - stretch.getKey();
        }
        return missing;
    }

    void add(long from, long until) {
        if (until <= from) {
            return;
        }
        covered += missing(from, until);
        long start = from;
        long end = until;
        Map.Entry<Long, Long> touching = stretches.floorEntry(end);
        while (touching != null && touching.getValue() >= start) {
            stretches.remove(touching.getKey());
            start = Math.min(start, touching.getKey());
            end = Math.max(end, touching.getValue());
            touching = stretches.floorEntry(end);
        }
        stretches.put(start, end);
    }
}
