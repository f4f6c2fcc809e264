package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.duckdb.DuckDBConnection;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;

/**
 * Many Parquet files as one, sorted (小文件合并): DuckDB reads, sorts on disk if it must, and writes; no
 * row passes through the heap. One thread.
 */
final class FileRewrite {
    private final Engine engine;
    private final TableFiles files;
    private final Path root;

    /** A file that is on disk and in no table. */
    record Joined(DataFile file, Path path, long rows, String hash, String sha256) {}

    private record Content(long rows, String hash) {}

    FileRewrite(Engine engine, TableFiles files, Path root) {
        this.engine = engine;
        this.files = files;
        this.root = root;
    }

    /**
     * @param order columns to sort by, first the most significant; the place in the files decides
     *     after them
     */
    Joined join(String table, TableFields fields, List<String> order, List<DataFile> parts) {
        List<Path> stored = parts.stream().map(p -> files.resolve(p.location())).toList();
        Path file =
                root.resolve("tables")
                        .resolve(table)
                        .resolve("data")
                        .resolve(UUID.randomUUID() + ".parquet");
        try (TableFiles.Use use = files.use(stored);
                DuckDBConnection connection = engine.connect();
                Statement statement = connection.createStatement()) {
            String select = "SELECT * FROM " + fields.from(use.paths());
            String sorted =
                    order.isEmpty()
                            ? select
                            : select
                                    + order.stream()
                                            .map(Sql::name)
                                            .collect(Collectors.joining(", ", " ORDER BY ", ""));
            statement.execute(ParquetWriter.copy(fields, sorted, file));
            Content was = content(statement, fields, use.paths());
            Content is = content(statement, fields, List.of(file));
            if (!was.equals(is)) {
                throw new IllegalStateException(
                        "joining "
                                + use.paths().size()
                                + " files of '"
                                + table
                                + "' gave other rows: "
                                + was
                                + " became "
                                + is);
            }
            return joined(statement, fields, file, is);
        } catch (SQLException e) {
            DurableFileIO.delete(file);
            throw new LakeException("cannot join " + stored.size() + " files of " + table, e);
        } catch (IOException e) {
            DurableFileIO.delete(file);
            throw new UncheckedIOException("cannot read back " + file, e);
        } catch (RuntimeException e) {
            DurableFileIO.delete(file);
            throw e;
        }
    }

    /**
     * One file again without some of its rows, in the same order and with the columns that it has:
     * older snapshots read those that were dropped since.
     *
     * @param where the rows that go, by columns as {@link TableFields#age} names them
     * @param named those columns
     * @param going how many rows they are
     * @return empty if no row is left
     */
    Optional<Joined> without(
            String table, TableFields named, DataFile from, String where, long going) {
        long left = from.recordCount() - going;
        if (left == 0) {
            return Optional.empty();
        }
        List<Path> stored = List.of(files.resolve(from.location()));
        Path file =
                root.resolve("tables")
                        .resolve(table)
                        .resolve("data")
                        .resolve(UUID.randomUUID() + ".parquet");
        try (TableFiles.Use use = files.use(stored);
                DuckDBConnection connection = engine.connect();
                Statement statement = connection.createStatement()) {
            TableFields own =
                    ParquetFiles.fields(statement, use.paths().getFirst(), named.statesId());
            StringJoiner columns = new StringJoiner(", ");
            for (int c = 0; c < own.schema().size(); c++) {
                columns.add(
                        TableFields.age(own.id(c))
                                + " AS "
                                + Sql.name(own.schema().column(c).name()));
            }
            columns.add(CellStates.COLUMN);
            String select =
                    "SELECT "
                            + columns
                            + " FROM "
                            + own.ofAnyAge(named).from(use.paths())
                            + " WHERE NOT coalesce("
                            + where
                            + ", false)";
            statement.execute(ParquetWriter.copy(own, select, file));
            Content is = content(statement, own, List.of(file));
            if (is.rows() != left) {
                throw new IllegalStateException(
                        "taking "
                                + going
                                + " of "
                                + from.recordCount()
                                + " rows out of a file of '"
                                + table
                                + "' left "
                                + is.rows());
            }
            return Optional.of(joined(statement, own, file, is));
        } catch (SQLException e) {
            DurableFileIO.delete(file);
            throw new LakeException("cannot take rows out of a file of " + table, e);
        } catch (IOException e) {
            DurableFileIO.delete(file);
            throw new UncheckedIOException("cannot read back " + file, e);
        } catch (RuntimeException e) {
            DurableFileIO.delete(file);
            throw e;
        }
    }

    /** Makes a written file durable and describes it. */
    private Joined joined(Statement statement, TableFields fields, Path file, Content content)
            throws SQLException, IOException {
        DurableFileIO.sync(file);
        DurableFileIO.sync(file.resolveSibling("."));
        DataFile data =
                DataFiles.builder(PartitionSpec.unpartitioned())
                        .withPath(files.locationOf(file))
                        .withFormat(FileFormat.PARQUET)
                        .withFileSizeInBytes(Files.size(file))
                        .withMetrics(metrics(statement, fields, file, content.rows()))
                        .build();
        String sha256 = ParquetWriter.sha256(file);
        files.store(file, sha256);
        return new Joined(data, file, content.rows(), content.hash(), sha256);
    }

    /** Equal for the same rows in any order; each row counts, however often it is there. */
    private static Content content(Statement statement, TableFields fields, List<Path> paths)
            throws SQLException {
        List<String> columns = new ArrayList<>();
        fields.schema().columns().forEach(column -> columns.add(Sql.name(column.name())));
        columns.add(CellStates.COLUMN);
        try (ResultSet result =
                statement.executeQuery(
                        "SELECT count(*), CAST(coalesce(sum(CAST(hash("
                                + String.join(", ", columns)
                                + ") AS HUGEINT)), 0) AS VARCHAR) FROM "
                                + fields.from(paths))) {
            result.next();
            return new Content(result.getLong(1), result.getString(2));
        }
    }

    /** Bounds of the columns that files are skipped by, as {@link ColumnMetrics} has them. */
    private static Metrics metrics(Statement statement, TableFields fields, Path file, long rows)
            throws SQLException {
        Schema schema = fields.schema();
        Map<Integer, Long> values = new HashMap<>();
        Map<Integer, Long> nulls = new HashMap<>();
        Map<Integer, ByteBuffer> lower = new HashMap<>();
        Map<Integer, ByteBuffer> upper = new HashMap<>();
        String select =
                schema.columns().stream()
                        .map(FileRewrite::bounds)
                        .collect(Collectors.joining(", ", "SELECT ", " FROM "));
        try (ResultSet result = statement.executeQuery(select + fields.from(List.of(file)))) {
            result.next();
            for (int c = 0; c < schema.size(); c++) {
                int id = fields.id(c);
                int at = 3 * c + 1;
                values.put(id, rows);
                nulls.put(id, rows - result.getLong(at));
                if (result.getObject(at + 1) == null) {
                    continue;
                }
                switch (schema.column(c).type()) {
                    case LONG, TIMESTAMP_MICROS_UTC -> {
                        put(lower, id, Types.LongType.get(), result.getLong(at + 1));
                        put(upper, id, Types.LongType.get(), result.getLong(at + 2));
                    }
                    case INT -> {
                        put(lower, id, Types.IntegerType.get(), result.getInt(at + 1));
                        put(upper, id, Types.IntegerType.get(), result.getInt(at + 2));
                    }
                    case DOUBLE -> {
                        // a cell that is not a number is above all others: then no bound
                        if (!Double.isNaN(result.getDouble(at + 2))) {
                            put(lower, id, Types.DoubleType.get(), result.getDouble(at + 1));
                            put(upper, id, Types.DoubleType.get(), result.getDouble(at + 2));
                        }
                    }
                    case BOOL, FLOAT, STRING -> {
                        // No bounds: never used for pruning.
                    }
                }
            }
        }
        return new Metrics(rows, Map.of(), values, nulls, Map.of(), lower, upper);
    }

    private static void put(
            Map<Integer, ByteBuffer> bounds,
            int id,
            org.apache.iceberg.types.Type type,
            Object value) {
        bounds.put(id, Conversions.toByteBuffer(type, value));
    }

    private static String bounds(Column column) {
        String name = Sql.name(column.name());
        String value =
                switch (column.type()) {
                    case TIMESTAMP_MICROS_UTC -> "epoch_us(" + name + ")";
                    case LONG, INT, DOUBLE -> name;
                    case BOOL, FLOAT, STRING -> "NULL";
                };
        return "count(" + name + "), min(" + value + "), max(" + value + ")";
    }
}
