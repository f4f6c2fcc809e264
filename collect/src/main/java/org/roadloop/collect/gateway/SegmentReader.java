package org.roadloop.collect.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.LogPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads segment files (段文件读取). One thread. */
final class SegmentReader implements FrameLogReader {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentReader.class);

    private final SegmentLog log;
    private final Path directory;
    private final SegmentKeys keys;
    private final Counters counters;
    private final Cipher cipher;

    private @Nullable FileChannel file;
    private @Nullable SecretKey key;
    private long segment;

    /** Position after the current record. */
    private long nextOffset;

    private long filePosition;
    private ByteBuffer sealed = ByteBuffer.allocate(64 * 1024);
    private byte[] plain = new byte[64 * 1024];
    private int plainLength;
    private long plainStart;

    private int record = -1;
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
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no AES/GCM/NoPadding", e);
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
                        && !log.awaitBeyond(segment, nextOffset, deadline - System.nanoTime())) {
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
    public byte[] bytes() {
        return plain;
    }

    @Override
    public int offset() {
        return record + SegmentFile.RECORD_HEADER_BYTES;
    }

    @Override
    public int length() {
        return ByteBuffer.wrap(plain).getInt(record);
    }

    @Override
    public long receivedAtMicros() {
        return ByteBuffer.wrap(plain).getLong(record + 4);
    }

    @Override
    public Source source() {
        return Source.ofCode(plain[record + 12]);
    }

    @Override
    public Lineage lineage() {
        return Lineage.ofCode(plain[record + 13]);
    }

    @Override
    public long identityHash() {
        return ByteBuffer.wrap(plain).getLong(record + 14);
    }

    @Override
    public void close() {
        closeFile();
    }

    private void moveTo(int at) {
        record = at;
        recordOffset = plainStart + at;
        nextOffset = recordOffset + SegmentFile.RECORD_HEADER_BYTES + length();
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
            if (open == null || key == null || !readBlock(open, closed)) {
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

    private boolean readBlock(FileChannel open, boolean closed) throws IOException {
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
            if (whole && decrypt(start, n)) {
                return true;
            }
            reportDamage();
            if (!closed) {
                return false;
            }
        }
    }

    private boolean decrypt(long start, int n) {
        if (plain.length < n) {
            plain = new byte[n];
        }
        try {
            cipher.init(
                    Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, SegmentFile.nonce(start)));
            cipher.updateAAD(SegmentFile.associated(segment, start));
            plainLength = cipher.doFinal(sealed.array(), 8, n, plain, 0);
            plainStart = start;
            return true;
        } catch (GeneralSecurityException e) {
            plainLength = 0;
            return false;
        }
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
