package org.roadloop.app.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.LakeBucket;
import org.roadloop.app.home.AccessKey;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.HomeException;
import org.roadloop.app.http.Route;
import org.roadloop.app.lake.LakeKeeper;
import org.roadloop.app.lake.QueryRoutes;
import org.roadloop.app.lake.SchemaRoutes;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableQuery;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.GuardedQuery;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeMaintenance;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.lake.LakeStorage;
import org.roadloop.govern.lake.SchemaEvolution;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.Ingest;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.plan.PlanReader;
import org.roadloop.govern.plan.QualityHistory;
import org.roadloop.govern.quality.Scorecard;

/** The frame log into governed tables (治理). */
public final class GovernPart implements Part {
    private static final Set<String> DEFAULT_PLANS = Set.of("vehicle_report", "track_point");

    /** At a time; each has an engine of its own. */
    private static final int MOST_QUERIES = 4;

    /** Held while a plan is added. */
    private final Object adding = new Object();

    private final CollectPart collect;
    private @Nullable Running running;

    /** What exists between start and close. */
    private record Running(
            PlatformContext context,
            Lake lake,
            CopyOnWriteArrayList<Plan> plans,
            Keyring keys,
            Ingest ingest,
            QualityHistory history,
            Thread thread,
            TableQuery query,
            LakeKeeper keeper,
            SubjectRows subjects) {}

    public GovernPart(CollectPart collect) {
        this.collect = collect;
    }

    @Override
    public String name() {
        return "govern";
    }

    @Override
    public Set<String> needs() {
        return Set.of("collect");
    }

    @Override
    public void start(PlatformContext context) throws Exception {
        Config.Govern settings = context.config().govern();
        byte[] master = context.keystore().mac("govern").getEncoded();
        Keyring keys = new Keyring(master, 1, context.home().root().resolve("epochs"));
        Lake lake = open(settings, keys, context.home());
        List<Plan> plans = plans(settings.plans(), lake.tables());
        LakeKeeper keeper =
                new LakeKeeper(
                        lake,
                        settings.maintenance(),
                        settings.retention(),
                        table -> clockColumn(lake, plans, table),
                        context.ledger(),
                        context.participant().did(),
                        context.clock());
        SubjectRows subjects =
                new SubjectRows(
                        lake,
                        keeper,
                        keys,
                        new VehicleSubjects(context.keystore()),
                        context.ledger(),
                        context.participant().did(),
                        context.clock(),
                        table -> clockColumn(lake, plans, table),
                        this::findPhone,
                        new Taken());
        subjects.repeat();
        keeper.finishFirst(subjects::finishAll);
        Ingest ingest =
                new Ingest(
                        collect.feed(),
                        lake,
                        plans,
                        keys,
                        context.ledger(),
                        context.participant(),
                        context.clock(),
                        new Ingest.Settings(
                                Ingest.Settings.DEFAULT.commitRows(),
                                Duration.ofSeconds(settings.commitSeconds()),
                                Ingest.Settings.DEFAULT.duplicateWindow(),
                                Duration.ofSeconds(settings.commitSeconds())),
                        context.home().root().resolve("lineage.jsonl"));
        ingest.leaveOut(subjects);
        Thread thread =
                Thread.ofPlatform()
                        .name("ingest")
                        .start(
                                () -> {
                                    try {
                                        ingest.run();
                                    } catch (RuntimeException e) {
                                        context.fail().accept(e);
                                    }
                                });
        running =
                new Running(
                        context,
                        lake,
                        new CopyOnWriteArrayList<>(plans),
                        keys,
                        ingest,
                        new QualityHistory(context.ledger()),
                        thread,
                        new GuardedQuery(
                                context.home().tmp().resolve("query"),
                                settings.lakeThreads(),
                                MOST_QUERIES),
                        keeper,
                        subjects);
        collect.governedBy(this::govern);
    }

    private Optional<String> findPhone(String subject) {
        @Nullable Registers registers = collect.findRegisters();
        return registers == null ? Optional.empty() : registers.findPhone(subject);
    }

    /** How far ingest is; before it runs nothing is on its way. */
    private final class Taken implements SubjectRows.Progress {
        @Override
        public LogPosition logEnd() {
            return collect.log().durableEnd();
        }

        @Override
        public boolean hasTaken(LogPosition upTo) {
            @Nullable Running on = running;
            return on != null
                    && on.ingest().status().values().stream()
                            .allMatch(status -> status.committed().compareTo(upTo) >= 0);
        }
    }

    /** When a row arrived; of a table that does not say so, the row's own time. */
    private static Optional<String> clockColumn(Lake lake, List<Plan> plans, String table) {
        for (Plan plan : plans) {
            if (plan.table().equals(table)) {
                @Nullable String arrival = plan.arrival();
                return Optional.of(arrival == null ? plan.time() : arrival);
            }
        }
        return lake.schema(table).columns().stream()
                .filter(
                        column ->
                                column.dataClass() == DataClass.TIME
                                        && column.type() == ColumnType.TIMESTAMP_MICROS_UTC)
                .map(Column::name)
                .findFirst();
    }

    /** Rows of vehicles in the tables. */
    SubjectRows subjectRows() {
        return running().subjects();
    }

    /** One round of keeping the lake, now. */
    Map<String, Long> keep() {
        return running().keeper().round();
    }

    private static Lake open(Config.Govern settings, Keyring keys, Home home) {
        try {
            return new Lake(
                    home.lake(),
                    new LakeSettings(settings.lakeMemoryMb(), settings.lakeThreads()),
                    keys,
                    settings.bucket()
                            .map(bucket -> storage(bucket, home))
                            .orElseGet(LakeStorage.Disk::new));
        } catch (UncheckedIOException | IllegalStateException e) {
            throw new HomeException(String.valueOf(e.getMessage()), e);
        }
    }

    private static LakeStorage storage(LakeBucket bucket, Home home) {
        AccessKey key = AccessKey.read(home, bucket.accessKeySecret(), "govern.storage");
        return new LakeStorage.Bucket(
                bucket.endpoint(),
                bucket.bucket(),
                bucket.prefix(),
                bucket.region(),
                key.id(),
                key.key(),
                (long) bucket.cacheMb() << 20);
    }

    /**
     * Sees that the rows of a raw table will be governed: what a file brings for the first time has
     * no table yet.
     */
    private void govern(String rawTable) throws InterruptedException {
        Running on = running();
        synchronized (adding) {
            if (on.plans().stream().noneMatch(p -> p.source().equals(rawTable))) {
                Plan plan = PlanReader.standard(rawTable);
                on.ingest().add(plan);
                on.plans().add(plan);
            }
        }
    }

    /**
     * The standard plans, each replaced by a configured one for the same raw rows. Those of
     * recordings only where there have been some: an idle table costs a commit now and then.
     */
    private static List<Plan> plans(List<Path> files, List<String> tables) throws IOException {
        Map<String, Plan> bySource = new TreeMap<>();
        for (String name : PlanReader.STANDARD) {
            if (DEFAULT_PLANS.contains(name) || tables.contains(name)) {
                Plan plan = PlanReader.standard(name);
                bySource.put(plan.source(), plan);
            }
        }
        for (Path file : files) {
            Plan plan = PlanReader.read(file);
            bySource.put(plan.source(), plan);
        }
        return List.copyOf(bySource.values());
    }

    /** Maintenance begins when it is known whose snapshots stay. */
    @Override
    public void opened() {
        Running on = running();
        Duration every = on.context().config().govern().maintenance().every();
        if (!every.isZero()) {
            on.keeper().start(every, on.context().fail());
        }
    }

    /** Snapshots of these holders stay in the tables. */
    void keepFor(Supplier<Set<LakeMaintenance.Pin>> holders) {
        running().keeper().keepFor(holders);
    }

    /** Answers SQL over what was released. */
    TableQuery query() {
        return running().query();
    }

    Lake lake() {
        return running().lake();
    }

    /** The platform's internal keys. */
    Keyring keys() {
        return running().keys();
    }

    /**
     * The columns of a table that may leave.
     *
     * @throws NoSuchElementException if there is no such table
     */
    Schema released(String table) {
        return running().plans().stream()
                .filter(plan -> plan.table().equals(table))
                .findFirst()
                .flatMap(
                        plan ->
                                lake().findRule(table)
                                        .map(rule -> lake().schema(table).select(rule.released())))
                .or(() -> ProductPart.columnsOf(lake(), table))
                .orElseThrow(() -> new NoSuchElementException("no table '" + table + "'"));
    }

    /** The scorecard of a table since the start by indicator; empty if it has none here. */
    Map<String, Double> indicators(String table) {
        Scorecard scorecard = running().ingest().scorecards().get(table);
        return scorecard == null ? Map.of() : scorecard.indicators();
    }

    /** Rows taken in since the start and bytes stored now, by table: for the cost meter. */
    Map<String, CostMeter.Reading> readings() {
        Running on = running();
        Map<String, CostMeter.Reading> readings = new TreeMap<>();
        on.ingest()
                .status()
                .forEach(
                        (table, status) -> {
                            long snapshot = on.lake().currentSnapshot(table);
                            long stored =
                                    snapshot == TableSource.LATEST
                                            ? 0
                                            : Long.parseLong(
                                                    on.lake()
                                                            .summary(table, snapshot)
                                                            .getOrDefault("total-files-size", "0"));
                            readings.put(table, new CostMeter.Reading(status.rowsIn(), stored));
                        });
        return readings;
    }

    /** Processor time of the ingest thread since the start. */
    long cpuNanos() {
        long nanos =
                ManagementFactory.getThreadMXBean().getThreadCpuTime(running().thread().threadId());
        return Math.max(0, nanos);
    }

    boolean isRunning() {
        return running != null;
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'govern' is not started");
        }
        return running;
    }

    @Override
    public List<Route> routes() {
        Running on = running();
        List<Route> all =
                new ArrayList<>(
                        new TableRoutes(
                                        on.lake(),
                                        on.plans(),
                                        on.keys(),
                                        on.ingest(),
                                        on.history(),
                                        () -> collect.log().durableEnd())
                                .routes());
        all.addAll(
                new QueryRoutes(on.lake(), on.query(), on.context().home().tmp().resolve("answers"))
                        .routes());
        LakeMaintenance.Evidence evidence =
                LakeMaintenance.Evidence.in(
                        on.context().ledger(),
                        on.context().participant().did(),
                        on.context().clock());
        all.addAll(new SchemaRoutes(on.lake(), new SchemaEvolution(on.lake(), evidence)).routes());
        return List.copyOf(all);
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        if (running == null) {
            return metrics;
        }
        metrics.put("erasures_pending", () -> running().subjects().pending());
        metrics.put("ingest_waiting", () -> running().ingest().waitsFor().isPresent() ? 1 : 0);
        for (String table : running.ingest().status().keySet()) {
            String label = "{table=" + table + "}";
            metrics.put("ingest_rows_total" + label, () -> now(table).rowsIn());
            metrics.put("governed_rows_total" + label, () -> now(table).governedRows());
            metrics.put("duplicate_rows_total" + label, () -> now(table).duplicates());
            metrics.put("conflicting_rows_total" + label, () -> now(table).conflicts());
        }
        return metrics;
    }

    private Ingest.TableStatus now(String table) {
        Ingest.TableStatus status = running().ingest().status().get(table);
        if (status == null) {
            throw new IllegalStateException("no ingest of table " + table);
        }
        return status;
    }

    @Override
    public boolean ready() {
        return running != null
                && running.thread().isAlive()
                && running.ingest().waitsFor().isEmpty();
    }

    @Override
    public void close() throws Exception {
        if (running == null) {
            return;
        }
        Running on = running;
        on.keeper().close();
        on.ingest().stop();
        on.thread().join();
        on.ingest().close();
        on.lake().close();
        running = null;
    }
}
