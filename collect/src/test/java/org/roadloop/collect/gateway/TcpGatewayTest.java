package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.LogPosition;

/** Speaks to the gateway with frames worked by hand over plain sockets. */
class TcpGatewayTest {
    private static final String VIN_HEX = "4c54455354303030303030303030303031";
    private static final String LOGIN =
            "232301fe"
                    + VIN_HEX
                    + "01001e1a0b160a1e05"
                    + "0001"
                    + "3839383630303030303030303030303030303031"
                    + "0100"
                    + "a3";
    private static final String LOGIN_ANSWER = "23230101" + VIN_HEX + "0100061a0b160a1e05" + "4a";
    private static final String HEARTBEAT = "232307fe" + VIN_HEX + "010000a3";
    private static final String HEARTBEAT_ANSWER = "23230701" + VIN_HEX + "0100005c";
    private static final String REPORT =
            "232302fe" + VIN_HEX + "0100101a0b160a1e05" + "0506" + "00669f93" + "020696b1" + "ea";
    private static final String LOGOUT_BODY = "1a0b160a1e050001";
    private static final String PLATFORM_LOGIN =
            "232305fe"
                    + VIN_HEX
                    + "0100291a0b160a1e050001"
                    + "43495459504c4154464f524d"
                    + "7365637265742d6f662d7468652d636974793031"
                    + "01cb";

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-11-22T02:30:06Z"), ZoneOffset.UTC);

    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final VehicleRegister register = new VehicleRegister();
    private FrameLog log;
    private TcpGateway gateway;

    @BeforeEach
    void start() {
        register.register("LTEST000000000001", Lineage.SIMULATED);
        register.registerPlatform("CITYPLATFORM", "secret-of-the-city01");
        log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
        gateway = gateway(GatewaySettings.DEFAULT);
    }

    @AfterEach
    void stop() {
        gateway.close();
        log.close();
    }

    @Test
    void aTerminalIsAnsweredAsAnnexBSays() throws Exception {
        try (Peer terminal = connect(Profile.TERMINAL)) {
            terminal.send(LOGIN);
            assertThat(terminal.receive(31)).isEqualTo(LOGIN_ANSWER);
            // The report gets no answer: the next thing heard is that of the heartbeat.
            terminal.send(REPORT + HEARTBEAT);
            assertThat(terminal.receive(25)).isEqualTo(HEARTBEAT_ANSWER);
            // Time request: 2026-11-22 10:30:06 Beijing time.
            terminal.send(Peer.withBcc("232308fe" + VIN_HEX + "010000"));
            assertThat(terminal.receive(31))
                    .isEqualTo(Peer.withBcc("23230801" + VIN_HEX + "0100061a0b160a1e06"));
            terminal.send(Peer.withBcc("232304fe" + VIN_HEX + "010008" + LOGOUT_BODY));
            assertThat(terminal.receive(31))
                    .isEqualTo(Peer.withBcc("23230401" + VIN_HEX + "0100061a0b160a1e05"));
            terminal.send(REPORT);
            assertThat(terminal.receive(31).substring(6, 8)).isEqualTo("02");
        }
        assertThat(counters.value("gb32960_not_logged_in")).isEqualTo(1);
        assertThat(logged())
                .containsExactly(
                        LOGIN, REPORT, Peer.withBcc("232304fe" + VIN_HEX + "010008" + LOGOUT_BODY));
    }

    @Test
    @org.junit.jupiter.api.Tag("slow")
    void afterALogoutAnotherLoginHasTheWholeTimeAgain() throws Exception {
        gateway.close();
        GatewaySettings d = GatewaySettings.DEFAULT;
        gateway =
                gateway(
                        new GatewaySettings(
                                java.time.Duration.ofSeconds(2),
                                d.frameTimeout(),
                                d.idleTimeout(),
                                d.largestFrameBytes(),
                                d.malformedLimit(),
                                d.mostConnections()));
        try (Peer terminal = connect(Profile.TERMINAL)) {
            terminal.send(LOGIN);
            assertThat(terminal.receive(31)).isEqualTo(LOGIN_ANSWER);
            Thread.sleep(2200); // older than the time a login may take
            terminal.send(Peer.withBcc("232304fe" + VIN_HEX + "010008" + LOGOUT_BODY));
            assertThat(terminal.receive(31).substring(4, 8)).isEqualTo("0401");
            Thread.sleep(800); // more than one sweep
            terminal.send(LOGIN);
            assertThat(terminal.receive(31)).isEqualTo(LOGIN_ANSWER);
        }
        assertThat(counters.value("gateway_login_timeout")).isZero();
    }

    @Test
    void aPlatformGetsAPositiveAnswerOnceTheReportIsDurable() throws Exception {
        try (Peer platform = connect(Profile.PLATFORM)) {
            platform.send(REPORT);
            assertThat(platform.receive(31).substring(6, 8)).isEqualTo("02");
            platform.send(PLATFORM_LOGIN);
            assertThat(platform.receive(31).substring(4, 8)).isEqualTo("0501");
            platform.send(REPORT);
            assertThat(platform.receive(31))
                    .isEqualTo(Peer.withBcc("23230201" + VIN_HEX + "0100061a0b160a1e05"));
            assertThat(logged()).hasSize(2).contains(REPORT);
            assertThat(String.join("", logged())).doesNotContain("736563726574");
        }
        assertThat(counters.value("gb32960_not_logged_in")).isEqualTo(1);
    }

    @Test
    void aWrongPasswordIsRefusedAndCut() throws Exception {
        try (Peer platform = connect(Profile.PLATFORM)) {
            String wrong = PLATFORM_LOGIN.replace("63697479303101cb", "63697479303201");
            platform.send(Peer.withBcc(wrong));
            assertThat(platform.receive(31).substring(4, 8)).isEqualTo("0502");
            assertThat(platform.isClosed()).isTrue();
        }
        assertThat(logged()).isEmpty();
        assertThat(String.join("", gateway.samples().values())).doesNotContain("736563726574");
    }

    @Test
    void anUnknownVinIsRefused() throws Exception {
        try (Peer terminal = connect(Profile.TERMINAL)) {
            String other = LOGIN.substring(0, 40) + "32" + LOGIN.substring(42, 108);
            terminal.send(Peer.withBcc(other));
            assertThat(terminal.receive(31).substring(4, 8)).isEqualTo("0104");
        }
        assertThat(counters.value("gb32960_vin_unknown")).isEqualTo(1);
        assertThat(gateway.samples().get("gb32960_vin_unknown"))
                .contains("2a2a2a")
                .doesNotContain(VIN_HEX.substring(0, 12));
    }

    @Test
    void faultsAreCountedAnsweredAndSurvived() throws Exception {
        try (Peer terminal = connect(Profile.TERMINAL)) {
            terminal.send(LOGIN);
            terminal.receive(31);
            String wrongBcc = REPORT.substring(0, REPORT.length() - 2) + "eb";
            terminal.send(wrongBcc);
            assertThat(terminal.receive(31))
                    .isEqualTo(Peer.withBcc("23230202" + VIN_HEX + "0100061a0b160a1e05"));
            // A unit that runs over the end, month 13, then garbage before a right frame.
            terminal.send(Peer.withBcc("232302fe" + VIN_HEX + "01000a1a0b160a1e05" + "05060066"));
            assertThat(terminal.receive(31).substring(6, 8)).isEqualTo("02");
            terminal.send(Peer.withBcc("232302fe" + VIN_HEX + "0100061a0d160a1e05"));
            assertThat(terminal.receive(31).substring(6, 8)).isEqualTo("02");
            terminal.send(
                    "deadbeef"
                            + Peer.withBcc("232302fe" + VIN_HEX + "0100091a0b160a1e05" + "300102")
                            + HEARTBEAT);
            assertThat(terminal.receive(25)).isEqualTo(HEARTBEAT_ANSWER);
        }
        assertThat(counters.snapshot())
                .containsEntry("gb32960_bcc", 1L)
                .containsEntry("gb32960_unit_length", 1L)
                .containsEntry("gb32960_time", 1L)
                .containsEntry("gb32960_garbage", 1L)
                .containsEntry("gb32960_unknown_unit", 1L);
        assertThat(gateway.samples().keySet()).contains("gb32960_bcc", "gb32960_garbage");
    }

    @Test
    void tooManyFaultsCutTheConnection() throws Exception {
        gateway.close();
        gateway =
                gateway(
                        new GatewaySettings(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(30),
                                2000,
                                3,
                                10));
        try (Peer terminal = connect(Profile.TERMINAL)) {
            terminal.send(LOGIN);
            terminal.receive(31);
            terminal.send(("5a5a5a" + HEARTBEAT).repeat(5));
            assertThat(terminal.receive(25)).isEqualTo(HEARTBEAT_ANSWER);
            assertThat(terminal.receive(25)).isEqualTo(HEARTBEAT_ANSWER);
            assertThat(terminal.isClosed()).isTrue();
        }
        assertThat(counters.value("gateway_cut_malformed")).isEqualTo(1);
    }

    @Test
    void theNewConnectionOfAVinWins() throws Exception {
        try (Peer first = connect(Profile.TERMINAL);
                Peer second = connect(Profile.TERMINAL)) {
            first.send(LOGIN);
            first.receive(31);
            second.send(LOGIN);
            second.receive(31);
            assertThat(first.isClosed()).isTrue();
            second.send(HEARTBEAT);
            assertThat(second.receive(25)).isEqualTo(HEARTBEAT_ANSWER);
            assertThat(gateway.sessionCount()).isEqualTo(1);
        }
        assertThat(counters.value("gb32960_session_replaced")).isEqualTo(1);
    }

    @Test
    @Tag("slow")
    void silentAndSlowPeersAreClosed() throws Exception {
        gateway.close();
        gateway =
                gateway(
                        new GatewaySettings(
                                Duration.ofMillis(300),
                                Duration.ofMillis(200),
                                Duration.ofMillis(1500),
                                2000,
                                3,
                                10));
        try (Peer silent = connect(Profile.TERMINAL)) {
            assertThat(silent.isClosed()).isTrue();
        }
        assertThat(counters.value("gateway_first_frame_timeout")).isEqualTo(1);
        try (Peer slow = connect(Profile.TERMINAL)) {
            slow.send(LOGIN);
            slow.receive(31);
            // A start whose rest never comes gives way to what follows it.
            slow.send("232302fe" + VIN_HEX + "0105dc");
            Thread.sleep(1200);
            slow.send(HEARTBEAT);
            assertThat(slow.receive(25)).isEqualTo(HEARTBEAT_ANSWER);
            assertThat(slow.isClosed()).isTrue();
        }
        assertThat(counters.value("gb32960_partial_timeout")).isEqualTo(1);
        assertThat(counters.value("gateway_idle_timeout")).isEqualTo(1);
    }

    @Test
    void loggedReportsBecomeRows() throws Exception {
        try (Peer terminal = connect(Profile.TERMINAL)) {
            terminal.send(LOGIN + REPORT + HEARTBEAT);
            terminal.receive(31 + 25);
        }
        log.flush();
        Counters decoding = new Counters();
        try (LogFeed feed =
                new LogFeed(log, decoding, 4096, List.of(new Gb32960Decoder(decoding)))) {
            BatchFeed.Chunk chunk = feed.next(LogPosition.START, Duration.ofMillis(50));
            assertThat(chunk).isNotNull();
            Batch rows = chunk.batches().get(VehicleReportTable.NAME);
            assertThat(rows.rows()).isEqualTo(1);
            assertThat(rows.strings(VehicleReportTable.VIN).get(0)).isEqualTo("LTEST000000000001");
            assertThat(rows.strings(VehicleReportTable.LINEAGE).get(0)).isEqualTo("simulated");
            assertThat(rows.longs(VehicleReportTable.RECEIVED_AT)[0])
                    .isEqualTo(CLOCK.millis() * 1000);
            assertThat(feed.next(chunk.end(), Duration.ofMillis(20))).isNull();
            assertThat(feed.next(chunk.end(), Duration.ofMillis(20))).isNull();
            chunk.close();
        }
        assertThat(decoding.value("gb32960_other_messages")).isEqualTo(1);
    }

    private TcpGateway gateway(GatewaySettings settings) {
        return new TcpGateway(log, register, counters, CLOCK, settings, 1);
    }

    private Peer connect(Profile profile) throws Exception {
        return new Peer(
                gateway.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), profile));
    }

    private List<String> logged() throws InterruptedException {
        return Peer.logged(log);
    }
}
