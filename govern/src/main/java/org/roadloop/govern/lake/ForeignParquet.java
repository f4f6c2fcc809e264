package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.duckdb.DuckDBConnection;
import org.roadloop.core.table.Schema;

/**
 * A Parquet file that somebody else wrote (外来文件): columns by name, whatever their types there, as
 * text. Any thread.
 */
public final class ForeignParquet {
    private ForeignParquet() {}

    /** Takes the rows one by one. */
    public interface Rows {
        /**
         * @param names of the columns that follow, in order
         */
        void columns(List<String> names);

        /**
         * @param cells times as microseconds since 1970; an empty text for null
         */
        void row(String[] cells);
    }

    /**
     * Reads those columns of the schema that the file has.
     *
     * @throws LakeException if it is no readable Parquet file
     */
    public static void read(Path file, Schema wanted, Rows rows) {
        try (Engine engine =
                        new Engine(
                                ParquetFiles.SMALL, Path.of(System.getProperty("java.io.tmpdir")));
                DuckDBConnection connection = engine.connect();
                Statement statement = connection.createStatement()) {
            String from = " FROM read_parquet(" + Sql.text(file.toString()) + ")";
            Map<String, String> types = new TreeMap<>();
            try (ResultSet columns = statement.executeQuery("DESCRIBE SELECT *" + from)) {
                while (columns.next()) {
                    types.put(columns.getString(1), columns.getString(2));
                }
            }
            List<String> names =
                    wanted.columns().stream()
                            .map(c -> c.name())
                            .filter(types::containsKey)
                            .toList();
            rows.columns(names);
            if (names.isEmpty()) {
                return;
            }
            List<String> cells =
                    names.stream().map(name -> text(name, types.getOrDefault(name, ""))).toList();
            try (ResultSet result =
                    statement.executeQuery("SELECT " + String.join(", ", cells) + from)) {
                while (result.next()) {
                    String[] row = new String[names.size()];
                    for (int c = 0; c < row.length; c++) {
                        String cell = result.getString(c + 1);
                        row[c] = cell == null ? "" : cell;
                    }
                    rows.row(row);
                }
            }
        } catch (SQLException e) {
            throw new LakeException("the file is no Parquet file that can be read", e);
        }
    }

    /** Times as microseconds, so that neither a zone nor an extension of the engine is needed. */
    private static String text(String name, String type) {
        String column = Sql.name(name);
        return type.startsWith("TIMESTAMP")
                ? "CAST(epoch_us(" + column + ") AS VARCHAR)"
                : "CAST(" + column + " AS VARCHAR)";
    }
}
