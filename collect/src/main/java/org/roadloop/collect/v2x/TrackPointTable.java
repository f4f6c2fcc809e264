package org.roadloop.collect.v2x;

import java.util.List;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The raw table {@code track_point} (轨迹点原始表): one row for each vehicle and moment, ten a second. x
 * is east, y north of the origin of the recording; headings turn clockwise from north.
 */
public final class TrackPointTable {
    public static final String NAME = "track_point";

    public static final int RECORDING = 0;
    public static final int VEHICLE = 1;
    public static final int AT = 2;
    public static final int RECEIVED_AT = 3;
    public static final int LINEAGE = 4;
    public static final int LONGITUDE_DEGREES = 5;
    public static final int LATITUDE_DEGREES = 6;
    public static final int X_M = 7;
    public static final int Y_M = 8;
    public static final int SPEED_MPS = 9;
    public static final int HEADING_DEGREES = 10;
    public static final int ACCELERATION_MPS2 = 11;
    public static final int LATERAL_ACCELERATION_MPS2 = 12;
    public static final int YAW_RATE_DPS = 13;
    public static final int LENGTH_M = 14;
    public static final int WIDTH_M = 15;
    public static final int BRAKE = 16;
    public static final int SEGMENT = 17;
    public static final int FRAME_OFFSET = 18;

    public static final Schema SCHEMA =
            new Schema(
                    List.of(
                            Column.of(
                                    "recording",
                                    ColumnType.STRING,
                                    "",
                                    DataClass.LINEAGE,
                                    Grade.GENERAL),
                            Column.of(
                                    "vehicle",
                                    ColumnType.STRING,
                                    "",
                                    DataClass.IDENTITY,
                                    Grade.PERSONAL),
                            Column.of(
                                    "at",
                                    ColumnType.TIMESTAMP_MICROS_UTC,
                                    "us",
                                    DataClass.TIME,
                                    Grade.GENERAL),
                            Column.of(
                                    "received_at",
                                    ColumnType.TIMESTAMP_MICROS_UTC,
                                    "us",
                                    DataClass.TIME,
                                    Grade.GENERAL),
                            Column.of(
                                    "lineage",
                                    ColumnType.STRING,
                                    "",
                                    DataClass.LINEAGE,
                                    Grade.GENERAL),
                            new Column(
                                    "longitude_degrees",
                                    ColumnType.DOUBLE,
                                    "deg",
                                    DataClass.POSITION,
                                    Grade.SENSITIVE_PERSONAL,
                                    CoordinateSystem.WGS_84),
                            new Column(
                                    "latitude_degrees",
                                    ColumnType.DOUBLE,
                                    "deg",
                                    DataClass.POSITION,
                                    Grade.SENSITIVE_PERSONAL,
                                    CoordinateSystem.WGS_84),
                            new Column(
                                    "x_m",
                                    ColumnType.DOUBLE,
                                    "m",
                                    DataClass.POSITION,
                                    Grade.SENSITIVE_PERSONAL,
                                    CoordinateSystem.LOCAL_METRES),
                            new Column(
                                    "y_m",
                                    ColumnType.DOUBLE,
                                    "m",
                                    DataClass.POSITION,
                                    Grade.SENSITIVE_PERSONAL,
                                    CoordinateSystem.LOCAL_METRES),
                            Column.of(
                                    "speed_mps",
                                    ColumnType.DOUBLE,
                                    "m/s",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "heading_degrees",
                                    ColumnType.DOUBLE,
                                    "deg",
                                    DataClass.POSITION,
                                    Grade.PERSONAL),
                            Column.of(
                                    "acceleration_mps2",
                                    ColumnType.DOUBLE,
                                    "m/s2",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "lateral_acceleration_mps2",
                                    ColumnType.DOUBLE,
                                    "m/s2",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "yaw_rate_dps",
                                    ColumnType.DOUBLE,
                                    "deg/s",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "length_m",
                                    ColumnType.DOUBLE,
                                    "m",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "width_m",
                                    ColumnType.DOUBLE,
                                    "m",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "brake",
                                    ColumnType.BOOL,
                                    "",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "segment",
                                    ColumnType.LONG,
                                    "",
                                    DataClass.LINEAGE,
                                    Grade.GENERAL),
                            Column.of(
                                    "frame_offset",
                                    ColumnType.LONG,
                                    "",
                                    DataClass.LINEAGE,
                                    Grade.GENERAL)));

    private TrackPointTable() {}
}
