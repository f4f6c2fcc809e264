package org.roadloop.dataspace.identity;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Why callers were turned away, counted by a short stable name (拒绝计数): {@code token_expired},
 * {@code token_replayed}, {@code did_unreachable}. The names are ours, so there are few. Any thread.
 */
public final class Refusals {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Counts, and gives the exception to throw. */
    public CallerIdentity.UnauthorizedException refuse(String code, String message) {
        count(code);
        return new CallerIdentity.UnauthorizedException(code, message);
    }

    void count(String code) {
        counts.computeIfAbsent(code, c -> new LongAdder()).increment();
    }

    /** By name, sorted. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((code, count) -> all.put(code, count.sum()));
        return all;
    }

    /** Of all names together. */
    public long total() {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }
}
