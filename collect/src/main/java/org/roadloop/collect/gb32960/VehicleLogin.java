package org.roadloop.collect.gb32960;

import java.nio.charset.StandardCharsets;

/**
 * Vehicle login (车辆登入), command 01; GB/T 32960.3-2016 §7.1, table 6.
 *
 * <pre>
 *  0         6            8          28  29  30
 * +---------+------------+----------+---+---+-------------+
 * | time 6  | serial 2   | ICCID 20 | n | m | codes n × m |
 * +---------+------------+----------+---+---+-------------+
 * </pre>
 *
 * Arguments named {@code data} are the offset of the data unit.
 */
public final class VehicleLogin {
    public static final int COMMAND = 0x01;
    public static final int FIXED_BYTES = 30;

    private VehicleLogin() {}

    /** Whether the data unit has the length its counts say. */
    public static boolean hasRightLength(byte[] bytes, int data, int dataBytes) {
        return dataBytes >= FIXED_BYTES
                && dataBytes == FIXED_BYTES + subsystems(bytes, data) * codeBytes(bytes, data);
    }

    public static long collectedAtMicros(byte[] bytes, int data) {
        return CollectionTime.micros(bytes, data);
    }

    /** 1..65531, one more at each login, restarts daily. */
    public static int serial(byte[] bytes, int data) {
        return Frame.unsigned16(bytes, data + 6);
    }

    public static String iccid(byte[] bytes, int data) {
        return new String(bytes, data + 8, 20, StandardCharsets.US_ASCII);
    }

    /** Rechargeable subsystems, 0..250. */
    public static int subsystems(byte[] bytes, int data) {
        return Frame.unsigned8(bytes, data + 28);
    }

    /** Length of one subsystem code, 0..50; 0 when none is sent. */
    public static int codeBytes(byte[] bytes, int data) {
        return Frame.unsigned8(bytes, data + 29);
    }

    /** Writes a login without subsystem codes; returns the length of the frame. */
    public static int write(
            byte[] out, int frame, byte[] vin, long collectedAtMicros, int serial, byte[] iccid) {
        if (iccid.length != 20) {
            throw new IllegalArgumentException(
                    "an ICCID has 20 ASCII characters, not " + iccid.length);
        }
        Frame.begin(out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(collectedAtMicros, out, data);
        Frame.put16(out, data + 6, serial);
        System.arraycopy(iccid, 0, out, data + 8, 20);
        out[data + 28] = 1;
        out[data + 29] = 0;
        return Frame.finish(out, frame, FIXED_BYTES);
    }
}
