package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.roadloop.dataspace.Participant.tracks;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.Digests;
import org.roadloop.dataspace.access.PullClient;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.dataspace.dsp.TransferStarted;
import tools.jackson.databind.json.JsonMapper;

/** Pull and push between two connectors, over lines that break. */
@Tag("slow")
class TransfersTest {
    @TempDir Path home;
    private Participant provider;
    private Participant consumer;
    private BrokenLine line;
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
    }

    @AfterEach
    void stop() throws Exception {
        line.close();
        provider.close();
        consumer.close();
        http.close();
    }

    static void await(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private Agreement agree() throws Exception {
        return consumer.agree(provider);
    }

    /** A started pull whose endpoint is at the end of the line. */
    private DataAddress pull(Agreement agreement) throws Exception {
        return overLine(consumer.transfer(agreement, DataRoute.FORMAT).dataAddress());
    }

    private DataAddress overLine(DataAddress address) {
        return new DataAddress(
                address.endpointType(),
                line.of(URI.create(address.endpoint())).toString(),
                address.properties());
    }

    private HttpResponse<byte[]> get(DataAddress from, String token, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(from.endpoint() + "?purpose=research"))
                        .header("Authorization", "Bearer " + token);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private PullClient client() {
        return new PullClient(
                http, List.of(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(40)));
    }

    // ---------------------------------------------------------------- pull

    @Test
    void aPartIsOfThePinnedFileAndIsMeteredOnce() throws Exception {
        byte[] rows = noise(3_000_000, 1);
        provider.table.exported = rows;
        Agreement agreement = agree();
        DataAddress address = pull(agreement);
        String token = address.findToken().orElseThrow();

        HttpResponse<byte[]> part = get(address, token, "Range", "bytes=1000000-1000009");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(rows, 1_000_000, 1_000_010));
        assertThat(part.headers().firstValue("Content-Range"))
                .contains("bytes 1000000-1000009/3000000");
        assertThat(part.headers().firstValue("Content-Digest").flatMap(Digests::find).orElseThrow())
                .isEqualTo(java.security.MessageDigest.getInstance("SHA-256").digest(part.body()));
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(10);
        assertThat(provider.metered(agreement.id(), "row")).isEqualTo(30);

        provider.table.exported = noise(3_000_000, 2); // the table goes on
        String tag = part.headers().firstValue("ETag").orElseThrow();
        HttpResponse<byte[]> last = get(address, token, "Range", "bytes=-5", "If-Range", tag);
        assertThat(last.body()).isEqualTo(Arrays.copyOfRange(rows, 2_999_995, 3_000_000));
        get(address, token, "Range", "bytes=1000005-1000014", "If-Range", tag);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(10 + 5 + 5);

        HttpResponse<byte[]> beyond = get(address, token, "Range", "bytes=3000000-");
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(beyond.headers().firstValue("Content-Range")).contains("bytes */3000000");
        HttpResponse<byte[]> changed =
                get(address, token, "Range", "bytes=5-", "If-Range", "\"another\"");
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo(rows);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(3_000_000);
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(1);

        assertThat(get(address, token).body()).as("a new use").isNotEqualTo(rows);
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(2);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(6_000_000);
    }

    @Test
    void aLineThatBreaksAnywhereCostsNothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] rows = noise(5_000_000, seed);
        provider.table.exported = rows;
        Agreement agreement = agree();
        for (int i = 0; i < 8; i++) {
            line.breakAnswers(1 + random.nextInt(2_000_000));
        }
        Path file = home.resolve("pulled");
        PullClient.Pulled pulled =
                client().pull(pull(agreement), "research", "", file, Optional::empty);
        assertThat(Files.readAllBytes(file)).as("seed %d", seed).isEqualTo(rows);
        assertThat(pulled.resumed()).isPositive();
        assertThat(pulled.receivedBytes()).isEqualTo(rows.length);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(rows.length);
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(pulled.uses()).isEqualTo(1);
    }

    @Test
    void aByteThatChangedOnTheWayIsSeen() throws Exception {
        provider.table.exported = noise(400_000, 3);
        Agreement agreement = agree();
        DataAddress address = pull(agreement);
        line.flipAt = 300_000;
        assertThatThrownBy(
                        () ->
                                client().pull(
                                                address,
                                                "research",
                                                "",
                                                home.resolve("pulled"),
                                                Optional::empty))
                .isInstanceOfSatisfying(
                        PullClient.BrokeOffException.class,
                        e -> assertThat(e.receivedBytes()).isEqualTo(400_000))
                .hasMessageContaining("checksum_differs");
    }

    @Test
    void aTokenIsOfOneTransferAndExpiresAndIsRenewed() throws Exception {
        Agreement agreement = agree();
        DataAddress one = pull(agreement);
        DataAddress two = pull(agree());
        HttpResponse<byte[]> swapped = get(one, two.findToken().orElseThrow());
        assertThat(swapped.statusCode()).isEqualTo(403);
        assertThat(new String(swapped.body())).contains("token_of_another_transfer");

        TransferProcess transfer =
                provider.book.getTransfer(
                        provider.tokens.verify(one.findToken().orElseThrow()).transferPid());
        String old =
                new AccessTokens(
                                provider.signer,
                                provider.book,
                                Clock.offset(provider.clock, Duration.ofHours(-1)),
                                Duration.ofMinutes(5))
                        .issue(transfer);
        assertThat(new String(get(one, old).body())).contains("token_expired");

        DataAddress expired = DataAddress.bearer(one.endpointType(), one.endpoint(), old);
        Path file = home.resolve("pulled");
        client().pull(expired, "research", "", file, () -> Optional.of(renew(one, consumer)));
        assertThat(Files.readString(file)).isEqualTo("PAR1 thirty rows PAR1");
        assertThat(renew(one, provider)).as("not for others").isEmpty();
        consumer.connector.completeTransfer(
                consumer.connector.listTransfers().stream()
                        .filter(t -> t.agreementId().equals(agreement.id()))
                        .findFirst()
                        .orElseThrow()
                        .dialogue()
                        .pid());
        await("completion", () -> provider.book.getTransfer(transfer.dialogue().pid()).ended());
        assertThat(renew(one, consumer)).as("dies with its transfer").isEmpty();
        assertThat(get(one, one.findToken().orElseThrow()).statusCode()).isEqualTo(401);
    }

    private String renew(DataAddress address, Participant by)
            throws java.io.IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                address.properties().get(DataRoute.TOKEN_ENDPOINT)))
                                .header("Authorization", by.identity.authorization(provider.did))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return JsonMapper.shared().readTree(answer.body()).path("access_token").asString("");
    }

    @ParameterizedTest
    @CsvSource({"contract", "ledger"})
    void whatIsTakenAwayInTheMiddleStops(String what) throws Exception {
        byte[] rows = noise(64 << 20, 4);
        provider.table.exported = rows;
        Agreement agreement = agree();
        DataAddress address = pull(agreement);
        HttpResponse<InputStream> answer =
                http.send(
                        HttpRequest.newBuilder(URI.create(address.endpoint() + "?purpose=x"))
                                .header(
                                        "Authorization",
                                        "Bearer " + address.findToken().orElseThrow())
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            in.readNBytes(200_000); // and then reads no more: the writer waits for this reader
            await("the line is full", () -> quiet(line));
            long sent = line.answeredBytes.get();
            assertThat(sent).isLessThan(rows.length);
            long begun = System.nanoTime();
            if (what.equals("contract")) {
                provider.connector.terminateAgreement(agreement.id(), "breach", "passed on");
            } else {
                provider.ledger.close();
            }
            long deadline = begun + TimeUnit.SECONDS.toNanos(120);
            long more = 0;
            byte[] chunk = new byte[64 * 1024];
            try {
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    more += n;
                    assertThat(System.nanoTime()).isLessThan(deadline);
                }
            } catch (java.io.IOException e) {
                long millis = (System.nanoTime() - begun) / 1_000_000;
                System.out.println(what + ": the stream ended after " + millis + " ms");
                assertThat(millis).isLessThan(RevocationTest.WITHIN_MILLIS);
            }
            // what was on the line, and the chunk that was metered
            assertThat(200_000 + more).isLessThan(rows.length / 2);
        }
    }

    private static boolean quiet(BrokenLine line) {
        long before = line.answeredBytes.get();
        try {
            Thread.sleep(300); // that nothing moves can only be seen over a time
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return before > 200_000 && line.answeredBytes.get() == before;
    }

    // ---------------------------------------------------------------- push

    private TransferStarted push(Agreement agreement, URI origin) throws Exception {
        return consumer.receive(agreement, origin, "research");
    }

    private void awaitEnd(TransferStarted transfer, String state) throws Exception {
        await(state, () -> consumer.book.getTransfer(transfer.pid()).ended());
        assertThat(consumer.book.getTransfer(transfer.pid()).state()).isEqualTo(state);
    }

    @Test
    void aPushArrivesWholeOverALineThatBreaks() throws Exception {
        byte[] rows = noise(5_000_000, 5);
        provider.table.exported = rows;
        try (BrokenLine in = new BrokenLine(consumer.serverPort())) {
            in.breakRequests(1_000_000, BrokenLine.WHOLE, 2_000_000);
            Agreement agreement = agree();
            TransferStarted push = push(agreement, in.of(URI.create("http://localhost:1")));
            awaitEnd(push, "COMPLETED");
            assertThat(consumer.arrivals.files).singleElement().isEqualTo(rows);
            assertThat(consumer.arrivals.brokenBytes.get()).isZero();
            assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(rows.length);
            assertThat(provider.metered(agreement.id(), "use")).isEqualTo(1);
            await(
                    "staging is cleared",
                    () -> home.resolve("provider/out").toFile().list().length == 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "500,      receiver_unreachable",
        "401,      receiver_refused",
        "302,      receiver_refused",
        "html,     receiver_answered_html",
        "never,    receiver_unreachable",
        "garbage,  receiver_unreachable"
    })
    void aReceiverThatDoesNotTakeItEndsTheTransferWithTheReason(String answers, String code)
            throws Exception {
        provider.table.exported = noise(100_000, 6);
        CountDownLatch over = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        switch (answers) {
                            case "never" -> over.await(10, TimeUnit.MINUTES);
                            case "garbage" -> {}
                            case "html" -> {
                                exchange.getRequestBody().readAllBytes();
                                exchange.getResponseHeaders().add("Content-Type", "text/html");
                                exchange.sendResponseHeaders(200, 0);
                                exchange.getResponseBody().write("<p>Log in".getBytes());
                            }
                            default -> {
                                exchange.getResponseHeaders().add("Location", "http://localhost/");
                                exchange.sendResponseHeaders(Integer.parseInt(answers), -1);
                            }
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        server.start();
        try {
            DataAddress to =
                    new DataAddress(
                            "https://w3id.org/idsa/v4.1/HTTP",
                            "http://localhost:" + server.getAddress().getPort() + "/in",
                            Map.of("purpose", "research"));
            TransferStarted push =
                    consumer.connector
                            .transfer(agree().id(), Pushes.HTTP, pid -> to)
                            .get(120, TimeUnit.SECONDS);
            awaitEnd(push, "TERMINATED");
            assertThat(consumer.book.getTransfer(push.pid()))
                    .isInstanceOfSatisfying(
                            TransferProcess.Terminated.class,
                            end -> assertThat(end.code()).isEqualTo(code));
        } finally {
            over.countDown();
            server.stop(0);
        }
    }

    @Test
    void aPushStopsInTheMiddleWhenTheContractEnds() throws Exception {
        provider.table.exported = noise(64 << 20, 7);
        CountDownLatch over = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch broken = new CountDownLatch(1);
        server.createContext(
                "/",
                exchange -> {
                    InputStream in = exchange.getRequestBody();
                    in.readNBytes(500_000);
                    begun.countDown();
                    try {
                        over.await(10, TimeUnit.MINUTES);
                        in.transferTo(java.io.OutputStream.nullOutputStream());
                    } catch (java.io.IOException | InterruptedException e) {
                        broken.countDown();
                    }
                });
        server.start();
        try {
            Agreement agreement = agree();
            DataAddress to =
                    new DataAddress(
                            "https://w3id.org/idsa/v4.1/HTTP",
                            "http://localhost:" + server.getAddress().getPort() + "/in",
                            Map.of("purpose", "research"));
            consumer.connector.transfer(agreement.id(), Pushes.HTTP, pid -> to);
            assertThat(begun.await(120, TimeUnit.SECONDS)).isTrue();
            provider.connector.terminateAgreement(agreement.id(), "breach", "passed on");
            await(
                    "the push gave up",
                    () -> home.resolve("provider/out").toFile().list().length == 0);
            over.countDown();
            assertThat(broken.await(120, TimeUnit.SECONDS)).as("the rest never comes").isTrue();
            assertThat(provider.metered(agreement.id(), "byte")).isLessThan(32 << 20);
        } finally {
            over.countDown();
            server.stop(0);
        }
    }

    /** One that a slow machine does not tire. */
    private void patientProvider() {
        provider.stop();
        provider.patience =
                new Pushes.Patience(Duration.ofSeconds(60), List.of(Duration.ofMillis(100)));
        provider.start();
    }

    /** What came before the suspension is no file; the resumed push is a new use of its own. */
    @Test
    void aPushThatIsSuspendedBeginsAnewWhenItIsResumed() throws Exception {
        byte[] rows = noise(48 << 20, 6);
        patientProvider();
        provider.table.exported = rows;
        Agreement agreement = agree();
        TransferStarted push = push(agreement, consumer.origin());
        await("some bytes", () -> provider.metered(agreement.id(), "byte") > 2 << 20);
        String pid = provider.book.findTransferByPeerPid(consumer.did, push.pid()).orElseThrow();
        provider.connector.suspendTransfer(pid, "check", "audit");
        await("the end", () -> home.resolve("provider/out").toFile().list().length == 0);
        long before = provider.metered(agreement.id(), "byte");
        assertThat(before).isLessThan(rows.length);
        await(
                "both sides",
                () -> consumer.book.getTransfer(push.pid()).state().equals("SUSPENDED"));
        assertThat(consumer.arrivals.files).isEmpty();
        provider.connector.resumeTransfer(pid);
        awaitEnd(push, "COMPLETED");
        assertThat(consumer.arrivals.files).singleElement().isEqualTo(rows);
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(2);
        assertThat(provider.metered(agreement.id(), "byte"))
                .isBetween((long) rows.length, before + rows.length);
    }

    /** What the first push comes to after the suspension is not the end of the resumed one. */
    @Test
    void aPushThatIsSlowToEndDoesNotEndTheResumedOne() throws Exception {
        byte[] rows = noise(100_000, 8);
        provider.table.exported = rows;
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch slow = new CountDownLatch(1);
        provider.table.beforeExport =
                () -> {
                    provider.table.beforeExport = () -> {};
                    begun.countDown();
                    assertThatCode(() -> slow.await(120, TimeUnit.SECONDS))
                            .doesNotThrowAnyException();
                };
        Agreement agreement = agree();
        TransferStarted push = push(agreement, consumer.origin());
        assertThat(begun.await(120, TimeUnit.SECONDS)).isTrue();
        String pid = provider.book.findTransferByPeerPid(consumer.did, push.pid()).orElseThrow();
        provider.connector.suspendTransfer(pid, "check", "audit");
        awaitState(push, "SUSPENDED");
        provider.connector.resumeTransfer(pid);
        awaitState(push, "STARTED");
        slow.countDown();
        awaitEnd(push, "COMPLETED");
        assertThat(consumer.arrivals.files).singleElement().isEqualTo(rows);
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(1);
    }

    private void awaitState(TransferStarted push, String state) throws Exception {
        await(state, () -> consumer.book.getTransfer(push.pid()).state().equals(state));
    }

    /** A receiver that is away is not waited for once access is taken away. */
    @Test
    void aSuspensionEndsThePauseBeforeTheNextAttempt() throws Exception {
        provider.stop();
        provider.patience =
                new Pushes.Patience(
                        Duration.ofSeconds(60), List.of(Duration.ofHours(1), Duration.ofHours(1)));
        provider.start();
        byte[] rows = noise(100_000, 9);
        provider.table.exported = rows;
        try (BrokenLine in = new BrokenLine(consumer.serverPort())) {
            in.breakRequests(0);
            Agreement agreement = agree();
            TransferStarted push = push(agreement, in.of(URI.create("http://localhost:1")));
            await("the first attempt", () -> in.broken.get() == 1);
            String pid =
                    provider.book.findTransferByPeerPid(consumer.did, push.pid()).orElseThrow();
            provider.connector.suspendTransfer(pid, "check", "audit");
            awaitState(push, "SUSPENDED");
            provider.connector.resumeTransfer(pid);
            awaitEnd(push, "COMPLETED");
            assertThat(consumer.arrivals.files).singleElement().isEqualTo(rows);
        }
    }

    /** Data addresses are secrets that no disk has: the consumer hears why, and asks again. */
    @Test
    void aPushDoesNotOutliveARestartOfTheProvider() throws Exception {
        byte[] rows = noise(16 << 20, 7);
        patientProvider();
        provider.table.exported = rows;
        Agreement agreement = agree();
        TransferStarted push;
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            // it takes connections and reads nothing, so that the push is under way for sure
            push = push(agreement, URI.create("http://localhost:" + silent.getLocalPort()));
            await("some bytes", () -> provider.metered(agreement.id(), "byte") > 0);
            provider.stop();
            provider.start();
            provider.pushes.resume();
            awaitEnd(push, "TERMINATED");
        }
        assertThat(((TransferProcess.Terminated) consumer.book.getTransfer(push.pid())).code())
                .isEqualTo("data_address_lost");
        assertThat(consumer.arrivals.files).isEmpty();
        assertThat(provider.metered(agreement.id(), "byte")).isLessThan(rows.length);
        awaitEnd(push(agreement, consumer.origin()), "COMPLETED");
        assertThat(consumer.arrivals.files).singleElement().isEqualTo(rows);
    }

    @Test
    void anAddressToPushToIsNeededAndIsChecked() throws Exception {
        Agreement agreement = agree();
        assertThatThrownBy(
                        () ->
                                consumer.connector
                                        .transfer(agreement.id(), Pushes.HTTP)
                                        .get(120, TimeUnit.SECONDS))
                .hasMessageContaining("dataAddress");
        assertThatThrownBy(
                        () ->
                                consumer.connector
                                        .transfer(
                                                agreement.id(),
                                                Pushes.HTTP,
                                                pid ->
                                                        new DataAddress(
                                                                "x", "ftp://localhost/", Map.of()))
                                        .get(120, TimeUnit.SECONDS))
                .hasMessageContaining("http or https");
    }
}
