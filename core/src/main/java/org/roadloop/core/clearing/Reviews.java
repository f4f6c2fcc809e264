package org.roadloop.core.clearing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was not booked (待复核清单): all counted by name, the latest kept in words. One thread. */
final class Reviews {
    private final TreeMap<String, Long> counts = new TreeMap<>();
    private final Deque<Review> latest = new ArrayDeque<>();

    void add(Review review) {
        count(review.name(), 1);
        if (latest.size() == Clearing.REVIEWS) {
            latest.removeFirst();
        }
        latest.addLast(review);
    }

    void count(String name, long times) {
        counts.merge(name, times, Long::sum);
    }

    long count(String name) {
        return counts.getOrDefault(name, 0L);
    }

    Map<String, Long> counts() {
        return Map.copyOf(counts);
    }

    List<Review> latest() {
        return List.copyOf(latest);
    }
}
