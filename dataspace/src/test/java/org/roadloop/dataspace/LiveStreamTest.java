package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.dataspace.Participant.tracks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.dataspace.access.LiveStreams;
import org.roadloop.dataspace.access.StreamClient;
import tools.jackson.databind.json.JsonMapper;

/** New rows of a table at a consumer, over lines that break and to readers that do not read. */
@Tag("slow")
class LiveStreamTest {
    private static final List<Duration> PAUSES = Collections.nCopies(20, Duration.ofMillis(10));
    @TempDir Path home;
    private Participant provider;
    private Participant consumer;
    private BrokenLine line;
    private Agreement agreement;
    private DataAddress address;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void start() throws Exception {
        provider = new Participant(home.resolve("provider"));
        consumer = new Participant(home.resolve("consumer"));
        provider.start();
        consumer.start();
        provider.catalog.offer(tracks(provider.did, "use"));
        line = new BrokenLine(provider.serverPort());
        agreement = consumer.agree(provider);
        DataAddress told = consumer.transfer(agreement, LiveStreams.FORMAT).dataAddress();
        address =
                new DataAddress(
                        told.endpointType(),
                        line.of(URI.create(told.endpoint())).toString(),
                        told.properties());
    }

    @AfterEach
    void stop() throws Exception {
        line.close();
        provider.close();
        consumer.close();
        http.close();
    }

    /** A consumer that keeps all that came. */
    private static final class Rows implements StreamClient.Sink {
        final List<String> leases = Collections.synchronizedList(new ArrayList<>());
        final ByteArrayOutputStream lines = new ByteArrayOutputStream();
        volatile int rows;
        volatile int heartbeats;
        volatile String cursor = "";

        @Override
        public void opened(String leaseId) {
            leases.add(leaseId);
        }

        @Override
        public void rows(String at, byte[] chunk, int count) throws IOException {
            lines.write(chunk);
            cursor = at;
            rows += count;
        }

        @Override
        public void heartbeat() {
            heartbeats++;
        }
    }

    private CompletableFuture<StreamClient.End> read(Rows rows, String cursor) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return new StreamClient(http, PAUSES)
                                .read(address, "research", cursor, rows, Optional::empty);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private void revoke() {
        provider.connector.terminateAgreement(agreement.id(), "breach", "passed on");
    }

    @Test
    void rowsFollowEachCommitAndEndWithTheContract() throws Exception {
        provider.table.commit(5); // before the reader: not new
        Rows rows = new Rows();
        CompletableFuture<StreamClient.End> end = read(rows, "");
        TransfersTest.await("a heartbeat", () -> rows.heartbeats > 0);
        provider.table.commit(3);
        TransfersTest.await("three rows", () -> rows.rows == 3);
        provider.table.commit(2_500);
        TransfersTest.await("all rows", () -> rows.rows == 2_503);

        String[] lines = rows.lines.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines[0]).matches("\\{\"vehicle\":\"p\\d+-5\",\"speed\":2\\.5}");
        assertThat(lines[4]).as("a cell that is absent").endsWith("-9\",\"speed\":null}");
        for (int i = 0; i < lines.length; i++) {
            assertThat(JsonMapper.shared().readTree(lines[i]).path("vehicle").asString())
                    .endsWith("-" + (i + 5));
        }
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(1);
        assertThat(provider.metered(agreement.id(), "row")).isEqualTo(2_503);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(rows.lines.size());

        revoke();
        assertThat(end.get(120, TimeUnit.SECONDS).code()).isEqualTo("access_revoked");
    }

    @Test
    void aLineThatBreaksLosesNoRowAndCostsNothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10; i++) {
            line.breakAnswers(1 + random.nextInt(600_000));
        }
        Rows rows = new Rows();
        CompletableFuture<StreamClient.End> end = read(rows, "-1");
        int expected = 0;
        for (int i = 0; i < 20; i++) {
            int more = random.nextInt(5_000);
            provider.table.commit(more);
            expected += more;
            if (i % 5 == 4) {
                int all = expected;
                TransfersTest.await("seed " + seed, () -> rows.rows >= all);
            }
        }
        int all = expected;
        TransfersTest.await("seed " + seed + ": " + all, () -> rows.rows >= all);
        String[] lines = rows.lines.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines).as("seed %d", seed).hasSize(all);
        for (int i = 0; i < lines.length; i++) {
            assertThat(lines[i]).contains("-" + i + "\"");
        }
        assertThat(provider.metered(agreement.id(), "row")).isEqualTo(all);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(rows.lines.size());
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(1);
        revoke();
        end.get(120, TimeUnit.SECONDS);
    }

    @Test
    void aReaderThatDoesNotReadIsCutOffAndGoesOnLater() throws Exception {
        provider.table.commit(400_000); // more than sockets hold
        HttpResponse<InputStream> answer =
                http.send(
                        HttpRequest.newBuilder(
                                        URI.create(address.endpoint() + "?purpose=x&cursor=-1"))
                                .header(
                                        "Authorization",
                                        "Bearer " + address.findToken().orElseThrow())
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            in.readNBytes(1_000);
            // nothing is read on purpose for much longer than the provider's patience of 2 s
            Thread.sleep(10_000); // the reader sleeps, nothing is awaited
            long metered = provider.metered(agreement.id(), "byte");
            try {
                long more = in.transferTo(java.io.OutputStream.nullOutputStream());
                assertThat(more).isLessThan(metered * 2);
            } catch (IOException e) {
                // the provider cut the line
            }
            assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(metered);
            assertThat(provider.metered(agreement.id(), "row")).isLessThan(400_000);
        }
    }

    @Test
    void theLedgerOnHoldEndsTheStreamAndNothingLeaves() throws Exception {
        Rows rows = new Rows();
        CompletableFuture<StreamClient.End> end = read(rows, "");
        TransfersTest.await("a heartbeat", () -> rows.heartbeats > 0);
        provider.table.commit(3);
        TransfersTest.await("three rows", () -> rows.rows == 3);
        provider.ledger.close();
        provider.table.commit(3);
        assertThat(end.get(120, TimeUnit.SECONDS).code()).isEqualTo("provider_fault");
        assertThat(rows.rows).isEqualTo(3);
    }

    @Test
    void theSameRowsComeOverWebSocket() throws Exception {
        provider.table.commit(4);
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        WebSocket socket =
                http.newWebSocketBuilder()
                        .header("Authorization", "Bearer " + address.findToken().orElseThrow())
                        .buildAsync(
                                URI.create(
                                        address.endpoint().replaceFirst("^http", "ws")
                                                + "?purpose=research&cursor=-1"),
                                new Messages(messages))
                        .get(120, TimeUnit.SECONDS);
        assertThat(messages.poll(120, TimeUnit.SECONDS)).contains("\"event\":\"open\"");
        String first = messages.poll(120, TimeUnit.SECONDS);
        assertThat(first.lines()).hasSize(5);
        assertThat(first).startsWith("{\"event\":\"rows\",\"id\":\"1\",\"rows\":4}\n");
        provider.table.commit(2);
        assertThat(messages.poll(120, TimeUnit.SECONDS).lines()).hasSize(3);
        assertThat(provider.metered(agreement.id(), "row")).isEqualTo(6);

        revoke();
        assertThat(messages.poll(120, TimeUnit.SECONDS)).contains("access_revoked");
        assertThat(messages.poll(120, TimeUnit.SECONDS)).isEqualTo("closed 1000 access_revoked");
        socket.abort();

        http.newWebSocketBuilder()
                .header("Authorization", "Bearer " + address.findToken().orElseThrow())
                .buildAsync(
                        URI.create(address.endpoint().replaceFirst("^http", "ws")),
                        new Messages(messages))
                .get(120, TimeUnit.SECONDS);
        assertThat(messages.poll(120, TimeUnit.SECONDS))
                .isEqualTo("closed 1008 transfer_not_started");
    }

    private record Messages(BlockingQueue<String> to, StringBuilder part)
            implements WebSocket.Listener {
        Messages(BlockingQueue<String> to) {
            this(to, new StringBuilder());
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                to.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            to.add("closed " + code + " " + reason);
            return null;
        }
    }
}
