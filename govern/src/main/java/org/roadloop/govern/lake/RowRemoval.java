package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;

/*
 * An Iceberg snapshot never changes, so a row leaves a table only when each snapshot with its file
 * is gone. Each file of any snapshot that has such rows is written again without them. The newest
 * snapshot gets a successor that names the new files; so does each snapshot that a tag keeps, on a
 * branch of its own, and the tag moves to it. What was asked for by the old id is then read from
 * the successor (a property of the table says which). All snapshots that name an old file expire,
 * and with the last of them the file is deleted. Each step may be cut off: a second call finds what
 * the first has left, by the files alone.
 */

/**
 * Takes rows out of a table, its snapshots and its files (删除行). One thread at a time, not beside
 * {@link LakeMaintenance}; ingest may run.
 */
public final class RowRemoval {
    private static final String BRANCH = "removing";

    private final Lake lake;
    private final LakeMaintenance.Evidence evidence;

    /** Which rows go. */
    public sealed interface Rows {
        /**
         * Those of somebody.
         *
         * @param tokens internal pseudonyms
         * @param clock column that is compared with {@code upToMicros}; null: all rows go
         * @param upToMicros later rows stay; µs since 1970
         */
        record OfSubjects(Set<String> tokens, @Nullable String clock, long upToMicros)
                implements Rows {
            public OfSubjects {
                tokens = Set.copyOf(tokens);
            }
        }

        /**
         * Those before a time, except what is kept for longer.
         *
         * @param clock timestamp column
         * @param micros the first that stays; µs since 1970
         * @param kept stretches of {@code [from, to)} in the same time whose rows stay
         */
        record Before(String clock, long micros, List<Stretch> kept) implements Rows {
            public Before {
                kept = List.copyOf(kept);
            }
        }
    }

    /** A stretch of time, µs since 1970. */
    public record Stretch(long fromMicros, long toMicros) {}

    /**
     * What was done.
     *
     * @param rows of the newest snapshot that went
     * @param files written again, or deleted where nothing was left
     * @param replaced snapshots kept by a pin that have a successor now, by their id
     * @param expired snapshots that went
     */
    public record Removal(
            String table, long rows, int files, Map<Long, Long> replaced, List<Long> expired) {
        public Removal {
            replaced = Map.copyOf(replaced);
            expired = List.copyOf(expired);
        }
    }

    public RowRemoval(Lake lake, LakeMaintenance.Evidence evidence) {
        this.lake = lake;
        this.evidence = evidence;
    }

    /** The distinct values of a table's identity columns in all its snapshots, given one by one. */
    public void identities(String table, Consumer<String> token) {
        List<Path> paths = paths(files(lake.fresh(table)).keySet());
        TableFields judged = judged(table, null);
        if (paths.isEmpty() || identities(judged).isEmpty()) {
            return;
        }
        try (TableFiles.Use use = lake.use(paths);
                DuckDBConnection connection = lake.engine().connect();
                Statement statement = connection.createStatement()) {
            String rows = judged.from(use.paths());
            String sql =
                    identities(judged).stream()
                            .map(column -> "SELECT DISTINCT " + column + " FROM " + rows)
                            .collect(Collectors.joining(" UNION "));
            try (ResultSet result = statement.executeQuery(sql)) {
                while (result.next()) {
                    @Nullable String one = result.getString(1);
                    if (one != null) {
                        token.accept(one);
                    }
                }
            }
        } catch (SQLException e) {
            throw new LakeException("cannot list the identities of '" + table + "'", e);
        }
    }

    /**
     * Writes somebody's rows of the newest snapshot, with all columns and unmasked, as CSV with a
     * head.
     *
     * @return how many there are
     */
    public long export(String table, Set<String> tokens, Path csv) {
        Table fresh = lake.fresh(table);
        @Nullable Snapshot newest = fresh.currentSnapshot();
        if (newest == null || tokens.isEmpty()) {
            return 0;
        }
        List<Path> paths = paths(live(fresh, newest).keySet());
        if (paths.isEmpty()) {
            return 0;
        }
        Rows which = new Rows.OfSubjects(tokens, null, 0);
        TableFields judged = judged(table, null);
        TableFields current = lake.columns(table).current();
        StringJoiner columns = new StringJoiner(", ");
        for (int c = 0; c < current.schema().size(); c++) {
            columns.add(
                    TableFields.age(current.id(c))
                            + " AS "
                            + Sql.name(current.schema().column(c).name()));
        }
        try (TableFiles.Use use = lake.use(paths);
                DuckDBConnection connection = lake.engine().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "COPY (SELECT "
                            + columns
                            + " FROM "
                            + current.ofAnyAge(judged).from(use.paths())
                            + " WHERE "
                            + where(which, judged)
                            + ") TO "
                            + Sql.text(csv.toString())
                            + " (FORMAT csv, HEADER)");
            return statement.getUpdateCount();
        } catch (SQLException e) {
            throw new LakeException("cannot write rows of '" + table + "'", e);
        }
    }

    /**
     * Takes rows out; when it returns, no snapshot and no file of the table has them.
     *
     * @param why stands in the evidence: {@code erasure}, {@code retention}
     * @return empty if there were none
     */
    public Optional<Removal> remove(String table, Rows which, String why) {
        Table before = lake.fresh(table);
        Map<String, DataFile> all = files(before);
        TableFields judged = judged(table, which);
        String where = where(which, judged);
        Map<String, Long> touched = count(table, all.keySet(), judged, where);
        if (touched.isEmpty()) {
            return Optional.empty();
        }
        @Nullable Snapshot newest = before.currentSnapshot();
        Set<String> live = newest == null ? Set.of() : live(before, newest).keySet();
        long rows = 0;
        for (Map.Entry<String, Long> file : touched.entrySet()) {
            rows += live.contains(file.getKey()) ? file.getValue() : 0;
        }
        evidence.note(
                "lake.rows-removed",
                table,
                Map.of("why", why, "rows", rows, "files", touched.size()));
        FileRewrite rewrite = lake.rewrite();
        Map<String, DataFile> without = new HashMap<>();
        List<Path> written = new ArrayList<>();
        Map<Long, Long> replaced = new TreeMap<>();
        List<Long> expired = new ArrayList<>();
        try {
            for (Map.Entry<String, Long> file : touched.entrySet()) {
                rewrite.without(
                                table,
                                judged,
                                Objects.requireNonNull(all.get(file.getKey())),
                                where,
                                file.getValue())
                        .ifPresent(
                                made -> {
                                    written.add(made.path());
                                    without.put(file.getKey(), made.file());
                                });
            }
            lake.changing(
                    table,
                    fresh -> {
                        replaceNewest(fresh, touched.keySet(), without);
                        replacePinned(fresh, touched.keySet(), without, replaced);
                        expire(fresh, touched.keySet(), expired);
                    });
        } catch (RuntimeException e) {
            if (!DiskFault.is(e) && expired.isEmpty()) {
                Set<String> named = files(lake.fresh(table)).keySet();
                written.removeIf(
                        path -> named.stream().anyMatch(n -> lake.resolve(n).equals(path)));
                written.forEach(lake.files()::remove);
            }
            throw e;
        }
        lake.forget(table);
        return Optional.of(new Removal(table, rows, touched.size(), replaced, expired));
    }

    private static void replaceNewest(
            Table table, Set<String> touched, Map<String, DataFile> without) {
        @Nullable Snapshot newest = table.currentSnapshot();
        if (newest != null) {
            replace(table, newest, touched, without, SnapshotRef.MAIN_BRANCH);
        }
    }

    private static void replacePinned(
            Table table,
            Set<String> touched,
            Map<String, DataFile> without,
            Map<Long, Long> replaced) {
        if (table.refs().containsKey(BRANCH)) { // a former call was cut off
            table.manageSnapshots().removeBranch(BRANCH).commit();
            table.refresh();
        }
        Set<Long> tagged = new TreeSet<>();
        table.refs().values().stream()
                .filter(SnapshotRef::isTag)
                .forEach(ref -> tagged.add(ref.snapshotId()));
        for (long old : tagged) {
            Snapshot snapshot = table.snapshot(old);
            if (!names(table, snapshot, touched)) {
                continue;
            }
            table.manageSnapshots().createBranch(BRANCH, old).commit();
            table.refresh();
            replace(table, snapshot, touched, without, BRANCH);
            long successor = Objects.requireNonNull(table.refs().get(BRANCH)).snapshotId();
            table.updateProperties().set(Lake.SUCCESSOR + old, Long.toString(successor)).commit();
            table.refresh();
            var refs = table.manageSnapshots();
            table.refs()
                    .forEach(
                            (name, ref) -> {
                                if (ref.isTag() && ref.snapshotId() == old) {
                                    refs.replaceTag(name, successor);
                                }
                            });
            refs.removeBranch(BRANCH).commit();
            table.refresh();
            replaced.put(old, successor);
        }
    }

    private static void replace(
            Table table,
            Snapshot snapshot,
            Set<String> touched,
            Map<String, DataFile> without,
            String branch) {
        Map<String, DataFile> live = live(table, snapshot);
        live.keySet().retainAll(touched);
        if (live.isEmpty()) {
            return;
        }
        OverwriteFiles change = table.newOverwrite().toBranch(branch);
        live.forEach(
                (location, file) -> {
                    change.deleteFile(file);
                    @Nullable DataFile rest = without.get(location);
                    if (rest != null) {
                        change.addFile(rest);
                    }
                });
        // what the snapshot says of the log and its passport stays said
        snapshot.summary().entrySet().stream()
                .filter(e -> e.getKey().startsWith("roadloop."))
                .forEach(e -> change.set(e.getKey(), e.getValue()));
        @Nullable Integer schema = TableColumns.schemaId(snapshot);
        if (!branch.equals(SnapshotRef.MAIN_BRANCH) && schema != null) {
            change.set(TableColumns.READ_WITH, schema.toString()); // else it were the newest one
        }
        change.commit();
        table.refresh();
    }

    private static void expire(Table table, Set<String> touched, List<Long> expired) {
        for (Snapshot snapshot : table.snapshots()) {
            if (names(table, snapshot, touched)) {
                expired.add(snapshot.snapshotId());
            }
        }
        if (expired.isEmpty()) {
            return;
        }
        var expire =
                table.expireSnapshots()
                        .expireOlderThan(0)
                        .executeDeleteWith(new LakeMaintenance.Here())
                        .planWith(new LakeMaintenance.Here());
        expired.forEach(expire::expireSnapshotId);
        expire.commit();
        table.refresh();
    }

    private static boolean names(Table table, Snapshot snapshot, Set<String> touched) {
        return live(table, snapshot).keySet().stream().anyMatch(touched::contains);
    }

    /** Files of all snapshots by their location. */
    private static Map<String, DataFile> files(Table table) {
        Map<String, DataFile> all = new TreeMap<>();
        table.snapshots().forEach(snapshot -> all.putAll(live(table, snapshot)));
        return all;
    }

    private static Map<String, DataFile> live(Table table, Snapshot snapshot) {
        Map<String, DataFile> live = new TreeMap<>();
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
            tasks.forEach(task -> live.put(task.file().location(), task.file()));
            return live;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot plan a scan of " + table.name(), e);
        }
    }

    private List<Path> paths(Set<String> locations) {
        return locations.stream().map(lake::resolve).toList();
    }

    /** Rows to remove by file; files without any are not in it. */
    private Map<String, Long> count(
            String table, Set<String> locations, TableFields judged, String where) {
        Map<String, Long> counts = new TreeMap<>();
        if (locations.isEmpty()) {
            return counts;
        }
        List<String> inOrder = List.copyOf(locations);
        List<Path> stored = inOrder.stream().map(lake::resolve).toList();
        try (TableFiles.Use use = lake.use(stored);
                DuckDBConnection connection = lake.engine().connect();
                Statement statement = connection.createStatement()) {
            Map<String, String> byPath = new HashMap<>();
            for (int i = 0; i < inOrder.size(); i++) {
                byPath.put(use.paths().get(i).toString(), inOrder.get(i));
            }
            String sql =
                    "SELECT filename, count(*) FROM "
                            + judged.from(use.paths())
                            + " WHERE "
                            + where
                            + " GROUP BY filename";
            try (ResultSet result = statement.executeQuery(sql)) {
                while (result.next()) {
                    @Nullable String location = byPath.get(result.getString(1));
                    if (location == null) {
                        throw new IllegalStateException(
                                "the query engine names a file of '"
                                        + table
                                        + "' that it was not given");
                    }
                    counts.put(location, result.getLong(2));
                }
            }
        } catch (SQLException e) {
            throw new LakeException("cannot look for rows to remove in '" + table + "'", e);
        }
        return counts;
    }

    /**
     * The columns by which it is told which rows go, as {@link TableFields#age} names them: all
     * that ever named somebody, also those that only older snapshots have, and the clock.
     */
    private TableFields judged(String table, @Nullable Rows which) {
        TableColumns columns = lake.columns(table);
        Set<Integer> ids = new TreeSet<>(columns.identities());
        @Nullable String clock =
                switch (which) {
                    case Rows.OfSubjects of -> of.clock();
                    case Rows.Before before -> before.clock();
                    case null -> null;
                };
        if (clock != null) {
            @Nullable Integer id = columns.live(clock);
            if (id == null) {
                throw new IllegalArgumentException(
                        "table '" + table + "' has no column '" + clock + "' to tell time by");
            }
            ids.add(id);
        }
        Map<Integer, Column> columnById = new TreeMap<>(columns.labels());
        columnById.keySet().retainAll(ids);
        return TableFields.ofAnyAge(columnById, columns.statesId());
    }

    /** Quoted. */
    private static List<String> identities(TableFields judged) {
        return judged.schema().columns().stream()
                .filter(
                        column ->
                                column.dataClass() == DataClass.IDENTITY
                                        && column.type() == ColumnType.STRING)
                .map(column -> Sql.name(column.name()))
                .toList();
    }

    private static String clock(TableFields judged) {
        return judged.schema().columns().stream()
                .filter(column -> column.type() == ColumnType.TIMESTAMP_MICROS_UTC)
                .map(column -> Sql.name(column.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the clock is no timestamp"));
    }

    private static String where(Rows which, TableFields judged) {
        return switch (which) {
            case Rows.OfSubjects of -> {
                if (of.tokens().isEmpty() || identities(judged).isEmpty()) {
                    yield "false";
                }
                List<String> tokens = of.tokens().stream().sorted().map(Sql::text).toList();
                String list = " IN (" + String.join(", ", tokens) + ")";
                String in =
                        identities(judged).stream()
                                .map(column -> column + list)
                                .collect(Collectors.joining(" OR ", "(", ")"));
                yield of.clock() == null
                        ? in
                        : in
                                + " AND coalesce("
                                + clock(judged)
                                + " <= make_timestamptz("
                                + of.upToMicros()
                                + "), true)";
            }
            case Rows.Before before -> {
                String clock = clock(judged);
                StringBuilder sql = new StringBuilder(clock);
                sql.append(" < make_timestamptz(").append(before.micros()).append(')');
                for (Stretch kept : before.kept()) {
                    sql.append(" AND NOT (")
                            .append(clock)
                            .append(" >= make_timestamptz(")
                            .append(kept.fromMicros())
                            .append(") AND ")
                            .append(clock)
                            .append(" < make_timestamptz(")
                            .append(kept.toMicros())
                            .append("))");
                }
                yield sql.toString();
            }
        };
    }
}
