package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;

/**
 * The way into the tables (写入): files, then snapshots that name them. Both steps may fail with the
 * disk and be called again. One thread a table.
 */
final class TableWriter {
    private final Catalog catalog;
    private final TableFiles files;
    private final Engine engine;
    private final Map<Path, DataFile> uncommitted = new ConcurrentHashMap<>();

    /** Commits that failed, and may be in their table all the same. */
    private final Map<TableIdentifier, Attempt> unsettled = new ConcurrentHashMap<>();

    /** Parquet files that were given up half-written, and may still be there. */
    private final Set<Path> halves = ConcurrentHashMap.newKeySet();

    /**
     * @param before the table's snapshot when it was begun
     */
    private record Attempt(LogPosition upTo, long before) {}

    TableWriter(Catalog catalog, TableFiles files, Engine engine) {
        this.catalog = catalog;
        this.files = files;
        this.engine = engine;
    }

    Lake.Written write(String table, TableFields fields, List<Batch> batches, Path directory) {
        Path file = directory.resolve(UUID.randomUUID() + ".parquet");
        for (Path half : halves) {
            files.remove(half);
            halves.remove(half);
        }
        ParquetWriter.File written;
        try {
            written = ParquetWriter.write(engine, fields, batches, file);
            files.store(file, written.sha256());
        } catch (RuntimeException e) {
            halves.add(file);
            throw e;
        }
        uncommitted.put(
                file,
                DataFiles.builder(PartitionSpec.unpartitioned())
                        .withPath(files.locationOf(file))
                        .withFormat(FileFormat.PARQUET)
                        .withFileSizeInBytes(written.dataBytes())
                        .withMetrics(written.metrics())
                        .build());
        return new Lake.Written(table, file, written.sha256(), written.rows(), written.dataBytes());
    }

    boolean isUncommitted(Path file) {
        return uncommitted.containsKey(file);
    }

    /** Returns the table as of the new snapshot. */
    Table commit(
            TableIdentifier id,
            Path directory,
            List<Lake.Written> written,
            LogPosition upTo,
            Map<String, String> summary) {
        Table current = catalog.loadTable(id);
        if (!isIn(current, id, directory, upTo)) {
            AppendFiles append = current.newAppend();
            append.set(Lake.LOG_POSITION, upTo.toString());
            summary.forEach(append::set);
            for (Lake.Written file : written) {
                DataFile data = uncommitted.get(file.file());
                if (data == null) {
                    throw new IllegalStateException(
                            file.file() + " was not written by this lake, or is committed already");
                }
                append.appendFile(data);
            }
            unsettled.put(id, new Attempt(upTo, snapshot(current)));
            append.commit();
        }
        Table fresh = catalog.loadTable(id);
        unsettled.remove(id);
        files.keepMade(directory);
        written.forEach(file -> uncommitted.remove(file.file()));
        return fresh;
    }

    /** Returns the table as of the new snapshot, which holds these files and no others. */
    Table replace(
            TableIdentifier id,
            Path directory,
            List<Lake.Written> written,
            Map<String, String> summary) {
        Table current = catalog.loadTable(id);
        long before = snapshot(current);
        OverwriteFiles overwrite =
                current.newOverwrite().overwriteByRowFilter(Expressions.alwaysTrue());
        summary.forEach(overwrite::set);
        for (Lake.Written file : written) {
            DataFile data = uncommitted.get(file.file());
            if (data == null) {
                throw new IllegalStateException(
                        file.file() + " was not written by this lake, or is committed already");
            }
            overwrite.addFile(data);
        }
        try {
            overwrite.commit();
        } catch (RuntimeException e) {
            if (snapshot(catalog.loadTable(id)) == before) {
                files.deleteMade(directory);
                throw e;
            }
            // The disk failed behind the commit: it is in.
        }
        Table fresh = catalog.loadTable(id);
        files.keepMade(directory);
        written.forEach(file -> uncommitted.remove(file.file()));
        return fresh;
    }

    void discard(Path file) {
        uncommitted.remove(file);
        files.remove(file);
    }

    /** Whether a commit up to a position failed before and is in its table after all. */
    private boolean isIn(Table current, TableIdentifier id, Path directory, LogPosition upTo) {
        @Nullable Attempt failed = unsettled.get(id);
        if (failed == null) {
            return false;
        }
        if (snapshot(current) == failed.before()) {
            files.deleteMade(directory);
            return false;
        }
        files.keepMade(directory);
        return failed.upTo().equals(upTo) && position(current).equals(upTo);
    }

    static long snapshot(Table table) {
        @Nullable Snapshot snapshot = table.currentSnapshot();
        return snapshot == null ? Lake.LATEST : snapshot.snapshotId();
    }

    static LogPosition position(Table table) {
        @Nullable Snapshot snapshot = table.currentSnapshot();
        if (snapshot == null) {
            return LogPosition.START;
        }
        @Nullable String position = snapshot.summary().get(Lake.LOG_POSITION);
        return position == null ? LogPosition.START : LogPosition.parse(position);
    }
}
