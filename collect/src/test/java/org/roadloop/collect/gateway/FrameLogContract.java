package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.LogPosition;

/** What every kind of frame log holds to (帧日志契约). */
public abstract class FrameLogContract {
    protected static final SecretKey MASTER = new SecretKeySpec(new byte[32], "AES");
    protected static final int BUFFER_BYTES = 128 * 1024;
    protected static final int SEGMENT_BYTES = 4096;
    protected final Counters counters = new Counters();

    @TempDir protected Path directory;

    /** Opens the log of {@link #directory} with the small sizes above. */
    protected abstract FrameLog open(SecretKey master, Duration retention);

    /** All bytes that left the process. */
    protected abstract byte[] stored() throws Exception;

    protected final FrameLog open() {
        return open(MASTER, Duration.ZERO);
    }

    @Test
    void recordsComeBackInOrderOverSegmentsAndRestarts() throws Exception {
        try (FrameLog log = open()) {
            write(log, 0, 500);
        }
        try (FrameLog log = open()) {
            write(log, 500, 800);
            assertThat(log.durableEnd().segment()).isGreaterThan(2);
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
        assertThat(new String(stored(), StandardCharsets.ISO_8859_1)).doesNotContain("frame");
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
        try (FrameLog log = open(MASTER, Duration.ofHours(1))) {
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
        try (FrameLog log = open(new SecretKeySpec(other, "AES"), Duration.ZERO)) {
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
            assertThat(room.await(60, TimeUnit.SECONDS)).isTrue();
            log.flush();
            assertThat(read(log, LogPosition.START)).hasSize(taken);
        }
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
            assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(heard).isEqualTo(names(0, 100));
        }
    }

    protected static boolean offer(FrameLog log, byte[] raw, CommitListener listener) {
        return log.offer(
                Source.GB32960_PLATFORM, Lineage.SIMULATED, 0, 0, raw, 0, raw.length, listener);
    }

    protected static void write(FrameLog log, int from, int to) throws InterruptedException {
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

    protected static List<String> read(FrameLog log, LogPosition from) throws InterruptedException {
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

    protected static List<String> names(int from, int to) {
        List<String> names = new ArrayList<>();
        for (int i = from; i < to; i++) {
            names.add("frame " + i);
        }
        return names;
    }
}
