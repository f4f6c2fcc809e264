package org.roadloop.app.witness;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.roadloop.core.ledger.Anchor;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.witness.Cosignatures;

/**
 * Anchors at another Roadloop's witness (异地见证锚定): its cosignature, with its time, is the receipt;
 * its state can't be taken back from here. One thread.
 */
final class RemoteAnchor implements Anchor {
    private final String name;
    private final WitnessClient client;
    private final SignedNote.VerifierKey key;
    private long known;

    RemoteAnchor(String name, WitnessClient client, SignedNote.VerifierKey key) {
        this.name = name;
        this.client = client;
        this.key = key;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String anchor(TransparencyLog log, Checkpoint checkpoint) throws IOException {
        try {
            WitnessClient.Offered offered = client.offer(log, checkpoint, known);
            if (!offered.cosigned()) {
                throw new IOException(
                        "witness " + key.name() + " answered " + offered.reply().status());
            }
            String receipt = Cosignatures.own(checkpoint, offered.reply().body(), key);
            known = offered.size();
            return receipt.strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while anchoring");
        } catch (SignedNote.InvalidNoteException e) {
            throw new IOException("receipt of " + key.name() + ": " + e.getMessage(), e);
        }
    }
}
