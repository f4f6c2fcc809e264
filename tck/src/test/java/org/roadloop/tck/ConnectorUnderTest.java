package org.roadloop.tck;

import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Role;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.DspRoutes;
import org.roadloop.dataspace.identity.SharedSecret;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The product's connector on a real ledger and server, with what the kit asks for beside it: two
 * webhooks that make it speak first, data sets, and contracts from before.
 */
final class ConnectorUnderTest implements AutoCloseable {
    static final String KIT = "TCK_PARTICIPANT";
    static final String KIT_SECRET = "the kit's secret";
    static final String FORMAT = DataRoute.FORMAT;

    final URI origin;
    final String did;
    final URI kit;
    private final FileLedger ledger;
    private final ContractBook book;
    private final Connector connector;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Javalin server;
    private final Clock clock = Clock.systemUTC();

    ConnectorUnderTest(Path home) throws IOException {
        int port = freePort();
        origin = URI.create("http://localhost:" + port);
        kit = URI.create("http://localhost:" + freePort());
        did = Did.of("localhost", port).value();
        Signer signer = Keystore.open(home.resolve("keys")).signer("connector", did);
        ledger = FileLedger.open(home.resolve("ledger"), "localhost/" + port, signer);
        AssetCatalog catalog = new AssetCatalog(ledger, did, clock);
        book = new ContractBook(ledger, did, clock);
        SharedSecret identity =
                new SharedSecret(
                        "our secret", List.of(new SharedSecret.Member(KIT, KIT_SECRET, kit)));
        connector =
                new Connector(
                        new ConnectorConfig(
                                origin,
                                ConnectorConfig.BASE_PATH,
                                Optional.empty(),
                                false,
                                List.of()),
                        book,
                        catalog,
                        new KitScript(),
                        signer,
                        identity,
                        new AccessTokens(signer, book, clock, Duration.ofMinutes(10)),
                        http,
                        clock);
        datasets().forEach(id -> catalog.offer(dataset(id)));
        for (int part = 1; part <= 3; part++) {
            for (int test = 1; test <= 6; test++) {
                contract("ATP0" + part + "0" + test, Role.PROVIDER);
                contract("ATPC0" + part + "0" + test, Role.CONSUMER);
            }
        }
        server =
                Javalin.create(
                                c -> {
                                    c.startup.showJavalinBanner = false;
                                    c.concurrency.useVirtualThreads = true;
                                    c.router.ignoreTrailingSlashes = true;
                                    new DspRoutes(connector).mount(c.routes);
                                    webhooks(c.routes);
                                })
                        .start("127.0.0.1", port);
    }

    /** Below those that the system gives to outgoing connections: nobody takes it meanwhile. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // another one
            }
        }
    }

    private static Stream<String> datasets() {
        Stream<String> ofNegotiations =
                IntStream.rangeClosed(1, 3)
                        .boxed()
                        .flatMap(
                                part ->
                                        IntStream.rangeClosed(1, 7)
                                                .mapToObj(test -> "ACN0" + part + "0" + test));
        return Stream.concat(ofNegotiations, Stream.of("CAT0101", "CAT0102", "ATP"));
    }

    private Asset.Dataset dataset(String id) {
        return new Asset.Dataset(
                id,
                new Asset.Title("Data set " + id, "数据集 " + id),
                did,
                Map.of(),
                "nothing",
                -1,
                List.of(),
                List.of(FORMAT),
                List.of(new Offer(open("CD123:" + id + ":456"), Tariff.FREE)));
    }

    /** Use, without conditions. */
    private static Policy open(String uid) {
        return Policy.offer(uid, List.of(new Permission("use", List.of(), List.of())));
    }

    /** A contract with the kit as if it had been negotiated before. */
    private void contract(String agreementId, Role self) {
        String provider = self == Role.PROVIDER ? did : KIT;
        String consumer = self == Role.PROVIDER ? KIT : did;
        String p = "provider:" + agreementId;
        String c = "consumer:" + agreementId;
        Policy offer = open("offer:" + agreementId).withTarget("ATP");
        String pid = self == Role.PROVIDER ? p : c;
        Dialogue empty =
                new Dialogue(
                        self, self == Role.PROVIDER ? p : "", c, KIT, kit.toString(), List.of());
        book.begin(empty, new ContractRequestMessage("", c, offer, kit.toString()), Role.CONSUMER);
        Agreement agreement =
                Agreement.conclude(agreementId, provider, consumer, offer, clock.instant());
        book.apply(pid, new ContractAgreementMessage(p, c, agreement), Role.PROVIDER);
        book.apply(pid, new ContractAgreementVerificationMessage(p, c, ""), Role.CONSUMER);
        book.apply(
                pid, new ContractNegotiationEventMessage(p, c, EventType.FINALIZED), Role.PROVIDER);
    }

    private void webhooks(RoutesConfig routes) {
        routes.post(
                "/kit/negotiations",
                ctx -> {
                    JsonNode asked = JsonMapper.shared().readTree(ctx.body());
                    Policy offer =
                            open(asked.required("offerId").asString())
                                    .withTarget(asked.required("datasetId").asString());
                    connector.negotiate(
                            asked.required("providerId").asString(),
                            URI.create(asked.required("connectorAddress").asString()),
                            offer);
                });
        routes.post(
                "/kit/transfers",
                ctx -> {
                    JsonNode asked = JsonMapper.shared().readTree(ctx.body());
                    connector.transfer(
                            asked.required("agreementId").asString(),
                            asked.required("format").asString());
                });
    }

    @Override
    public void close() throws IOException {
        server.stop();
        connector.close();
        http.shutdownNow();
        ledger.close();
    }
}
