package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableSource;
import org.roadloop.core.table.TableSource.Scan;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.MaskIntervals;
import org.roadloop.govern.privacy.ReleaseRule;

/** Reads the rows of a lake's tables (扫描): as they are stored, or as they may leave. Any thread. */
final class TableScans {
    private final Lake lake;
    private final Keyring keys;
    private final Map<String, Masks> masks = new ConcurrentHashMap<>();

    private record Masks(long snapshot, MaskIntervals intervals) {}

    /** Rows added after one snapshot, up to and with another. */
    record Stretch(long after, long upTo) {
        /** All rows of a snapshot. */
        static Stretch of(long snapshot) {
            return new Stretch(TableFeed.START, snapshot);
        }
    }

    TableScans(Lake lake, Keyring keys) {
        this.lake = lake;
        this.keys = keys;
    }

    /**
     * Rows as they may leave: what the rule hides is not there, in no column and by no filter.
     *
     * @throws IllegalStateException if nobody knows the rule of the table
     */
    Scan released(
            String table, Stretch stretch, List<String> columns, Filter filter, String order) {
        long pinned = stretch.upTo();
        Schema schema = lake.schema(table, pinned);
        List<String> wanted =
                columns.isEmpty() ? schema.columns().stream().map(c -> c.name()).toList() : columns;
        wanted.forEach(schema::indexOf);
        @Nullable ReleaseRule rule = lake.findRule(table, pinned).orElse(null);
        if (rule == null) {
            throw new IllegalStateException(
                    "table '"
                            + table
                            + "' was opened without its plan: call create with the plan's rule"
                            + " first");
        }
        if (!rule.masks()) {
            return governed(table, stretch, wanted, filter, order);
        }
        List<Filter> pushed = new ArrayList<>();
        List<Filter> residual = new ArrayList<>();
        split(filter, Set.copyOf(rule.masked()), pushed, residual);
        boolean showsMasked =
                !residual.isEmpty() || wanted.stream().anyMatch(rule.masked()::contains);
        if (!showsMasked) {
            return governed(table, stretch, wanted, filter, order);
        }
        Set<String> needed = new LinkedHashSet<>(wanted);
        needed.add(rule.identity());
        needed.add(rule.time());
        residual.forEach(part -> needed.add(columnOf(part)));
        MaskIntervals intervals = masks(table, pinned, rule);
        return new ReleaseScan(
                governed(table, stretch, List.copyOf(needed), new Filter.And(pushed), order),
                wanted,
                residual.isEmpty() ? Filter.ALL : new Filter.And(residual),
                rule,
                intervals);
    }

    /** Rows as they are stored. */
    Scan governed(
            String table, Stretch stretch, List<String> columns, Filter filter, String order) {
        TableFields fields = lake.fields(table, stretch.upTo());
        Schema schema = fields.schema();
        List<Path> stored =
                stretch.after() == TableFeed.START
                        ? dataFiles(table, stretch.upTo(), filter, fields)
                        : addedFiles(table, stretch);
        TableFiles.Use use = lake.files().use(stored);
        try {
            return new ParquetScan(
                    lake.engine(),
                    fields,
                    columns.isEmpty() ? schema : schema.select(columns),
                    stored.isEmpty()
                            ? null
                            : fields.from(use.paths())
                                    + " WHERE "
                                    + Sql.where(filter, schema)
                                    + order,
                    stretch.upTo(),
                    use::close);
        } catch (RuntimeException e) {
            use.close();
            throw e;
        }
    }

    private List<Path> addedFiles(String table, Stretch stretch) {
        Table iceberg = lake.load(table);
        if (stretch.upTo() == stretch.after()) {
            return List.of();
        }
        try (CloseableIterable<FileScanTask> tasks =
                iceberg.newIncrementalAppendScan()
                        .fromSnapshotExclusive(stretch.after())
                        .toSnapshot(stretch.upTo())
                        .planFiles()) {
            return paths(tasks);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot plan a scan of '" + table + "'", e);
        } catch (IllegalArgumentException e) {
            throw new NoSuchElementException(
                    "snapshot "
                            + stretch.upTo()
                            + " of table '"
                            + table
                            + "' does not follow snapshot "
                            + stretch.after(),
                    e);
        }
    }

    /** The files of a snapshot that may hold rows of a filter. */
    List<Path> dataFiles(String table, long snapshot, Filter filter, TableFields fields) {
        if (snapshot == TableSource.LATEST) {
            return List.of();
        }
        Table iceberg = lake.load(table);
        long standing = Lake.standing(iceberg, snapshot);
        if (iceberg.snapshot(standing) == null) {
            throw new NoSuchElementException("table '" + table + "' has no snapshot " + snapshot);
        }
        TableScan all = iceberg.newScan().useSnapshot(standing);
        // a successor of a pinned snapshot is read with another schema than Iceberg gives it
        TableScan scan =
                fields.areNamedIn(all.schema())
                        ? all.filter(Sql.pruning(filter, fields.schema()))
                        : all;
        try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
            return paths(tasks);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot plan a scan of '" + table + "'", e);
        }
    }

    private List<Path> paths(CloseableIterable<FileScanTask> tasks) {
        List<Path> paths = new ArrayList<>();
        tasks.forEach(task -> paths.add(lake.files().resolve(task.file().location())));
        paths.sort(null);
        return paths;
    }

    private static void split(
            Filter filter, Set<String> masked, List<Filter> pushed, List<Filter> residual) {
        switch (filter) {
            case Filter.And and -> and.parts().forEach(p -> split(p, masked, pushed, residual));
            case Filter.Between b -> (masked.contains(b.column()) ? residual : pushed).add(b);
            case Filter.During d -> (masked.contains(d.column()) ? residual : pushed).add(d);
            case Filter.Equal e -> (masked.contains(e.column()) ? residual : pushed).add(e);
        }
    }

    private static String columnOf(Filter filter) {
        return switch (filter) {
            case Filter.Between b -> b.column();
            case Filter.During d -> d.column();
            case Filter.Equal e -> e.column();
            case Filter.And and ->
                    throw new IllegalStateException("conjunctions are split before: " + and);
        };
    }

    /** Hidden stretches of one snapshot; kept for the snapshot asked for last. */
    private MaskIntervals masks(String table, long snapshot, ReleaseRule rule) {
        @Nullable Masks known = masks.get(table);
        if (known == null || known.snapshot() != snapshot) {
            known = new Masks(snapshot, MaskBuilder.build(lake, table, snapshot, rule, keys));
            masks.put(table, known);
        }
        return known.intervals();
    }

    /** Rows were taken out of a table, or its columns changed: its masks are made anew. */
    void forget(String table) {
        masks.remove(table);
    }
}
