package org.roadloop.collect.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.NavigableSet;
import javax.crypto.SecretKey;
import org.roadloop.collect.Counters;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frame log in segment files (段文件帧日志): a commit is one write and one fsync. After a failed one
 * the same block goes to a new segment. One process at a time.
 */
public final class SegmentLog extends GroupCommitLog {
    /** In the directory of a home whose frame log is in Kafka. */
    public static final String KAFKA_IDENTITY = "kafka.id";

    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);

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
    private final HomeLock home;

    /** Opens with the default sizes. */
    public SegmentLog(Path directory, SecretKey masterKey, Counters counters) {
        this(directory, masterKey, counters, Settings.DEFAULT);
    }

    /** Opens or makes the log; cuts a torn tail and starts a new segment. */
    public SegmentLog(Path directory, SecretKey masterKey, Counters counters, Settings settings) {
        super(directory.toString(), settings.bufferBytes(), counters);
        this.directory = directory;
        this.settings = settings;
        this.counters = counters;
        this.keys = new SegmentKeys(directory, masterKey);
        this.home = new HomeLock(directory);
        try {
            requireFiles();
            long first = recover();
            start(
                    new Segments(new SegmentWriter(directory, keys, first)),
                    new LogPosition(first, 0));
        } catch (IOException e) {
            home.close();
            throw new UncheckedIOException("cannot open the frame log at " + directory, e);
        } catch (RuntimeException e) {
            home.close();
            throw e;
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

    @Override
    public void close() {
        super.close();
        home.close();
    }

    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The segment that is written, and the next when it is full or failed. */
    private final class Segments implements BlockStore {
        private SegmentWriter writer;
        private boolean failed;

        Segments(SegmentWriter first) {
            writer = first;
        }

        @Override
        public LogPosition write(byte[] records, int length) throws IOException {
            try {
                if (failed || writer.plainBytes() >= settings.segmentBytes()) {
                    SegmentWriter next = new SegmentWriter(directory, keys, writer.segment() + 1);
                    writer.close();
                    writer = next;
                    failed = false;
                }
                writer.writeBlock(records, length);
                return new LogPosition(writer.segment(), writer.plainBytes());
            } catch (IOException e) {
                failed = true;
                writer.cutToDurable();
                throw e;
            }
        }

        @Override
        public void close() {
            writer.close();
        }
    }

    /** Whether a directory has frames in files. */
    public static boolean hasSegments(Path directory) throws IOException {
        return !SegmentFile.list(directory, "log").isEmpty();
    }

    private void requireFiles() {
        if (Files.exists(directory.resolve(KAFKA_IDENTITY))) {
            throw new IllegalStateException(
                    "the frame log of this home is in Kafka (%s), where its tables continue; set collect.log.kind: kafka, or use a new home"
                            .formatted(directory.resolve(KAFKA_IDENTITY)));
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
}
