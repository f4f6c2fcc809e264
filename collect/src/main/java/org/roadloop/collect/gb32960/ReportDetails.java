package org.roadloop.collect.gb32960;

import java.util.List;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/**
 * What a report lists, as rows of tables of their own (上报明细): motors, packs, cells, probes, extreme
 * values, faults, fuel cells and stacks, each row naming the row of its report in {@code report}. A
 * second appender beside {@link VehicleReportColumns}, for those who want more than the one row; it
 * reads the offsets that the first one found. One thread.
 *
 * <p>Codes of {@code storage}: 1 battery, 2 super capacitor, 3 fuel cell, 4 fuel-cell stack.
 */
public final class ReportDetails {
    static final int BATTERY = 1;
    static final int SUPER_CAPACITOR = 2;
    static final int FUEL_CELL = 3;
    static final int STACK = 4;

    private final DriveMotorTable motors;
    private final PackTable packs;
    private final CellTable cells;
    private final ProbeTable probes;
    private final ExtremeTable extremes;
    private final FaultTable faults;
    private final FuelCellTable fuelCells;
    private final StackTable stacks;
    private final List<Batch> batches;

    /** Rows that every table has free for certain. */
    private int sureRoom;

    /**
     * @param capacity rows of each table; a report with more data bytes than that is never taken
     */
    public ReportDetails(int capacity) {
        motors = new DriveMotorTable(capacity);
        packs = new PackTable(capacity);
        cells = new CellTable(capacity);
        probes = new ProbeTable(capacity);
        extremes = new ExtremeTable(capacity);
        faults = new FaultTable(capacity);
        fuelCells = new FuelCellTable(capacity);
        stacks = new StackTable(capacity);
        batches =
                List.of(
                        motors.batch(),
                        packs.batch(),
                        cells.batch(),
                        probes.batch(),
                        extremes.batch(),
                        faults.batch(),
                        fuelCells.batch(),
                        stacks.batch());
    }

    /**
     * Motors, packs, cells, probes, extremes, faults, fuel cells, stacks; to be read and cleared.
     */
    public List<Batch> batches() {
        return batches;
    }

    /** Whether every row that a frame can give has room. No row takes less than a byte of it. */
    public boolean hasRoom(byte[] bytes, int frame) {
        int dataBytes = Frame.dataBytes(bytes, frame);
        if (sureRoom < dataBytes) {
            sureRoom = Integer.MAX_VALUE;
            for (int i = 0; i < batches.size(); i++) {
                Batch batch = batches.get(i);
                sureRoom = Math.min(sureRoom, batch.capacity() - batch.rows());
            }
        }
        boolean has = sureRoom >= dataBytes;
        // Taken as used up, so that the tables are counted anew only now and then.
        sureRoom -= has ? dataBytes : 0;
        return has;
    }

    /**
     * Appends the lists of the report that was just appended as a row. There must be room.
     *
     * @param columns whose last report this is
     * @param report its row
     */
    public void append(byte[] bytes, VehicleReportColumns columns, int report) {
        ReportUnits units = columns.units();
        Edition edition = units.edition();
        int unit = units.first(DriveMotors.TYPE);
        if (unit >= 0) {
            motors.append(edition, bytes, unit, report);
        }
        if (edition == Edition.V2025) {
            append2025(bytes, units, report);
        } else {
            append2016(bytes, units, report);
        }
    }

    private void append2016(byte[] bytes, ReportUnits units, int report) {
        int unit = units.first(FuelCell.TYPE);
        if (unit >= 0) {
            fuelCells.fuelCell(bytes, unit, report);
            probes.append(
                    bytes,
                    FuelCell.probe(unit, 0),
                    FuelCell.probes(bytes, unit),
                    FuelCell.PROBE_TEMPERATURE,
                    FUEL_CELL,
                    0,
                    CellState.ABSENT,
                    report);
        }
        unit = units.first(Extremes.TYPE);
        if (unit >= 0) {
            extremes.battery(bytes, unit, report);
        }
        unit = units.first(Alarms.TYPE_2016);
        if (unit >= 0) {
            faults.append(Edition.V2016, bytes, unit, report);
        }
        unit = units.first(CellVoltages.TYPE);
        if (unit >= 0) {
            subsystems(bytes, unit, report);
        }
        unit = units.first(ProbeTemperatures.TYPE_2016);
        if (unit >= 0) {
            temperatures(bytes, unit, ProbeTemperatures.NUMBER_2016, report);
        }
    }

    private void append2025(byte[] bytes, ReportUnits units, int report) {
        int unit = units.first(FuelCellEngine.TYPE);
        if (unit >= 0) {
            fuelCells.engine(bytes, unit, report);
        }
        unit = units.first(Alarms.TYPE_2025);
        if (unit >= 0) {
            faults.append(Edition.V2025, bytes, unit, report);
        }
        unit = units.first(PackVoltages.TYPE);
        if (unit >= 0) {
            packs(bytes, unit, report);
        }
        unit = units.first(ProbeTemperatures.TYPE_2025);
        if (unit >= 0) {
            temperatures(bytes, unit, ProbeTemperatures.NUMBER_2025, report);
        }
        unit = units.first(FuelCellStacks.TYPE);
        if (unit >= 0) {
            stacks(bytes, unit, report);
        }
        unit = units.first(SuperCapacitor.TYPE);
        if (unit >= 0) {
            superCapacitor(bytes, unit, report);
        }
        unit = units.first(SuperCapacitorExtremes.TYPE);
        if (unit >= 0) {
            extremes.superCapacitor(bytes, unit, report);
        }
    }

    private void subsystems(byte[] bytes, int unit, int report) {
        int subsystem = CellVoltages.firstSubsystem(unit);
        for (int i = CellVoltages.count(bytes, unit); i > 0; i--) {
            packs.subsystem(bytes, subsystem, report);
            cells.append(
                    bytes,
                    CellVoltages.cell(subsystem, 0),
                    CellVoltages.cellsInFrame(bytes, subsystem),
                    BATTERY,
                    CellVoltages.NUMBER,
                    subsystem,
                    CellVoltages.firstCell(bytes, subsystem),
                    report);
            subsystem = CellVoltages.nextSubsystem(bytes, subsystem);
        }
    }

    private void packs(byte[] bytes, int unit, int report) {
        int pack = PackVoltages.firstPack(unit);
        for (int i = PackVoltages.count(bytes, unit); i > 0; i--) {
            packs.pack(bytes, pack, report);
            cells.append(
                    bytes,
                    PackVoltages.cell(pack, 0),
                    PackVoltages.cells(bytes, pack),
                    BATTERY,
                    PackVoltages.NUMBER,
                    pack,
                    1,
                    report);
            pack = PackVoltages.nextPack(bytes, pack);
        }
    }

    private void temperatures(byte[] bytes, int unit, Field numberField, int report) {
        int subsystem = ProbeTemperatures.firstSubsystem(unit);
        for (int i = ProbeTemperatures.count(bytes, unit); i > 0; i--) {
            long number = numberField.raw(bytes, subsystem);
            probes.append(
                    bytes,
                    ProbeTemperatures.probe(subsystem, 0),
                    ProbeTemperatures.probes(bytes, subsystem),
                    ProbeTemperatures.TEMPERATURE,
                    BATTERY,
                    (int) number,
                    numberField.state(number),
                    report);
            subsystem = ProbeTemperatures.nextSubsystem(bytes, subsystem);
        }
    }

    private void stacks(byte[] bytes, int unit, int report) {
        int stack = FuelCellStacks.firstStack(unit);
        for (int i = FuelCellStacks.count(bytes, unit); i > 0; i--) {
            stacks.append(bytes, stack, report);
            long number = FuelCellStacks.NUMBER.raw(bytes, stack);
            probes.append(
                    bytes,
                    FuelCellStacks.probe(stack, 0),
                    FuelCellStacks.probes(bytes, stack),
                    FuelCellStacks.COOLANT_TEMPERATURE,
                    STACK,
                    (int) number,
                    FuelCellStacks.NUMBER.state(number),
                    report);
            stack = FuelCellStacks.nextStack(bytes, stack);
        }
    }

    private void superCapacitor(byte[] bytes, int unit, int report) {
        packs.superCapacitor(bytes, unit, report);
        cells.append(
                bytes,
                SuperCapacitor.cell(unit, 0),
                SuperCapacitor.cells(bytes, unit),
                SUPER_CAPACITOR,
                SuperCapacitor.NUMBER,
                unit,
                1,
                report);
        long number = SuperCapacitor.NUMBER.raw(bytes, unit);
        probes.append(
                bytes,
                SuperCapacitor.probe(bytes, unit, 0),
                SuperCapacitor.probes(bytes, unit),
                SuperCapacitor.TEMPERATURE,
                SUPER_CAPACITOR,
                (int) number,
                SuperCapacitor.NUMBER.state(number),
                report);
    }
}
