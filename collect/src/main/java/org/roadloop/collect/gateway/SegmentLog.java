package org.roadloop.collect.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frame log in segment files with group commit (段文件帧日志).
 *
 * <p>Any thread offers frames into one of two buffers; the committing thread takes the filled one,
 * encrypts it as one block, writes it, calls fsync once, and only then tells the listeners. While
 * it does so the other buffer fills, so the batch grows with the load and the cost of fsync is
 * shared. A full buffer refuses: the caller stops reading its socket until {@link #onSpace} calls.
 *
 * <p>When the disk refuses (full, failing), nothing is acknowledged, the buffers fill, the callers
 * stop reading; the same block is tried again in a new segment every second.
 */
public final class SegmentLog implements FrameLog {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * Sizes and times of a log.
     *
     * @param bufferBytes capacity of each of the two buffers: bound of what waits for the disk
     * @param segmentBytes plain size after which a new segment begins
     * @param retention how long a segment is kept after its last write, even when no table needs it
     */
    public record Settings(int bufferBytes, long segmentBytes, Duration retention) {
        public static final Settings DEFAULT = new Settings(4 << 20, 64L << 20, Duration.ofDays(7));

        public Settings {
            if (bufferBytes < 128 * 1024 || bufferBytes > 256 << 20 || segmentBytes < 1024) {
                throw new IllegalArgumentException(
                        "frame log buffer %d must be 128 KiB..256 MiB, segment %d at least 1 KiB"
                                .formatted(bufferBytes, segmentBytes));
            }
            if (retention.isNegative()) {
                throw new IllegalArgumentException("retention " + retention + " is negative");
            }
        }
    }

    private final Path directory;
    private final Settings settings;
    private final Counters counters;
    private final SegmentKeys keys;
    private final FileChannel lockFile;
    private final FileLock fileLock;
    private final Thread committer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();

    private final CopyOnWriteArrayList<Runnable> spaceListeners = new CopyOnWriteArrayList<>();

    // Guarded by lock.
    private CommitBuffer filling;
    private CommitBuffer idle;
    private boolean refused;
    private boolean closing;
    private boolean stopped;
    private long offeredRecords;
    private long durableRecords;
    private long durableSegment;
    private long durableOffset;
    private boolean failing;

    /** Opens with the default sizes. */
    public SegmentLog(Path directory, SecretKey masterKey, Counters counters) {
        this(directory, masterKey, counters, Settings.DEFAULT);
    }

    /** Opens or makes the log; cuts a torn tail and starts a new segment. */
    public SegmentLog(Path directory, SecretKey masterKey, Counters counters, Settings settings) {
        this.directory = directory;
        this.settings = settings;
        this.counters = counters;
        this.keys = new SegmentKeys(directory, masterKey);
        this.filling = new CommitBuffer(settings.bufferBytes());
        this.idle = new CommitBuffer(settings.bufferBytes());
        try {
            Files.createDirectories(directory);
            lockFile =
                    FileChannel.open(
                            directory.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            fileLock = lockOrFail(lockFile, directory);
            durableSegment = recover();
            SegmentWriter first = new SegmentWriter(directory, keys, durableSegment);
            committer =
                    Thread.ofPlatform().name("frame-log-commit").unstarted(() -> commitLoop(first));
            committer.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the frame log at " + directory, e);
        }
    }

    @Override
    public boolean offer(
            Source source,
            Lineage lineage,
            long identityHash,
            long receivedAtMicros,
            byte[] bytes,
            int offset,
            int length,
            @Nullable CommitListener listener) {
        lock.lock();
        try {
            requireOpen();
            if (!filling.hasRoom(length)) {
                refused = true;
                return false;
            }
            boolean first = filling.isEmpty();
            filling.add(
                    source,
                    lineage,
                    identityHash,
                    receivedAtMicros,
                    bytes,
                    offset,
                    length,
                    listener);
            offeredRecords++;
            if (first) {
                work.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void append(
            Source source,
            Lineage lineage,
            long identityHash,
            long receivedAtMicros,
            byte[] bytes,
            int offset,
            int length)
            throws InterruptedException {
        if (SegmentFile.RECORD_HEADER_BYTES + length > settings.bufferBytes()) {
            throw new IllegalArgumentException(
                    "a record of %d bytes does not fit the frame log's buffer of %d; split it, or give the log a larger one"
                            .formatted(length, settings.bufferBytes()));
        }
        lock.lockInterruptibly();
        try {
            while (!offer(
                    source, lineage, identityHash, receivedAtMicros, bytes, offset, length, null)) {
                progress.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long upTo = offeredRecords;
            while (durableRecords < upTo) {
                if (stopped) {
                    throw new IllegalStateException(
                            "the frame log at " + directory + " closed before all was durable");
                }
                progress.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onSpace(Runnable listener) {
        spaceListeners.add(listener);
    }

    @Override
    public boolean hasRoom(int rawBytes) {
        lock.lock();
        try {
            return filling.hasRoom(rawBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isFailing() {
        lock.lock();
        try {
            return failing || stopped;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LogPosition durableEnd() {
        lock.lock();
        try {
            return new LogPosition(durableSegment, durableOffset);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public FrameLogReader reader(LogPosition from) {
        return new SegmentReader(this, directory, keys, counters, from);
    }

    @Override
    public int free(LogPosition upTo) {
        int freed = 0;
        try {
            long active = durableEnd().segment();
            for (long segment :
                    SegmentFile.list(directory, "log").headSet(Math.min(upTo.segment(), active))) {
                Path file = SegmentFile.path(directory, segment);
                long ageMillis =
                        System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
                if (ageMillis >= settings.retention().toMillis()) {
                    Files.deleteIfExists(keys.file(segment));
                    Files.deleteIfExists(file);
                    freed++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot free segments of " + directory, e);
        }
        counters.add("framelog_freed_segments", freed);
        return freed;
    }

    @Override
    public void erase(long segment) {
        if (segment >= durableEnd().segment()) {
            throw new IllegalArgumentException(
                    "segment %d is still written to; only earlier ones can be erased"
                            .formatted(segment));
        }
        try {
            Files.deleteIfExists(keys.file(segment));
            forceDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot erase segment " + segment, e);
        }
        counters.increment("framelog_erased_segments");
    }

    /** Makes durable what was offered, then stops. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (committer.isAlive()) {
            try {
                committer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        try {
            fileLock.release();
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until more than a position is durable; false after the time-out. For readers. */
    boolean awaitBeyond(long segment, long offset, long waitNanos) throws InterruptedException {
        long left = waitNanos;
        lock.lockInterruptibly();
        try {
            while (durableSegment == segment && durableOffset <= offset) {
                if (left <= 0 || stopped) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void commitLoop(SegmentWriter first) {
        SegmentWriter writer = first;
        try {
            while (true) {
                CommitBuffer batch = takeFilled();
                if (batch == null) {
                    return;
                }
                writer = writeUntilDurable(writer, batch);
                publish(writer, batch);
                int failed = batch.tellListeners();
                counters.add("framelog_listener_failed", failed);
                giveBack(batch);
            }
        } catch (InterruptedException e) {
            LOG.warn("frame log commit was interrupted; what is not yet durable stays unanswered");
        } catch (RuntimeException | Error e) {
            LOG.error("frame log commit stopped; nothing more will be acknowledged", e);
            throw e;
        } finally {
            writer.close();
            lock.lock();
            try {
                stopped = true;
                progress.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private @Nullable CommitBuffer takeFilled() throws InterruptedException {
        boolean told = false;
        CommitBuffer taken;
        lock.lock();
        try {
            while (filling.isEmpty()) {
                if (closing) {
                    return null;
                }
                work.await();
            }
            taken = filling;
            filling = idle;
            if (refused) {
                refused = false;
                told = true;
                progress.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (told) {
            tellSpace();
        }
        return taken;
    }

    /** A listener that fails, for instance one of a closed gateway, must not stop the log. */
    private void tellSpace() {
        for (Runnable listener : spaceListeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                counters.increment("framelog_listener_failed");
            }
        }
    }

    private SegmentWriter writeUntilDurable(SegmentWriter current, CommitBuffer batch)
            throws InterruptedException {
        SegmentWriter writer = current;
        boolean fresh = writer.plainBytes() < settings.segmentBytes();
        while (true) {
            try {
                if (!fresh) {
                    SegmentWriter next = new SegmentWriter(directory, keys, writer.segment() + 1);
                    writer.close();
                    writer = next;
                }
                long started = System.nanoTime();
                writer.writeBlock(batch.bytes(), batch.length());
                counters.add("framelog_commit_micros", (System.nanoTime() - started) / 1000);
                counters.increment("framelog_commits");
                counters.add("framelog_records", batch.records());
                counters.add("framelog_bytes", batch.length());
                setFailing(false);
                return writer;
            } catch (IOException e) {
                counters.increment("framelog_write_failed");
                if (setFailing(true)) {
                    LOG.error(
                            "frame log at {} cannot be written ({}): nothing is acknowledged until"
                                    + " it can; tried again every second",
                            directory,
                            e.getMessage());
                }
                fresh = false;
                writer.cutToDurable();
                awaitRetry();
            }
        }
    }

    private void awaitRetry() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = RETRY_NANOS;
            while (left > 0) {
                if (closing) {
                    throw new InterruptedException();
                }
                left = work.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean setFailing(boolean now) {
        lock.lock();
        try {
            boolean changed = failing != now;
            if (changed && !now) {
                LOG.info("frame log at {} can be written again", directory);
            }
            failing = now;
            return changed;
        } finally {
            lock.unlock();
        }
    }

    private void publish(SegmentWriter writer, CommitBuffer batch) {
        lock.lock();
        try {
            durableSegment = writer.segment();
            durableOffset = writer.plainBytes();
            durableRecords += batch.records();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(CommitBuffer batch) {
        batch.clear();
        lock.lock();
        try {
            idle = batch;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closing || stopped) {
            throw new IllegalStateException("the frame log at " + directory + " is closed");
        }
    }

    /** Cuts the torn tail of the newest segment; returns the number of the segment to write. */
    private long recover() throws IOException {
        NavigableSet<Long> known = SegmentFile.list(directory, "log");
        known.addAll(SegmentFile.list(directory, "key"));
        if (known.isEmpty()) {
            return 0;
        }
        long newest = known.last();
        Path path = SegmentFile.path(directory, newest);
        if (!Files.exists(path)) {
            Files.deleteIfExists(keys.file(newest));
            return newest;
        }
        long whole;
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            whole = SegmentFile.wholeBytes(file, newest, path);
            if (whole < file.size()) {
                LOG.warn(
                        "frame log: cut a torn tail of {} bytes from segment {}",
                        file.size() - whole,
                        newest);
                counters.add("framelog_torn_bytes", file.size() - whole);
                file.truncate(whole);
                file.force(true);
            }
        }
        if (whole <= SegmentFile.HEADER_BYTES) {
            Files.deleteIfExists(keys.file(newest));
            Files.deleteIfExists(path);
            return newest;
        }
        return newest + 1;
    }

    private static FileLock lockOrFail(FileChannel file, Path directory) throws IOException {
        FileLock held;
        try {
            held = file.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        }
        if (held == null) {
            file.close();
            throw new IllegalStateException(
                    "the frame log at %s is written by another process; stop it or use another home"
                            .formatted(directory));
        }
        return held;
    }
}
