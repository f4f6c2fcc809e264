package org.roadloop.dataspace.dcp;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.dataspace.FreePort;
import org.roadloop.dataspace.dsp.DspRoutes;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import org.roadloop.dataspace.identity.HostPolicy;
import org.roadloop.dataspace.identity.ParticipantKeys;
import org.roadloop.dataspace.identity.Refusals;

/** A participant with credential service, verifier and issuer on a port of its own. */
final class SpaceMember implements AutoCloseable {
    final Map<String, Member> members = new ConcurrentHashMap<>();
    final Map<String, Set<String>> trusted = new HashMap<>();
    final AtomicInteger queries = new AtomicInteger();

    /** Status codes of answers to who asked for a status list. */
    final List<Integer> answers = new CopyOnWriteArrayList<>();

    /** Messages that were given as answers, as they stood. */
    final List<String> said = new CopyOnWriteArrayList<>();

    final Refusals refusals = new Refusals();
    final Clock clock = Clock.systemUTC();
    Duration keepLists = Duration.ZERO;
    Duration pollLists = Duration.ofMillis(400);
    final String did;
    final int port;
    private final Path home;
    private final KeyAlgorithm algorithm;
    Signer signer;
    IdTokens tokens;
    CredentialStore store;
    CredentialService service;
    CredentialIssuer issuer;
    DcpIdentity identity;
    FileLedger ledger;
    private Javalin server;

    SpaceMember(Path home, KeyAlgorithm algorithm) throws IOException {
        this.home = home;
        this.algorithm = algorithm;
        port = FreePort.find();
        did = Did.of("localhost", port).value();
    }

    SpaceMember start() {
        Keystore keys = Keystore.open(home.resolve("keys"));
        signer = keys.signer("participant", did, algorithm);
        ledger = FileLedger.open(home.resolve("ledger"), "m/" + port, keys.signer("ledger", did));
        GuardedHttp guarded = new GuardedHttp(new HostPolicy(true, List.of()));
        DidResolver resolver = new DidResolver(guarded, clock);
        KeyUses uses = new KeyUses(true, clock);
        CredentialCheck check =
                new CredentialCheck(
                        resolver,
                        new TrustedIssuers(trusted),
                        uses,
                        new StatusLists(guarded, resolver, uses, clock, keepLists, pollLists),
                        new SubjectSchemas(guarded, clock),
                        clock);
        tokens = new IdTokens(signer, resolver, clock, uses);
        AccessGrants grants = new AccessGrants(signer, clock, Duration.ofMinutes(5));
        store = new CredentialStore(ledger, did, clock);
        service =
                new CredentialService(
                        signer,
                        tokens,
                        grants,
                        store,
                        check,
                        resolver,
                        guarded,
                        clock,
                        CredentialService.Excess.LEFT_OUT);
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
                        who -> Optional.ofNullable(members.get(who)),
                        Duration.ofDays(90));
        identity =
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
                                Duration.ofMinutes(5),
                                ""),
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
                                    c.routes.before(
                                            "/dcp/presentations/query",
                                            ctx -> queries.incrementAndGet());
                                    c.routes.after("/dcp/*", this::answered);
                                    c.routes.after(
                                            "/dcp/issuer/status/*",
                                            ctx -> answers.add(ctx.statusCode()));
                                })
                        .start("127.0.0.1", port);
        return this;
    }

    private void answered(Context ctx) {
        String text = String.valueOf(ctx.result());
        if (text.contains("\"@context\"")) {
            said.add(text);
        }
    }

    void restart() throws Exception {
        close();
        start();
    }

    @Override
    public void close() throws Exception {
        server.stop();
        issuer.close();
        ledger.close();
    }
}
