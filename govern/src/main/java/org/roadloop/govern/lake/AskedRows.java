package org.roadloop.govern.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.HeldFiles;
import org.roadloop.core.table.TableQuery;
import org.roadloop.core.table.TableSource.Scan;
import org.roadloop.govern.privacy.ReleaseRule;

/** The newest rows of tables, ready for queries (查询视图). Any thread. */
final class AskedRows {
    /** Snapshots that are kept ready. */
    private static final int MOST_ASKED = 8;

    private final Lake lake;
    private final HeldFiles<Lake.QueryRows, TableQuery.Relation> held;

    AskedRows(Lake lake, Path directory) {
        this.lake = lake;
        held = new HeldFiles<>(directory, MOST_ASKED);
    }

    /** As {@link Lake#relation}. */
    HeldFiles<Lake.QueryRows, TableQuery.Relation>.Use relation(String table) throws IOException {
        long snapshot = lake.currentSnapshot(table);
        TableFields fields = lake.fields(table, snapshot);
        ReleaseRule rule =
                lake.findRule(table, snapshot)
                        .orElseThrow(
                                () ->
                                        new NoSuchElementException(
                                                "no table '" + table + "' can be asked"));
        return held.use(
                new Lake.QueryRows(table, snapshot),
                directory -> {
                    if (!rule.masks()) {
                        return new TableQuery.Relation(
                                table,
                                fields.schema(),
                                fields.ids(),
                                readable(lake.stored(table, snapshot), directory));
                    }
                    Exporter exporter = new Exporter(lake.engine(), table, directory);
                    try (Scan scan = lake.open(table, snapshot, List.of(), Filter.ALL)) {
                        for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                            exporter.add(batch);
                        }
                    }
                    exporter.flush();
                    return TableQuery.Relation.of(table, fields.schema(), exporter.paths());
                });
    }

    /** Files in a bucket are linked, so that they are there as long as the relation is. */
    private List<Path> readable(List<Path> stored, Path directory) throws IOException {
        if (lake.files() instanceof DurableFileIO) {
            return stored;
        }
        Files.createDirectories(directory);
        List<Path> links = new ArrayList<>();
        try (TableFiles.Use use = lake.files().use(stored)) {
            for (Path path : use.paths()) {
                links.add(Files.createLink(directory.resolve(links.size() + ".parquet"), path));
            }
        }
        return links;
    }

    /** Rows were taken out of a table, or its columns changed: they are made ready anew. */
    void forget(String table) {
        held.drop(key -> key.table().equals(table));
    }
}
