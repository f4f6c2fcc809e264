package org.roadloop.app.part;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.catalog.AssetRoutes;
import org.roadloop.app.catalog.ChangeRoutes;
import org.roadloop.app.catalog.DescriptorRoutes;
import org.roadloop.app.catalog.LocalEntries;
import org.roadloop.app.catalog.PassportSearch;
import org.roadloop.app.catalog.ProductRecords;
import org.roadloop.app.catalog.SearchRoutes;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.catalog.SearchIndex;
import org.roadloop.core.descriptor.SheetLayout;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.dataspace.dsp.CatalogReader;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.NestedCatalog;
import org.roadloop.dataspace.dsp.PeerAddress;
import org.roadloop.dataspace.federation.CrawlPlan;
import org.roadloop.dataspace.federation.Crawler;
import org.roadloop.dataspace.federation.PeerState;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The catalogue (资源目录): own assets, search over the space, subscribers. Runs with the dataspace.
 */
public final class CatalogPart implements Part {
    private final SharePart share;
    private final GovernPart govern;
    private @Nullable Running running;

    /** What exists between start and close. */
    private record Running(
            Crawler crawler, LocalEntries local, ChangeRoutes changes, List<Route> routes) {}

    /**
     * @param govern where the tables are that a data set can be pinned to, if it runs
     */
    public CatalogPart(SharePart share, GovernPart govern) {
        this.share = share;
        this.govern = govern;
    }

    @Override
    public String name() {
        return "catalog";
    }

    @Override
    public Set<String> needs() {
        return Set.of("dataspace");
    }

    @Override
    public void start(PlatformContext context) {
        AssetCatalog catalog = share.catalog();
        Config.Federation federation = context.config().dataspace().federation();
        ConnectorConfig own = share.connectorConfig();
        SearchIndex index = new SearchIndex();
        CrawlPlan plan =
                new CrawlPlan(
                        federation.peers(),
                        Duration.ofSeconds(federation.everySeconds()),
                        Duration.ofHours(federation.dropAfterHours()),
                        federation.depth(),
                        federation.catalogs(),
                        100_000);
        String did = context.participant().did();
        Crawler crawler =
                new Crawler(
                        plan,
                        new NestedCatalog(did, own.address()),
                        plan.peers().stream().map(p -> URI.create(own.addressOf(p))).toList(),
                        new CatalogReader(
                                share.http(), share.identity(), CatalogReader.Limits.USUAL),
                        share.identity(),
                        address -> PeerAddress.check(address.toString(), own),
                        index,
                        context.clock());
        if (federation.announce()) {
            share.connector().announce(crawler::nested);
        }
        ChangeRoutes changes = new ChangeRoutes(catalog);
        List<Route> routes = new ArrayList<>();
        routes.addAll(
                new AssetRoutes(
                                catalog,
                                context.ledger(),
                                did,
                                snapshots(),
                                share.templates(),
                                context.config().participant().creditCode())
                        .routes());
        ProductRecords records =
                new ProductRecords(
                        catalog,
                        new GovernedTables(govern),
                        new PassportSearch(context.ledger()),
                        own.address().toString());
        routes.addAll(
                new DescriptorRoutes(
                                records, layout(context.config().dataspace().registrationSheet()))
                        .routes());
        LocalEntries local = new LocalEntries(catalog, index);
        routes.addAll(new SearchRoutes(local, crawler).routes());
        routes.addAll(changes.routes());
        running = new Running(crawler, local, changes, routes);
    }

    /** A fault stops the start and names the file. */
    private static SheetLayout layout(Optional<Path> file) {
        if (file.isEmpty()) {
            return SheetLayout.shipped();
        }
        try {
            return SheetLayout.read(
                    JsonMapper.shared().readTree(Files.readString(file.orElseThrow())));
        } catch (IOException | IllegalArgumentException | JacksonException e) {
            throw new IllegalArgumentException(
                    "dataspace.registrationSheet "
                            + file.orElseThrow()
                            + ": "
                            + e.getMessage()
                            + "; docs/catalog.md has an example",
                    e);
        }
    }

    private AssetRoutes.Snapshots snapshots() {
        return new AssetRoutes.Snapshots() {
            @Override
            public long current(String table) {
                return lake("pin a snapshot").currentSnapshot(table);
            }

            @Override
            public void check(String table, long snapshot) {
                if (govern.isRunning()) {
                    govern.lake().summary(table, snapshot);
                }
            }

            @Override
            public Optional<Schema> findReleased(String table) {
                return govern.isRunning() ? Optional.of(govern.released(table)) : Optional.empty();
            }

            private TableSource lake(String what) {
                if (!govern.isRunning()) {
                    throw new NoSuchElementException(
                            "the part 'govern' does not run here, so there is no table to " + what);
                }
                return govern.lake();
            }
        };
    }

    @Override
    public void opened() {
        running().crawler().start();
        // so that the first search does not pay for it
        Thread.ofVirtual().name("catalog index").start(running().local()::index);
    }

    @Override
    public List<Route> routes() {
        return running().routes();
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'catalog' is not started");
        }
        return running;
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        Running on = running;
        if (on != null) {
            metrics.put("catalog_peers_count", () -> on.crawler().list().size());
            metrics.put(
                    "catalog_peers_stale_count",
                    () -> on.crawler().list().stream().filter(PeerState::stale).count());
            for (String event : on.crawler().counts().keySet()) {
                metrics.put(
                        "catalog_crawl_total{event=" + event + "}",
                        () -> on.crawler().counts().getOrDefault(event, 0L));
            }
        }
        return metrics;
    }

    @Override
    public void closing() {
        if (running != null) {
            running.changes().close();
            share.catalog().endWaiting();
        }
    }

    @Override
    public void close() {
        if (running != null) {
            running.crawler().close();
            running = null;
        }
    }
}
