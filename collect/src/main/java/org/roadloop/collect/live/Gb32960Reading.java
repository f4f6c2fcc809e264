package org.roadloop.collect.live;

import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.collect.gb32960.Alarms;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Engine;
import org.roadloop.collect.gb32960.Extremes;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.FuelCellEngine;
import org.roadloop.collect.gb32960.PackVoltages;
import org.roadloop.collect.gb32960.Position;
import org.roadloop.collect.gb32960.ProbeTemperatures;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;
import org.roadloop.collect.gb32960.ReportUnits;
import org.roadloop.collect.gb32960.WholeVehicle;
import org.roadloop.core.table.CellState;

/** GB/T 32960 frames of the log to state reports (国标报文读取), in place. One thread. */
final class Gb32960Reading {
    private static final int INVALID_BYTE = 0xFF;
    private static final int ABNORMAL_BYTE = 0xFE;

    private final ReportUnits units = new ReportUnits();
    private final FrameSecurity security;
    private final Counters counters;

    /**
     * @param counters of what can't be opened, apart from those of the gateway and of the rows
     */
    Gb32960Reading(FrameSecurity security, Counters counters) {
        this.security = security;
        this.counters = counters;
    }

    /** False if the record is no report that can be read. */
    boolean read(FrameLogReader record, LiveReport report) {
        byte[] bytes = record.bytes();
        int frame = record.offset();
        int command = Frame.command(bytes, frame);
        if (command != RealTimeReport.COMMAND && command != ReissuedReport.COMMAND) {
            return false;
        }
        if (Frame.encryption(bytes, frame) != Frame.ENCRYPTION_NONE) {
            bytes = security.open(bytes, frame, counters);
            if (bytes == null) {
                return false;
            }
            frame = 0;
        }
        if (!units.walk(bytes, frame).isUsable()) {
            return false;
        }
        report.of(
                bytes,
                Frame.idOffset(frame),
                Frame.ID_BYTES,
                record.identityHash(),
                record.source());
        report.lineage = record.lineage();
        report.receivedAtMicros = record.receivedAtMicros();
        report.collectedAtMicros = units.collectedAtMicros();
        report.edition = units.edition().year();
        boolean is2025 = units.edition() == Edition.V2025;
        position(bytes, units.first(Position.TYPE), report, is2025);
        wholeVehicle(bytes, units.first(WholeVehicle.TYPE), report, is2025);
        if (is2025) {
            cells(bytes, units.first(PackVoltages.TYPE), report);
            probes(bytes, units.first(ProbeTemperatures.TYPE_2025), report);
        } else {
            extremes(bytes, units.first(Extremes.TYPE), report);
        }
        engine(bytes, report, is2025);
        int alarms = units.first(is2025 ? Alarms.TYPE_2025 : Alarms.TYPE_2016);
        if (alarms != ReportUnits.NONE) {
            Field level = is2025 ? Alarms.LEVEL_2025 : Alarms.LEVEL_2016;
            report.put(LiveField.ALARM_LEVEL, level, bytes, alarms);
            report.put(LiveField.ALARM_FLAGS, (int) Alarms.FLAGS.raw(bytes, alarms));
        }
        return true;
    }

    private static void position(byte[] bytes, int unit, LiveReport report, boolean is2025) {
        if (unit == ReportUnits.NONE) {
            return;
        }
        int state = Position.state(bytes, unit);
        boolean west = (state & Position.STATE_WEST) != 0;
        boolean south = (state & Position.STATE_SOUTH) != 0;
        report.put(LiveField.POSITION_VALID, (state & Position.STATE_NOT_VALID) == 0 ? 1 : 0);
        if (is2025) {
            report.put(LiveField.COORDINATE_SYSTEM, Position.COORDINATE_SYSTEM, bytes, unit);
            report.putSigned(LiveField.LONGITUDE, Position.LONGITUDE_2025, bytes, unit, west);
            report.putSigned(LiveField.LATITUDE, Position.LATITUDE_2025, bytes, unit, south);
        } else {
            report.putSigned(LiveField.LONGITUDE, Position.LONGITUDE_2016, bytes, unit, west);
            report.putSigned(LiveField.LATITUDE, Position.LATITUDE_2016, bytes, unit, south);
        }
    }

    private static void wholeVehicle(byte[] bytes, int unit, LiveReport report, boolean is2025) {
        if (unit == ReportUnits.NONE) {
            return;
        }
        report.put(LiveField.VEHICLE_STATE, WholeVehicle.VEHICLE_STATE, bytes, unit);
        report.put(LiveField.CHARGE_STATE, WholeVehicle.CHARGE_STATE, bytes, unit);
        report.put(LiveField.DRIVE_MODE, WholeVehicle.DRIVE_MODE, bytes, unit);
        report.put(
                LiveField.SPEED,
                is2025 ? WholeVehicle.SPEED_2025 : WholeVehicle.SPEED_2016,
                bytes,
                unit);
        report.put(LiveField.ODOMETER, WholeVehicle.ODOMETER, bytes, unit);
        report.put(
                LiveField.VOLTAGE,
                is2025 ? WholeVehicle.VOLTAGE_2025 : WholeVehicle.VOLTAGE_2016,
                bytes,
                unit);
        report.put(
                LiveField.CURRENT,
                is2025 ? WholeVehicle.CURRENT_2025 : WholeVehicle.CURRENT_2016,
                bytes,
                unit);
        report.put(LiveField.SOC, WholeVehicle.SOC, bytes, unit);
        report.put(LiveField.DCDC_STATE, WholeVehicle.DCDC_STATE, bytes, unit);
        report.put(LiveField.INSULATION, WholeVehicle.INSULATION, bytes, unit);
        report.put(LiveField.GEAR, gear(WholeVehicle.gearByte(bytes, unit), is2025));
    }

    /** As the rows have it: 2025 has a bit for it, of 2016 the two codes are taken as such. */
    private static int gear(int gearByte, boolean is2025) {
        if (is2025 ? (gearByte & WholeVehicle.GEAR_NOT_VALID) != 0 : gearByte == INVALID_BYTE) {
            return LiveReport.INVALID;
        }
        return !is2025 && gearByte == ABNORMAL_BYTE
                ? LiveReport.ABNORMAL
                : gearByte & WholeVehicle.GEAR_MASK;
    }

    private static void extremes(byte[] bytes, int unit, LiveReport report) {
        if (unit != ReportUnits.NONE) {
            report.put(LiveField.MAX_CELL_VOLTAGE, Extremes.MAX_CELL_VOLTAGE, bytes, unit);
            report.put(LiveField.MIN_CELL_VOLTAGE, Extremes.MIN_CELL_VOLTAGE, bytes, unit);
            report.put(LiveField.MAX_TEMPERATURE, Extremes.MAX_TEMPERATURE, bytes, unit);
            report.put(LiveField.MIN_TEMPERATURE, Extremes.MIN_TEMPERATURE, bytes, unit);
        }
    }

    private static void cells(byte[] bytes, int unit, LiveReport report) {
        if (unit == ReportUnits.NONE) {
            return;
        }
        int pack = PackVoltages.firstPack(unit);
        for (int packs = PackVoltages.count(bytes, unit); packs > 0; packs--) {
            for (int i = PackVoltages.cells(bytes, pack) - 1; i >= 0; i--) {
                widen(
                        report,
                        LiveField.MAX_CELL_VOLTAGE,
                        LiveField.MIN_CELL_VOLTAGE,
                        PackVoltages.CELL_VOLTAGE,
                        bytes,
                        PackVoltages.cell(pack, i));
            }
            pack = PackVoltages.nextPack(bytes, pack);
        }
    }

    private static void probes(byte[] bytes, int unit, LiveReport report) {
        if (unit == ReportUnits.NONE) {
            return;
        }
        int pack = ProbeTemperatures.firstSubsystem(unit);
        for (int packs = ProbeTemperatures.count(bytes, unit); packs > 0; packs--) {
            for (int i = ProbeTemperatures.probes(bytes, pack) - 1; i >= 0; i--) {
                widen(
                        report,
                        LiveField.MAX_TEMPERATURE,
                        LiveField.MIN_TEMPERATURE,
                        ProbeTemperatures.TEMPERATURE,
                        bytes,
                        ProbeTemperatures.probe(pack, i));
            }
            pack = ProbeTemperatures.nextSubsystem(bytes, pack);
        }
    }

    /** What is not in order makes no extreme. */
    private static void widen(
            LiveReport report, LiveField most, LiveField least, Field of, byte[] bytes, int at) {
        long raw = of.raw(bytes, at);
        if (of.state(raw) != CellState.OK) {
            return;
        }
        int value = (int) (raw - of.offset());
        int low = report.values[least.ordinal()];
        report.put(most, Math.max(report.values[most.ordinal()], value));
        report.put(least, low == LiveReport.ABSENT ? value : Math.min(low, value));
    }

    private void engine(byte[] bytes, LiveReport report, boolean is2025) {
        int engine = units.first(Engine.TYPE);
        if (engine != ReportUnits.NONE && is2025) {
            report.put(LiveField.CRANK_SPEED, Engine.CRANK_SPEED_2025, bytes, engine);
        } else if (engine != ReportUnits.NONE) {
            report.put(LiveField.ENGINE_STATE, Engine.STATE, bytes, engine);
            report.put(LiveField.CRANK_SPEED, Engine.CRANK_SPEED_2016, bytes, engine);
        }
        int fuelCell = is2025 ? units.first(FuelCellEngine.TYPE) : ReportUnits.NONE;
        if (fuelCell != ReportUnits.NONE) {
            report.put(
                    LiveField.REMAINING_HYDROGEN,
                    FuelCellEngine.REMAINING_HYDROGEN,
                    bytes,
                    fuelCell);
        }
    }
}
