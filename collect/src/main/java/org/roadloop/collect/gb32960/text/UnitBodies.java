package org.roadloop.collect.gb32960.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Alarms;
import org.roadloop.collect.gb32960.CellVoltages;
import org.roadloop.collect.gb32960.DriveMotors;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Engine;
import org.roadloop.collect.gb32960.Extremes;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.collect.gb32960.FuelCell;
import org.roadloop.collect.gb32960.FuelCellEngine;
import org.roadloop.collect.gb32960.FuelCellStacks;
import org.roadloop.collect.gb32960.PackVoltages;
import org.roadloop.collect.gb32960.Position;
import org.roadloop.collect.gb32960.ProbeTemperatures;
import org.roadloop.collect.gb32960.SuperCapacitor;
import org.roadloop.collect.gb32960.SuperCapacitorExtremes;
import org.roadloop.collect.gb32960.VehicleSignature;
import org.roadloop.collect.gb32960.WholeVehicle;

/** What the information units of both editions are made of, behind their type byte (信息体组成). */
final class UnitBodies {
    /** A unit by its name. */
    record Unit(int type, String name, Member body) {}

    /**
     * Algorithm, R and S; under a report they stand behind a mark, in an activation they do not.
     */
    static final Member SIGNATURE =
            Member.Sequence.of(
                    new Member.Number(
                            new Field("algorithm", 0, 1, 1, 3, 0, 1, List.of("SM2", "RSA", "ECC"))),
                    new Member.Counted("r"),
                    new Member.Counted("s"));

    private static final Map<Integer, Unit> UNITS_2016 = new LinkedHashMap<>();
    private static final Map<Integer, Unit> UNITS_2025 = new LinkedHashMap<>();

    private UnitBodies() {}

    static @Nullable Unit find(Edition edition, int type) {
        return units(edition).get(type);
    }

    static @Nullable Unit find(Edition edition, String name) {
        for (Unit unit : units(edition).values()) {
            if (unit.name().equals(name)) {
                return unit;
            }
        }
        return null;
    }

    /** By type, in order. */
    static Map<Integer, Unit> units(Edition edition) {
        return edition == Edition.V2025 ? UNITS_2025 : UNITS_2016;
    }

    static {
        unit(
                UNITS_2016,
                WholeVehicle.TYPE,
                "WholeVehicle",
                numbers(
                        WholeVehicle.VEHICLE_STATE,
                        WholeVehicle.CHARGE_STATE,
                        WholeVehicle.DRIVE_MODE,
                        WholeVehicle.SPEED_2016,
                        WholeVehicle.ODOMETER,
                        WholeVehicle.VOLTAGE_2016,
                        WholeVehicle.CURRENT_2016,
                        WholeVehicle.SOC,
                        WholeVehicle.DCDC_STATE),
                new BitMembers.Gear(Edition.V2016),
                numbers(WholeVehicle.INSULATION, WholeVehicle.ACCELERATOR, WholeVehicle.BRAKE));
        unit(
                UNITS_2025,
                WholeVehicle.TYPE,
                "WholeVehicle",
                numbers(
                        WholeVehicle.VEHICLE_STATE,
                        WholeVehicle.CHARGE_STATE,
                        WholeVehicle.DRIVE_MODE,
                        WholeVehicle.SPEED_2025,
                        WholeVehicle.ODOMETER,
                        WholeVehicle.VOLTAGE_2025,
                        WholeVehicle.CURRENT_2025,
                        WholeVehicle.SOC,
                        WholeVehicle.DCDC_STATE),
                new BitMembers.Gear(Edition.V2025),
                numbers(WholeVehicle.INSULATION));
        unit(
                UNITS_2016,
                DriveMotors.TYPE,
                "DriveMotors",
                new ListMembers.Objects(
                        DriveMotors.COUNT,
                        "motors",
                        numbers(
                                DriveMotors.NUMBER,
                                DriveMotors.STATE,
                                DriveMotors.CONTROLLER_TEMPERATURE,
                                DriveMotors.SPEED_2016,
                                DriveMotors.TORQUE_2016,
                                DriveMotors.TEMPERATURE_2016,
                                DriveMotors.CONTROLLER_VOLTAGE,
                                DriveMotors.BUS_CURRENT)));
        unit(
                UNITS_2025,
                DriveMotors.TYPE,
                "DriveMotors",
                new ListMembers.Objects(
                        DriveMotors.COUNT,
                        "motors",
                        numbers(
                                DriveMotors.NUMBER,
                                DriveMotors.STATE,
                                DriveMotors.CONTROLLER_TEMPERATURE,
                                DriveMotors.SPEED_2025,
                                DriveMotors.TORQUE_2025,
                                DriveMotors.TEMPERATURE_2025)));
        unit(
                UNITS_2016,
                FuelCell.TYPE,
                "FuelCell",
                numbers(FuelCell.VOLTAGE, FuelCell.CURRENT, FuelCell.CONSUMPTION),
                new ListMembers.Numbers(FuelCell.PROBES, FuelCell.PROBE_TEMPERATURE),
                numbers(
                        FuelCell.HYDROGEN_TEMPERATURE,
                        FuelCell.HYDROGEN_TEMPERATURE_PROBE,
                        FuelCell.HYDROGEN_CONCENTRATION,
                        FuelCell.HYDROGEN_CONCENTRATION_SENSOR,
                        FuelCell.HYDROGEN_PRESSURE,
                        FuelCell.HYDROGEN_PRESSURE_SENSOR,
                        FuelCell.DCDC_STATE));
        unit(
                UNITS_2025,
                FuelCellEngine.TYPE,
                "FuelCellEngine",
                numbers(
                        FuelCellEngine.HYDROGEN_TEMPERATURE,
                        FuelCellEngine.HYDROGEN_TEMPERATURE_PROBE,
                        FuelCellEngine.HYDROGEN_CONCENTRATION,
                        FuelCellEngine.HYDROGEN_CONCENTRATION_SENSOR,
                        FuelCellEngine.HYDROGEN_PRESSURE,
                        FuelCellEngine.HYDROGEN_PRESSURE_SENSOR,
                        FuelCellEngine.DCDC_STATE,
                        FuelCellEngine.REMAINING_HYDROGEN,
                        FuelCellEngine.DCDC_TEMPERATURE));
        unit(
                UNITS_2016,
                Engine.TYPE,
                "Engine",
                numbers(Engine.STATE, Engine.CRANK_SPEED_2016, Engine.FUEL_RATE));
        unit(UNITS_2025, Engine.TYPE, "Engine", numbers(Engine.CRANK_SPEED_2025));
        unit(UNITS_2016, Position.TYPE, "Position", new BitMembers.Place(Edition.V2016));
        unit(UNITS_2025, Position.TYPE, "Position", new BitMembers.Place(Edition.V2025));
        unit(
                UNITS_2016,
                Extremes.TYPE,
                "Extremes",
                numbers(
                        Extremes.MAX_CELL_PACK,
                        Extremes.MAX_CELL,
                        Extremes.MAX_CELL_VOLTAGE,
                        Extremes.MIN_CELL_PACK,
                        Extremes.MIN_CELL,
                        Extremes.MIN_CELL_VOLTAGE,
                        Extremes.MAX_PROBE_PACK,
                        Extremes.MAX_PROBE,
                        Extremes.MAX_TEMPERATURE,
                        Extremes.MIN_PROBE_PACK,
                        Extremes.MIN_PROBE,
                        Extremes.MIN_TEMPERATURE));
        unit(
                UNITS_2016,
                Alarms.TYPE_2016,
                "Alarms",
                numbers(Alarms.LEVEL_2016),
                new BitMembers.GeneralAlarms(Edition.V2016),
                faults());
        unit(
                UNITS_2025,
                Alarms.TYPE_2025,
                "Alarms",
                numbers(Alarms.LEVEL_2025),
                new BitMembers.GeneralAlarms(Edition.V2025),
                faults(),
                new ListMembers.Objects(
                        Alarms.COUNT,
                        "alarmLevels",
                        numbers(Alarms.ALARM_NUMBER, Alarms.ALARM_LEVEL)));
        unit(
                UNITS_2016,
                CellVoltages.TYPE,
                "CellVoltages",
                new ListMembers.Objects(
                        CellVoltages.COUNT,
                        "subsystems",
                        Member.Sequence.of(
                                numbers(
                                        CellVoltages.NUMBER,
                                        CellVoltages.VOLTAGE,
                                        CellVoltages.CURRENT,
                                        CellVoltages.CELLS,
                                        CellVoltages.FIRST_CELL),
                                new ListMembers.Numbers(
                                        CellVoltages.CELLS_IN_FRAME, CellVoltages.CELL_VOLTAGE))));
        unit(
                UNITS_2025,
                PackVoltages.TYPE,
                "PackVoltages",
                new ListMembers.Objects(
                        PackVoltages.COUNT,
                        "packs",
                        Member.Sequence.of(
                                numbers(
                                        PackVoltages.NUMBER,
                                        PackVoltages.VOLTAGE,
                                        PackVoltages.CURRENT),
                                new ListMembers.Numbers(
                                        PackVoltages.CELLS, PackVoltages.CELL_VOLTAGE))));
        unit(
                UNITS_2016,
                ProbeTemperatures.TYPE_2016,
                "ProbeTemperatures",
                new ListMembers.Objects(
                        ProbeTemperatures.COUNT_2016,
                        "subsystems",
                        temperatures(ProbeTemperatures.NUMBER_2016)));
        unit(
                UNITS_2025,
                ProbeTemperatures.TYPE_2025,
                "ProbeTemperatures",
                new ListMembers.Objects(
                        ProbeTemperatures.COUNT_2025,
                        "packs",
                        temperatures(ProbeTemperatures.NUMBER_2025)));
        unit(
                UNITS_2025,
                FuelCellStacks.TYPE,
                "FuelCellStacks",
                new ListMembers.Objects(
                        FuelCellStacks.COUNT,
                        "stacks",
                        Member.Sequence.of(
                                numbers(
                                        FuelCellStacks.NUMBER,
                                        FuelCellStacks.VOLTAGE,
                                        FuelCellStacks.CURRENT,
                                        FuelCellStacks.HYDROGEN_PRESSURE,
                                        FuelCellStacks.AIR_PRESSURE,
                                        FuelCellStacks.AIR_TEMPERATURE),
                                new ListMembers.Numbers(
                                        FuelCellStacks.PROBES,
                                        FuelCellStacks.COOLANT_TEMPERATURE))));
        unit(
                UNITS_2025,
                SuperCapacitor.TYPE,
                "SuperCapacitor",
                numbers(SuperCapacitor.NUMBER, SuperCapacitor.VOLTAGE, SuperCapacitor.CURRENT),
                new ListMembers.Numbers(SuperCapacitor.CELLS, SuperCapacitor.CELL_VOLTAGE),
                new ListMembers.Numbers(SuperCapacitor.PROBES, SuperCapacitor.TEMPERATURE));
        unit(
                UNITS_2025,
                SuperCapacitorExtremes.TYPE,
                "SuperCapacitorExtremes",
                numbers(
                        SuperCapacitorExtremes.MAX_CELL_SYSTEM,
                        SuperCapacitorExtremes.MAX_CELL,
                        SuperCapacitorExtremes.MAX_CELL_VOLTAGE,
                        SuperCapacitorExtremes.MIN_CELL_SYSTEM,
                        SuperCapacitorExtremes.MIN_CELL,
                        SuperCapacitorExtremes.MIN_CELL_VOLTAGE,
                        SuperCapacitorExtremes.MAX_PROBE_SYSTEM,
                        SuperCapacitorExtremes.MAX_PROBE,
                        SuperCapacitorExtremes.MAX_TEMPERATURE,
                        SuperCapacitorExtremes.MIN_PROBE_SYSTEM,
                        SuperCapacitorExtremes.MIN_PROBE,
                        SuperCapacitorExtremes.MIN_TEMPERATURE));
        unit(UNITS_2025, VehicleSignature.MARK, "VehicleSignature", SIGNATURE);
    }

    private static void unit(Map<Integer, Unit> units, int type, String name, Member... body) {
        units.put(type, new Unit(type, name, Member.Sequence.of(body)));
    }

    static Member numbers(Field... fields) {
        return new Member.Sequence(
                java.util.Arrays.stream(fields).<Member>map(Member.Number::new).toList());
    }

    private static Member faults() {
        return new Member.Sequence(
                Alarms.FAULT_LISTS.stream()
                        .<Member>map(
                                name ->
                                        new ListMembers.Numbers(
                                                Alarms.COUNT,
                                                new Field(
                                                        name,
                                                        0,
                                                        4,
                                                        0,
                                                        0xFFFF_FFFDL,
                                                        0,
                                                        1,
                                                        List.of())))
                        .toList());
    }

    private static Member temperatures(Field number) {
        return Member.Sequence.of(
                numbers(number),
                new ListMembers.Numbers(ProbeTemperatures.PROBES, ProbeTemperatures.TEMPERATURE));
    }
}
