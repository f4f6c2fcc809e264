package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;

/**
 * Rows of Parquet and CSV files that somebody else wrote, as the columns of a schema (外来数据). A cell
 * that is not there is absent, one that does not read as its type is invalid.
 */
final class ForeignFiles {
    private ForeignFiles() {}

    /**
     * A column and where its values come from.
     *
     * @param from name in the files
     */
    record Source(Column column, String from, Workspace.TimeForm times) {}

    /**
     * What stands behind {@code FROM}.
     *
     * @throws IllegalArgumentException if the files are of two kinds, or of another
     */
    static String sql(List<Path> files, List<Source> columns, String order) {
        boolean csv = isCsv(files);
        StringJoiner select = new StringJoiner(", ", "(SELECT ", "");
        StringJoiner states = new StringJoiner(" || ", "nullif(", "");
        for (Source source : columns) {
            String raw = Sql.name(source.from());
            String value = value(source, csv);
            select.add(value + " AS " + Sql.name(source.column().name()));
            states.add(
                    "CASE WHEN "
                            + absent(raw, csv)
                            + " THEN 'a' WHEN "
                            + value
                            + " IS NULL THEN 'i' ELSE '.' END");
        }
        String allOk = Sql.text(".".repeat(columns.size()));
        select.add(states + ", " + allOk + ") AS " + CellStates.COLUMN);
        String list =
                files.stream()
                        .map(file -> Sql.text(file.toString()))
                        .collect(Collectors.joining(", ", "[", "]"));
        if (csv) {
            // One thread reads a CSV in its order, so a row's number is its place.
            return select
                    + " FROM (SELECT *, row_number() OVER () AS file_row_number FROM read_csv("
                    + list
                    + ", header = true, all_varchar = true, filename = true, parallel ="
                    + " false))"
                    + order
                    + ")";
        }
        return select
                + " FROM read_parquet("
                + list
                + ", union_by_name = true, filename = true, file_row_number = true)"
                + order
                + ")";
    }

    static Schema schema(List<Source> columns) {
        return new Schema(columns.stream().map(Source::column).toList());
    }

    private static boolean isCsv(List<Path> files) {
        List<String> kinds =
                files.stream()
                        .map(f -> f.toString().toLowerCase(Locale.ROOT))
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .distinct()
                        .toList();
        if (kinds.equals(List.of("csv")) || kinds.equals(List.of("parquet"))) {
            return kinds.getFirst().equals("csv");
        }
        throw new IllegalArgumentException(
                "the files of one input must all end in .csv, or all in .parquet, not in " + kinds);
    }

    private static String absent(String raw, boolean csv) {
        return csv ? "coalesce(" + raw + ", '') = ''" : raw + " IS NULL";
    }

    private static String value(Source source, boolean csv) {
        String raw = Sql.name(source.from());
        String text = csv ? "nullif(" + raw + ", '')" : raw;
        if (source.column().type() == ColumnType.TIMESTAMP_MICROS_UTC) {
            return switch (source.times()) {
                case ISO ->
                        csv
                                ? "TRY_CAST(" + text + " AS TIMESTAMP)"
                                // Neither a zone nor an extension of the engine is needed.
                                : "make_timestamp(epoch_us(" + text + "))";
                case EPOCH_S -> epoch(text, "1000000");
                case EPOCH_MS -> epoch(text, "1000");
                case EPOCH_US -> epoch(text, "1");
            };
        }
        String type =
                switch (source.column().type()) {
                    case BOOL -> "BOOLEAN";
                    case INT -> "INTEGER";
                    case LONG -> "BIGINT";
                    case FLOAT -> "FLOAT";
                    case DOUBLE -> "DOUBLE";
                    case STRING, TIMESTAMP_MICROS_UTC -> "VARCHAR";
                };
        return "TRY_CAST(" + text + " AS " + type + ")";
    }

    private static String epoch(String text, String micros) {
        return "make_timestamp(CAST(round(TRY_CAST("
                + text
                + " AS DECIMAL(28, 6)) * "
                + micros
                + ") AS BIGINT))";
    }
}
