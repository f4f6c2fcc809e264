package org.roadloop.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.GatewaySettings;
import org.roadloop.collect.gateway.Profile;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gateway.TcpGateway;
import org.roadloop.collect.gateway.VehicleRegister;

/** The load of the gateway's bench, with small numbers, on a gateway of this process. */
class GatewayLoadTest {
    private static final int VEHICLES = 40;
    private static final long A_WHILE_NANOS = 100_000_000L;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir Path folder;
    private final Counters counters = new Counters();
    private final FleetFrames frames = new FleetFrames(7, VEHICLES);
    private FrameLog log;
    private TcpGateway gateway;

    @BeforeEach
    void start() {
        VehicleRegister register = new VehicleRegister();
        register.registerPlatform(PlatformLoad.USER, LoadGenerator.PASSWORD);
        for (int v = 0; v < VEHICLES; v++) {
            register.register(FleetFrames.vin(v), Lineage.SIMULATED);
        }
        log = new SegmentLog(folder, new SecretKeySpec(new byte[32], "AES"), counters);
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
    void everyAnswerOfTheLoadIsAReportOfTheLog() throws Exception {
        try (PlatformLoad load = load()) {
            load.connect();
            load.run(A_WHILE_NANOS);
            load.run(A_WHILE_NANOS, 1_000);
            load.settle(PATIENCE_NANOS);
            assertThat(load.answered()).isPositive();
            assertThat(load.drainDelays()).isNotEmpty();
            // Two logins are in the log as well.
            assertThat(counters.value("framelog_records")).isEqualTo(load.answered() + 2);
        }
        assertThat(gateway.samples()).isEmpty();
    }

    @Test
    void afterALostConnectionItGoesOnBehindTheLastAnswer() throws Exception {
        try (PlatformLoad load = load()) {
            load.connect();
            load.run(A_WHILE_NANOS);
            long before = load.answered();
            for (LoadLink link : load.links()) {
                link.send(Long.MAX_VALUE); // nobody reads the answers
            }
            load.drop();
            load.connect();
            load.run(A_WHILE_NANOS);
            load.settle(PATIENCE_NANOS);
            assertThat(load.answered()).isGreaterThan(before);
        }
        assertThat(counters.value("reissue_taken")).isPositive();
        assertThat(gateway.samples()).isEmpty();
    }

    @Test
    void aRateIsKept() throws Exception {
        try (PlatformLoad load = load()) {
            load.connect();
            load.run(5 * A_WHILE_NANOS, 100);
            load.settle(PATIENCE_NANOS);
            assertThat(load.answered()).isBetween(1L, 52L);
        }
    }

    @Test
    void terminalsComeReportAndGo() throws Exception {
        try (TerminalStorm storm = new TerminalStorm(listen(Profile.TERMINAL), frames, false)) {
            storm.run(0, VEHICLES, 8);
            assertThat(storm.failed()).isZero();
            assertThat(storm.completed()).isEqualTo(VEHICLES);
        }
        assertThat(counters.value("gb32960_vehicle_logins")).isEqualTo(VEHICLES);
        assertThat(counters.value("gb32960_vehicle_logouts")).isEqualTo(VEHICLES);
        // Login, report and logout of each.
        log.flush();
        assertThat(counters.value("framelog_records")).isEqualTo(3 * VEHICLES);
    }

    @Test
    void terminalsStayAndOneThatIsUnknownIsCountedAsFailed() throws Exception {
        FleetFrames more = new FleetFrames(7, VEHICLES + 1);
        try (TerminalStorm storm = new TerminalStorm(listen(Profile.TERMINAL), more, true)) {
            storm.run(0, VEHICLES + 1, 8);
            assertThat(storm.completed()).isEqualTo(VEHICLES);
            assertThat(storm.failed()).isEqualTo(1);
            assertThat(gateway.sessionCount()).isEqualTo(VEHICLES);
        }
    }

    private PlatformLoad load() throws Exception {
        long second = System.currentTimeMillis() / 1000;
        return new PlatformLoad(
                listen(Profile.PLATFORM), frames, 2, 50, second, LoadGenerator.PASSWORD);
    }

    private InetSocketAddress listen(Profile profile) throws InterruptedException {
        return gateway.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), profile);
    }
}
