package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.collect.gateway.Jt808Frames.PLATE;
import static org.roadloop.collect.gateway.Jt808Frames.POSITION;
import static org.roadloop.collect.gateway.Jt808Frames.frame;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.CommandMessage;
import org.roadloop.collect.jt808.PackageAssembler;
import org.roadloop.collect.jt808.PendingCommands;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.collect.jt808.PositionTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.LogPosition;

/** Speaks JT/T 808 to the gateway, with frames made here byte by byte, over plain sockets. */
class Jt808GatewayTest {
    private static final String PHONE = "013900000001";
    private static final String PHONE_2019 = "00000000013900000002";
    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final Map<String, Integer> left = new ConcurrentHashMap<>();
    private final TerminalRegister register =
            new TerminalRegister(new SecretKeySpec(new byte[32], "HmacSHA256"), left::put);
    private FrameLog log;
    private TcpGateway gateway;
    private InetSocketAddress port;

    @BeforeEach
    void start() throws Exception {
        register.register(PHONE, Lineage.SIMULATED, null);
        register.register(PHONE_2019, Lineage.VEHICLE, null);
        log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
        gateway =
                new TcpGateway(
                        log,
                        new VehicleRegister(),
                        counters,
                        Clock.fixed(Instant.parse("2026-11-22T02:30:06Z"), ZoneOffset.UTC),
                        GatewaySettings.DEFAULT,
                        1);
        port =
                gateway.listenJt808(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        register,
                        new Jt808Settings(
                                new PendingCommands.Policy(400_000_000L, 1, 4),
                                new PackageAssembler.Bounds(4, 64, 65536, 300_000_000L, 2, 64)));
    }

    @AfterEach
    void stop() {
        gateway.close();
        log.close();
    }

    @Test
    void aTerminalRegistersAuthenticatesAndItsPositionBecomesARow() throws Exception {
        try (Peer terminal = new Peer(port)) {
            String token = register(terminal);
            terminal.send(frame("0102", PHONE, 2, token));
            assertThat(receive(terminal)).isEqualTo(answer(1, 2, "0102", 0));
            String report = frame("0200", PHONE, 3, POSITION);
            terminal.send(report);
            assertThat(receive(terminal)).isEqualTo(answer(2, 3, "0200", 0));
            assertThat(Peer.logged(log)).containsExactly(report);
        }
        assertThat(rows()).containsExactly("13900000001 simulated 121.509616 31.240000 36.0 false");
    }

    @Test
    void the2019EditionIsServedOnTheSamePort() throws Exception {
        String registration =
                "001f"
                        + "0001"
                        + "00".repeat(11)
                        + "00".repeat(30)
                        + "00".repeat(30)
                        + "01"
                        + PLATE;
        try (Peer terminal = new Peer(port)) {
            terminal.send(frame2019("0100", 1, registration));
            String answer = receive(terminal);
            // Version bit in the properties, protocol version 1, phone of ten bytes.
            assertThat(answer).startsWith("81004023" + "01" + PHONE_2019 + "0000" + "0001" + "00");
            String token = answer.substring(2 * 20, answer.length());
            String imei = "30".repeat(15);
            String software = "00".repeat(20);
            terminal.send(frame2019("0102", 2, "20" + token + imei + software));
            assertThat(receive(terminal)).endsWith("0002" + "0102" + "00");
            terminal.send(frame2019("0200", 3, POSITION));
            assertThat(receive(terminal)).endsWith("0003" + "0200" + "00");
        }
        assertThat(rows()).containsExactly("13900000002 vehicle 121.509616 31.240000 36.0 false");
    }

    @Test
    void nothingIsTakenWithoutTheToken() throws Exception {
        try (Peer terminal = new Peer(port)) {
            terminal.send(frame("0200", PHONE, 1, POSITION));
            assertThat(receive(terminal)).isEqualTo(answer(0, 1, "0200", 1));
            terminal.send(frame("0102", PHONE, 2, "67756573736564"));
            assertThat(receive(terminal)).isEqualTo(answer(1, 2, "0102", 1));
            // Another phone is not registered: no such terminal.
            terminal.send(frame("0100", "013900000009", 3, "001f0001" + "00".repeat(33) + PLATE));
            assertThat(receive(terminal)).endsWith("0003" + "04");
        }
        assertThat(counters.value("jt808_not_authenticated")).isEqualTo(1);
        assertThat(counters.value("jt808_token")).isEqualTo(1);
        assertThat(Peer.logged(log)).isEmpty();
    }

    @Test
    void theNewConnectionWinsAndALeavingTerminalLosesItsToken() throws Exception {
        try (Peer first = new Peer(port);
                Peer second = new Peer(port)) {
            String token = register(first);
            first.send(frame("0102", PHONE, 2, token));
            receive(first);
            second.send(frame("0102", PHONE, 1, token));
            assertThat(receive(second)).isEqualTo(answer(0, 1, "0102", 0));
            assertThat(first.isClosed()).isTrue();
            assertThat(gateway.sessionCount()).isEqualTo(1);
            second.send(frame("0003", PHONE, 2, ""));
            assertThat(receive(second)).isEqualTo(answer(1, 2, "0003", 0));
            second.send(frame("0102", PHONE, 3, token));
            assertThat(receive(second)).isEqualTo(answer(2, 3, "0102", 1));
        }
        assertThat(left).containsExactly(Map.entry("13900000001", 1));
        assertThat(counters.value("jt808_session_replaced")).isEqualTo(1);
    }

    @Test
    void aBatchIsOneRecordAndARowForEachPosition() throws Exception {
        String item = "001c" + POSITION;
        String later = "001c" + POSITION.substring(0, POSITION.length() - 2) + "06";
        try (Peer terminal = loggedIn()) {
            String batch = frame("0704", PHONE, 9, "0002" + "01" + item + later);
            terminal.send(batch);
            assertThat(receive(terminal)).isEqualTo(answer(2, 9, "0704", 0));
            assertThat(Peer.logged(log)).containsExactly(batch);
        }
        assertThat(rows()).hasSize(2).allMatch(row -> row.endsWith(" 36.0 true"));
    }

    @Test
    void aMissingPackageIsAskedForAndTheWholeIsOneAnswer() throws Exception {
        // 0704 of two positions in three packages with serials 20, 21, 22.
        String body = "0002" + "00" + "001c" + POSITION + "001c" + POSITION;
        String[] parts = {body.substring(0, 40), body.substring(40, 80), body.substring(80)};
        try (Peer terminal = loggedIn()) {
            terminal.send(part(parts, 1) + part(parts, 3));
            // 8003: serial of the first package, one package, number 2.
            assertThat(receive(terminal)).endsWith("0014" + "01" + "0002");
            terminal.send(part(parts, 2));
            assertThat(receive(terminal)).contains("0704" + "00");
            assertThat(Peer.logged(log))
                    .containsExactly(part(parts, 1) + part(parts, 2) + part(parts, 3));
        }
        assertThat(counters.value("jt808_packages_requested")).isEqualTo(1);
        assertThat(rows()).hasSize(2);
    }

    @Test
    void commandsAreRepeatedUntilAnsweredOrGivenUp() throws Exception {
        try (Peer terminal = loggedIn()) {
            CompletableFuture<CommandResult> query =
                    gateway.send("13900000001", new PositionMessage.PositionQuery());
            String sent = receive(terminal);
            assertThat(sent).startsWith("8201" + "0000" + PHONE + "0002");
            assertThat(receive(terminal)).as("the repeat").isEqualTo(sent);
            terminal.send(frame("0201", PHONE, 30, "0002" + POSITION));
            assertThat(query.get(20, TimeUnit.SECONDS))
                    .isEqualTo(new CommandResult(CommandResult.Outcome.DONE, 0));

            CompletableFuture<CommandResult> control =
                    gateway.send("13900000001", new CommandMessage.TerminalControl(4, ""));
            assertThat(receive(terminal)).startsWith("8105" + "0001" + PHONE + "0003" + "04");
            terminal.send(frame("0001", PHONE, 31, "0003" + "8105" + "03"));
            assertThat(control.get(20, TimeUnit.SECONDS))
                    .isEqualTo(new CommandResult(CommandResult.Outcome.REFUSED, 3));

            CompletableFuture<CommandResult> text =
                    gateway.send("13900000001", new CommandMessage.TextMessage(1, null, "停"));
            assertThat(text.get(20, TimeUnit.SECONDS).outcome())
                    .isEqualTo(CommandResult.Outcome.TIMED_OUT);
        }
        assertThat(gateway.send("13900000009", new PositionMessage.PositionQuery()).join())
                .isEqualTo(new CommandResult(CommandResult.Outcome.NOT_CONNECTED, -1));
        assertThat(rows()).as("the position in the answer").hasSize(1);
    }

    @Test
    @Tag("slow")
    void garbageAndOversizedFramesCutTheirSenderAndNobodyElse() throws Exception {
        try (Peer good = loggedIn();
                Peer bad = new Peer(port)) {
            bad.send("7e" + "11".repeat(70_000) + "7e");
            for (int i = 0; i < 25 && counters.value("gateway_cut_malformed") == 0; i++) {
                try {
                    bad.send("7e0102037e");
                } catch (java.io.IOException e) {
                    break; // it is cut
                }
            }
            assertThat(bad.isClosed()).isTrue();
            good.send(frame("0200", PHONE, 9, POSITION));
            assertThat(receive(good)).isEqualTo(answer(2, 9, "0200", 0));
        }
        assertThat(counters.value("gateway_cut_malformed")).isEqualTo(1);
        assertThat(counters.value("jt808_length")).isPositive();
    }

    private Peer loggedIn() throws Exception {
        Peer terminal = new Peer(port);
        terminal.send(frame("0102", PHONE, 2, register(terminal)));
        receive(terminal);
        return terminal;
    }

    /** Registers; returns the token in hex. */
    private String register(Peer terminal) throws Exception {
        terminal.send(frame("0100", PHONE, 1, Jt808Frames.REGISTRATION));
        String answer = receive(terminal);
        assertThat(answer).startsWith("81000023" + PHONE + "0000" + "0001" + "00");
        String token = Jt808Frames.token(answer);
        assertThat(new String(HexFormat.of().parseHex(token), StandardCharsets.US_ASCII))
                .matches("[0-9a-f]{32}");
        return token;
    }

    private static String answer(int serial, int answered, String id, int result) {
        return Jt808Frames.answer(PHONE, serial, answered, id, result);
    }

    private static String receive(Peer terminal) throws Exception {
        return Jt808Frames.receive(terminal);
    }

    private static String frame2019(String id, int serial, String body) {
        return Jt808Frames.frame2019(id, PHONE_2019, serial, body);
    }

    private static String part(String[] parts, int number) {
        return Jt808Frames.part("0704", PHONE, parts, number, 19 + number);
    }

    private List<String> rows() throws Exception {
        log.flush();
        Counters decoding = new Counters();
        List<String> rows = new java.util.ArrayList<>();
        try (LogFeed feed =
                        new LogFeed(
                                log, decoding, 4096, List.of(new Jt808PositionDecoder(decoding)));
                BatchFeed.Chunk chunk = feed.next(LogPosition.START, Duration.ofMillis(50))) {
            assertThat(chunk).isNotNull();
            Batch batch = chunk.batches().get(PositionTable.NAME);
            for (int row = 0; row < batch.rows(); row++) {
                rows.add(
                        "%s %s %.6f %.6f %.1f %s"
                                .formatted(
                                        batch.strings(PositionTable.PHONE).get(row),
                                        batch.strings(PositionTable.LINEAGE).get(row),
                                        batch.doubles(PositionTable.LONGITUDE_DEGREES)[row],
                                        batch.doubles(PositionTable.LATITUDE_DEGREES)[row],
                                        batch.doubles(PositionTable.SPEED_KMH)[row],
                                        batch.booleans(PositionTable.REISSUED)[row]));
            }
        }
        return rows;
    }
}
