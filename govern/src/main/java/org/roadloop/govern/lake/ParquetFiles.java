package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

/**
 * Reads the Parquet files that this platform wrote, outside any lake: a task in its sandbox reads
 * what was staged for it. The engine's native libraries are unpacked into {@code java.io.tmpdir},
 * which must be writable and allow execution. Any thread.
 */
public final class ParquetFiles {
    /** Enough for scans and filters without sorting. */
    public static final LakeSettings SMALL = new LakeSettings(96, 1);

    private static final int PAGE_ROWS = 131_072;

    private ParquetFiles() {}

    /** All {@code *.parquet} files right in a directory, in order of name. */
    public static List<Path> in(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    /** Every row and column of files of one table. */
    public static TableSource.Scan scan(List<Path> files) {
        return scan(files, List.of(), Filter.ALL, SMALL);
    }

    /**
     * Rows of files of one table; the scan owns its engine and ends it on close.
     *
     * @param columns names in the order wanted; empty for all
     */
    public static TableSource.Scan scan(
            List<Path> files, List<String> columns, Filter filter, LakeSettings settings) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no Parquet files to scan");
        }
        Engine engine = new Engine(settings, Path.of(System.getProperty("java.io.tmpdir")));
        try {
            TableFields full = fields(engine, files.getFirst());
            return new ParquetScan(
                    engine, files, full, columns, filter, "", TableSource.LATEST, engine::close);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** The columns that a file of this platform carries, with unit, class and grade. */
    public static Schema schema(Path file) {
        try (Engine engine = new Engine(SMALL, Path.of(System.getProperty("java.io.tmpdir")))) {
            return fields(engine, file).schema();
        }
    }

    /** Rows of any Parquet file, whoever wrote it. */
    public static long rows(Path file) {
        try (Engine engine = new Engine(SMALL, Path.of(System.getProperty("java.io.tmpdir")));
                DuckDBConnection connection = engine.connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT count(*) FROM read_parquet("
                                        + Sql.text(file.toString())
                                        + ")")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new LakeException("cannot count the rows of " + file, e);
        }
    }

    /** Takes rows of a file by the names of their columns. */
    @FunctionalInterface
    public interface RowConsumer {
        /** Values are Long, Double, Boolean or text; a time is microseconds since 1970 UTC. */
        void row(Map<String, @Nullable Object> values) throws IOException;
    }

    /** Names of the columns of any Parquet file, whoever wrote it. */
    public static List<String> names(Path file) {
        try (Engine engine = new Engine(SMALL, Path.of(System.getProperty("java.io.tmpdir")));
                DuckDBConnection connection = engine.connect()) {
            return List.copyOf(types(connection, file).keySet());
        } catch (SQLException e) {
            throw new LakeException("cannot read the columns of " + file, e);
        }
    }

    /** All rows of any Parquet file in their order, a page in memory at a time. */
    public static void forEachRow(Path file, RowConsumer consumer) throws IOException {
        try (Engine engine = new Engine(SMALL, Path.of(System.getProperty("java.io.tmpdir")));
                DuckDBConnection connection = engine.connect();
                Statement statement = connection.createStatement()) {
            Map<String, String> types = types(connection, file);
            StringJoiner columns = new StringJoiner(", ");
            types.forEach((name, type) -> columns.add(plain(Sql.name(name), type)));
            String source =
                    "SELECT %s FROM read_parquet(%s, file_row_number = true)"
                            .formatted(columns, Sql.text(file.toString()));
            List<String> names = List.copyOf(types.keySet());
            boolean more = true;
            for (long from = 0; more; from += PAGE_ROWS) {
                String page =
                        " WHERE file_row_number >= %d AND file_row_number < %d"
                                .formatted(from, from + PAGE_ROWS);
                try (ResultSet rows =
                        statement.executeQuery(source + page + " ORDER BY file_row_number")) {
                    more = false;
                    while (rows.next()) {
                        more = true;
                        Map<String, @Nullable Object> values = new HashMap<>();
                        for (int i = 0; i < names.size(); i++) {
                            values.put(names.get(i), rows.getObject(i + 1));
                        }
                        consumer.row(values);
                    }
                }
            }
        } catch (SQLException e) {
            throw new LakeException("cannot read the rows of " + file, e);
        }
    }

    private static Map<String, String> types(DuckDBConnection connection, Path file)
            throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet columns =
                        statement.executeQuery(
                                "DESCRIBE SELECT * FROM read_parquet("
                                        + Sql.text(file.toString())
                                        + ")")) {
            while (columns.next()) {
                types.put(columns.getString(1), columns.getString(2));
            }
        }
        return types;
    }

    private static String plain(String column, String type) {
        if (type.startsWith("TIMESTAMP") || type.equals("DATE")) {
            return "epoch_us(" + column + ")";
        }
        return switch (type) {
            case "BOOLEAN", "BIGINT", "DOUBLE" -> column;
            case "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER" ->
                    "CAST(" + column + " AS BIGINT)";
            default ->
                    type.startsWith("DECIMAL") || type.equals("FLOAT") || type.endsWith("HUGEINT")
                            ? "CAST(" + column + " AS DOUBLE)"
                            : "CAST(" + column + " AS VARCHAR)";
        };
    }

    static TableFields fields(Engine engine, Path file) {
        try (DuckDBConnection connection = engine.connect();
                Statement statement = connection.createStatement()) {
            // read by names: the id of cell_states does not matter
            return fields(statement, file, Integer.MAX_VALUE);
        } catch (SQLException e) {
            throw new LakeException("cannot read the schema of " + file, e);
        }
    }

    /**
     * The columns and field ids that a file was written with.
     *
     * @param statesId of {@code cell_states} in its table
     */
    static TableFields fields(Statement statement, Path file, int statesId) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery(
                        "SELECT decode(value) FROM parquet_kv_metadata("
                                + Sql.text(file.toString())
                                + ") WHERE decode(key) = "
                                + Sql.text(SchemaJson.KEY))) {
            if (!rows.next()) {
                throw new IllegalArgumentException(
                        file
                                + " carries no "
                                + SchemaJson.KEY
                                + ": it was not written by this platform");
            }
            return SchemaJson.read(rows.getString(1), statesId);
        }
    }
}
