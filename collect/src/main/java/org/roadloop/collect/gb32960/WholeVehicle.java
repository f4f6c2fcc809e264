package org.roadloop.collect.gb32960;

/**
 * Whole vehicle (整车数据), type 01; GB/T 32960.3-2016 §7.2.3.1, table 9. Raw values as sent; FE.. is
 * abnormal, FF.. invalid. Arguments named {@code unit} are the offset of the type byte.
 */
public final class WholeVehicle {
    public static final int TYPE = 0x01;
    public static final int BYTES = 21;

    private WholeVehicle() {}

    /** 1 on, 2 off, 3 other. */
    public static int vehicleState(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }

    /** 1 parked charging, 2 charging while driving, 3 not charging, 4 complete. */
    public static int chargeState(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 2);
    }

    /** 1 electric, 2 hybrid, 3 fuel. */
    public static int driveMode(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 3);
    }

    /** 0..2200 in 0.1 km/h. */
    public static int speed(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 4);
    }

    /** 0..9999999 in 0.1 km. */
    public static long odometer(byte[] bytes, int unit) {
        return Frame.unsigned32(bytes, unit + 6);
    }

    /** 0..10000 in 0.1 V. */
    public static int voltage(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 10);
    }

    /** 0..20000 in 0.1 A, offset −1000 A. */
    public static int current(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 12);
    }

    /** 0..100 %. */
    public static int socPercent(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 14);
    }

    /** 1 working, 2 open. */
    public static int dcdcState(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 15);
    }

    /**
     * Bits 0-3 gear (0 neutral, 1-12, 13 reverse, 14 D, 15 P), bit 4 braking force, bit 5 driving
     * force.
     */
    public static int gearByte(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 16);
    }

    /** 0..60000 kΩ. */
    public static int insulationKohm(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 17);
    }

    /** 0..100 %; annex B (the main text reserves the byte). */
    public static int acceleratorPercent(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 19);
    }

    /** 0..100 %, or 101 for "on" without a degree; annex B (the main text reserves the byte). */
    public static int brakePercent(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 20);
    }
}
