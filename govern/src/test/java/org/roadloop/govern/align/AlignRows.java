package org.roadloop.govern.align;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/** Rows as text, and runs of operators over them, for tests. Times are seconds since 2026-01-01. */
final class AlignRows {
    /** 2026-01-01T00:00:00Z. */
    static final long START = 1_767_225_600_000_000L;

    private AlignRows() {}

    static Column identity(String name) {
        return Column.of(name, ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL);
    }

    static Column time(String name) {
        return Column.of(name, ColumnType.TIMESTAMP_MICROS_UTC, "", DataClass.TIME, Grade.PERSONAL);
    }

    static Column state(String name, ColumnType type, String unit) {
        return Column.of(name, type, unit, DataClass.DRIVING_STATE, Grade.PERSONAL);
    }

    static Column metres(String name) {
        return new Column(
                name,
                ColumnType.DOUBLE,
                "m",
                DataClass.POSITION,
                Grade.PERSONAL,
                CoordinateSystem.LOCAL_METRES);
    }

    static Column degrees(String name) {
        return new Column(
                name,
                ColumnType.DOUBLE,
                "deg",
                DataClass.POSITION,
                Grade.SENSITIVE_PERSONAL,
                CoordinateSystem.WGS_84);
    }

    static long micros(double seconds) {
        return START + Math.round(seconds * 1e6);
    }

    /** Lines of cells in the order of the columns; "-" is absent, other states by their name. */
    static Batch batch(Schema schema, String text) {
        List<String> lines = text.strip().lines().map(String::strip).toList();
        Batch batch = new Batch(schema, Math.max(1, lines.size()));
        for (String line : lines) {
            String[] cells = line.split("\\s+");
            int row = batch.addRow();
            for (int c = 0; c < schema.size(); c++) {
                set(batch, c, row, cells[c]);
            }
        }
        return batch;
    }

    private static void set(Batch batch, int c, int row, String cell) {
        switch (cell) {
            case "-" -> {}
            case "invalid" -> batch.setState(c, row, CellState.INVALID);
            case "masked" -> batch.setState(c, row, CellState.MASKED);
            default -> {
                switch (batch.schema().column(c).type()) {
                    case BOOL -> batch.set(c, row, Boolean.parseBoolean(cell));
                    case INT -> batch.set(c, row, Integer.parseInt(cell));
                    case LONG -> batch.set(c, row, Long.parseLong(cell));
                    case TIMESTAMP_MICROS_UTC ->
                            batch.set(c, row, micros(Double.parseDouble(cell)));
                    case FLOAT -> batch.set(c, row, Float.parseFloat(cell));
                    case DOUBLE -> batch.set(c, row, Double.parseDouble(cell));
                    case STRING -> batch.set(c, row, cell);
                }
            }
        }
    }

    /** The same as {@link #batch} reads, numbers to six places. */
    static String text(List<Batch> batches) {
        StringBuilder text = new StringBuilder();
        for (Batch batch : batches) {
            for (int row = 0; row < batch.rows(); row++) {
                StringJoiner line = new StringJoiner(" ");
                for (int c = 0; c < batch.schema().size(); c++) {
                    line.add(cell(batch, c, row));
                }
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    static String cell(Batch batch, int c, int row) {
        if (!batch.isOk(c, row)) {
            byte state = batch.state(c, row);
            return state == CellState.ABSENT ? "-" : CellState.name(state);
        }
        return switch (batch.schema().column(c).type()) {
            case BOOL -> Boolean.toString(batch.booleans(c)[row]);
            case INT -> Integer.toString(batch.ints(c)[row]);
            case LONG -> Long.toString(batch.longs(c)[row]);
            case TIMESTAMP_MICROS_UTC -> plain((batch.longs(c)[row] - START) / 1e6);
            case FLOAT -> plain(batch.floats(c)[row]);
            case DOUBLE -> plain(batch.doubles(c)[row]);
            case STRING -> batch.strings(c).get(row);
        };
    }

    private static String plain(double value) {
        String text = "%.6f".formatted(value);
        return new BigDecimal(text).stripTrailingZeros().toPlainString().toLowerCase(Locale.ROOT);
    }

    record Ran(List<Batch> rows, OperatorReport report) {
        String text() {
            return AlignRows.text(rows);
        }
    }

    static Ran run(Operator operator, Schema schema, List<Batch> in, Setting setting) {
        Operator.Run run = operator.start(schema, setting);
        List<Batch> out = new ArrayList<>();
        for (Batch batch : in) {
            run.process(batch, out::add);
        }
        run.finish(out::add);
        return new Ran(out, run.report());
    }

    /** The same rows in batches of random sizes. */
    static List<Batch> cut(Batch batch, Random random) {
        List<Batch> parts = new ArrayList<>();
        int row = 0;
        while (row < batch.rows()) {
            int size = Math.min(batch.rows() - row, 1 + random.nextInt(40));
            Batch part = new Batch(batch.schema(), size);
            for (int i = 0; i < size; i++, row++) {
                part.addRow();
                for (int c = 0; c < batch.schema().size(); c++) {
                    part.copyCell(batch, c, row, c, i);
                }
            }
            parts.add(part);
        }
        return parts;
    }

    static Setting setting(Map<String, Supplier<TableSource.Scan>> sides) {
        return new Setting(
                new Keyring(new byte[32], 1),
                1,
                name -> {
                    Supplier<TableSource.Scan> side = sides.get(name);
                    if (side == null) {
                        throw new NoSuchElementException("no side input '" + name + "'");
                    }
                    return side.get();
                });
    }

    /** Copies of batches as the rows of a table. */
    static TableSource.Scan scan(Schema schema, List<Batch> batches) {
        Iterator<Batch> all =
                batches.stream().flatMap(b -> cut(b, new Random(3)).stream()).iterator();
        return new TableSource.Scan() {
            @Override
            public Schema schema() {
                return schema;
            }

            @Override
            public long snapshot() {
                return TableSource.LATEST;
            }

            @Override
            public @Nullable Batch next() {
                return all.hasNext() ? all.next() : null;
            }

            @Override
            public void close() {}
        };
    }
}
