package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.SiteKind;
import org.roadloop.app.config.TaskBucket;
import org.roadloop.app.home.AccessKey;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.market.MarketRoutes;
import org.roadloop.app.market.ReservationRoutes;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.broker.FairShare;
import org.roadloop.compute.broker.SlotPrices;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.MeasuredRates;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.compute.site.agent.AgentRoutes;
import org.roadloop.compute.site.agent.AgentSite;
import org.roadloop.compute.site.slurm.SlurmSite;
import org.roadloop.compute.site.tes.TesSite;
import org.roadloop.compute.task.ExchangeFolder;
import org.roadloop.compute.task.OutputRelease;
import org.roadloop.compute.task.OwnStorages;
import org.roadloop.compute.task.TaskAuthorizer;
import org.roadloop.compute.task.TaskBook;
import org.roadloop.compute.task.TaskRoutes;
import org.roadloop.compute.task.TaskService;
import org.roadloop.compute.task.TaskWiring;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.UsageSystem;
import org.roadloop.core.policy.Place;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.TableSource;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.govern.lake.ObjectStore;
import org.roadloop.govern.lake.ParquetFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks under contracts, placed on sites, run in a sandbox (计算). */
public final class ComputePart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(ComputePart.class);
    private static final Duration MEASURED_AFTER = Duration.ofMinutes(1);
    private static final int MIN_WORKERS = 2;
    private static final int QUEUE = 100_000;

    private final NetworkPart network;
    private final GovernPart govern;
    private final SharePart share;
    private final String version;
    private @Nullable Running running;

    /** What exists between start and close. */
    private record Running(
            TaskService service,
            TaskRoutes routes,
            Services services,
            List<Site> sites,
            List<BucketStorage> buckets,
            MeasuredRates rates,
            Thread measuring) {}

    public ComputePart(NetworkPart network, GovernPart govern, SharePart share, String version) {
        this.network = network;
        this.govern = govern;
        this.share = share;
        this.version = version;
    }

    @Override
    public String name() {
        return "compute";
    }

    /** Tasks of another node would be taken up here, and run a second time. */
    @Override
    public boolean onOneNode() {
        return true;
    }

    @Override
    public Set<String> needs() {
        return Set.of("network", "govern", "dataspace");
    }

    @Override
    public void start(PlatformContext context) throws Exception {
        Config.Compute settings = context.config().compute();
        Sandbox sandbox = Sandbox.strongest();
        if (!sandbox.notEnforced().isEmpty()) {
            LOG.warn(
                    "the sandbox '{}' does not enforce: {}",
                    sandbox.kind(),
                    String.join("; ", sandbox.notEnforced()));
        }
        if (!sandbox.kind().equals("bubblewrap") && !settings.allowPlainProcess()) {
            LOG.warn(
                    "bubblewrap is missing: no task will run. './roadloop setup bubblewrap' installs"
                            + " it, or set compute.allowPlainProcess");
        }
        Images images = new Images(toolImage(), settings.images());
        Path exchange =
                Files.createDirectories(
                                settings.exchange()
                                        .orElse(context.home().tasks().resolve("exchange")))
                        .toRealPath();
        List<BucketStorage> buckets =
                settings.buckets().stream().map(b -> bucket(b, context.home())).toList();
        List<Site> sites = new ArrayList<>();
        List<Path> caches = new ArrayList<>();
        boolean local = sandbox.kind().equals("bubblewrap") || settings.allowPlainProcess();
        for (Config.Site site : settings.sites()) {
            Path home = context.home().tasks().resolve("site-" + site.name());
            switch (site.kind()) {
                case SiteKind.Local here -> {
                    if (local) {
                        Files.createDirectories(home);
                        caches.add(LocalSite.cache(home));
                        sites.add(
                                new LocalSite(
                                        new LocalSite.Settings(
                                                site.name(),
                                                site.location(),
                                                site.declared().region().isEmpty()
                                                        ? site.declared().at(region(context))
                                                        : site.declared(),
                                                home,
                                                site.speedFactor(),
                                                site.slots(),
                                                here.memoryMb() << 20,
                                                site.priceMilliPerSecond(),
                                                here.edge() ? Site.Kind.EDGE : Site.Kind.GENERAL),
                                        sandbox,
                                        images));
                    }
                }
                case SiteKind.Slurm slurm -> {
                    caches.add(SlurmSite.cache(slurm.shared()));
                    sites.add(
                            OutsideSites.slurm(
                                    site, slurm, home, images.tools(), context.home()::secret));
                }
                case SiteKind.Tes tes -> {
                    caches.add(TesSite.cache(home));
                    sites.add(OutsideSites.tes(site, tes, home, context.home()::secret));
                }
                case SiteKind.Agent agent -> {
                    caches.add(AgentSite.cache(home));
                    sites.add(OutsideSites.agent(site, agent, home, context.home()::secret));
                }
            }
        }
        StagedCopies staged = new StagedCopies(context.home().tasks().resolve("staged"), caches);
        share.copies().add(staged);
        AssetInputs assets =
                new AssetInputs(context.config().govern().location(), govern, share, staged);
        if (govern.isRunning()) {
            govern.lake().onRemoval(table -> assets.forget());
            govern.lake().onRemoval(table -> dropStaged(staged, table));
        }
        settings.sites().forEach(site -> share.systems().add(system(site, context)));
        String did = context.participant().did();
        Config.Market market = settings.market();
        Broker broker =
                new Broker(
                        sites,
                        network.bulk(),
                        network.calendar(),
                        context.clock(),
                        did,
                        SlotPrices.USUAL,
                        new FairShare(market.halfLife(), market.shares()));
        TaskWiring wiring =
                new TaskWiring(
                        broker,
                        assets,
                        new OutputRelease(OutputRelease.Rules.AGGREGATES),
                        ComputePart::identities,
                        images,
                        new OwnStorages(
                                new ExchangeFolder(
                                        exchange,
                                        context.config().govern().location(),
                                        context.clock()),
                                List.copyOf(buckets)),
                        context.home().tasks(),
                        did,
                        context.publicUrl() + "/api/v1/tasks");
        TaskService service =
                new TaskService(
                        new TaskBook(context.ledger(), context.clock(), did),
                        share.gate(),
                        wiring,
                        context.clock(),
                        Math.max(
                                MIN_WORKERS,
                                settings.sites().stream().mapToInt(Config.Site::slots).sum()),
                        QUEUE,
                        market.preemption());
        TaskRoutes routes =
                new TaskRoutes(
                        service,
                        token -> findCaller(context, token),
                        new TaskRoutes.ServiceInfo(
                                "org.roadloop.tes",
                                "Roadloop",
                                context.config().participant().name(),
                                context.publicUrl().toString(),
                                version));
        MeasuredRates rates =
                new MeasuredRates(context.home().tasks().resolve("rates"), images.tools());
        Services services =
                new Services(
                        wiring,
                        sandbox,
                        service,
                        network,
                        share,
                        govern,
                        context,
                        token -> findCaller(context, token));
        running =
                new Running(
                        service,
                        routes,
                        services,
                        sites,
                        buckets,
                        rates,
                        rates.measureUnknown(sites, MEASURED_AFTER));
    }

    private static BucketStorage bucket(TaskBucket bucket, Home home) {
        AccessKey key = AccessKey.read(home, bucket.accessKeySecret(), "compute.buckets");
        return new BucketStorage(
                new ObjectStore.Place(
                        bucket.endpoint(),
                        bucket.bucket(),
                        bucket.region(),
                        key.id(),
                        key.key(),
                        "compute.buckets"),
                bucket.location());
    }

    /** Of this machine, as tasks ask for it. */
    private static String region(PlatformContext context) {
        return context.config().dataspace().usageControl().place().map(Place::name).orElse("local");
    }

    /** A site as contracts know it: its name, and where its operator says that it is. */
    private static UsageSystem system(Config.Site site, PlatformContext context) {
        boolean here = site.kind() instanceof SiteKind.Local;
        Optional<Place> own = context.config().dataspace().usageControl().place();
        if (site.declared().region().isEmpty()) {
            return new UsageSystem(site.name(), here ? own.orElse(null) : null);
        }
        try {
            Place.Basis basis = here ? Place.Basis.OWN : Place.Basis.DECLARED;
            return new UsageSystem(site.name(), new Place(site.declared().region(), null, basis));
        } catch (IllegalArgumentException e) {
            return new UsageSystem(site.name(), null); // a word of the operator's own
        }
    }

    /** This JDK and the jars this process runs from. */
    static ToolImage toolImage() {
        List<Path> classPath = new ArrayList<>();
        String dist = System.getProperty("roadloop.dist");
        if (dist != null) {
            classPath.add(Path.of(dist, "lib").toAbsolutePath());
        } else {
            for (String entry : System.getProperty("java.class.path").split(":")) {
                classPath.add(Path.of(entry).toAbsolutePath());
            }
        }
        return new ToolImage(
                Path.of(System.getProperty("java.home")),
                classPath,
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED"),
                "org.roadloop.app.Main");
    }

    /** The operator, or the consumer of a started compute-to-data transfer. */
    private Optional<TaskAuthorizer.Caller> findCaller(PlatformContext context, String token) {
        Optional<Caller> operator =
                context.tokens().find(token).filter(caller -> caller.role() == Role.OPERATOR);
        if (operator.isPresent()) {
            return Optional.of(
                    new TaskAuthorizer.Caller(context.participant().did(), Optional.empty(), true));
        }
        try {
            AccessTokens.Claims claims = share.tokens().verify(token);
            if (!claims.format().equals(Connector.COMPUTE_TO_DATA)) {
                return Optional.empty(); // a token for rows is none for tasks
            }
            return Optional.of(
                    new TaskAuthorizer.Caller(
                            claims.consumer(), Optional.of(claims.agreementId()), false));
        } catch (AccessTokens.InvalidTokenException e) {
            return Optional.empty();
        }
    }

    /**
     * Rows were taken out of a table: its copies at the sites go, and the next task stages anew.
     */
    private void dropStaged(StagedCopies staged, String table) {
        for (ContractBook.Contract contract : share.book().listContracts()) {
            if (contract.self() == org.roadloop.core.contract.Role.PROVIDER
                    && share.agreedAssets().get(contract.agreement().id())
                            instanceof Asset.Dataset dataset
                    && dataset.table().equals(table)) {
                staged.drop(contract);
            }
        }
    }

    /** The pseudonyms that stand in staged files: none of them may leave with a result. */
    private static Set<String> identities(String agreementId, List<Path> inputs) {
        Set<String> found = new HashSet<>();
        List<Path> parquet =
                inputs.stream().filter(path -> path.toString().endsWith(".parquet")).toList();
        if (parquet.isEmpty() || !ParquetFiles.schema(parquet.getFirst()).has("vehicle")) {
            return found;
        }
        try (TableSource.Scan scan =
                ParquetFiles.scan(parquet, List.of("vehicle"), Filter.ALL, ParquetFiles.SMALL)) {
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            if (batch.isOk(0, row)) {
                                found.add(batch.strings(0).get(row));
                            }
                        }
                    });
        }
        return found;
    }

    @Override
    public void mount(RoutesConfig routes) {
        running().routes().addTo(routes);
        running().services().mount(routes);
        if (!agents().isEmpty()) {
            new AgentRoutes(agents()).addTo(routes);
        }
    }

    @Override
    public List<Route> described() {
        List<Route> described = new ArrayList<>(Services.described());
        if (running != null && !agents().isEmpty()) {
            described.addAll(AgentApi.described());
        }
        return described;
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        return running == null ? Map.of() : running.services().metrics();
    }

    private List<AgentSite> agents() {
        return running().sites().stream()
                .filter(AgentSite.class::isInstance)
                .map(AgentSite.class::cast)
                .toList();
    }

    @Override
    public void closing() {
        if (running != null) {
            agents().forEach(AgentSite::close);
        }
    }

    @Override
    public List<Route> routes() {
        List<Route> routes =
                new ArrayList<>(
                        new MarketRoutes(() -> running().service(), () -> running().rates())
                                .routes());
        routes.addAll(new ReservationRoutes(() -> running().service().market()).routes());
        routes.add(
                Route.get(
                                "/api/v1/sites",
                                Role.AUDITOR,
                                "Sites with speed, price, place and what their sandbox enforces",
                                c ->
                                        c.json(
                                                Map.of(
                                                        "items",
                                                        running().sites().stream()
                                                                .map(Site::capabilities)
                                                                .map(running().rates()::shown)
                                                                .toList())))
                        .alsoFor(Role.PROVIDER, Role.CONSUMER));
        return routes;
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'compute' is not started");
        }
        return running;
    }

    @Override
    public void close() throws Exception {
        if (running != null) {
            running.measuring().interrupt();
            running.services().close();
            running.service().close();
            for (Site site : running.sites()) {
                if (site instanceof SlurmSite slurm) {
                    slurm.close();
                }
            }
            running.buckets().forEach(BucketStorage::close);
            running = null;
        }
    }
}
