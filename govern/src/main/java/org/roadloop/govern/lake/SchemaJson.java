package org.roadloop.govern.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A schema as JSON (in table properties and Parquet files) and as Iceberg types. */
final class SchemaJson {
    /** Name of the table property and of the Parquet key-value pair. */
    static final String KEY = "roadloop.schema";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SchemaJson() {}

    static String write(Schema schema) {
        return write(TableFields.placed(schema));
    }

    /** With field ids where they are not the places. */
    static String write(TableFields fields) {
        ArrayNode columns = JSON.createArrayNode();
        boolean placed = fields.isPlaced();
        for (int c = 0; c < fields.schema().size(); c++) {
            ObjectNode node = columns.addObject();
            if (!placed) {
                node.put("id", fields.id(c));
            }
            put(node, fields.schema().column(c));
        }
        return JSON.writeValueAsString(columns);
    }

    /** Labels by field id, also of columns that are no longer there. */
    static String write(Map<Integer, Column> labels) {
        ArrayNode columns = JSON.createArrayNode();
        labels.forEach((id, column) -> put(columns.addObject().put("id", id), column));
        return JSON.writeValueAsString(columns);
    }

    private static void put(ObjectNode node, Column column) {
        node.put("name", column.name());
        node.put("type", column.type().name());
        node.put("unit", column.unit());
        node.put("class", column.dataClass().name());
        node.put("grade", column.grade().name());
        node.put("datum", column.coordinateSystem().name());
    }

    /**
     * @param statesId of {@code cell_states}, where the field ids are not the places
     */
    static TableFields read(String json, int statesId) {
        List<Column> columns = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        for (JsonNode node : JSON.readTree(json)) {
            columns.add(column(node));
            if (node.has("id")) {
                ids.add(node.get("id").asInt());
            }
        }
        Schema schema = new Schema(columns);
        return ids.isEmpty() && !columns.isEmpty()
                ? TableFields.placed(schema)
                : new TableFields(schema, ids, statesId);
    }

    /** Without an id it is the place from 1: a table whose columns never changed has none. */
    static Map<Integer, Column> labels(String json) {
        Map<Integer, Column> labels = new TreeMap<>();
        int place = 0;
        for (JsonNode node : JSON.readTree(json)) {
            place++;
            labels.put(node.has("id") ? node.get("id").asInt() : place, column(node));
        }
        return labels;
    }

    private static Column column(JsonNode node) {
        return new Column(
                node.get("name").asString(),
                ColumnType.valueOf(node.get("type").asString()),
                node.get("unit").asString(),
                DataClass.valueOf(node.get("class").asString()),
                Grade.valueOf(node.get("grade").asString()),
                CoordinateSystem.valueOf(node.get("datum").asString()));
    }

    static org.apache.iceberg.Schema iceberg(Schema schema) {
        List<Types.NestedField> fields = new ArrayList<>();
        for (int c = 0; c < schema.size(); c++) {
            Column column = schema.column(c);
            fields.add(
                    Types.NestedField.optional(
                            c + 1, column.name(), type(column.type()), documentation(column)));
        }
        fields.add(
                Types.NestedField.optional(
                        schema.size() + 1,
                        CellStates.COLUMN,
                        Types.StringType.get(),
                        "why a cell is null: one letter per field id; . ok, a absent, i invalid,"
                                + " x abnormal, m masked; null if all are ok"));
        return new org.apache.iceberg.Schema(fields);
    }

    static Type.PrimitiveType type(ColumnType type) {
        return switch (type) {
            case BOOL -> Types.BooleanType.get();
            case INT -> Types.IntegerType.get();
            case LONG -> Types.LongType.get();
            case FLOAT -> Types.FloatType.get();
            case DOUBLE -> Types.DoubleType.get();
            case TIMESTAMP_MICROS_UTC -> Types.TimestampType.withZone();
            case STRING -> Types.StringType.get();
        };
    }

    static String documentation(Column column) {
        return (column.unit().isEmpty() ? "" : column.unit() + ", ")
                + column.dataClass().name().toLowerCase(java.util.Locale.ROOT)
                + ", "
                + column.grade().name().toLowerCase(java.util.Locale.ROOT);
    }
}
