package org.roadloop.dataspace.dsp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings our words to the other side, in order and until it has them (投递). A word stands in the
 * ledger before it comes here, so nothing is lost with the process. Any thread.
 *
 * <p>A peer that can't be reached, or fails on its side, is tried again for as long as this process
 * lives, with pauses that grow to {@link #MAX_PAUSE}, and at once when it is heard from. A peer
 * that refuses is asked for its state, and {@link org.roadloop.core.contract.Settlement} says what
 * that means. At most {@link #PER_PEER} deliveries go to one peer at a time; to a peer that is
 * down, one.
 */
final class Courier {
    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    static final Duration MAX_PAUSE = Duration.ofSeconds(15);
    static final int PER_PEER = 16;

    /** Failures without a success between after which a peer counts as down. */
    static final int DOWN_AFTER = 3;

    /** How soon after one another a peer's sign of life makes us try everything again. */
    private static final long HASTEN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Ended dialogues whose last words were taken are noted in the ledger in batches. */
    private static final int NOTE_AT_ONCE = 200;

    private static final Duration NOTE_AFTER = Duration.ofSeconds(3);

    /**
     * @param ended how long a peer's own last word may take after it said that it ended
     * @param refused how long a refusal is taken for a passing one
     * @param silent how long after our last word a peer is asked for its state; doubles
     * @param answer within which an answer must be there whole
     */
    record Patience(Duration ended, Duration refused, Duration silent, Duration answer) {
        static final Patience USUAL =
                new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(30));

        Patience(Duration ended, Duration refused, Duration silent) {
            this(ended, refused, silent, Duration.ofSeconds(20));
        }
    }

    private final Outbox outbox;
    private final Executor executor;
    private final Patience patience;
    private final Consumer<List<String>> note;
    private final Enquiries enquiries;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<String, Errand> errands = new ConcurrentHashMap<>();

    /** How many turns of a dialogue are known to be on both sides, by our pid. */
    private final Map<String, Integer> shared = new ConcurrentHashMap<>();

    private List<String> toNote = new ArrayList<>();

    /** The words of one dialogue that the other side does not have yet. */
    private static final class Errand {
        final Matter matter;
        final String pid;

        /** Tries that failed since the last word that was taken. */
        int attempt;

        /** Since when the peer refuses the same word, {@link System#nanoTime}; 0: it does not. */
        long refusedSince;

        /** More was said meanwhile. */
        boolean again;

        Errand(Matter matter, String pid) {
            this.matter = matter;
            this.pid = pid;
        }
    }

    /** How a try ended. */
    private enum Try {
        DONE,
        LATER,
        PEER_FAILED
    }

    /**
     * @param executor drops what comes when it is closed
     * @param note gets the pids of ended dialogues whose words were all taken
     */
    Courier(Outbox outbox, Executor executor, Patience patience, Consumer<List<String>> note) {
        this.outbox = outbox;
        this.executor = executor;
        this.patience = patience;
        this.note = note;
        enquiries = new Enquiries(outbox, executor, patience);
    }

    /** There is something to bring. */
    void wake(Matter matter, String pid) {
        Errand[] fresh = new Errand[1];
        errands.compute(
                pid,
                (k, known) -> {
                    if (known != null) {
                        known.again = true;
                        return known;
                    }
                    fresh[0] = new Errand(matter, pid);
                    return fresh[0];
                });
        if (fresh[0] != null) {
            lane(matter.dialogue(pid).peer()).add(fresh[0]);
        }
    }

    /** A peer spoke to us: it is there. Costs a look-up while nothing waits. */
    void heard(String peer) {
        Lane lane = lanes.get(peer);
        if (lane != null && lane.troubled) {
            lane.hasten();
        }
    }

    /** For a peer that shows that it took our last words and does not have them. */
    void sayAgain(Matter matter, String pid) {
        executor.execute(() -> enquiries.sayAgain(matter, pid));
    }

    /** Whether the other side may not have heard our last word yet. */
    boolean mayNotHaveHeard(Dialogue dialogue) {
        return firstOpen(dialogue) < dialogue.turns().size();
    }

    /** What a ledger of before says: all our words of an ended dialogue were taken. */
    void known(String pid, int turns) {
        shared.put(pid, turns);
    }

    private int firstOpen(Dialogue dialogue) {
        return Math.max(dialogue.lastWords(), shared.getOrDefault(dialogue.pid(), 0));
    }

    private Lane lane(String peer) {
        return lanes.computeIfAbsent(peer, Lane::new);
    }

    // ---------------------------------------------------------------- one try

    private void run(Lane lane, Errand errand) {
        Try how;
        try {
            how = attempt(errand);
        } catch (RuntimeException e) {
            log.error("bringing our words of {} {} failed", errand.matter.kind(), errand.pid, e);
            how = Try.LATER;
        }
        lane.over(errand, how);
    }

    private Try attempt(Errand errand) {
        Matter matter = errand.matter;
        while (true) {
            Dialogue d = matter.dialogue(errand.pid);
            int i = firstOpen(d);
            if (i >= d.turns().size()) {
                return Try.DONE;
            }
            Dialogue.Turn turn = d.turns().get(i);
            String path = matter.path(d, turn.message());
            if (path.isEmpty()) {
                // it was never heard of there
                shared.put(errand.pid, d.turns().size());
                return Try.DONE;
            }
            Outbox.Answer answer =
                    outbox.postOnce(d.peerAddress(), path, matter.json(errand.pid, turn), d.peer());
            String peerPid = peerPid(d, answer);
            if (answer.ok() && (!d.peerPid().isEmpty() || !peerPid.isEmpty())) {
                if (d.peerPid().isEmpty()) {
                    matter.learn(errand.pid, peerPid);
                }
                taken(errand, i);
            } else if (answer.ok() || answer.failedThere()) {
                return late(errand, d, turn, answer);
            } else {
                Try how = refused(errand, d, i, answer);
                if (how != Try.DONE) {
                    return how;
                }
            }
        }
    }

    private static String peerPid(Dialogue d, Outbox.Answer answer) {
        return answer.word(d.self() == Role.CONSUMER ? "providerPid" : "consumerPid");
    }

    private void taken(Errand errand, int i) {
        shared.merge(errand.pid, i + 1, Math::max);
        errand.attempt = 0;
        errand.refusedSince = 0;
        Dialogue now = errand.matter.dialogue(errand.pid);
        if (firstOpen(now) < now.turns().size()) {
            return;
        }
        if (errand.matter.ended(errand.pid)) {
            noteLater(errand.pid);
            enquiries.confirm(errand.matter, errand.pid);
        } else {
            errand.matter.taken(errand.pid);
            if (errand.matter.awaits(errand.pid)) {
                enquiries.begin(errand.matter, errand.pid, now.turns().size());
            }
        }
    }

    private Try late(Errand errand, Dialogue d, Dialogue.Turn turn, Outbox.Answer answer) {
        errand.attempt++;
        if (answer.ok()) {
            outbox.withoutPid(d.peerAddress(), d.peer());
        }
        if (errand.attempt == 4 || errand.attempt % 40 == 0) {
            log.warn(
                    "{} {}: {} does not take our {}, tried {} times, the last said: {}",
                    errand.matter.kind(),
                    errand.pid,
                    d.peer(),
                    turn.message().type(),
                    errand.attempt,
                    answer.ok() ? "no pid in the answer" : answer.error());
        }
        return answer.unreached() ? Try.PEER_FAILED : Try.LATER;
    }

    /** The peer does not take it: what state is it in. DONE: go on with what is left. */
    private Try refused(Errand errand, Dialogue d, int i, Outbox.Answer answer) {
        Matter matter = errand.matter;
        Dialogue.Turn turn = d.turns().get(i);
        if (firstOpen(matter.dialogue(errand.pid)) > i) {
            return Try.DONE; // it has spoken on meanwhile
        }
        long now = System.nanoTime();
        if (errand.refusedSince == 0) {
            errand.refusedSince = now;
        }
        boolean passing =
                answer.status() == 401 || answer.status() == 404 || answer.status() == 409;
        if (d.peerPid().isEmpty()) {
            return answer.status() == 401 && !over(errand, now, patience.refused())
                    ? later(errand)
                    : end(errand, d, turn, answer, "none");
        }
        Outbox.Answer asked = outbox.getOnce(d.peerAddress(), matter.statePath(d), d.peer());
        String theirs = asked.word("state");
        if (!asked.ok() && asked.status() != 404) {
            return asked.failedThere() || !over(errand, now, patience.refused())
                    ? later(errand)
                    : end(errand, d, turn, answer, "not told");
        }
        if (firstOpen(matter.dialogue(errand.pid)) > i) {
            return Try.DONE;
        }
        return switch (matter.settle(errand.pid, turn, theirs)) {
            case TAKEN -> {
                taken(errand, i);
                yield Try.DONE;
            }
            case NOT_TAKEN ->
                    passing && !over(errand, now, patience.refused())
                            ? later(errand)
                            : end(errand, d, turn, answer, theirs);
            case ENDED_THERE ->
                    over(errand, now, patience.ended())
                            ? end(errand, d, turn, answer, theirs)
                            : later(errand);
            case APART ->
                    over(errand, now, patience.refused())
                            ? end(errand, d, turn, answer, theirs.isEmpty() ? "none" : theirs)
                            : later(errand);
        };
    }

    private static boolean over(Errand errand, long now, Duration patience) {
        return now - errand.refusedSince > patience.toNanos();
    }

    private static Try later(Errand errand) {
        errand.attempt = Math.min(errand.attempt + 1, 6); // while it is settled: at most 3 s
        return Try.LATER;
    }

    private Try end(
            Errand errand, Dialogue d, Dialogue.Turn turn, Outbox.Answer answer, String theirs) {
        Matter matter = errand.matter;
        String reason =
                "our "
                        + turn.message().type()
                        + " was refused ("
                        + answer.error()
                        + "); state here "
                        + matter.state(errand.pid)
                        + ", state there "
                        + theirs;
        log.warn("{} {} with {} ends: {}", matter.kind(), errand.pid, d.peer(), reason);
        boolean unended = !matter.ended(errand.pid);
        shared.merge(errand.pid, d.turns().size(), Math::max);
        errand.refusedSince = 0;
        errand.attempt = 0;
        matter.end(
                errand.pid,
                theirs.equals("TERMINATED") || theirs.equals("COMPLETED")
                        ? "peer_ended"
                        : "peer_refused",
                reason);
        if (!unended) {
            noteLater(errand.pid);
        }
        return Try.DONE;
    }

    // ---------------------------------------------------------------- notes

    private void noteLater(String pid) {
        boolean first;
        boolean full;
        synchronized (this) {
            first = toNote.isEmpty();
            toNote.add(pid);
            full = toNote.size() >= NOTE_AT_ONCE;
        }
        if (full) {
            noteNow();
        } else if (first) {
            after(NOTE_AFTER, this::noteNow);
        }
    }

    /** Writes down what was taken, so that a restart does not say it all again. */
    void noteNow() {
        List<String> pids;
        synchronized (this) {
            pids = toNote;
            toNote = new ArrayList<>();
        }
        if (!pids.isEmpty()) {
            try {
                note.accept(pids);
            } catch (RuntimeException e) {
                log.info("what peers have taken is not noted: {}", e.toString());
            }
        }
    }

    private void after(Duration pause, Runnable what) {
        after(executor, pause, what);
    }

    static void after(Executor executor, Duration pause, Runnable what) {
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, executor)
                .execute(what);
    }

    static Duration pause(int attempt) {
        long millis = 50L << Math.min(attempt - 1, 9);
        return Duration.ofMillis(Math.min(Math.max(millis, 50), MAX_PAUSE.toMillis()));
    }

    // ---------------------------------------------------------------- one peer

    /** What goes to one peer. */
    private final class Lane {
        private final String peer;
        private final ArrayDeque<Errand> waiting = new ArrayDeque<>();
        private final Set<Errand> paused = new LinkedHashSet<>();
        private int active;
        private int failures;
        private boolean probing;
        private long hastenedAt = System.nanoTime() - HASTEN_NANOS;

        /** Whether something did not go through; read without the lock. */
        volatile boolean troubled;

        Lane(String peer) {
            this.peer = peer;
        }

        synchronized void add(Errand errand) {
            waiting.addLast(errand);
            pump();
        }

        private void pump() {
            int most = failures >= DOWN_AFTER ? 0 : PER_PEER;
            while (active < most && !waiting.isEmpty()) {
                start();
            }
        }

        private void start() {
            Errand errand = waiting.removeFirst();
            active++;
            executor.execute(() -> run(this, errand));
        }

        private synchronized void over(Errand errand, Try how) {
            active--;
            switch (how) {
                case DONE -> {
                    failures = 0;
                    errands.computeIfPresent(
                            errand.pid,
                            (k, e) -> {
                                if (e.again) {
                                    e.again = false;
                                    waiting.addLast(e);
                                    return e;
                                }
                                return null;
                            });
                }
                case LATER -> {
                    failures = 0;
                    rest(errand);
                }
                case PEER_FAILED -> {
                    failures++;
                    if (failures >= DOWN_AFTER) {
                        waiting.addLast(errand);
                        probeAfter(pause(failures - DOWN_AFTER + 1));
                    } else {
                        rest(errand);
                    }
                }
            }
            troubled = failures > 0 || !paused.isEmpty();
            pump();
        }

        private void rest(Errand errand) {
            paused.add(errand);
            after(pause(errand.attempt), () -> back(errand));
        }

        private synchronized void back(Errand errand) {
            if (paused.remove(errand)) {
                waiting.addFirst(errand);
                pump();
            }
        }

        /** To a peer that is down goes one at a time. */
        private void probeAfter(Duration pause) {
            if (!probing) {
                probing = true;
                after(pause, this::probe);
            }
        }

        private synchronized void probe() {
            probing = false;
            if (failures >= DOWN_AFTER && active == 0 && !waiting.isEmpty()) {
                start();
            } else {
                pump();
            }
        }

        private synchronized void hasten() {
            long now = System.nanoTime();
            if (now - hastenedAt < HASTEN_NANOS) {
                return;
            }
            hastenedAt = now;
            log.debug("{} is heard from; {} wait", peer, waiting.size() + paused.size());
            waiting.addAll(paused);
            paused.clear();
            failures = Math.min(failures, DOWN_AFTER - 1);
            pump();
        }
    }
}
