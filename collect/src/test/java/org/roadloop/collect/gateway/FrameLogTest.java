package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.LogPosition;

class FrameLogTest {
    static final SecretKey MASTER = new SecretKeySpec(new byte[32], "AES");
    private static final FrameLog.Settings SMALL =
            new FrameLog.Settings(128 * 1024, 4096, Duration.ZERO);
    private final Counters counters = new Counters();

    @TempDir Path directory;

    @Test
    void recordsComeBackInOrderOverSegmentsAndRestarts() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 500);
        }
        try (FrameLog log = open()) {
            write(log, 500, 800);
            assertThat(SegmentFile.list(directory, "log").size()).isGreaterThan(2);
            assertThat(read(log, LogPosition.START)).isEqualTo(names(0, 800));
        }
    }

    @Test
    void aPositionIsWhereReadingGoesOn() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 300);
            LogPosition middle;
            try (FrameLogReader reader = log.reader(LogPosition.START)) {
                for (int i = 0; i < 120; i++) {
                    assertThat(reader.next(Duration.ZERO)).isTrue();
                }
                assertThat(reader.source()).isEqualTo(Source.GB32960_TERMINAL);
                assertThat(reader.lineage()).isEqualTo(Lineage.REPLAY);
                assertThat(reader.receivedAtMicros()).isEqualTo(1_000_119);
                assertThat(reader.identityHash()).isEqualTo(-119);
                middle = reader.end();
            }
            assertThat(read(log, LogPosition.parse(middle.toString()))).isEqualTo(names(120, 300));
        }
    }

    @Test
    void aReaderWaitsForWhatIsWrittenLater() throws Exception {
        try (FrameLog log = open();
                FrameLogReader reader = log.reader(LogPosition.START)) {
            assertThat(reader.next(Duration.ofMillis(10))).isFalse();
            Thread writer =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            Thread.sleep(30);
                                            write(log, 0, 1);
                                        } catch (InterruptedException e) {
                                            Thread.currentThread().interrupt();
                                        }
                                    });
            assertThat(reader.next(Duration.ofSeconds(10))).isTrue();
            writer.join();
        }
    }

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
            try (FrameLog log = new FrameLog(copy, MASTER, counters, SMALL)) {
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
    void aListenerThatFailsStopsNobodyElse() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        CommitListener gone =
                (bytes, offset, length) -> {
                    throw new java.util.concurrent.RejectedExecutionException("loop has ended");
                };
        CommitListener alive = (bytes, offset, length) -> heard.incrementAndGet();
        byte[] frame = "x".getBytes(StandardCharsets.US_ASCII);
        try (FrameLog log = open()) {
            for (int round = 1; round <= 3; round++) {
                log.offer(Source.ROADSIDE_BSM, Lineage.REPLAY, 0, 0, frame, 0, 1, gone);
                log.offer(Source.ROADSIDE_BSM, Lineage.REPLAY, 0, 0, frame, 0, 1, alive);
                log.flush();
            }
        }
        assertThat(heard).hasValue(3);
        assertThat(counters.value("framelog_listener_failed")).isEqualTo(3);
    }

    @Test
    void aRecordLargerThanTheBufferIsRefusedInsteadOfWaitedFor() {
        byte[] large = new byte[128 * 1024];
        try (FrameLog log = open()) {
            assertThatThrownBy(
                            () ->
                                    log.append(
                                            Source.PILOT_EVENT,
                                            Lineage.REPLAY,
                                            0,
                                            0,
                                            large,
                                            0,
                                            large.length))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not fit");
        }
    }

    @Test
    void droppingTheKeyErasesASegmentForGood() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 10);
        }
        try (FrameLog log = open()) {
            write(log, 10, 20);
            log.erase(0);
            assertThat(read(log, LogPosition.START)).isEqualTo(names(10, 20));
            assertThatThrownBy(() -> log.erase(1)).hasMessageContaining("still written");
        }
        byte[] bytes = Files.readAllBytes(SegmentFile.path(directory, 0));
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("frame");
    }

    @Test
    void freedSegmentsAreGoneAndReadingStartsBehindThem() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 10);
        }
        try (FrameLog log = open()) {
            write(log, 10, 20);
            assertThat(log.free(new LogPosition(0, 50))).isZero();
            assertThat(log.free(new LogPosition(1, 0))).isEqualTo(1);
            assertThat(log.free(new LogPosition(9, 0))).isZero();
            assertThat(SegmentFile.list(directory, "key")).containsExactly(1L);
            assertThat(read(log, LogPosition.START)).isEqualTo(names(10, 20));
        }
        FrameLog.Settings keeping = new FrameLog.Settings(128 * 1024, 4096, Duration.ofHours(1));
        try (FrameLog log = new FrameLog(directory, MASTER, counters, keeping)) {
            assertThat(log.free(log.durableEnd())).isZero();
        }
    }

    @Test
    void anotherMasterKeyAndAnotherWriterAreRefusedByName() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 1);
            assertThatThrownBy(this::open).hasMessageContaining("another process");
        }
        byte[] other = new byte[32];
        other[0] = 1;
        try (FrameLog log =
                new FrameLog(directory, new SecretKeySpec(other, "AES"), counters, SMALL)) {
            assertThatThrownBy(() -> read(log, LogPosition.START))
                    .hasMessageContaining("master key");
        }
    }

    @Test
    void aFullBufferRefusesAndCallsWhenThereIsRoom() throws Exception {
        try (FrameLog log = open()) {
            CountDownLatch room = new CountDownLatch(1);
            CountDownLatch hold = new CountDownLatch(1);
            AtomicInteger told = new AtomicInteger();
            log.onSpace(room::countDown);
            byte[] frame = new byte[60_000];
            // The committing thread is held in a listener, so that both buffers fill.
            offer(
                    log,
                    frame,
                    (bytes, offset, length) -> {
                        try {
                            hold.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            int taken = 1;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (System.nanoTime() < deadline) {
                if (offer(log, frame, (bytes, offset, length) -> told.incrementAndGet())) {
                    taken++;
                } else if (taken >= 3) {
                    break;
                }
            }
            assertThat(taken).isBetween(3, 5);
            hold.countDown();
            assertThat(room.await(5, TimeUnit.SECONDS)).isTrue();
            log.flush();
            assertThat(read(log, LogPosition.START)).hasSize(taken);
        }
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

    @Test
    void listenersHearTheirOwnFramesAfterTheyAreReadable() throws Exception {
        List<String> heard = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(100);
        try (FrameLog log = open()) {
            for (int i = 0; i < 100; i++) {
                byte[] raw = ("frame " + i).getBytes();
                offer(
                        log,
                        raw,
                        (bytes, offset, length) -> {
                            heard.add(new String(bytes, offset, length));
                            all.countDown();
                        });
            }
            assertThat(all.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(heard).isEqualTo(names(0, 100));
        }
    }

    private FrameLog open() {
        return new FrameLog(directory, MASTER, counters, SMALL);
    }

    private static boolean offer(FrameLog log, byte[] raw, CommitListener listener) {
        return log.offer(
                Source.GB32960_PLATFORM, Lineage.SIMULATED, 0, 0, raw, 0, raw.length, listener);
    }

    private static void write(FrameLog log, int from, int to) throws InterruptedException {
        for (int i = from; i < to; i++) {
            byte[] raw = ("frame " + i).getBytes();
            log.append(
                    Source.GB32960_TERMINAL, Lineage.REPLAY, -i, 1_000_000 + i, raw, 0, raw.length);
            if (i % 50 == 0) {
                log.flush();
            }
        }
        log.flush();
    }

    static List<String> read(FrameLog log, LogPosition from) throws InterruptedException {
        List<String> frames = new ArrayList<>();
        try (FrameLogReader reader = log.reader(from)) {
            while (reader.next(Duration.ZERO)) {
                frames.add(
                        new String(
                                reader.bytes(),
                                reader.offset(),
                                reader.length(),
                                StandardCharsets.ISO_8859_1));
            }
        }
        return frames;
    }

    private static List<String> names(int from, int to) {
        List<String> names = new ArrayList<>();
        for (int i = from; i < to; i++) {
            names.add("frame " + i);
        }
        return names;
    }
}
