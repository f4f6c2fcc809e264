package org.roadloop.govern.quality;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/*
 * Open-addressing tables of (key, content) per day of event time; the day is part of the key, so a
 * row meets its like in its own day only. A day is forgotten when nothing of it has arrived for
 * the length of the window, measured by arrival: a re-issued report comes within days of its first
 * copy, whatever the (possibly old, replayed) time it carries. Memory: 24 bytes a slot at a load of
 * at most 0.6, so 40..80 bytes a remembered row.
 */

/** Which rows a table has seen lately (去重索引). One thread. */
public final class DuplicateIndex {
    private static final long DAY_MICROS = 86_400_000_000L;

    private final long windowMicros;
    private final Map<Long, Day> days = new HashMap<>();
    private Day last = new Day(Long.MIN_VALUE);
    private long latestArrival = Long.MIN_VALUE;

    public enum Verdict {
        NEW,
        DUPLICATE,
        CONFLICT
    }

    /**
     * @param window how long after its day's last arrival a row is remembered
     */
    public DuplicateIndex(Duration window) {
        this.windowMicros = window.toNanos() / 1000;
    }

    /** Parts of a day by the low bits of the key: one grows at a time, and little is copied. */
    private static final int PARTS = 16;

    private static final class Day {
        final long day;
        long latestArrival = Long.MIN_VALUE;
        final Part[] parts = new Part[PARTS];

        Day(long day) {
            this.day = day;
            for (int i = 0; i < PARTS; i++) {
                parts[i] = new Part();
            }
        }
    }

    private static final class Part {
        long[] slots = new long[3 * 16]; // key high, key low, content; key high 0 and low 0 = free
        int size;
    }

    /** Judges a row and remembers it if it is new. */
    public Verdict add(long eventMicros, long arrivalMicros, long high, long low, long content) {
        Day day = day(Math.floorDiv(eventMicros, DAY_MICROS));
        if (arrivalMicros > latestArrival) {
            latestArrival = arrivalMicros;
        }
        day.latestArrival = Math.max(day.latestArrival, arrivalMicros);
        Part part = day.parts[(int) low & PARTS - 1];
        if (part.size * 5L >= part.slots.length) {
            grow(part);
        }
        long[] slots = part.slots;
        int at = find(slots, high, low);
        if (slots[at] == 0 && slots[at + 1] == 0) {
            slots[at] = high;
            slots[at + 1] = low;
            slots[at + 2] = content;
            part.size++;
            return Verdict.NEW;
        }
        return slots[at + 2] == content ? Verdict.DUPLICATE : Verdict.CONFLICT;
    }

    /** Forgets days past the window; cheap, call it once a batch. */
    public void forget() {
        if (days.values().removeIf(day -> latestArrival - day.latestArrival > windowMicros)) {
            last = new Day(Long.MIN_VALUE);
        }
    }

    /** Remembered rows. */
    public long size() {
        long size = 0;
        for (Day day : days.values()) {
            for (Part part : day.parts) {
                size += part.size;
            }
        }
        return size;
    }

    /** Rows of one day mostly come together; a sender may still spread them over all days. */
    private Day day(long number) {
        if (last.day != number) {
            last = days.computeIfAbsent(number, Day::new);
        }
        return last;
    }

    private static int find(long[] slots, long high, long low) {
        int count = slots.length / 3;
        int slot = (int) Long.remainderUnsigned(high, count);
        int at = slot * 3;
        while ((slots[at] != 0 || slots[at + 1] != 0)
                && (slots[at] != high || slots[at + 1] != low)) {
            at += 3;
            if (at == slots.length) {
                at = 0;
            }
        }
        return at;
    }

    private static void grow(Part part) {
        long[] old = part.slots;
        long[] bigger = new long[old.length * 2];
        for (int i = 0; i < old.length; i += 3) {
            if (old[i] != 0 || old[i + 1] != 0) {
                int at = find(bigger, old[i], old[i + 1]);
                bigger[at] = old[i];
                bigger[at + 1] = old[i + 1];
                bigger[at + 2] = old[i + 2];
            }
        }
        part.slots = bigger;
    }
}
