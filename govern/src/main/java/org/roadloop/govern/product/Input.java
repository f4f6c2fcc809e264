package org.roadloop.govern.product;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.lake.Workspace;

/**
 * Where rows of a plan come from (输入): a governed table, or files.
 *
 * @param table of the lake
 * @param snapshot of the table; left out: the current one when the run begins
 * @param files names in the folder of inputs, all .csv or all .parquet
 * @param columns of the files by the name they get; left out for files this platform wrote
 */
public record Input(
        @Nullable String table,
        @Nullable Long snapshot,
        @Nullable List<String> files,
        @Nullable Map<String, FileColumn> columns) {
    public Input {
        if ((table == null) == (files == null)) {
            throw new IllegalArgumentException("an input names either a table or files");
        }
        if (files != null && (files.isEmpty() || snapshot != null)) {
            throw new IllegalArgumentException(
                    "files need at least one name, and have no snapshot");
        }
        if (table != null && columns != null) {
            throw new IllegalArgumentException("the columns of a table are known: leave them out");
        }
        files = files == null ? null : List.copyOf(files);
        // A copy that keeps the order, which is that of the columns.
        columns =
                columns == null
                        ? null
                        : java.util.Collections.unmodifiableMap(
                                new java.util.LinkedHashMap<>(columns));
    }

    /**
     * One column of files.
     *
     * @param from its name there; left out: the same
     * @param time how the files write a time; left out: ISO 8601 in UTC
     */
    public record FileColumn(
            @Nullable String from,
            ColumnType type,
            @Nullable String unit,
            DataClass class_,
            Grade grade,
            @Nullable CoordinateSystem datum,
            Workspace.@Nullable TimeForm time) {}

    /** What it is called in findings, passports and lineage. */
    public String name() {
        return table != null ? table : String.join(", ", files == null ? List.of() : files);
    }

    /** The columns that the plan itself declares for files. */
    public Schema declaredSchema() {
        return Workspace.schema(fileColumns());
    }

    /** The columns declared for files; empty where the files carry their own. */
    List<Workspace.FileColumn> fileColumns() {
        List<Workspace.FileColumn> all = new ArrayList<>();
        if (columns != null) {
            columns.forEach(
                    (name, c) ->
                            all.add(
                                    new Workspace.FileColumn(
                                            new Column(
                                                    name,
                                                    c.type(),
                                                    c.unit() == null ? "" : c.unit(),
                                                    c.class_(),
                                                    c.grade(),
                                                    c.datum() == null
                                                            ? CoordinateSystem.NONE
                                                            : c.datum()),
                                            c.from() == null ? name : c.from(),
                                            c.time() == null ? Workspace.TimeForm.ISO : c.time())));
        }
        return all;
    }
}
