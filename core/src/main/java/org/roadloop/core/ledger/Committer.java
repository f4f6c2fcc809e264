package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit (成组提交): everything that waits goes to the journal as one frame with one fsync, then
 * everyone is answered. While the disk works the next group gathers. {@link #submit} is for any
 * thread; the rest runs in one thread of its own.
 */
final class Committer {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    /** Bytes that may wait before {@link #submit} blocks, and bytes of one group. */
    private static final long QUEUE_BYTES = 16L << 20;

    private static final long MAX_APPEND_BYTES = 64L << 20;

    /** Full files in memory beyond which appends wait for the disk: some 60 MiB of entries. */
    private static final int MAX_WAITING_FILES = 1024;

    private static final int PROBE_BYTES = 1 << 18;

    private record Request(
            Batch batch, Map<String, Long> expected, CompletableFuture<Receipt> done) {
        long bytes() {
            return batch.packed().length;
        }
    }

    private final Path dir;
    private final TileStore store;
    private final Versions versions;
    private final SnapshotWriter snapshots;
    private final Publisher publisher;
    private final Step.Listener steps;
    private final ReentrantReadWriteLock snapshot;
    private final long rotateBytes;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final ArrayDeque<Request> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean closing;

    private Journal journal;
    private long base;
    private boolean broken;
    private volatile @Nullable String refusing;

    /** Length of the journal at which it is begun anew; a failure is not tried again at once. */
    private long rotateAt;

    private volatile long durableBytes;
    private volatile @Nullable Throwable fatal;
    private volatile @Nullable CorruptLogException damage;

    Committer(
            Path dir,
            Journal journal,
            long base,
            TileStore store,
            Versions versions,
            SnapshotWriter snapshots,
            Publisher publisher,
            ReentrantReadWriteLock snapshot,
            long rotateBytes,
            Step.Listener steps) {
        this.dir = dir;
        this.journal = journal;
        this.base = base;
        this.durableBytes = journal.bytes();
        this.store = store;
        this.versions = versions;
        this.snapshots = snapshots;
        this.publisher = publisher;
        this.steps = steps;
        this.snapshot = snapshot;
        this.rotateBytes = rotateBytes;
        rotateAt = rotateBytes;
        this.thread = new Thread(this::run, "ledger-commit");
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Blocks while too much waits. The result comes once the entries are on disk. */
    CompletableFuture<Receipt> submit(Batch batch, Map<String, Long> expected) {
        Request request = new Request(batch, expected, new CompletableFuture<>());
        long bytes = request.bytes();
        if (bytes > MAX_APPEND_BYTES) {
            throw new IllegalArgumentException(
                    "an append of " + bytes + " bytes is over 64 MiB; use payloads or split it");
        }
        lock.lock();
        try {
            while (queuedBytes > QUEUE_BYTES && !closing) {
                drained.awaitUninterruptibly();
            }
            if (closing) {
                throw new IllegalStateException("ledger " + dir + " is closed");
            }
            queue.add(request);
            queuedBytes += bytes;
            filled.signal();
        } finally {
            lock.unlock();
        }
        return request.done();
    }

    private void run() {
        while (true) {
            List<Request> group = take();
            if (group.isEmpty()) {
                return;
            }
            try {
                commit(group);
                rotateIfLong();
            } catch (RuntimeException | Error e) {
                LOG.error("ledger {}: commit failed, the ledger must be reopened", dir, e);
                fatal = e;
                refuse(group, new IOException(e));
            }
        }
    }

    /** Empty only when closing and nothing waits. */
    private List<Request> take() {
        List<Request> group = new ArrayList<>();
        lock.lock();
        try {
            while (queue.isEmpty() && !closing) {
                filled.awaitUninterruptibly();
            }
            long bytes = 0;
            while (!queue.isEmpty() && (group.isEmpty() || bytes < QUEUE_BYTES)) {
                Request request = queue.remove();
                group.add(request);
                bytes += request.bytes();
            }
            queuedBytes -= bytes;
            drained.signalAll();
        } finally {
            lock.unlock();
        }
        return group;
    }

    private void commit(List<Request> group) {
        try {
            if (fatal != null) {
                throw new IOException("a commit failed, the ledger must be reopened", fatal);
            }
            CorruptLogException found = damage;
            if (found != null) {
                throw new IOException(found.getMessage(), found);
            }
            if (broken) {
                if (!journal.isOpen()) {
                    reopen(dir.resolve("journal"));
                }
                journal.repair();
                DurableFiles.sync(dir);
                broken = false;
            }
            if (store.writeFailed() || store.waitingFiles() > MAX_WAITING_FILES) {
                store.writeWaiting();
            }
        } catch (IOException e) {
            refuse(group, e);
            return;
        }
        Map<String, Long> changed = new HashMap<>();
        List<Request> accepted = new ArrayList<>(group.size());
        List<Batch> batches = new ArrayList<>(group.size());
        for (Request request : group) {
            if (agrees(request, changed)) {
                for (String subject : request.batch().subjects()) {
                    Long now = changed.get(subject);
                    changed.put(subject, 1 + (now != null ? now : versions.of(subject)));
                }
                accepted.add(request);
                batches.add(request.batch());
            }
        }
        if (batches.isEmpty()) {
            return;
        }
        long first = store.size();
        try {
            journal.append(first, batches);
        } catch (IOException e) {
            broken = true;
            refuse(accepted, e);
            return;
        }
        if (refusing != null) {
            refusing = null;
            LOG.info("ledger {} can be written again", dir);
        }
        durableBytes = journal.bytes();
        batches.forEach(store::append);
        changed.forEach(versions::set);
        for (Request request : accepted) {
            int count = request.batch().count();
            request.done().complete(new Receipt(first, count));
            first += count;
        }
        publisher.changed(journal.bytes());
    }

    private boolean agrees(Request request, Map<String, Long> changed) {
        for (Map.Entry<String, Long> expected : request.expected().entrySet()) {
            String subject = expected.getKey();
            Long now = changed.get(subject);
            long actual = now != null ? now : versions.of(subject);
            if (actual != expected.getValue()) {
                request.done()
                        .completeExceptionally(
                                new ConflictException(subject, expected.getValue(), actual));
                return false;
            }
        }
        return true;
    }

    private void refuse(List<Request> requests, IOException cause) {
        if (refusing == null) {
            LOG.error("ledger {} can't be written, appends are refused: {}", dir, cause.toString());
        }
        refusing = String.valueOf(cause.getMessage());
        for (Request request : requests) {
            request.done()
                    .completeExceptionally(
                            new UncheckedIOException(
                                    "ledger "
                                            + dir
                                            + " can't be written ("
                                            + cause.getMessage()
                                            + "); the act must not happen. It is tried again with"
                                            + " the next append",
                                    cause));
        }
    }

    /** Files are not what was written: from here on every append is refused. Any thread. */
    void refuseAll(CorruptLogException found) {
        damage = found;
    }

    /** Begins the journal anew once the entries before its new base are on disk as full tiles. */
    private void rotateIfLong() {
        long synced = publisher.syncedSize();
        if (broken || journal.bytes() < rotateAt || synced <= base) {
            return;
        }
        if (!snapshot.writeLock().tryLock()) {
            return;
        }
        try {
            rotate(synced, false);
            rotateAt = rotateBytes;
        } catch (IOException | RuntimeException e) {
            LOG.warn("ledger {}: the journal could not be begun anew: {}", dir, e.toString());
            broken = true;
            rotateAt = journal.bytes() + rotateBytes / 4;
            // Which of the two files has the name now is found out before the next append.
            abandonJournal();
        } finally {
            snapshot.writeLock().unlock();
        }
    }

    /** The entries from the new base on are carried over, from memory or from their bundle. */
    private void rotate(long newBase, boolean atClose) throws IOException {
        TreeHash hash = store.newHash();
        List<byte[]> carried = new ArrayList<>();
        Map<String, Long> newest = new HashMap<>();
        int bytes = 0;
        for (long n = newBase / TilePath.WIDTH; n * TilePath.WIDTH < store.size(); n++) {
            byte[] bundle = store.bundle(n, hash);
            carried.add(bundle);
            bytes = Math.addExact(bytes, bundle.length);
            Path file = dir.resolve(TilePath.bundle(n));
            for (int at = 0; at < bundle.length; ) {
                int next = EntryBundle.next(file, bundle, at, 0);
                newest.merge(Leaf.subject(bundle, at + 2, next), 1L, Long::sum);
                at = next;
            }
        }
        ByteBuffer packed = ByteBuffer.allocate(bytes);
        carried.forEach(packed::put);
        byte[] root = store.root(newBase);
        Journal begun =
                Journal.create(
                        dir.resolve("journal"),
                        new Journal.Header(newBase, root),
                        packed.flip(),
                        steps);
        journal.abandon();
        journal = begun;
        base = newBase;
        durableBytes = journal.bytes();
        if (atClose || snapshots.due(newBase)) {
            snapshots.start(newBase, root, store.edge(newBase), newest);
        }
    }

    private void abandonJournal() {
        try {
            journal.abandon();
        } catch (IOException e) {
            LOG.warn("ledger {}: the journal can't be closed: {}", dir, e.toString());
        }
    }

    private void reopen(Path file) throws IOException {
        Journal.Scan scan = Journal.scan(file, (index, leaf, at) -> {});
        if (scan.size() != store.size()) {
            throw new CorruptLogException(
                    file,
                    scan.goodBytes(),
                    "it ends at entry " + scan.size() + ", the ledger has " + store.size());
        }
        base = scan.header().base();
        journal = Journal.open(file, scan, steps);
        durableBytes = journal.bytes();
    }

    /**
     * Why appends are refused. Where none is tried again, a few bytes beside the log tell whether
     * its cause is gone.
     */
    Optional<String> refusing() {
        CorruptLogException found = damage;
        String why = found == null ? refusing : found.getMessage();
        return why == null || (found == null && fatal == null && canWrite())
                ? Optional.empty()
                : Optional.of(why);
    }

    private boolean canWrite() {
        try {
            Path probe = Files.createTempFile(dir, "probe", ".draft");
            try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.WRITE)) {
                ByteBuffer some = ByteBuffer.allocate(PROBE_BYTES);
                while (some.hasRemaining()) {
                    channel.write(some);
                }
                channel.force(true);
                return true;
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Length of the journal up to which it is on disk. */
    long durableBytes() {
        return durableBytes;
    }

    /** Finishes what waits. */
    void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            filled.signalAll();
            drained.signalAll();
        } finally {
            lock.unlock();
        }
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
        snapshots.finish();
        if (!Files.exists(dir.resolve("journal"))) {
            LOG.error("ledger {}: the journal was removed while the ledger was open", dir);
        }
    }

    /** After {@link #close}: a snapshot, so that the next start is quick. */
    void rest(long synced) throws IOException {
        try {
            if (!broken && fatal == null && damage == null && snapshots.dueAtClose(synced)) {
                rotate(synced, true);
                snapshots.finish();
            }
        } finally {
            journal.close();
        }
    }
}
