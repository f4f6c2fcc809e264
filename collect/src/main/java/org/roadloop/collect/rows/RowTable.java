package org.roadloop.collect.rows;

import static org.roadloop.core.table.ColumnType.DOUBLE;
import static org.roadloop.core.table.ColumnType.INT;
import static org.roadloop.core.table.ColumnType.LONG;
import static org.roadloop.core.table.ColumnType.STRING;
import static org.roadloop.core.table.ColumnType.TIMESTAMP_MICROS_UTC;
import static org.roadloop.core.table.DataClass.DRIVING_STATE;
import static org.roadloop.core.table.DataClass.IDENTITY;
import static org.roadloop.core.table.DataClass.LINEAGE;
import static org.roadloop.core.table.DataClass.POSITION;
import static org.roadloop.core.table.DataClass.TIME;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/** The raw tables that rows of files can go to (可导入的原始表). */
public enum RowTable {
    VEHICLE_REPORT(
            VehicleReportTable.NAME,
            Source.ROW_VEHICLE_REPORT,
            VehicleReportTable.SCHEMA,
            "vin",
            "collected_at"),
    TRACK_POINT(
            TrackPointTable.NAME, Source.ROW_TRACK_POINT, TrackPointTable.SCHEMA, "vehicle", "at"),
    /** Fixes of a satellite receiver. */
    GNSS_FIX(
            "gnss_fix",
            Source.ROW_GNSS_FIX,
            recorded(
                    degrees("longitude_degrees"),
                    degrees("latitude_degrees"),
                    Column.of("altitude_m", DOUBLE, "m", POSITION, Grade.PERSONAL),
                    Column.of("heading_degrees", DOUBLE, "deg", POSITION, Grade.PERSONAL),
                    driving("speed_mps", "m/s"),
                    Column.of("fixed_at", TIMESTAMP_MICROS_UTC, "us", TIME, Grade.PERSONAL))),
    /** Samples of an inertial sensor, in its own axes. */
    IMU_SAMPLE(
            "imu_sample",
            Source.ROW_IMU_SAMPLE,
            recorded(
                    driving("acceleration_x_mps2", "m/s2"),
                    driving("acceleration_y_mps2", "m/s2"),
                    driving("acceleration_z_mps2", "m/s2"),
                    driving("rotation_x_dps", "deg/s"),
                    driving("rotation_y_dps", "deg/s"),
                    driving("rotation_z_dps", "deg/s"))),
    /** Frames of the vehicle's bus as they were. */
    CAN_FRAME(
            "can_frame",
            Source.ROW_CAN_FRAME,
            recorded(
                    Column.of("bus", INT, "", LINEAGE, Grade.GENERAL),
                    Column.of("can_id", LONG, "", DRIVING_STATE, Grade.PERSONAL),
                    Column.of("data_hex", STRING, "", DRIVING_STATE, Grade.PERSONAL))),
    /** What a recorder read out of the bus. */
    CHASSIS_SAMPLE(
            "chassis_sample",
            Source.ROW_CHASSIS_SAMPLE,
            recorded(
                    driving("speed_mps", "m/s"),
                    driving("steering_degrees", "deg"),
                    driving("wheel_front_left_mps", "m/s"),
                    driving("wheel_front_right_mps", "m/s"),
                    driving("wheel_rear_left_mps", "m/s"),
                    driving("wheel_rear_right_mps", "m/s")));

    /** Filled where the row comes in, never by a file. */
    static final Set<String> ARRIVAL = Set.of("received_at", "lineage", "segment", "frame_offset");

    private final String table;
    private final Source source;
    private final Schema schema;
    private final String identity;
    private final String time;

    RowTable(String table, Source source, Schema schema) {
        this(table, source, schema, "vehicle", "at");
    }

    RowTable(String table, Source source, Schema schema, String identity, String time) {
        this.table = table;
        this.source = source;
        this.schema = schema;
        this.identity = identity;
        this.time = time;
    }

    /** Name of the raw table: {@code gnss_fix}. */
    public String table() {
        return table;
    }

    /** Of its records in the frame log. */
    public Source source() {
        return source;
    }

    public Schema schema() {
        return schema;
    }

    /** The column that names the vehicle. */
    public String identity() {
        return identity;
    }

    /** The column of the time at which the row was true. */
    public String time() {
        return time;
    }

    /** Whether a file may give this column. */
    boolean takes(String column) {
        return schema.has(column) && !ARRIVAL.contains(column);
    }

    /** The columns that a file may give, for people. */
    String columns() {
        return schema.columns().stream()
                .map(Column::name)
                .filter(this::takes)
                .collect(Collectors.joining(", "));
    }

    public static Optional<RowTable> find(String table) {
        return Arrays.stream(values()).filter(t -> t.table.equals(table)).findFirst();
    }

    /** All names, for people. */
    public static String names() {
        return Arrays.stream(values()).map(RowTable::table).collect(Collectors.joining(", "));
    }

    /** The columns that all recorded samples share, around their own. */
    private static Schema recorded(Column... own) {
        List<Column> columns =
                new ArrayList<>(
                        List.of(
                                lineage("recording", STRING),
                                Column.of("vehicle", STRING, "", IDENTITY, Grade.PERSONAL),
                                Column.of("at", TIMESTAMP_MICROS_UTC, "us", TIME, Grade.PERSONAL),
                                Column.of(
                                        "received_at",
                                        TIMESTAMP_MICROS_UTC,
                                        "us",
                                        TIME,
                                        Grade.GENERAL),
                                lineage("lineage", STRING),
                                lineage("sensor", STRING),
                                lineage("sequence", LONG)));
        columns.addAll(List.of(own));
        columns.add(lineage("segment", LONG));
        columns.add(lineage("frame_offset", LONG));
        return new Schema(columns);
    }

    private static Column lineage(String name, ColumnType type) {
        return Column.of(name, type, "", DataClass.LINEAGE, Grade.GENERAL);
    }

    private static Column driving(String name, String unit) {
        return Column.of(name, DOUBLE, unit, DRIVING_STATE, Grade.PERSONAL);
    }

    private static Column degrees(String name) {
        return new Column(
                name, DOUBLE, "deg", POSITION, Grade.SENSITIVE_PERSONAL, CoordinateSystem.WGS_84);
    }
}
