package org.roadloop.app.part;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.Ingest;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.plan.QualityHistory;
import tools.jackson.databind.JsonNode;

/** The governed tables and how far governance is (治理接口). */
final class TableRoutes {
    private final Lake lake;
    private final List<Plan> plans;
    private final Keyring keys;
    private final Ingest ingest;
    private final QualityHistory history;
    private final Supplier<LogPosition> logEnd;

    /**
     * @param plans that run, more as time goes on
     * @param logEnd how far the frame log is written
     */
    TableRoutes(
            Lake lake,
            List<Plan> plans,
            Keyring keys,
            Ingest ingest,
            QualityHistory history,
            Supplier<LogPosition> logEnd) {
        this.lake = lake;
        this.plans = plans;
        this.keys = keys;
        this.ingest = ingest;
        this.history = history;
        this.logEnd = logEnd;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/ingest",
                        Role.OPERATOR,
                        "What governance did, by table: rows, duplicates, conflicts, rejects, lag",
                        this::status),
                Route.post(
                        "/api/v1/ingest/reconcile",
                        Role.OPERATOR,
                        "Compare a sender's list of acknowledged reports with what is stored",
                        this::reconcile),
                Route.get(
                                "/api/v1/tables",
                                Role.AUDITOR,
                                "Governed tables: rows, snapshot, rows by lineage",
                                this::tables)
                        .alsoFor(Role.PROVIDER),
                Route.get(
                        "/api/v1/tables/{table}/sample",
                        Role.OPERATOR,
                        "All rows of the first N vehicles, masked: ?vehicles=&columns=a,b&lineage=",
                        this::sample),
                Route.get(
                                "/api/v1/tables/{table}/scorecard",
                                Role.AUDITOR,
                                "The six quality indicators of GB/T 36344; with ?history=true also by"
                                        + " hour, from the passports in the ledger",
                                this::scorecard)
                        .alsoFor(Role.PROVIDER));
    }

    private void status(Context c) {
        Map<String, Object> tables = new TreeMap<>();
        LogPosition least = null;
        for (Map.Entry<String, Ingest.TableStatus> entry : ingest.status().entrySet()) {
            Ingest.TableStatus status = entry.getValue();
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("rowsIn", status.rowsIn());
            view.put("governedRows", status.governedRows());
            view.put("committedRows", status.committedRows());
            view.put("duplicates", status.duplicates());
            view.put("conflicts", status.conflicts());
            view.put("maskedRows", status.maskedRows());
            view.put("rejects", status.rejects());
            view.put("commits", status.commits());
            view.put("committed", status.committed().toString());
            view.put("lagMillis", status.lag().toMillis());
            tables.put(entry.getKey(), view);
            if (least == null || status.committed().compareTo(least) < 0) {
                least = status.committed();
            }
        }
        LogPosition end = logEnd.get();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tables", tables);
        answer.put("logEnd", end.toString());
        answer.put("caughtUp", least != null && least.compareTo(end) >= 0);
        ingest.waitsFor().ifPresent(why -> answer.put("waitsFor", why));
        c.json(answer);
    }

    private void reconcile(Context c) {
        JsonNode body = Json.object(c);
        String table = body.path("table").asString("vehicle_report");
        Plan plan = plan(table);
        Reconciliation result = Reconciliation.of(plan, keys, lake, body.path("reports"));
        c.json(result);
    }

    private void tables(Context c) {
        Map<String, Long> rows = lake.rowCounts();
        List<Map<String, Object>> views = new ArrayList<>();
        for (Plan plan : plans) {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("name", plan.table());
            view.put("plan", plan.name() + " v" + plan.version());
            view.put("planSha256", plan.sha256());
            view.put("rows", rows.getOrDefault(plan.table(), 0L));
            long snapshot = lake.currentSnapshot(plan.table());
            view.put("snapshot", Long.toString(snapshot));
            if (snapshot != TableSource.LATEST) {
                Map<String, String> summary = lake.summary(plan.table(), snapshot);
                view.put("files", Long.parseLong(summary.getOrDefault("total-data-files", "0")));
                view.put(
                        "dataBytes", Long.parseLong(summary.getOrDefault("total-files-size", "0")));
            }
            view.put("rowsByLineage", rowsByLineage(lake, plan.table()));
            views.add(view);
        }
        c.json(Map.of("items", views));
    }

    private static Map<String, Long> rowsByLineage(Lake lake, String table) {
        Map<String, Long> counts = new TreeMap<>();
        if (lake.currentSnapshot(table) == TableSource.LATEST) {
            return counts;
        }
        try (TableSource.Scan scan = lake.bookkeeping(table, List.of("lineage"), Filter.ALL)) {
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            counts.merge(batch.strings(0).get(row), 1L, Long::sum);
                        }
                    });
        }
        return counts;
    }

    private void sample(Context c) {
        String table = c.pathParam("table");
        Plan plan = plan(table);
        String columns = c.queryParam("columns");
        String lineage = c.queryParam("lineage");
        int vehicles = c.queryParamAsClass("vehicles", Integer.class).getOrDefault(100);
        if (vehicles < 1 || vehicles > TableSample.MOST_VEHICLES) {
            throw Problem.badRequest(
                    "invalid_vehicles", "vehicles is 1 to " + TableSample.MOST_VEHICLES);
        }
        List<String> released = lake.findRule(table).orElseThrow().released();
        List<String> wanted = columns == null ? released : List.of(columns.split(","));
        if (!released.containsAll(wanted)) {
            throw Problem.badRequest("column_not_released", "released columns are " + released);
        }
        c.json(
                TableSample.of(
                        lake,
                        table,
                        plan.pseudonym(),
                        wanted,
                        lineage == null ? "" : lineage,
                        vehicles));
    }

    private void scorecard(Context c) {
        String table = c.pathParam("table");
        var scorecard = ingest.scorecards().get(table);
        if (scorecard == null) {
            throw Problem.notFound("table_not_found", "no governed table '" + table + "'");
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("table", table);
        answer.put("indicators", scorecard.indicators());
        if ("true".equals(c.queryParam("history"))) {
            answer.put(
                    "history",
                    history.of(table).stream()
                            .map(
                                    point ->
                                            Map.of(
                                                    "hour",
                                                    point.hour().toString(),
                                                    "rowsIn",
                                                    point.rowsIn(),
                                                    "indicators",
                                                    point.indicators()))
                            .toList());
        }
        c.json(answer);
    }

    private Plan plan(String table) {
        return plans.stream()
                .filter(p -> p.table().equals(table))
                .findFirst()
                .orElseThrow(
                        () ->
                                Problem.notFound(
                                        "table_not_found", "no governed table '" + table + "'"));
    }
}
