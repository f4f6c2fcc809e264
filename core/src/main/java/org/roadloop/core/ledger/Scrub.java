package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads once, after a quick start and beside the work, what the start took from the snapshot (巡检):
 * every bundle and tile must hash to the signed tree, the versions must be the numbers of entries.
 * Damage is logged with its position and ends all appends. Payloads that no entry names, left by a
 * crash between payload and entry, are removed, and erasures that a crash cut short are finished.
 *
 * <p>It lets folds pass, and rests three times as long as it works. One thread of its own.
 */
final class Scrub {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final int REST_PER_WORK = 3;
    private static final long WAIT_NANOS = 20_000_000;

    private final Path dir;
    private final TileStore store;
    private final Payloads payloads;
    private final Recovery.Found found;
    private final long size;
    private final TreeHash hash;
    private final Consumer<CorruptLogException> damaged;
    private final Thread thread;

    /** Random, so that nobody can make up versions with the right {@link #fingerprint}. */
    private final long seed = RandomGenerator.getDefault().nextLong();

    /** Times that are left to wait for folds: a minute. */
    private int waits = 3000;

    private volatile boolean closing;

    Scrub(
            Path dir,
            TileStore store,
            Payloads payloads,
            Recovery.Found found,
            Consumer<CorruptLogException> damaged) {
        this.dir = dir;
        this.store = store;
        this.payloads = payloads;
        this.found = found;
        this.damaged = damaged;
        size = store.size();
        hash = store.newHash();
        thread = new Thread(this::run, "ledger-scrub");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        long began = System.nanoTime();
        try {
            PayloadFiles files = PayloadFiles.list(dir);
            long fingerprint = 0;
            long checked = found.snapshotSize() / TilePath.WIDTH;
            long last = files.isEmpty() ? checked : (size + TilePath.WIDTH - 1) / TilePath.WIDTH;
            for (long n = 0; n < last && !closing; n++) {
                letFoldsPass();
                long work = System.nanoTime();
                byte[] bundle = n < checked ? store.check(n, hash) : store.bundle(n, hash);
                fingerprint += visit(n, bundle, n < checked, files);
                LockSupport.parkNanos((System.nanoTime() - work) * REST_PER_WORK);
            }
            if (closing) {
                return;
            }
            mustCount(fingerprint);
            int orphans = files.removeUnnamed(payloads::isRecent);
            if (orphans > 0) {
                LOG.info(
                        "ledger {}: removed {} files of payloads that no entry names",
                        dir,
                        orphans);
            }
            if (checked > 0) {
                LOG.info(
                        "ledger {}: the files of {} entries were checked in {} ms",
                        dir,
                        found.snapshotSize(),
                        (System.nanoTime() - began) / 1_000_000);
            }
        } catch (CorruptLogException e) {
            LOG.error("ledger {}: appends are refused from now on: {}", dir, e.getMessage());
            damaged.accept(e);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("ledger {}: its files can't be checked now: {}", dir, e.toString());
        } finally {
            payloads.forgetRecent();
        }
    }

    /**
     * The folds of a start come first; but who reads without end does not put this off for ever.
     */
    private void letFoldsPass() {
        while (waits > 0 && store.isBeingRead() && !closing) {
            waits--;
            LockSupport.parkNanos(WAIT_NANOS);
        }
    }

    /** Sum of the subjects' fingerprints, of a checked bundle. */
    private long visit(long n, byte[] bundle, boolean counted, PayloadFiles files)
            throws IOException {
        long sum = 0;
        long index = n * TilePath.WIDTH;
        for (int at = 0; at < bundle.length && index < size; index++) {
            int until = EntryBundle.next(dir, bundle, at, 0);
            if (counted) {
                sum += fingerprint(Leaf.subject(bundle, at + 2, until));
            }
            if (!files.isEmpty()) {
                Leaf.payload(bundle, at + 2, until).ifPresent(files::named);
            }
            if (Leaf.isErasure(bundle, at + 2, until)) {
                byte[] leaf = Arrays.copyOfRange(bundle, at + 2, until);
                Optional<Payloads.Reference> erased =
                        Leaf.payload(Recovery.leaf(dir, store, Leaf.erasedIndex(leaf)));
                if (erased.isPresent()) {
                    payloads.drop(erased.get());
                }
            }
            at = until;
        }
        return sum;
    }

    /** Both sides are sums over events of a number that the subject gives. */
    private void mustCount(long entries) throws IOException {
        if (found.snapshot().isEmpty()) {
            return;
        }
        Snapshot snapshot = found.snapshot().get();
        long[] sum = new long[1];
        snapshot.forEachVersion((subject, count) -> sum[0] += count * fingerprint(subject));
        if (sum[0] != entries) {
            Files.deleteIfExists(snapshot.file());
            throw new CorruptLogException(
                    snapshot.file(),
                    snapshot.versionsAt(),
                    "its versions are not the numbers of entries about each subject; it was"
                            + " removed, and the next start counts anew");
        }
    }

    private long fingerprint(String subject) {
        long h = seed;
        for (int i = 0; i < subject.length(); i++) {
            h = (h ^ subject.charAt(i)) * 0x9E37_79B9_7F4A_7C15L;
            h ^= h >>> 32;
        }
        return h * 0xD6E8_FEB8_6659_FD93L;
    }

    /** Waits for its end. */
    void await() throws InterruptedException {
        thread.join();
    }

    void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
