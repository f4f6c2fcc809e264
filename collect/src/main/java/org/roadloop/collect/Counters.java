package org.roadloop.collect;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts under short stable names such as {@code gb32960_bcc} (计数). Any thread. */
public final class Counters {
    private final ConcurrentHashMap<String, LongAdder> byName = new ConcurrentHashMap<>();

    /** The adder of a name, made at zero on first use; hot paths keep it. */
    public LongAdder counter(String name) {
        return byName.computeIfAbsent(name, _ -> new LongAdder());
    }

    public void increment(String name) {
        counter(name).increment();
    }

    public void add(String name, long amount) {
        counter(name).add(amount);
    }

    public long value(String name) {
        LongAdder adder = byName.get(name);
        return adder == null ? 0 : adder.sum();
    }

    /** All names with their counts now, in order of name. */
    public SortedMap<String, Long> snapshot() {
        SortedMap<String, Long> counts = new TreeMap<>();
        byName.forEach((name, adder) -> counts.put(name, adder.sum()));
        return counts;
    }
}
