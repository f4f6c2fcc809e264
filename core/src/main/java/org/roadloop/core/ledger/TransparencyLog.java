package org.roadloop.core.ledger;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A ledger that outsiders can check (透明日志): what C2SP tlog-tiles serves, and what a proof is made
 * of. Any thread.
 */
public interface TransparencyLog extends Ledger {
    /**
     * Proof against the tree of {@code size} leaves, for a checkpoint taken earlier.
     *
     * @throws IllegalArgumentException unless {@code 0 ≤ index < size ≤ size()}
     */
    InclusionProof inclusion(long index, long size);

    /** The leaf bytes of an entry, as hashed: what a proof is about. */
    byte[] leaf(long index);

    /**
     * Packed hashes of a tile, C2SP tlog-tiles.
     *
     * @param width 1 to 256; fewer than there are give the partial tile of that width
     * @throws IllegalArgumentException if the tree has no such tile yet
     */
    byte[] tile(int level, long n, int width);

    /** Entries 256n to 256n + width - 1, each with its length in 2 bytes before it. */
    byte[] entryBundle(long n, int width);

    /**
     * The salt of a payload: with it anyone checks that the bytes are those of the leaf, {@code
     * hash = SHA-256(salt ‖ bytes)}. Empty for an inline body, and after an erasure.
     */
    default Optional<byte[]> findSalt(long index) {
        return Optional.empty();
    }

    /**
     * Takes what only one may do of those that append to this log.
     *
     * @param role one lower-case word
     * @return true if it is ours, now and at every later start
     */
    default boolean claim(String role) {
        return true;
    }

    /**
     * Stops the writing of it by other processes too, until this one opens it again: {@link
     * LedgerHold}.
     */
    default void hold(String why) {}

    /** Verifies this log's checkpoints: {@code origin+hash+key}. */
    SignedNote.VerifierKey verifierKey();

    /** Entry, proof and checkpoint in one, to be verified without this log. */
    default ProofBundle proofBundle(long index) {
        Checkpoint checkpoint = checkpoint();
        InclusionProof proof = inclusion(index, checkpoint.size());
        return new ProofBundle(index, leaf(index), proof.path(), checkpoint.note());
    }

    /**
     * Copies the log as it is at one durable point into an empty or missing directory, as files,
     * while appends go on; the copy opens and verifies by itself.
     *
     * @return the checkpoint that the copy holds at least
     */
    Checkpoint backup(Path target);
}
