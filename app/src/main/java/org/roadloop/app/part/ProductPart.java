package org.roadloop.app.part;

import io.javalin.http.Context;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.app.product.EpochClosing;
import org.roadloop.app.product.PlanViews;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.plan.Passport;
import org.roadloop.govern.plan.PlanException;
import org.roadloop.govern.privacy.PseudonymColumns;
import org.roadloop.govern.product.DryRun;
import org.roadloop.govern.product.EncodedLeakProbe;
import org.roadloop.govern.product.Inputs;
import org.roadloop.govern.product.ProductCheck;
import org.roadloop.govern.product.ProductPassport;
import org.roadloop.govern.product.ProductPlan;
import org.roadloop.govern.product.ProductPlanReader;
import org.roadloop.govern.product.ProductRun;
import tools.jackson.databind.JsonNode;

/** Plans of data products over governed tables (数据产品). */
public final class ProductPart implements Part {
    private static final String PLAN =
            """
            {"type":"object","required":["plan"],"additionalProperties":false,
             "properties":{"plan":{"type":"string","description":"YAML"}}}
            """;
    private static final String DRY_RUN =
            """
            {"type":"object","required":["plan"],"additionalProperties":false,
             "properties":{"plan":{"type":"string","description":"YAML"},
             "rows":{"type":"integer","minimum":1,"maximum":10000000}}}
            """;
    private static final String NOTHING =
            """
            {"type":"object","additionalProperties":false}
            """;
    private static final String CHECKED =
            """
            {"type":"object","required":["mayRun","findings","columns"]}
            """;
    private static final int SAMPLE_ROWS = 100_000;
    private static final int MOST_SAMPLE_ROWS = 10_000_000;

    private final GovernPart govern;

    /** Runs and their sorting share the engine's memory: one at a time. */
    private final ReentrantLock one = new ReentrantLock();

    private @Nullable Running running;

    private record Running(
            PlatformContext context,
            Inputs inputs,
            ProductRun runs,
            DryRun dryRuns,
            EpochClosing epochs) {}

    public ProductPart(GovernPart govern) {
        this.govern = govern;
    }

    @Override
    public String name() {
        return "products";
    }

    @Override
    public java.util.Set<String> needs() {
        return java.util.Set.of("govern");
    }

    @Override
    public void start(PlatformContext context) throws Exception {
        Path folder = context.home().root().resolve("inputs");
        Files.createDirectories(folder);
        Lake lake = govern.lake();
        for (String table : lake.tables()) {
            if (ProductRun.isProduct(lake, table)) {
                Schema schema = lake.schema(table);
                lake.release(table, ProductRun.rule(schema));
            }
        }
        Inputs inputs = new Inputs(lake, folder);
        EpochClosing epochs =
                new EpochClosing(
                        govern.keys().epochs(),
                        context.ledger(),
                        context.participant().did(),
                        context.clock());
        epochs.replay();
        running =
                new Running(
                        context,
                        inputs,
                        new ProductRun(
                                inputs,
                                govern.keys(),
                                context.ledger(),
                                context.participant(),
                                context.clock(),
                                context.home().root().resolve("lineage.jsonl")),
                        new DryRun(inputs, govern.keys(), new EncodedLeakProbe()),
                        epochs);
    }

    /** The columns of a product; empty if the table is none. */
    static Optional<Schema> columnsOf(Lake lake, String table) {
        return lake.tables().contains(table) && ProductRun.isProduct(lake, table)
                ? Optional.of(lake.schema(table))
                : Optional.empty();
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'products' is not started");
        }
        return running;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/govern/checks",
                                Role.AUDITOR,
                                "What can be said of a product's plan before any row is seen",
                                this::check)
                        .alsoFor(Role.PROVIDER)
                        .schemas(PLAN, CHECKED),
                Route.post(
                                "/api/v1/govern/dry-runs",
                                Role.OPERATOR,
                                "Try a product's plan on a sample: rows, drops, k, leaks, cost",
                                this::dryRun)
                        .schemas(DRY_RUN, CHECKED),
                Route.post(
                                "/api/v1/govern/runs",
                                Role.OPERATOR,
                                "Run a product's plan into its table, with a passport",
                                this::run)
                        .schemas(
                                PLAN,
                                """
                                {"type":"object","required":["table","snapshot","rows","steps",
                                 "passport"]}
                                """),
                Route.post(
                                "/api/v1/govern/verifications",
                                Role.AUDITOR,
                                "Hold a product against its passport: plan, inputs, outputs",
                                this::verify)
                        .alsoFor(Role.PROVIDER)
                        .schemas(
                                PLAN,
                                """
                                {"type":"object","required":["table","passport","faults"]}
                                """),
                Route.post(
                                "/api/v1/govern/epochs/{contract}/{epoch}/close",
                                Role.OPERATOR,
                                "End an epoch of one-way pseudonyms: evidence, then its key is"
                                        + " destroyed",
                                this::closeEpoch)
                        .schemas(
                                NOTHING,
                                """
                                {"type":"object","required":["contract","epoch","closedNow"]}
                                """),
                Route.get(
                                "/api/v1/govern/products",
                                Role.AUDITOR,
                                "Tables that plans of products made",
                                this::products)
                        .alsoFor(Role.PROVIDER),
                Route.get(
                                "/api/v1/govern/products/{table}/passport",
                                Role.AUDITOR,
                                "The signed passport of a product as it stands",
                                this::passport)
                        .alsoFor(Role.PROVIDER));
    }

    private interface Work<T> {
        T of(String planText);
    }

    /**
     * Does something with the plan of the body; a plan that does not read is the caller's fault.
     */
    private static <T> T withPlan(JsonNode body, Work<T> work) {
        JsonNode text = body.path("plan");
        if (!text.isString()) {
            throw Problem.badRequest("plan_missing", "send the plan as text: {\"plan\": \"...\"}");
        }
        try {
            return work.of(text.asString());
        } catch (PlanException e) {
            throw Problem.badRequest("plan_invalid", String.valueOf(e.getMessage()));
        }
    }

    private void check(Context c) {
        c.json(
                PlanViews.check(
                        withPlan(
                                Json.object(c),
                                text ->
                                        ProductCheck.of(
                                                ProductPlanReader.parse(text),
                                                running().inputs()::schema))));
    }

    private void dryRun(Context c) {
        JsonNode body = Json.object(c);
        JsonNode rows = body.path("rows");
        int most = rows.isMissingNode() ? SAMPLE_ROWS : rows.isInt() ? rows.asInt() : 0;
        if (most < 1 || most > MOST_SAMPLE_ROWS) {
            throw Problem.badRequest("rows_invalid", "rows is 1 to " + MOST_SAMPLE_ROWS);
        }
        c.json(
                PlanViews.dryRun(
                        withPlan(body, text -> alone(() -> running().dryRuns().run(text, most)))));
    }

    private <T> T alone(java.util.function.Supplier<T> work) {
        one.lock();
        try {
            return work.get();
        } finally {
            one.unlock();
        }
    }

    private void run(Context c) {
        ProductRun.Result result =
                withPlan(Json.object(c), text -> alone(() -> running().runs().run(text)));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("table", result.passport().json().path("table").asString(""));
        view.put("snapshot", Long.toString(result.snapshot()));
        view.put("rows", result.rows());
        view.put("steps", PlanViews.steps(result.steps()));
        view.put("passport", result.passport().json());
        view.put("passportSha256", result.passport().sha256());
        c.json(view);
    }

    private void verify(Context c) {
        withPlan(
                Json.object(c),
                text -> {
                    ProductPlan plan = ProductPlanReader.parse(text);
                    String table = plan.output().table();
                    Passport passport = find(table);
                    Map<String, Object> view = new LinkedHashMap<>();
                    view.put("table", table);
                    view.put("passport", passport.sha256());
                    view.put(
                            "faults",
                            ProductPassport.verify(
                                    passport, signer(passport), text, running().inputs()));
                    c.json(view);
                    return view;
                });
    }

    /** The key that signed, also a former one of ours: it may have been rotated since. */
    private PublicKey signer(Passport passport) {
        PlatformContext context = running().context();
        String id = passport.json().path("keyId").asString("");
        return context.keystore().publicKeys("participant").stream()
                .filter(key -> id.endsWith("#participant-" + key.epoch()))
                .map(Keystore.PublicEpoch::key)
                .findFirst()
                .orElse(context.participant().publicKey());
    }

    /** Waits for a run to end: it holds the key in memory. */
    private void closeEpoch(Context c) {
        String contract = c.pathParam("contract");
        String number = c.pathParam("epoch");
        if (!contract.matches(PseudonymColumns.CONTRACT)) {
            throw Problem.badRequest(
                    "contract_invalid", "a contract is of letters, digits and . _ : -");
        }
        if (!number.matches("[1-9][0-9]{0,8}")) {
            throw Problem.badRequest("epoch_invalid", "an epoch is a whole number from 1");
        }
        int epoch = Integer.parseInt(number);
        boolean now = alone(() -> running().epochs().close(contract, epoch));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("contract", contract);
        view.put("epoch", epoch);
        view.put("closedNow", now);
        c.json(view);
    }

    private void products(Context c) {
        Lake lake = running().inputs().lake();
        List<Map<String, Object>> views = new ArrayList<>();
        Map<String, Long> rows = lake.rowCounts();
        for (String table : lake.tables()) {
            if (ProductRun.isProduct(lake, table)) {
                long snapshot = lake.currentSnapshot(table);
                Map<String, String> summary = lake.summary(table, snapshot);
                Map<String, Object> view = new LinkedHashMap<>();
                view.put("table", table);
                view.put("snapshot", Long.toString(snapshot));
                view.put("rows", rows.getOrDefault(table, 0L));
                view.put("planSha256", summary.getOrDefault(ProductRun.PLAN_KEY, ""));
                view.put("passportSha256", summary.getOrDefault(Passport.SUMMARY_KEY, ""));
                views.add(view);
            }
        }
        c.json(Map.of("items", views));
    }

    private void passport(Context c) {
        c.json(find(c.pathParam("table")).json());
    }

    /** The passport of a product's current snapshot, as it stands in the ledger. */
    private Passport find(String table) {
        Lake lake = running().inputs().lake();
        if (columnsOf(lake, table).isEmpty()) {
            throw Problem.notFound("product_not_found", "no product '" + table + "'");
        }
        String wanted =
                lake.summary(table, lake.currentSnapshot(table))
                        .getOrDefault(Passport.SUMMARY_KEY, "");
        try (Stream<Entry> entries = running().context().ledger().read(0)) {
            return entries.map(Entry::event)
                    .filter(event -> event.type().equals(Passport.EVENT_TYPE))
                    .filter(event -> event.subject().equals(table))
                    .map(event -> Passport.read(event.json()))
                    .filter(passport -> passport.sha256().equals(wanted))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    Problem.notFound(
                                            "passport_not_found",
                                            "the ledger holds no passport of this snapshot"));
        }
    }

    @Override
    public void close() {
        running = null;
    }
}
