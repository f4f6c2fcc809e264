package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.Problem;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.collect.gateway.IdentityHash;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReportEncoder;
import org.roadloop.collect.gb32960.VehicleSample;
import org.roadloop.collect.live.LiveFollower;
import org.roadloop.collect.live.LiveSessions;
import org.roadloop.collect.live.LiveSnapshot;
import org.roadloop.collect.live.LiveStates;

/** Readers that do not read, and readers too many. */
@Tag("slow")
class LiveStreamTest {
    private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");
    private static final int VEHICLES = 3_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir Path folder;
    private int second;

    @Test
    void whoDoesNotReadIsCutAndMakesRoomForAnother() throws Exception {
        Counters counters = new Counters();
        LiveStates states =
                new LiveStates(
                        VEHICLES,
                        (identity, _) -> {
                            byte[] id = identity.getBytes(StandardCharsets.US_ASCII);
                            return ByteBuffer.allocate(16)
                                    .putLong(IdentityHash.of(id, 0, id.length))
                                    .array();
                        },
                        counters);
        LiveStream.Pace pace =
                new LiveStream.Pace(
                        Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofMillis(500), 1);
        LiveSessions sessions = new LiveSessions(InstantSource.system());
        try (FrameLog log = new SegmentLog(folder.resolve("log"), KEY, new Counters());
                LiveFollower follower =
                        new LiveFollower(
                                log,
                                states,
                                new LiveSnapshot(folder.resolve("state"), KEY),
                                FrameSecurity.NONE,
                                InstantSource.system(),
                                Duration.ofDays(36_500),
                                counters);
                LiveStream stream = new LiveStream(states, sessions, counters, pace)) {
            follower.start();
            report(log, follower);
            Javalin server =
                    Javalin.create(
                                    c -> {
                                        c.concurrency.useVirtualThreads = true;
                                        c.startup.showJavalinBanner = false;
                                        c.routes.get("/live", stream::events);
                                        c.routes.exception(
                                                Problem.class, (e, x) -> x.status(e.status()));
                                    })
                            .start(0);
            try (Socket deaf = open(server.port())) {
                assertThat(statusOf(deaf)).contains("200");
                try (Socket other = open(server.port())) {
                    assertThat(statusOf(other)).as("one at a time").contains("503");
                }
                Instant end = Instant.now().plus(LIMIT);
                while (counters.value("live_readers_cut") == 0) {
                    assertThat(Instant.now()).as("it is not cut").isBefore(end);
                    report(log, follower);
                }
                while (stream.size() > 0) {
                    assertThat(Instant.now()).as("its place is not given back").isBefore(end);
                    Thread.sleep(10);
                }
                try (Socket other = open(server.port())) {
                    assertThat(statusOf(other)).contains("200");
                }
            } finally {
                server.stop();
            }
        }
    }

    /** Reads as little as a socket lets it. */
    private static Socket open(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream()
                .write("GET /live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String statusOf(Socket socket) throws IOException {
        return new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII),
                        64)
                .readLine();
    }

    /** Each vehicle once more, a second later. */
    private void report(FrameLog log, LiveFollower follower) throws InterruptedException {
        second++;
        VehicleSample sample = new VehicleSample();
        sample.collectedAtMicros = 1_780_000_000_000_000L + second * 1_000_000L;
        byte[] frame = new byte[ReportEncoder.FRAME_BYTES];
        for (int vehicle = 0; vehicle < VEHICLES; vehicle++) {
            byte[] vin = "LTEST%012d".formatted(vehicle).getBytes(StandardCharsets.US_ASCII);
            ReportEncoder.write(frame, 0, RealTimeReport.COMMAND, vin, sample);
            log.append(
                    Source.GB32960_PLATFORM,
                    Lineage.SIMULATED,
                    IdentityHash.of(vin, 0, vin.length),
                    sample.collectedAtMicros,
                    frame,
                    0,
                    frame.length);
        }
        log.flush();
        Instant end = Instant.now().plus(LIMIT);
        while (follower.position().compareTo(log.durableEnd()) < 0) {
            assertThat(Instant.now()).isBefore(end);
            Thread.sleep(1);
        }
    }
}
