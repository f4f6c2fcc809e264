package org.roadloop.core.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds what a log says of its keys (密钥事件查找) where the log is not verified as a whole: reads the
 * bundles one after the other and proves each event it finds. What a server hides is not found:
 * then the chain of keys ends early, and nothing is believed. One thread.
 */
final class KeySearch {
    private final LogSource source;
    private final Checkpoint checkpoint;
    private final TreeHash hash;
    private final TileProofs proofs;

    /**
     * @param checkpoint whose signature is not verified yet: its root is what is proven against
     */
    KeySearch(LogSource source, Checkpoint checkpoint, TreeHash hash, TileProofs proofs) {
        this.source = source;
        this.checkpoint = checkpoint;
        this.hash = hash;
        this.proofs = proofs;
    }

    /**
     * @param until index after the last entry to look at
     * @throws SignedNote.InvalidNoteException if an event is not in the tree of the checkpoint
     * @throws IOException if a bundle or tile is missing or cut short
     */
    List<KeyChain.Located> find(long until) throws IOException {
        List<KeyChain.Located> found = new ArrayList<>();
        for (long n = 0; n * TilePath.WIDTH < until; n++) {
            long left = checkpoint.size() - n * TilePath.WIDTH;
            bundle(n, (int) Math.min(TilePath.WIDTH, left), found);
        }
        found.removeIf(event -> event.index() >= until);
        return found;
    }

    private void bundle(long n, int width, List<KeyChain.Located> found) throws IOException {
        String path = TilePath.bundle(n);
        byte[] bytes =
                source.find(path, width)
                        .orElseThrow(() -> new IOException(source + " has no " + path))
                        .bytes();
        int at = 0;
        for (int i = 0; i < width; i++) {
            int length =
                    at + 2 > bytes.length
                            ? bytes.length
                            : ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
            if (at + 2 + length > bytes.length) {
                throw new IOException(path + " of " + source + " ends in entry " + i + " of it");
            }
            if (LeafShape.mayBeAboutKeys(bytes, at + 2, length)) {
                byte[] leaf = Arrays.copyOfRange(bytes, at + 2, at + 2 + length);
                Optional<Event> event = KeyEvents.find(leaf);
                if (event.isPresent()) {
                    long index = n * TilePath.WIDTH + i;
                    prove(index, leaf);
                    found.add(new KeyChain.Located(index, event.get()));
                }
            }
            at += 2 + length;
        }
    }

    private void prove(long index, byte[] leaf) throws IOException {
        long size = checkpoint.size();
        if (!MerkleProofs.verifyInclusion(
                hash,
                index,
                size,
                hash.leaf(leaf),
                proofs.inclusion(index, size),
                checkpoint.rootHash())) {
            throw new SignedNote.InvalidNoteException(
                    "is signed by a key that entry "
                            + index
                            + " speaks of, but that entry is not in its tree",
                    0);
        }
    }
}
