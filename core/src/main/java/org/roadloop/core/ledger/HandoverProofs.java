package org.roadloop.core.ledger;

import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Proofs of the entries by which a log changed its key (密钥交接证明): who comes back with an old key
 * follows them to the newer ones, without the log that has the entries.
 */
public final class HandoverProofs {
    private HandoverProofs() {}

    /** Of all handovers in a log, in its order; reads every bundle if there is one. */
    public static List<ProofBundle> of(TransparencyLog log) {
        long handovers = log.version(KeyEvents.SUBJECT);
        List<ProofBundle> proofs = new ArrayList<>();
        long size = log.size();
        for (long n = 0; proofs.size() < handovers && n * TilePath.WIDTH < size; n++) {
            int width = (int) Math.min(TilePath.WIDTH, size - n * TilePath.WIDTH);
            byte[] bundle = log.entryBundle(n, width);
            long index = n * TilePath.WIDTH;
            for (EntryBundle.Located entry :
                    EntryBundle.parse(Path.of(TilePath.bundle(n)), bundle, width)) {
                if (find(entry.leaf()).isPresent()) {
                    proofs.add(log.proofBundle(index));
                }
                index++;
            }
        }
        return proofs;
    }

    /** The handover that a leaf is; empty for any other leaf. */
    public static Optional<Event> find(byte[] leaf) {
        return KeyEvents.find(leaf).filter(event -> event.subject().equals(KeyEvents.SUBJECT));
    }

    /** Epoch of the key that a handover puts in use; 0 if it names none. */
    public static int epoch(Event handover) {
        return handover.json().path("epoch").asInt(0);
    }

    /**
     * The keys that a log had after one of its own, by what somebody else kept.
     *
     * @param known a key of the log that the reader trusts
     * @param proofs of its handovers, those before {@code known} too; whoever had them may have
     *     made them up
     * @param participants keys of whose log it is, which may vouch for a new one
     * @return the chain; not further than the known key if the proofs do not hold
     */
    public static KeyChain follow(
            SignedNote.VerifierKey known, List<ProofBundle> proofs, List<PublicKey> participants) {
        List<KeyChain.Located> events = new ArrayList<>();
        for (ProofBundle proof : proofs) {
            find(proof.leaf())
                    .ifPresent(event -> events.add(new KeyChain.Located(proof.index(), event)));
        }
        KeyChain chain = KeyChain.follow(known, events, participants);
        List<SignedNote.VerifierKey> keys = chain.spans().stream().map(KeyChain.Span::key).toList();
        for (ProofBundle proof : proofs) {
            boolean concerns = chain.spans().getFirst().fromSize() <= proof.index();
            if (concerns && !proof.verify(keys).ok()) {
                return new KeyChain(
                        List.of(chain.spans().getFirst()),
                        Optional.of(
                                "the handover in entry "
                                        + proof.index()
                                        + ": "
                                        + proof.verify(keys).reason()));
            }
        }
        return chain;
    }
}
