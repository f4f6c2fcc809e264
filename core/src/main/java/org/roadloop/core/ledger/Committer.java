package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private record Request(
            List<byte[]> leaves,
            long bytes,
            List<String> subjects,
            Map<String, Long> expected,
            CompletableFuture<Receipt> done) {}

    private final Path dir;
    private final TileStore store;
    private final Map<String, Long> versions;
    private final Publisher publisher;
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
    private boolean refusing;
    private volatile long durableBytes;
    private @Nullable Throwable fatal;

    Committer(
            Path dir,
            Journal journal,
            long base,
            TileStore store,
            Map<String, Long> versions,
            Publisher publisher,
            ReentrantReadWriteLock snapshot,
            long rotateBytes) {
        this.dir = dir;
        this.journal = journal;
        this.base = base;
        this.durableBytes = journal.bytes();
        this.store = store;
        this.versions = versions;
        this.publisher = publisher;
        this.snapshot = snapshot;
        this.rotateBytes = rotateBytes;
        this.thread = new Thread(this::run, "ledger-commit");
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Blocks while too much waits. The result comes once the entries are on disk. */
    CompletableFuture<Receipt> submit(
            List<byte[]> leaves, List<String> subjects, Map<String, Long> expected) {
        long bytes = 0;
        for (byte[] leaf : leaves) {
            bytes += 2 + leaf.length;
        }
        if (bytes > MAX_APPEND_BYTES) {
            throw new IllegalArgumentException(
                    "an append of " + bytes + " bytes is over 64 MiB; use payloads or split it");
        }
        Request request = new Request(leaves, bytes, subjects, expected, new CompletableFuture<>());
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
            if (broken) {
                if (!journal.isOpen()) {
                    reopen(dir.resolve("journal"));
                }
                journal.repair();
                DurableFiles.sync(dir);
                broken = false;
            }
            store.writeWaiting();
        } catch (IOException e) {
            refuse(group, e);
            return;
        }
        Map<String, Long> changed = new HashMap<>();
        List<Request> accepted = new ArrayList<>(group.size());
        List<byte[]> leaves = new ArrayList<>();
        for (Request request : group) {
            if (agrees(request, changed)) {
                for (String subject : request.subjects()) {
                    changed.merge(subject, versions.getOrDefault(subject, 0L) + 1, (a, b) -> a + 1);
                }
                accepted.add(request);
                leaves.addAll(request.leaves());
            }
        }
        if (leaves.isEmpty()) {
            return;
        }
        long first = store.size();
        try {
            journal.append(first, leaves);
        } catch (IOException e) {
            broken = true;
            refuse(accepted, e);
            return;
        }
        if (refusing) {
            refusing = false;
            LOG.info("ledger {} can be written again", dir);
        }
        durableBytes = journal.bytes();
        store.append(leaves);
        versions.putAll(changed);
        for (Request request : accepted) {
            request.done().complete(new Receipt(first, request.leaves().size()));
            first += request.leaves().size();
        }
        try {
            store.writeWaiting();
        } catch (IOException e) {
            LOG.warn("ledger {}: tiles wait for the disk: {}", dir, e.toString());
        }
        publisher.changed(journal.bytes());
    }

    private boolean agrees(Request request, Map<String, Long> changed) {
        for (Map.Entry<String, Long> expected : request.expected().entrySet()) {
            String subject = expected.getKey();
            Long now = changed.get(subject);
            long actual = now != null ? now : versions.getOrDefault(subject, 0L);
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
        if (!refusing) {
            refusing = true;
            LOG.error("ledger {} can't be written, appends are refused: {}", dir, cause.toString());
        }
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

    /** Begins the journal anew once the entries before its new base are on disk as full tiles. */
    private void rotateIfLong() {
        long synced = publisher.syncedSize();
        if (broken || journal.bytes() < rotateBytes || synced <= base) {
            return;
        }
        if (!snapshot.writeLock().tryLock()) {
            return;
        }
        Path file = dir.resolve("journal");
        try {
            List<byte[]> carried = new ArrayList<>();
            Journal.scan(
                    file,
                    (index, leaf, at) -> {
                        if (index >= synced) {
                            carried.add(leaf);
                        }
                    });
            Journal.Header header = new Journal.Header(synced, store.root(synced));
            journal.close();
            Journal.create(file, header, carried);
            base = synced;
            reopen(file);
        } catch (IOException | RuntimeException e) {
            LOG.warn("ledger {}: the journal could not be begun anew: {}", dir, e.toString());
            broken = true;
        } finally {
            snapshot.writeLock().unlock();
        }
    }

    private void reopen(Path file) throws IOException {
        Journal.Scan scan = Journal.scan(file, (index, leaf, at) -> {});
        base = scan.header().base();
        journal = Journal.open(file, scan);
        durableBytes = journal.bytes();
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
        journal.close();
        if (!Files.exists(dir.resolve("journal"))) {
            LOG.error("ledger {}: the journal was removed while the ledger was open", dir);
        }
    }
}
