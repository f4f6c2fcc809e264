package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.spec.SecretKeySpec;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;

/**
 * A gateway on a disk that is full for a while, and its reporters: a GB/T 32960 platform, a JT/T
 * 808 connection and JT/T 808 datagrams. Prints what it saw; the disk is its argument.
 */
final class StarvedGatewayChild {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String VIN = "LTEST000000000001";
    private static final String PHONE = "013900000001";
    private static final String DATAGRAM_PHONE = "013900000002";
    private static final int REPORTS = 20_000;
    private static final int BUFFER_BYTES = 256 * 1024;

    private StarvedGatewayChild() {}

    /** A link that reports many times, and hears what is answered. */
    private interface Reports {
        String frame(int number);

        /** The number of the report that is answered next. */
        int answered() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path disk = Path.of(args[0]);
        Path ballast = disk.resolve("ballast");
        Counters counters = new Counters();
        VehicleRegister register = new VehicleRegister();
        register.register(VIN, Lineage.SIMULATED);
        register.registerPlatform("CITYPLATFORM", "secret-of-the-city01");
        TerminalRegister terminals =
                new TerminalRegister(new SecretKeySpec(new byte[32], "HmacSHA256"), (_, _) -> {});
        terminals.register(PHONE, Lineage.SIMULATED, null);
        terminals.register(DATAGRAM_PHONE, Lineage.SIMULATED, null);
        try (SegmentLog log =
                        new SegmentLog(
                                disk.resolve("log"),
                                FrameLogTest.MASTER,
                                counters,
                                new SegmentLog.Settings(
                                        BUFFER_BYTES, 64 << 20, Duration.ofDays(1)));
                TcpGateway gateway =
                        new TcpGateway(
                                log,
                                register,
                                counters,
                                Clock.systemUTC(),
                                GatewaySettings.DEFAULT,
                                1);
                Peer platform = new Peer(gateway.listen(ANY, Profile.PLATFORM));
                Peer terminal =
                        new Peer(gateway.listenJt808(ANY, terminals, Jt808Settings.DEFAULT));
                DatagramSocket datagrams = new DatagramSocket(ANY)) {
            platform.send(Gb32960Frames.platformLogin("CITYPLATFORM", "secret-of-the-city01"));
            assertThat(platform.receive(31).substring(4, 8)).isEqualTo("0501");
            terminal.send(Jt808Frames.frame("0100", PHONE, 0, Jt808Frames.REGISTRATION));
            String token = Jt808Frames.token(Jt808Frames.receive(terminal));
            terminal.send(Jt808Frames.frame("0102", PHONE, 0, token));
            Jt808Frames.receive(terminal);
            datagrams.connect(gateway.listenJt808Datagrams(ANY, terminals, Jt808Settings.DEFAULT));
            datagrams.setSoTimeout(20_000);
            String datagramToken =
                    Jt808Frames.token(
                            exchange(
                                    datagrams,
                                    Jt808Frames.frame(
                                            "0100", DATAGRAM_PHONE, 0, Jt808Frames.REGISTRATION)));
            exchange(datagrams, Jt808Frames.frame("0102", DATAGRAM_PHONE, 0, datagramToken));

            fill(ballast);
            Set<Integer> vehicleAnswers = ConcurrentHashMap.newKeySet();
            Set<Integer> terminalAnswers = ConcurrentHashMap.newKeySet();
            List<Thread> links =
                    List.of(
                            report(platform, vehicleReports(platform), vehicleAnswers),
                            report(terminal, positions(terminal), terminalAnswers));
            Await.until(() -> log.isFailing() && counters.value("gateway_paused") > 1);
            long received = settled(counters);
            // What had found its place before the disk was full.
            int acknowledged = vehicleAnswers.size() + terminalAnswers.size();
            assertThat(received).isLessThan(2L * REPORTS * 60);
            System.out.println("= stopped reading after " + received + " bytes");

            String position = Jt808Frames.frame("0200", DATAGRAM_PHONE, 7, Jt808Frames.POSITION);
            datagrams.setSoTimeout(500);
            try {
                throw new AssertionError("answered: " + exchange(datagrams, position));
            } catch (SocketTimeoutException e) {
                assertThat(counters.value("jt808_datagram_log_full")).isPositive();
            }

            assertThat(vehicleAnswers.size() + terminalAnswers.size()).isEqualTo(acknowledged);

            Files.delete(ballast);
            for (Thread link : links) {
                link.join();
            }
            datagrams.setSoTimeout(20_000);
            assertThat(exchange(datagrams, position)).endsWith("0007" + "0200" + "00");
            assertThat(log.isFailing()).isFalse();
            assertThat(vehicleAnswers).hasSize(REPORTS);
            assertThat(terminalAnswers).hasSize(REPORTS);
            System.out.println("= goes on: " + 2 * REPORTS + " reports acknowledged");
            List<String> logged = Peer.logged(log);
            assertThat(logged).doesNotHaveDuplicates().hasSize(1 + 2 * REPORTS + 1);
        }
        System.out.println("= every record once");
        System.exit(0);
    }

    private static Reports vehicleReports(Peer platform) {
        return new Reports() {
            @Override
            public String frame(int number) {
                return Gb32960Frames.reportAt(VIN, time(number));
            }

            @Override
            public int answered() throws Exception {
                String answer = platform.receive(31);
                assertThat(answer.substring(4, 8)).isEqualTo("0201");
                byte[] at = HexFormat.of().parseHex(answer.substring(48, 60));
                return (at[3] * 60 + at[4]) * 60 + at[5];
            }
        };
    }

    /** Six bytes, a second for each number below a day. */
    private static String time(int number) {
        return "1a0b16%02x%02x%02x".formatted(number / 3600, number / 60 % 60, number % 60);
    }

    private static Reports positions(Peer terminal) {
        return new Reports() {
            @Override
            public String frame(int number) {
                return Jt808Frames.frame("0200", PHONE, number, Jt808Frames.POSITION);
            }

            @Override
            public int answered() throws Exception {
                String answer = Jt808Frames.receive(terminal);
                assertThat(answer).endsWith("020000");
                return Integer.parseInt(answer.substring(24, 28), 16);
            }
        };
    }

    private static Thread report(Peer peer, Reports reports, Set<Integer> answers) {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                for (int i = 0; i < REPORTS; i++) {
                                    peer.send(reports.frame(i));
                                }
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                while (answers.size() < REPORTS) {
                                    assertThat(answers.add(reports.answered())).isTrue();
                                }
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }

    /** How many bytes were read once no more are. */
    private static long settled(Counters counters) throws InterruptedException {
        long before = -1;
        long now = counters.value("gateway_received_bytes");
        while (now != before) {
            before = now;
            Thread.sleep(500);
            now = counters.value("gateway_received_bytes");
        }
        return now;
    }

    private static String exchange(DatagramSocket socket, String hex) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(hex);
        socket.send(new DatagramPacket(bytes, bytes.length));
        DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
        socket.receive(answer);
        String frame = HexFormat.of().formatHex(answer.getData(), 0, answer.getLength());
        return Jt808Frames.content(frame.substring(2, frame.length() - 2));
    }

    private static void fill(Path ballast) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] page = new byte[4096];
            while (ballast.toFile().getUsableSpace() > 0) {
                out.write(page);
            }
        }
    }
}
