package org.roadloop.core.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares up to 256 entries with the tile of their hashes (核对一束). One instance a log, any thread:
 * bundles are checked side by side, only what they lead to is put together in order.
 */
final class BundleCheck {
    private final LogSource source;
    private final LedgerProfile profile;
    private final @Nullable PayloadCheck payloads;
    private final long fromEntry;

    /**
     * What is known of one bundle.
     *
     * @param hashes packed leaf hashes as the tile has them: the signed root decides between a tile
     *     and an entry that disagree
     * @param root over a full tile; empty for the last, shorter one
     * @param entryFault what is wrong if the tile is right
     * @param tileFault what is wrong if the entry is right
     * @param keyEvents what the entries say of the log's own keys
     */
    record Result(
            byte[] hashes,
            byte[] root,
            @Nullable Fault entryFault,
            @Nullable Fault tileFault,
            List<PayloadCheck.Finding> payloads,
            List<KeyChain.Located> keyEvents) {}

    /**
     * @param payloads null where payloads are not looked at
     * @param fromEntry bundles that end before it are not read, their tiles are
     */
    BundleCheck(
            LogSource source,
            LedgerProfile profile,
            @Nullable PayloadCheck payloads,
            long fromEntry) {
        this.source = source;
        this.profile = profile;
        this.payloads = payloads;
        this.fromEntry = fromEntry;
    }

    /**
     * @param width entries that the checkpoint covers of this bundle, 1 to 256
     * @throws FaultFound if the files can't be what was written, whatever the root says
     */
    Result check(long n, int width) throws IOException {
        long first = n * TilePath.WIDTH;
        LogSource.Found tile = required(TilePath.tile(0, n), width, first);
        if (tile.bytes().length != tile.width() * TreeHash.BYTES) {
            throw new FaultFound(
                    tile.path(),
                    tile.bytes().length,
                    first,
                    "a tile has 32 bytes for each of its hashes, this one " + tile.bytes().length);
        }
        TreeHash hash = profile.treeHash();
        PayloadCheck.@Nullable Findings found = payloads == null ? null : payloads.of();
        Entries entries =
                first + width <= fromEntry
                        ? new Entries(null, null, List.of())
                        : entries(hash, n, width, tile, found);
        byte[] stored =
                width == tile.width()
                        ? tile.bytes()
                        : Arrays.copyOf(tile.bytes(), width * TreeHash.BYTES);
        Fault tileFault = entries.tileFault();
        Optional<Fault> shorter = shorterStates(source, TilePath.tile(0, n), tile.bytes(), first);
        if (tileFault == null) {
            tileFault = shorter.orElse(null);
        }
        byte[] root = width == TilePath.WIDTH ? hash.root(stored, 0, width) : new byte[0];
        return new Result(
                stored,
                root,
                entries.entryFault(),
                tileFault,
                found == null ? List.of() : found.list(),
                entries.keyEvents());
    }

    private record Entries(
            @Nullable Fault entryFault,
            @Nullable Fault tileFault,
            List<KeyChain.Located> keyEvents) {}

    private Entries entries(
            TreeHash hash,
            long n,
            int width,
            LogSource.Found tile,
            PayloadCheck.@Nullable Findings found)
            throws IOException {
        long first = n * TilePath.WIDTH;
        LogSource.Found file = required(TilePath.bundle(n), width, first);
        byte[] bundle = file.bytes();
        byte[] own = new byte[TreeHash.BYTES];
        List<KeyChain.Located> keyEvents = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < width; i++) {
            int length =
                    at + 2 > bundle.length
                            ? -1
                            : ((bundle[at] & 0xFF) << 8) | (bundle[at + 1] & 0xFF);
            if (length < 0 || at + 2 + length > bundle.length) {
                throw new FaultFound(
                        file.path(), at, first + i, "the entry runs past the end of the bundle");
            }
            hash.leaf(bundle, at + 2, length, own, 0);
            int differs =
                    Arrays.mismatch(
                            own,
                            0,
                            TreeHash.BYTES,
                            tile.bytes(),
                            i * TreeHash.BYTES,
                            (i + 1) * TreeHash.BYTES);
            if (differs >= 0) {
                // A changed length makes all that follows unreadable; the tile knows the rest.
                return new Entries(
                        new Fault(
                                file.path(),
                                at,
                                first + i,
                                "the entry does not hash to its leaf hash in " + tile.path()),
                        new Fault(
                                tile.path(),
                                i * TreeHash.BYTES + differs,
                                first + i,
                                "the leaf hash is not the hash of the entry"),
                        keyEvents);
            }
            if (found != null) {
                found.entry(first + i, bundle, at + 2, length);
            }
            if (LeafShape.mayBeAboutKeys(bundle, at + 2, length)) {
                long index = first + i;
                KeyEvents.find(Arrays.copyOfRange(bundle, at + 2, at + 2 + length))
                        .ifPresent(event -> keyEvents.add(new KeyChain.Located(index, event)));
            }
            at += 2 + length;
        }
        if (at != bundle.length && file.width() == width) {
            throw new FaultFound(file.path(), at, first + width, "bytes follow the last entry");
        }
        return new Entries(
                null,
                shorterStates(source, TilePath.bundle(n), bundle, first).orElse(null),
                keyEvents);
    }

    private LogSource.Found required(String fullPath, int width, long first) throws IOException {
        Optional<LogSource.Found> found = source.find(fullPath, width);
        if (found.isEmpty()) {
            String path = width == TilePath.WIDTH ? fullPath : fullPath + ".p/" + width;
            throw new FaultFound(path, 0, first, "the file is missing");
        }
        return found.get();
    }

    /** Earlier, shorter states of a file must be its beginning. */
    static Optional<Fault> shorterStates(
            LogSource source, String fullPath, byte[] bytes, long firstEntry) throws IOException {
        for (String path : source.partials(fullPath)) {
            Optional<byte[]> shorter = source.find(path);
            if (shorter.isEmpty()) {
                continue;
            }
            int differs = Arrays.mismatch(shorter.get(), bytes);
            if (differs >= 0 && differs < Math.min(shorter.get().length, bytes.length)) {
                return Optional.of(
                        new Fault(
                                path,
                                differs,
                                firstEntry,
                                "it is not the beginning of what the tree holds"));
            }
        }
        return Optional.empty();
    }
}
