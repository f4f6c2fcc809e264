package org.roadloop.collect.gb32960;

/**
 * Drive motors (驱动电机数据), type 02; GB/T 32960.3-2016 §7.2.3.2, tables 10 and 11. Raw values as sent;
 * FE.. is abnormal, FF.. invalid. A motor is at {@link #motor}. Arguments named {@code unit} are
 * the offset of the type byte.
 */
public final class DriveMotors {
    public static final int TYPE = 0x02;
    public static final int MOTOR_BYTES = 12;

    private DriveMotors() {}

    /** 1..253. */
    public static int count(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }

    /** Offset of motor {@code index} (from 0), to be given to the accessors below. */
    public static int motor(int unit, int index) {
        return unit + 2 + index * MOTOR_BYTES;
    }

    public static int number(byte[] bytes, int motor) {
        return Frame.unsigned8(bytes, motor);
    }

    /** 1 consuming, 2 generating, 3 off, 4 ready. */
    public static int state(byte[] bytes, int motor) {
        return Frame.unsigned8(bytes, motor + 1);
    }

    /** 0..250 in °C, offset −40. */
    public static int controllerTemperature(byte[] bytes, int motor) {
        return Frame.unsigned8(bytes, motor + 2);
    }

    /** 0..65531 in r/min, offset −20000. */
    public static int speed(byte[] bytes, int motor) {
        return Frame.unsigned16(bytes, motor + 3);
    }

    /** 0..65531 in 0.1 N·m, offset −2000 N·m. */
    public static int torque(byte[] bytes, int motor) {
        return Frame.unsigned16(bytes, motor + 5);
    }

    /** 0..250 in °C, offset −40. */
    public static int temperature(byte[] bytes, int motor) {
        return Frame.unsigned8(bytes, motor + 7);
    }

    /** 0..60000 in 0.1 V. */
    public static int controllerVoltage(byte[] bytes, int motor) {
        return Frame.unsigned16(bytes, motor + 8);
    }

    /** 0..20000 in 0.1 A, offset −1000 A. */
    public static int busCurrent(byte[] bytes, int motor) {
        return Frame.unsigned16(bytes, motor + 10);
    }

    static int length(byte[] bytes, int unit, int end) {
        if (end - unit < 2) {
            return InformationUnit.BROKEN;
        }
        int count = count(bytes, unit);
        // FE and FF say "no list follows".
        return 2 + (count >= 0xFE ? 0 : count * MOTOR_BYTES);
    }
}
