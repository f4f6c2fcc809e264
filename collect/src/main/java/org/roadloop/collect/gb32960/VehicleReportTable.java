package org.roadloop.collect.gb32960;

import java.util.List;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The raw table {@code vehicle_report} (车辆上报原始表): one row for each report frame. Identity,
 * collection time, command and first cell are the inputs of the row key that governance makes;
 * real-time and re-issued reports are one class there.
 */
public final class VehicleReportTable {
    public static final String NAME = "vehicle_report";

    public static final int VIN = 0;
    public static final int COLLECTED_AT = 1;
    public static final int RECEIVED_AT = 2;
    public static final int COMMAND = 3;
    public static final int LINEAGE = 4;
    public static final int VEHICLE_STATE = 5;
    public static final int CHARGE_STATE = 6;
    public static final int DRIVE_MODE = 7;
    public static final int SPEED_KMH = 8;
    public static final int ODOMETER_KM = 9;
    public static final int VOLTAGE_V = 10;
    public static final int CURRENT_A = 11;
    public static final int SOC_PERCENT = 12;
    public static final int DCDC_STATE = 13;
    public static final int GEAR = 14;
    public static final int INSULATION_KOHM = 15;
    public static final int ACCELERATOR_PERCENT = 16;
    public static final int BRAKE_PERCENT = 17;
    public static final int POSITION_VALID = 18;
    public static final int LONGITUDE_DEGREES = 19;
    public static final int LATITUDE_DEGREES = 20;
    public static final int MAX_CELL_V = 21;
    public static final int MIN_CELL_V = 22;
    public static final int MAX_TEMP_C = 23;
    public static final int MIN_TEMP_C = 24;
    public static final int ALARM_LEVEL = 25;
    public static final int ALARM_FLAGS = 26;
    public static final int SEGMENT = 27;
    public static final int FRAME_OFFSET = 28;
    public static final int FIRST_CELL = 29;

    public static final Schema SCHEMA =
            new Schema(
                    List.of(
                            Column.of(
                                    "vin",
                                    ColumnType.STRING,
                                    "",
                                    DataClass.IDENTITY,
                                    Grade.PERSONAL),
                            Column.of(
                                    "collected_at",
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
                                    "command",
                                    ColumnType.INT,
                                    "",
                                    DataClass.LINEAGE,
                                    Grade.GENERAL),
                            Column.of(
                                    "lineage",
                                    ColumnType.STRING,
                                    "",
                                    DataClass.LINEAGE,
                                    Grade.GENERAL),
                            Column.of(
                                    "vehicle_state",
                                    ColumnType.INT,
                                    "",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "charge_state",
                                    ColumnType.INT,
                                    "",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "drive_mode",
                                    ColumnType.INT,
                                    "",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "speed_kmh",
                                    ColumnType.DOUBLE,
                                    "km/h",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "odometer_km",
                                    ColumnType.DOUBLE,
                                    "km",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "voltage_v",
                                    ColumnType.DOUBLE,
                                    "V",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "current_a",
                                    ColumnType.DOUBLE,
                                    "A",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "soc_percent",
                                    ColumnType.INT,
                                    "%",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "dcdc_state",
                                    ColumnType.INT,
                                    "",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "gear",
                                    ColumnType.INT,
                                    "",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "insulation_kohm",
                                    ColumnType.INT,
                                    "kOhm",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "accelerator_percent",
                                    ColumnType.INT,
                                    "%",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "brake_percent",
                                    ColumnType.INT,
                                    "%",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "position_valid",
                                    ColumnType.BOOL,
                                    "",
                                    DataClass.POSITION,
                                    Grade.GENERAL),
                            new Column(
                                    "longitude_degrees",
                                    ColumnType.DOUBLE,
                                    "deg",
                                    DataClass.POSITION,
                                    Grade.SENSITIVE_PERSONAL,
                                    CoordinateSystem.UNKNOWN),
                            new Column(
                                    "latitude_degrees",
                                    ColumnType.DOUBLE,
                                    "deg",
                                    DataClass.POSITION,
                                    Grade.SENSITIVE_PERSONAL,
                                    CoordinateSystem.UNKNOWN),
                            Column.of(
                                    "max_cell_v",
                                    ColumnType.DOUBLE,
                                    "V",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "min_cell_v",
                                    ColumnType.DOUBLE,
                                    "V",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "max_temp_c",
                                    ColumnType.INT,
                                    "Cel",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "min_temp_c",
                                    ColumnType.INT,
                                    "Cel",
                                    DataClass.ENERGY_STATE,
                                    Grade.GENERAL),
                            Column.of(
                                    "alarm_level",
                                    ColumnType.INT,
                                    "",
                                    DataClass.ALARM,
                                    Grade.GENERAL),
                            Column.of(
                                    "alarm_flags",
                                    ColumnType.LONG,
                                    "",
                                    DataClass.ALARM,
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
                                    Grade.GENERAL),
                            Column.of(
                                    "first_cell",
                                    ColumnType.INT,
                                    "",
                                    DataClass.LINEAGE,
                                    Grade.GENERAL)));

    private VehicleReportTable() {}
}
