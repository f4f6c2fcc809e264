package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;

/** Re-issued reports beside real-time ones, with capacity that a test gives and takes. */
class ReissueTest {
    private static final String VIN = "LTEST000000000001";
    private static final String PHONE = "013900000001";
    private static final int ANSWER_BYTES = 31;
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final VehicleRegister register = new VehicleRegister();
    private final AtomicBoolean idle = new AtomicBoolean();
    private FrameLog log;
    private TcpGateway gateway;

    @BeforeEach
    void start() {
        register.register(VIN, Lineage.SIMULATED);
        register.registerPlatform("CITYPLATFORM", "secret-of-the-city01");
        log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
        gateway =
                new TcpGateway(
                        log, register, counters, Clock.systemUTC(), GatewaySettings.DEFAULT, 1);
    }

    @AfterEach
    void stop() {
        gateway.close();
        log.close();
    }

    @Test
    void withoutIdleCapacityRealTimeReportsOfAllOthersGoFirst() throws Exception {
        long seed = 20_261_122;
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        gateway.reissues.rule(idle::get, NEVER);
        InetSocketAddress port = listen(Profile.PLATFORM);
        List<Peer> late = new ArrayList<>();
        List<Peer> live = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                late.add(platform(port));
                live.add(platform(port));
            }
            int[] lateReports = new int[4];
            int[] liveReports = new int[4];
            for (int i = 0; i < 400; i++) {
                int link = random.nextInt(4);
                if (random.nextBoolean()) {
                    late.get(link).send(Gb32960Frames.reissuedAt(VIN, time(i)));
                    lateReports[link]++;
                } else {
                    live.get(link).send(Gb32960Frames.reportAt(VIN, time(i)));
                    liveReports[link]++;
                }
            }
            for (int i = 0; i < 4; i++) {
                assertThat(live.get(i).receive(ANSWER_BYTES * liveReports[i])).isNotEmpty();
            }
            Await.until(() -> gateway.heldConnections() == 4);
            assertThat(commands("03")).isEmpty();
            assertThat(commands("02")).hasSize(sum(liveReports));
            assertThat(counters.value("reissue_held")).isEqualTo(4);

            idle.set(true);
            for (int i = 0; i < 4; i++) {
                assertThat(late.get(i).receive(ANSWER_BYTES * lateReports[i])).isNotEmpty();
            }
            assertThat(commands("03")).hasSize(sum(lateReports)).doesNotHaveDuplicates();
        } finally {
            for (Peer peer : live) {
                peer.close();
            }
            for (Peer peer : late) {
                peer.close();
            }
        }
        assertThat(gateway.samples()).isEmpty();
        assertThat(counters.value("reissue_taken")).isEqualTo(commands("03").size());
        assertThat(counters.value("reissue_held_until_idle")).isEqualTo(4);
        assertThat(counters.value("reissue_held_until_due")).isZero();
    }

    @Test
    void whatIsReissuedWaitsForIdleCapacityAnewAfterEachReport() throws Exception {
        AtomicInteger yes = new AtomicInteger();
        gateway.reissues.rule(() -> yes.getAndUpdate(n -> Math.max(0, n - 1)) > 0, NEVER);
        try (Peer link = platform(listen(Profile.PLATFORM))) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 9; i++) {
                all.append(Gb32960Frames.reissuedAt(VIN, time(i)));
            }
            link.send(all.toString());
            Await.until(() -> gateway.heldConnections() == 1);
            assertThat(commands("03")).isEmpty();
            // One for the connection to go on, two for reports.
            yes.set(3);
            assertThat(link.receive(2 * ANSWER_BYTES)).isNotEmpty();
            Await.until(() -> gateway.heldConnections() == 1);
            assertThat(commands("03")).hasSize(2);
            yes.set(Integer.MAX_VALUE);
            assertThat(link.receive(7 * ANSWER_BYTES)).isNotEmpty();
        }
        assertThat(commands("03")).hasSize(9);
    }

    @Test
    void aSendersOwnRealTimeReportWaitsNoLongerThanTheHoldOfARun() throws Exception {
        gateway.reissues.rule(idle::get, Duration.ofMillis(20));
        String reissued = Gb32960Frames.reissuedAt(VIN, time(0));
        int aRun = ReissueAdmission.RUN_BYTES / (reissued.length() / 2) + 1;
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 2 * aRun; i++) {
            all.append(Gb32960Frames.reissuedAt(VIN, time(i)));
        }
        all.append(Gb32960Frames.reportAt(VIN, time(0)));
        try (Peer link = platform(listen(Profile.PLATFORM))) {
            link.send(all.toString());
            String answers = link.receive((2 * aRun + 1) * ANSWER_BYTES);
            // The real-time one last, as it was sent.
            assertThat(answers.substring(answers.length() - 2 * ANSWER_BYTES))
                    .startsWith("23230201");
        }
        assertThat(counters.value("reissue_held")).isEqualTo(2);
        assertThat(counters.value("reissue_held_until_due")).isEqualTo(2);
        assertThat(counters.value("reissue_taken")).isEqualTo(2L * aRun);
    }

    @Test
    void whatATerminalSentBeforeItLeftIsTaken() throws Exception {
        gateway.reissues.rule(idle::get, NEVER);
        try (Peer terminal = new Peer(listen(Profile.TERMINAL))) {
            terminal.send(Gb32960Frames.login(VIN));
            terminal.receive(ANSWER_BYTES);
            terminal.send(Gb32960Frames.reissuedAt(VIN, time(1)));
            terminal.send(Gb32960Frames.reportAt(VIN, time(2)));
            Await.until(() -> gateway.heldConnections() == 1);
        }
        Await.until(() -> commands("02").size() == 1);
        assertThat(commands("03")).hasSize(1);
    }

    @Test
    void whoIsNotLoggedInIsRefusedAndNotHeld() throws Exception {
        gateway.reissues.rule(idle::get, NEVER);
        try (Peer terminal = new Peer(listen(Profile.TERMINAL))) {
            terminal.send(Gb32960Frames.reissuedAt(VIN, time(1)));
            assertThat(terminal.receive(ANSWER_BYTES)).startsWith("23230302");
        }
        assertThat(counters.value("gb32960_not_logged_in")).isEqualTo(1);
        assertThat(counters.value("reissue_held")).isZero();
    }

    @Test
    void aBatchOfABlindAreaIsHeldAndAnotherBatchIsNot() throws Exception {
        gateway.reissues.rule(idle::get, NEVER);
        TerminalRegister terminals =
                new TerminalRegister(new SecretKeySpec(new byte[32], "HmacSHA256"), (_, _) -> {});
        terminals.register(PHONE, Lineage.SIMULATED, null);
        InetSocketAddress port =
                gateway.listenJt808(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        terminals,
                        Jt808Settings.DEFAULT);
        try (Peer terminal = new Peer(port)) {
            terminal.send(Jt808Frames.frame("0100", PHONE, 1, Jt808Frames.REGISTRATION));
            String token = Jt808Frames.token(Jt808Frames.receive(terminal));
            terminal.send(Jt808Frames.frame("0102", PHONE, 2, token));
            Jt808Frames.receive(terminal);
            String normal = Jt808Frames.frame("0704", PHONE, 3, batch("00"));
            terminal.send(normal);
            assertThat(Jt808Frames.receive(terminal))
                    .isEqualTo(Jt808Frames.answer(PHONE, 2, 3, "0704", 0));
            String reissued = Jt808Frames.frame("0704", PHONE, 4, batch("01"));
            terminal.send(reissued);
            Await.until(() -> gateway.heldConnections() == 1);
            assertThat(Peer.logged(log)).containsExactly(normal);
            idle.set(true);
            assertThat(Jt808Frames.receive(terminal))
                    .isEqualTo(Jt808Frames.answer(PHONE, 3, 4, "0704", 0));
            assertThat(Peer.logged(log)).containsExactly(normal, reissued);
        }
        assertThat(counters.value("reissue_taken")).isEqualTo(1);
    }

    @Test
    void theLogKeepsPaceWhileLessThanHalfOfItsBufferWaits() throws Exception {
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        int bufferBytes = 128 * 1024;
        try (FrameLog small =
                new SegmentLog(
                        directory.resolve("small"),
                        FrameLogTest.MASTER,
                        counters,
                        new SegmentLog.Settings(bufferBytes, 1 << 20, Duration.ZERO))) {
            assertThat(small.keepsPace()).isTrue();
            // The commit of this record waits in its listener: the other buffer fills.
            offer(
                    small,
                    10,
                    (_, _, _) -> {
                        committing.countDown();
                        awaitUninterrupted(goOn);
                    });
            committing.await();
            offer(small, bufferBytes / 2 - 100, null);
            assertThat(small.keepsPace()).isTrue();
            offer(small, 100, null);
            assertThat(small.keepsPace()).isFalse();
            goOn.countDown();
            small.flush();
            assertThat(small.keepsPace()).isTrue();
        } finally {
            goOn.countDown();
        }
    }

    private static void offer(FrameLog log, int bytes, CommitListener listener) {
        Lineage lineage = Lineage.SIMULATED;
        assertThat(log.offer(Source.JT808, lineage, 0, 0, new byte[bytes], 0, bytes, listener))
                .isTrue();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String batch(String kind) {
        return "0001" + kind + "001c" + Jt808Frames.POSITION;
    }

    private InetSocketAddress listen(Profile profile) throws InterruptedException {
        return gateway.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), profile);
    }

    private static Peer platform(InetSocketAddress port) throws Exception {
        Peer peer = new Peer(port);
        peer.send(Gb32960Frames.platformLogin("CITYPLATFORM", "secret-of-the-city01"));
        assertThat(peer.receive(ANSWER_BYTES)).startsWith("23230501");
        return peer;
    }

    /** Frames of the log with this command. */
    private List<String> commands(String command) throws InterruptedException {
        return Peer.logged(log).stream().filter(frame -> frame.startsWith(command, 4)).toList();
    }

    /** The n-th second of 2026-11-22, six bytes in hex. */
    private static String time(int n) {
        return "1a0b16%02x%02x%02x".formatted(n / 3600, n / 60 % 60, n % 60);
    }

    private static int sum(int[] numbers) {
        int all = 0;
        for (int number : numbers) {
            all += number;
        }
        return all;
    }
}
