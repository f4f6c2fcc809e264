package org.roadloop.collect.gateway.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.GatewaySettings;
import org.roadloop.collect.gateway.Gb32960Decoder;
import org.roadloop.collect.gateway.LogFeed;
import org.roadloop.collect.gateway.Profile;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.gateway.TcpGateway;
import org.roadloop.collect.gateway.VehicleRegister;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.collect.gb32960.VehicleSample;
import org.roadloop.collect.recording.MadeUpVin;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;

/** Fleet and gateway over loopback; the test clock of a report is its number in seconds. */
class FleetClientTest {
    private static final long START_MICROS = 1_795_314_605_000_000L;
    private static final FleetSettings QUICK =
            new FleetSettings(
                    1,
                    Duration.ofSeconds(5),
                    3,
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(1),
                    256,
                    30);

    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final VehicleRegister register = new VehicleRegister();
    private FrameLog log;
    private TcpGateway gateway;
    private FleetClient fleet;

    @BeforeEach
    void start() {
        register.registerPlatform("CITYPLATFORM", "secret");
        log = new SegmentLog(directory, new SecretKeySpec(new byte[32], "AES"), counters);
        gateway =
                new TcpGateway(
                        log, register, counters, Clock.systemUTC(), GatewaySettings.DEFAULT, 1);
        fleet = new FleetClient(QUICK, counters, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        fleet.close();
        gateway.close();
        log.close();
    }

    @Test
    void aPlatformLinkThatBreaksLosesNothing() throws Exception {
        InetSocketAddress port = listen(Profile.PLATFORM);
        PlatformLink link = fleet.openPlatform(() -> port, "CITYPLATFORM", "secret");
        for (int car = 0; car < 20; car++) {
            fleet.assign(vin(car), link);
        }
        for (int second = 0; second < 200; second++) {
            for (int car = 0; car < 20; car++) {
                fleet.report(vin(car), sample(second));
            }
            if (second % 50 == 25) {
                link.drop();
            }
        }
        assertThat(link.awaitAcknowledged(Duration.ofSeconds(20))).isTrue();
        assertThat(counters.value("client_acknowledged")).isEqualTo(4000);
        assertThat(counters.value("client_resent")).isPositive();
        assertThat(counters.value("client_logins")).isGreaterThanOrEqualTo(4);
        assertThat(keys()).hasSize(4000);
        assertThat(counters.value("client_rejected")).isZero();
    }

    @Test
    void aGatewayWhoseLogIsBehindStopsReadingAndLosesNothing() throws Exception {
        gateway.close();
        log.close();
        log =
                new SegmentLog(
                        directory,
                        new SecretKeySpec(new byte[32], "AES"),
                        counters,
                        new SegmentLog.Settings(128 * 1024, 1 << 20, Duration.ZERO));
        gateway =
                new TcpGateway(
                        log, register, counters, Clock.systemUTC(), GatewaySettings.DEFAULT, 1);
        InetSocketAddress port = listen(Profile.PLATFORM);
        FleetSettings wide =
                new FleetSettings(
                        1,
                        Duration.ofSeconds(30),
                        3,
                        Duration.ofMillis(50),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(30),
                        8192,
                        30);
        CountDownLatch hold = new CountDownLatch(1);
        try (FleetClient flood = new FleetClient(wide, counters, Clock.systemUTC())) {
            PlatformLink link = flood.openPlatform(() -> port, "CITYPLATFORM", "secret");
            await(() -> counters.value("client_logins") == 1);
            byte[] held = new byte[25];
            log.offer(
                    Source.ROADSIDE_BSM,
                    Lineage.SIMULATED,
                    0,
                    0,
                    held,
                    0,
                    25,
                    (bytes, offset, length) -> awaitQuietly(hold));
            flood.assign(vin(1), link);
            for (int second = 0; second < 6000; second++) {
                flood.report(vin(1), sample(second));
            }
            await(() -> counters.value("gateway_paused") > 0);
            assertThat(counters.value("client_acknowledged")).isLessThan(6000);
            hold.countDown();
            assertThat(link.awaitAcknowledged(Duration.ofSeconds(20))).isTrue();
        } finally {
            hold.countDown();
        }
        assertThat(counters.value("client_acknowledged")).isEqualTo(6000);
        assertThat(counters.value("client_resent")).isZero();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aTerminalWhoseConnectionBreaksReissuesItsLastReports() throws Exception {
        InetSocketAddress port = listen(Profile.TERMINAL);
        String vin = vin(1);
        fleet.openTerminal(vin, () -> port);
        await(() -> counters.value("client_logins") == 1);
        for (int second = 0; second < 10; second++) {
            fleet.report(vin, sample(second));
        }
        await(() -> counters.value("client_sent") == 10);
        fleet.drop(vin);
        for (int second = 10; second < 15; second++) {
            fleet.report(vin, sample(second));
        }
        await(() -> counters.value("client_logins") == 2);
        await(() -> counters.value("gateway_frames_taken") >= 17);
        fleet.report(vin, sample(15));
        await(() -> keys().size() == 16);
        assertThat(counters.value("client_resent")).isEqualTo(15);
    }

    @Test
    void deliberateFaultsAreCountedUnderTheirNames() throws Exception {
        InetSocketAddress port = listen(Profile.TERMINAL);
        fleet.openTerminal(vin(1), () -> port);
        await(() -> counters.value("client_logins") == 1);
        for (Malformed fault : Malformed.values()) {
            // A right report between: garbage right behind another fault is part of that one.
            fleet.sendMalformed(vin(1), fault, sample(1));
            fleet.report(vin(1), sample(2));
        }
        await(() -> counters.value("gb32960_reports") == Malformed.values().length);
        assertThat(counters.snapshot())
                .containsEntry("gb32960_bcc", 1L)
                .containsEntry("gb32960_garbage", 1L)
                .containsEntry("gb32960_unknown_unit", 1L)
                .containsEntry("gb32960_unit_length", 1L)
                .containsEntry("gb32960_time", 1L);
    }

    @Test
    void anUnregisteredVehicleIsRefusedAndTriedAgainLater() throws Exception {
        InetSocketAddress port = listen(Profile.TERMINAL);
        fleet.openTerminal("ZZZ00000000000000", () -> port);
        await(() -> counters.value("client_login_refused") >= 2);
        assertThat(counters.value("gb32960_vin_unknown")).isGreaterThanOrEqualTo(2);
    }

    @Test
    @Tag("slow")
    void twoThousandTerminalsReportAtOnce() throws Exception {
        InetSocketAddress port = listen(Profile.TERMINAL);
        long started = System.nanoTime();
        for (int car = 0; car < 2000; car++) {
            fleet.openTerminal(vin(car), () -> port);
        }
        await(() -> counters.value("client_logins") == 2000);
        for (int second = 0; second < 20; second++) {
            for (int car = 0; car < 2000; car++) {
                fleet.report(vin(car), sample(second));
            }
        }
        await(() -> counters.value("gb32960_reports") == 40_000);
        log.flush();
        System.out.printf(
                "2000 terminals, 40000 reports in %d ms, %d commits%n",
                (System.nanoTime() - started) / 1_000_000, counters.value("framelog_commits"));
        assertThat(gateway.sessionCount()).isEqualTo(2000);
        assertThat(keys()).hasSize(40_000);
    }

    private InetSocketAddress listen(Profile profile) throws InterruptedException {
        return gateway.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), profile);
    }

    private String vin(int car) {
        String vin = MadeUpVin.of("TEST1", car);
        register.register(vin, Lineage.SIMULATED);
        return vin;
    }

    private static VehicleSample sample(int second) {
        VehicleSample sample = new VehicleSample();
        sample.collectedAtMicros = START_MICROS + second * 1_000_000L;
        sample.speedKmh = second;
        return sample;
    }

    /** VIN and time of every row the feed gives. */
    private Set<String> keys() throws InterruptedException {
        log.flush();
        Set<String> keys = new HashSet<>();
        Counters decoding = new Counters();
        try (LogFeed feed =
                new LogFeed(log, decoding, 8192, List.of(new Gb32960Decoder(decoding)))) {
            LogPosition at = LogPosition.START;
            for (var chunk = feed.next(at, Duration.ZERO);
                    chunk != null;
                    chunk = feed.next(at, Duration.ZERO)) {
                Batch rows = chunk.batches().get(VehicleReportTable.NAME);
                for (int row = 0; row < rows.rows(); row++) {
                    keys.add(
                            rows.strings(VehicleReportTable.VIN).get(row)
                                    + rows.longs(VehicleReportTable.COLLECTED_AT)[row]);
                }
                at = chunk.end();
                chunk.close();
            }
        }
        return keys;
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private static void await(Check condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited 20 s").isLessThan(deadline);
            Thread.sleep(5);
        }
    }
}
