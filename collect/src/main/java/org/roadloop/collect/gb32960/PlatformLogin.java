package org.roadloop.collect.gb32960;

import java.util.Arrays;

/**
 * Platform login (平台登入), command 05; GB/T 32960.3-2016 §7.4, table 21; GB/T 32960.3-2025 §7.4,
 * table 29.
 *
 * <pre>
 *  0         6           8          20            40
 * +---------+-----------+----------+-------------+------------+
 * | time 6  | serial 2  | user 12  | password 20 | encryption |   41 bytes
 * +---------+-----------+----------+-------------+------------+
 * </pre>
 *
 * User and password are ASCII, shorter ones padded at the end with zero bytes or spaces.
 */
public final class PlatformLogin {
    public static final int COMMAND = 0x05;
    public static final int DATA_BYTES = 41;
    private static final int USER = 8;
    private static final int PASSWORD = 20;

    private PlatformLogin() {}

    public static int serial(byte[] bytes, int data) {
        return Frame.unsigned16(bytes, data + 6);
    }

    public static String user(byte[] bytes, int data) {
        return Ascii.read(bytes, data + USER, 12);
    }

    /** For the check only; never to be logged. */
    public static String password(byte[] bytes, int data) {
        return Ascii.read(bytes, data + PASSWORD, 20);
    }

    /** Overwrites the password of a checked frame, before the frame is kept anywhere. */
    public static void blankPassword(byte[] bytes, int frame) {
        int password = Frame.dataOffset(frame) + PASSWORD;
        Arrays.fill(bytes, password, password + 20, (byte) 0);
        Frame.finish(bytes, frame, DATA_BYTES);
    }

    /** Returns the length of the frame. */
    public static int write(
            byte[] out,
            int frame,
            byte[] platformId,
            long collectedAtMicros,
            int serial,
            String user,
            String password) {
        Frame.begin(out, frame, COMMAND, Frame.FLAG_COMMAND, platformId);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(collectedAtMicros, out, data);
        Frame.put16(out, data + 6, serial);
        Arrays.fill(out, data + USER, data + PASSWORD + 20, (byte) 0);
        Ascii.write(out, data + USER, 12, user, "user");
        Ascii.write(out, data + PASSWORD, 20, password, "password");
        out[data + 40] = Frame.ENCRYPTION_NONE;
        return Frame.finish(out, frame, DATA_BYTES);
    }
}
