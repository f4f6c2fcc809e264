package org.roadloop.govern.align;

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
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;

/**
 * Puts beside each row what the roadside saw at that time (车路视图关联). With {@code near}, a row and a
 * view are the same road user: they lie within a gate in space and in time, and no view goes to two
 * rows, by {@link ViewAssignment}. Without it, a row takes the view nearest in time, and others may
 * take the same one (the phase of a traffic light). Two columns more: {@value #OFFSET}, time of the
 * view minus that of the row; {@value #DISTANCE}, metres between them, with {@code near}. A row
 * without a view comes out with those cells absent, and is counted.
 *
 * <p>Both sides are read in order of time; memory holds rows of {@code within}, and views of three
 * times that.
 *
 * @param time of the rows and, under the same name, of the views
 * @param views side input
 * @param within furthest apart in time, up to an hour
 * @param on columns that must be equal: that of the row, then that of the view
 * @param columns what a row gets from its view
 */
public record JoinViews(
        String time,
        String views,
        Duration within,
        @Nullable Near near,
        @Nullable Map<String, String> on,
        List<ViewColumn> columns)
        implements Operator {
    public static final String OFFSET = "view_offset_ms";
    public static final String DISTANCE = "view_distance_m";

    /**
     * Rows and views not further apart than a gate (空间门限).
     *
     * @param x longitude in degrees of WGS-84 or metres east, {@code y} latitude or metres north
     * @param viewX the same of the views; as {@code x} and {@code y} if left out
     */
    public record Near(
            String x, String y, @Nullable String viewX, @Nullable String viewY, double gateMeters) {
        public Near {
            viewX = viewX == null ? x : viewX;
            viewY = viewY == null ? y : viewY;
            if (!(gateMeters > 0 && gateMeters <= 1000)) {
                throw new IllegalArgumentException(
                        "gate_meters " + gateMeters + " is not above 0 and at most 1000");
            }
        }
    }

    /**
     * A column of the views as it comes out (视图字段): said in the plan, so that a plan is checked
     * without its inputs. Type, class and datum must be those of the side input, the grade not
     * below its grade.
     *
     * @param as name in the output; {@code view_} and the name if left out
     */
    public record ViewColumn(
            String column,
            @Nullable String as,
            ColumnType type,
            @Nullable String unit,
            DataClass class_,
            Grade grade,
            @Nullable CoordinateSystem datum) {
        public ViewColumn {
            as = as == null ? "view_" + column : as;
            unit = unit == null ? "" : unit;
            datum = datum == null ? CoordinateSystem.NONE : datum;
        }

        Column out() {
            return new Column(
                    as == null ? column : as,
                    type,
                    unit == null ? "" : unit,
                    class_,
                    grade,
                    datum == null ? CoordinateSystem.NONE : datum);
        }
    }

    public JoinViews {
        on = on == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(on));
        columns = List.copyOf(columns);
        if (within.toMillis() < 1 || within.toHours() >= 1) {
            throw new IllegalArgumentException("within " + within + " is outside 1 ms to 1 h");
        }
        if (near == null && on.isEmpty()) {
            throw new IllegalArgumentException(
                    "join_views needs near or on: time alone joins what has nothing in common");
        }
    }

    Map<String, String> keys() {
        return on == null ? Map.of() : on;
    }

    @Override
    public String name() {
        return "join_views/1";
    }

    @Override
    public List<String> order() {
        return List.of(time);
    }

    @Override
    public List<String> sides() {
        return List.of(views);
    }

    @Override
    public Schema output(Schema input) {
        checkTime(input);
        keys().keySet().forEach(input::indexOf);
        if (near != null) {
            MapMatch.inDegrees(input, near.x(), near.y());
        }
        List<Column> out = new ArrayList<>(input.columns());
        columns.forEach(c -> out.add(c.out()));
        out.add(measure(OFFSET, "ms"));
        if (near != null) {
            out.add(measure(DISTANCE, "m"));
        }
        return new Schema(out);
    }

    private static Column measure(String name, String unit) {
        return Column.of(name, ColumnType.DOUBLE, unit, DataClass.LINEAGE, Grade.GENERAL);
    }

    private void checkTime(Schema schema) {
        if (schema.column(schema.indexOf(time)).type() != ColumnType.TIMESTAMP_MICROS_UTC) {
            throw new IllegalArgumentException("time '" + time + "' must be a timestamp");
        }
    }

    @Override
    public Run start(Schema input, Setting setting) {
        TableSource.Scan scan = setting.sides().apply(views);
        try {
            Schema side = scan.schema();
            checkTime(side);
            for (ViewColumn column : columns) {
                check(column, side.column(side.indexOf(column.column())));
            }
            if (near != null
                    && MapMatch.inDegrees(input, near.x(), near.y())
                            != MapMatch.inDegrees(side, viewX(near), viewY(near))) {
                throw new IllegalArgumentException(
                        "positions of the rows and of '" + views + "' are not of one datum");
            }
            return new JoinViewsRun(this, input, output(input), scan);
        } catch (RuntimeException e) {
            scan.close();
            throw e;
        }
    }

    static String viewX(Near near) {
        return near.viewX() == null ? near.x() : near.viewX();
    }

    static String viewY(Near near) {
        return near.viewY() == null ? near.y() : near.viewY();
    }

    private void check(ViewColumn said, Column found) {
        Column out = said.out();
        if (out.type() != found.type()
                || out.dataClass() != found.dataClass()
                || out.coordinateSystem() != found.coordinateSystem()
                || out.grade().compareTo(found.grade()) < 0) {
            throw new IllegalArgumentException(
                    "column '%s' of '%s' is %s, %s, %s, %s; the plan says %s, %s, %s, %s"
                            .formatted(
                                    said.column(),
                                    views,
                                    found.type(),
                                    found.dataClass(),
                                    found.grade(),
                                    found.coordinateSystem(),
                                    out.type(),
                                    out.dataClass(),
                                    out.grade(),
                                    out.coordinateSystem()));
        }
    }
}
