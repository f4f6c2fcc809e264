package org.roadloop.core.ledger;

import java.io.IOException;

/**
 * A place outside this platform that keeps our checkpoints (存证链锚定): what is anchored there can't be
 * taken back here. Any thread; blocks.
 */
public interface Anchor {
    /** Of the place, for evidence and answers. */
    String name();

    /**
     * Leaves a checkpoint there.
     *
     * @param log to prove from what the place already holds
     * @return the receipt: what shows later that it was left, in the place's own form
     * @throws IOException if the place did not take it; to be tried again
     */
    String anchor(TransparencyLog log, Checkpoint checkpoint) throws IOException;
}
