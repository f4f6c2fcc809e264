package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * One row for each battery subsystem, battery pack or super capacitor of a report (储能装置表). One
 * thread.
 */
final class PackTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    whole("storage", ""),
                    whole("number", ""),
                    real("voltage_v", "V"),
                    real("current_a", "A"),
                    whole("cells", ""));

    private final IntCells storage;
    private final IntCells number;
    private final DoubleCells voltage;
    private final DoubleCells current;
    private final IntCells cells;

    PackTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        storage = new IntCells(batch(), 1);
        number = new IntCells(batch(), 2);
        voltage = new DoubleCells(batch(), 3);
        current = new DoubleCells(batch(), 4);
        cells = new IntCells(batch(), 5);
    }

    /** A subsystem of {@link CellVoltages}. */
    void subsystem(byte[] bytes, int subsystem, int report) {
        int row = addRow(report);
        storage.put(row, ReportDetails.BATTERY);
        number.put(row, CellVoltages.NUMBER, bytes, subsystem);
        voltage.put(row, CellVoltages.VOLTAGE, bytes, subsystem);
        current.put(row, CellVoltages.CURRENT, bytes, subsystem);
        cells.put(row, CellVoltages.CELLS, bytes, subsystem);
    }

    /** A pack of {@link PackVoltages}. */
    void pack(byte[] bytes, int pack, int report) {
        int row = addRow(report);
        storage.put(row, ReportDetails.BATTERY);
        number.put(row, PackVoltages.NUMBER, bytes, pack);
        voltage.put(row, PackVoltages.VOLTAGE, bytes, pack);
        current.put(row, PackVoltages.CURRENT, bytes, pack);
        cells.put(row, PackVoltages.CELLS, bytes, pack);
    }

    /** A {@link SuperCapacitor}. */
    void superCapacitor(byte[] bytes, int unit, int report) {
        int row = addRow(report);
        storage.put(row, ReportDetails.SUPER_CAPACITOR);
        number.put(row, SuperCapacitor.NUMBER, bytes, unit);
        voltage.put(row, SuperCapacitor.VOLTAGE, bytes, unit);
        current.put(row, SuperCapacitor.CURRENT, bytes, unit);
        cells.put(row, SuperCapacitor.CELLS, bytes, unit);
    }
}
