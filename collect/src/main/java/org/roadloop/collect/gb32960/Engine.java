package org.roadloop.collect.gb32960;

/**
 * Engine (发动机数据), type 04; GB/T 32960.3-2016 §7.2.3.4, table 13. Raw values as sent; FE.. is
 * abnormal, FF.. invalid. Arguments named {@code unit} are the offset of the type byte.
 */
public final class Engine {
    public static final int TYPE = 0x04;
    public static final int BYTES = 6;

    private Engine() {}

    /** 1 on, 2 off. */
    public static int state(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }

    /** 0..60000 r/min. */
    public static int crankSpeed(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 2);
    }

    /** 0..60000 in 0.01 L/100 km. */
    public static int fuelRate(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 4);
    }
}
