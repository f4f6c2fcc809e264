package org.roadloop.collect.gateway;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.roadloop.collect.Counters;

/*
 * The rule. After an outage a fleet sends hours or days of kept reports (GB/T 32960.3 command 03;
 * JT/T 808 message 0704 of kind 1) beside its real-time ones, and nothing of both may be lost.
 *
 *  1. A re-issued report is taken at once while there is idle capacity.
 *  2. Without, its connection is held: it is not read, so the sender keeps what follows.
 *  3. Held connections go on in the order they came, a few at a time, as soon as there is idle
 *     capacity; it is asked again for each of their reports.
 *  4. Whoever was held for HOLD goes on all the same for RUN_BYTES of re-issued reports, then is held
 *     again. So real-time reports of the same sender, which TCP keeps behind them, wait at most one
 *     HOLD for each RUN_BYTES it put before them.
 *  5. A re-issued report for which the log has no room is held too, instead of waiting with the
 *     others for room: real-time reports have it first.
 *
 * Nothing is refused and nothing is kept here: what is held stays in the sender's socket and, up to
 * one read, in the connection's carry. Of a link that ends while it is held, what it had sent is
 * taken at once: a terminal has no answer to miss.
 */

/**
 * Lets re-issued reports (补发) in when the server has idle capacity, real time first. Any thread.
 */
final class ReissueAdmission {
    static final Duration HOLD = Duration.ofSeconds(1);
    static final int RUN_BYTES = 16 * 1024;

    private static final long TICK_MILLIS = 20;
    private static final int RELEASED_A_TICK = 64;

    /** A connection and until when it may be held. */
    private record Held(FramedConnection connection, long endNanos) {}

    private final EventLoopGroup loops;
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private final LongAdder taken;
    private final LongAdder holds;
    private final LongAdder wentOnIdle;
    private final LongAdder wentOnDue;
    private volatile IdleCapacity capacity = IdleCapacity.ALWAYS;
    private volatile long holdNanos = HOLD.toNanos();

    ReissueAdmission(EventLoopGroup loops, Counters counters) {
        this.loops = loops;
        taken = counters.counter("reissue_taken");
        holds = counters.counter("reissue_held");
        wentOnIdle = counters.counter("reissue_held_until_idle");
        wentOnDue = counters.counter("reissue_held_until_due");
    }

    void rule(IdleCapacity idle, Duration hold) {
        capacity = idle;
        holdNanos = hold.toNanos();
    }

    boolean isIdle() {
        return capacity.isIdle();
    }

    /** A re-issued report went into the log. */
    void taken() {
        taken.increment();
    }

    /** A connection stopped before a re-issued report; {@link FramedConnection#goOn} is called. */
    void hold(FramedConnection connection) {
        holds.increment();
        held.add(new Held(connection, System.nanoTime() + holdNanos));
        tickSoon();
    }

    /** Connections that are held now. */
    int heldNow() {
        return held.size();
    }

    private void tickSoon() {
        if (ticking.compareAndSet(false, true)) {
            var _ = loops.next().schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        int released = 0;
        for (Held first = held.peek(); first != null; first = held.peek()) {
            boolean due = now - first.endNanos >= 0;
            if (!due && (released >= RELEASED_A_TICK || !isIdle())) {
                break;
            }
            held.remove();
            (due ? wentOnDue : wentOnIdle).increment();
            first.connection.goOnSoon(due ? RUN_BYTES : 0);
            released++;
        }
        ticking.set(false);
        if (!held.isEmpty()) {
            tickSoon();
        }
    }
}
