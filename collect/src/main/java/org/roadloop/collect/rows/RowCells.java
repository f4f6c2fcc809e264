package org.roadloop.collect.rows;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import tools.jackson.databind.JsonNode;

/** Cells of a row as JSON (单元格): checked where they come in, set where they are decoded. */
final class RowCells {
    private RowCells() {}

    static void check(Column column, JsonNode cell) throws RowFault {
        boolean fits =
                switch (column.type()) {
                    case BOOL -> cell.isBoolean();
                    case INT -> cell.isInt();
                    case LONG, TIMESTAMP_MICROS_UTC -> cell.isInt() || cell.isLong();
                    case FLOAT, DOUBLE -> cell.isNumber() && Double.isFinite(cell.asDouble());
                    case STRING -> cell.isString();
                };
        if (!fits) {
            throw new RowFault(
                    "row_type", "column '%s' wants %s".formatted(column.name(), column.type()));
        }
    }

    static void set(Batch batch, int column, int row, JsonNode cell) {
        switch (batch.schema().column(column).type()) {
            case BOOL -> batch.set(column, row, cell.asBoolean());
            case INT -> batch.set(column, row, cell.asInt());
            case LONG, TIMESTAMP_MICROS_UTC -> batch.set(column, row, cell.asLong());
            case FLOAT -> batch.set(column, row, (float) cell.asDouble());
            case DOUBLE -> batch.set(column, row, cell.asDouble());
            case STRING -> batch.set(column, row, cell.asString());
        }
    }
}
