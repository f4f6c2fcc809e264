package org.roadloop.collect.gb32960;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The envelope of every message (数据包), read and written in place; GB/T 32960.3-2016 §6.2 and GB/T
 * 32960.3-2025 §6.2, table 2 of both. All integers are big-endian, there is no escaping and no
 * terminator.
 *
 * <pre>
 *  0        2       3      4            21         22       24        24+L
 * +--------+-------+------+------------+----------+--------+---------+-----+
 * | 23 23  |command| flag | unique id  |encryption|length L|data unit| BCC |
 * |  2     |  1    |  1   |    17      |    1     |   2    |   L     |  1  |
 * +--------+-------+------+------------+----------+--------+---------+-----+
 * </pre>
 *
 * The start is 24 24 in the 2025 edition ({@link Edition}). BCC is the XOR of bytes 2 .. 23+L: a
 * data unit is encrypted first, then summed. Arguments named {@code frame} are the offset of the
 * first start byte.
 */
public final class Frame {
    public static final int HEADER_BYTES = 24;
    public static final int ID_BYTES = 17;
    public static final int TIME_BYTES = 6;

    /** Header and BCC around an empty data unit. */
    public static final int SMALLEST_BYTES = HEADER_BYTES + 1;

    /** L is at most 65531 (table 2). */
    public static final int LARGEST_BYTES = HEADER_BYTES + 65_531 + 1;

    /** Response flag of a command; only such frames are answered (table 4). */
    public static final int FLAG_COMMAND = 0xFE;

    public static final int FLAG_SUCCESS = 0x01;
    public static final int FLAG_ERROR = 0x02;

    public static final int FLAG_VIN_DUPLICATE = 0x03;

    /** Defined in the 2025 edition, used by 2016 platforms too. */
    public static final int FLAG_VIN_UNKNOWN = 0x04;

    /** The last three are of the 2025 edition. */
    public static final int FLAG_SIGNATURE_WRONG = 0x05;

    public static final int FLAG_STRUCTURE_WRONG = 0x06;
    public static final int FLAG_DECRYPTION_FAILED = 0x07;

    public static final int ENCRYPTION_NONE = 0x01;
    public static final int ENCRYPTION_RSA = 0x02;
    public static final int ENCRYPTION_AES_128 = 0x03;

    /** SM2 and SM4 are of the 2025 edition. */
    public static final int ENCRYPTION_SM2 = 0x04;

    public static final int ENCRYPTION_SM4 = 0x05;

    private static final int COMMAND = 2;
    private static final int FLAG = 3;
    private static final int ID = 4;
    private static final int ENCRYPTION = 21;
    private static final int LENGTH = 22;

    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle NATIVE_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Frame() {}

    public static int command(byte[] bytes, int frame) {
        return bytes[frame + COMMAND] & 0xFF;
    }

    public static int flag(byte[] bytes, int frame) {
        return bytes[frame + FLAG] & 0xFF;
    }

    /** Offset of the 17 ASCII bytes of the unique id (VIN for vehicle data). */
    public static int idOffset(int frame) {
        return frame + ID;
    }

    public static String id(byte[] bytes, int frame) {
        return new String(bytes, frame + ID, ID_BYTES, StandardCharsets.US_ASCII);
    }

    public static int encryption(byte[] bytes, int frame) {
        return bytes[frame + ENCRYPTION] & 0xFF;
    }

    /** Length L of the data unit. */
    public static int dataBytes(byte[] bytes, int frame) {
        return unsigned16(bytes, frame + LENGTH);
    }

    public static int dataOffset(int frame) {
        return frame + HEADER_BYTES;
    }

    /** Length of the whole frame as its header says. */
    public static int frameBytes(byte[] bytes, int frame) {
        return SMALLEST_BYTES + dataBytes(bytes, frame);
    }

    /** Whether the checksum of a complete frame is right. */
    public static boolean hasRightBcc(byte[] bytes, int frame) {
        int end = frame + HEADER_BYTES + dataBytes(bytes, frame);
        return xor(bytes, frame + COMMAND, end) == bytes[end];
    }

    /**
     * XOR of {@code bytes[from .. to)}, 32 bytes at a time, then 8, then what is left. In the byte
     * order of the machine: which byte lies where in the folded number makes no difference.
     */
    public static byte xor(byte[] bytes, int from, int to) {
        int count = to - from;
        if (count < Long.BYTES) {
            int folded = 0;
            for (int i = from; i < to; i++) {
                folded ^= bytes[i];
            }
            return (byte) folded;
        }
        int blocks = count >>> 5;
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (int i = 0; i < blocks; i++) {
            int at = from + (i << 5);
            a ^= (long) NATIVE_LONG.get(bytes, at);
            b ^= (long) NATIVE_LONG.get(bytes, at + 8);
            c ^= (long) NATIVE_LONG.get(bytes, at + 16);
            d ^= (long) NATIVE_LONG.get(bytes, at + 24);
        }
        long folded = a ^ b ^ c ^ d;
        int words = count >>> 3;
        for (int i = blocks << 2; i < words; i++) {
            folded ^= (long) NATIVE_LONG.get(bytes, from + (i << 3));
        }
        int rest = count & 7;
        if (rest > 0) {
            // The last eight bytes, without those that are folded in already.
            folded ^= (long) LONG.get(bytes, to - 8) << 8 * (8 - rest);
        }
        folded ^= folded >>> 32;
        folded ^= folded >>> 16;
        folded ^= folded >>> 8;
        return (byte) folded;
    }

    /** {@link #begin(Edition, byte[], int, int, int, byte[])} of the 2016 edition. */
    public static void begin(byte[] out, int frame, int command, int flag, byte[] id) {
        begin(Edition.V2016, out, frame, command, flag, id);
    }

    /** Writes the header of an unencrypted frame whose data unit is still to be written. */
    public static void begin(
            Edition edition, byte[] out, int frame, int command, int flag, byte[] id) {
        if (id.length != ID_BYTES) {
            throw new IllegalArgumentException(
                    "a unique id has " + ID_BYTES + " ASCII bytes, not " + id.length);
        }
        out[frame] = (byte) edition.startByte();
        out[frame + 1] = (byte) edition.startByte();
        out[frame + COMMAND] = (byte) command;
        out[frame + FLAG] = (byte) flag;
        System.arraycopy(id, 0, out, frame + ID, ID_BYTES);
        out[frame + ENCRYPTION] = ENCRYPTION_NONE;
    }

    /** Sets length and BCC around a written data unit; returns the length of the whole frame. */
    public static int finish(byte[] out, int frame, int dataBytes) {
        put16(out, frame + LENGTH, dataBytes);
        int end = frame + HEADER_BYTES + dataBytes;
        out[end] = xor(out, frame + COMMAND, end);
        return SMALLEST_BYTES + dataBytes;
    }

    /**
     * Writes the answer to a command: same header, other flag, of the data unit only the time kept
     * (§6.3.2). An empty data unit (heartbeat) is answered by an empty one.
     *
     * @return length of the answer, 25 or 31
     */
    public static int answer(byte[] command, int frame, int flag, byte[] out, int at) {
        int kept = dataBytes(command, frame) >= TIME_BYTES ? TIME_BYTES : 0;
        System.arraycopy(command, frame, out, at, HEADER_BYTES + kept);
        out[at + FLAG] = (byte) flag;
        out[at + ENCRYPTION] = ENCRYPTION_NONE;
        return finish(out, at, kept);
    }

    /** Turns a real-time report into a re-issued one or back, in place. */
    static void changeCommand(byte[] bytes, int frame, int command) {
        bytes[frame + COMMAND] = (byte) command;
        finish(bytes, frame, dataBytes(bytes, frame));
    }

    /** Writes a whole frame around a data unit; returns its length. */
    public static int write(
            byte[] out,
            int frame,
            Edition edition,
            int command,
            int flag,
            byte[] id,
            int encryption,
            byte[] data) {
        begin(edition, out, frame, command, flag, id);
        out[frame + ENCRYPTION] = (byte) encryption;
        System.arraycopy(data, 0, out, dataOffset(frame), data.length);
        return finish(out, frame, data.length);
    }

    /** Whether two start bytes of one edition stand at an offset. */
    public static boolean hasStart(byte[] bytes, int at) {
        return bytes[at] == bytes[at + 1] && isStartByte(bytes[at]);
    }

    static boolean isStartByte(byte b) {
        return b == 0x23 || b == 0x24;
    }

    static int unsigned8(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    static int unsigned16(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xFFFF;
    }

    static long unsigned32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
    }

    static long long64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static void put16(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    static void put32(byte[] bytes, int at, long value) {
        INT.set(bytes, at, (int) value);
    }
}
