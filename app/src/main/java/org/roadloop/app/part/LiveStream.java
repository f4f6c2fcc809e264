package org.roadloop.app.part;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Problem;
import org.roadloop.collect.Counters;
import org.roadloop.collect.live.LiveFilter;
import org.roadloop.collect.live.LiveSessions;
import org.roadloop.collect.live.LiveStates;
import org.roadloop.collect.live.VehicleState;
import org.roadloop.dataspace.access.Line;

/**
 * Live states as server-sent events (实时状态流).
 *
 * <pre>
 *   event: state  data: {a vehicle}           its newest state, as in the list
 *   event: gone   data: {"id":…}              it does not match any more
 *   id: RUN-CHANGE  event: mark  data: {"vehicles":n}   so far nothing is missing
 *   : heartbeat
 * </pre>
 *
 * A reader has no queue: each round looks for what changed since the round before, so a slow reader
 * gets the newest state of each vehicle, and less often. {@code Last-Event-ID} goes on from a mark
 * of this run; one of another run begins with all states, and so does none. Whoever resumed is told
 * once of each vehicle that changed and does not match, shown before or not.
 */
final class LiveStream implements AutoCloseable {
    private static final int PAGE = 256;

    private final LiveStates states;
    private final LiveSessions sessions;
    private final Counters counters;
    private final Pace pace;
    private final Semaphore room;
    private final Set<Thread> readers = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("live-readers").factory());
    private volatile boolean closed;

    /**
     * @param heartbeat how often a silent stream says that it lives
     * @param round shortest time between two looks for changes
     * @param slow how long a reader may take for one page
     * @param most streams at a time
     */
    record Pace(Duration heartbeat, Duration round, Duration slow, int most) {
        static final Pace DEFAULT =
                new Pace(
                        Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofSeconds(20), 64);
    }

    /**
     * @param counters count {@code live_streams_refused}, {@code live_readers_gone} and {@code
     *     live_readers_cut}
     */
    LiveStream(LiveStates states, LiveSessions sessions, Counters counters, Pace pace) {
        this.states = states;
        this.sessions = sessions;
        this.counters = counters;
        this.pace = pace;
        this.room = new Semaphore(pace.most());
    }

    int size() {
        return pace.most() - room.availablePermits();
    }

    void events(Context c) {
        LiveFilter filter = LiveQuery.of(c, sessions);
        if (closed || !room.tryAcquire()) {
            counters.increment("live_streams_refused");
            c.header("Retry-After", "10");
            throw new Problem(
                    503,
                    "too_many_streams",
                    "all " + pace.most() + " streams of live states are taken; come again later");
        }
        readers.add(Thread.currentThread());
        try {
            c.status(200).contentType("text/event-stream").header("Cache-Control", "no-store");
            new Reader(c, filter).run(after(c.header("Last-Event-ID")));
        } catch (IOException e) {
            counters.increment("live_readers_gone");
        } catch (InterruptedException e) {
            // The platform ends.
            Thread.currentThread().interrupt();
        } finally {
            readers.remove(Thread.currentThread());
            room.release();
        }
    }

    /** 0 for whoever has nothing yet, or something of another run. */
    private long after(@Nullable String lastEventId) {
        String start = states.run() + "-";
        if (lastEventId == null || !lastEventId.startsWith(start)) {
            return 0;
        }
        String number = lastEventId.substring(start.length());
        return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : 0;
    }

    /** One connected reader. One thread. */
    private final class Reader {
        private final LiveFilter filter;
        private final OutputStream out;
        private final Runnable cutter;

        /** Slots that were told to match. */
        private final BitSet shown = new BitSet();

        /** Of a reader that came back, which may have any: slots that were told to be gone. */
        private final BitSet hidden = new BitSet();

        Reader(Context c, LiveFilter filter) throws IOException {
            this.filter = filter;
            this.out = c.res().getOutputStream();
            this.cutter = Line.cutter(c);
        }

        void run(long resumed) throws IOException, InterruptedException {
            long after = resumed;
            while (!closed) {
                long began = System.nanoTime();
                long upTo = states.lastChange();
                int told = round(after, resumed > 0);
                if (after < upTo || after == 0) {
                    write(
                            "id: %d-%d\nevent: mark\ndata: {\"vehicles\":%d}\n\n"
                                    .formatted(states.run(), upTo, told));
                    after = upTo;
                }
                while (!closed && !states.awaitChange(after, pace.heartbeat().toMillis())) {
                    write(": heartbeat\n\n");
                }
                long rest = pace.round().toNanos() - (System.nanoTime() - began);
                if (rest > 0) {
                    // Not a guess: changes of this time are told together.
                    TimeUnit.NANOSECONDS.sleep(rest);
                }
            }
        }

        private int round(long after, boolean isResumed) throws IOException {
            List<VehicleState> page = new ArrayList<>();
            StringBuilder gone = new StringBuilder();
            int told = 0;
            int from = 0;
            while (from >= 0) {
                from =
                        states.changes(
                                from,
                                after,
                                PAGE,
                                filter,
                                (slot, high, low) -> {
                                    if (isResumed ? !hidden.get(slot) : shown.get(slot)) {
                                        shown.clear(slot);
                                        hidden.set(slot);
                                        gone(gone, high, low);
                                    }
                                },
                                page);
                StringBuilder events = new StringBuilder(gone);
                for (VehicleState state : page) {
                    shown.set(state.slot());
                    hidden.clear(state.slot());
                    events.append("event: state\ndata: ")
                            .append(LiveBodies.of(state, sessions))
                            .append("\n\n");
                }
                if (!events.isEmpty()) {
                    write(events.toString());
                }
                told += page.size();
                page.clear();
                gone.setLength(0);
            }
            return told;
        }

        private ScheduledFuture<?> cutLater() throws IOException {
            try {
                return watch.schedule(
                        () -> {
                            counters.increment("live_readers_cut");
                            cutter.run();
                        },
                        pace.slow().toMillis(),
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                throw new IOException("the platform ends", e);
            }
        }

        private void gone(StringBuilder to, long high, long low) {
            to.append("event: gone\ndata: {\"id\":\"")
                    .append(VehicleSubjects.ofHex(VehicleState.hex(high, low)))
                    .append("\"}\n\n");
        }

        private void write(String text) throws IOException {
            ScheduledFuture<?> tooSlow = cutLater();
            try {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                out.flush();
            } finally {
                tooSlow.cancel(false);
            }
        }
    }

    /** Ends all streams. */
    @Override
    public void close() {
        closed = true;
        readers.forEach(Thread::interrupt);
        watch.shutdown();
    }
}
