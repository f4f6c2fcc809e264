package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;

/** SQL text with everything quoted, and filters as SQL and as Iceberg expressions. */
final class Sql {
    private Sql() {}

    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** Sixteen hexadecimal digits that stand for a text where only plain names are allowed. */
    static String digest(String value) {
        try {
            byte[] sha256 =
                    java.security.MessageDigest.getInstance("SHA-256")
                            .digest(value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return java.util.HexFormat.of().formatHex(sha256, 0, 8);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }

    static String name(String column) {
        return "\"" + column.replace("\"", "\"\"") + "\"";
    }

    static String type(ColumnType type) {
        return switch (type) {
            case BOOL -> "BOOLEAN";
            case INT -> "INTEGER";
            case LONG -> "BIGINT";
            case FLOAT -> "FLOAT";
            case DOUBLE -> "DOUBLE";
            case TIMESTAMP_MICROS_UTC -> "TIMESTAMP WITH TIME ZONE";
            case STRING -> "VARCHAR";
        };
    }

    static String readParquet(List<Path> files) {
        return files.stream()
                .map(file -> text(file.toString()))
                .collect(Collectors.joining(", ", "read_parquet([", "], union_by_name = true)"));
    }

    /** The same with {@code filename} and {@code file_row_number}, which name each row's place. */
    static String readPlaced(List<Path> files) {
        return files.stream()
                .map(file -> text(file.toString()))
                .collect(
                        Collectors.joining(
                                ", ",
                                "read_parquet([",
                                "], union_by_name = true, filename = true, file_row_number ="
                                        + " true)"));
    }

    /** Rows in order of columns, equal ones as they are stored; empty for no order. */
    static String order(List<String> columns) {
        return columns.isEmpty()
                ? ""
                : columns.stream()
                        .map(Sql::name)
                        .collect(
                                Collectors.joining(
                                        ", ", " ORDER BY ", ", filename, file_row_number"));
    }

    /** A condition; the column must exist. */
    static String where(Filter filter, Schema schema) {
        return switch (filter) {
            case Filter.Between b ->
                    switch (column(schema, b.column()).type()) {
                        case TIMESTAMP_MICROS_UTC ->
                                name(b.column())
                                        + " BETWEEN make_timestamptz("
                                        + (long) Math.ceil(b.from())
                                        + ") AND make_timestamptz("
                                        + (long) Math.floor(b.to())
                                        + ")";
                        case INT, LONG, FLOAT, DOUBLE ->
                                name(b.column())
                                        + " BETWEEN "
                                        + number(b.from())
                                        + " AND "
                                        + number(b.to());
                        case BOOL, STRING -> throw notNumeric(b.column());
                    };
            case Filter.During d -> {
                if (column(schema, d.column()).type() != ColumnType.TIMESTAMP_MICROS_UTC) {
                    throw new IllegalArgumentException(
                            "column '" + d.column() + "' is no timestamp; During needs one");
                }
                yield name(d.column())
                        + " >= make_timestamptz("
                        + d.fromMicros()
                        + ") AND "
                        + name(d.column())
                        + " < make_timestamptz("
                        + d.toMicros()
                        + ")";
            }
            case Filter.Equal e ->
                    switch (column(schema, e.column()).type()) {
                        case STRING -> name(e.column()) + " = " + text(e.value());
                        case BOOL -> name(e.column()) + " = " + Boolean.parseBoolean(e.value());
                        case INT, LONG -> name(e.column()) + " = " + Long.parseLong(e.value());
                        case FLOAT, DOUBLE ->
                                name(e.column()) + " = " + number(Double.parseDouble(e.value()));
                        case TIMESTAMP_MICROS_UTC ->
                                name(e.column())
                                        + " = make_timestamptz("
                                        + Long.parseLong(e.value())
                                        + ")";
                    };
            case Filter.And and ->
                    and.parts().isEmpty()
                            ? "true"
                            : and.parts().stream()
                                    .map(part -> "(" + where(part, schema) + ")")
                                    .collect(Collectors.joining(" AND "));
        };
    }

    /** What Iceberg can prune files by; never stricter than {@link #where}. */
    static Expression pruning(Filter filter, Schema schema) {
        return switch (filter) {
            case Filter.Between b ->
                    switch (column(schema, b.column()).type()) {
                        case DOUBLE ->
                                Expressions.and(
                                        Expressions.greaterThanOrEqual(b.column(), b.from()),
                                        Expressions.lessThanOrEqual(b.column(), b.to()));
                        case LONG, TIMESTAMP_MICROS_UTC ->
                                Expressions.and(
                                        Expressions.greaterThanOrEqual(
                                                b.column(), (long) Math.floor(b.from())),
                                        Expressions.lessThanOrEqual(
                                                b.column(), (long) Math.ceil(b.to())));
                        case INT, FLOAT, BOOL, STRING -> Expressions.alwaysTrue();
                    };
            case Filter.During d ->
                    Expressions.and(
                            Expressions.greaterThanOrEqual(d.column(), d.fromMicros()),
                            Expressions.lessThan(d.column(), d.toMicros()));
            case Filter.Equal ignored -> Expressions.alwaysTrue();
            case Filter.And and ->
                    and.parts().stream()
                            .map(part -> pruning(part, schema))
                            .reduce(Expressions.alwaysTrue(), Expressions::and);
        };
    }

    private static Column column(Schema schema, String name) {
        return schema.column(schema.indexOf(name));
    }

    private static IllegalArgumentException notNumeric(String column) {
        return new IllegalArgumentException(
                "column '" + column + "' is not numeric; Between needs a number or a timestamp");
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("a filter bound is not a number");
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "'inf'::DOUBLE" : "'-inf'::DOUBLE";
        }
        return Double.toString(value) + "::DOUBLE";
    }
}
