package org.roadloop.collect.gb32960;

/**
 * Position (车辆位置数据), type 05; GB/T 32960.3-2016 §7.2.3.5, table 15. Raw values as sent; the edition
 * names no datum. Arguments named {@code unit} are the offset of the type byte.
 */
public final class Position {
    public static final int TYPE = 0x05;
    public static final int BYTES = 10;

    public static final int STATE_NOT_VALID = 1;
    public static final int STATE_SOUTH = 2;
    public static final int STATE_WEST = 4;

    private Position() {}

    /** Bit 0: 1 = not valid (last valid fix repeated); bit 1: south; bit 2: west. */
    public static int state(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }

    /** 0..180000000 in 10⁻⁶ degree. */
    public static long longitude(byte[] bytes, int unit) {
        return Frame.unsigned32(bytes, unit + 2);
    }

    /** 0..90000000 in 10⁻⁶ degree. */
    public static long latitude(byte[] bytes, int unit) {
        return Frame.unsigned32(bytes, unit + 6);
    }
}
