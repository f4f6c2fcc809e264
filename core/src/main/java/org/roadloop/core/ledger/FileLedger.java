package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ledger on files (文件账本), C2SP tlog-tiles. Any thread; one writer process a directory.
 *
 * <p>An append is encoded by its caller, joins the queue, and is on disk in the journal when it
 * returns: {@link Committer}. Tiles and bundles follow at once, partial tiles and a signed
 * checkpoint within a fraction of a second: {@link Publisher}. Opening checks every entry against
 * the tiles and the checkpoint, and refuses what does not fit with the position of it.
 */
public final class FileLedger implements TransparencyLog, PickedReads {
    static final String FORMAT_VERSION = "roadloop-ledger 1\n";

    /** The journal is begun anew beyond this, so that a restart replays little. */
    static final long ROTATE_BYTES = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(FileLedger.class);

    private final Path dir;
    private final String origin;
    private final Signer signer;
    private final FileChannel lockChannel;
    private final TileStore store;
    private final LedgerProfile profile;
    private final Payloads payloads;
    private final Versions versions;
    private final SnapshotWriter snapshots;
    private final Scrub scrub;
    private final Committer committer;
    private final Publisher publisher;

    /** Write: a backup or a rotation of the journal. Read: what must not run meanwhile. */
    private final ReentrantReadWriteLock snapshot;

    private final AtomicBoolean closed = new AtomicBoolean();

    private FileLedger(
            Path dir,
            String origin,
            Signer signer,
            FileChannel lockChannel,
            Recovery.Found found,
            Tuning tuning) {
        this.dir = dir;
        this.origin = origin;
        this.signer = signer;
        this.lockChannel = lockChannel;
        store = found.store();
        profile = profile(signer);
        payloads = new Payloads(dir, profile);
        versions = found.versions();
        snapshot = new ReentrantReadWriteLock();
        publisher = new Publisher(store, origin, signer, snapshot, tuning.rotateBytes());
        snapshots =
                new SnapshotWriter(
                        dir,
                        versions,
                        tuning.steps(),
                        tuning.snapshotEvery(),
                        found.snapshotSize());
        committer =
                new Committer(
                        dir,
                        found.journal(),
                        found.base(),
                        store,
                        versions,
                        snapshots,
                        publisher,
                        snapshot,
                        tuning.rotateBytes(),
                        tuning.steps());
        scrub = new Scrub(dir, store, payloads, found, committer::refuseAll);
    }

    /**
     * What tests make small, or listen to.
     *
     * @param rotateBytes the journal is begun anew beyond this, so that a restart replays little
     * @param snapshotEvery entries between snapshots, at least
     */
    record Tuning(long rotateBytes, long snapshotEvery, Step.Listener steps) {
        static final Tuning NORMAL =
                new Tuning(ROTATE_BYTES, SnapshotWriter.EVERY, Step.Listener.NONE);
    }

    /** As {@link #open(Path, String, Signer, List)}, for a key that was never rotated. */
    public static FileLedger open(Path dir, String origin, Signer signer) {
        return open(dir, origin, signer, List.of());
    }

    /**
     * Opens the log in a directory, makes it if the directory is empty or missing.
     *
     * @param origin name of the log, first line of each checkpoint; no white space, no '+'
     * @param signer signs the checkpoints
     * @param formerKeys keys that may have signed the last checkpoint before a rotation
     * @throws CorruptLogException if a file is not what was written
     */
    public static FileLedger open(
            Path dir, String origin, Signer signer, List<SignedNote.VerifierKey> formerKeys) {
        return open(dir, origin, signer, formerKeys, List.of(), Tuning.NORMAL);
    }

    /**
     * As {@link #open(Path, String, Signer, List)}, for a key that may be new to the log.
     *
     * @param handovers of the key's epochs 2, 3, … in order ({@link KeyEvents#handover}); those
     *     that the log does not have are durable in it before the key signs anything
     * @throws IllegalStateException if the log was handed over to a newer key than these
     */
    public static FileLedger open(
            Path dir,
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> formerKeys,
            List<Event> handovers) {
        return open(dir, origin, signer, formerKeys, handovers, Tuning.NORMAL);
    }

    static FileLedger open(
            Path dir,
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> formerKeys,
            Tuning tuning) {
        return open(dir, origin, signer, formerKeys, List.of(), tuning);
    }

    private static FileLedger open(
            Path dir,
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> formerKeys,
            List<Event> handovers,
            Tuning tuning) {
        List<SignedNote.VerifierKey> keys = new ArrayList<>(formerKeys);
        keys.addFirst(new SignedNote.VerifierKey(origin, signer.publicKey()));
        @Nullable FileChannel lock = null;
        try {
            Files.createDirectories(dir);
            lock = lock(dir);
            long began = System.nanoTime();
            create(dir, origin, signer);
            Recovery.Found found = Recovery.recover(dir, keys, profile(signer), tuning.steps());
            FileLedger ledger = new FileLedger(dir, origin, signer, lock, found, tuning);
            ledger.start(handovers);
            LOG.info(
                    "ledger {}: {} entries about {} subjects in {} ms, {} of them by snapshot",
                    dir,
                    ledger.size(),
                    ledger.versions.subjects(),
                    (System.nanoTime() - began) / 1_000_000,
                    found.snapshotSize());
            return ledger;
        } catch (IOException e) {
            release(lock);
            throw new UncheckedIOException("ledger " + dir + " can't be opened", e);
        } catch (RuntimeException e) {
            release(lock);
            throw e;
        }
    }

    private static FileChannel lock(Path dir) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        dir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            // said below
        }
        if (lock == null) {
            channel.close();
            throw new IllegalStateException(
                    "ledger "
                            + dir
                            + " is open in another process; a log has one writer: stop the other,"
                            + " or use another --home");
        }
        return channel;
    }

    private static LedgerProfile profile(Signer signer) {
        return LedgerProfile.of(KeyAlgorithm.of(signer.publicKey()));
    }

    private static void release(@Nullable FileChannel lock) {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("lock of the ledger: {}", e.toString());
            }
        }
    }

    /** The format file is written last: a directory without one holds no log yet. */
    private static void create(Path dir, String origin, Signer signer) throws IOException {
        Path format = dir.resolve("format");
        String expected = profile(signer).format();
        if (Files.exists(format)) {
            String found = Files.readString(format);
            if (!found.equals(expected)) {
                throw new CorruptLogException(
                        format,
                        Math.max(
                                0,
                                Arrays.mismatch(found.getBytes(UTF_8), expected.getBytes(UTF_8))),
                        "it says '"
                                + found.strip()
                                + "', with this key the log says '"
                                + expected.strip()
                                + "': a log keeps the profile it was made with");
            }
            return;
        }
        if (Files.exists(dir.resolve("tile"))) {
            throw new CorruptLogException(format, 0, "it is missing, yet there are tiles");
        }
        byte[] empty = profile(signer).treeHash().empty();
        Journal.create(
                        dir.resolve("journal"),
                        new Journal.Header(0, empty),
                        ByteBuffer.allocate(0),
                        Step.Listener.NONE)
                .close();
        DurableFiles.replaceAndSync(
                dir.resolve("checkpoint"),
                SignedNote.checkpoint(origin, 0, empty, signer).note().getBytes(UTF_8));
        DurableFiles.replaceAndSync(format, expected.getBytes(UTF_8));
        DurableFiles.sync(DurableFiles.directory(dir));
    }

    private void start(List<Event> handovers) throws IOException {
        List<Event> missing =
                handovers.isEmpty()
                        ? List.of()
                        : KeyEvents.missing(handovers, version(KeyEvents.SUBJECT));
        committer.start();
        try {
            if (!missing.isEmpty()) {
                append(missing, Map.of());
                LOG.info("ledger {}: handed over to key {}", dir, verifierKey());
            }
            publisher.start(dir);
            scrub.start();
        } catch (IOException | RuntimeException e) {
            committer.close();
            throw e;
        }
    }

    @Override
    public Receipt append(List<Event> events, Map<String, Long> expectedVersions) {
        Leaf.mustNotErase(events);
        return appendAny(events, expectedVersions);
    }

    private Receipt appendAny(List<Event> events, Map<String, Long> expectedVersions) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("an append needs at least one event");
        }
        List<byte[]> leaves = new ArrayList<>(events.size());
        List<String> subjects = new ArrayList<>(events.size());
        List<Payloads.Reference> stored = new ArrayList<>();
        StringBuilder text = new StringBuilder(512);
        CompletableFuture<Receipt> receipt;
        try {
            for (Event event : events) {
                leaves.add(
                        switch (event.body()) {
                            case Event.Inline inline -> Leaf.bytes(event, null, text);
                            case Event.Payload payload -> {
                                Payloads.Reference reference = payloads.store(payload.bytes());
                                stored.add(reference);
                                yield Leaf.bytes(event, reference, text);
                            }
                            case Event.Erased erased ->
                                    throw new IllegalArgumentException(
                                            "an erased event can't be appended");
                        });
                subjects.add(event.subject());
            }
            Batch batch = Batch.of(leaves, subjects, profile.treeHash());
            receipt = committer.submit(batch, Map.copyOf(expectedVersions));
        } catch (IOException e) {
            dropUnused(stored);
            throw new UncheckedIOException("ledger " + dir + ": a payload can't be written", e);
        } catch (RuntimeException e) {
            dropUnused(stored);
            throw e;
        }
        try {
            return receipt.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case ConflictException conflict -> {
                    dropUnused(stored);
                    yield conflict;
                }
                case UncheckedIOException io ->
                        new UncheckedIOException(
                                String.valueOf(io.getMessage()), new IOException(io));
                case null, default -> new IllegalStateException("ledger " + dir, e);
            };
        }
    }

    /** Payloads of a refused append. After a failed write they stay: a crash may keep the entry. */
    private void dropUnused(List<Payloads.Reference> stored) {
        try {
            for (Payloads.Reference reference : stored) {
                payloads.drop(reference);
            }
        } catch (IOException e) {
            LOG.warn("ledger {}: payload of a refused append stays: {}", dir, e.toString());
        }
    }

    @Override
    public Optional<String> refusing() {
        return committer.refusing();
    }

    @Override
    public long version(String subject) {
        return versions.of(subject);
    }

    @Override
    public long size() {
        return store.size();
    }

    @Override
    public Iterator<Entry> entries(long fromIndex, LeafFilter filter) {
        return new EntryReader(dir, store, payloads, filter, fromIndex, store.size());
    }

    private byte[] leafAt(long index) throws IOException {
        return Recovery.leaf(dir, store, index);
    }

    @Override
    public byte[] leaf(long index) {
        if (index < 0 || index >= size()) {
            throw new IllegalArgumentException(
                    "the ledger has no entry " + index + "; it has " + size());
        }
        try {
            return leafAt(index);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", entry " + index, e);
        }
    }

    @Override
    public Checkpoint checkpoint() {
        return publisher.publish(store.size());
    }

    @Override
    public InclusionProof inclusion(long index) {
        try {
            return store.inclusion(index);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", proof of entry " + index, e);
        }
    }

    @Override
    public InclusionProof inclusion(long index, long size) {
        try {
            return store.inclusion(index, size);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", proof of entry " + index, e);
        }
    }

    @Override
    public ConsistencyProof consistency(long oldSize, long newSize) {
        try {
            return store.consistency(oldSize, newSize);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", consistency proof", e);
        }
    }

    @Override
    public byte[] tile(int level, long n, int width) {
        try {
            return store.tile(level, n, width);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", tile", e);
        }
    }

    @Override
    public byte[] entryBundle(long n, int width) {
        try {
            return store.bundle(n, width);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", entry bundle", e);
        }
    }

    @Override
    public Optional<byte[]> findSalt(long index) {
        try {
            Optional<Payloads.Reference> reference = Leaf.payload(leaf(index));
            return reference.isEmpty() ? Optional.empty() : payloads.findSalt(reference.get());
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + dir + ", salt of entry " + index, e);
        }
    }

    @Override
    public SignedNote.VerifierKey verifierKey() {
        return new SignedNote.VerifierKey(origin, signer.publicKey());
    }

    /**
     * Appends {@code ledger.erased} {index, salt} first; a crash after it is made good at start. No
     * snapshot begins between the two.
     */
    @Override
    public void erase(long index) {
        Payloads.Reference reference = Leaf.erasable(index, leaf(index));
        snapshot.readLock().lock();
        try {
            if (!snapshots.erasures().contains(index)) {
                if (!Files.exists(payloads.saltFile(reference))) {
                    return;
                }
                appendAny(
                        List.of(
                                Event.of(
                                        Leaf.ERASED_EVENT,
                                        Instant.now(),
                                        signer.did(),
                                        "ledger",
                                        JsonMapper.shared()
                                                .createObjectNode()
                                                .put("index", index)
                                                .put("salt", reference.salt()))),
                        Map.of());
                // Only now, or a later start would drop a payload without evidence of it.
                snapshots.erasures().add(index);
            }
            payloads.drop(reference);
            snapshots.erasures().remove(index);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "ledger " + dir + ": payload of entry " + index + " can't be erased", e);
        } finally {
            snapshot.readLock().unlock();
        }
    }

    @Override
    public Checkpoint backup(Path target) {
        snapshot.writeLock().lock();
        try {
            Checkpoint checkpoint = checkpoint();
            LedgerCopy.copy(dir, target, checkpoint, committer::durableBytes);
            LOG.info("ledger {}: backup of {} entries to {}", dir, checkpoint.size(), target);
            return checkpoint;
        } catch (IOException e) {
            throw new UncheckedIOException("backup of ledger " + dir + " to " + target, e);
        } finally {
            snapshot.writeLock().unlock();
        }
    }

    /** Once: a second call must not touch what another process may have opened since. */
    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        try (lockChannel) {
            scrub.close();
            committer.close();
            snapshot.writeLock().lock();
            try {
                publisher.close();
                committer.rest(store.sync());
            } finally {
                snapshot.writeLock().unlock();
            }
        }
    }

    /** Names of subjects and their versions now, for tests. */
    Map<String, Long> versions() {
        return versions.copy();
    }

    /** Bytes of the journal that are on disk. */
    long journalBytes() {
        return committer.durableBytes();
    }

    /** Waits until all files were read once. */
    void awaitScrub() throws InterruptedException {
        scrub.await();
    }
}
