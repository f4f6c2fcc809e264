package org.roadloop.core.ledger;

import java.util.List;

/**
 * The leaves of one append (一批叶子), packed as they go to the journal and to a bundle, and their
 * hashes: made in the caller's thread, so that the one committing thread only copies.
 *
 * @param packed entries, each with its length in 2 bytes before it
 * @param hashes 32 bytes an entry
 */
record Batch(byte[] packed, byte[] hashes, List<String> subjects) {
    static Batch of(List<byte[]> leaves, List<String> subjects, TreeHash hash) {
        int bytes = 0;
        for (byte[] leaf : leaves) {
            bytes = Math.addExact(bytes, 2 + leaf.length);
        }
        byte[] packed = new byte[bytes];
        byte[] hashes = new byte[leaves.size() * TreeHash.BYTES];
        int at = 0;
        int hashAt = 0;
        for (byte[] leaf : leaves) {
            packed[at] = (byte) (leaf.length >>> 8);
            packed[at + 1] = (byte) leaf.length;
            System.arraycopy(leaf, 0, packed, at + 2, leaf.length);
            at += 2 + leaf.length;
            hash.leaf(leaf, 0, leaf.length, hashes, hashAt);
            hashAt += TreeHash.BYTES;
        }
        return new Batch(packed, hashes, subjects);
    }

    int count() {
        return hashes.length / TreeHash.BYTES;
    }
}
