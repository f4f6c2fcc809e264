package org.roadloop.collect.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads segment files (段文件读取). One thread. */
final class SegmentReader extends BlockReader {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentReader.class);

    private final SegmentLog log;
    private final Path directory;
    private final SegmentKeys keys;
    private final Counters counters;
    private final BlockCipher cipher = new BlockCipher();

    private @Nullable FileChannel file;
    private @Nullable SecretKey key;
    private long segment;

    /** Position after the current record. */
    private long nextOffset;

    private long filePosition;
    private ByteBuffer sealed = ByteBuffer.allocate(64 * 1024);
    private int plainLength;
    private long plainStart;
    private long recordOffset;

    SegmentReader(
            SegmentLog log, Path directory, SegmentKeys keys, Counters counters, LogPosition from) {
        this.log = log;
        this.directory = directory;
        this.keys = keys;
        this.counters = counters;
        this.segment = from.segment();
        this.nextOffset = from.offset();
        LogPosition end = log.durableEnd();
        if (from.segment() > end.segment()) {
            throw new IllegalArgumentException(
                    "position %s lies beyond the frame log, which ends at %s; it belongs to another log"
                            .formatted(from, end));
        }
    }

    @Override
    public boolean next(Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        try {
            while (true) {
                if (nextOffset < plainStart + plainLength && nextOffset >= plainStart) {
                    moveTo((int) (nextOffset - plainStart));
                    return true;
                }
                if (!loadBlock()
                        && !log.awaitBeyond(
                                new LogPosition(segment, nextOffset),
                                deadline - System.nanoTime())) {
                    return false;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the frame log at %s, position %d:%d"
                            .formatted(directory, segment, nextOffset),
                    e);
        }
    }

    @Override
    public long segment() {
        return segment;
    }

    @Override
    public long recordOffset() {
        return recordOffset;
    }

    @Override
    public LogPosition end() {
        return new LogPosition(segment, nextOffset);
    }

    @Override
    public void close() {
        closeFile();
    }

    private void moveTo(int at) {
        standOn(at);
        recordOffset = plainStart + at;
        nextOffset = recordOffset + RECORD_HEADER_BYTES + length();
    }

    /** Loads the block that holds {@link #nextOffset}; false when it is not durable yet. */
    private boolean loadBlock() throws IOException {
        while (true) {
            LogPosition durable = log.durableEnd();
            boolean closed = segment < durable.segment();
            if (!closed && nextOffset >= durable.offset()) {
                return false;
            }
            FileChannel open = openFile();
            if (open == null || key == null || !readBlock(open, key, closed)) {
                if (!closed) {
                    throw new IllegalStateException(
                            "segment %d ends before its durable offset %d; the file was damaged while written"
                                    .formatted(segment, durable.offset()));
                }
                moveToSegmentAfter(durable.segment());
                continue;
            }
            if (nextOffset < plainStart + plainLength) {
                nextOffset = Math.max(nextOffset, plainStart);
                return true;
            }
        }
    }

    private boolean readBlock(FileChannel open, SecretKey with, boolean closed) throws IOException {
        while (true) {
            ByteBuffer head = ByteBuffer.allocate(SegmentFile.BLOCK_HEADER_BYTES);
            if (!SegmentFile.readFully(open, head, filePosition)) {
                return false;
            }
            int n = head.getInt(0);
            long start = head.getLong(8);
            long blockEnd = filePosition + SegmentFile.BLOCK_HEADER_BYTES + n;
            if (n <= SegmentFile.TAG_BYTES || blockEnd > open.size()) {
                reportDamage();
                return false;
            }
            if (start + n - SegmentFile.TAG_BYTES <= nextOffset) {
                filePosition = blockEnd;
                continue;
            }
            if (sealed.capacity() < 8 + n) {
                sealed = ByteBuffer.allocate(8 + n);
            }
            sealed.clear().limit(8 + n);
            boolean whole =
                    SegmentFile.readFully(open, sealed, filePosition + 8)
                            && SegmentFile.crc(sealed, 0, 8 + n) == head.getInt(4);
            filePosition = blockEnd;
            if (whole && decrypt(with, start, n)) {
                return true;
            }
            reportDamage();
            if (!closed) {
                return false;
            }
        }
    }

    private boolean decrypt(SecretKey with, long start, int n) {
        boolean opened = cipher.open(with, segment, start, sealed.array(), 8, n, roomForBlock(n));
        plainStart = start;
        plainLength = opened ? n - SegmentFile.TAG_BYTES : 0;
        return opened;
    }

    private void reportDamage() {
        counters.increment("framelog_damaged_blocks");
        LOG.error(
                "frame log: a block of segment {} near file offset {} is damaged and was skipped",
                segment,
                filePosition);
    }

    private @Nullable FileChannel openFile() throws IOException {
        if (file == null) {
            try {
                file =
                        FileChannel.open(
                                SegmentFile.path(directory, segment), StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                return null;
            }
            Optional<SecretKey> found = keys.find(segment);
            if (found.isEmpty()) {
                counters.increment("framelog_skipped_erased");
            }
            key = found.orElse(null);
            filePosition = SegmentFile.HEADER_BYTES;
        }
        return file;
    }

    private void moveToSegmentAfter(long newest) throws IOException {
        closeFile();
        Long following = SegmentFile.list(directory, "log").higher(segment);
        segment = following == null ? newest : following;
        nextOffset = 0;
        plainStart = 0;
        plainLength = 0;
    }

    private void closeFile() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("segment {} did not close: {}", segment, e.getMessage());
            }
            file = null;
        }
        key = null;
    }
}
