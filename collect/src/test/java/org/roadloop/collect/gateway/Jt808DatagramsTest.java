package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.collect.gateway.Jt808Frames.POSITION;
import static org.roadloop.collect.gateway.Jt808Frames.answer;
import static org.roadloop.collect.gateway.Jt808Frames.frame;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

/** Speaks JT/T 808 in datagrams, with frames made byte by byte. */
class Jt808DatagramsTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final InetSocketAddress ANY = new InetSocketAddress(HERE, 0);
    private static final String PHONE = "013900000001";
    private static final String OTHER_PHONE = "013900000002";
    private static final Jt808Settings SETTINGS =
            new Jt808Settings(
                    new PendingCommands.Policy(400_000_000L, 1, 4),
                    new PackageAssembler.Bounds(4, 64, 65536, 300_000_000L, 2, 0));

    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final TerminalRegister register =
            new TerminalRegister(new SecretKeySpec(new byte[32], "HmacSHA256"), (_, _) -> {});
    private SegmentLog log;
    private TcpGateway gateway;
    private InetSocketAddress port;

    /** One address that datagrams come from and go to. */
    private final class Sender implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(ANY);
        private long receivedBytes;

        private Sender() throws IOException {
            socket.setSoTimeout(20_000);
        }

        void send(String hex) throws IOException {
            byte[] bytes = HexFormat.of().parseHex(hex);
            socket.send(new DatagramPacket(bytes, bytes.length, port));
        }

        /** Header and body of the one frame in the next datagram. */
        String receive() throws IOException {
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            receivedBytes += packet.getLength();
            String hex = HexFormat.of().formatHex(packet.getData(), 0, packet.getLength());
            assertThat(hex).startsWith("7e").endsWith("7e");
            return Jt808Frames.content(hex.substring(2, hex.length() - 2));
        }

        /** Everything that is there to be received. */
        void drain() throws IOException {
            socket.setSoTimeout(5);
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                    socket.receive(packet);
                    receivedBytes += packet.getLength();
                }
            } catch (SocketTimeoutException e) {
                socket.setSoTimeout(20_000);
            }
        }

        String register(String phone) throws IOException {
            send(frame("0100", phone, 1, Jt808Frames.REGISTRATION));
            return Jt808Frames.token(receive());
        }

        void authenticate(String phone, String token) throws IOException {
            send(frame("0102", phone, 2, token));
            assertThat(receive()).endsWith("0002" + "0102" + "00");
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        register.register(PHONE, Lineage.SIMULATED, null);
        register.register(OTHER_PHONE, Lineage.SIMULATED, null);
        log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
        start(GatewaySettings.DEFAULT);
    }

    private void start(GatewaySettings settings) throws Exception {
        gateway =
                new TcpGateway(
                        log, new VehicleRegister(), counters, Clock.systemUTC(), settings, 1);
        port = gateway.listenJt808Datagrams(ANY, register, SETTINGS);
    }

    @AfterEach
    void stop() {
        gateway.close();
        log.close();
    }

    @Test
    void aTerminalRegistersAuthenticatesAndReports() throws Exception {
        try (Sender terminal = new Sender()) {
            String token = terminal.register(PHONE);
            terminal.send(frame("0102", PHONE, 2, token));
            assertThat(terminal.receive()).isEqualTo(answer(PHONE, 0, 2, "0102", 0));
            String report = frame("0200", PHONE, 3, POSITION);
            terminal.send(report);
            assertThat(terminal.receive()).isEqualTo(answer(PHONE, 1, 3, "0200", 0));
            // Two frames in one datagram, each with its answer.
            String next = frame("0200", PHONE, 4, POSITION);
            terminal.send(next + frame("0002", PHONE, 5, ""));
            assertThat(List.of(terminal.receive(), terminal.receive()))
                    .allMatch(a -> a.endsWith("0004020000") || a.endsWith("0005000200"));
            assertThat(Peer.logged(log)).containsExactly(report, next);
            assertThat(gateway.sessionCount()).isEqualTo(1);
        }
        assertThat(counters.value("gateway_frames_acknowledged")).isEqualTo(2);
    }

    @Test
    void nothingIsTakenBeforeTheToken() throws Exception {
        try (Sender stranger = new Sender()) {
            stranger.send(frame("0200", PHONE, 1, POSITION));
            assertThat(stranger.receive()).isEqualTo(answer(PHONE, 0, 1, "0200", 1));
            stranger.send(frame("0102", PHONE, 2, "67756573736564"));
            assertThat(stranger.receive()).isEqualTo(answer(PHONE, 0, 2, "0102", 1));
        }
        assertThat(Peer.logged(log)).isEmpty();
        assertThat(gateway.sessionCount()).isZero();
        assertThat(counters.value("jt808_not_authenticated")).isEqualTo(1);
        assertThat(counters.value("jt808_token")).isEqualTo(1);
    }

    @Test
    @Tag("slow")
    void whoHasNotAuthenticatedIsNeverSentMoreThanItSent() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] ids = {"0002", "0004", "0100", "0102", "0003", "0200", "0001", "0005", "0F0F"};
        try (Sender stranger = new Sender();
                Sender other = new Sender()) {
            other.authenticate(OTHER_PHONE, other.register(OTHER_PHONE));
            for (int i = 0; i < 300; i++) {
                StringBuilder datagram = new StringBuilder();
                for (int frames = 1 + random.nextInt(3); frames > 0; frames--) {
                    byte[] body = new byte[random.nextInt(40)];
                    random.nextBytes(body);
                    String id = ids[random.nextInt(ids.length)];
                    // 7E as serial: an answer has it twice as long.
                    datagram.append(
                            frame(
                                    id,
                                    random.nextBoolean() ? PHONE : "013900007777",
                                    0x7e7e,
                                    id.equals("0100")
                                            ? Jt808Frames.REGISTRATION
                                            : HexFormat.of().formatHex(body)));
                }
                stranger.receivedBytes = 0;
                stranger.send(datagram.toString());
                // One thread takes all datagrams in turn: then the stranger's is done with.
                other.send(frame("0002", OTHER_PHONE, 9, ""));
                other.receive();
                stranger.drain();
                assertThat(stranger.receivedBytes)
                        .as(datagram.toString())
                        .isLessThanOrEqualTo(datagram.length() / 2);
            }
        }
        assertThat(counters.value("jt808_datagram_unanswered")).isPositive();
    }

    @Test
    void anotherAddressMustAuthenticateAndMovesTheSession() throws Exception {
        try (Sender home = new Sender();
                Sender away = new Sender()) {
            String token = home.register(PHONE);
            home.authenticate(PHONE, token);
            away.send(frame("0200", PHONE, 7, POSITION));
            assertThat(away.receive()).isEqualTo(answer(PHONE, 0, 7, "0200", 1));
            away.send(frame("0102", PHONE, 8, "0000".repeat(8)));
            assertThat(away.receive()).isEqualTo(answer(PHONE, 0, 8, "0102", 1));
            // The session is where it was.
            home.send(frame("0200", PHONE, 3, POSITION));
            assertThat(home.receive()).isEqualTo(answer(PHONE, 1, 3, "0200", 0));
            CompletableFuture<CommandResult> first =
                    gateway.send("13900000001", new CommandMessage.TerminalControl(4, ""));
            assertThat(home.receive()).startsWith("8105");

            away.authenticate(PHONE, token);
            assertThat(first.get(20, TimeUnit.SECONDS).outcome())
                    .isEqualTo(CommandResult.Outcome.LINK_LOST);
            CompletableFuture<CommandResult> second =
                    gateway.send("13900000001", new PositionMessage.PositionQuery());
            String query = away.receive();
            assertThat(query).startsWith("8201");
            away.send(frame("0201", PHONE, 9, query.substring(20, 24) + POSITION));
            assertThat(second.get(20, TimeUnit.SECONDS))
                    .isEqualTo(new CommandResult(CommandResult.Outcome.DONE, 0));
            home.drain();
            home.send(frame("0200", PHONE, 4, POSITION));
            assertThat(home.receive()).endsWith("0004" + "0200" + "01");
        }
        assertThat(counters.value("jt808_session_replaced")).isEqualTo(1);
        assertThat(gateway.sessionCount()).isEqualTo(1);
    }

    @Test
    @Tag("slow")
    void aMissingPackageIsAskedForAndACommandRepeated() throws Exception {
        String body = "0002" + "00" + "001c" + POSITION + "001c" + POSITION;
        String[] parts = {body.substring(0, 60), body.substring(60)};
        try (Sender terminal = new Sender()) {
            terminal.authenticate(PHONE, terminal.register(PHONE));
            terminal.send(Jt808Frames.part("0704", PHONE, parts, 2, 21));
            assertThat(terminal.receive()).startsWith("8003").endsWith("0014" + "01" + "0001");
            terminal.send(Jt808Frames.part("0704", PHONE, parts, 1, 20));
            assertThat(terminal.receive()).contains("0704" + "00");
            CompletableFuture<CommandResult> command =
                    gateway.send("13900000001", new CommandMessage.TerminalControl(4, ""));
            String sent = terminal.receive();
            assertThat(terminal.receive()).as("the repeat").isEqualTo(sent);
            assertThat(command.get(20, TimeUnit.SECONDS).outcome())
                    .isEqualTo(CommandResult.Outcome.TIMED_OUT);
        }
        assertThat(Peer.logged(log)).hasSize(1);
    }

    @Test
    void oneLiveIdentityOverDatagramsAndConnections() throws Exception {
        InetSocketAddress tcp = gateway.listenJt808(ANY, register, SETTINGS);
        try (Sender datagrams = new Sender();
                Peer connection = new Peer(tcp)) {
            String token = datagrams.register(PHONE);
            datagrams.authenticate(PHONE, token);
            connection.send(frame("0102", PHONE, 1, token));
            assertThat(Jt808Frames.receive(connection)).isEqualTo(answer(PHONE, 0, 1, "0102", 0));
            Await.until(() -> refused(datagrams));
            datagrams.authenticate(PHONE, token);
            assertThat(connection.isClosed()).isTrue();
            assertThat(gateway.sessionCount()).isEqualTo(1);
        }
        assertThat(counters.value("jt808_session_replaced")).isEqualTo(2);
    }

    private static boolean refused(Sender sender) throws IOException {
        sender.send(frame("0200", PHONE, 5, POSITION));
        return sender.receive().endsWith("0200" + "01");
    }

    @Test
    @Tag("slow")
    void silentSessionsEndAndTheirNumberIsBounded() throws Exception {
        gateway.close();
        GatewaySettings d = GatewaySettings.DEFAULT;
        start(
                new GatewaySettings(
                        d.loginTimeout(),
                        d.frameTimeout(),
                        Duration.ofSeconds(2),
                        d.largestFrameBytes(),
                        d.malformedLimit(),
                        1));
        try (Sender first = new Sender();
                Sender second = new Sender()) {
            first.authenticate(PHONE, first.register(PHONE));
            second.send(frame("0100", OTHER_PHONE, 1, Jt808Frames.REGISTRATION));
            Await.until(() -> counters.value("gateway_refused_full") == 1);
            Await.until(() -> gateway.sessionCount() == 0);
            assertThat(counters.value("gateway_idle_timeout")).isEqualTo(1);
            second.authenticate(OTHER_PHONE, second.register(OTHER_PHONE));
        }
    }

    @Test
    @Tag("slow")
    void aFloodOfGarbageIsCountedAndOthersAreServed() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (Sender terminal = new Sender();
                Sender flood = new Sender()) {
            terminal.authenticate(PHONE, terminal.register(PHONE));
            Thread sending =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            while (!stop.get()) {
                                                flood.send("7e" + "5a".repeat(600) + "7e");
                                                flood.send("7e0102");
                                            }
                                        } catch (IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    });
            try {
                terminal.socket.setSoTimeout(1000);
                int answered = 0;
                for (int serial = 10; answered < 20 && serial < 200; serial++) {
                    // A lost datagram is sent again, as terminals do.
                    terminal.send(frame("0200", PHONE, serial, POSITION));
                    try {
                        terminal.receive();
                        answered++;
                    } catch (SocketTimeoutException e) {
                        assertThat(e).hasMessageContaining("timed out");
                    }
                }
                assertThat(answered).isEqualTo(20);
            } finally {
                stop.set(true);
                sending.join();
            }
        }
        assertThat(counters.value("jt808_datagram_torn")).isPositive();
        assertThat(counters.value("jt808_bcc") + counters.value("jt808_length")).isPositive();
        assertThat(gateway.sessionCount()).isEqualTo(1);
    }
}
