package org.roadloop.dataspace;

import io.javalin.Javalin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.OwnOfferDecider;
import org.roadloop.core.contract.UsageFacts;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Operator;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.watermark.AgreementMarks;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.Arrivals;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.Destinations;
import org.roadloop.dataspace.access.LiveStreams;
import org.roadloop.dataspace.access.MarkedTables;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.dataspace.access.ReceiveTokens;
import org.roadloop.dataspace.access.ReceivingRoute;
import org.roadloop.dataspace.access.Releases;
import org.roadloop.dataspace.access.StreamRoutes;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.DspRoutes;
import org.roadloop.dataspace.dsp.TransferStarted;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.SelfIssuedTokens;

/** A whole connector on its own home, port, keys and ledger. */
final class Participant implements AutoCloseable {
    static final String DATASET = "urn:roadloop:dataset:tracks";
    static final String OFFER = "urn:roadloop:offer:tracks-1";

    /** For an answer of the other side, on a machine that is loaded. */
    private static final long PATIENCE_SECONDS = 120;

    final int port;
    final String did;
    final Wire wire;
    private final Path home;
    final Clock clock = Clock.systemUTC();
    FileLedger ledger;
    ContractBook book;
    ContractGate gate;
    UsageFacts facts = UsageFacts.NONE;
    AssetCatalog catalog;
    AccessTokens tokens;
    Connector connector;
    Signer signer;
    SelfIssuedTokens identity;
    Function<Decider, Decider> decider = d -> d;
    UnaryOperator<ConnectorConfig> settings = c -> c;
    final TestTable table = new TestTable();
    final Received arrivals = new Received();
    Pushes pushes;
    LiveStreams streams;
    ReceiveTokens receiveTokens;
    Pushes.Patience patience =
            new Pushes.Patience(
                    Duration.ofSeconds(2), List.of(Duration.ofMillis(50), Duration.ofMillis(100)));
    LiveStreams.Pace pace = new LiveStreams.Pace(Duration.ofMillis(200), Duration.ofSeconds(2));
    Duration bodyWithin = Duration.ofSeconds(20);
    private Javalin server;
    private HttpClient http;

    /** What was pushed to this participant. */
    static final class Received implements Arrivals {
        final List<byte[]> files = new CopyOnWriteArrayList<>();
        final AtomicLong brokenBytes = new AtomicLong();

        @Override
        public void arrived(String transferPid, String purpose, Path file, String mediaType) {
            try {
                files.add(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void broke(String transferPid, String purpose, long dataBytes) {
            brokenBytes.addAndGet(dataBytes);
        }
    }

    Participant(Path home) throws IOException {
        this.home = home;
        port = FreePort.find();
        did = Did.of("localhost", port).value();
        wire = new Wire(port);
    }

    Participant start() {
        signer = Keystore.open(home.resolve("keys")).signer("connector", did);
        ledger = FileLedger.open(home.resolve("ledger"), "localhost/" + port, signer);
        catalog = new AssetCatalog(ledger, did, clock);
        book = new ContractBook(ledger, did, clock);
        gate = new ContractGate(ledger, book, clock, facts, ContractGate.GRACE);
        tokens = new AccessTokens(signer, book, clock, Duration.ofMinutes(10));
        http = HttpClient.newHttpClient();
        identity = new SelfIssuedTokens(signer, new DidResolver(clock, true), clock);
        ConnectorConfig config =
                settings.apply(
                        ConnectorConfig.of(
                                origin(), Optional.of(URI.create(origin() + "/ga4gh/tes/v1"))));
        connector =
                new Connector(
                        config,
                        book,
                        catalog,
                        decider.apply(new OwnOfferDecider(catalog)),
                        signer,
                        identity,
                        tokens,
                        http,
                        clock);
        MarkedTables tables = new MarkedTables(table, table, marks());
        Releases releases =
                new Releases(
                        gate,
                        new AgreedAssets(catalog, book),
                        tables,
                        tables,
                        home.resolve("out"),
                        clock);
        DataRoute data = new DataRoute(tokens, identity, releases);
        pushes = new Pushes(releases, book, new Destinations(List.of(), true), ends(), patience);
        streams = new LiveStreams(tokens, releases, origin(), pace);
        connector.carry(pushes);
        connector.carry(streams);
        receiveTokens = new ReceiveTokens(signer, book);
        ReceivingRoute receiving =
                new ReceivingRoute(receiveTokens, book, arrivals, home.resolve("received"));
        DidDocument document =
                new DidDocument(
                        new Did(did),
                        List.of(new DidDocument.Key(signer.keyId(), signer.publicKey())),
                        List.of());
        server =
                Javalin.create(
                                c -> {
                                    c.startup.showJavalinBanner = false;
                                    c.concurrency.useVirtualThreads = true;
                                    new DspRoutes(connector, bodyWithin).mount(c.routes);
                                    DspRoutes.mountDid(c.routes, () -> document);
                                    data.mount(c.routes);
                                    new StreamRoutes(streams).mount(c.routes);
                                    receiving.mount(c.routes);
                                })
                        .start("127.0.0.1", 0);
        wire.to(server.port());
        connector.resume();
        return this;
    }

    private Pushes.Ends ends() {
        return new Pushes.Ends() {
            @Override
            public void complete(String transferPid) {
                connector.completeTransfer(transferPid);
            }

            @Override
            public void terminate(String transferPid, String code, String reason) {
                connector.terminateTransfer(transferPid, code, reason);
            }
        };
    }

    /** Of the server itself, behind the wire. */
    int serverPort() {
        return server.port();
    }

    /** Quantities of a unit that are metered under an agreement, reversals aside. */
    /** Of the contracts that ask for a watermark. */
    AgreementMarks marks() {
        return new AgreementMarks(
                book, did, Map.of(1, new SecretKeySpec(new byte[32], "HmacSHA256")));
    }

    long metered(String agreement, String unit) {
        try (var entries = ledger.read(0)) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                    .filter(e -> e.subject().equals(agreement))
                    .map(e -> UsageRecord.fromJson(e.json()))
                    .filter(u -> u.unit().equals(unit))
                    .mapToLong(UsageRecord::quantity)
                    .sum();
        }
    }

    void stop() {
        streams.close();
        server.stop();
        connector.close();
        http.shutdownNow();
        try {
            ledger.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI origin() {
        return URI.create("http://localhost:" + port);
    }

    /** A contract with a provider on its offer of {@link #tracks}. */
    Agreement agree(Participant provider) throws Exception {
        return connector
                .negotiate(provider.origin(), DATASET, OFFER)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    TransferStarted transfer(Agreement agreement, String format) throws Exception {
        return connector.transfer(agreement.id(), format).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Has rows pushed to itself.
     *
     * @param origin of this participant, or of a line to it
     */
    TransferStarted receive(Agreement agreement, URI origin, String purpose) throws Exception {
        return connector
                .transfer(
                        agreement.id(),
                        Pushes.HTTP,
                        pid ->
                                ReceivingRoute.address(
                                        origin,
                                        pid,
                                        receiveTokens.issue(pid, purpose),
                                        purpose,
                                        ""))
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static Asset.Dataset tracks(String publisher, String action, Constraint... constraints) {
        return new Asset.Dataset(
                DATASET,
                new Asset.Title("Tracks at the junction", "路口轨迹"),
                publisher,
                Map.of("dct:license", "https://roadloop.org/licenses/demo"),
                "track_point",
                -1,
                List.of(),
                List.of(
                        Connector.COMPUTE_TO_DATA,
                        DataRoute.FORMAT,
                        Pushes.HTTP,
                        Pushes.S3,
                        LiveStreams.FORMAT),
                List.of(
                        new Offer(
                                Policy.offer(
                                        OFFER,
                                        List.of(
                                                new Permission(
                                                        action, List.of(constraints), List.of()))),
                                new Tariff("CNY", List.of(new Price.PerUnit("use", 1, 2500))))));
    }

    static Constraint purpose(String... purposes) {
        return new Constraint.Atomic("purpose", Operator.IS_ANY_OF, List.of(purposes));
    }

    static Constraint count(int limit) {
        return Constraint.Atomic.of("count", Operator.LTEQ, Integer.toString(limit));
    }

    @Override
    public void close() {
        stop();
        wire.close();
        table.exported = new byte[0]; // leases that never end hold this participant
    }
}
