package org.roadloop.collect.jt808;

/**
 * An active-safety alarm (主动安全报警), add-ons 64 to 67 of a position, read in place; T/JSATL 12-2017
 * §4.4, tables 4-15 to 4-20 ("Su-biao").
 *
 * <pre>
 *  id                      bytes      0      4     5      6      7         place
 *  64 driver assistance    47         alarm  flag  type   level  7-11      12
 *  65 driver state         47         id 4    1     1      1     7-11      12
 *  66 tyres                41 + n·9/10                                      5
 *  67 blind spot           41                      type                     6
 *
 *  place  +0      +1         +3         +7          +11      +17      +19
 *        +-------+----------+----------+-----------+--------+--------+---------+
 *        | speed | altitude | latitude | longitude | time   | status | mark 16 |
 *        +-------+----------+----------+-----------+--------+--------+---------+
 *  mark   +0 terminal id 7   +7 time BCD 6   +13 number   +14 attachments   +15 reserved
 * </pre>
 *
 * Tyre items follow the place of a 66 behind their count: position 1, type 2, pressure 2,
 * temperature 2, battery 2. Two offsets are misprinted: the count is at 40, not at 39, which lies
 * in the mark; and the type at 2, as if a byte lay between, so terminals send items of 9 bytes or
 * 10 and the length tells which. Arguments named {@code addOn} are the offset of the id byte.
 */
public final class SafetyAlarm {
    public static final int PLACE_BYTES = 35;
    public static final int MARK_BYTES = 16;

    static final int TYRE_ITEMS = 41;
    static final int TYRE_BYTES = 9;

    private SafetyAlarm() {}

    /** Whether the add-on is an alarm with the length of its id; others stay opaque. */
    public static boolean isOne(byte[] bytes, int addOn) {
        int length = bytes[addOn + 1] & 0xFF;
        return switch (bytes[addOn] & 0xFF) {
            case AddOnId.DRIVER_ASSISTANCE, AddOnId.DRIVER_STATE -> length == 47;
            case AddOnId.TYRES -> length >= TYRE_ITEMS && hasWholeTyres(bytes, addOn, length);
            case AddOnId.BLIND_SPOT -> length == 41;
            default -> false;
        };
    }

    /** Offset of the place block, which all four have. */
    static int place(byte[] bytes, int addOn) {
        return addOn
                + 2
                + switch (bytes[addOn] & 0xFF) {
                    case AddOnId.TYRES -> 5;
                    case AddOnId.BLIND_SPOT -> 6;
                    default -> 12;
                };
    }

    /** Counted by the terminal over all its alarms. */
    public static long alarmId(byte[] bytes, int addOn) {
        return Frame.unsigned32(bytes, addOn + 2);
    }

    /** 0 none, 1 begin, 2 end. */
    public static int flag(byte[] bytes, int addOn) {
        return bytes[addOn + 6] & 0xFF;
    }

    /** Of 64, 65 and 67. */
    static int type(byte[] bytes, int addOn) {
        return bytes[addOn + 7] & 0xFF;
    }

    static int tyres(byte[] bytes, int addOn) {
        return bytes[addOn + 2 + TYRE_ITEMS - 1] & 0xFF;
    }

    /** 9, or 10 with a byte between position and type; see above. */
    static int tyreBytes(byte[] bytes, int addOn) {
        int tyres = tyres(bytes, addOn);
        return tyres == 0 ? TYRE_BYTES : ((bytes[addOn + 1] & 0xFF) - TYRE_ITEMS) / tyres;
    }

    static int tyre(byte[] bytes, int addOn, int index) {
        return addOn + 2 + TYRE_ITEMS + index * tyreBytes(bytes, addOn);
    }

    private static boolean hasWholeTyres(byte[] bytes, int addOn, int length) {
        int tyres = tyres(bytes, addOn);
        int rest = length - TYRE_ITEMS;
        return rest == tyres * TYRE_BYTES || rest == tyres * (TYRE_BYTES + 1);
    }
}
