package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameIntake;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.Jt808Intake;
import org.roadloop.collect.gateway.Jt808Settings;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.gateway.TerminalRegister;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.LinkMessage;
import org.roadloop.collect.jt808.Message;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionBatch;
import org.roadloop.collect.jt808.PositionMessage;

/** Bodies of frames: packages, and a log that has no room or a disk that does not keep up. */
class FrameBodyTest {
    private static final String PHONE = "13912345678";
    private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir Path folder;
    private final TerminalRegister terminals =
            new TerminalRegister(new SecretKeySpec(new byte[32], "HmacSHA256"), (_, _) -> {});

    private FrameLog log() {
        terminals.register(PHONE, Lineage.SIMULATED, null);
        return new SegmentLog(
                folder,
                KEY,
                new Counters(),
                new SegmentLog.Settings(128 * 1024, 1 << 20, Duration.ZERO));
    }

    private FrameBody body(FrameLog log, Duration patience) {
        FrameIntake intake =
                new Jt808Intake(
                        log,
                        terminals,
                        Jt808Settings.DEFAULT,
                        new Counters(),
                        InstantSource.system());
        return new FrameBody(intake, new LogRoom(log), patience);
    }

    private static Position position() {
        return new Position(
                0, 3, 31.24, 121.51, 12, 36, 90, "2026-06-01T00:00:00Z", List.of(), null);
    }

    private static byte[] frames(Message message) {
        var all = new java.io.ByteArrayOutputStream();
        OutgoingMessage.of(message, Edition.JT2019, PHONE, 7).frames().forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Test
    void packagesAreOneRecordAndMissingOnesAreRefused() throws Exception {
        byte[] batch =
                frames(
                        new PositionMessage.BatchReport(
                                PositionBatch.KIND_REISSUED,
                                java.util.Collections.nCopies(60, position())));
        int firstEnd = 1;
        while (batch[firstEnd] != 0x7e) {
            firstEnd++;
        }
        try (FrameLog log = log()) {
            FrameBody whole = body(log, Duration.ofSeconds(30));
            assertThat(whole.binary(batch)).isEqualTo(FrameBody.Verdict.DURABLE);
            assertThat(whole.answer().toString()).isEqualTo("{accepted=2, refused=0, refusals=[]}");
            FrameBody torn = body(log, Duration.ofSeconds(30));
            assertThat(torn.binary(java.util.Arrays.copyOf(batch, firstEnd + 1)))
                    .isEqualTo(FrameBody.Verdict.DURABLE);
            assertThat(torn.answer().toString())
                    .isEqualTo(
                            "{accepted=0, refused=1, refusals=[{offset=0, reason=jt808_packages_incomplete}]}");
            FrameBody link = body(log, Duration.ofSeconds(30));
            link.binary(frames(new LinkMessage.Deregistration()));
            assertThat(link.answer().toString()).contains("jt808_link_message");
            try (var reader = log.reader(org.roadloop.core.table.LogPosition.START)) {
                assertThat(reader.next(Duration.ZERO)).isTrue();
                assertThat(reader.length()).isEqualTo(batch.length);
                assertThat(reader.source()).isEqualTo(Source.JT808_PLATFORM);
                assertThat(reader.next(Duration.ZERO)).as("nothing else was taken").isFalse();
            }
        }
    }

    @Test
    void aStandingDiskIsToldAndNothingIsAcknowledged() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        byte[] frame = frames(new PositionMessage.PositionReport(position()));
        try (FrameLog log = log()) {
            try {
                // The thread that commits stands still: as a disk that does not answer.
                CountDownLatch stands = new CountDownLatch(1);
                log.offer(
                        Source.JT808,
                        Lineage.SIMULATED,
                        1,
                        0,
                        frame,
                        0,
                        frame.length,
                        (_, _, _) -> {
                            stands.countDown();
                            try {
                                disk.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
                stands.await();
                assertThat(body(log, SHORT).binary(frame)).isEqualTo(FrameBody.Verdict.NOT_DURABLE);
                var many = new java.io.ByteArrayOutputStream();
                for (int i = 0; i < 5_000; i++) {
                    many.writeBytes(frame);
                }
                Instant began = Instant.now();
                FrameBody full = body(log, SHORT);
                assertThat(full.binary(many.toByteArray()))
                        .isEqualTo(FrameBody.Verdict.NOT_DURABLE);
                assertThat((long) full.answer().get("accepted")).isBetween(1_000L, 4_999L);
                assertThat(Duration.between(began, Instant.now()))
                        .isLessThan(Duration.ofSeconds(60));
            } finally {
                disk.countDown();
            }
            log.flush();
            FrameBody after = body(log, Duration.ofSeconds(30));
            assertThat(after.binary(frame)).isEqualTo(FrameBody.Verdict.DURABLE);
        }
    }
}
