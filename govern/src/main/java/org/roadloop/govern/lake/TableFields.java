package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;

/**
 * Columns with their Iceberg field ids (字段编号). A name may change and a column may move; what a file
 * holds is told by the id alone.
 *
 * @param ids of each column, in the order of the schema; from 1
 * @param statesId of {@code cell_states}
 */
record TableFields(Schema schema, List<Integer> ids, int statesId) {
    TableFields {
        ids = List.copyOf(ids);
        if (ids.size() != schema.size()) {
            throw new IllegalArgumentException(
                    ids.size() + " field ids do not fit " + schema.size() + " columns");
        }
    }

    /** Ids by place from 1: of a new table, and of files that belong to none. */
    static TableFields placed(Schema schema) {
        return new TableFields(
                schema,
                IntStream.rangeClosed(1, schema.size()).boxed().toList(),
                schema.size() + 1);
    }

    boolean isPlaced() {
        return equals(placed(schema));
    }

    int id(int column) {
        return ids.get(column);
    }

    /** The same columns, only those named, in the order named. */
    TableFields select(List<String> names) {
        return new TableFields(
                schema.select(names),
                names.stream().map(name -> ids.get(schema.indexOf(name))).toList(),
                statesId);
    }

    /** Where each column's letter stands in {@code cell_states}, from 0. */
    int[] letters() {
        return ids.stream().mapToInt(id -> id - 1).toArray();
    }

    /** How many letters a row has in {@code cell_states}. */
    int width() {
        return ids.isEmpty() ? 0 : Collections.max(ids);
    }

    /**
     * What stands behind {@code FROM}: rows of files of any age, with these columns under these
     * names and types, and {@code cell_states}. A column that a file lacks is null.
     */
    String from(List<Path> files) {
        StringJoiner map = new StringJoiner(", ", "MAP {", "}");
        for (int c = 0; c < ids.size(); c++) {
            map.add(entry(id(c), schema.column(c).name(), Sql.type(schema.column(c).type())));
        }
        map.add(entry(statesId, CellStates.COLUMN, "VARCHAR"));
        return files.stream()
                .map(file -> Sql.text(file.toString()))
                .collect(Collectors.joining(", ", "read_parquet([", "], schema = " + map + ")"));
    }

    /** A column under a name that no rename touches. */
    static String age(int id) {
        return "field_" + id;
    }

    /** These columns and further ones, each as {@link #age} names it. */
    TableFields ofAnyAge(TableFields more) {
        Map<Integer, Column> all = more.byId();
        all.putAll(byId());
        return ofAnyAge(all, statesId);
    }

    static TableFields ofAnyAge(Map<Integer, Column> columnById, int statesId) {
        List<Column> columns = new ArrayList<>();
        columnById.forEach((id, column) -> columns.add(named(column, age(id))));
        return new TableFields(new Schema(columns), List.copyOf(columnById.keySet()), statesId);
    }

    static Column named(Column column, String name) {
        return new Column(
                name,
                column.type(),
                column.unit(),
                column.dataClass(),
                column.grade(),
                column.coordinateSystem());
    }

    Map<Integer, Column> byId() {
        Map<Integer, Column> byId = new TreeMap<>();
        for (int c = 0; c < ids.size(); c++) {
            byId.put(id(c), schema.column(c));
        }
        return byId;
    }

    /** Whether another schema has these columns under the same names. */
    boolean areNamedIn(org.apache.iceberg.Schema other) {
        return byId().entrySet().stream()
                .allMatch(e -> e.getValue().name().equals(other.findColumnName(e.getKey())));
    }

    private static String entry(int id, String name, String type) {
        return id
                + ": {name: "
                + Sql.text(name)
                + ", type: "
                + Sql.text(type)
                + ", default_value: NULL}";
    }
}
