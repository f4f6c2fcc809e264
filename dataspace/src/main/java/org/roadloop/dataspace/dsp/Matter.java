package org.roadloop.dataspace.dsp;

import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.Settlement;
import tools.jackson.databind.JsonNode;

/** One kind of dialogue as its {@link Courier} sees it (事项): negotiations, or transfers. */
interface Matter {
    /** {@code negotiation}; its paths begin with {@code /negotiations}. */
    String kind();

    Dialogue dialogue(String pid);

    /** State here, {@code AGREED}. */
    String state(String pid);

    boolean ended(String pid);

    /** Whether it can't go on before the peer speaks. */
    boolean awaits(String pid);

    /** What is sent; made anew each time, a start has a new token. */
    JsonNode json(String pid, Dialogue.Turn turn);

    /** Where a message goes; empty if that takes the peer's pid and it is not known. */
    String path(Dialogue dialogue, Message message);

    /** Where the peer tells its state. */
    default String statePath(Dialogue dialogue) {
        return "/" + kind() + "s/" + Paths.segment(dialogue.peerPid());
    }

    /** The peer told its pid. */
    void learn(String pid, String peerPid);

    /** The peer has our last word: what do we do next. */
    void taken(String pid);

    Settlement settle(String pid, Dialogue.Turn turn, String theirs);

    /** The two sides can't go on: ends it here, with what both say in the reason. */
    void end(String pid, String code, String reason);
}
