package org.roadloop.govern.privacy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/**
 * A table as text: a header of {@code name:type} with two or more spaces or one between columns, a
 * row a line; {@code -} is an absent cell, {@code _} in a cell a space. Without a type a column is
 * text; positions are WGS-84.
 */
final class TextTable {
    private final Schema schema;
    private final List<String[]> rows;
    private final int batchRows;
    private final Keyring keys;

    private TextTable(Schema schema, List<String[]> rows, int batchRows, Keyring keys) {
        this.schema = schema;
        this.rows = rows;
        this.batchRows = batchRows;
        this.keys = keys;
    }

    static Keyring keys(int first) {
        byte[] master = new byte[32];
        master[0] = (byte) first;
        return new Keyring(master, 1);
    }

    static TextTable of(String text) {
        List<Column> columns = new ArrayList<>();
        List<String[]> rows = new ArrayList<>();
        for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
            String[] cells = line.strip().split(" +");
            if (!columns.isEmpty()) {
                rows.add(cells);
                continue;
            }
            for (String cell : cells) {
                columns.add(column(cell));
            }
        }
        return new TextTable(new Schema(columns), rows, 4096, keys(1));
    }

    private static Column column(String header) {
        int colon = header.indexOf(':');
        String name = colon < 0 ? header : header.substring(0, colon);
        ColumnType type =
                switch (colon < 0 ? "text" : header.substring(colon + 1)) {
                    case "int" -> ColumnType.INT;
                    case "long" -> ColumnType.LONG;
                    case "double" -> ColumnType.DOUBLE;
                    case "time" -> ColumnType.TIMESTAMP_MICROS_UTC;
                    default -> ColumnType.STRING;
                };
        boolean position = name.startsWith("lon") || name.startsWith("lat");
        return new Column(
                name,
                type,
                "",
                position ? DataClass.POSITION : DataClass.ENVIRONMENT,
                position ? Grade.SENSITIVE_PERSONAL : Grade.GENERAL,
                position ? CoordinateSystem.WGS_84 : CoordinateSystem.NONE);
    }

    TextTable inBatchesOf(int rowsPerBatch) {
        return new TextTable(schema, rows, rowsPerBatch, keys);
    }

    TextTable with(Keyring other) {
        return new TextTable(schema, rows, batchRows, other);
    }

    TextTable tagged(CoordinateSystem datum) {
        return new TextTable(
                new Schema(
                        schema.columns().stream()
                                .map(
                                        c ->
                                                c.coordinateSystem() == CoordinateSystem.NONE
                                                        ? c
                                                        : new Column(
                                                                c.name(),
                                                                c.type(),
                                                                c.unit(),
                                                                c.dataClass(),
                                                                c.grade(),
                                                                datum))
                                .toList()),
                rows,
                batchRows,
                keys);
    }

    Schema schema() {
        return schema;
    }

    record Result(Schema schema, List<List<String>> rows, OperatorReport report) {
        /** Columns padded to their widest cell, as the input of a test is written. */
        String text() {
            List<List<String>> all = new ArrayList<>();
            all.add(schema.columns().stream().map(Column::name).toList());
            all.addAll(rows);
            int[] width = new int[schema.size()];
            for (List<String> row : all) {
                for (int c = 0; c < width.length; c++) {
                    width[c] = Math.max(width[c], row.get(c).length());
                }
            }
            StringBuilder text = new StringBuilder();
            for (List<String> row : all) {
                StringBuilder line = new StringBuilder();
                for (int c = 0; c < width.length; c++) {
                    line.append(row.get(c)).repeat(" ", width[c] - row.get(c).length() + 1);
                }
                text.append(line.toString().stripTrailing()).append('\n');
            }
            return text.toString();
        }

        List<String> column(String name) {
            int c = schema.indexOf(name);
            return rows.stream().map(row -> row.get(c)).toList();
        }
    }

    /** Runs an operator over the table, in batches. */
    Result through(Operator operator) {
        Schema out = operator.output(schema);
        Operator.Run run = operator.start(schema, Setting.of(keys, 1));
        List<List<String>> result = new ArrayList<>();
        Consumer<Batch> taker =
                batch -> {
                    if (!batch.schema().equals(out)) {
                        throw new AssertionError(batch.schema() + " is not what was promised");
                    }
                    for (int row = 0; row < batch.rows(); row++) {
                        List<String> cells = new ArrayList<>();
                        for (int c = 0; c < out.size(); c++) {
                            cells.add(cell(batch, c, row));
                        }
                        result.add(cells);
                    }
                    batch.close();
                };
        for (int at = 0; at < rows.size(); at += batchRows) {
            try (Batch batch = new Batch(schema, batchRows)) {
                for (int i = at; i < Math.min(rows.size(), at + batchRows); i++) {
                    fill(batch, rows.get(i));
                }
                run.process(batch, taker);
            }
        }
        run.finish(taker);
        OperatorReport report = run.report();
        if (report.rowsOut() != result.size() || report.rowsIn() != rows.size()) {
            throw new AssertionError("rows of the report are not those that went through");
        }
        return new Result(out, result, report);
    }

    private void fill(Batch batch, String[] cells) {
        int row = batch.addRow();
        for (int c = 0; c < schema.size(); c++) {
            String cell = cells[c].replace('_', ' ');
            if (cell.equals("-")) {
                continue;
            }
            switch (schema.column(c).type()) {
                case INT -> batch.set(c, row, Integer.parseInt(cell));
                case LONG, TIMESTAMP_MICROS_UTC -> batch.set(c, row, Long.parseLong(cell));
                case DOUBLE -> batch.set(c, row, Double.parseDouble(cell));
                case STRING -> batch.set(c, row, cell);
                case BOOL, FLOAT -> throw new IllegalArgumentException("not in these tests");
            }
        }
    }

    private static String cell(Batch batch, int c, int row) {
        return batch.isOk(c, row)
                ? KAnonymity.text(batch, c, row)
                : batch.state(c, row) == CellState.MASKED ? "masked" : "-";
    }
}
