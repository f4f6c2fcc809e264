package org.roadloop.collect.gb32960;

import static org.roadloop.collect.gb32960.VehicleReportTable.*;

import org.roadloop.collect.FreshRows;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.StringColumn;

/**
 * Appends reports of both editions to the columns of one {@code vehicle_report} batch (报文入列). A
 * code FE.. becomes {@link CellState#ABNORMAL}, FF.. {@link CellState#INVALID}, a value outside its
 * range abnormal; what the frame does not carry is {@link CellState#ABSENT}. The lists of a report
 * go to {@link ReportDetails}. One thread.
 */
public final class VehicleReportColumns {
    private static final int INVALID_BYTE = 0xFF;
    private static final int ABNORMAL_BYTE = 0xFE;

    private final FreshRows rows;
    private final ReportUnits units = new ReportUnits();
    private final StringColumn vins;
    private final StringColumn lineages;
    private final LongCells collectedAt;
    private final LongCells receivedAt;
    private final IntCells command;
    private final IntCells vehicleState;
    private final IntCells chargeState;
    private final IntCells driveMode;
    private final DoubleCells speed;
    private final DoubleCells odometer;
    private final DoubleCells voltage;
    private final DoubleCells current;
    private final IntCells soc;
    private final IntCells dcdcState;
    private final IntCells gear;
    private final IntCells insulation;
    private final IntCells accelerator;
    private final IntCells brake;
    private final BooleanCells positionValid;
    private final DoubleCells longitude;
    private final DoubleCells latitude;
    private final DoubleCells maxCell;
    private final DoubleCells minCell;
    private final IntCells maxTemperature;
    private final IntCells minTemperature;
    private final IntCells alarmLevel;
    private final LongCells alarmFlags;
    private final LongCells segments;
    private final LongCells frameOffsets;
    private final IntCells firstCell;
    private final IntCells editions;
    private final IntCells coordinateSystem;
    private final BooleanCells drivingForce;
    private final BooleanCells brakingForce;
    private final IntCells engineState;
    private final IntCells crankSpeed;
    private final DoubleCells fuelRate;
    private final IntCells remainingHydrogen;

    public VehicleReportColumns(Batch batch) {
        if (!batch.schema().equals(VehicleReportTable.SCHEMA)) {
            throw new IllegalArgumentException(
                    "batch has columns " + batch.schema().names() + ", not those of " + NAME);
        }
        rows = new FreshRows(batch);
        vins = batch.strings(VIN);
        lineages = batch.strings(LINEAGE);
        collectedAt = new LongCells(batch, COLLECTED_AT);
        receivedAt = new LongCells(batch, RECEIVED_AT);
        command = new IntCells(batch, COMMAND);
        vehicleState = new IntCells(batch, VEHICLE_STATE);
        chargeState = new IntCells(batch, CHARGE_STATE);
        driveMode = new IntCells(batch, DRIVE_MODE);
        speed = new DoubleCells(batch, SPEED_KMH);
        odometer = new DoubleCells(batch, ODOMETER_KM);
        voltage = new DoubleCells(batch, VOLTAGE_V);
        current = new DoubleCells(batch, CURRENT_A);
        soc = new IntCells(batch, SOC_PERCENT);
        dcdcState = new IntCells(batch, DCDC_STATE);
        gear = new IntCells(batch, GEAR);
        insulation = new IntCells(batch, INSULATION_KOHM);
        accelerator = new IntCells(batch, ACCELERATOR_PERCENT);
        brake = new IntCells(batch, BRAKE_PERCENT);
        positionValid = new BooleanCells(batch, POSITION_VALID);
        longitude = new DoubleCells(batch, LONGITUDE_DEGREES);
        latitude = new DoubleCells(batch, LATITUDE_DEGREES);
        maxCell = new DoubleCells(batch, MAX_CELL_V);
        minCell = new DoubleCells(batch, MIN_CELL_V);
        maxTemperature = new IntCells(batch, MAX_TEMP_C);
        minTemperature = new IntCells(batch, MIN_TEMP_C);
        alarmLevel = new IntCells(batch, ALARM_LEVEL);
        alarmFlags = new LongCells(batch, ALARM_FLAGS);
        segments = new LongCells(batch, SEGMENT);
        frameOffsets = new LongCells(batch, FRAME_OFFSET);
        firstCell = new IntCells(batch, FIRST_CELL);
        editions = new IntCells(batch, EDITION);
        coordinateSystem = new IntCells(batch, COORDINATE_SYSTEM);
        drivingForce = new BooleanCells(batch, DRIVING_FORCE);
        brakingForce = new BooleanCells(batch, BRAKING_FORCE);
        engineState = new IntCells(batch, ENGINE_STATE);
        crankSpeed = new IntCells(batch, CRANK_SPEED_RPM);
        fuelRate = new DoubleCells(batch, FUEL_L_PER_100KM);
        remainingHydrogen = new IntCells(batch, REMAINING_HYDROGEN_PERCENT);
    }

    /**
     * Appends one row if the report is usable. The batch must not be full.
     *
     * @param frame offset of a complete report frame with a right BCC
     * @return what the walk found; a row was added when {@link ReportVerdict#isUsable}
     */
    public ReportVerdict append(
            byte[] bytes,
            int frame,
            long receivedAtMicros,
            Lineage lineage,
            long segment,
            long frameOffset) {
        ReportVerdict verdict = units.walk(bytes, frame);
        if (!verdict.isUsable()) {
            return verdict;
        }
        int row = rows.add(1);
        vins.set(row, bytes, Frame.idOffset(frame), Frame.ID_BYTES);
        byte[] word = lineage.utf8();
        lineages.set(row, word, 0, word.length);
        collectedAt.put(row, units.collectedAtMicros());
        receivedAt.put(row, receivedAtMicros);
        command.put(row, Frame.command(bytes, frame));
        segments.put(row, segment);
        frameOffsets.put(row, frameOffset);
        Edition edition = units.edition();
        editions.put(row, edition.year());
        boolean is2025 = edition == Edition.V2025;
        wholeVehicle(bytes, units.first(WholeVehicle.TYPE), row, is2025);
        position(bytes, units.first(Position.TYPE), row, is2025);
        int extremes = is2025 ? ReportUnits.NONE : units.first(Extremes.TYPE);
        extremes(bytes, extremes, row);
        int alarms = units.first(is2025 ? Alarms.TYPE_2025 : Alarms.TYPE_2016);
        alarms(bytes, alarms, row, is2025);
        int voltages = is2025 ? ReportUnits.NONE : units.first(CellVoltages.TYPE);
        firstCell.put(
                row, voltages == ReportUnits.NONE ? 0 : CellVoltages.splitKey(bytes, voltages));
        engine(bytes, units.first(Engine.TYPE), row, is2025);
        int fuelCell = is2025 ? units.first(FuelCellEngine.TYPE) : ReportUnits.NONE;
        if (fuelCell == ReportUnits.NONE) {
            remainingHydrogen.putAbsent(row);
        } else {
            remainingHydrogen.put(row, FuelCellEngine.REMAINING_HYDROGEN, bytes, fuelCell);
        }
        return verdict;
    }

    /** Where the units of the report are that was appended last. */
    ReportUnits units() {
        return units;
    }

    private void wholeVehicle(byte[] bytes, int unit, int row, boolean is2025) {
        if (unit == ReportUnits.NONE) {
            noWholeVehicle(row);
            return;
        }
        vehicleState.put(row, WholeVehicle.VEHICLE_STATE, bytes, unit);
        chargeState.put(row, WholeVehicle.CHARGE_STATE, bytes, unit);
        driveMode.put(row, WholeVehicle.DRIVE_MODE, bytes, unit);
        odometer.put(row, WholeVehicle.ODOMETER, bytes, unit);
        soc.put(row, WholeVehicle.SOC, bytes, unit);
        dcdcState.put(row, WholeVehicle.DCDC_STATE, bytes, unit);
        insulation.put(row, WholeVehicle.INSULATION, bytes, unit);
        int gearByte = WholeVehicle.gearByte(bytes, unit);
        byte gearState = gearState(gearByte, is2025);
        gear.put(row, gearByte & WholeVehicle.GEAR_MASK, gearState);
        drivingForce.put(row, (gearByte & WholeVehicle.GEAR_DRIVING_FORCE) != 0, gearState);
        brakingForce.put(row, (gearByte & WholeVehicle.GEAR_BRAKING_FORCE) != 0, gearState);
        if (is2025) {
            speed.put(row, WholeVehicle.SPEED_2025, bytes, unit);
            voltage.put(row, WholeVehicle.VOLTAGE_2025, bytes, unit);
            current.put(row, WholeVehicle.CURRENT_2025, bytes, unit);
            accelerator.putAbsent(row);
            brake.putAbsent(row);
        } else {
            speed.put(row, WholeVehicle.SPEED_2016, bytes, unit);
            voltage.put(row, WholeVehicle.VOLTAGE_2016, bytes, unit);
            current.put(row, WholeVehicle.CURRENT_2016, bytes, unit);
            accelerator.put(row, WholeVehicle.ACCELERATOR, bytes, unit);
            brake.put(row, WholeVehicle.BRAKE, bytes, unit);
        }
    }

    /**
     * 2025 has a bit for it; in 2016 senders use the codes of other bytes, whatever table A.1 says.
     */
    private static byte gearState(int gearByte, boolean is2025) {
        if (is2025) {
            return (gearByte & WholeVehicle.GEAR_NOT_VALID) == 0 ? CellState.OK : CellState.INVALID;
        }
        return gearByte < ABNORMAL_BYTE
                ? CellState.OK
                : gearByte == INVALID_BYTE ? CellState.INVALID : CellState.ABNORMAL;
    }

    private void noWholeVehicle(int row) {
        vehicleState.putAbsent(row);
        chargeState.putAbsent(row);
        driveMode.putAbsent(row);
        speed.putAbsent(row);
        odometer.putAbsent(row);
        voltage.putAbsent(row);
        current.putAbsent(row);
        soc.putAbsent(row);
        dcdcState.putAbsent(row);
        gear.putAbsent(row);
        drivingForce.putAbsent(row);
        brakingForce.putAbsent(row);
        insulation.putAbsent(row);
        accelerator.putAbsent(row);
        brake.putAbsent(row);
    }

    private void position(byte[] bytes, int unit, int row, boolean is2025) {
        if (unit == ReportUnits.NONE) {
            positionValid.putAbsent(row);
            longitude.putAbsent(row);
            latitude.putAbsent(row);
            coordinateSystem.putAbsent(row);
            return;
        }
        int state = Position.state(bytes, unit);
        boolean west = (state & Position.STATE_WEST) != 0;
        boolean south = (state & Position.STATE_SOUTH) != 0;
        positionValid.put(row, (state & Position.STATE_NOT_VALID) == 0, CellState.OK);
        if (is2025) {
            coordinateSystem.put(row, Position.COORDINATE_SYSTEM, bytes, unit);
            longitude.putSigned(row, Position.LONGITUDE_2025, bytes, unit, west);
            latitude.putSigned(row, Position.LATITUDE_2025, bytes, unit, south);
        } else {
            coordinateSystem.putAbsent(row);
            longitude.putSigned(row, Position.LONGITUDE_2016, bytes, unit, west);
            latitude.putSigned(row, Position.LATITUDE_2016, bytes, unit, south);
        }
    }

    private void extremes(byte[] bytes, int unit, int row) {
        if (unit == ReportUnits.NONE) {
            maxCell.putAbsent(row);
            minCell.putAbsent(row);
            maxTemperature.putAbsent(row);
            minTemperature.putAbsent(row);
            return;
        }
        maxCell.put(row, Extremes.MAX_CELL_VOLTAGE, bytes, unit);
        minCell.put(row, Extremes.MIN_CELL_VOLTAGE, bytes, unit);
        maxTemperature.put(row, Extremes.MAX_TEMPERATURE, bytes, unit);
        minTemperature.put(row, Extremes.MIN_TEMPERATURE, bytes, unit);
    }

    private void alarms(byte[] bytes, int unit, int row, boolean is2025) {
        if (unit == ReportUnits.NONE) {
            alarmLevel.putAbsent(row);
            alarmFlags.putAbsent(row);
            return;
        }
        if (is2025) {
            alarmLevel.put(row, Alarms.LEVEL_2025, bytes, unit);
        } else {
            alarmLevel.put(row, Alarms.LEVEL_2016, bytes, unit);
        }
        alarmFlags.put(row, Alarms.FLAGS, bytes, unit);
    }

    private void engine(byte[] bytes, int unit, int row, boolean is2025) {
        if (unit == ReportUnits.NONE || is2025) {
            engineState.putAbsent(row);
            fuelRate.putAbsent(row);
        } else {
            engineState.put(row, Engine.STATE, bytes, unit);
            fuelRate.put(row, Engine.FUEL_RATE, bytes, unit);
        }
        if (unit == ReportUnits.NONE) {
            crankSpeed.putAbsent(row);
        } else if (is2025) {
            crankSpeed.put(row, Engine.CRANK_SPEED_2025, bytes, unit);
        } else {
            crankSpeed.put(row, Engine.CRANK_SPEED_2016, bytes, unit);
        }
    }
}
