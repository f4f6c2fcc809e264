package org.roadloop.app.part;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.clearing.AssetRevenue;
import org.roadloop.core.clearing.AssetSheet;
import org.roadloop.core.clearing.AssetSheetText;
import org.roadloop.core.clearing.CostPrices;
import org.roadloop.core.clearing.CostRecord;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Meters what data sets cost, each hour and at the stop, and shows the sheet for the books
 * (数据资产成本收入表).
 */
public final class CostPart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(CostPart.class);
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final CollectPart collect;
    private final GovernPart govern;
    private final AssetRevenue revenue;
    private @Nullable Running running;

    private record Running(
            PlatformContext context,
            CostMeter meter,
            AssetSheet sheet,
            ScheduledExecutorService clock) {}

    /**
     * @param revenue what clearing booked
     */
    public CostPart(CollectPart collect, GovernPart govern, AssetRevenue revenue) {
        this.collect = collect;
        this.govern = govern;
        this.revenue = revenue;
    }

    @Override
    public String name() {
        return "costs";
    }

    @Override
    public Set<String> needs() {
        return Set.of("govern");
    }

    @Override
    public void start(PlatformContext context) {
        ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("costs").factory());
        Running on = new Running(context, new CostMeter(totals(context)), new AssetSheet(), clock);
        running = on;
        clock.scheduleAtFixedRate(
                () -> meter(on), INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CostMeter.Totals totals(PlatformContext context) {
        return new CostMeter.Totals(
                context.clock().instant(),
                govern.readings(),
                collect.collectedBytes(),
                govern.cpuNanos() / 1_000_000);
    }

    /** What can't be written now is in the next record. */
    private void meter(Running on) {
        try {
            PlatformContext context = on.context();
            CostMeter.Totals now = totals(context);
            List<CostRecord> records = on.meter().since(now);
            if (!records.isEmpty()) {
                String did = context.participant().did();
                List<Event> events = records.stream().map(r -> r.event(now.at(), did)).toList();
                context.ledger().append(events);
            }
            on.meter().took(now);
        } catch (RuntimeException e) {
            LOG.error("costs of this interval are metered with the next: {}", e.toString());
        }
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'costs' is not started");
        }
        return running;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/assets/sheet",
                                Role.AUDITOR,
                                "Cost and revenue of every data set by month: ?format=json|csv|html",
                                c -> answer(c, rows(null)))
                        .alsoFor(Role.PROVIDER),
                Route.get(
                                "/api/v1/assets/{id}/sheet",
                                Role.AUDITOR,
                                "The same of one asset: use and revenue are its own, cost is that of"
                                        + " its data set",
                                c -> answer(c, rows(c.pathParam("id"))))
                        .alsoFor(Role.PROVIDER));
    }

    private List<AssetSheet.Row> rows(@Nullable String asset) {
        Running on = running();
        try (Stream<Entry> entries = on.context().ledger().read(on.sheet().nextIndex())) {
            entries.forEach(on.sheet()::apply);
        }
        Config.Costs costs = on.context().config().costs();
        CostPrices prices =
                new CostPrices(
                        "CNY",
                        costs.milliCnyPerGibCollected(),
                        costs.milliCnyPerGibMonth(),
                        costs.milliCnyPerCpuHour());
        if (asset == null) {
            return on.sheet().rows(prices, revenue);
        }
        String dataset = on.sheet().dataset(asset);
        if (dataset.isEmpty()) {
            throw Problem.notFound(
                    "asset_not_found",
                    "no asset of a governed table has this id; GET /api/v1/assets");
        }
        return on.sheet().rows(dataset, List.of(asset), prices, revenue);
    }

    private static void answer(Context c, List<AssetSheet.Row> rows) {
        String format = c.queryParam("format");
        switch (format == null ? "json" : format) {
            case "csv" ->
                    c.contentType("text/csv; charset=utf-8")
                            .header("Content-Disposition", "attachment; filename=asset-sheet.csv")
                            .result(AssetSheetText.csv(rows));
            case "html" ->
                    c.contentType("text/html; charset=utf-8").result(AssetSheetText.html(rows));
            case "json" -> c.json(json(rows));
            default -> throw Problem.badRequest("invalid_format", "format is json, csv or html");
        }
    }

    private static ObjectNode json(List<AssetSheet.Row> rows) {
        ObjectNode answer = Json.mapper().createObjectNode();
        ArrayNode items = answer.putArray("items");
        for (AssetSheet.Row row : rows) {
            ObjectNode item = items.addObject();
            item.put("dataset", row.dataset()).put("month", row.month().toString());
            item.set("assets", Json.mapper().valueToTree(row.assets()));
            item.put("collectedFrames", row.collectedFrames());
            item.put("collectedBytes", row.collectedBytes());
            item.put("storedGibSeconds", row.storedGibSeconds());
            item.put("cpuMillis", row.cpuMillis()).put("currency", row.currency());
            item.put("collectionCostMilli", row.collectionMilli());
            item.put("storageCostMilli", row.storageMilli());
            item.put("computeCostMilli", row.computeMilli());
            item.put("costMilli", row.costMilli());
            item.put("accumulatedCostMilli", row.accumulatedMilli());
            item.set("use", Json.mapper().valueToTree(row.quantityByUnit()));
            item.set("revenue", Json.mapper().valueToTree(row.revenue()));
            item.set("evidence", Json.mapper().valueToTree(row.evidence()));
        }
        return answer;
    }

    /** Meters what came since the last hour. */
    @Override
    public void close() throws InterruptedException {
        if (running == null) {
            return;
        }
        Running on = running;
        on.clock().execute(() -> meter(on));
        on.clock().shutdown();
        if (!on.clock().awaitTermination(10, TimeUnit.SECONDS)) {
            LOG.warn("costs of the last interval were not metered before the stop");
        }
        running = null;
    }
}
