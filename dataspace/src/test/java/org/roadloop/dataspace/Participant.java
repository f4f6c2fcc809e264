package org.roadloop.dataspace;

import io.javalin.Javalin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.OwnOfferDecider;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Operator;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.table.TableExport;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.DspRoutes;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.SelfIssuedTokens;

/** A whole connector on its own home, port, keys and ledger. */
final class Participant implements AutoCloseable {
    private static final byte[] ROWS = "PAR1 thirty rows PAR1".getBytes();

    final int port;
    final String did;
    final Wire wire;
    private final Path home;
    final Clock clock = Clock.systemUTC();
    FileLedger ledger;
    ContractBook book;
    ContractGate gate;
    AssetCatalog catalog;
    AccessTokens tokens;
    Connector connector;
    Signer signer;
    SelfIssuedTokens identity;
    Function<Decider, Decider> decider = d -> d;
    private Javalin server;
    private HttpClient http;

    Participant(Path home) throws IOException {
        this.home = home;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        did = Did.of("localhost", port).value();
        wire = new Wire(port);
    }

    Participant start() {
        signer = Keystore.open(home.resolve("keys")).signer("connector", did);
        ledger = FileLedger.open(home.resolve("ledger"), "localhost/" + port, signer);
        catalog = new AssetCatalog(ledger, did, clock);
        book = new ContractBook(ledger, did, clock);
        gate = new ContractGate(ledger, book, clock);
        tokens = new AccessTokens(signer, book, clock, Duration.ofMinutes(10));
        http = HttpClient.newHttpClient();
        identity = new SelfIssuedTokens(signer, new DidResolver(http, clock, true), clock);
        ConnectorConfig config =
                ConnectorConfig.of(origin(), Optional.of(URI.create(origin() + "/ga4gh/tes/v1")));
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
        DataRoute data =
                new DataRoute(
                        tokens, gate, catalog, Participant::export, home.resolve("out"), clock);
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
                                    new DspRoutes(connector).mount(c.routes);
                                    DspRoutes.mountDid(c.routes, () -> document);
                                    data.mount(c.routes);
                                })
                        .start("127.0.0.1", 0);
        wire.to(server.port());
        connector.resume();
        return this;
    }

    void stop() {
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

    /** A small real export: one file on disk with the bytes of {@link #ROWS}. */
    private static TableExport.Export export(
            String table, long snapshot, List<String> columns, String agreement, Path directory) {
        try {
            Path file = Files.write(directory.resolve("part-0.parquet"), ROWS);
            String sha256 =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(ROWS));
            return new TableExport.Export(7, List.of(file), List.of(sha256), 30, ROWS.length);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static Asset.Dataset tracks(String publisher, String action, Constraint... constraints) {
        return new Asset.Dataset(
                "urn:roadloop:dataset:tracks",
                new Asset.Title("Tracks at the junction", "路口轨迹"),
                publisher,
                Map.of("dct:license", "https://roadloop.org/licenses/demo"),
                "track_point",
                -1,
                List.of(),
                List.of(Connector.COMPUTE_TO_DATA, DataRoute.FORMAT),
                List.of(
                        new Offer(
                                Policy.offer(
                                        "urn:roadloop:offer:tracks-1",
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
    }
}
