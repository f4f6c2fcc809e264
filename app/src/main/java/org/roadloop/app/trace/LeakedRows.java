package org.roadloop.app.trace;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;

/**
 * Rows of a suspected file as a batch (疑似泄露行): at most {@link Batch#MAX_ROWS}, evenly spread over
 * the file. A cell that can't be read as its column's type is absent. One thread.
 */
final class LeakedRows {
    private Batch batch;
    private long rows;
    private long every = 1;

    /**
     * @param columns names and types of what is looked for
     */
    LeakedRows(Schema columns) {
        batch = new Batch(asRead(columns), Batch.MAX_ROWS);
    }

    /** Numbers with decimals are read as doubles, whatever their width was. */
    private static Schema asRead(Schema columns) {
        List<Column> read = new ArrayList<>();
        for (Column column : columns.columns()) {
            boolean single = column.type() == ColumnType.FLOAT;
            read.add(
                    single
                            ? Column.of(
                                    column.name(),
                                    ColumnType.DOUBLE,
                                    column.unit(),
                                    column.dataClass(),
                                    column.grade())
                            : column);
        }
        return new Schema(read);
    }

    /**
     * @param cells one a column; an empty text is absent
     */
    void add(String[] cells) {
        if (rows++ % every != 0) {
            return;
        }
        if (batch.isFull()) {
            thin();
            if ((rows - 1) % every != 0) {
                return;
            }
        }
        int row = batch.addRow();
        for (int c = 0; c < cells.length; c++) {
            if (!cells[c].isEmpty()) {
                set(c, row, cells[c]);
            }
        }
    }

    /** Keeps every other row. */
    private void thin() {
        Batch kept = new Batch(batch.schema(), Batch.MAX_ROWS);
        for (int row = 0; row < batch.rows(); row += 2) {
            int to = kept.addRow();
            for (int c = 0; c < batch.schema().size(); c++) {
                kept.copyCell(batch, c, row, c, to);
            }
        }
        batch = kept;
        every *= 2;
    }

    private void set(int c, int row, String cell) {
        try {
            switch (batch.schema().column(c).type()) {
                case DOUBLE -> batch.set(c, row, Double.parseDouble(cell));
                case LONG -> batch.set(c, row, Long.parseLong(cell));
                case TIMESTAMP_MICROS_UTC -> batch.set(c, row, micros(cell));
                case STRING -> batch.set(c, row, cell);
                case BOOL, INT, FLOAT -> {} // neither marked nor naming a row
            }
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            // absent: a leaked file may hold anything
        }
    }

    /** ISO 8601, also with a space and without a zone (then UTC), or microseconds since 1970. */
    static long micros(String text) {
        if (text.matches("-?\\d{1,18}")) {
            return Long.parseLong(text);
        }
        String iso = text.strip().replace(' ', 'T');
        Instant at;
        if (iso.matches(".*T.*([Zz]|[+-]\\d\\d(:?\\d\\d)?)$")) {
            String zoned = iso.replaceFirst("([+-]\\d\\d)$", "$1:00");
            at =
                    OffsetDateTime.parse(zoned.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2"))
                            .toInstant();
        } else {
            at = LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        }
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    Batch batch() {
        return batch;
    }

    /** In the file, whether kept or not. */
    long rows() {
        return rows;
    }
}
