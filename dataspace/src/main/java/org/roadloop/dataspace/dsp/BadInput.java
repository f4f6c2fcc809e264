package org.roadloop.dataspace.dsp;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peers sent that was not taken (坏消息计数): counted by its short name, and said to the operator
 * at most every ten seconds for each name, however much of it comes. The names are ours, so there
 * are few. Any thread.
 */
public final class BadInput {
    private static final Logger log = LoggerFactory.getLogger(BadInput.class);
    private static final long QUIET_NANOS = 10_000_000_000L;
    private static final int MAX_CHARS = 200;

    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

    private static final class Kind {
        final LongAdder count = new LongAdder();
        final AtomicLong saidAt = new AtomicLong(System.nanoTime() - QUIET_NANOS);
        final AtomicLong said = new AtomicLong();
    }

    /**
     * @param who DID of the caller, or its address where it proved none
     */
    void note(int status, String code, String who, String what, List<String> reasons) {
        Kind kind = kinds.computeIfAbsent(code, c -> new Kind());
        kind.count.increment();
        long now = System.nanoTime();
        long last = kind.saidAt.get();
        if (now - last < QUIET_NANOS || !kind.saidAt.compareAndSet(last, now)) {
            return;
        }
        long count = kind.count.sum();
        long more = count - kind.said.getAndSet(count) - 1;
        log.warn(
                "refused {} of {} with {} {}: {}{}",
                clean(what),
                clean(who),
                status,
                code,
                clean(String.join("; ", reasons)),
                more > 0 ? " (and " + more + " more like it)" : "");
    }

    /** Others' words make no lines of their own. */
    private static String clean(String text) {
        String cut = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    /** By name, sorted. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        kinds.forEach((code, kind) -> all.put(code, kind.count.sum()));
        return all;
    }

    public long total() {
        return kinds.values().stream().mapToLong(kind -> kind.count.sum()).sum();
    }
}
