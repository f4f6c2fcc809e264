package org.roadloop.collect.gb32960;

/**
 * Drive motors (驱动电机数据), type 02; GB/T 32960.3-2016 §7.2.3.2, tables 10 and 11; GB/T 32960.3-2025
 * §7.2.4.4, tables 15 and 16, with another speed offset, torque in four bytes, and neither voltage
 * nor current. A motor is at {@link #motor}; places of its fields count from there.
 */
public final class DriveMotors {
    public static final int TYPE = 0x02;
    public static final int MOTOR_BYTES_2016 = 12;
    public static final int MOTOR_BYTES_2025 = 10;

    public static final Field COUNT = Field.ofByte("motors", 1, 1, 253);
    public static final Field NUMBER = Field.ofByte("number", 0, 1, 253);
    public static final Field STATE =
            Field.ofState("state", 1, "consuming", "generating", "off", "ready");
    public static final Field CONTROLLER_TEMPERATURE =
            Field.ofTemperature("controllerTemperatureCelsius", 2);

    /** Offset −20000 r/min. */
    public static final Field SPEED_2016 = Field.ofWord("speedRpm", 3, 0, 65_531).minus(20_000);

    /** Offset −32000 r/min. */
    public static final Field SPEED_2025 = Field.ofWord("speedRpm", 3, 0, 65_531).minus(32_000);

    /** Offset −2000 N·m. */
    public static final Field TORQUE_2016 =
            Field.ofWord("torqueNm", 5, 0, 65_531).minus(20_000).per(10);

    /** Offset −20000 N·m. */
    public static final Field TORQUE_2025 =
            Field.ofDoubleWord("torqueNm", 5, 400_000).minus(200_000).per(10);

    public static final Field TEMPERATURE_2016 = Field.ofTemperature("temperatureCelsius", 7);
    public static final Field TEMPERATURE_2025 = Field.ofTemperature("temperatureCelsius", 9);
    public static final Field CONTROLLER_VOLTAGE =
            Field.ofWord("controllerVoltageV", 8, 0, 60_000).per(10);

    /** Offset −1000 A. */
    public static final Field BUS_CURRENT =
            Field.ofWord("busCurrentA", 10, 0, 20_000).minus(10_000).per(10);

    private DriveMotors() {}

    /** Motors in the list, 0 where the count is FE or FF. */
    public static int count(byte[] bytes, int unit) {
        int count = Frame.unsigned8(bytes, unit + 1);
        return count >= 0xFE ? 0 : count;
    }

    /** Offset of motor {@code index} (from 0). */
    public static int motor(Edition edition, int unit, int index) {
        return unit + 2 + index * motorBytes(edition);
    }

    static int motorBytes(Edition edition) {
        return edition == Edition.V2025 ? MOTOR_BYTES_2025 : MOTOR_BYTES_2016;
    }

    static int length(Edition edition, byte[] bytes, int unit, int end) {
        return end - unit < 2
                ? InformationUnit.BROKEN
                : 2 + count(bytes, unit) * motorBytes(edition);
    }
}
