package org.roadloop.govern.lake;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/*
 * Two things say what a column is. Iceberg's schemas (one for each change, a snapshot names its own)
 * hold id, name, type and order. The table's property `roadloop.schema` holds the labels (unit,
 * class, grade, datum) by field id, also of columns that were dropped: older snapshots still have
 * them. So a label follows its column through every rename, and a column of which no label is known
 * is in no schema that leaves this package: it is kept, and shown to nobody, until it gets one.
 */

/** The columns of a table through time, by field id (表结构历史). Immutable. */
final class TableColumns {
    /**
     * Snapshot summary key: the schema it is read with, where that is not the one it was made in.
     */
    static final String READ_WITH = "roadloop.schema-id";

    private final String json;
    private final int schemaId;
    private final Map<Integer, org.apache.iceberg.Schema> schemas;
    private final Map<Integer, Column> labels;
    private final int statesId;
    private final TableFields current;

    private TableColumns(Table table, String json) {
        this.json = json;
        schemaId = table.schema().schemaId();
        schemas = new TreeMap<>(Comparator.reverseOrder()); // the newest first
        schemas.putAll(table.schemas());
        labels = SchemaJson.labels(json);
        statesId = table.schema().findField(CellStates.COLUMN).fieldId();
        current = labelled(table.schema());
    }

    static TableColumns of(Table table) {
        @Nullable String json = table.properties().get(SchemaJson.KEY);
        if (json == null) {
            throw new IllegalStateException(
                    "table '" + table.name() + "' has no property " + SchemaJson.KEY);
        }
        return new TableColumns(table, json);
    }

    /** Whether nothing has changed since. */
    boolean isOf(Table table) {
        return schemaId == table.schema().schemaId()
                && schemas.size() == table.schemas().size()
                && json.equals(table.properties().get(SchemaJson.KEY));
    }

    /** Columns that have a label, as they are now. */
    TableFields current() {
        return current;
    }

    /** Columns that have a label, as a snapshot has them; all of its rows are read with these. */
    TableFields at(Table table, long snapshot) {
        @Nullable Snapshot found = table.snapshot(Lake.standing(table, snapshot));
        return found == null ? current : labelled(schemaOf(found));
    }

    private org.apache.iceberg.Schema schemaOf(Snapshot snapshot) {
        @Nullable Integer id = schemaId(snapshot);
        org.apache.iceberg.@Nullable Schema schema = id == null ? null : schemas.get(id);
        if (schema == null) {
            throw new IllegalStateException(
                    "snapshot " + snapshot.snapshotId() + " names a schema that is not there");
        }
        return schema;
    }

    /** Which of the table's schemas a snapshot is read with. */
    static @Nullable Integer schemaId(Snapshot snapshot) {
        @Nullable String named = snapshot.summary().get(READ_WITH);
        return named == null ? snapshot.schemaId() : Integer.valueOf(named);
    }

    private TableFields labelled(org.apache.iceberg.Schema schema) {
        List<Column> columns = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        for (Types.NestedField field : schema.columns()) {
            @Nullable Column label = labels.get(field.fieldId());
            @Nullable ColumnType type = type(field.type());
            if (label != null && type != null && field.fieldId() != statesId) {
                columns.add(with(label, field.name(), type));
                ids.add(field.fieldId());
            }
        }
        return new TableFields(new Schema(columns), ids, statesId);
    }

    /**
     * All columns as they are now, also those without a label, for writing rows again.
     *
     * @return null if there is one that this platform cannot write
     */
    @Nullable TableFields whole() {
        List<Column> columns = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        for (Types.NestedField field : newest().columns()) {
            if (field.fieldId() == statesId) {
                continue;
            }
            @Nullable ColumnType type = type(field.type());
            if (type == null || !isName(field.name())) {
                return null;
            }
            columns.add(with(labels.getOrDefault(field.fieldId(), UNKNOWN), field.name(), type));
            ids.add(field.fieldId());
        }
        return new TableFields(new Schema(columns), ids, statesId);
    }

    /** Whether a column can have this name here. */
    static boolean isName(String name) {
        return name.matches("[a-z][a-z0-9_]{0,62}");
    }

    /** What nobody has said anything of is taken for the worst. */
    private static final Column UNKNOWN =
            new Column(
                    "unknown",
                    ColumnType.STRING,
                    "",
                    DataClass.POSITION,
                    Grade.CORE,
                    CoordinateSystem.NONE);

    private static Column with(Column label, String name, ColumnType type) {
        return new Column(
                name,
                type,
                label.unit(),
                label.dataClass(),
                label.grade(),
                label.coordinateSystem());
    }

    org.apache.iceberg.Schema newest() {
        return java.util.Objects.requireNonNull(schemas.get(schemaId));
    }

    int statesId() {
        return statesId;
    }

    /** Labels of all columns that there ever were, by field id. */
    Map<Integer, Column> labels() {
        return labels;
    }

    /** Names of columns that have no label yet. */
    List<String> unlabelled() {
        return newest().columns().stream()
                .filter(f -> f.fieldId() != statesId && !labels.containsKey(f.fieldId()))
                .map(Types.NestedField::name)
                .toList();
    }

    /** The name of a column now; null if it was dropped. */
    @Nullable String nameNow(int id) {
        return newest().findColumnName(id);
    }

    /**
     * The column that a name means to someone who may know it by an older one. Of the columns that
     * are there one at most ever had a name: {@link SchemaEvolution} sees to that.
     *
     * @return null if no column of now has, or had, this name
     */
    @Nullable Integer live(String name) {
        Types.@Nullable NestedField now = newest().findField(name);
        if (now != null) {
            return now.fieldId();
        }
        for (org.apache.iceberg.Schema schema : schemas.values()) {
            Types.@Nullable NestedField then = schema.findField(name);
            if (then != null && newest().findField(then.fieldId()) != null) {
                return then.fieldId();
            }
        }
        return null;
    }

    private Types.@Nullable NestedField dropped(String name) {
        for (org.apache.iceberg.Schema schema : schemas.values()) {
            Types.@Nullable NestedField then = schema.findField(name);
            if (then != null) {
                return then;
            }
        }
        return null;
    }

    /**
     * The field ids of rows whose writer knows the table by these columns, which may be those of an
     * earlier schema. What it has of a dropped column is written, and read by older snapshots only.
     *
     * @throws IllegalArgumentException if a column never was in the table, or has another type
     */
    TableFields writing(String table, Schema rows) {
        List<Integer> ids = new ArrayList<>();
        for (Column column : rows.columns()) {
            @Nullable Integer live = live(column.name());
            Types.@Nullable NestedField field =
                    live == null ? dropped(column.name()) : newest().findField(live);
            if (field == null || field.fieldId() == statesId) {
                throw new IllegalArgumentException(
                        "rows for table '"
                                + table
                                + "' have a column '"
                                + column.name()
                                + "' which it has not; its columns are "
                                + current.schema().names());
            }
            @Nullable ColumnType type = type(field.type());
            if (type == null || !(type == column.type() || widens(column.type(), type))) {
                throw new IllegalArgumentException(
                        "rows for table '"
                                + table
                                + "' have '"
                                + column.name()
                                + "' as "
                                + column.type()
                                + ", and the table as "
                                + field.type());
            }
            ids.add(field.fieldId());
        }
        if (new HashSet<>(ids).size() < ids.size()) {
            throw new IllegalArgumentException(
                    "two columns of the rows are one of table '" + table + "': " + rows.names());
        }
        return new TableFields(rows, ids, statesId);
    }

    /** Field ids of the text columns that name somebody, also of dropped ones. */
    Set<Integer> identities() {
        Set<Integer> ids = new java.util.TreeSet<>();
        labels.forEach(
                (id, label) -> {
                    if (label.dataClass() == DataClass.IDENTITY
                            && label.type() == ColumnType.STRING) {
                        ids.add(id);
                    }
                });
        return ids;
    }

    /** Iceberg's promotions among the types that there are. */
    static boolean widens(ColumnType from, ColumnType to) {
        return (from == ColumnType.INT && to == ColumnType.LONG)
                || (from == ColumnType.FLOAT && to == ColumnType.DOUBLE);
    }

    /** Null for a type that this platform does not have. */
    static @Nullable ColumnType type(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> ColumnType.BOOL;
            case INTEGER -> ColumnType.INT;
            case LONG -> ColumnType.LONG;
            case FLOAT -> ColumnType.FLOAT;
            case DOUBLE -> ColumnType.DOUBLE;
            case STRING -> ColumnType.STRING;
            case TIMESTAMP ->
                    ((Types.TimestampType) type).shouldAdjustToUTC()
                            ? ColumnType.TIMESTAMP_MICROS_UTC
                            : null;
            default -> null;
        };
    }
}
