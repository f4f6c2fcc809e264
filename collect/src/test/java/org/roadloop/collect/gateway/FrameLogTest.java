package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.LogPosition;

/** Segment files (段文件). */
class FrameLogTest extends FrameLogContract {
    @Test
    void aTornTailIsCutAndWhatWasDurableStays() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 20);
        }
        Path segment = SegmentFile.path(directory, 0);
        long whole = Files.size(segment);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.APPEND)) {
            // A block header that promises more than came.
            file.write(ByteBuffer.allocate(40).putInt(0, 500).putLong(8, 12345));
        }
        try (FrameLog log = open()) {
            assertThat(counters.value("framelog_torn_bytes")).isEqualTo(40);
            assertThat(Files.size(segment)).isEqualTo(whole);
            write(log, 20, 30);
            assertThat(read(log, LogPosition.START)).isEqualTo(names(0, 30));
        }
    }

    @Test
    @Tag("slow")
    void everyCutOfTheFileKeepsAWholePrefix() throws Exception {
        try (FrameLog log = open()) {
            for (int i = 0; i < 6; i++) {
                write(log, i, i + 1);
            }
        }
        byte[] all = Files.readAllBytes(SegmentFile.path(directory, 0));
        Path copy = Files.createDirectory(directory.resolve("copy"));
        int before = 0;
        for (int cut = 0; cut <= all.length; cut += 7) {
            try (var files = Files.list(copy)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.copy(
                    directory.resolve("segment-0000000000.key"),
                    copy.resolve("segment-0000000000.key"));
            Files.write(SegmentFile.path(copy, 0), java.util.Arrays.copyOf(all, cut));
            try (FrameLog log =
                    new SegmentLog(
                            copy,
                            MASTER,
                            counters,
                            new SegmentLog.Settings(BUFFER_BYTES, SEGMENT_BYTES, Duration.ZERO))) {
                List<String> read = read(log, LogPosition.START);
                assertThat(read).isEqualTo(names(0, read.size()));
                assertThat(read.size()).isGreaterThanOrEqualTo(before);
                before = read.size();
            }
        }
        assertThat(before).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aDamagedBlockIsCountedAndSkipped() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 1);
            write(log, 1, 2);
            write(log, 2, 3);
        }
        Path segment = SegmentFile.path(directory, 0);
        byte[] bytes = Files.readAllBytes(segment);
        int first = SegmentFile.HEADER_BYTES + SegmentFile.BLOCK_HEADER_BYTES;
        int second =
                first
                        + ByteBuffer.wrap(bytes).getInt(SegmentFile.HEADER_BYTES)
                        + SegmentFile.BLOCK_HEADER_BYTES;
        // A new segment first, so that the damaged one is not mistaken for a torn tail.
        try (FrameLog log = open()) {
            write(log, 3, 4);
        }
        bytes[second + 3] ^= 1;
        Files.write(segment, bytes);
        try (FrameLog log = open()) {
            assertThat(read(log, LogPosition.START))
                    .containsExactly("frame 0", "frame 2", "frame 3");
            assertThat(counters.value("framelog_damaged_blocks")).isEqualTo(1);
        }
    }

    @Test
    void aDamagedBlockBeforeWholeOnesIsNoTornTail() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 5);
            log.flush();
            write(log, 5, 10);
        }
        Path segment = SegmentFile.path(directory, 0);
        long size = Files.size(segment);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[SegmentFile.HEADER_BYTES + SegmentFile.BLOCK_HEADER_BYTES + 3] ^= 1;
        Files.write(segment, bytes);
        try (FrameLog log = open()) {
            assertThat(Files.size(segment)).isEqualTo(size);
            assertThat(read(log, LogPosition.START)).endsWith(names(5, 10).toArray(String[]::new));
        }
        assertThat(counters.value("framelog_damaged_blocks")).isPositive();
    }

    @Test
    void aSegmentOfAnotherVersionIsRefusedAndNotDeleted() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 5);
        }
        Path segment = SegmentFile.path(directory, 0);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[7] = '2';
        Files.write(segment, bytes);
        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("newer version");
        assertThat(Files.readAllBytes(segment)).isEqualTo(bytes);
    }

    @Test
    @Tag("slow")
    void whileTheDiskRefusesNothingIsAcknowledgedAndThenAllIs() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 200);
            long next = log.durableEnd().segment() + 1;
            // A folder where the next segment's file should be: making it fails as a full disk
            // does.
            Path inTheWay = Files.createDirectory(SegmentFile.path(directory, next));
            AtomicInteger told = new AtomicInteger();
            int offered = 0;
            while (!log.isFailing()) {
                byte[] raw = ("frame " + (200 + offered)).getBytes();
                if (offer(log, raw, (bytes, offset, length) -> told.incrementAndGet())) {
                    offered++;
                }
                Thread.sleep(1);
            }
            int toldBefore = told.get();
            assertThat(toldBefore).isLessThan(offered);
            Files.delete(inTheWay);
            log.flush();
            assertThat(log.isFailing()).isFalse();
            assertThat(read(log, LogPosition.START)).isEqualTo(names(0, 200 + offered));
        }
        assertThat(counters.value("framelog_write_failed")).isPositive();
    }

    @Override
    protected FrameLog open(SecretKey master, Duration retention) {
        return new SegmentLog(
                directory,
                master,
                counters,
                new SegmentLog.Settings(BUFFER_BYTES, SEGMENT_BYTES, retention));
    }

    @Override
    protected byte[] stored() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (long segment : SegmentFile.list(directory, "log")) {
            all.write(Files.readAllBytes(SegmentFile.path(directory, segment)));
        }
        return all.toByteArray();
    }
}
