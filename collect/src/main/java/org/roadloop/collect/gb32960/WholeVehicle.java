package org.roadloop.collect.gb32960;

/**
 * Whole vehicle (整车数据), type 01; GB/T 32960.3-2016 §7.2.3.1, table 9, with the two pedals of its
 * annex B (table B.4; the main text reserves these bytes); GB/T 32960.3-2025 §7.2.4.1, table 10,
 * which has wider ranges and no pedals. Places count from the type byte.
 */
public final class WholeVehicle {
    public static final int TYPE = 0x01;
    public static final int BYTES_2016 = 21;
    public static final int BYTES_2025 = 19;

    public static final Field VEHICLE_STATE =
            Field.ofState("vehicleState", 1, "on", "off", "other");
    public static final Field CHARGE_STATE =
            Field.ofState(
                    "chargeState",
                    2,
                    "parkedCharging",
                    "drivingCharging",
                    "notCharging",
                    "complete");
    public static final Field DRIVE_MODE =
            Field.ofState("driveMode", 3, "electric", "hybrid", "fuel");

    public static final Field SPEED_2016 = Field.ofWord("speedKmh", 4, 0, 2_200).per(10);
    public static final Field SPEED_2025 = Field.ofWord("speedKmh", 4, 0, 5_000).per(10);
    public static final Field ODOMETER = Field.ofDoubleWord("odometerKm", 6, 9_999_999).per(10);
    public static final Field VOLTAGE_2016 = Field.ofWord("voltageV", 10, 0, 10_000).per(10);
    public static final Field VOLTAGE_2025 = Field.ofWord("voltageV", 10, 0, 60_000).per(10);

    /** Offset −1000 A. */
    public static final Field CURRENT_2016 =
            Field.ofWord("currentA", 12, 0, 20_000).minus(10_000).per(10);

    /** Offset −3000 A. */
    public static final Field CURRENT_2025 =
            Field.ofWord("currentA", 12, 0, 60_000).minus(30_000).per(10);

    public static final Field SOC = Field.ofByte("socPercent", 14, 0, 100);
    public static final Field DCDC_STATE = Field.ofState("dcdcState", 15, "working", "open");
    public static final Field INSULATION = Field.ofWord("insulationKohm", 17, 0, 60_000);
    public static final Field ACCELERATOR = Field.ofByte("acceleratorPercent", 19, 0, 100);

    /** 101 is "on" without a degree. */
    public static final Field BRAKE = Field.ofByte("brakePercent", 20, 0, 101);

    private static final int GEAR = 16;
    public static final int GEAR_MASK = 0x0F;
    public static final int GEAR_BRAKING_FORCE = 0x10;
    public static final int GEAR_DRIVING_FORCE = 0x20;

    /** 2025 only. */
    public static final int GEAR_NOT_VALID = 0x80;

    private WholeVehicle() {}

    /**
     * Bits 0-3 gear (0 neutral, 1-12, 13 reverse, 14 D, 15 P), bit 4 braking force, bit 5 driving
     * force, bit 7 (2025) gear not valid; table A.1 of both editions, which knows no FE and FF.
     */
    public static int gearByte(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + GEAR);
    }

    static void putGearByte(byte[] out, int unit, int gearByte) {
        out[unit + GEAR] = (byte) gearByte;
    }
}
