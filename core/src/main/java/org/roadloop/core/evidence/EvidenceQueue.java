package org.roadloop.core.evidence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.PersonalData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence that must not wait for the ledger (后补存证队列). {@link #add} only hands over; a thread of
 * its own writes what came to the file, calls fsync once, and appends it to the ledger in order,
 * each event once, also over a kill. While the ledger can't be written the file grows up to a
 * bound; beyond it the newest are dropped and the gap becomes evidence.
 *
 * <p>The window: an event is lost with the process until the thread has written it (microseconds
 * when it is idle, else one append to the ledger), and with the machine until the fsync after.
 */
public final class EvidenceQueue implements LateEvidence, AutoCloseable {
    /** Says which group was appended: {@code {events}}, about the queue. */
    public static final String FOLLOWED = "evidence.followed";

    /** Evidence that is missing: {@code {count, cutBytes, from, until}}, about the queue. */
    public static final String GAP = "evidence.gap";

    private static final Logger LOG = LoggerFactory.getLogger(EvidenceQueue.class);
    private static final int GROUP = 256;
    private static final long RETRY_NANOS = 200_000_000;

    /** A gap that goes on is written this often: a full queue must not grow by its own records. */
    private static final long GAP_NANOS = 1_000_000_000;

    private static final long GAP_WHILE_FAILING_NANOS = 30 * GAP_NANOS;
    private static final Duration KEPT_WITHIN = Duration.ofSeconds(30);

    /** No event: an idle writer that takes it looks at what else there is. */
    private static final Event WAKE =
            Event.of(
                    "evidence.wake",
                    Instant.EPOCH,
                    "did:web:localhost",
                    "evidence",
                    JsonMapper.shared().createObjectNode());

    private final Ledger ledger;
    private final String actor;
    private final EvidenceFile file;
    private final ArrayBlockingQueue<Event> arrived;
    private final int mostEvents;
    private final long mostBytes;
    private final Thread writer;

    /** A thread of its own: an interrupted caller must not close the file. */
    private final ExecutorService keeper =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("evidence-keep").daemon().factory());

    private volatile boolean closed;
    private @Nullable Gap dropped;

    /** Taken from {@link #arrived}, not in the file yet. Writer thread only, as all below. */
    private final List<Event> unfiled = new ArrayList<>(GROUP);

    private long gapAt = System.nanoTime() - GAP_NANOS;
    private int lastTries = 10;
    private boolean failing;
    private long retryAt = System.nanoTime();

    /**
     * Opens the queue and goes on with what waits in it.
     *
     * @param actor DID in whose name gaps are recorded
     * @param mostEvents in memory; and in the file
     * @param mostBytes in the file
     */
    public EvidenceQueue(Path path, Ledger ledger, String actor, int mostEvents, long mostBytes) {
        this(path, ledger, actor, mostEvents, mostBytes, 0);
    }

    /**
     * As above, with room taken in advance: what is {@link #keep kept} stands though the disk is
     * full.
     *
     * @param mostBytes of what is added; what is kept has as much again
     * @param reserveBytes of the file; eight times {@code mostBytes} is ample
     */
    public EvidenceQueue(
            Path path,
            Ledger ledger,
            String actor,
            int mostEvents,
            long mostBytes,
            long reserveBytes) {
        this.ledger = ledger;
        this.actor = actor;
        this.mostEvents = mostEvents;
        this.mostBytes = mostBytes;
        arrived = new ArrayBlockingQueue<>(mostEvents);
        try {
            file = EvidenceFile.open(path, reserveBytes);
        } catch (IOException e) {
            throw new UncheckedIOException("evidence queue " + path, e);
        }
        if (file.waiting() > 0) {
            LOG.info("{} events of the last run wait for their evidence", file.waiting());
        }
        writer = Thread.ofPlatform().name("evidence").start(this::run);
    }

    @Override
    public void add(Event event) {
        if (closed || !arrived.offer(event)) {
            drop(event);
        }
    }

    @Override
    public boolean keep(Event event) {
        if (closed || isRefused(event)) {
            return false;
        }
        try {
            if (keeper.submit(() -> file(event)).get(KEPT_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
                wake();
                return true;
            }
        } catch (ExecutionException e) {
            LOG.error("evidence can't be kept: {}", String.valueOf(e.getCause()));
        } catch (TimeoutException | RejectedExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        drop(event);
        return false;
    }

    private boolean file(Event event) throws IOException {
        if (file.waiting() >= 2L * mostEvents || file.waitingBytes() >= 2 * mostBytes) {
            return false;
        }
        file.put(List.of(event), null);
        file.force();
        return true;
    }

    @Override
    public List<Event> pending() {
        return file.events();
    }

    /** Events in the file that the ledger does not have yet. */
    public int waiting() {
        return file.waiting();
    }

    private synchronized void drop(Event event) {
        Gap one = new Gap(1, event.at(), event.at(), 0);
        dropped = dropped == null ? one : dropped.and(one);
        wake();
    }

    /** An idle writer looks again. Where the queue is full, it isn't idle. */
    private void wake() {
        arrived.offer(WAKE);
    }

    private synchronized boolean hasDropped() {
        return dropped != null;
    }

    private synchronized @Nullable Gap takeDropped() {
        Gap taken = dropped;
        dropped = null;
        return taken;
    }

    private synchronized void putBack(@Nullable Gap gap) {
        if (gap != null) {
            dropped = dropped == null ? gap : gap.and(dropped);
        }
    }

    private void run() {
        try {
            while (!closed || !arrived.isEmpty() || isOwing() || hasDropped()) {
                gather();
                try {
                    fileWhatCame();
                    if (System.nanoTime() - retryAt >= 0) {
                        follow();
                    }
                } catch (IOException | RuntimeException e) {
                    if (!later(e)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.error("the evidence queue was interrupted; {} events wait in its file", waiting());
        }
    }

    private boolean isOwing() {
        return !unfiled.isEmpty() || file.isOwing();
    }

    private void gather() throws InterruptedException {
        if (unfiled.isEmpty()) {
            @Nullable Event first = arrived.poll(patienceMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                unfiled.add(first);
                arrived.drainTo(unfiled, GROUP - 1);
                unfiled.removeIf(event -> event == WAKE);
            }
        } else {
            Thread.sleep(20); // the file could not be written just now
        }
    }

    private long patienceMillis() {
        if (isOwing()) {
            return failing ? 20 : 0;
        }
        if (closed) {
            return 0;
        }
        return hasDropped() ? 250 : 60_000;
    }

    private void fileWhatCame() throws IOException {
        if (file.waiting() >= mostEvents || file.waitingBytes() >= mostBytes) {
            unfiled.forEach(this::drop);
            unfiled.clear();
        }
        unfiled.removeIf(this::isRefused);
        @Nullable Gap gap = null;
        long every = failing ? GAP_WHILE_FAILING_NANOS : GAP_NANOS;
        if (closed || System.nanoTime() - gapAt >= every) {
            gap = takeDropped();
        }
        if (unfiled.isEmpty() && gap == null) {
            return;
        }
        try {
            file.put(unfiled, gap);
            unfiled.clear();
            gapAt = gap == null ? gapAt : System.nanoTime();
            gap = null;
        } finally {
            putBack(gap);
        }
        file.force();
    }

    /** What the ledger would never take must not hold up the rest: it becomes a gap. */
    private boolean isRefused(Event event) {
        try {
            if (event.body() instanceof Event.Erased) {
                throw new IllegalArgumentException("event " + event.type() + " is erased");
            }
            PersonalData.check(event);
            return false;
        } catch (IllegalArgumentException e) {
            LOG.error("evidence that can't be written is dropped: {}", e.getMessage());
            drop(event);
            return true;
        }
    }

    private void follow() throws IOException {
        while (file.isOwing()) {
            List<Event> events = new ArrayList<>(file.intend(GROUP));
            int count = events.size();
            @Nullable Gap gap = file.intendedGap();
            if (gap != null) {
                events.add(about(GAP, gap.toJson()));
            }
            events.add(
                    about(FOLLOWED, JsonMapper.shared().createObjectNode().put("events", count)));
            int about = events.size() - count;
            file.done(append(events, about));
            if (failing) {
                failing = false;
                LOG.info("late evidence is written again");
            }
        }
    }

    /** The version of the queue in the ledger once it has the group. */
    private int append(List<Event> events, int about) {
        int known = file.version();
        int held = (int) ledger.version(file.subject());
        if (held == known + about) {
            // an append that failed, or was cut off by a stop, was written after all
            LOG.info("{} late events are in the ledger already", events.size() - about);
            return held;
        }
        if (held != known) {
            LOG.warn(
                    "the ledger has {} entries about {}, its file says {}: one of them is of another"
                            + " time; what waits is written, perhaps a second time",
                    held,
                    file.subject(),
                    known);
        }
        ledger.append(events, Map.of(file.subject(), (long) held));
        return held + about;
    }

    private Event about(String type, ObjectNode body) {
        return Event.of(type, Instant.now(), actor, file.subject(), body);
    }

    /** What waits stays and is tried again; false if the platform stops and waited long enough. */
    private boolean later(Exception why) {
        retryAt = System.nanoTime() + RETRY_NANOS;
        if (!failing) {
            failing = true;
            LOG.error("late evidence can't be written and waits: {}", why.toString());
        }
        if (closed && --lastTries < 0) {
            LOG.error(
                    "the ledger could not be written before the stop: {} events wait in the file,"
                            + " {} are lost",
                    file.waiting(),
                    unfiled.size() + arrived.size());
            return false;
        }
        return true;
    }

    /** Writes what is queued, then stops; what the ledger does not take waits in the file. */
    @Override
    public void close() {
        closed = true;
        keeper.close();
        wake();
        try {
            writer.join();
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("evidence queue: {}", e.toString());
        }
    }
}
