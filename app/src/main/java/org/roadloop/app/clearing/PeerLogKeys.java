package org.roadloop.app.clearing;

import java.io.IOException;
import java.util.List;
import org.roadloop.core.ledger.SignedNote;

/** Where the keys of other participants' logs come from (对方日志公钥). Any thread. */
public interface PeerLogKeys {
    /**
     * Keys that verify the checkpoints of a participant's log, by the participant's signed word;
     * former ones too, revoked ones not.
     *
     * @param note a checkpoint to verify: if it names none of the keys known here, the participant
     *     is asked anew, for it may have rotated its key
     * @throws IOException if there is none to be had
     */
    List<SignedNote.VerifierKey> of(String did, String note)
            throws IOException, InterruptedException;
}
