package org.roadloop.collect.gb32960;

/**
 * User-defined data (自定义数据), types 80 to FE: length 2, then bytes; GB/T 32960.3-2016 §7.2.3.8,
 * table 19; GB/T 32960.3-2025 §7.2.4.12, table 27. The only units that carry their length.
 */
public final class UserDefined {
    public static final int FIRST_TYPE = 0x80;
    public static final int LAST_TYPE = 0xFE;

    private UserDefined() {}

    public static boolean isType(int type) {
        return type >= FIRST_TYPE && type <= LAST_TYPE;
    }

    /** Offset of the bytes. */
    public static int content(int unit) {
        return unit + 3;
    }

    /** 1..65531; 0 is sent too. */
    public static int contentBytes(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 1);
    }

    static int length(byte[] bytes, int unit, int end) {
        return end - unit < 3 ? InformationUnit.BROKEN : 3 + contentBytes(bytes, unit);
    }
}
