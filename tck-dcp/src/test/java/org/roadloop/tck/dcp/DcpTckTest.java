package org.roadloop.tck.dcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.dataspacetck.core.system.ConsoleMonitor;
import org.eclipse.dataspacetck.dcp.system.DcpSystemLauncher;
import org.eclipse.dataspacetck.runtime.TckRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.dataspace.dcp.AccessGrants;
import org.roadloop.dataspace.dcp.ClaimMap;
import org.roadloop.dataspace.dcp.CredentialCheck;
import org.roadloop.dataspace.dcp.CredentialIssuer;
import org.roadloop.dataspace.dcp.CredentialService;
import org.roadloop.dataspace.dcp.CredentialStore;
import org.roadloop.dataspace.dcp.DcpIdentity;
import org.roadloop.dataspace.dcp.DcpRoutes;
import org.roadloop.dataspace.dcp.IdTokens;
import org.roadloop.dataspace.dcp.KeyUses;
import org.roadloop.dataspace.dcp.Member;
import org.roadloop.dataspace.dcp.PresentationCheck;
import org.roadloop.dataspace.dcp.StatusLists;
import org.roadloop.dataspace.dcp.SubjectSchemas;
import org.roadloop.dataspace.dcp.TrustedIssuers;
import org.roadloop.dataspace.dsp.DspRoutes;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import org.roadloop.dataspace.identity.HostPolicy;
import org.roadloop.dataspace.identity.ParticipantKeys;
import org.roadloop.dataspace.identity.Refusals;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Technology Compatibility Kit of the Decentralized Claims Protocol against our credential
 * service, issuer and verifier.
 *
 * <p>Version 1.0.0-RC6 of the kit publishes DID documents that say of no key what it is for, and
 * ends scopes with {@code :read}, and wants a query for too much refused, as DCP 1.0 did (1.0.1
 * answers less); all three are settings of ours.
 */
@Tag("slow")
class DcpTckTest {
    private static final String PACKAGE = "org.eclipse.dataspacetck.dcp.verification.";
    private static final String REQUEST = "urn:uuid:4b1f1c1a-8c7b-4d0e-9a53-0c5b0e6a6f01";

    @TempDir Path home;

    private int kitPort;
    private int port;
    private FileLedger ledger;
    private Javalin server;
    private CredentialIssuer issuer;
    private IdTokens ownTokens;
    private final Refusals refusals = new Refusals();
    private final CredentialService.Excess excess = CredentialService.Excess.REFUSED;

    @BeforeEach
    void ports() throws IOException {
        kitPort = freePort();
        port = freePort();
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

    /** A participant with all three roles, as the product wires them. */
    private void start() {
        Clock clock = Clock.systemUTC();
        String did = Did.of("localhost", port).value();
        Keystore keys = Keystore.open(home.resolve("keys"));
        Signer signer = keys.signer("participant", did, KeyAlgorithm.P256);
        ledger = FileLedger.open(home.resolve("ledger"), "tck", keys.signer("ledger", did));
        GuardedHttp guarded = new GuardedHttp(new HostPolicy(true, List.of()));
        DidResolver resolver = new DidResolver(guarded, clock);
        KeyUses uses = new KeyUses(false, clock);
        CredentialCheck check =
                new CredentialCheck(
                        resolver,
                        new TrustedIssuers(Map.of(kitDid("issuer"), Set.of())),
                        uses,
                        new StatusLists(
                                guarded,
                                resolver,
                                uses,
                                clock,
                                Duration.ofMinutes(1),
                                Duration.ofMillis(400)),
                        new SubjectSchemas(guarded, clock),
                        clock);
        IdTokens tokens = new IdTokens(signer, resolver, clock, uses);
        ownTokens = tokens;
        AccessGrants grants = new AccessGrants(signer, clock, Duration.ofMinutes(5));
        CredentialStore store = new CredentialStore(ledger, did, clock);
        store.ask(REQUEST, kitDid("issuer"), List.of("membership"));
        CredentialService service =
                new CredentialService(
                        signer, tokens, grants, store, check, resolver, guarded, clock, excess);
        URI origin = URI.create("http://localhost:" + port);
        issuer =
                new CredentialIssuer(
                        signer,
                        tokens,
                        resolver,
                        guarded,
                        ledger,
                        clock,
                        URI.create(origin + "/dcp/issuer"),
                        List.of("MembershipCredential", "SensitiveDataCredential"),
                        who -> Optional.of(new Member(who, Map.of("memberOf", "park"))),
                        Duration.ofDays(90));
        DcpIdentity verifier =
                new DcpIdentity(
                        new ParticipantKeys(signer, resolver),
                        tokens,
                        grants,
                        guarded,
                        new PresentationCheck(resolver, uses, check, clock),
                        ClaimMap.DEFAULTS,
                        new DcpIdentity.Terms(
                                List.of("MembershipCredential"),
                                List.of("MembershipCredential"),
                                Duration.ZERO,
                                ":read"),
                        clock);
        DidDocument document =
                new DidDocument(
                        new Did(did),
                        List.of(new DidDocument.Key(signer.keyId(), signer.publicKey())),
                        List.of(
                                new DidDocument.Service(
                                        did + "#credentials",
                                        "CredentialService",
                                        URI.create(origin + "/dcp")),
                                new DidDocument.Service(
                                        did + "#issuer",
                                        "IssuerService",
                                        URI.create(origin + "/dcp/issuer"))));
        server =
                Javalin.create(
                                c -> {
                                    c.startup.showJavalinBanner = false;
                                    c.concurrency.useVirtualThreads = true;
                                    DcpRoutes routes = new DcpRoutes(refusals);
                                    routes.mount(c.routes, "/dcp", service);
                                    routes.mount(c.routes, "/dcp/issuer", issuer);
                                    DspRoutes.mountDid(c.routes, () -> document);
                                    c.routes.post(
                                            "/sts/token",
                                            ctx -> ctx.json(token(ctx, tokens, grants)));
                                    c.routes.post("/trigger", ctx -> trigger(ctx, verifier));
                                })
                        .start("127.0.0.1", port);
    }

    private String kitDid(String role) {
        return "did:web:localhost%3A" + kitPort + ":" + role;
    }

    /** The secure token service that the kit wants: how a holder's own agent gets its tokens. */
    private static Map<String, String> token(
            io.javalin.http.Context ctx, IdTokens tokens, AccessGrants grants) {
        String audience = String.valueOf(ctx.formParam("audience"));
        String scopes = String.valueOf(ctx.formParam("bearer_access_scope"));
        String access = grants.grant(audience, Arrays.asList(scopes.split(" ")));
        return Map.of(
                "access_token",
                tokens.authorization(audience, access).substring("Bearer ".length()),
                "token_type",
                "Bearer");
    }

    /** The endpoint of a verifier that the kit wants: any that a caller must prove itself to. */
    private void trigger(io.javalin.http.Context ctx, DcpIdentity verifier) {
        String header = ctx.header("Authorization");
        try {
            String caller = refusals.counting(verifier).verify(header == null ? "" : header);
            ctx.result(JsonMapper.shared().writeValueAsString(verifier.claims(caller)));
        } catch (UnauthorizedException e) {
            ctx.status(401).result(e.code());
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        issuer.close();
        ledger.close();
    }

    /** The kit waits ten seconds for an answer: a first request on a busy machine takes longer. */
    private void warmUp() {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/trigger"))
                            .header("Authorization", ownTokens.authorization(ownDid(), "none"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                    .isEqualTo(401);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private TestExecutionSummary run(Map<String, String> roles, String... packages) {
        start();
        warmUp();
        Map<String, String> properties = new HashMap<>(roles);
        properties.put("dataspacetck.callback.address", "http://localhost:" + kitPort);
        properties.put("dataspacetck.host", "localhost");
        properties.put("dataspacetck.port", Integer.toString(kitPort));
        properties.put("dataspacetck.launcher", DcpSystemLauncher.class.getName());
        properties.put("dataspacetck.credentials.correlation.id", REQUEST);
        properties.put(
                "dataspacetck.vpp.trigger.endpoint", "http://localhost:" + port + "/trigger");
        TckRuntime.Builder kit =
                TckRuntime.Builder.newInstance()
                        .properties(properties)
                        .launcher(DcpSystemLauncher.class)
                        .monitor(new ConsoleMonitor(false, false));
        for (String name : packages) {
            kit.addPackage(PACKAGE + name);
        }
        TestExecutionSummary summary = kit.build().execute();
        System.out.printf(
                "DCP TCK %s: %d found, %d succeeded, %d failed, %d skipped; refused: %s%n",
                Arrays.toString(packages),
                summary.getTestsFoundCount(),
                summary.getTestsSucceededCount(),
                summary.getTestsFailedCount(),
                summary.getTestsSkippedCount(),
                refusals.counts());
        return summary;
    }

    private static List<String> failures(TestExecutionSummary summary) {
        return summary.getFailures().stream()
                .map(f -> f.getTestIdentifier().getDisplayName() + ": " + f.getException())
                .toList();
    }

    private String ownDid() {
        return Did.of("localhost", port).value();
    }

    @Test
    void credentialService() {
        TestExecutionSummary summary =
                run(
                        Map.of(
                                "dataspacetck.did.holder",
                                ownDid(),
                                "dataspacetck.sts.url",
                                "http://localhost:" + port + "/sts",
                                "dataspacetck.sts.client.id",
                                "kit",
                                "dataspacetck.sts.client.secret",
                                "kit"),
                        "presentation.cs",
                        "issuance.cs");
        assertThat(failures(summary)).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(40);
    }

    @Test
    void issuer() {
        TestExecutionSummary summary =
                run(Map.of("dataspacetck.did.issuer", ownDid()), "issuance.issuer");
        assertThat(failures(summary)).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(25);
    }

    @Test
    void verifier() {
        TestExecutionSummary summary =
                run(Map.of("dataspacetck.did.verifier", ownDid()), "presentation.verifier");
        assertThat(failures(summary)).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(20);
    }
}
