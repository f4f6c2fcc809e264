package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.HeldFiles;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableQuery;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.Pseudonym;
import org.roadloop.govern.privacy.ReleaseRule;

/**
 * The governed tables of one platform (数据湖), in one directory held by one process. Any thread may
 * read; one thread per table writes.
 *
 * <p>Rows come in by {@link #write} and {@link #commit}; they go out by {@link #open} and {@link
 * #export} only, and both apply the table's {@link ReleaseRule}.
 */
public final class Lake implements TableSource, TableExport, TableFeed, AutoCloseable {
    /** Snapshot summary key: how far into the frame log this table has read. */
    public static final String LOG_POSITION = "roadloop.log-position";

    /** Table property, with the id of a snapshot behind it: which one has its rows without some. */
    static final String SUCCESSOR = "roadloop.successor.";

    private static final Namespace NAMESPACE = Namespace.of("roadloop");

    private final LakeDirectory directory;
    private final TableFiles files;
    private final JdbcCatalog catalog;
    private final Engine engine;
    private final TableWriter writer;
    private final Keyring keys;
    private final Map<String, BoundRule> rules = new ConcurrentHashMap<>();
    private final Map<String, Table> loaded = new ConcurrentHashMap<>();
    private final Map<String, TableColumns> columns = new ConcurrentHashMap<>();

    /** The columns as each table's plan names them, since it was created. */
    private final Map<String, TableFields> plans = new ConcurrentHashMap<>();

    private final Map<String, Object> changes = new ConcurrentHashMap<>();
    private final TableScans scans;
    private final AskedRows asked;

    private final List<Consumer<String>> onCommit = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> onRemoval = new CopyOnWriteArrayList<>();

    /** A Parquet file that is on disk but not yet in its table. */
    public record Written(String table, Path file, String sha256, long rows, long dataBytes) {}

    public Lake(Path directory, LakeSettings settings, Keyring keys) {
        this(directory, settings, keys, new LakeStorage.Disk());
    }

    /**
     * @param directory holds the catalogue, and the tables' files unless they are in a bucket
     * @throws IllegalStateException if it was made with another storage
     * @throws UncheckedIOException if its directory or its bucket can't be used
     */
    public Lake(Path directory, LakeSettings settings, Keyring keys, LakeStorage storage) {
        try {
            this.directory = new LakeDirectory(directory, storage);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot open the lake in " + directory + ": " + e.getMessage(), e);
        }
        Path root = this.directory.root();
        files = this.directory.files();
        this.keys = keys;
        catalog = new JdbcCatalog(properties -> files, null, true);
        catalog.initialize(
                "roadloop",
                Map.of(
                        "uri",
                        "jdbc:sqlite:" + root.resolve("catalog.db"),
                        "clients",
                        "1",
                        "jdbc.schema-version",
                        "V1",
                        "warehouse",
                        files.locationOf(this.directory.tables())));
        if (!catalog.namespaceExists(NAMESPACE)) {
            catalog.createNamespace(NAMESPACE);
        }
        engine = new Engine(settings, this.directory.spill());
        writer = new TableWriter(catalog, files, engine);
        scans = new TableScans(this, keys);
        asked = new AskedRows(this, root.resolve("asked"));
    }

    /**
     * Makes the table if it is not there, and takes the rule by which its rows leave. One that is
     * there gets the columns that it lacks, and wider types ({@link SchemaEvolution#adopt}).
     *
     * @throws IllegalStateException if the table is there with columns that do not go with these
     */
    public void create(String table, Schema schema, ReleaseRule rule) {
        create(table, schema, rule, Map.of());
    }

    /**
     * @param properties of a table that is made now; one that is there keeps its own
     * @see #create(String, Schema, ReleaseRule)
     */
    public void create(
            String table, Schema schema, ReleaseRule rule, Map<String, String> properties) {
        create(table, schema, rule, properties, (step, of, facts) -> {});
    }

    /**
     * @param evidence where a change of columns is written down before it is done
     * @see #create(String, Schema, ReleaseRule, Map)
     */
    public void create(
            String table,
            Schema schema,
            ReleaseRule rule,
            Map<String, String> properties,
            LakeMaintenance.Evidence evidence) {
        TableIdentifier id = id(table);
        if (!catalog.tableExists(id)) {
            catalog.buildTable(id, SchemaJson.iceberg(schema))
                    .withProperties(properties)
                    .withPartitionSpec(PartitionSpec.unpartitioned())
                    .withLocation(files.locationOf(directory.table(table)))
                    .withProperty(SchemaJson.KEY, SchemaJson.write(schema))
                    .withProperty("format-version", "2")
                    .withProperty("write.metadata.delete-after-commit.enabled", "true")
                    .withProperty("write.metadata.previous-versions-max", "20")
                    .create();
            files.keepMade(directory.table(table));
        }
        new SchemaEvolution(this, evidence).adopt(table, schema);
        try {
            Files.createDirectories(dataDirectory(table));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + dataDirectory(table), e);
        }
        TableFields named = columns(table).writing(table, schema);
        plans.put(table, named);
        rules.put(table, BoundRule.of(rule, named));
    }

    /** Takes the rule by which the rows of a table leave that nobody writes in this process. */
    public void release(String table, ReleaseRule rule) {
        rules.put(table, BoundRule.of(rule, columns(table).current()));
    }

    /** A property that the table was made with. */
    public Optional<String> property(String table, String key) {
        return Optional.ofNullable(load(table).properties().get(key));
    }

    /** A folder for what need not outlive the process. */
    public Path spillDirectory() {
        return directory.spill();
    }

    private static TableIdentifier id(String table) {
        return TableIdentifier.of(NAMESPACE, table);
    }

    Path dataDirectory(String table) {
        return directory.data(table);
    }

    /** The table as of its last commit; never committed through, so any thread may read it. */
    Table load(String table) {
        Table known = loaded.get(table);
        if (known != null) {
            return known;
        }
        TableIdentifier id = id(table);
        if (!catalog.tableExists(id)) {
            throw new NoSuchElementException(
                    "no table '" + table + "'; there are " + String.join(", ", tables()));
        }
        return reload(table);
    }

    private Table reload(String table) {
        Table fresh = catalog.loadTable(id(table));
        loaded.put(table, fresh);
        return fresh;
    }

    /**
     * Writes rows as one durable Parquet file; nobody sees it before {@link #commit}. If it fails
     * nothing is left, and it may be called again.
     */
    public Written write(String table, List<Batch> batches) {
        return writer.write(table, fields(table, batches), batches, dataDirectory(table));
    }

    /** A writer may know the columns by the names that they had when it was begun. */
    private TableFields fields(String table, List<Batch> batches) {
        TableColumns known = columns(table);
        if (batches.isEmpty()) {
            return known.current();
        }
        Schema rows = batches.getFirst().schema();
        @Nullable TableFields plan = plans.get(table);
        if (plan != null && plan.schema().equals(rows)) {
            return plan;
        }
        return known.writing(table, rows);
    }

    /**
     * Adds files and the log position they reach in one atomic, durable step. An empty list only
     * moves the position.
     *
     * <p>If it fails it may be called again with the same arguments: whether the first call is in
     * after all is then seen by the position, and nothing is added twice.
     *
     * @param summary further key-value pairs of the snapshot
     * @return id of the new snapshot
     */
    public long commit(
            String table, List<Written> written, LogPosition upTo, Map<String, String> summary) {
        load(table);
        Table fresh;
        synchronized (changeOf(table)) {
            fresh = writer.commit(id(table), directory.table(table), written, upTo, summary);
            loaded.put(table, fresh);
        }
        onCommit.forEach(run -> run.accept(table));
        return TableWriter.snapshot(fresh);
    }

    /**
     * Puts files in the place of all rows of a table, in one atomic, durable step; snapshots before
     * it stay as they are.
     *
     * <p>If it fails, either nothing happened or the snapshot is there with this summary.
     *
     * @return id of the new snapshot
     */
    public long replace(String table, List<Written> written, Map<String, String> summary) {
        load(table);
        Table fresh;
        synchronized (changeOf(table)) {
            fresh = writer.replace(id(table), directory.table(table), written, summary);
            loaded.put(table, fresh);
        }
        onCommit.forEach(run -> run.accept(table));
        return TableWriter.snapshot(fresh);
    }

    /** Deletes files that were written and will not be committed. */
    public void discard(List<Written> written) {
        written.forEach(file -> writer.discard(file.file()));
    }

    /** Files that can be opened until they are given back, tables' or others. */
    TableFiles.Use use(List<Path> paths) {
        return files.use(paths);
    }

    TableFiles files() {
        return files;
    }

    Engine engine() {
        return engine;
    }

    /** The files of a snapshot. */
    List<Path> stored(String table, long snapshot) {
        return scans.dataFiles(table, snapshot, Filter.ALL, fields(table, snapshot));
    }

    /** The columns of a table and their history. */
    TableColumns columns(String table) {
        Table iceberg = load(table);
        return columns.compute(
                table,
                (t, known) ->
                        known != null && known.isOf(iceberg) ? known : TableColumns.of(iceberg));
    }

    /** The columns with which a snapshot is read. */
    TableFields fields(String table, long snapshot) {
        return columns(table).at(load(table), snapshot);
    }

    /** The columns that a plan writes in this process, as it names them. */
    Optional<TableFields> plan(String table) {
        return Optional.ofNullable(plans.get(table));
    }

    Optional<BoundRule> bound(String table) {
        return Optional.ofNullable(rules.get(table));
    }

    /** Columns changed: what was made ready of the table is made anew. */
    void evolved(String table) {
        loaded.remove(table);
        scans.forget(table);
        asked.forget(table);
    }

    /** One commit of a table at a time: a rewriting must not take the log position back. */
    private Object changeOf(String table) {
        return changes.computeIfAbsent(table, t -> new Object());
    }

    /** Changes a table without adding rows; readers see it once it is done. */
    void changing(String table, Consumer<Table> change) {
        load(table);
        synchronized (changeOf(table)) {
            try {
                change.accept(catalog.loadTable(id(table)));
                reload(table);
            } finally {
                // what failed may be in after all; if it is not, its files are orphans
                files.keepMade(directory.table(table));
            }
        }
    }

    /** Rows were taken out: nothing that was made of a table before is used again. */
    void forget(String table) {
        scans.forget(table);
        asked.forget(table);
        onRemoval.forEach(run -> run.accept(table));
    }

    /** Calls after rows were taken out of a table, with its name; nobody may keep copies of it. */
    public void onRemoval(Consumer<String> run) {
        onRemoval.add(run);
    }

    /** The snapshot that stands for another one since rows were taken out of it. */
    static long standing(Table table, long snapshot) {
        long standing = snapshot;
        for (int i = 0; i < table.properties().size() && table.snapshot(standing) == null; i++) {
            @Nullable String next = table.properties().get(SUCCESSOR + standing);
            if (next == null) {
                return standing;
            }
            standing = Long.parseLong(next);
        }
        return standing;
    }

    /** The table as it is in the catalogue. */
    Table fresh(String table) {
        load(table);
        return catalog.loadTable(id(table));
    }

    FileRewrite rewrite() {
        return new FileRewrite(engine, files, directory.root());
    }

    /** The metadata file by which another engine reads the newest snapshot: a path or a URI. */
    public String metadata(String table) {
        String location = ((BaseTable) fresh(table)).operations().current().metadataFileLocation();
        return files instanceof DurableFileIO ? files.resolve(location).toString() : location;
    }

    Path directory(String table) {
        return directory.table(table);
    }

    Path resolve(String location) {
        return files.resolve(location);
    }

    boolean isUncommitted(Path file) {
        return writer.isUncommitted(file);
    }

    /** Tables whose plan runs in this process: those that can be asked. */
    public List<String> released() {
        return rules.keySet().stream().sorted().toList();
    }

    /**
     * The newest rows of a table for a query, with all columns, masked as {@link #open} masks.
     * Where a plan masks nothing they are read in place, else they are written once a snapshot.
     */
    public HeldFiles<QueryRows, TableQuery.Relation>.Use relation(String table) throws IOException {
        return asked.relation(table);
    }

    /** Rows of one snapshot that are ready to be asked. */
    public record QueryRows(String table, long snapshot) {}

    /** How far this table has read the frame log; {@link LogPosition#START} at first. */
    public LogPosition committedPosition(String table) {
        return TableWriter.position(load(table));
    }

    /** Key-value pairs of a snapshot's summary. */
    public Map<String, String> summary(String table, long snapshot) {
        Table iceberg = load(table);
        Snapshot found = iceberg.snapshot(standing(iceberg, snapshot));
        if (found == null) {
            throw new NoSuchElementException("table '" + table + "' has no snapshot " + snapshot);
        }
        return Map.copyOf(found.summary());
    }

    @Override
    public List<String> tables() {
        return catalog.listTables(NAMESPACE).stream().map(TableIdentifier::name).sorted().toList();
    }

    @Override
    public Schema schema(String table) {
        return columns(table).current().schema();
    }

    /** Names of columns that have no label yet: they are kept, and shown to nobody. */
    public List<String> unlabelled(String table) {
        return columns(table).unlabelled();
    }

    /** The columns that a snapshot has: those of the time when it was made. */
    public Schema schema(String table, long snapshot) {
        return fields(table, snapshot).schema();
    }

    /** What a table may show outside; empty until its plan is known. */
    public Optional<ReleaseRule> findRule(String table) {
        return findRule(table, LATEST);
    }

    /** The same in the names of a snapshot. */
    public Optional<ReleaseRule> findRule(String table, long snapshot) {
        return bound(table).map(rule -> rule.in(fields(table, snapshot)));
    }

    @Override
    public long currentSnapshot(String table) {
        return TableWriter.snapshot(load(table));
    }

    @Override
    public Scan open(String table, long snapshot, List<String> columns, Filter filter) {
        return open(table, snapshot, columns, filter, List.of());
    }

    /** The same in order of columns; rows equal in them come as they are stored. */
    Scan open(
            String table, long snapshot, List<String> columns, Filter filter, List<String> order) {
        return scans.released(
                table,
                TableScans.Stretch.of(snapshot == LATEST ? currentSnapshot(table) : snapshot),
                columns,
                filter,
                Sql.order(order));
    }

    /** Rows as they are stored, for this package and the platform's own bookkeeping. */
    Scan governed(String table, long snapshot, List<String> columns, Filter filter, String order) {
        return scans.governed(table, TableScans.Stretch.of(snapshot), columns, filter, order);
    }

    /**
     * The platform's own columns of a table (keys, times, log places), for rebuilding its indexes
     * at start; a position or identity cannot be asked for here.
     */
    public Scan bookkeeping(String table, List<String> columns, Filter filter) {
        Schema schema = schema(table);
        for (String name : columns) {
            switch (schema.column(schema.indexOf(name)).dataClass()) {
                case LINEAGE, TIME -> {}
                case IDENTITY, POSITION, DRIVING_STATE, ENERGY_STATE, ALARM, ENVIRONMENT ->
                        throw new IllegalArgumentException(
                                "column '" + name + "' is no bookkeeping column");
            }
        }
        return governed(table, currentSnapshot(table), columns, filter, "");
    }

    @Override
    public Export export(
            String table,
            long snapshot,
            List<String> columns,
            String agreementId,
            Path directory,
            Consumer<Batch> last) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        Exporter exporter = new Exporter(engine, table, directory);
        long pinned = snapshot == LATEST ? currentSnapshot(table) : snapshot;
        try (Scan scan = openReleased(table, START, pinned, columns, agreementId)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                last.accept(batch);
                exporter.add(batch);
            }
        }
        exporter.flush();
        return exporter.of(pinned);
    }

    @Override
    public Scan openReleased(
            String table, long after, long upTo, List<String> columns, String agreementId) {
        ReleaseRule rule =
                findRule(table, upTo)
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "table '"
                                                        + table
                                                        + "' has no plan in this process"));
        List<String> wanted = columns.isEmpty() ? rule.released() : columns;
        Set<String> refused = new HashSet<>(wanted);
        rule.released().forEach(refused::remove);
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException(
                    "columns "
                            + String.join(", ", refused.stream().sorted().toList())
                            + " of '"
                            + table
                            + "' are not released; released are "
                            + String.join(", ", rule.released()));
        }
        return new ContractScan(
                scans.released(table, new TableScans.Stretch(after, upTo), wanted, Filter.ALL, ""),
                rule.identity(),
                Pseudonym.ofAgreement(keys, agreementId));
    }

    @Override
    public Runnable onCommit(Consumer<String> run) {
        onCommit.add(run);
        return () -> onCommit.remove(run);
    }

    /** Sizes for the platform's status: rows and files per table. */
    public Map<String, Long> rowCounts() {
        Map<String, Long> counts = new HashMap<>();
        for (String table : tables()) {
            @Nullable Snapshot snapshot = load(table).currentSnapshot();
            counts.put(
                    table,
                    snapshot == null
                            ? 0L
                            : Long.parseLong(
                                    snapshot.summary().getOrDefault("total-records", "0")));
        }
        return counts;
    }

    @Override
    public void close() {
        engine.close();
        catalog.close();
        directory.close();
    }
}
