package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * One row for each set of extreme values of a report (极值表), with the numbers of the cells and
 * probes they are of. One thread.
 */
final class ExtremeTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    whole("storage", ""),
                    whole("max_cell_number", ""),
                    whole("max_cell", ""),
                    real("max_cell_v", "V"),
                    whole("min_cell_number", ""),
                    whole("min_cell", ""),
                    real("min_cell_v", "V"),
                    whole("max_temp_number", ""),
                    whole("max_temp_probe", ""),
                    whole("max_temp_c", "Cel"),
                    whole("min_temp_number", ""),
                    whole("min_temp_probe", ""),
                    whole("min_temp_c", "Cel"));

    private final IntCells storage;
    private final IntCells maxCellNumber;
    private final IntCells maxCell;
    private final DoubleCells maxCellVoltage;
    private final IntCells minCellNumber;
    private final IntCells minCell;
    private final DoubleCells minCellVoltage;
    private final IntCells maxTemperatureNumber;
    private final IntCells maxTemperatureProbe;
    private final IntCells maxTemperature;
    private final IntCells minTemperatureNumber;
    private final IntCells minTemperatureProbe;
    private final IntCells minTemperature;

    ExtremeTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        Batch batch = batch();
        storage = new IntCells(batch, 1);
        maxCellNumber = new IntCells(batch, 2);
        maxCell = new IntCells(batch, 3);
        maxCellVoltage = new DoubleCells(batch, 4);
        minCellNumber = new IntCells(batch, 5);
        minCell = new IntCells(batch, 6);
        minCellVoltage = new DoubleCells(batch, 7);
        maxTemperatureNumber = new IntCells(batch, 8);
        maxTemperatureProbe = new IntCells(batch, 9);
        maxTemperature = new IntCells(batch, 10);
        minTemperatureNumber = new IntCells(batch, 11);
        minTemperatureProbe = new IntCells(batch, 12);
        minTemperature = new IntCells(batch, 13);
    }

    /** {@link Extremes}. */
    void battery(byte[] bytes, int unit, int report) {
        int row = addRow(report);
        storage.put(row, ReportDetails.BATTERY);
        maxCellNumber.put(row, Extremes.MAX_CELL_PACK, bytes, unit);
        maxCell.put(row, Extremes.MAX_CELL, bytes, unit);
        maxCellVoltage.put(row, Extremes.MAX_CELL_VOLTAGE, bytes, unit);
        minCellNumber.put(row, Extremes.MIN_CELL_PACK, bytes, unit);
        minCell.put(row, Extremes.MIN_CELL, bytes, unit);
        minCellVoltage.put(row, Extremes.MIN_CELL_VOLTAGE, bytes, unit);
        maxTemperatureNumber.put(row, Extremes.MAX_PROBE_PACK, bytes, unit);
        maxTemperatureProbe.put(row, Extremes.MAX_PROBE, bytes, unit);
        maxTemperature.put(row, Extremes.MAX_TEMPERATURE, bytes, unit);
        minTemperatureNumber.put(row, Extremes.MIN_PROBE_PACK, bytes, unit);
        minTemperatureProbe.put(row, Extremes.MIN_PROBE, bytes, unit);
        minTemperature.put(row, Extremes.MIN_TEMPERATURE, bytes, unit);
    }

    /** {@link SuperCapacitorExtremes}. */
    void superCapacitor(byte[] bytes, int unit, int report) {
        int row = addRow(report);
        storage.put(row, ReportDetails.SUPER_CAPACITOR);
        maxCellNumber.put(row, SuperCapacitorExtremes.MAX_CELL_SYSTEM, bytes, unit);
        maxCell.put(row, SuperCapacitorExtremes.MAX_CELL, bytes, unit);
        maxCellVoltage.put(row, SuperCapacitorExtremes.MAX_CELL_VOLTAGE, bytes, unit);
        minCellNumber.put(row, SuperCapacitorExtremes.MIN_CELL_SYSTEM, bytes, unit);
        minCell.put(row, SuperCapacitorExtremes.MIN_CELL, bytes, unit);
        minCellVoltage.put(row, SuperCapacitorExtremes.MIN_CELL_VOLTAGE, bytes, unit);
        maxTemperatureNumber.put(row, SuperCapacitorExtremes.MAX_PROBE_SYSTEM, bytes, unit);
        maxTemperatureProbe.put(row, SuperCapacitorExtremes.MAX_PROBE, bytes, unit);
        maxTemperature.put(row, SuperCapacitorExtremes.MAX_TEMPERATURE, bytes, unit);
        minTemperatureNumber.put(row, SuperCapacitorExtremes.MIN_PROBE_SYSTEM, bytes, unit);
        minTemperatureProbe.put(row, SuperCapacitorExtremes.MIN_PROBE, bytes, unit);
        minTemperature.put(row, SuperCapacitorExtremes.MIN_TEMPERATURE, bytes, unit);
    }
}
