package org.roadloop.compute.replay;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Virtual time: it moves when it is told to, and what was put down for a moment happens then. */
public final class ReplayClock extends Clock {
    private record Event(Instant at, long number, Runnable act) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private Instant now;
    private long numbers;

    public ReplayClock(Instant start) {
        now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Puts an act down; at the same moment the one put down first happens first. */
    public synchronized void at(Instant at, Runnable act) {
        events.add(new Event(at.isBefore(now) ? now : at, numbers++, act));
    }

    /** Everything up to and with a moment happens; then it is that moment. One thread. */
    public void advanceTo(Instant until) {
        for (Event next = take(until); next != null; next = take(until)) {
            next.act().run();
        }
        synchronized (this) {
            now = until.isAfter(now) ? until : now;
        }
    }

    /**
     * The next act happens. One thread.
     *
     * @return false if nothing is put down
     */
    public boolean step() {
        Event next = take(Instant.MAX);
        if (next != null) {
            next.act().run();
        }
        return next != null;
    }

    private synchronized @Nullable Event take(Instant until) {
        Event next = events.peek();
        if (next == null || next.at().isAfter(until)) {
            return null;
        }
        events.remove();
        now = next.at();
        return next;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("virtual time is UTC");
    }
}
