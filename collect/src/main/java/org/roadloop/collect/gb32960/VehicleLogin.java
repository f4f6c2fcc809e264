package org.roadloop.collect.gb32960;

import java.nio.charset.StandardCharsets;

/**
 * Vehicle login (车辆登入), command 01; GB/T 32960.3-2016 §7.1 and GB/T 32960.3-2025 §7.1, table 6 of
 * both.
 *
 * <pre>
 *  0         6            8          28  29  30
 * +---------+------------+----------+---+---+-------------+
 * | time 6  | serial 2   | ICCID 20 | n | m | codes n × m |   2016: n subsystems, codes of m bytes
 * +---------+------------+----------+---+---+-------------+
 * | time 6  | serial 2   | ICCID 20 | n | packs n | codes |   2025: n battery systems, packs of each,
 * +---------+------------+----------+---+---------+-------+         codes of 24 bytes (GB/T 34014)
 * </pre>
 *
 * Arguments named {@code data} are the offset of the data unit.
 */
public final class VehicleLogin {
    public static final int COMMAND = 0x01;
    public static final int FIXED_BYTES = 30;

    /** One battery pack's code in the 2025 edition. */
    public static final int PACK_CODE_BYTES = 24;

    private static final int FIXED_BYTES_2025 = 29;

    private VehicleLogin() {}

    /** Whether the data unit of a frame has the length its counts say. */
    public static boolean hasRightLength(byte[] bytes, int frame) {
        int data = Frame.dataOffset(frame);
        int dataBytes = Frame.dataBytes(bytes, frame);
        return Edition.of(bytes, frame) == Edition.V2025
                ? hasRightLength2025(bytes, data, dataBytes)
                : hasRightLength2016(bytes, data, dataBytes);
    }

    private static boolean hasRightLength2025(byte[] bytes, int data, int dataBytes) {
        if (dataBytes < FIXED_BYTES_2025
                || dataBytes < FIXED_BYTES_2025 + subsystems(bytes, data)) {
            return false;
        }
        int systems = subsystems(bytes, data);
        int packs = 0;
        for (int i = 0; i < systems; i++) {
            packs += Frame.unsigned8(bytes, data + FIXED_BYTES_2025 + i);
        }
        return dataBytes == FIXED_BYTES_2025 + systems + packs * PACK_CODE_BYTES;
    }

    private static boolean hasRightLength2016(byte[] bytes, int data, int dataBytes) {
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

    /** Rechargeable subsystems, 0..250; in 2025 battery management systems, 0..20. */
    public static int subsystems(byte[] bytes, int data) {
        return Frame.unsigned8(bytes, data + 28);
    }

    /** Length of one subsystem code (2016), 0..50; 0 when none is sent. */
    public static int codeBytes(byte[] bytes, int data) {
        return Frame.unsigned8(bytes, data + 29);
    }

    /** {@link #write(Edition, byte[], int, byte[], long, int, byte[])} of the 2016 edition. */
    public static int write(
            byte[] out, int frame, byte[] vin, long collectedAtMicros, int serial, byte[] iccid) {
        return write(Edition.V2016, out, frame, vin, collectedAtMicros, serial, iccid);
    }

    /** Writes a login without codes; returns the length of the frame. */
    public static int write(
            Edition edition,
            byte[] out,
            int frame,
            byte[] vin,
            long collectedAtMicros,
            int serial,
            byte[] iccid) {
        if (iccid.length != 20) {
            throw new IllegalArgumentException(
                    "an ICCID has 20 ASCII characters, not " + iccid.length);
        }
        Frame.begin(edition, out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(collectedAtMicros, out, data);
        Frame.put16(out, data + 6, serial);
        System.arraycopy(iccid, 0, out, data + 8, 20);
        // One battery system, of which nothing is told.
        out[data + 28] = 1;
        out[data + 29] = 0;
        return Frame.finish(out, frame, FIXED_BYTES);
    }
}
