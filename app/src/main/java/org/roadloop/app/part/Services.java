package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.compute.serving.ServiceBook;
import org.roadloop.compute.serving.ServiceKeeper;
import org.roadloop.compute.serving.ServiceRoutes;
import org.roadloop.compute.serving.ServiceWiring;
import org.roadloop.compute.serving.TrainingTable;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.task.TaskAuthorizer;
import org.roadloop.compute.task.TaskService;
import org.roadloop.compute.task.TaskWiring;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;

/** The services of a platform, wired to its network, contracts and lake (服务接线). */
final class Services implements AutoCloseable {
    private static final String SPEC =
            """
            {"type":"object","required":["name","task"],"additionalProperties":false,"properties":{
             "name":{"type":"string"},
             "task":{"type":"object","description":"tesTask of GA4GH TES 1.1 with one executor"},
             "health":{"type":"object"},"rollout":{"type":"object"},"calls":{"type":"object"},
             "edge":{"type":"object","required":["source","maxDelayMillis"]},
             "refresh":{"type":"object","required":["asset","model","output","task"]}}}
            """;
    private static final String SERVICE =
            """
            {"type":"object","required":["name","state","serving","wanted"],"properties":{
             "name":{"type":"string"},
             "state":{"enum":["STARTING","ROLLING_OUT","WATCHED","SERVING","FAILED","ENDED"]},
             "serving":{"type":"integer"},"wanted":{"type":"integer"},
             "former":{"type":"integer"},"site":{"type":"string"},
             "delayBoundMicros":{"type":"number"},"modelAgeSeconds":{"type":"number"},
             "endpoint":{"type":"string"},"reason":{"type":"string"},
             "versions":{"type":"array","items":{"type":"object"}}}}
            """;
    private static final String SERVICES =
            """
            {"type":"object","required":["items"],"properties":{"items":{"type":"array",
             "items":{"type":"object","required":["name","state"]}}}}
            """;

    private final ServiceKeeper keeper;
    private final ServiceRoutes routes;

    Services(
            TaskWiring tasks,
            Sandbox sandbox,
            TaskService service,
            NetworkPart network,
            SharePart share,
            GovernPart govern,
            PlatformContext context,
            TaskAuthorizer authorizer)
            throws IOException {
        keeper =
                new ServiceKeeper(
                        new ServiceBook(context.ledger(), context.clock(), tasks.did()),
                        new ServiceWiring(
                                tasks.broker(),
                                network.calendar(),
                                network.admission(),
                                share.gate(),
                                sandbox,
                                tasks.images(),
                                tasks.own(),
                                service,
                                new AgreedTables(share, govern),
                                tasks.home().resolve("services"),
                                tasks.did(),
                                context.clock(),
                                ServiceWiring.Pace.USUAL));
        routes = new ServiceRoutes(keeper, authorizer);
    }

    void mount(RoutesConfig to) {
        routes.addTo(to);
    }

    Map<String, LongSupplier> metrics() {
        return keeper.metrics();
    }

    @Override
    public void close() {
        keeper.close();
    }

    /** For the operator, and for the consumer of a started compute-to-data transfer. */
    static List<Route> described() {
        List<Route> routes =
                new ArrayList<>(
                        List.of(
                                route(
                                        HandlerType.POST,
                                        "",
                                        "Begin a service, or roll out its next version",
                                        SPEC,
                                        SERVICE),
                                route(HandlerType.GET, "", "Services", "", SERVICES),
                                route(
                                        HandlerType.GET,
                                        "/{name}",
                                        "A service: state, versions, site, bound, age of its model",
                                        "",
                                        SERVICE),
                                route(
                                        HandlerType.POST,
                                        "/{name}/rollback",
                                        "Go back to the version before",
                                        "",
                                        SERVICE),
                                route(
                                        HandlerType.DELETE,
                                        "/{name}",
                                        "End a service",
                                        "",
                                        SERVICE)));
        for (HandlerType method :
                List.of(HandlerType.GET, HandlerType.POST, HandlerType.PUT, HandlerType.DELETE)) {
            routes.add(
                    route(
                            method,
                            "/{name}/call/{path}",
                            "Call a service: forwarded to the healthy version; path may have"
                                    + " slashes",
                            "",
                            ""));
        }
        return routes;
    }

    private static Route route(
            HandlerType method, String path, String summary, String request, String response) {
        return new Route(
                method,
                "/api/v1/services" + path,
                Set.of(Role.OPERATOR),
                summary,
                c -> {},
                request,
                response);
    }

    /** The tables that agreements are about. */
    private record AgreedTables(SharePart share, GovernPart govern) implements TrainingTable {
        @Override
        public Reading read(String asset, String agreement) {
            Asset.Dataset dataset = dataset(asset, agreement);
            Lake lake = govern.lake();
            long snapshot = snapshot(lake, dataset);
            if (snapshot == TableSource.LATEST) {
                return new Reading(-1, 0);
            }
            return new Reading(
                    snapshot,
                    Long.parseLong(
                            lake.summary(dataset.table(), snapshot)
                                    .getOrDefault("total-records", "0")));
        }

        @Override
        public Optional<Instant> newest(
                String asset, String agreement, long snapshot, String column) {
            Asset.Dataset dataset = dataset(asset, agreement);
            Lake lake = govern.lake();
            Optional<String> time =
                    lake.schema(dataset.table(), snapshot).columns().stream()
                            .filter(c -> c.type() == ColumnType.TIMESTAMP_MICROS_UTC)
                            .map(Column::name)
                            .filter(name -> column.isEmpty() || name.equals(column))
                            .findFirst();
            if (time.isEmpty()) {
                return Optional.empty();
            }
            long[] newest = {Long.MIN_VALUE};
            try (TableSource.Scan scan =
                    lake.open(dataset.table(), snapshot, List.of(time.get()), Filter.ALL)) {
                scan.forEachBatch(
                        batch -> {
                            for (int row = 0; row < batch.rows(); row++) {
                                if (batch.isOk(0, row)) {
                                    newest[0] = Math.max(newest[0], batch.longs(0)[row]);
                                }
                            }
                        });
            }
            return newest[0] == Long.MIN_VALUE
                    ? Optional.empty()
                    : Optional.of(
                            Instant.EPOCH.plus(newest[0], java.time.temporal.ChronoUnit.MICROS));
        }

        private static long snapshot(Lake lake, Asset.Dataset dataset) {
            return dataset.snapshot() == TableSource.LATEST
                    ? lake.currentSnapshot(dataset.table())
                    : dataset.snapshot();
        }

        private Asset.Dataset dataset(String asset, String agreement) {
            if (!agreement.isEmpty()
                    && share.agreedAssets().get(agreement) instanceof Asset.Dataset dataset
                    && dataset.id().equals(asset)) {
                return dataset;
            }
            throw new IllegalArgumentException(
                    "agreement '%s' is about no table '%s': a model is trained on a table under"
                                    .formatted(agreement, asset)
                            + " the agreement of its service");
        }
    }
}
