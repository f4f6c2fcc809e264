package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a whole log (核验) with nothing but the log's public key: reads every entry once,
 * recomputes all hashes, compares every file. Bundles are hashed on all processors, a few at a
 * time, so memory does not grow with the log. One thread a verifier.
 *
 * <p>If an entry and its tile disagree, the signed root decides: the tile's hashes are carried on;
 * if they lead to the root, the entry was changed, else the tile.
 *
 * <p>The key given need not be the newest: what the log says of its keys is followed from it, and a
 * key that was retired or revoked does not count beyond its time ({@link KeyChain}).
 *
 * <p>What is proven: the entries hash to the root that the key signed; tiles, partial tiles and, in
 * a directory that nobody writes to, the journal and the payloads agree with them. What entries say
 * is the matter of those who fold them.
 */
public final class LedgerVerifier {
    /** Entries between two calls of progress. */
    private static final long PROGRESS_ENTRIES = 64L * TilePath.WIDTH;

    private final LogSource source;
    private final List<SignedNote.VerifierKey> keys;
    private final Scope scope;
    private final LedgerProfile profile;
    private final TreeCheck tree;
    private final @Nullable PayloadCheck payloads;

    /** First disagreement between a bundle and its tile: one of the two is wrong. */
    private @Nullable Fault entryFault;

    private @Nullable Fault tileFault;

    /** What the log says of its own keys. */
    private final List<KeyChain.Located> keyEvents = new ArrayList<>();

    /**
     * How much to look at.
     *
     * @param withPayloads false for a copy that has the log only; without a directory there are
     *     none
     * @param fromEntry entries before it are taken by their hashes in the tiles, not read unless
     *     the key that signed is not to be found from it on; 0 for all
     * @param participants keys of the participant whose log it is, which may vouch for a key
     * @param progress told now and then how many entries are done, on the calling thread
     */
    public record Scope(
            boolean withPayloads,
            long fromEntry,
            List<PublicKey> participants,
            LongConsumer progress) {
        /** Everything. */
        public static final Scope ALL = new Scope(true, 0, done -> {});

        /** For who knows no participant's key. */
        public Scope(boolean withPayloads, long fromEntry, LongConsumer progress) {
            this(withPayloads, fromEntry, List.of(), progress);
        }

        public Scope {
            participants = List.copyOf(participants);
            if (fromEntry < 0) {
                throw new IllegalArgumentException("no entry has index " + fromEntry);
            }
        }
    }

    private LedgerVerifier(LogSource source, List<SignedNote.VerifierKey> keys, Scope scope) {
        this.source = source;
        this.keys = List.copyOf(keys);
        this.scope = scope;
        this.profile = LedgerProfile.of(keys);
        this.tree = new TreeCheck(source, profile.treeHash());
        this.payloads =
                scope.withPayloads()
                        ? source.directory().map(dir -> new PayloadCheck(dir, profile)).orElse(null)
                        : null;
    }

    /** Verifies everything, payloads too, against one key in its text form. */
    public static Verification verify(Path dir, String vkey) {
        return verify(dir, List.of(SignedNote.VerifierKey.parse(vkey)), true);
    }

    /**
     * Verifies against any of several keys: of a log whose key was rotated, or a copy without
     * payloads.
     *
     * @param keys the checkpoint is signed by one of them
     * @param withPayloads false for a copy that has the log only
     */
    public static Verification verify(
            Path dir, List<SignedNote.VerifierKey> keys, boolean withPayloads) {
        try {
            return verify(new LogDirectory(dir), keys, new Scope(withPayloads, 0, done -> {}));
        } catch (IOException e) {
            throw new UncheckedIOException("log " + dir + " can't be read", e);
        }
    }

    /**
     * Verifies a log from wherever it can be read. A log that grows meanwhile is verified as of the
     * checkpoint at the start.
     *
     * @throws IOException if it can't be read, which says nothing about the log
     */
    public static Verification verify(
            LogSource source, List<SignedNote.VerifierKey> keys, Scope scope) throws IOException {
        LedgerVerifier verifier = new LedgerVerifier(source, keys, scope);
        try {
            return verifier.run();
        } catch (FaultFound found) {
            return verifier.result(Optional.empty(), Optional.of(found.fault()));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Verification run() throws IOException {
        if (source.directory().isPresent()) {
            format();
        }
        CheckpointCheck check = new CheckpointCheck(source, keys, profile.treeHash());
        Checkpoint checkpoint = check.read();
        if (scope.fromEntry() > checkpoint.size()) {
            throw new IllegalArgumentException(
                    "the log has no entry "
                            + scope.fromEntry()
                            + "; its checkpoint covers "
                            + checkpoint.size());
        }
        bundles(checkpoint.size());
        tree.finish();
        judge(checkpoint);
        LogReader verified = LogReader.at(source, checkpoint, profile);
        check.followKeys(keyEvents, scope.participants(), scope.fromEntry(), verified);
        if (source.directory().isPresent()) {
            new JournalCheck(source.directory().get(), source, verified).run();
            SnapshotCheck.run(source.directory().get(), profile, verified);
        }
        if (payloads != null && payloads.firstMissing().isPresent()) {
            throw new FaultFound(payloads.firstMissing().get());
        }
        return result(Optional.of(checkpoint), Optional.empty());
    }

    /** Tiles of another's log, or a mirror's, have neither format nor journal. */
    private void format() throws IOException {
        Optional<byte[]> format = source.find("format");
        if (format.isEmpty()) {
            if (source.find("journal").isPresent()) {
                throw new FaultFound("format", 0, -1, "the file is missing");
            }
            return;
        }
        int odd = Arrays.mismatch(format.get(), profile.format().getBytes(UTF_8));
        if (odd >= 0) {
            throw new FaultFound("format", odd, -1, "is not the format of a log with such a key");
        }
    }

    /** Hashes bundles side by side, puts them together in order. */
    private void bundles(long size) throws IOException {
        BundleCheck check = new BundleCheck(source, profile, payloads, scope.fromEntry());
        int threads = source.parallelReads();
        ArrayDeque<Future<BundleCheck.Result>> underWay = new ArrayDeque<>();
        ExecutorService workers =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().daemon().name("verify-", 0).factory());
        try {
            long count = Math.ceilDiv(size, TilePath.WIDTH);
            for (long next = 0; next < count || !underWay.isEmpty(); ) {
                if (next < count && underWay.size() < 2 * threads) {
                    long n = next++;
                    int width = (int) Math.min(TilePath.WIDTH, size - n * TilePath.WIDTH);
                    underWay.add(workers.submit(() -> check.check(n, width)));
                } else {
                    take(result(underWay.remove()));
                }
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private static BundleCheck.Result result(Future<BundleCheck.Result> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while verifying");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException unreadable) {
                throw unreadable;
            }
            throw e.getCause() instanceof RuntimeException found
                    ? found
                    : new IllegalStateException(e);
        }
    }

    private void take(BundleCheck.Result result) {
        if (result.root().length > 0) {
            tree.full(result.root());
        } else {
            tree.last(result.hashes());
        }
        if (entryFault == null) {
            entryFault = result.entryFault();
        }
        if (tileFault == null) {
            tileFault = result.tileFault();
        }
        if (payloads != null) {
            payloads.settle(result.payloads());
        }
        keyEvents.addAll(result.keyEvents());
        if (tree.size() % PROGRESS_ENTRIES == 0) {
            scope.progress().accept(tree.size());
        }
    }

    private void judge(Checkpoint checkpoint) {
        boolean rootHolds = Arrays.equals(tree.root(), checkpoint.rootHash());
        if (tileFault == null) {
            tileFault = tree.fault().orElse(null);
        }
        if (entryFault != null && (rootHolds || tileFault == null)) {
            throw new FaultFound(entryFault);
        }
        if (tileFault != null) {
            throw new FaultFound(tileFault);
        }
        if (!rootHolds) {
            throw new FaultFound(
                    "checkpoint",
                    CheckpointCheck.rootOffset(checkpoint.note()),
                    -1,
                    "its root is not the root of the " + tree.size() + " entries");
        }
    }

    private Verification result(Optional<Checkpoint> checkpoint, Optional<Fault> fault) {
        return new Verification(
                tree.size(),
                tree.root(),
                fault.isEmpty(),
                fault,
                checkpoint,
                scope.fromEntry(),
                payloads == null
                        ? Optional.empty()
                        : Optional.of(
                                new Verification.PayloadCounts(
                                        payloads.checked(), payloads.erased())));
    }
}
