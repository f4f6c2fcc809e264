package org.roadloop.dataspace.dsp;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.slf4j.Logger;

/**
 * What happens again and again (限频日志): counted by a short name, and said to the operator at most
 * every ten seconds for each name, however much of it comes. The names are ours, so there are few.
 * Any thread.
 */
final class QuietLog {
    private static final long QUIET_NANOS = 10_000_000_000L;
    private static final int MAX_CHARS = 200;

    private final Logger log;
    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

    private static final class Kind {
        final LongAdder count = new LongAdder();
        final AtomicLong saidAt = new AtomicLong(System.nanoTime() - QUIET_NANOS);
        final AtomicLong said = new AtomicLong();
    }

    QuietLog(Logger log) {
        this.log = log;
    }

    /**
     * @param line made only if it is said, from how many more like it there were since the last
     */
    void note(String name, LongFunction<String> line) {
        Kind kind = kinds.computeIfAbsent(name, c -> new Kind());
        kind.count.increment();
        long now = System.nanoTime();
        long last = kind.saidAt.get();
        if (now - last < QUIET_NANOS || !kind.saidAt.compareAndSet(last, now)) {
            return;
        }
        long count = kind.count.sum();
        log.warn("{}", line.apply(count - kind.said.getAndSet(count) - 1));
    }

    /** Others' words make no lines of their own, and no long ones. */
    static String clean(String text) {
        String cut = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    /**
     * Without what stands in quotes, unless it is a URN of a dialogue: a message quotes what was
     * sent, and a log names no vehicle, whatever somebody asks for.
     */
    static String unquoted(String text) {
        return text.replaceAll("'(?!urn:uuid:[0-9a-f-]{36}')[^']*'", "'…'");
    }

    static String more(long count) {
        return count > 0 ? " (and " + count + " more like it)" : "";
    }

    /** By name, sorted. */
    Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        kinds.forEach((name, kind) -> all.put(name, kind.count.sum()));
        return all;
    }
}
