package org.roadloop.collect.live;

import java.util.List;
import org.roadloop.collect.gb32960.Engine;
import org.roadloop.collect.gb32960.Extremes;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.collect.gb32960.FuelCellEngine;
import org.roadloop.collect.gb32960.Position;
import org.roadloop.collect.gb32960.WholeVehicle;

/**
 * One field of the live state (状态字段), kept as a whole number of its smallest unit. The order is
 * that of the slots. What both protocols send with one meaning is one field.
 */
public enum LiveField {
    LONGITUDE(LiveGroup.POSITION, Position.LONGITUDE_2016),
    LATITUDE(LiveGroup.POSITION, Position.LATITUDE_2016),
    POSITION_VALID(LiveGroup.POSITION, "valid", 1, Kind.TRUTH),
    /** Of GB/T 32960.3-2025 only; the others name none. */
    COORDINATE_SYSTEM(LiveGroup.POSITION, Position.COORDINATE_SYSTEM),
    ALTITUDE(LiveGroup.POSITION, "altitudeM", 1, Kind.NUMBER),
    DIRECTION(LiveGroup.POSITION, "directionDegrees", 1, Kind.NUMBER),
    VEHICLE_STATE(LiveGroup.VEHICLE, WholeVehicle.VEHICLE_STATE),
    CHARGE_STATE(LiveGroup.VEHICLE, WholeVehicle.CHARGE_STATE),
    DRIVE_MODE(LiveGroup.VEHICLE, WholeVehicle.DRIVE_MODE),
    SPEED(LiveGroup.VEHICLE, WholeVehicle.SPEED_2016),
    ODOMETER(LiveGroup.VEHICLE, WholeVehicle.ODOMETER),
    VOLTAGE(LiveGroup.VEHICLE, WholeVehicle.VOLTAGE_2016),
    CURRENT(LiveGroup.VEHICLE, WholeVehicle.CURRENT_2016),
    SOC(LiveGroup.VEHICLE, WholeVehicle.SOC),
    DCDC_STATE(LiveGroup.VEHICLE, WholeVehicle.DCDC_STATE),
    GEAR(LiveGroup.VEHICLE, "gear", 1, Kind.NUMBER),
    INSULATION(LiveGroup.VEHICLE, WholeVehicle.INSULATION),
    ACC_ON(LiveGroup.VEHICLE, "accOn", 1, Kind.TRUTH),
    FUEL(LiveGroup.VEHICLE, "fuelL", 10, Kind.NUMBER),
    /** As sent in 2016; over the cells and probes of the report in 2025, which has no such unit. */
    MAX_CELL_VOLTAGE(LiveGroup.EXTREMES, Extremes.MAX_CELL_VOLTAGE, Kind.MOST),
    MIN_CELL_VOLTAGE(LiveGroup.EXTREMES, Extremes.MIN_CELL_VOLTAGE, Kind.LEAST),
    MAX_TEMPERATURE(LiveGroup.EXTREMES, Extremes.MAX_TEMPERATURE, Kind.MOST),
    MIN_TEMPERATURE(LiveGroup.EXTREMES, Extremes.MIN_TEMPERATURE, Kind.LEAST),
    ENGINE_STATE(LiveGroup.ENGINE, Engine.STATE),
    CRANK_SPEED(LiveGroup.ENGINE, Engine.CRANK_SPEED_2016),
    REMAINING_HYDROGEN(LiveGroup.ENGINE, FuelCellEngine.REMAINING_HYDROGEN),
    ALARM_LEVEL(LiveGroup.ALARMS, "level", 1, Kind.NUMBER),
    /** Bits of the protocol's table. */
    ALARM_FLAGS(LiveGroup.ALARMS, "flags", 1, Kind.BITS),
    /** JT/T 808-2013 table 25. */
    STATUS_FLAGS(LiveGroup.ALARMS, "statusFlags", 1, Kind.BITS);

    static final int COUNT = values().length;

    /** What the whole number says. */
    public enum Kind {
        NUMBER,
        /** A number; of two of the same time the larger one. */
        MOST,
        /** A number; of two of the same time the smaller one. */
        LEAST,
        /** 0 or 1. */
        TRUTH,
        /** 32 of them. */
        BITS
    }

    private final LiveGroup group;
    private final String word;
    private final int perUnit;
    private final Kind kind;
    private final List<String> words;

    LiveField(LiveGroup group, Field like) {
        this(group, like, Kind.NUMBER);
    }

    LiveField(LiveGroup group, Field like, Kind kind) {
        this(group, like.name(), (int) like.perUnit(), kind, like.words());
    }

    LiveField(LiveGroup group, String word, int perUnit, Kind kind) {
        this(group, word, perUnit, kind, List.of());
    }

    LiveField(LiveGroup group, String word, int perUnit, Kind kind, List<String> words) {
        this.group = group;
        this.word = word;
        this.perUnit = perUnit;
        this.kind = kind;
        this.words = words;
    }

    public LiveGroup group() {
        return group;
    }

    /** As the API says it, with its unit. */
    public String word() {
        return word;
    }

    /** Smallest units in one of the unit of the name. */
    public int perUnit() {
        return perUnit;
    }

    public Kind kind() {
        return kind;
    }

    /** Of an enumeration, from 1 on; empty for what is none. */
    public List<String> words() {
        return words;
    }
}
