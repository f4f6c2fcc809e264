package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the tree above the tiles of leaf hashes and compares each stored tile with it (核对树). One
 * thread, tiles in order.
 */
final class TreeCheck {
    private final LogSource source;
    private final TreeHash hash;

    /** Its leaves are the roots of full tiles of level 0: its level k is level k + 1 of the log. */
    private final TileTree above;

    private byte[] tail = new byte[0];
    private @Nullable Fault fault;

    TreeCheck(LogSource source, TreeHash hash) {
        this.source = source;
        this.hash = hash;
        this.above = new TileTree(hash);
    }

    /**
     * @param root of 256 leaf hashes
     */
    void full(byte[] root) {
        above.append(root, this::compareFull);
    }

    /**
     * @param hashes packed, fewer than 256
     */
    void last(byte[] hashes) {
        tail = hashes.clone();
    }

    /** Entries so far. */
    long size() {
        return above.size() * TilePath.WIDTH + tail.length / TreeHash.BYTES;
    }

    /** The first tile that is not what the tiles below it lead to. */
    Optional<Fault> fault() {
        return Optional.ofNullable(fault);
    }

    /** Compares the tiles that are not full; to be called after the last. */
    void finish() throws IOException {
        for (int k = 0; k < above.levelCount(); k++) {
            if (above.width(k) > 0) {
                compare(k + 1, above.number(k), above.partial(k));
            }
        }
    }

    private void compareFull(int level, long n, byte[] hashes) {
        try {
            compare(level + 1, n, hashes);
        } catch (IOException e) {
            throw new UncheckedIOException("log " + source, e);
        }
    }

    private void compare(int level, long n, byte[] hashes) throws IOException {
        int width = hashes.length / TreeHash.BYTES;
        String path = TilePath.tile(level, n);
        long first = n << (8 * (level + 1));
        Optional<LogSource.Found> found = source.find(path, width);
        if (found.isEmpty()) {
            String missing = width == TilePath.WIDTH ? path : path + ".p/" + width;
            throw new FaultFound(missing, 0, first, "the file is missing");
        }
        byte[] stored = found.get().bytes();
        int differs = Arrays.mismatch(stored, hashes);
        boolean longer = differs == hashes.length && found.get().width() > width;
        if (differs >= 0 && !longer) {
            long entry = (n * TilePath.WIDTH + differs / TreeHash.BYTES) << (8 * level);
            keepFirst(
                    new Fault(
                            found.get().path(),
                            differs,
                            entry,
                            "the hash is not that of the tile below it"));
        }
        BundleCheck.shorterStates(source, path, hashes, first).ifPresent(this::keepFirst);
    }

    private void keepFirst(Fault found) {
        if (fault == null) {
            fault = found;
        }
    }

    /** RFC 6962 root of what was added. */
    byte[] root() {
        byte[] below = tail.length == 0 ? tail : hash.root(tail, 0, tail.length / TreeHash.BYTES);
        for (int k = 0; k < above.levelCount(); k++) {
            byte[] own = above.partial(k);
            byte[] all = Arrays.copyOf(own, own.length + below.length);
            System.arraycopy(below, 0, all, own.length, below.length);
            if (all.length > 0) {
                below = hash.root(all, 0, all.length / TreeHash.BYTES);
            }
        }
        return below.length == 0 ? hash.empty() : below;
    }
}
