package org.roadloop.collect.rows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gateway.IdentityHash;
import org.roadloop.collect.recording.MadeUpVin;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Rows of one file to rows of raw tables, after a mapping (行映射). One thread. */
public final class RowMapper {
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Mapping mapping;
    private final String fileName;

    /**
     * @param fileName without its ending; {@code $file} of the mapping
     */
    public RowMapper(Mapping mapping, String fileName) {
        this.mapping = mapping;
        this.fileName = fileName;
    }

    /** A row of a table. */
    public record Mapped(RowTable table, ObjectNode row) {}

    /** Null if the mapping wants nothing of the row. */
    public @Nullable Mapped map(SourceRow source) throws RowFault {
        SourceRow row = column -> column.equals("$file") ? fileName : source.value(column);
        for (Mapping.Target target : mapping.tables()) {
            if (target.wants(row)) {
                return new Mapped(target.table(), map(target, row));
            }
        }
        return null;
    }

    private ObjectNode map(Mapping.Target target, SourceRow row) throws RowFault {
        RowTable table = target.table();
        ObjectNode mapped = mapper.createObjectNode();
        mapped.put(table.identity(), identity(target.identity(), row));
        for (Map.Entry<String, RowTime> time : target.times().entrySet()) {
            @Nullable Long micros = time.getValue().micros(row);
            if (micros != null) {
                mapped.put(time.getKey(), micros);
            } else if (time.getKey().equals(table.time())) {
                throw new RowFault("row_time", "the row has no time");
            }
        }
        for (Mapping.Cell cell : target.cells()) {
            @Nullable Object value = cell.from() == null ? cell.constant() : row.value(cell.from());
            if (value != null && !value.equals("")) {
                put(
                        mapped,
                        table.schema().column(table.schema().indexOf(cell.column())),
                        cell,
                        value);
            }
        }
        return mapped;
    }

    private static String identity(Mapping.Identity identity, SourceRow row) throws RowFault {
        @Nullable Object value = row.value(identity.from());
        if (value == null || value.equals("")) {
            throw new RowFault("row_identity", "column '%s' is empty".formatted(identity.from()));
        }
        if (identity.madeUpModel() == null) {
            return value.toString();
        }
        byte[] bytes = value.toString().getBytes(StandardCharsets.UTF_8);
        long hash = IdentityHash.of(bytes, 0, bytes.length);
        return MadeUpVin.of(identity.madeUpModel(), (int) Long.remainderUnsigned(hash, 10_000_000));
    }

    private static void put(ObjectNode mapped, Column column, Mapping.Cell cell, Object given)
            throws RowFault {
        Object value = given;
        if (!cell.values().isEmpty()) {
            value = cell.values().get(given.toString());
            if (value == null) {
                throw new RowFault(
                        "row_value",
                        "column '%s' has a value that the mapping does not list"
                                .formatted(cell.from()));
            }
        }
        switch (column.type()) {
            case STRING -> mapped.put(column.name(), value.toString());
            case BOOL -> mapped.put(column.name(), truth(cell, value));
            case DOUBLE, FLOAT -> mapped.put(column.name(), number(cell, value));
            case INT, LONG, TIMESTAMP_MICROS_UTC -> {
                double whole = Math.rint(number(cell, value));
                long most = column.type() == ColumnType.INT ? Integer.MAX_VALUE : 1L << 53;
                if (Math.abs(whole) > most) {
                    throw new RowFault(
                            "row_number",
                            "column '%s' is too large for '%s'"
                                    .formatted(cell.from(), column.name()));
                }
                mapped.put(column.name(), (long) whole);
            }
        }
    }

    private static boolean truth(Mapping.Cell cell, Object value) throws RowFault {
        return switch (value.toString()) {
            case "true", "1", "yes" -> true;
            case "false", "0", "no" -> false;
            default ->
                    throw new RowFault(
                            "row_value",
                            "column '%s' is neither true nor false".formatted(cell.from()));
        };
    }

    private static double number(Mapping.Cell cell, Object value) throws RowFault {
        double number;
        try {
            number =
                    value instanceof Number n
                            ? n.doubleValue()
                            : Double.parseDouble(value.toString());
        } catch (NumberFormatException e) {
            number = Double.NaN;
        }
        if (!Double.isFinite(number)) {
            throw new RowFault("row_number", "column '%s' is no number".formatted(cell.from()));
        }
        return number * cell.times() + cell.plus();
    }
}
