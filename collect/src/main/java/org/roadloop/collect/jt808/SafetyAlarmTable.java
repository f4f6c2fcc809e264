package org.roadloop.collect.jt808;

import static org.roadloop.collect.jt808.PositionTable.degrees;
import static org.roadloop.collect.jt808.PositionTable.identity;
import static org.roadloop.collect.jt808.PositionTable.lineage;
import static org.roadloop.collect.jt808.PositionTable.position;
import static org.roadloop.collect.jt808.PositionTable.time;

import java.util.List;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The raw table {@code safety_alarms} (主动安全报警原始表): one row for each alarm that a position carries,
 * one for each tyre of a tyre alarm. Identity, collection time, module, alarm id and tyre are
 * inputs of the row key that governance makes.
 */
public final class SafetyAlarmTable {
    public static final String NAME = "safety_alarms";

    public static final int PHONE = 0;
    public static final int COLLECTED_AT = 1;
    public static final int RECEIVED_AT = 2;
    public static final int LINEAGE = 3;
    public static final int MODULE = 4;
    public static final int ALARM_ID = 5;
    public static final int FLAG = 6;
    public static final int TYPE = 7;
    public static final int LEVEL = 8;
    public static final int FRONT_SPEED_KMH = 9;
    public static final int FRONT_DISTANCE_MS = 10;
    public static final int DEPARTURE_SIDE = 11;
    public static final int SIGN_KIND = 12;
    public static final int SIGN_VALUE = 13;
    public static final int FATIGUE_DEGREE = 14;
    public static final int TYRE = 15;
    public static final int TYRE_PRESSURE_KPA = 16;
    public static final int TYRE_TEMPERATURE_C = 17;
    public static final int TYRE_BATTERY_PERCENT = 18;
    public static final int SPEED_KMH = 19;
    public static final int ALTITUDE_M = 20;
    public static final int LATITUDE_DEGREES = 21;
    public static final int LONGITUDE_DEGREES = 22;
    public static final int VEHICLE_STATUS = 23;
    public static final int MARK_TERMINAL = 24;
    public static final int MARK_TIME = 25;
    public static final int MARK_NUMBER = 26;
    public static final int ATTACHMENTS = 27;
    public static final int SEGMENT = 28;
    public static final int FRAME_OFFSET = 29;
    public static final int ITEM = 30;

    public static final Schema SCHEMA =
            new Schema(
                    List.of(
                            identity("terminal_phone", ColumnType.STRING),
                            time("collected_at"),
                            time("received_at"),
                            lineage("lineage", ColumnType.STRING),
                            PositionTable.alarm("module", ColumnType.INT),
                            PositionTable.alarm("alarm_id", ColumnType.LONG),
                            PositionTable.alarm("flag", ColumnType.INT),
                            PositionTable.alarm("type", ColumnType.INT),
                            PositionTable.alarm("level", ColumnType.INT),
                            alarm("front_speed_kmh", "km/h"),
                            alarm("front_distance_ms", "ms"),
                            PositionTable.alarm("departure_side", ColumnType.INT),
                            PositionTable.alarm("sign_kind", ColumnType.INT),
                            PositionTable.alarm("sign_value", ColumnType.INT),
                            PositionTable.alarm("fatigue_degree", ColumnType.INT),
                            PositionTable.alarm("tyre", ColumnType.INT),
                            alarm("tyre_pressure_kpa", "kPa"),
                            alarm("tyre_temperature_c", "Cel"),
                            alarm("tyre_battery_percent", "%"),
                            PositionTable.driving("speed_kmh", ColumnType.INT, "km/h"),
                            position("altitude_m", ColumnType.INT, "m"),
                            degrees("latitude_degrees"),
                            degrees("longitude_degrees"),
                            PositionTable.driving("vehicle_status", ColumnType.INT, ""),
                            identity("mark_terminal", ColumnType.STRING),
                            time("mark_time"),
                            PositionTable.alarm("mark_number", ColumnType.INT),
                            PositionTable.alarm("attachments", ColumnType.INT),
                            lineage("segment", ColumnType.LONG),
                            lineage("frame_offset", ColumnType.LONG),
                            lineage("item", ColumnType.INT)));

    private SafetyAlarmTable() {}

    private static Column alarm(String name, String unit) {
        return Column.of(name, ColumnType.INT, unit, DataClass.ALARM, Grade.GENERAL);
    }
}
