package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** One row for the fuel cell of a report (燃料电池表), of either edition. One thread. */
final class FuelCellTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    real("voltage_v", "V"),
                    real("current_a", "A"),
                    real("consumption_kg_per_100km", "kg/100km"),
                    real("hydrogen_temp_c", "Cel"),
                    whole("hydrogen_temp_probe", ""),
                    whole("hydrogen_concentration_mg_per_kg", "mg/kg"),
                    real("hydrogen_concentration_percent", "%"),
                    whole("hydrogen_concentration_sensor", ""),
                    real("hydrogen_pressure_mpa", "MPa"),
                    whole("hydrogen_pressure_sensor", ""),
                    whole("dcdc_state", ""),
                    whole("remaining_hydrogen_percent", "%"),
                    whole("dcdc_temp_c", "Cel"));

    private final DoubleCells voltage;
    private final DoubleCells current;
    private final DoubleCells consumption;
    private final DoubleCells temperature;
    private final IntCells temperatureProbe;
    private final IntCells concentrationMgPerKg;
    private final DoubleCells concentrationPercent;
    private final IntCells concentrationSensor;
    private final DoubleCells pressure;
    private final IntCells pressureSensor;
    private final IntCells dcdcState;
    private final IntCells remaining;
    private final IntCells dcdcTemperature;

    FuelCellTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        Batch batch = batch();
        voltage = new DoubleCells(batch, 1);
        current = new DoubleCells(batch, 2);
        consumption = new DoubleCells(batch, 3);
        temperature = new DoubleCells(batch, 4);
        temperatureProbe = new IntCells(batch, 5);
        concentrationMgPerKg = new IntCells(batch, 6);
        concentrationPercent = new DoubleCells(batch, 7);
        concentrationSensor = new IntCells(batch, 8);
        pressure = new DoubleCells(batch, 9);
        pressureSensor = new IntCells(batch, 10);
        dcdcState = new IntCells(batch, 11);
        remaining = new IntCells(batch, 12);
        dcdcTemperature = new IntCells(batch, 13);
    }

    /** {@link FuelCell}, 2016. */
    void fuelCell(byte[] bytes, int unit, int report) {
        int row = addRow(report);
        voltage.put(row, FuelCell.VOLTAGE, bytes, unit);
        current.put(row, FuelCell.CURRENT, bytes, unit);
        consumption.put(row, FuelCell.CONSUMPTION, bytes, unit);
        int hydrogen = FuelCell.hydrogen(bytes, unit);
        temperature.put(row, FuelCell.HYDROGEN_TEMPERATURE, bytes, hydrogen);
        temperatureProbe.put(row, FuelCell.HYDROGEN_TEMPERATURE_PROBE, bytes, hydrogen);
        concentrationMgPerKg.put(row, FuelCell.HYDROGEN_CONCENTRATION, bytes, hydrogen);
        concentrationPercent.putAbsent(row);
        concentrationSensor.put(row, FuelCell.HYDROGEN_CONCENTRATION_SENSOR, bytes, hydrogen);
        pressure.put(row, FuelCell.HYDROGEN_PRESSURE, bytes, hydrogen);
        pressureSensor.put(row, FuelCell.HYDROGEN_PRESSURE_SENSOR, bytes, hydrogen);
        dcdcState.put(row, FuelCell.DCDC_STATE, bytes, hydrogen);
        remaining.putAbsent(row);
        dcdcTemperature.putAbsent(row);
    }

    /** {@link FuelCellEngine}, 2025. */
    void engine(byte[] bytes, int unit, int report) {
        int row = addRow(report);
        voltage.putAbsent(row);
        current.putAbsent(row);
        consumption.putAbsent(row);
        temperature.put(row, FuelCellEngine.HYDROGEN_TEMPERATURE, bytes, unit);
        temperatureProbe.put(row, FuelCellEngine.HYDROGEN_TEMPERATURE_PROBE, bytes, unit);
        concentrationMgPerKg.putAbsent(row);
        concentrationPercent.put(row, FuelCellEngine.HYDROGEN_CONCENTRATION, bytes, unit);
        concentrationSensor.put(row, FuelCellEngine.HYDROGEN_CONCENTRATION_SENSOR, bytes, unit);
        pressure.put(row, FuelCellEngine.HYDROGEN_PRESSURE, bytes, unit);
        pressureSensor.put(row, FuelCellEngine.HYDROGEN_PRESSURE_SENSOR, bytes, unit);
        dcdcState.put(row, FuelCellEngine.DCDC_STATE, bytes, unit);
        remaining.put(row, FuelCellEngine.REMAINING_HYDROGEN, bytes, unit);
        dcdcTemperature.put(row, FuelCellEngine.DCDC_TEMPERATURE, bytes, unit);
    }
}
