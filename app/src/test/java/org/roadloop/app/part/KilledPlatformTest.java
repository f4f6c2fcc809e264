package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.LinkMessage;
import org.roadloop.collect.jt808.Message;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.collect.jt808.Registration;
import org.roadloop.core.S3Proxy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * kill -9 of a whole platform at seeded moments under a load of JT/T 808 positions: what was
 * acknowledged is in the table, once. Terminals send again what was not answered.
 */
@Tag("slow")
class KilledPlatformTest {
    private static final int TERMINALS = 4;
    private static final int KILLS = 2;
    private static final int LEAST_BETWEEN_KILLS = 300;
    private static final int PIPELINED = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Instant FIRST =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(3));

    @TempDir Path home;
    @TempDir Path bucketHome;
    private final AtomicInteger port = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger sentAgain = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();

    /** A terminal with its store of positions that are not answered yet; its own thread. */
    private final class Terminal {
        private final String phone;
        private final SortedSet<Integer> unanswered = new TreeSet<>();
        private int seconds;
        private int serial;

        private Terminal(int number) {
            phone = "1390000000" + number;
        }

        private void run() {
            while (!stop.get() || !unanswered.isEmpty()) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.get())) {
                    socket.setSoTimeout(60_000);
                    login(socket);
                    sentAgain.addAndGet(unanswered.size());
                    while (!stop.get() || !unanswered.isEmpty()) {
                        report(socket);
                    }
                } catch (IOException e) {
                    // Killed: what is unanswered goes out again with the next link.
                    pause();
                }
            }
        }

        private void pause() {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void login(Socket socket) throws IOException {
            send(socket, new Registration(2013, 31, 1, "MAKER", "MODEL", "T1", 1, "A12345"));
            byte[] answer = receive(socket);
            String token =
                    new String(Arrays.copyOfRange(answer, 16, 48), StandardCharsets.US_ASCII);
            send(socket, new LinkMessage.Authentication(token, null, null));
            receive(socket);
        }

        private void report(Socket socket) throws IOException {
            while (unanswered.size() < PIPELINED && !stop.get()) {
                unanswered.add(seconds++);
            }
            Map<Integer, Integer> bySerial = new HashMap<>();
            for (int second : unanswered) {
                int used = send(socket, new PositionMessage.PositionReport(position(second)));
                bySerial.put(used, second);
            }
            while (!bySerial.isEmpty()) {
                byte[] answer = receive(socket);
                int second = bySerial.remove((answer[13] & 0xFF) << 8 | answer[14] & 0xFF);
                unanswered.remove(second);
                acknowledged.incrementAndGet();
            }
        }

        private int send(Socket socket, Message message) throws IOException {
            serial = serial + 1 & 0xFFFF;
            for (byte[] frame :
                    OutgoingMessage.of(message, Edition.JT2013, phone, serial).frames()) {
                socket.getOutputStream().write(frame);
            }
            return serial;
        }
    }

    private static Position position(int second) {
        String at = FIRST.plusSeconds(second).toString();
        return new Position(0, 3, 31.24, 121.51, 12, 36, 90, at, List.of(), null);
    }

    @Test
    void withTheLakeOnTheDisk() throws Exception {
        everyAcknowledgedPositionIsInTheTableOnce();
    }

    @Test
    void withTheLakeInABucket() throws Exception {
        assumeTrue(
                S3Proxy.resolved(), "S3Proxy can't be resolved by Maven here: no bucket is tested");
        try (S3Proxy s3 = S3Proxy.start(bucketHome)) {
            TestBucket.configure(home, s3);
            everyAcknowledgedPositionIsInTheTableOnce();
            assertThat(s3.bucket().resolve("lake/tables/positions/data")).isNotEmptyDirectory();
            assertThat(home.resolve("lake/tables/positions/data")).isEmptyDirectory();
        }
    }

    private void everyAcknowledgedPositionIsInTheTableOnce() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Terminal> terminals = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        Process platform = null;
        try {
            Started first = start();
            platform = first.process;
            for (int i = 0; i < TERMINALS; i++) {
                Terminal terminal = new Terminal(i);
                terminals.add(terminal);
                first.api.post(
                        "/api/v1/terminals",
                        JsonMapper.shared()
                                .readTree(
                                        "{\"terminals\":[{\"terminal\":\"%s\",\"lineage\":\"simulated\"}]}"
                                                .formatted(terminal.phone)));
                threads.add(Thread.ofPlatform().daemon().start(terminal::run));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                int before = acknowledged.get();
                await(() -> acknowledged.get() >= before + LEAST_BETWEEN_KILLS);
                Thread.sleep(random.nextInt(1500));
                platform.destroyForcibly().waitFor();
                platform = start().process;
            }
            int before = acknowledged.get();
            await(() -> acknowledged.get() >= before + LEAST_BETWEEN_KILLS);
            stop.set(true);
            for (Thread thread : threads) {
                assertThat(thread.join(PATIENCE)).isTrue();
            }
            // Killed once more: rows that were acknowledged and not yet in the table.
            platform.destroyForcibly().waitFor();
            Started last = start();
            platform = last.process;
            long sent = terminals.stream().mapToLong(t -> t.seconds).sum();
            assertThat(acknowledged.get()).isEqualTo(sent);
            await(() -> rows(last.api) >= sent);
            assertThat(rows(last.api)).isEqualTo(sent);
            System.out.printf(
                    "%d positions acknowledged over %d kills, %d sent again%n",
                    sent, KILLS + 1, sentAgain.get());
        } finally {
            stop.set(true);
            if (platform != null) {
                platform.destroyForcibly().waitFor();
            }
        }
    }

    private record Started(Process process, ApiClient api) {}

    private Started start() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx320m",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KilledPlatformChild.class.getName(),
                                home.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        BufferedReader out = process.inputReader();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("started ")) {
                String[] words = line.split(" ");
                ApiClient api = new ApiClient(URI.create(words[1]), words[2]);
                port.set(api.get("/api/v1/collect").at("/ports/jt808").asInt());
                return new Started(process, api);
            }
        }
        throw new AssertionError("the platform ended before it listened: " + process.waitFor());
    }

    private static long rows(ApiClient api) throws Exception {
        for (JsonNode table : api.get("/api/v1/tables").path("items").values()) {
            if (table.path("name").asString("").equals("positions")) {
                return table.path("rows").asLong();
            }
        }
        return 0;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            assertThat(Instant.now()).as("time is up").isBefore(end);
            Thread.sleep(20);
        }
    }

    /** One frame with its flags, unescaped. */
    private static byte[] receive(Socket terminal) throws IOException {
        InputStream in = terminal.getInputStream();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int next = in.read();
        do {
            if (next < 0) {
                throw new IOException("the link has ended");
            }
            frame.write(next == 0x7d ? in.read() == 1 ? 0x7d : 0x7e : next);
            next = in.read();
        } while (next != 0x7e);
        frame.write(next);
        return frame.toByteArray();
    }
}
