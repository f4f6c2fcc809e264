package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** One row for each motor of a report (驱动电机表), from {@link DriveMotors}. One thread. */
final class DriveMotorTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    whole("number", ""),
                    whole("state", ""),
                    whole("controller_temp_c", "Cel"),
                    whole("speed_rpm", "r/min"),
                    real("torque_nm", "N.m"),
                    whole("temp_c", "Cel"),
                    real("controller_voltage_v", "V"),
                    real("bus_current_a", "A"));

    private final IntCells number;
    private final IntCells state;
    private final IntCells controllerTemperature;
    private final IntCells speed;
    private final DoubleCells torque;
    private final IntCells temperature;
    private final DoubleCells controllerVoltage;
    private final DoubleCells busCurrent;

    DriveMotorTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        Batch batch = batch();
        number = new IntCells(batch, 1);
        state = new IntCells(batch, 2);
        controllerTemperature = new IntCells(batch, 3);
        speed = new IntCells(batch, 4);
        torque = new DoubleCells(batch, 5);
        temperature = new IntCells(batch, 6);
        controllerVoltage = new DoubleCells(batch, 7);
        busCurrent = new DoubleCells(batch, 8);
    }

    void append(Edition edition, byte[] bytes, int unit, int report) {
        int count = DriveMotors.count(bytes, unit);
        int row = addRows(count, report);
        int motorBytes = DriveMotors.motorBytes(edition);
        int end = DriveMotors.motor(edition, unit, count);
        for (int motor = DriveMotors.motor(edition, unit, 0); motor < end; motor += motorBytes) {
            motor(edition, bytes, motor, row++);
        }
    }

    private void motor(Edition edition, byte[] bytes, int motor, int row) {
        number.put(row, DriveMotors.NUMBER, bytes, motor);
        state.put(row, DriveMotors.STATE, bytes, motor);
        controllerTemperature.put(row, DriveMotors.CONTROLLER_TEMPERATURE, bytes, motor);
        if (edition == Edition.V2025) {
            speed.put(row, DriveMotors.SPEED_2025, bytes, motor);
            torque.put(row, DriveMotors.TORQUE_2025, bytes, motor);
            temperature.put(row, DriveMotors.TEMPERATURE_2025, bytes, motor);
            controllerVoltage.putAbsent(row);
            busCurrent.putAbsent(row);
        } else {
            speed.put(row, DriveMotors.SPEED_2016, bytes, motor);
            torque.put(row, DriveMotors.TORQUE_2016, bytes, motor);
            temperature.put(row, DriveMotors.TEMPERATURE_2016, bytes, motor);
            controllerVoltage.put(row, DriveMotors.CONTROLLER_VOLTAGE, bytes, motor);
            busCurrent.put(row, DriveMotors.BUS_CURRENT, bytes, motor);
        }
    }
}
