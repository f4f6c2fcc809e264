package org.roadloop.collect.gb32960;

/**
 * Alarms (报警数据), type 07; GB/T 32960.3-2016 §7.2.3.7, tables 18 and 19. Raw values as sent; FE.. is
 * abnormal, FF.. invalid. Arguments named {@code unit} are the offset of the type byte.
 */
public final class Alarms {
    public static final int TYPE = 0x07;

    private Alarms() {}

    /** 0 none, 1..3. */
    public static int highestLevel(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }

    /** Bit 0 temperature spread … bit 18 over-charge; table 18. */
    public static long flags(byte[] bytes, int unit) {
        return Frame.unsigned32(bytes, unit + 2);
    }

    static int length(byte[] bytes, int unit, int end) {
        int at = unit + 6;
        // Fault codes of storage, motors, engine, other: count 1, codes of 4 bytes each.
        for (int list = 0; list < 4; list++) {
            if (at >= end) {
                return InformationUnit.BROKEN;
            }
            int count = Frame.unsigned8(bytes, at);
            at += 1 + (count >= 0xFE ? 0 : 4 * count);
        }
        return at - unit;
    }
}
