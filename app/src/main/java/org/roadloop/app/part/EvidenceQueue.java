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
 * own empties in groups; while the ledger can't be written they wait. When it is full the event is
 * dropped and the gap itself becomes evidence.
 */
final class EvidenceQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvidenceQueue.class);
    private static final int CAPACITY = 10_000;
    private static final int GROUP = 256;
    private static final long RETRY_MILLIS = 200;

    private final Ledger ledger;
    private final ArrayBlockingQueue<Event> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean closed;

    /** Attempts after the stop. Writer thread only. */
    private int lastTries = 10;

    /** The ledger could not be written; said once. Writer thread only. */
    private boolean waiting;

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
        while (!closed || !queue.isEmpty() || !group.isEmpty()) {
            try {
                if (group.isEmpty() && !gather(group)) {
                    continue;
                }
                ledger.append(group);
                group.clear();
                if (waiting) {
                    waiting = false;
                    LOG.info("evidence of alarms is written again");
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!later(group, e)) {
                    return;
                }
            }
        }
    }

    /** The group stays and is tried again; false if the platform stops and waited long enough. */
    private boolean later(List<Event> group, RuntimeException why) {
        if (!waiting) {
            waiting = true;
            LOG.error("evidence of alarms can't be written and waits: {}", why.toString());
        }
        if (closed && --lastTries < 0) {
            LOG.error(
                    "{} alarms have no evidence: the ledger could not be written before the stop",
                    group.size() + queue.size() + dropped.get());
            return false;
        }
        try {
            Thread.sleep(RETRY_MILLIS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** False if nothing came for a while. */
    private boolean gather(List<Event> group) throws InterruptedException {
        @Nullable Event first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
            return false;
        }
        group.add(first);
        queue.drainTo(group, GROUP - 1);
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
        return true;
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
