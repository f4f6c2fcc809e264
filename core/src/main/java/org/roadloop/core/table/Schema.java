package org.roadloop.core.table;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The columns of a table in order (表结构). Immutable. */
public final class Schema {
    private final List<Column> columns;
    private final Map<String, Integer> indexByName = new HashMap<>();

    public Schema(List<Column> columns) {
        this.columns = List.copyOf(columns);
        for (int i = 0; i < columns.size(); i++) {
            if (indexByName.put(columns.get(i).name(), i) != null) {
                throw new IllegalArgumentException(
                        "column '" + columns.get(i).name() + "' is named twice");
            }
        }
    }

    public static Schema of(Column... columns) {
        return new Schema(List.of(columns));
    }

    public List<Column> columns() {
        return columns;
    }

    public int size() {
        return columns.size();
    }

    public Column column(int index) {
        return columns.get(index);
    }

    public boolean has(String name) {
        return indexByName.containsKey(name);
    }

    /** Position of a column; throws with the names that exist. */
    public int indexOf(String name) {
        Integer index = indexByName.get(name);
        if (index == null) {
            throw new IllegalArgumentException("no column '" + name + "'; columns are " + names());
        }
        return index;
    }

    public String names() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** The same columns, only those named, in the order named. */
    public Schema select(List<String> names) {
        return new Schema(names.stream().map(n -> columns.get(indexOf(n))).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema schema && schema.columns.equals(columns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return "Schema[" + names() + "]";
    }
}
