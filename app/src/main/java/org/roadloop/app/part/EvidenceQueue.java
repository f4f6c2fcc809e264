package org.roadloop.app.part;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Evidence of acts that must not wait for the ledger (后补存证): a bounded queue that a thread of its
 * own empties in groups. When it is full the event is dropped and the gap itself becomes evidence.
 */
final class EvidenceQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvidenceQueue.class);
    private static final int CAPACITY = 10_000;
    private static final int GROUP = 256;

    private final Ledger ledger;
    private final ArrayBlockingQueue<Event> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean closed;

    EvidenceQueue(Ledger ledger) {
        this.ledger = ledger;
        writer = Thread.ofPlatform().name("evidence").start(this::write);
    }

    /** Never blocks. Any thread. */
    void add(Event event) {
        if (!queue.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        List<Event> group = new ArrayList<>(GROUP);
        while (!closed || !queue.isEmpty()) {
            try {
                @Nullable Event first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                group.add(first);
                queue.drainTo(group, GROUP - 1);
                append(group);
                group.clear();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** A ledger that refuses makes a gap, which is evidence as soon as it takes entries again. */
    private void append(List<Event> group) {
        Event first = group.getFirst();
        int events = group.size();
        long gap = dropped.getAndSet(0);
        if (gap > 0) {
            group.add(
                    Event.of(
                            "alarm.evidence-gap",
                            first.at(),
                            first.actor(),
                            first.subject(),
                            JsonMapper.shared().createObjectNode().put("events", gap)));
        }
        try {
            ledger.append(group);
        } catch (RuntimeException e) {
            dropped.addAndGet(gap + events);
            LOG.error("the ledger did not take the evidence of {} alarms", events, e);
        }
    }

    /** Writes what is queued, then stops. */
    @Override
    public void close() {
        closed = true;
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
