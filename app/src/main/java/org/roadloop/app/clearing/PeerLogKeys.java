package org.roadloop.app.clearing;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.roadloop.core.ledger.SignedNote;

/** Where the keys of other participants' logs come from (对方日志公钥). Any thread. */
public interface PeerLogKeys {
    /**
     * Keys that verify the checkpoints of a participant's log.
     *
     * @param origin of its platform, proven to be the participant's
     */
    List<SignedNote.VerifierKey> of(String did, URI origin)
            throws IOException, InterruptedException;
}
