package org.roadloop.dataspace.dsp;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Settlement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peers are asked about dialogues in which they say nothing (状态询问): whether they still have
 * them, and whether they kept our last words. Any thread.
 */
final class Enquiries {
    private static final Logger log = LoggerFactory.getLogger(Enquiries.class);

    private static final int AT_ONCE = 16;
    private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

    /** State of what the other side does not know: it lost its memory. */
    private static final String NONE = "none";

    private final Outbox outbox;
    private final Executor executor;
    private final Courier.Patience patience;
    private final Semaphore asking = new Semaphore(AT_ONCE);

    Enquiries(Outbox outbox, Executor executor, Courier.Patience patience) {
        this.outbox = outbox;
        this.executor = executor;
        this.patience = patience;
    }

    /**
     * From now on, until it speaks.
     *
     * @param turns of the dialogue now
     */
    void begin(Matter matter, String pid, int turns) {
        Courier.after(
                executor, patience.silent(), () -> ask(matter, pid, turns, patience.silent(), ""));
    }

    /**
     * A peer that has our word and stays silent is asked for its state now and then: a foreign one
     * may have ended without a word, or have forgotten everything.
     *
     * @param turns of the dialogue when it fell silent
     * @param last what it answered before; empty at first
     */
    private void ask(Matter matter, String pid, int turns, Duration silence, String last) {
        Dialogue d = matter.dialogue(pid);
        if (d.turns().size() != turns || matter.ended(pid)) {
            return;
        }
        if (!asking.tryAcquire()) {
            Courier.after(executor, patience.ended(), () -> ask(matter, pid, turns, silence, last));
            return;
        }
        String theirs;
        try {
            theirs = state(outbox.getOnce(d.peerAddress(), matter.statePath(d), d.peer()));
        } finally {
            asking.release();
        }
        boolean forgot = theirs.equals(NONE);
        boolean over = forgot || theirs.equals("TERMINATED") || theirs.equals("COMPLETED");
        if (over && !last.equals(theirs)) {
            // its own last word may be under way, or it is starting and has not read all it knows
            String said = theirs;
            Courier.after(
                    executor,
                    forgot ? patience.refused() : patience.ended(),
                    () -> ask(matter, pid, turns, silence, said));
        } else if (over) {
            String reason = "state here " + matter.state(pid) + ", state there " + theirs;
            log.warn("{} {}: {} ended without a word: {}", matter.kind(), pid, d.peer(), reason);
            matter.end(pid, forgot ? "peer_forgot" : "peer_ended", reason);
        } else {
            if (!theirs.isEmpty() && !theirs.equals(last) && !theirs.equals(matter.state(pid))) {
                log.warn(
                        "{} {} with {}: state here {}, state there {}",
                        matter.kind(),
                        pid,
                        d.peer(),
                        matter.state(pid),
                        theirs);
            }
            if (matter.settle(pid, d.turns().getLast(), theirs) == Settlement.NOT_TAKEN) {
                sayAgain(matter, pid);
            }
            String said = theirs;
            Duration longer = silence.multipliedBy(2);
            Duration next = longer.compareTo(MAX_SILENCE) > 0 ? MAX_SILENCE : longer;
            Courier.after(executor, next, () -> ask(matter, pid, turns, next, said));
        }
    }

    /** A peer that took our end is asked once whether it kept it: nothing more will be said. */
    void confirm(Matter matter, String pid) {
        Courier.after(executor, patience.silent(), () -> confirmNow(matter, pid));
    }

    private void confirmNow(Matter matter, String pid) {
        if (!asking.tryAcquire()) {
            Courier.after(executor, patience.ended(), () -> confirmNow(matter, pid));
            return;
        }
        try {
            Dialogue d = matter.dialogue(pid);
            String theirs = state(outbox.getOnce(d.peerAddress(), matter.statePath(d), d.peer()));
            if (matter.settle(pid, d.turns().getLast(), theirs) == Settlement.NOT_TAKEN) {
                sayAgain(matter, pid);
            }
        } finally {
            asking.release();
        }
    }

    /**
     * Brings our last words once more to a peer that took them and does not know them any longer:
     * Eclipse EDC may write its record of before over them. It asks or is asked again, so an answer
     * is not waited for.
     */
    void sayAgain(Matter matter, String pid) {
        Dialogue d = matter.dialogue(pid);
        for (Dialogue.Turn turn : d.turns().subList(d.lastWords(), d.turns().size())) {
            String path = matter.path(d, turn.message());
            if (!path.isEmpty()) {
                Outbox.Answer answer =
                        outbox.postOnce(d.peerAddress(), path, matter.json(pid, turn), d.peer());
                log.info(
                        "{} {}: {} lost our {}, said again: {}",
                        matter.kind(),
                        pid,
                        d.peer(),
                        turn.message().type(),
                        answer.ok() ? "taken" : answer.error());
            }
        }
    }

    /**
     * {@link #NONE} only if it says so in the protocol's own words: what stands in front of it may
     * answer 404 too. Empty: not told.
     */
    private static String state(Outbox.Answer answer) {
        if (answer.status() == 404 && answer.body().path("@type").asString("").endsWith("Error")) {
            return NONE;
        }
        return answer.ok() ? answer.word("state") : "";
    }
}
