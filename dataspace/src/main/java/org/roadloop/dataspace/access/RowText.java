package org.roadloop.dataspace.access;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Rows as text (文本行): one JSON object a line, or CSV (RFC 4180) with a header line. Times are ISO
 * 8601 in UTC; a cell that is not ok is {@code null}, in CSV empty. One thread.
 */
final class RowText {
    private final Schema schema;
    private final boolean json;
    private final String[] names;
    private final StringBuilder line = new StringBuilder(256);

    RowText(Schema schema, RowFormat format) {
        this.schema = schema;
        this.json = format == RowFormat.JSON_LINES;
        names = new String[schema.size()];
        for (int c = 0; c < names.length; c++) {
            names[c] = (c == 0 ? "\"" : ",\"") + schema.column(c).name() + "\":";
        }
    }

    /** The line before all rows; empty for JSON. */
    byte[] head() {
        return json
                ? new byte[0]
                : (String.join(",", schema.columns().stream().map(Column::name).toList()) + "\r\n")
                        .getBytes(StandardCharsets.UTF_8);
    }

    /** One row with its line end. */
    byte[] row(Batch batch, int row) {
        line.setLength(0);
        if (json) {
            line.append('{');
        }
        for (int c = 0; c < names.length; c++) {
            if (json) {
                line.append(names[c]);
            } else if (c > 0) {
                line.append(',');
            }
            if (batch.isOk(c, row)) {
                cell(batch, c, row);
            } else if (json) {
                line.append("null");
            }
        }
        line.append(json ? "}\n" : "\r\n");
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void cell(Batch batch, int c, int row) {
        switch (schema.column(c).type()) {
            case BOOL -> line.append(batch.booleans(c)[row]);
            case INT -> line.append(batch.ints(c)[row]);
            case LONG -> line.append(batch.longs(c)[row]);
            case FLOAT -> number(batch.floats(c)[row], Float.toString(batch.floats(c)[row]));
            case DOUBLE -> number(batch.doubles(c)[row], Double.toString(batch.doubles(c)[row]));
            case TIMESTAMP_MICROS_UTC ->
                    text(Instant.EPOCH.plus(batch.longs(c)[row], ChronoUnit.MICROS).toString());
            case STRING -> text(batch.strings(c).get(row));
        }
    }

    /** JSON has no word for infinities and NaN. */
    private void number(double value, String text) {
        line.append(Double.isFinite(value) || !json ? text : "null");
    }

    private void text(String value) {
        if (json) {
            line.append('"');
            JsonStringEncoder.getInstance().quoteAsString(value, line);
            line.append('"');
        } else if (value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')) {
            line.append('"').append(value.replace("\"", "\"\"")).append('"');
        } else {
            line.append(value);
        }
    }
}
