package org.roadloop.govern.product;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;

/** Copies rows of one batch into another of other columns (行复制). */
final class Rows {
    private Rows() {}

    /**
     * @param columns for each column of {@code schema} its place in {@code from}
     * @param count rows to take: the first ones, or those of {@code rows}
     * @param rows null for the first {@code count}
     */
    static Batch copy(
            Batch from,
            Schema schema,
            int[] columns,
            int count,
            int @org.jspecify.annotations.Nullable [] rows) {
        Batch to = new Batch(schema, Math.max(1, count));
        to.rows(count);
        for (int c = 0; c < columns.length; c++) {
            boolean whole = rows == null && schema.column(c).type() != ColumnType.STRING;
            if (whole) {
                System.arraycopy(from.states(columns[c]), 0, to.states(c), 0, count);
                System.arraycopy(cells(from, columns[c]), 0, cells(to, c), 0, count);
            } else {
                for (int row = 0; row < count; row++) {
                    to.copyCell(from, columns[c], rows == null ? row : rows[row], c, row);
                }
            }
        }
        return to;
    }

    private static Object cells(Batch batch, int c) {
        return switch (batch.schema().column(c).type()) {
            case BOOL -> batch.booleans(c);
            case INT -> batch.ints(c);
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c);
            case FLOAT -> batch.floats(c);
            case DOUBLE -> batch.doubles(c);
            case STRING -> throw new IllegalStateException("text is no array of cells");
        };
    }

    /** A number or a time of an ok cell. */
    static double number(Batch batch, int c, int row) {
        return switch (batch.schema().column(c).type()) {
            case INT -> batch.ints(c)[row];
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row];
            case FLOAT -> batch.floats(c)[row];
            case DOUBLE -> batch.doubles(c)[row];
            case BOOL -> batch.booleans(c)[row] ? 1 : 0;
            case STRING -> throw new IllegalStateException("text is no number");
        };
    }

    /** An ok cell as text. */
    static String text(Batch batch, int c, int row) {
        return switch (batch.schema().column(c).type()) {
            case BOOL -> Boolean.toString(batch.booleans(c)[row]);
            case INT -> Integer.toString(batch.ints(c)[row]);
            case LONG, TIMESTAMP_MICROS_UTC -> Long.toString(batch.longs(c)[row]);
            case FLOAT -> Float.toString(batch.floats(c)[row]);
            case DOUBLE -> Double.toString(batch.doubles(c)[row]);
            case STRING -> batch.strings(c).get(row);
        };
    }

    static boolean isNumeric(ColumnType type) {
        return switch (type) {
            case INT, LONG, FLOAT, DOUBLE -> true;
            case BOOL, STRING, TIMESTAMP_MICROS_UTC -> false;
        };
    }
}
