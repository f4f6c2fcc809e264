package org.roadloop.collect.jt808;

/**
 * The body of a position report (位置信息汇报), read and written in place; JT/T 808-2013 §8.18, table 23.
 * Raw values as sent; arguments named {@code body} are the offset of its first byte.
 *
 * <pre>
 *  0        4        8          12          16          18       20           22     28
 * +--------+--------+----------+-----------+-----------+--------+------------+------+---------
 * | alarms | status | latitude | longitude | altitude  | speed  | direction  | time | add-ons
 * |   4    |   4    |    4     |     4     |    2 m    |0.1 km/h|  degrees 2 |BCD 6 | id len v
 * +--------+--------+----------+-----------+-----------+--------+------------+------+---------
 * </pre>
 *
 * Both editions print the offset of the time as 21: a misprint. An add-on is id 1, length 1, value.
 */
public final class PositionBody {
    /** The basic part, before the add-ons. */
    public static final int BASIC_BYTES = 28;

    /** Status bits (table 25). */
    public static final long STATUS_ACC_ON = 1;

    /** 1 = the position is valid; in GB/T 32960 its counterpart says the opposite. */
    public static final long STATUS_POSITION_VALID = 1 << 1;

    public static final long STATUS_SOUTH = 1 << 2;
    public static final long STATUS_WEST = 1 << 3;

    /** The coordinates are encrypted by a plug-in: they locate nothing. */
    public static final long STATUS_COORDINATES_ENCRYPTED = 1 << 5;

    private PositionBody() {}

    /** Bits of table 24. */
    public static long alarmFlags(byte[] bytes, int body) {
        return Frame.unsigned32(bytes, body);
    }

    /** Bits of table 25. */
    public static long statusFlags(byte[] bytes, int body) {
        return Frame.unsigned32(bytes, body + 4);
    }

    /** 0..90000000 in 10⁻⁶ degree; the hemisphere is in the status. */
    public static long latitude(byte[] bytes, int body) {
        return Frame.unsigned32(bytes, body + 8);
    }

    /** 0..180000000 in 10⁻⁶ degree. */
    public static long longitude(byte[] bytes, int body) {
        return Frame.unsigned32(bytes, body + 12);
    }

    public static int altitudeM(byte[] bytes, int body) {
        return Frame.unsigned16(bytes, body + 16);
    }

    /** In 0.1 km/h. */
    public static int speed(byte[] bytes, int body) {
        return Frame.unsigned16(bytes, body + 18);
    }

    /** 0..359, north is 0, clockwise. */
    public static int directionDegrees(byte[] bytes, int body) {
        return Frame.unsigned16(bytes, body + 20);
    }

    /** Microseconds since 1970 UTC, or {@link Bcd#INVALID}. */
    public static long collectedAtMicros(byte[] bytes, int body) {
        return Bcd.beijingMicros(bytes, body + 22);
    }

    /** Writes the basic part; returns the offset of the first add-on. */
    public static int write(
            byte[] out,
            int body,
            long alarmFlags,
            long statusFlags,
            long latitude,
            long longitude,
            int altitudeM,
            int speed,
            int directionDegrees,
            long collectedAtMicros) {
        Frame.put32(out, body, alarmFlags);
        Frame.put32(out, body + 4, statusFlags);
        Frame.put32(out, body + 8, latitude);
        Frame.put32(out, body + 12, longitude);
        Frame.put16(out, body + 16, altitudeM);
        Frame.put16(out, body + 18, speed);
        Frame.put16(out, body + 20, directionDegrees);
        Bcd.writeBeijing(collectedAtMicros, out, body + 22);
        return body + BASIC_BYTES;
    }

    /**
     * Length of the add-on at {@code addOn}, its id and length bytes included.
     *
     * @return −1 when it runs over {@code end}
     */
    public static int addOnBytes(byte[] bytes, int addOn, int end) {
        if (end - addOn < 2) {
            return -1;
        }
        int length = 2 + (bytes[addOn + 1] & 0xFF);
        return length > end - addOn ? -1 : length;
    }
}
