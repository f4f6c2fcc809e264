package org.roadloop.core.table;

import java.util.Objects;

/**
 * One column of a table (字段).
 *
 * @param name lower_snake_case with its unit at the end where it has one: {@code speed_kmh}
 * @param unit UCUM-like unit ({@code km/h}, {@code V}, {@code %}), or "" for none
 */
public record Column(
        String name,
        ColumnType type,
        String unit,
        DataClass dataClass,
        Grade grade,
        CoordinateSystem coordinateSystem) {

    public Column {
        if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "column name '" + name + "' is not lower_snake_case of at most 63 characters");
        }
        Objects.requireNonNull(type);
        Objects.requireNonNull(unit);
        Objects.requireNonNull(dataClass);
        Objects.requireNonNull(grade);
        Objects.requireNonNull(coordinateSystem);
    }

    public static Column of(
            String name, ColumnType type, String unit, DataClass dataClass, Grade grade) {
        return new Column(name, type, unit, dataClass, grade, CoordinateSystem.NONE);
    }
}
