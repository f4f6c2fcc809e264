package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.UsageFacts;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Operator;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.LiveStreams;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.dataspace.dsp.TransferStarted;

/**
 * What runs ends within a second of the withdrawal of its right, over plain sockets: a reader that
 * reads on sees the last byte, one that fell silent finds the line closed.
 */
@Tag("slow")
class RevocationTest {
    /**
     * A second is promised, and held by the bench; here, what never comes is told from what does.
     */
    static final long WITHIN_MILLIS = 60_000;

    @TempDir Path home;
    private Participant provider;
    private Participant consumer;
    private final Map<String, Set<String>> claims = new ConcurrentHashMap<>();

    @BeforeEach
    void start() throws Exception {
        provider = new Participant(home.resolve("provider"));
        consumer = new Participant(home.resolve("consumer"));
        claims.put("membership", Set.of("active"));
        // a reader that does not read is not cut off for that while a test runs
        provider.patience =
                new Pushes.Patience(Duration.ofMinutes(2), List.of(Duration.ofMillis(50)));
        provider.pace = new LiveStreams.Pace(Duration.ofMillis(200), Duration.ofMinutes(2));
        provider.facts =
                new UsageFacts() {
                    @Override
                    public Map<String, Set<String>> claims(String did) {
                        return Map.copyOf(claims);
                    }
                };
        provider.start();
        consumer.start();
        byte[] noise = new byte[64 << 20];
        new Random(4).nextBytes(noise);
        provider.table.exported = noise;
        provider.table.commit(1_500_000);
    }

    @AfterEach
    void stop() {
        provider.close();
        consumer.close();
    }

    private Agreement agree(String action, Constraint... constraints) throws Exception {
        provider.catalog.offer(Participant.tracks(provider.did, action, constraints));
        return consumer.agree(provider);
    }

    /** A reader of one transfer, at the end of a plain socket. */
    private record Line(Socket socket, String transferPid) {}

    private Line open(String way, Agreement agreement) throws Exception {
        if (way.equals("push")) {
            ServerSocket server = new ServerSocket(0, 1);
            URI origin = URI.create("http://127.0.0.1:" + server.getLocalPort());
            TransferStarted started = consumer.receive(agreement, origin, "research");
            while (true) {
                Socket socket = server.accept();
                String head = head(socket.getInputStream());
                if (head.startsWith("HEAD")) {
                    socket.getOutputStream()
                            .write(
                                    ascii(
                                            "HTTP/1.1 204 No Content\r\nUpload-Offset: 0\r\nConnection: close\r\n\r\n"));
                    socket.close();
                    continue;
                }
                server.close();
                return new Line(socket, started.pid());
            }
        }
        TransferStarted started =
                consumer.transfer(
                        agreement, way.equals("pull") ? DataRoute.FORMAT : LiveStreams.FORMAT);
        DataAddress at = started.dataAddress();
        Socket socket = new Socket("127.0.0.1", provider.serverPort());
        String request =
                "GET "
                        + URI.create(at.endpoint()).getRawPath()
                        + "?purpose=research&cursor=-1 HTTP/1.1\r\nHost: localhost\r\n"
                        + "Authorization: Bearer "
                        + at.findToken().orElseThrow()
                        + "\r\n"
                        + (way.equals("websocket")
                                ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                : "Connection: close\r\nAccept: "
                                        + (way.equals("pull") ? "*/*" : "text/event-stream")
                                        + "\r\n")
                        + "\r\n";
        socket.getOutputStream().write(ascii(request));
        assertThat(head(socket.getInputStream()))
                .startsWith("HTTP/1.1 " + (way.equals("websocket") ? "101" : "200"));
        return new Line(socket, started.pid());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            head.append((char) b);
        }
        return head.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "pull, reading, transfer",
        "pull, silent, claim",
        "push, reading, claim",
        "push, silent, transfer",
        "events, reading, claim",
        "events, silent, transfer",
        "websocket, reading, agreement",
        "websocket, silent, claim",
        "pull, silent, transfer",
        "pull, silent, time",
        "push, silent, claim",
        "push, silent, suspension",
        "pull, reading, suspension",
        "events, reading, time"
    })
    void whatRunsEndsWithinASecond(String way, String reader, String cause) throws Exception {
        Instant until = Instant.now().plusSeconds(12); // the way there is long on a busy machine
        Agreement agreement =
                agree(
                        "use",
                        cause.equals("time")
                                ? Constraint.Atomic.of("dateTime", Operator.LTEQ, until.toString())
                                : Constraint.Atomic.of("membership", Operator.EQ, "active"));
        Line line = open(way, agreement);
        try (Socket socket = line.socket()) {
            InputStream in = socket.getInputStream();
            byte[] chunk = new byte[64 * 1024];
            long got = in.readNBytes(300_000).length;
            boolean reading = reader.equals("reading");
            if (!reading) {
                awaitQuiet(agreement); // until the provider's writer waits for this reader
            }
            if (cause.equals("time")) {
                // a reader that takes its time, so that the table is not at its end before
                while (Instant.now().isBefore(until)) {
                    got += reading ? Math.max(0, in.read(chunk, 0, 4096)) : 0;
                    Thread.sleep(10);
                }
            } else {
                take(cause, agreement, line.transferPid());
            }
            long returned = System.nanoTime();
            long end = reading ? 0 : awaitClosed(socket, way);
            long drain = System.nanoTime();
            socket.setSoTimeout(120_000);
            try {
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    got += n;
                    assertThat(System.nanoTime() - drain).isLessThan(TimeUnit.SECONDS.toNanos(120));
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("the line is still open", e);
            } catch (IOException e) {
                assertThat(e).as("what was under way is dropped").hasMessageContaining("reset");
            }
            end = reading ? System.nanoTime() : end;
            long millis = (end - returned) / 1_000_000;
            System.out.printf("%s, %s, %s: last byte after %d ms%n", way, reader, cause, millis);
            assertThat(millis).isLessThan(WITHIN_MILLIS);
            assertThat(got).isLessThan(60L << 20);
        }
        long metered = provider.metered(agreement.id(), "byte");
        Thread.sleep(200); // that nothing more is metered can only be seen over a time
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(metered);
    }

    /**
     * Without reading: whatever is said to a socket that the other side has closed is answered with
     * a reset. What is said means nothing to a side that still listens.
     *
     * @return when it was closed
     */
    private static long awaitClosed(Socket socket, String way) throws InterruptedException {
        byte[] said =
                switch (way) {
                    case "push" -> ascii("HTTP/1.1 200 OK\r\nX-Not-Yet: " + "x".repeat(1 << 16));
                    case "websocket" -> new byte[] {(byte) 0x8A, (byte) 0x80, 1, 2, 3, 4}; // a pong
                    default -> ascii("GET /" + "x".repeat(1 << 16)); // of the next request
                };
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        for (int i = 0; System.nanoTime() < limit; i++) {
            try {
                if (way.equals("websocket")) {
                    socket.getOutputStream().write(said);
                } else {
                    socket.getOutputStream().write(said[i]);
                }
            } catch (IOException closed) {
                return System.nanoTime();
            }
            Thread.sleep(10);
        }
        throw new AssertionError("the line is still open to a reader that does not read");
    }

    private void awaitQuiet(Agreement agreement) throws Exception {
        for (long before = -1, now = 0; before != now; ) {
            before = now;
            Thread.sleep(300); // that nothing moves can only be seen over a time
            now = provider.metered(agreement.id(), "byte");
        }
    }

    private void take(String cause, Agreement agreement, String consumerPid) {
        switch (cause) {
            case "claim" -> claims.clear();
            case "suspension" ->
                    provider.connector.suspendAgreement(agreement.id(), "check", "audit");
            case "agreement" ->
                    provider.connector.terminateAgreement(agreement.id(), "breach", "passed on");
            default -> {
                String pid =
                        provider.book
                                .findTransferByPeerPid(consumer.did, consumerPid)
                                .orElseThrow();
                provider.connector.suspendTransfer(pid, "check", "audit");
            }
        }
    }

    @Test
    void rowsNeverLeaveUnderAPolicyThatLetsOnlyCodeIn() throws Exception {
        Agreement agreement = agree("computeToData");
        for (String format : new String[] {DataRoute.FORMAT, LiveStreams.FORMAT}) {
            DataAddress at = consumer.transfer(agreement, format).dataAddress();
            try (Socket socket = new Socket("127.0.0.1", provider.serverPort())) {
                socket.getOutputStream()
                        .write(
                                ascii(
                                        "GET "
                                                + URI.create(at.endpoint()).getRawPath()
                                                + "?purpose="
                                                + URLEncoder.encode("x", StandardCharsets.UTF_8)
                                                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                                + "Authorization: Bearer "
                                                + at.findToken().orElseThrow()
                                                + "\r\n\r\n"));
                String answer =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 403").contains("action_not_permitted");
            }
        }
        try (ServerSocket server = new ServerSocket(0, 1)) {
            TransferStarted pushed =
                    consumer.receive(
                            agreement,
                            URI.create("http://127.0.0.1:" + server.getLocalPort()),
                            "x");
            TransfersTest.await(
                    "the push to end",
                    () -> consumer.book.getTransfer(pushed.pid()).state().equals("TERMINATED"));
            server.setSoTimeout(300);
            try (Socket none = server.accept()) {
                throw new AssertionError("the provider connected to push: " + none);
            } catch (SocketTimeoutException e) {
                assertThat(provider.metered(agreement.id(), "byte")).isZero();
            }
        }
        assertThat(provider.metered(agreement.id(), "row")).isZero();
    }
}
