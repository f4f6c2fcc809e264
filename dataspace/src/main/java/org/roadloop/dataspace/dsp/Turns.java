package org.roadloop.dataspace.dsp;

import java.util.concurrent.Executor;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Dialogue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose turn it is in a dialogue (轮次), and ours taken on a thread of its own. Any thread. */
final class Turns {
    private static final Logger log = LoggerFactory.getLogger(Turns.class);

    private final ContractBook book;
    private final Courier courier;
    private final Executor executor;

    Turns(ContractBook book, Courier courier, Executor executor) {
        this.book = book;
        this.courier = courier;
        this.executor = executor;
    }

    /** Decides and acts; a dialogue for which that fails stays where it is. */
    void take(Matter matter, String pid, Runnable decision) {
        executor.execute(
                () -> {
                    try {
                        decision.run();
                    } catch (RuntimeException e) {
                        log.error(
                                "deciding on {} {} failed; it stays {}",
                                matter.kind(),
                                pid,
                                matter.state(pid),
                                e);
                    }
                });
    }

    /**
     * After a restart: says our last words again, unless the peer is known to have them.
     *
     * @param turn taken where the peer has spoken last
     */
    void resume(Matter matter, Dialogue dialogue, Runnable turn) {
        if (book.wordsTaken(dialogue.pid())) {
            courier.known(dialogue.pid(), dialogue.turns().size());
        } else if (courier.mayNotHaveHeard(dialogue)) {
            courier.wake(matter, dialogue.pid());
        } else {
            turn.run();
        }
    }
}
