package org.roadloop.collect.gb32960;

/**
 * Extreme values (极值数据), type 06; GB/T 32960.3-2016 §7.2.3.6, table 17. Raw values as sent; FE.. is
 * abnormal, FF.. invalid. Arguments named {@code unit} are the offset of the type byte.
 */
public final class Extremes {
    public static final int TYPE = 0x06;
    public static final int BYTES = 15;

    private Extremes() {}

    /** 1..250. */
    public static int maxCellSubsystem(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }

    /** 1..250. */
    public static int maxCell(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 2);
    }

    /** 0..15000 in 0.001 V. */
    public static int maxCellVoltage(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 3);
    }

    /** 1..250. */
    public static int minCellSubsystem(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 5);
    }

    /** 1..250. */
    public static int minCell(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 6);
    }

    /** 0..15000 in 0.001 V. */
    public static int minCellVoltage(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 7);
    }

    /** 1..250. */
    public static int maxProbeSubsystem(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 9);
    }

    /** 1..250. */
    public static int maxProbe(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 10);
    }

    /** 0..250 in °C, offset −40. */
    public static int maxTemperature(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 11);
    }

    /** 1..250. */
    public static int minProbeSubsystem(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 12);
    }

    /** 1..250. */
    public static int minProbe(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 13);
    }

    /** 0..250 in °C, offset −40. */
    public static int minTemperature(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 14);
    }
}
