package org.roadloop.collect.jt808;

import java.util.List;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The raw table {@code positions} (位置原始表): one row for each position of a report, an answer, a
 * batch or an upload. Identity, collection time and item are inputs of the row key that governance
 * makes; reports and re-issued batches are one class there. The standard names no datum.
 */
public final class PositionTable {
    public static final String NAME = "positions";

    public static final int PHONE = 0;
    public static final int COLLECTED_AT = 1;
    public static final int RECEIVED_AT = 2;
    public static final int MESSAGE_ID = 3;
    public static final int REISSUED = 4;
    public static final int LINEAGE = 5;
    public static final int EDITION = 6;
    public static final int SERIAL = 7;
    public static final int ALARM_FLAGS = 8;
    public static final int STATUS_FLAGS = 9;
    public static final int ACC_ON = 10;
    public static final int POSITION_VALID = 11;
    public static final int LONGITUDE_DEGREES = 12;
    public static final int LATITUDE_DEGREES = 13;
    public static final int ALTITUDE_M = 14;
    public static final int SPEED_KMH = 15;
    public static final int DIRECTION_DEGREES = 16;
    public static final int SAFETY_ALARMS = 17;
    public static final int OTHER_ADD_ONS = 18;
    public static final int SEGMENT = 19;
    public static final int FRAME_OFFSET = 20;
    public static final int ITEM = 21;

    /** From here on each column is an add-on, and absent from most rows. */
    public static final int FIRST_ADD_ON = 22;

    public static final int MILEAGE_KM = 22;
    public static final int FUEL_L = 23;
    public static final int RECORDER_SPEED_KMH = 24;
    public static final int ALARM_EVENT_ID = 25;
    public static final int CABIN_TEMPERATURE_C = 26;
    public static final int OVER_SPEED_AREA_TYPE = 27;
    public static final int OVER_SPEED_AREA_ID = 28;
    public static final int PASSED_AREA_TYPE = 29;
    public static final int PASSED_AREA_ID = 30;
    public static final int PASSED_AREA_OUTWARDS = 31;
    public static final int SECTION_ID = 32;
    public static final int SECTION_TIME_S = 33;
    public static final int SECTION_TOO_LONG = 34;
    public static final int SIGNAL_FLAGS = 35;
    public static final int IO_FLAGS = 36;
    public static final int ANALOGUE_0 = 37;
    public static final int ANALOGUE_1 = 38;
    public static final int NETWORK_SIGNAL = 39;
    public static final int SATELLITES = 40;
    public static final int VIDEO_ALARM_FLAGS = 41;
    public static final int VIDEO_LOST_CHANNELS = 42;
    public static final int VIDEO_BLOCKED_CHANNELS = 43;
    public static final int STORAGE_FAULT_FLAGS = 44;
    public static final int ABNORMAL_DRIVING_FLAGS = 45;

    public static final Schema SCHEMA =
            new Schema(
                    List.of(
                            identity("terminal_phone", ColumnType.STRING),
                            time("collected_at"),
                            time("received_at"),
                            lineage("message_id", ColumnType.INT),
                            lineage("reissued", ColumnType.BOOL),
                            lineage("lineage", ColumnType.STRING),
                            lineage("edition", ColumnType.INT),
                            lineage("serial", ColumnType.INT),
                            alarm("alarm_flags", ColumnType.LONG),
                            driving("status_flags", ColumnType.LONG, ""),
                            driving("acc_on", ColumnType.BOOL, ""),
                            position("position_valid", ColumnType.BOOL, ""),
                            degrees("longitude_degrees"),
                            degrees("latitude_degrees"),
                            position("altitude_m", ColumnType.INT, "m"),
                            driving("speed_kmh", ColumnType.DOUBLE, "km/h"),
                            position("direction_degrees", ColumnType.INT, "deg"),
                            alarm("safety_alarms", ColumnType.INT),
                            lineage("other_add_ons", ColumnType.INT),
                            lineage("segment", ColumnType.LONG),
                            lineage("frame_offset", ColumnType.LONG),
                            lineage("item", ColumnType.INT),
                            driving("mileage_km", ColumnType.DOUBLE, "km"),
                            energy("fuel_l", ColumnType.DOUBLE, "L"),
                            driving("recorder_speed_kmh", ColumnType.DOUBLE, "km/h"),
                            alarm("alarm_event_id", ColumnType.INT),
                            environment("cabin_temperature_c", "Cel"),
                            alarm("over_speed_area_type", ColumnType.INT),
                            alarm("over_speed_area_id", ColumnType.LONG),
                            alarm("passed_area_type", ColumnType.INT),
                            alarm("passed_area_id", ColumnType.LONG),
                            alarm("passed_area_outwards", ColumnType.INT),
                            alarm("section_id", ColumnType.LONG),
                            Column.of(
                                    "section_time_s",
                                    ColumnType.INT,
                                    "s",
                                    DataClass.ALARM,
                                    Grade.GENERAL),
                            alarm("section_too_long", ColumnType.INT),
                            driving("signal_flags", ColumnType.LONG, ""),
                            driving("io_flags", ColumnType.INT, ""),
                            driving("analogue_0", ColumnType.INT, ""),
                            driving("analogue_1", ColumnType.INT, ""),
                            environment("network_signal", ""),
                            environment("satellites", ""),
                            alarm("video_alarm_flags", ColumnType.LONG),
                            alarm("video_lost_channels", ColumnType.LONG),
                            alarm("video_blocked_channels", ColumnType.LONG),
                            alarm("storage_fault_flags", ColumnType.INT),
                            alarm("abnormal_driving_flags", ColumnType.INT)));

    private PositionTable() {}

    static Column identity(String name, ColumnType type) {
        return Column.of(name, type, "", DataClass.IDENTITY, Grade.PERSONAL);
    }

    static Column time(String name) {
        return Column.of(
                name, ColumnType.TIMESTAMP_MICROS_UTC, "us", DataClass.TIME, Grade.GENERAL);
    }

    static Column lineage(String name, ColumnType type) {
        return Column.of(name, type, "", DataClass.LINEAGE, Grade.GENERAL);
    }

    static Column alarm(String name, ColumnType type) {
        return Column.of(name, type, "", DataClass.ALARM, Grade.GENERAL);
    }

    static Column driving(String name, ColumnType type, String unit) {
        return Column.of(name, type, unit, DataClass.DRIVING_STATE, Grade.GENERAL);
    }

    static Column degrees(String name) {
        return new Column(
                name,
                ColumnType.DOUBLE,
                "deg",
                DataClass.POSITION,
                Grade.SENSITIVE_PERSONAL,
                CoordinateSystem.UNKNOWN);
    }

    static Column position(String name, ColumnType type, String unit) {
        return Column.of(name, type, unit, DataClass.POSITION, Grade.GENERAL);
    }

    private static Column energy(String name, ColumnType type, String unit) {
        return Column.of(name, type, unit, DataClass.ENERGY_STATE, Grade.GENERAL);
    }

    private static Column environment(String name, String unit) {
        return Column.of(name, ColumnType.INT, unit, DataClass.ENVIRONMENT, Grade.GENERAL);
    }
}
