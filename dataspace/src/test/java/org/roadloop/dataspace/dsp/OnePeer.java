package org.roadloop.dataspace.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.OwnOfferDecider;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.identity.SharedSecret;

/** A connector of ours and a small server that answers what a test says. */
abstract class OnePeer {
    static final Policy OFFER =
            Policy.offer("o", List.of(new Permission("use", List.of(), List.of()))).withTarget("t");
    static final Pattern CONSUMER_PID = Pattern.compile("\"consumerPid\":\"([^\"]+)\"");

    /** What the peer answers. */
    interface Peer {
        void on(HttpExchange exchange, String body, int nth) throws Exception;
    }

    @TempDir Path home;
    HttpServer server;
    final AtomicInteger requests = new AtomicInteger();
    volatile Peer peer = (exchange, body, nth) -> created(exchange, body);
    FileLedger ledger;
    ContractBook book;
    Connector connector;
    final HttpClient http = HttpClient.newHttpClient();

    /** Within which the peer's answer must be whole. */
    Duration answerWithin() {
        return Courier.Patience.USUAL.answer();
    }

    @BeforeEach
    void start() throws IOException {
        listen(0);
        Clock clock = Clock.systemUTC();
        Signer signer = Keystore.open(home.resolve("keys")).signer("connector", "did:web:us");
        ledger = FileLedger.open(home.resolve("ledger"), "us", signer);
        book = new ContractBook(ledger, "did:web:us", clock);
        AssetCatalog catalog = new AssetCatalog(ledger, "did:web:us", clock);
        connector =
                new Connector(
                        new ConnectorConfig(
                                URI.create("http://localhost:1"),
                                ConnectorConfig.BASE_PATH,
                                Optional.empty(),
                                false,
                                List.of()),
                        book,
                        catalog,
                        new OwnOfferDecider(catalog),
                        signer,
                        new SharedSecret(
                                "ours",
                                List.of(new SharedSecret.Member("peer", "theirs", address()))),
                        new AccessTokens(signer, book, clock, Duration.ofMinutes(1)),
                        http,
                        clock,
                        new Courier.Patience(
                                Duration.ofMillis(500),
                                Duration.ofSeconds(5),
                                Duration.ofMillis(200),
                                answerWithin()));
    }

    void listen(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        String body =
                                new String(
                                        exchange.getRequestBody().readAllBytes(),
                                        StandardCharsets.UTF_8);
                        peer.on(exchange, body, requests.getAndIncrement());
                    } catch (IOException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        connector.close();
        server.stop(0);
        http.shutdownNow();
        ledger.close();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    static void created(HttpExchange exchange, String body) throws IOException {
        if (exchange.getRequestMethod().equals("GET")) {
            answer(exchange, 200, "{\"state\":\"REQUESTED\"}");
            return;
        }
        Matcher pid = CONSUMER_PID.matcher(body);
        assertThat(pid.find()).isTrue();
        answer(
                exchange,
                201,
                "{\"@type\":\"ContractNegotiation\",\"providerPid\":\"p-"
                        + pid.group(1)
                        + "\",\"state\":\"REQUESTED\"}");
    }

    static void await(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    boolean known(int dialogues) {
        return book.listNegotiations().stream()
                        .filter(c -> !c.negotiation().dialogue().peerPid().isEmpty())
                        .count()
                == dialogues;
    }

    Negotiation only() {
        return book.listNegotiations().getFirst().negotiation();
    }

    /** How a peer answers that is none of ours. */
    interface Misbehaviour {
        void on(HttpExchange exchange) throws Exception;
    }

    /**
     * @param name under which such answers are counted, and under no other
     */
    void nothingComesOf(Misbehaviour how, String name) throws Exception {
        peer = (exchange, body, nth) -> how.on(exchange);
        connector.negotiate("peer", address(), OFFER);
        await(name, () -> connector.peerFaults().counts().getOrDefault(name, 0L) > 0);
        assertThat(connector.peerFaults().counts()).containsOnlyKeys(name);
        assertThat(only()).isInstanceOf(Negotiation.Requested.class);
        assertThat(only().dialogue().peerPid()).isEmpty();
        assertThat(ledger.size()).as("our request alone").isEqualTo(1);

        // it comes to its senses: the same word arrives
        peer = (exchange, body, nth) -> created(exchange, body);
        await("its pid", () -> known(1));
        assertThat(only()).isInstanceOf(Negotiation.Requested.class);
        assertThat(book.listContracts()).isEmpty();
    }
}
