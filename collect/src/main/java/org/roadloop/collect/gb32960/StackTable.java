package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** One row for each fuel-cell stack of a report (电堆表), from {@link FuelCellStacks}. One thread. */
final class StackTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    whole("number", ""),
                    real("voltage_v", "V"),
                    real("current_a", "A"),
                    real("hydrogen_inlet_pressure_kpa", "kPa"),
                    real("air_inlet_pressure_kpa", "kPa"),
                    whole("air_inlet_temp_c", "Cel"));

    private final IntCells number;
    private final DoubleCells voltage;
    private final DoubleCells current;
    private final DoubleCells hydrogenPressure;
    private final DoubleCells airPressure;
    private final IntCells airTemperature;

    StackTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        number = new IntCells(batch(), 1);
        voltage = new DoubleCells(batch(), 2);
        current = new DoubleCells(batch(), 3);
        hydrogenPressure = new DoubleCells(batch(), 4);
        airPressure = new DoubleCells(batch(), 5);
        airTemperature = new IntCells(batch(), 6);
    }

    void append(byte[] bytes, int stack, int report) {
        int row = addRow(report);
        number.put(row, FuelCellStacks.NUMBER, bytes, stack);
        voltage.put(row, FuelCellStacks.VOLTAGE, bytes, stack);
        current.put(row, FuelCellStacks.CURRENT, bytes, stack);
        hydrogenPressure.put(row, FuelCellStacks.HYDROGEN_PRESSURE, bytes, stack);
        airPressure.put(row, FuelCellStacks.AIR_PRESSURE, bytes, stack);
        airTemperature.put(row, FuelCellStacks.AIR_TEMPERATURE, bytes, stack);
    }
}
