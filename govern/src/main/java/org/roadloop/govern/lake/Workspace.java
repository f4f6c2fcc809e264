package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

/**
 * What making a product needs of a lake (加工区): rows of tables and files in a wanted order, room to
 * put rows aside, and the sizes of groups. Sorting spills to disk beyond the memory of {@link
 * LakeSettings}. Any thread.
 */
public final class Workspace {
    private final Lake lake;

    public Workspace(Lake lake) {
        this.lake = lake;
    }

    /** How a file writes a time: text of ISO 8601 in UTC, or a number since 1970. */
    public enum TimeForm {
        ISO,
        EPOCH_S,
        EPOCH_MS,
        EPOCH_US
    }

    /** A column of a file: what it becomes, its name there, and how it writes a time. */
    public record FileColumn(Column column, String from, TimeForm times) {}

    /** The columns of rows from files. */
    public static Schema schema(List<FileColumn> columns) {
        return ForeignFiles.schema(sources(columns));
    }

    /** The columns of a file that this platform wrote. */
    public static Schema schema(Path file) {
        return ParquetFiles.schema(file);
    }

    private static List<ForeignFiles.Source> sources(List<FileColumn> columns) {
        return columns.stream()
                .map(c -> new ForeignFiles.Source(c.column(), c.from(), c.times()))
                .toList();
    }

    /**
     * Rows of a table with its {@link org.roadloop.govern.privacy.ReleaseRule} applied: a product
     * shows no more than the table itself may.
     *
     * @param order columns to sort by; equal rows come as they are stored
     */
    public TableSource.Scan table(String table, long snapshot, List<String> order) {
        return lake.open(table, snapshot, List.of(), Filter.ALL, order);
    }

    /** The files that hold a snapshot of a table, in order of name. */
    public List<Path> filesOf(String table, long snapshot) {
        return lake.stored(table, snapshot);
    }

    /** Where a table's files stand. */
    public Path directoryOf(String table) {
        return lake.dataDirectory(table);
    }

    /** Rows of files that this platform wrote. */
    public TableSource.Scan files(List<Path> files, List<String> order) {
        TableFiles.Use use = lake.use(files);
        try {
            return new ParquetScan(
                    lake.engine(),
                    use.paths(),
                    ParquetFiles.fields(lake.engine(), use.paths().getFirst()),
                    List.of(),
                    Filter.ALL,
                    Sql.order(order),
                    TableSource.LATEST,
                    use::close);
        } catch (RuntimeException e) {
            use.close();
            throw e;
        }
    }

    /** Rows of files that somebody else wrote. */
    public TableSource.Scan files(List<Path> files, List<FileColumn> columns, List<String> order) {
        List<ForeignFiles.Source> sources = sources(columns);
        Schema schema = ForeignFiles.schema(sources);
        try {
            return new ParquetScan(
                    lake.engine(),
                    TableFields.placed(schema),
                    schema,
                    ForeignFiles.sql(files, sources, Sql.order(order)),
                    TableSource.LATEST,
                    () -> {});
        } catch (LakeException e) {
            throw new IllegalArgumentException(
                    "the input files do not read as the plan says: "
                            + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
                    e);
        }
    }

    /** Room for rows that wait. */
    public Spill spill(Schema schema) {
        Path directory = lake.spillDirectory().resolve(UUID.randomUUID().toString());
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        return new Spill(lake.engine(), schema, directory);
    }

    /** Rows of a file of Parquet. */
    public long rows(Path file) {
        try (TableFiles.Use use = lake.use(List.of(file))) {
            return ParquetFiles.rows(use.paths().getFirst());
        }
    }

    /** Lower-case hex SHA-256 of a file as it is read. */
    public String sha256(Path file) {
        try (TableFiles.Use use = lake.use(List.of(file))) {
            return ParquetWriter.sha256(use.paths().getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The same of what is stored, not of a copy of it; empty if there is no such file. */
    public Optional<String> findSha256(Path file) {
        try {
            return Optional.of(lake.files().sha256(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /**
     * The smallest group of rows that are equal in some columns (最小等价类), null counting as a value.
     *
     * @param weight column of how many a row stands for; null if a row stands for one
     * @param identity column whose distinct values are counted where there is no weight; null if
     *     rows are
     * @return 0 if there are no rows
     */
    public long smallestGroup(
            List<Path> files,
            List<String> columns,
            @Nullable String weight,
            @Nullable String identity) {
        if (files.isEmpty()) {
            return 0;
        }
        String size =
                weight != null
                        ? "CAST(sum(" + Sql.name(weight) + ") AS BIGINT)"
                        : identity != null
                                ? "count(DISTINCT " + Sql.name(identity) + ")"
                                : "count(*)";
        String group = String.join(", ", columns.stream().map(Sql::name).toList());
        try (TableFiles.Use use = lake.use(files);
                DuckDBConnection connection = lake.engine().connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT coalesce(min(n), 0) FROM (SELECT "
                                        + size
                                        + " AS n FROM "
                                        + Sql.readParquet(use.paths())
                                        + " GROUP BY "
                                        + group
                                        + ")")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new LakeException("cannot count the groups of " + columns, e);
        }
    }
}
