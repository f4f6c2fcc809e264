package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.catalog.MarkableTerms;
import org.roadloop.app.clearing.KeptCopies;
import org.roadloop.app.clearing.SubjectDeletions;
import org.roadloop.app.config.Config;
import org.roadloop.app.contract.AgreementRoutes;
import org.roadloop.app.contract.ApprovalClock;
import org.roadloop.app.contract.GatedDecider;
import org.roadloop.app.contract.NegotiationRoutes;
import org.roadloop.app.contract.PolicyEventRoutes;
import org.roadloop.app.contract.ReleaseGates;
import org.roadloop.app.contract.TemplateRoutes;
import org.roadloop.app.contract.Waiting;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.approval.Approvals;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.EventBook;
import org.roadloop.core.contract.UsageSystem;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Tail;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.template.TemplateBook;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.Destinations;
import org.roadloop.dataspace.access.ReceiveTokens;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.DspRoutes;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.govern.classify.SubjectLedger;

/** The participant in the data space: assets, contracts, access (共享). */
public final class SharePart implements Part {
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

    private static final Duration ANSWER = Duration.ofSeconds(45);

    private final GovernPart govern;

    private @Nullable Running running;

    /** What exists between start and close. */
    private record Running(
            PlatformContext context,
            HttpClient http,
            AssetCatalog catalog,
            ContractBook book,
            ContractGate gate,
            AccessTokens tokens,
            Connector connector,
            Identities identities,
            ReceiveTokens receiveTokens,
            @Nullable CarriedRows carried,
            TemplateBook templates,
            EventBook events,
            Approvals approvals,
            ApprovalClock approvalClock) {}

    private final Map<String, DataAddress> buckets = new ConcurrentHashMap<>();
    private final List<KeptCopies> copies = new CopyOnWriteArrayList<>();
    private final List<UsageSystem> systems = new CopyOnWriteArrayList<>();

    /** Brings in what other nodes append; null where no other node can. */
    private @Nullable Tail tail;

    private @Nullable SubjectLedger counters;

    /**
     * @param govern where the rows of offered data sets are, if it runs
     */
    public SharePart(GovernPart govern) {
        this.govern = govern;
    }

    @Override
    public String name() {
        return "dataspace";
    }

    /** Nothing is used without being cleared, nor had without being published. */
    @Override
    public Set<String> needs() {
        return Set.of("clearing", "catalog");
    }

    @Override
    public void start(PlatformContext context) throws IOException {
        Clock clock = context.clock();
        Signer signer = context.participant();
        HttpClient http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build();
        long read = context.ledger().size();
        AssetCatalog catalog = new AssetCatalog(context.ledger(), signer.did(), clock);
        ContractBook book = new ContractBook(context.ledger(), signer.did(), clock, context.late());
        TemplateBook templates = new TemplateBook(context.ledger(), signer.did(), clock);
        Approvals approvals =
                new Approvals(context.ledger(), signer.did(), clock, catalog, templates, book);
        Identities identities = new Identities(context);
        EventBook events = new EventBook(context.ledger(), signer.did(), clock);
        Path subjects = context.home().root().resolve("subjects");
        if (govern.isRunning()) {
            PrivateFiles.folder(subjects);
        }
        counters = govern.isRunning() ? new SubjectLedger(subjects, govern.keys(), clock) : null;
        ReleaseGates gates =
                new ReleaseGates(
                        context.config().dataspace().usageControl().gates(),
                        govern.isRunning() ? govern.lake() : null,
                        catalog,
                        counters,
                        new AgreedAssets(catalog, book),
                        identities::placeOf,
                        clock);
        Decider decider = new GatedDecider(approvals, gates, context.ledger(), signer.did(), clock);
        ContractGate gate =
                new ContractGate(
                        context.ledger(),
                        book,
                        clock,
                        identities.facts(events, gates, () -> systems),
                        context.config().dataspace().usageControl().deletionGrace());
        AccessTokens tokens = new AccessTokens(signer, book, clock, TOKEN_LIFETIME);
        // Tasks are taken where the data is.
        Optional<URI> tes =
                govern.isRunning()
                        ? Optional.of(URI.create(context.publicUrl() + "/ga4gh/tes/v1"))
                        : Optional.empty();
        CallerIdentity identity = identities.identity();
        Connector connector =
                new Connector(
                        ConnectorConfig.of(context.publicUrl(), tes)
                                .withSignatures(
                                        context.config().dataspace().requireSignatures(),
                                        context.config().dataspace().unsignedPeers()),
                        book,
                        catalog,
                        decider,
                        signer,
                        identity,
                        tokens,
                        http,
                        clock);
        running =
                new Running(
                        context,
                        http,
                        catalog,
                        book,
                        gate,
                        tokens,
                        connector,
                        identities,
                        new ReceiveTokens(signer, book),
                        govern.isRunning()
                                ? CarriedRows.of(
                                        context, govern, gate, catalog, tokens, identity, connector,
                                        book)
                                : null,
                        templates,
                        events,
                        approvals,
                        new ApprovalClock(approvals, connector::reconsider, clock));
        if (context.ledger().shared()) {
            tail =
                    Tail.follow(
                            context.ledger(),
                            read,
                            List.of(
                                    catalog::follow,
                                    book::follow,
                                    identities::follow,
                                    templates::follow,
                                    events::follow,
                                    approvals::follow),
                            context.fail());
        }
    }

    @Override
    public void opened() {
        running().connector().resume();
        running().identities().opened();
        if (running().carried() != null) {
            running().carried().pushes().resume();
        }
    }

    ReceiveTokens receiveTokens() {
        return running().receiveTokens();
    }

    ContractBook book() {
        return running().book();
    }

    /** DIDs of the other party of each contract in force; none while this part does not run. */
    public Set<String> partners() {
        Running on = running;
        if (on == null) {
            return Set.of();
        }
        String own = on.context().participant().did();
        Set<String> partners = new TreeSet<>();
        for (ContractBook.Contract contract : on.book().listContracts()) {
            if (contract.inForce()) {
                partners.add(contract.agreement().provider());
                partners.add(contract.agreement().consumer());
            }
        }
        partners.remove(own);
        return partners;
    }

    AssetCatalog catalog() {
        return running().catalog();
    }

    Approvals approvals() {
        return running().approvals();
    }

    /** Whose data went abroad this year. */
    SubjectLedger counters() {
        if (counters == null) {
            throw new IllegalStateException("this platform governs no tables");
        }
        return counters;
    }

    /** Consumers of an erased vehicle's rows are asked to delete theirs. */
    void tellPartnersBy(SubjectDeletions deletions) {
        if (govern.isRunning()) {
            govern.subjectRows().tellPartnersBy(deletions);
        }
    }

    TemplateBook templates() {
        return running().templates();
    }

    /** What contracts give access to. */
    AgreedAssets agreedAssets() {
        return new AgreedAssets(running().catalog(), running().book());
    }

    ContractGate gate() {
        return running().gate();
    }

    AccessTokens tokens() {
        return running().tokens();
    }

    /** Buckets that providers were asked to push into, by transfer; they hold secrets. */
    Map<String, DataAddress> buckets() {
        return buckets;
    }

    static Destinations destinations(PlatformContext context) {
        Config.Dataspace config = context.config().dataspace();
        return new Destinations(
                config.pushHosts(),
                config.pushToPrivateAddresses() || context.config().http().loopback());
    }

    /** Where parts of this platform keep data of contracts; each adds its own. */
    List<KeptCopies> copies() {
        return copies;
    }

    /** Where code that goes to the data may run; each part adds its own. */
    List<UsageSystem> systems() {
        return systems;
    }

    ConnectorConfig connectorConfig() {
        return ConnectorConfig.of(running().context().publicUrl(), Optional.empty());
    }

    Connector connector() {
        return running().connector();
    }

    /** Proves who we are to other participants, and they to us. */
    CallerIdentity identity() {
        return running().identities().identity();
    }

    HttpClient http() {
        return running().http();
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'dataspace' is not started");
        }
        return running;
    }

    @Override
    public void mount(RoutesConfig routes) {
        Running on = running();
        new DspRoutes(on.connector()).mount(routes);
        DspRoutes.mountDid(
                routes, () -> OwnDidDocument.of(on.context(), on.identities().services()));
        on.identities().mount(routes);
        CarriedRows carried = on.carried();
        if (carried != null) {
            carried.mount(routes);
        }
    }

    /** Terms on an asset of ours: a watermark must be one that can be put in. */
    private void checkTerms(Policy terms) {
        MarkableTerms markable =
                new MarkableTerms(
                        table ->
                                govern.isRunning()
                                        ? Optional.of(govern.released(table))
                                        : Optional.empty());
        Optional.ofNullable(terms.target())
                .flatMap(running().catalog()::find)
                .ifPresent(asset -> markable.check(asset, terms));
    }

    @Override
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>(new PeerCatalogRoutes(running().connector()).routes());
        Running on = running;
        if (on != null) {
            routes.addAll(on.identities().routes());
        }
        if (on != null) {
            Waiting waiting = new Waiting(on.book(), on.approvals(), ANSWER);
            routes.addAll(
                    new NegotiationRoutes(
                                    on.connector(),
                                    on.book(),
                                    on.approvals(),
                                    waiting,
                                    this::checkTerms)
                            .routes());
            routes.addAll(
                    new AgreementRoutes(on.connector(), on.book(), on.catalog(), waiting).routes());
            routes.addAll(new TemplateRoutes(on.templates()).routes());
            if (on.carried() != null) {
                routes.addAll(on.carried().traces().routes());
            }
            routes.addAll(new PolicyEventRoutes(on.events(), on.context().clock()).routes());
        }
        routes.addAll(
                new TransferRoutes(
                                running().connector(),
                                running().receiveTokens(),
                                buckets,
                                running().context().publicUrl())
                        .routes());
        return routes;
    }

    /** The peer's refusal is the caller's answer, with its reason. */
    static <T> T await(CompletableFuture<T> future) throws InterruptedException {
        return Waiting.within(future, ANSWER)
                .orElseThrow(
                        () ->
                                new Problem(
                                        504,
                                        "peer_silent",
                                        "the peer has not answered within "
                                                + ANSWER.toSeconds()
                                                + " s; it goes on"));
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        if (running != null) {
            metrics.put("contracts_count", () -> running().book().contractsCount());
            metrics.put("negotiations_count", () -> running().book().negotiationsCount());
            metrics.put("negotiations_held_count", () -> running().approvals().listHeld().size());
            metrics.put("assets_count", () -> running().catalog().list().size());
            Connector on = running.connector();
            Identities ids = running.identities();
            byReason(metrics, "callers_refused_total", () -> ids.refusals().counts());
            byReason(metrics, "messages_refused_total", () -> on.badInput().counts());
            byReason(metrics, "peer_faults_total", () -> on.peerFaults().counts());
        }
        return metrics;
    }

    /** One counter for each name that has come up so far. */
    private static void byReason(
            Map<String, LongSupplier> metrics, String name, Supplier<Map<String, Long>> counts) {
        for (String reason : counts.get().keySet()) {
            metrics.put(
                    name + "{reason=" + reason + "}", () -> counts.get().getOrDefault(reason, 0L));
        }
    }

    @Override
    public void closing() {
        if (running != null && running.carried() != null) {
            running.carried().streams().close();
        }
    }

    @Override
    public void close() {
        if (tail != null) {
            tail.close();
            tail = null;
        }
        if (running != null) {
            running.approvalClock().close();
            running.connector().close();
            running.identities().close();
            running.http().close();
            running = null;
        }
        if (counters != null) {
            counters.close();
            counters = null;
        }
    }
}
