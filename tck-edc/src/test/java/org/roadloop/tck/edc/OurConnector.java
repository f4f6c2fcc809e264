package org.roadloop.tck.edc;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.bench.EdcConnector;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.DspRoutes;
import org.roadloop.dataspace.dsp.ShortPatience;

/** The product's connector on a real ledger and server; as decider the product's own. */
final class OurConnector implements AutoCloseable {
    final URI origin;
    final String did;
    final ContractBook book;
    final Connector connector;
    private final MockIdentity identity;
    private final AssetCatalog catalog;
    private final FileLedger ledger;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Javalin server;

    OurConnector(Path home, boolean requireSignatures) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Clock clock = Clock.systemUTC();
        origin = URI.create("http://localhost:" + port);
        did = Did.of("localhost", port).value();
        Signer signer = Keystore.open(home.resolve("keys")).signer("connector", did);
        ledger = FileLedger.open(home.resolve("ledger"), "localhost/" + port, signer);
        catalog = new AssetCatalog(ledger, did, clock);
        book = new ContractBook(ledger, did, clock);
        identity = new MockIdentity(did);
        connector =
                ShortPatience.connector(
                        new ConnectorConfig(
                                origin,
                                ConnectorConfig.BASE_PATH,
                                Optional.empty(),
                                requireSignatures,
                                List.of()),
                        book,
                        catalog,
                        signer,
                        identity,
                        http,
                        clock);
        server =
                Javalin.create(
                                c -> {
                                    c.startup.showJavalinBanner = false;
                                    c.concurrency.useVirtualThreads = true;
                                    new DspRoutes(connector).mount(c.routes);
                                })
                        .start("127.0.0.1", port);
    }

    void know(EdcConnector peer) {
        identity.know(peer.participantId(), peer.address());
    }

    URI address() {
        return URI.create(origin + ConnectorConfig.BASE_PATH);
    }

    void offer(String id, Policy terms) {
        catalog.offer(
                new Asset.Dataset(
                        id,
                        new Asset.Title("Tracks of " + id, "轨迹 " + id),
                        did,
                        Map.of(),
                        "nothing",
                        -1,
                        List.of(),
                        List.of(DataRoute.FORMAT),
                        List.of(new Offer(terms, Tariff.FREE))));
    }

    /** The negotiation by the other side's id of it. */
    Negotiation negotiation(String peerPid) {
        return connector.listNegotiations().stream()
                .map(ContractBook.Course::negotiation)
                .filter(n -> n.dialogue().peerPid().equals(peerPid))
                .findFirst()
                .orElseThrow();
    }

    /** The transfer by the other side's id of it. */
    TransferProcess transfer(String peerPid) {
        return connector.listTransfers().stream()
                .filter(t -> t.dialogue().peerPid().equals(peerPid))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws IOException {
        server.stop();
        connector.close();
        http.shutdownNow();
        ledger.close();
    }
}
