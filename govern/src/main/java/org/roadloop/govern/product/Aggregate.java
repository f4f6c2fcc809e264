package org.roadloop.govern.product;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;

/**
 * Statistics of groups of rows (聚合): a window of time, cells of numbers, and values of columns make
 * a group; a group of fewer vehicles than {@code min_vehicles} is left out. Memory holds the groups
 * of one window, or, without one, those of one value of {@code by}.
 *
 * @param window left out: the time plays no part
 * @param cells width of the cells by column, in the column's unit: the column comes out as the
 *     lower edge of its cell
 * @param by columns whose values part the groups
 * @param vehicle identity column whose distinct values are counted
 * @param minVehicles least number of them; at least 2
 * @param values statistics by numeric column: {@code speed_mps_mean}
 */
public record Aggregate(
        @Nullable Window window,
        @Nullable Map<String, Double> cells,
        @Nullable List<String> by,
        String vehicle,
        int minVehicles,
        @Nullable Map<String, List<Statistic>> values)
        implements Operator {
    /** Rows of a group. */
    public static final String ROWS = "row_count";

    /** Distinct vehicles of a group. */
    public static final String VEHICLES = "vehicle_count";

    public Aggregate {
        cells = copy(cells);
        by = by == null ? List.of() : List.copyOf(by);
        values = copy(values);
        if (minVehicles < 2) {
            throw new IllegalArgumentException(
                    "min_vehicles "
                            + minVehicles
                            + " would show single vehicles; it is at least 2, 5 is usual");
        }
        if (window == null && cells.isEmpty() && by.isEmpty()) {
            throw new IllegalArgumentException("aggregate needs a window, cells or by");
        }
        cells.forEach(
                (column, width) -> {
                    if (!(width > 0)) {
                        throw new IllegalArgumentException(
                                "the cell of '" + column + "' must be wider than 0");
                    }
                });
        if (by.contains(vehicle) || cells.containsKey(vehicle) || values.containsKey(vehicle)) {
            throw new IllegalArgumentException(
                    "a group of '" + vehicle + "' would be a single vehicle");
        }
    }

    private static <V> Map<String, V> copy(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /**
     * @param length windows begin at whole multiples of it since 1970 UTC
     */
    public record Window(String column, Duration length) {
        public Window {
            if (length.toMillis() < 1) {
                throw new IllegalArgumentException("a window is at least 1 ms long");
            }
        }
    }

    /** What is told of a column in a group. */
    public enum Statistic {
        MEAN,
        MIN,
        MAX
    }

    List<String> byColumns() {
        return by == null ? List.of() : by;
    }

    Map<String, Double> cellWidths() {
        return cells == null ? Map.of() : cells;
    }

    Map<String, List<Statistic>> statistics() {
        return values == null ? Map.of() : values;
    }

    @Override
    public String name() {
        return "aggregate/1";
    }

    @Override
    public List<String> order() {
        return window != null ? List.of(window.column()) : byColumns();
    }

    @Override
    public Schema output(Schema input) {
        Column identity = input.column(input.indexOf(vehicle));
        if (identity.type() != ColumnType.STRING) {
            throw new IllegalArgumentException("vehicle '" + vehicle + "' must be text");
        }
        List<Column> columns = new ArrayList<>();
        if (window != null) {
            Column time = input.column(input.indexOf(window.column()));
            if (time.type() != ColumnType.TIMESTAMP_MICROS_UTC) {
                throw new IllegalArgumentException(
                        "window column '" + time.name() + "' must be a timestamp");
            }
            columns.add(general(time.name(), time.type(), time));
        }
        for (String name : cellWidths().keySet()) {
            Column cell = numeric(input, name);
            columns.add(general(name, ColumnType.DOUBLE, cell));
        }
        for (String name : byColumns()) {
            Column group = input.column(input.indexOf(name));
            if (group.dataClass() == DataClass.IDENTITY) {
                throw new IllegalArgumentException(
                        "a group of '" + name + "', of class identity, would be a single vehicle");
            }
            columns.add(group);
        }
        columns.add(count(ROWS));
        columns.add(count(VEHICLES));
        statistics()
                .forEach(
                        (name, wanted) -> {
                            Column of = numeric(input, name);
                            for (Statistic statistic : wanted) {
                                columns.add(
                                        general(
                                                name + "_" + Parameters.word(statistic),
                                                ColumnType.DOUBLE,
                                                of));
                            }
                        });
        return new Schema(columns);
    }

    private static Column numeric(Schema input, String name) {
        Column column = input.column(input.indexOf(name));
        if (!Rows.isNumeric(column.type())) {
            throw new IllegalArgumentException("column '" + name + "' is no number");
        }
        return column;
    }

    private static Column general(String name, ColumnType type, Column of) {
        return new Column(
                name, type, of.unit(), of.dataClass(), Grade.GENERAL, of.coordinateSystem());
    }

    private static Column count(String name) {
        return new Column(
                name,
                ColumnType.LONG,
                "",
                DataClass.ENVIRONMENT,
                Grade.GENERAL,
                CoordinateSystem.NONE);
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new AggregateRun(this, input, output(input));
    }
}
