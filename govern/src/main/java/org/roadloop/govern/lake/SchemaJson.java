package org.roadloop.govern.lake;

import java.util.ArrayList;
import java.util.List;
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
        ArrayNode columns = JSON.createArrayNode();
        for (Column column : schema.columns()) {
            ObjectNode node = columns.addObject();
            node.put("name", column.name());
            node.put("type", column.type().name());
            node.put("unit", column.unit());
            node.put("class", column.dataClass().name());
            node.put("grade", column.grade().name());
            node.put("datum", column.coordinateSystem().name());
        }
        return JSON.writeValueAsString(columns);
    }

    static Schema read(String json) {
        List<Column> columns = new ArrayList<>();
        for (JsonNode node : JSON.readTree(json)) {
            columns.add(
                    new Column(
                            node.get("name").asString(),
                            ColumnType.valueOf(node.get("type").asString()),
                            node.get("unit").asString(),
                            DataClass.valueOf(node.get("class").asString()),
                            Grade.valueOf(node.get("grade").asString()),
                            CoordinateSystem.valueOf(node.get("datum").asString())));
        }
        return new Schema(columns);
    }

    static org.apache.iceberg.Schema iceberg(Schema schema) {
        List<Types.NestedField> fields = new ArrayList<>();
        for (int c = 0; c < schema.size(); c++) {
            Column column = schema.column(c);
            Type type =
                    switch (column.type()) {
                        case BOOL -> Types.BooleanType.get();
                        case INT -> Types.IntegerType.get();
                        case LONG -> Types.LongType.get();
                        case FLOAT -> Types.FloatType.get();
                        case DOUBLE -> Types.DoubleType.get();
                        case TIMESTAMP_MICROS_UTC -> Types.TimestampType.withZone();
                        case STRING -> Types.StringType.get();
                    };
            fields.add(
                    Types.NestedField.optional(c + 1, column.name(), type, documentation(column)));
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

    private static String documentation(Column column) {
        return (column.unit().isEmpty() ? "" : column.unit() + ", ")
                + column.dataClass().name().toLowerCase(java.util.Locale.ROOT)
                + ", "
                + column.grade().name().toLowerCase(java.util.Locale.ROOT);
    }
}
