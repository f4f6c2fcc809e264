package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The raw table {@code vehicle_report} (车辆上报原始表): one row for each report frame. Identity,
 * collection time, command and first cell are the inputs of the row key that governance makes;
 * real-time and re-issued reports are one class there. Both editions fill the same columns where
 * the meaning is the same; what only one of them sends is absent in rows of the other.
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

    /** 2016 or 2025. */
    public static final int EDITION = 30;

    /** 1 WGS-84, 2 GCJ-02, 3 other; absent in the 2016 edition, which names none. */
    public static final int COORDINATE_SYSTEM = 31;

    public static final int DRIVING_FORCE = 32;
    public static final int BRAKING_FORCE = 33;
    public static final int ENGINE_STATE = 34;
    public static final int CRANK_SPEED_RPM = 35;
    public static final int FUEL_L_PER_100KM = 36;

    /** 2025 only. */
    public static final int REMAINING_HYDROGEN_PERCENT = 37;

    public static final Schema SCHEMA =
            Schema.of(
                    Column.of("vin", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL),
                    column("collected_at", ColumnType.TIMESTAMP_MICROS_UTC, "us", DataClass.TIME),
                    column("received_at", ColumnType.TIMESTAMP_MICROS_UTC, "us", DataClass.TIME),
                    column("command", ColumnType.INT, "", DataClass.LINEAGE),
                    column("lineage", ColumnType.STRING, "", DataClass.LINEAGE),
                    column("vehicle_state", ColumnType.INT, "", DataClass.DRIVING_STATE),
                    column("charge_state", ColumnType.INT, "", DataClass.ENERGY_STATE),
                    column("drive_mode", ColumnType.INT, "", DataClass.DRIVING_STATE),
                    column("speed_kmh", ColumnType.DOUBLE, "km/h", DataClass.DRIVING_STATE),
                    column("odometer_km", ColumnType.DOUBLE, "km", DataClass.DRIVING_STATE),
                    column("voltage_v", ColumnType.DOUBLE, "V", DataClass.ENERGY_STATE),
                    column("current_a", ColumnType.DOUBLE, "A", DataClass.ENERGY_STATE),
                    column("soc_percent", ColumnType.INT, "%", DataClass.ENERGY_STATE),
                    column("dcdc_state", ColumnType.INT, "", DataClass.ENERGY_STATE),
                    column("gear", ColumnType.INT, "", DataClass.DRIVING_STATE),
                    column("insulation_kohm", ColumnType.INT, "kOhm", DataClass.ENERGY_STATE),
                    column("accelerator_percent", ColumnType.INT, "%", DataClass.DRIVING_STATE),
                    column("brake_percent", ColumnType.INT, "%", DataClass.DRIVING_STATE),
                    column("position_valid", ColumnType.BOOL, "", DataClass.POSITION),
                    degrees("longitude_degrees"),
                    degrees("latitude_degrees"),
                    column("max_cell_v", ColumnType.DOUBLE, "V", DataClass.ENERGY_STATE),
                    column("min_cell_v", ColumnType.DOUBLE, "V", DataClass.ENERGY_STATE),
                    column("max_temp_c", ColumnType.INT, "Cel", DataClass.ENERGY_STATE),
                    column("min_temp_c", ColumnType.INT, "Cel", DataClass.ENERGY_STATE),
                    column("alarm_level", ColumnType.INT, "", DataClass.ALARM),
                    column("alarm_flags", ColumnType.LONG, "", DataClass.ALARM),
                    column("segment", ColumnType.LONG, "", DataClass.LINEAGE),
                    column("frame_offset", ColumnType.LONG, "", DataClass.LINEAGE),
                    column("first_cell", ColumnType.INT, "", DataClass.LINEAGE),
                    column("edition", ColumnType.INT, "", DataClass.LINEAGE),
                    column("coordinate_system", ColumnType.INT, "", DataClass.POSITION),
                    column("driving_force", ColumnType.BOOL, "", DataClass.DRIVING_STATE),
                    column("braking_force", ColumnType.BOOL, "", DataClass.DRIVING_STATE),
                    column("engine_state", ColumnType.INT, "", DataClass.DRIVING_STATE),
                    column("crank_speed_rpm", ColumnType.INT, "r/min", DataClass.DRIVING_STATE),
                    column(
                            "fuel_l_per_100km",
                            ColumnType.DOUBLE,
                            "L/100km",
                            DataClass.ENERGY_STATE),
                    column(
                            "remaining_hydrogen_percent",
                            ColumnType.INT,
                            "%",
                            DataClass.ENERGY_STATE));

    private VehicleReportTable() {}

    private static Column column(String name, ColumnType type, String unit, DataClass dataClass) {
        return Column.of(name, type, unit, dataClass, Grade.GENERAL);
    }

    private static Column degrees(String name) {
        return new Column(
                name,
                ColumnType.DOUBLE,
                "deg",
                DataClass.POSITION,
                Grade.SENSITIVE_PERSONAL,
                CoordinateSystem.UNKNOWN);
    }
}
