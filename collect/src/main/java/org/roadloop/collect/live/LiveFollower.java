package org.roadloop.collect.live;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the end of the frame log and keeps the live state (日志尾随). It sees what is durable and
 * nothing else. A start takes the saved state up and reads the log from there: at most {@link
 * #SAVE_EVERY_BYTES} of frames and what came while a state was saved. One thread of its own; any
 * thread asks and closes.
 */
public final class LiveFollower implements AutoCloseable {
    /** The state is saved after so many bytes of frames. */
    public static final long SAVE_EVERY_BYTES = 256L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LiveFollower.class);
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final long SAVE_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final FrameLog log;
    private final LiveStates states;
    private final LiveSnapshot snapshot;
    private final InstantSource clock;
    private final Duration retention;
    private final Counters counters;
    private final LiveReport report = new LiveReport();
    private final Gb32960Reading gb32960;
    private final Jt808Reading jt808;
    private final LogPosition endAtStart;
    private final Thread thread;

    private volatile LogPosition position;
    private volatile LogPosition saved;
    private volatile boolean closing;
    private volatile boolean saveNow;

    /**
     * Takes up the saved state; {@link #start} follows the log.
     *
     * @param retention vehicles that were not heard of for so long are forgotten
     * @param counters {@code live_*}
     */
    public LiveFollower(
            FrameLog log,
            LiveStates states,
            LiveSnapshot snapshot,
            FrameSecurity security,
            InstantSource clock,
            Duration retention,
            Counters counters) {
        this.log = log;
        this.states = states;
        this.snapshot = snapshot;
        this.clock = clock;
        this.retention = retention;
        this.counters = counters;
        // What can't be opened is counted where it comes in and where it becomes a row.
        gb32960 = new Gb32960Reading(security, new Counters());
        jt808 = new Jt808Reading(report, states);
        endAtStart = log.durableEnd();
        saved = snapshot.load(states, endAtStart);
        position = saved;
        thread = Thread.ofPlatform().daemon().name("live-state").unstarted(this::follow);
    }

    /** Follows the log from now on. */
    public void start() {
        thread.start();
    }

    /** Everything durable before here is in the state. */
    public LogPosition position() {
        return position;
    }

    /** From here on the log is needed: a start would read it. */
    public LogPosition savedPosition() {
        return saved;
    }

    /** Whether what was durable at the start is not all read yet. */
    public boolean isRebuilding() {
        return position.compareTo(endAtStart) < 0;
    }

    /**
     * Forgets a vehicle, and has no file that holds its state when it returns.
     *
     * @param subject its id, 16 bytes
     */
    public void forget(byte[] subject) throws IOException {
        states.remove(subject);
        // Also of an unknown one: the file may still hold what is forgotten in memory.
        synchronized (snapshot) {
            saved = LogPosition.START;
            snapshot.delete();
        }
        saveNow = true;
    }

    private void follow() {
        while (!closing) {
            try (Tail tail = new Tail()) {
                while (!closing) {
                    tail.read();
                }
                tail.save();
            } catch (InterruptedException e) {
                LOG.warn("the live state was interrupted; the next start reads more of the log");
                return;
            } catch (RuntimeException e) {
                if (counters.value("live_stopped") == 0) {
                    LOG.error(
                            "the live state stands still at {} of the frame log; tried again every"
                                    + " 5 s",
                            position,
                            e);
                }
                counters.increment("live_stopped");
                awaitRetry();
            }
        }
    }

    private synchronized void awaitRetry() {
        long end = System.nanoTime() + RETRY_NANOS;
        long left = RETRY_NANOS;
        try {
            while (!closing && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = end - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The reader, and what was read since the state was saved. */
    private final class Tail implements AutoCloseable {
        private final FrameLogReader reader = log.reader(position);
        private long bytesSinceSave;
        private long savedAtNanos = System.nanoTime();
        private long notBeforeNanos = savedAtNanos;

        void read() throws InterruptedException {
            if (reader.next(WAIT)) {
                take();
            } else {
                // Over segments that were erased there is no record; the end is reached all the
                // same.
                position = max(position, reader.end());
            }
            long now = System.nanoTime();
            boolean isDue =
                    saveNow
                            || bytesSinceSave >= SAVE_EVERY_BYTES
                            || now - savedAtNanos >= SAVE_EVERY_NANOS;
            if (isDue && now >= notBeforeNanos) {
                save();
            }
        }

        private void take() {
            switch (reader.source()) {
                case GB32960_PLATFORM, GB32960_TERMINAL -> {
                    if (gb32960.read(reader, report)) {
                        states.apply(report);
                    }
                }
                case JT808, JT808_PLATFORM -> jt808.read(reader);
                default -> {}
            }
            bytesSinceSave += reader.length();
            position = reader.end();
        }

        void save() {
            saveNow = false;
            long now = System.nanoTime();
            states.removeSilent(
                    clock.millis() * 1000 - TimeUnit.MILLISECONDS.toMicros(retention.toMillis()));
            LogPosition upTo = position;
            try {
                synchronized (snapshot) {
                    snapshot.save(states, upTo);
                    saved = upTo;
                }
                bytesSinceSave = 0;
                savedAtNanos = now;
                counters.increment("live_saved");
            } catch (IOException e) {
                saveNow = true;
                notBeforeNanos = now + RETRY_NANOS;
                if (counters.value("live_save_failed") == 0) {
                    LOG.warn(
                            "the live state can't be saved ({}): a start would read more of the"
                                    + " frame log; tried again every 5 s",
                            e.getMessage());
                }
                counters.increment("live_save_failed");
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    private static LogPosition max(LogPosition a, LogPosition b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Saves the state and stops. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
