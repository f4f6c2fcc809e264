package org.roadloop.collect.gb32960;

import static org.roadloop.collect.gb32960.VehicleReportTable.*;

import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/**
 * Appends reports to the columns of one {@code vehicle_report} batch (报文入列). A code FE.. becomes
 * {@link CellState#ABNORMAL}, FF.. {@link CellState#INVALID}, a value outside its range abnormal; a
 * unit the frame does not carry leaves its cells {@link CellState#ABSENT}. One thread.
 */
public final class VehicleReportColumns {
    private final Batch batch;
    private int wholeVehicle;
    private int position;
    private int extremes;
    private int alarms;
    private int voltages;

    public VehicleReportColumns(Batch batch) {
        if (!batch.schema().equals(VehicleReportTable.SCHEMA)) {
            throw new IllegalArgumentException(
                    "batch has columns " + batch.schema().names() + ", not those of " + NAME);
        }
        this.batch = batch;
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
        ReportVerdict verdict = walk(bytes, frame);
        if (!verdict.isUsable()) {
            return verdict;
        }
        int row = batch.addRow();
        batch.strings(VIN).set(row, bytes, Frame.idOffset(frame), Frame.ID_BYTES);
        batch.setState(VIN, row, CellState.OK);
        batch.set(COLLECTED_AT, row, CollectionTime.micros(bytes, Frame.dataOffset(frame)));
        batch.set(RECEIVED_AT, row, receivedAtMicros);
        batch.set(COMMAND, row, Frame.command(bytes, frame));
        byte[] word = lineage.utf8();
        batch.strings(LINEAGE).set(row, word, 0, word.length);
        batch.setState(LINEAGE, row, CellState.OK);
        batch.set(SEGMENT, row, segment);
        batch.set(FRAME_OFFSET, row, frameOffset);
        batch.set(FIRST_CELL, row, voltages < 0 ? 0 : CellVoltages.splitKey(bytes, voltages));
        if (wholeVehicle >= 0) {
            appendWholeVehicle(bytes, wholeVehicle, row);
        }
        if (position >= 0) {
            appendPosition(bytes, position, row);
        }
        if (extremes >= 0) {
            appendExtremes(bytes, extremes, row);
        }
        if (alarms >= 0) {
            byteCell(ALARM_LEVEL, row, Alarms.highestLevel(bytes, alarms), 0, 3, 0);
            flagsCell(row, Alarms.flags(bytes, alarms));
        }
        return verdict;
    }

    /** Notes where the units are; of a unit sent twice the first one counts. */
    private ReportVerdict walk(byte[] bytes, int frame) {
        wholeVehicle = -1;
        position = -1;
        extremes = -1;
        alarms = -1;
        voltages = -1;
        if (Frame.encryption(bytes, frame) != Frame.ENCRYPTION_NONE) {
            return ReportVerdict.ENCRYPTED;
        }
        int data = Frame.dataOffset(frame);
        int dataBytes = Frame.dataBytes(bytes, frame);
        if (dataBytes < Frame.TIME_BYTES
                || CollectionTime.micros(bytes, data) == CollectionTime.INVALID) {
            return ReportVerdict.TIME;
        }
        int end = data + dataBytes;
        int unit = data + Frame.TIME_BYTES;
        while (unit < end) {
            int length = InformationUnit.length(bytes, unit, end);
            if (length < 0) {
                return length == InformationUnit.UNKNOWN
                        ? ReportVerdict.UNKNOWN_UNIT
                        : ReportVerdict.UNIT_LENGTH;
            }
            switch (InformationUnit.type(bytes, unit)) {
                case WholeVehicle.TYPE -> wholeVehicle = wholeVehicle < 0 ? unit : wholeVehicle;
                case Position.TYPE -> position = position < 0 ? unit : position;
                case Extremes.TYPE -> extremes = extremes < 0 ? unit : extremes;
                case Alarms.TYPE -> alarms = alarms < 0 ? unit : alarms;
                case CellVoltages.TYPE -> voltages = voltages < 0 ? unit : voltages;
                default -> {
                    // Walked over: kept in the raw frame, no column of this table.
                }
            }
            unit += length;
        }
        return ReportVerdict.OK;
    }

    private void appendWholeVehicle(byte[] bytes, int unit, int row) {
        byteCell(VEHICLE_STATE, row, WholeVehicle.vehicleState(bytes, unit), 1, 3, 0);
        byteCell(CHARGE_STATE, row, WholeVehicle.chargeState(bytes, unit), 1, 4, 0);
        byteCell(DRIVE_MODE, row, WholeVehicle.driveMode(bytes, unit), 1, 3, 0);
        wordCell(SPEED_KMH, row, WholeVehicle.speed(bytes, unit), 2200, 0, 10.0);
        longCell(ODOMETER_KM, row, WholeVehicle.odometer(bytes, unit), 9_999_999, 10.0, 1);
        wordCell(VOLTAGE_V, row, WholeVehicle.voltage(bytes, unit), 10_000, 0, 10.0);
        wordCell(CURRENT_A, row, WholeVehicle.current(bytes, unit), 20_000, 10_000, 10.0);
        byteCell(SOC_PERCENT, row, WholeVehicle.socPercent(bytes, unit), 0, 100, 0);
        byteCell(DCDC_STATE, row, WholeVehicle.dcdcState(bytes, unit), 1, 2, 0);
        int gearByte = WholeVehicle.gearByte(bytes, unit);
        byteCell(GEAR, row, gearByte >= 0xFE ? gearByte : gearByte & 0x0F, 0, 15, 0);
        int insulationKohm = WholeVehicle.insulationKohm(bytes, unit);
        batch.ints(INSULATION_KOHM)[row] = insulationKohm;
        batch.setState(INSULATION_KOHM, row, wordState(insulationKohm, 60_000));
        byteCell(ACCELERATOR_PERCENT, row, WholeVehicle.acceleratorPercent(bytes, unit), 0, 100, 0);
        byteCell(BRAKE_PERCENT, row, WholeVehicle.brakePercent(bytes, unit), 0, 101, 0);
    }

    private void appendPosition(byte[] bytes, int unit, int row) {
        int state = Position.state(bytes, unit);
        batch.set(POSITION_VALID, row, (state & Position.STATE_NOT_VALID) == 0);
        double east = (state & Position.STATE_WEST) == 0 ? 1 : -1;
        double north = (state & Position.STATE_SOUTH) == 0 ? 1 : -1;
        long longitude = Position.longitude(bytes, unit);
        long latitude = Position.latitude(bytes, unit);
        longCell(LONGITUDE_DEGREES, row, longitude, 180_000_000, 1_000_000.0, east);
        longCell(LATITUDE_DEGREES, row, latitude, 90_000_000, 1_000_000.0, north);
    }

    private void appendExtremes(byte[] bytes, int unit, int row) {
        wordCell(MAX_CELL_V, row, Extremes.maxCellVoltage(bytes, unit), 15_000, 0, 1000.0);
        wordCell(MIN_CELL_V, row, Extremes.minCellVoltage(bytes, unit), 15_000, 0, 1000.0);
        byteCell(MAX_TEMP_C, row, Extremes.maxTemperature(bytes, unit), 0, 250, 40);
        byteCell(MIN_TEMP_C, row, Extremes.minTemperature(bytes, unit), 0, 250, 40);
    }

    private void byteCell(int column, int row, int raw, int least, int most, int offset) {
        batch.ints(column)[row] = raw - offset;
        byte state =
                raw == 0xFF
                        ? CellState.INVALID
                        : raw < least || raw > most ? CellState.ABNORMAL : CellState.OK;
        batch.setState(column, row, state);
    }

    /** {@code (raw − offset) / perUnit}. */
    private void wordCell(int column, int row, int raw, int most, int offset, double perUnit) {
        batch.doubles(column)[row] = (raw - offset) / perUnit;
        batch.setState(column, row, wordState(raw, most));
    }

    private void longCell(int column, int row, long raw, long most, double perUnit, double sign) {
        batch.doubles(column)[row] = sign * raw / perUnit;
        byte state =
                raw == 0xFFFF_FFFFL
                        ? CellState.INVALID
                        : raw > most ? CellState.ABNORMAL : CellState.OK;
        batch.setState(column, row, state);
    }

    private void flagsCell(int row, long flags) {
        batch.longs(ALARM_FLAGS)[row] = flags;
        byte state =
                flags == 0xFFFF_FFFFL
                        ? CellState.INVALID
                        : flags == 0xFFFF_FFFEL ? CellState.ABNORMAL : CellState.OK;
        batch.setState(ALARM_FLAGS, row, state);
    }

    private static byte wordState(int raw, int most) {
        return raw == 0xFFFF ? CellState.INVALID : raw > most ? CellState.ABNORMAL : CellState.OK;
    }
}
