package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.PositionMessage;

/**
 * Links that mean no good, on every TCP port: they end under a name, and a vehicle beside them is
 * served all the while.
 */
@Tag("slow")
class HostileLinksTest {
    private static final long SLOWEST_SERVICE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int LEAST_ROUNDS = 20;
    private static final GatewaySettings SETTINGS =
            new GatewaySettings(
                    Duration.ofSeconds(2),
                    Duration.ofMillis(600),
                    Duration.ofMillis(1500),
                    2000,
                    3,
                    100);

    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final VehicleRegister register = new VehicleRegister();
    private final TerminalRegister terminals =
            new TerminalRegister(new SecretKeySpec(new byte[32], "HmacSHA256"), (_, _) -> {});
    private SegmentLog log;
    private TcpGateway gateway;

    /** What is spoken on a port. */
    enum Port {
        PLATFORM("gb32960_length", "gb32960_partial_timeout"),
        TERMINAL("gb32960_length", "gb32960_partial_timeout"),
        JT808("jt808_length", "jt808_partial_timeout");

        final String oversized;
        final String partial;

        Port(String oversized, String partial) {
            this.oversized = oversized;
            this.partial = partial;
        }

        /** The begin of a frame of 1,000 bytes and more. */
        String begin() {
            return this == JT808 ? "7e02000384" : "232302fe" + "4c".repeat(17) + "0105dc";
        }

        String oversizedFrame() {
            return this == JT808
                    ? "7e" + "11".repeat(5000)
                    : "232302fe" + "4c".repeat(17) + "01fff0" + "00".repeat(100);
        }

        String heartbeat(int car) {
            return this == JT808
                    ? Jt808Frames.frame("0002", phone(car), 9, "")
                    : Gb32960Frames.heartbeat(vin(car));
        }

        void login(Peer peer, int car) throws Exception {
            switch (this) {
                case PLATFORM -> {
                    peer.send(Gb32960Frames.platformLogin("CITYPLATFORM", "secret-of-the-city01"));
                    assertThat(peer.receive(31).substring(4, 8)).isEqualTo("0501");
                }
                case TERMINAL -> {
                    peer.send(Gb32960Frames.login(vin(car)));
                    assertThat(peer.receive(31).substring(4, 8)).isEqualTo("0101");
                }
                case JT808 -> {
                    peer.send(Jt808Frames.frame("0100", phone(car), 1, Jt808Frames.REGISTRATION));
                    String token = Jt808Frames.token(Jt808Frames.receive(peer));
                    peer.send(Jt808Frames.frame("0102", phone(car), 2, token));
                    assertThat(Jt808Frames.receive(peer)).endsWith("010200");
                }
            }
        }

        void heartbeatAnswered(Peer peer, int car) throws Exception {
            peer.send(heartbeat(car));
            if (this == JT808) {
                assertThat(Jt808Frames.receive(peer)).endsWith("000200");
            } else {
                assertThat(peer.receive(25).substring(4, 8)).isEqualTo("0701");
            }
        }
    }

    private static String vin(int car) {
        return "LTEST00000000000" + car;
    }

    private static String phone(int car) {
        return "01390000000" + car;
    }

    /** A vehicle that is served while others misbehave. */
    private final class Bystander implements AutoCloseable {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final CompletableFuture<Integer> served = new CompletableFuture<>();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final Port port;

        private Bystander(Port port, InetSocketAddress address) throws InterruptedException {
            this.port = port;
            Thread.ofPlatform().start(() -> run(address));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        }

        private void run(InetSocketAddress address) {
            long worstNanos = 0;
            int rounds = 0;
            try (Peer peer = new Peer(address)) {
                port.login(peer, 1);
                while (!stop.get() || rounds < LEAST_ROUNDS) {
                    long asked = System.nanoTime();
                    port.heartbeatAnswered(peer, 1);
                    worstNanos = Math.max(worstNanos, System.nanoTime() - asked);
                    rounds++;
                    begun.countDown();
                    Thread.sleep(2);
                }
                System.out.printf(
                        "%s: %d heartbeats answered beside it, the slowest in %.1f ms%n",
                        port, rounds, worstNanos / 1e6);
                assertThat(worstNanos).isLessThan(SLOWEST_SERVICE_NANOS);
                served.complete(rounds);
            } catch (Exception | AssertionError e) {
                served.completeExceptionally(e);
            }
        }

        @Override
        public void close() throws Exception {
            stop.set(true);
            assertThat(served.get(60, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(LEAST_ROUNDS);
        }
    }

    @BeforeEach
    void start() {
        register.registerPlatform("CITYPLATFORM", "secret-of-the-city01");
        for (int car = 1; car <= 2; car++) {
            register.register(vin(car), Lineage.SIMULATED);
            terminals.register(phone(car), Lineage.SIMULATED, null);
        }
        log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
        gateway = new TcpGateway(log, register, counters, Clock.systemUTC(), SETTINGS, 1);
    }

    @AfterEach
    void stop() {
        gateway.close();
        log.close();
    }

    private InetSocketAddress listen(Port port) throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return switch (port) {
            case PLATFORM -> gateway.listen(any, Profile.PLATFORM);
            case TERMINAL -> gateway.listen(any, Profile.TERMINAL);
            case JT808 -> gateway.listenJt808(any, terminals, Jt808Settings.DEFAULT);
        };
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void aByteAtATime(Port port) throws Exception {
        InetSocketAddress address = listen(port);
        try (Bystander _ = new Bystander(port, address)) {
            try (Peer early = new Peer(address)) {
                trickle(early, port, "gateway_first_frame_timeout");
            }
            try (Peer late = new Peer(address)) {
                port.login(late, 2);
                trickle(late, port, "gateway_cut_malformed");
            }
            Await.until(() -> gateway.connectionCount() == 1);
        }
        assertThat(counters.value(port.partial)).isPositive();
        assertThat(counters.value("gateway_first_frame_timeout")).isEqualTo(1);
    }

    /** Begins a frame and sends a byte of it now and then, until the gateway has had enough. */
    private void trickle(Peer peer, Port port, String counterName) throws Exception {
        peer.send(port.begin());
        Await.until(
                () -> {
                    try {
                        peer.send("01");
                    } catch (IOException e) {
                        return true; // cut
                    }
                    return counters.value(counterName) > 0;
                });
        Await.until(() -> counters.value(counterName) == 1);
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void floodsOfGarbageAndOversizedFrames(Port port) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        byte[] garbage = new byte[64 * 1024];
        new Random(seed).nextBytes(garbage);
        InetSocketAddress address = listen(port);
        try (Bystander _ = new Bystander(port, address)) {
            flood(address, garbage);
            Await.until(() -> counters.value("gateway_cut_malformed") == 1);
            flood(address, HexFormat.of().parseHex(port.oversizedFrame()));
            Await.until(() -> counters.value("gateway_cut_malformed") == 2);
            Await.until(() -> gateway.connectionCount() == 1);
        }
        assertThat(counters.value(port.oversized)).isPositive();
        assertThat(Peer.logged(log)).as("the bystander's login at most").hasSizeLessThan(2);
        // What was cut early was not taken in to the end: a flood is 64 MiB.
        assertThat(counters.value("gateway_received_bytes")).isLessThan(32 << 20);
    }

    private static void flood(InetSocketAddress address, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            for (int sent = 0; sent < 64 << 20; sent += bytes.length) {
                socket.getOutputStream().write(bytes);
            }
        } catch (IOException e) {
            assertThat(e).as("it is cut").isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void linksThatHaveDiedUnseenEnd(Port port) throws Exception {
        InetSocketAddress address = listen(port);
        try (Bystander _ = new Bystander(port, address)) {
            try (Peer silent = new Peer(address)) {
                port.login(silent, 2);
                assertThat(silent.isClosed()).isTrue();
            }
            Await.until(() -> counters.value("gateway_idle_timeout") == 1);
            try (Socket half = new Socket(address.getAddress(), address.getPort())) {
                half.shutdownOutput();
                half.setSoTimeout(60_000);
                assertThat(half.getInputStream().read()).isNegative();
            }
            Await.until(() -> gateway.connectionCount() == 1);
        }
        assertThat(counters.value("gateway_connection_reset")).isZero();
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void whoDoesNotReadItsAnswersIsNotReadEither(Port port) throws Exception {
        InetSocketAddress address = listen(port);
        byte[] heartbeats = HexFormat.of().parseHex(port.heartbeat(2).repeat(4000));
        try (Bystander _ = new Bystander(port, address);
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(address);
            port.login(new Peer(socket), 2);
            AtomicBoolean cut = new AtomicBoolean();
            Thread writing =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            OutputStream out = socket.getOutputStream();
                                            while (true) {
                                                out.write(heartbeats);
                                            }
                                        } catch (IOException e) {
                                            cut.set(true);
                                        }
                                    });
            Await.until(() -> counters.value("gateway_slow_reader") == 1);
            writing.join(60_000);
            assertThat(cut.get()).isTrue();
            Await.until(() -> gateway.connectionCount() == 1);
        }
        assertThat(counters.value("gateway_idle_timeout")).isZero();
    }

    @Test
    void commandsToWhoDoesNotReadAreNotPiledUp() throws Exception {
        InetSocketAddress address = listen(Port.JT808);
        byte[] heartbeats = HexFormat.of().parseHex(Port.JT808.heartbeat(2).repeat(4000));
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(address);
            Port.JT808.login(new Peer(socket), 2);
            Thread writing =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            while (true) {
                                                socket.getOutputStream().write(heartbeats);
                                            }
                                        } catch (IOException e) {
                                            // It is cut, or the test has ended.
                                        }
                                    });
            Await.until(
                    () -> {
                        CompletableFuture<CommandResult> sent =
                                gateway.send("13900000002", new PositionMessage.PositionQuery());
                        return sent.isDone() || outcome(sent) == CommandResult.Outcome.BUSY;
                    });
            socket.close();
            writing.join(60_000);
        }
        assertThat(counters.value("jt808_commands_sent")).isLessThan(64);
    }

    private static CommandResult.Outcome outcome(CompletableFuture<CommandResult> sent)
            throws Exception {
        try {
            return sent.get(50, TimeUnit.MILLISECONDS).outcome();
        } catch (java.util.concurrent.TimeoutException e) {
            return CommandResult.Outcome.TIMED_OUT; // sent: the terminal read until now
        }
    }
}
