package org.roadloop.collect.gb32960;

import java.util.Arrays;

/**
 * Key exchange for the data unit (数据单元加密密钥交换), command 0B, both ways; GB/T 32960.3-2025 §7.6, table
 * 31.
 *
 * <pre>
 *  0      1         3      3+n        9+n        15+n
 * +------+---------+------+----------+----------+
 * | type | length n| key  | begins 6 | ends 6   |
 * +------+---------+------+----------+----------+
 * </pre>
 *
 * Types are those of the frame's encryption byte, 02 to 05. A key is a secret: never to be logged.
 */
public final class KeyExchange {
    public static final int COMMAND = 0x0B;
    private static final int FIXED_BYTES = 15;

    private KeyExchange() {}

    /** Whether the data unit has the length its key says. */
    public static boolean hasRightLength(byte[] bytes, int data, int dataBytes) {
        return dataBytes >= FIXED_BYTES && dataBytes == FIXED_BYTES + keyBytes(bytes, data);
    }

    public static int keyType(byte[] bytes, int data) {
        return Frame.unsigned8(bytes, data);
    }

    private static int keyBytes(byte[] bytes, int data) {
        return Frame.unsigned16(bytes, data + 1);
    }

    public static byte[] key(byte[] bytes, int data) {
        return Arrays.copyOfRange(bytes, data + 3, data + 3 + keyBytes(bytes, data));
    }

    /** From when the key holds; {@link CollectionTime#INVALID} for bytes that are no time. */
    public static long beginsAtMicros(byte[] bytes, int data) {
        return CollectionTime.micros(bytes, data + 3 + keyBytes(bytes, data));
    }

    public static long endsAtMicros(byte[] bytes, int data) {
        return CollectionTime.micros(bytes, data + 9 + keyBytes(bytes, data));
    }

    /** Returns the length of the frame. */
    public static int write(
            byte[] out,
            int frame,
            byte[] id,
            int keyType,
            byte[] key,
            long beginsAtMicros,
            long endsAtMicros) {
        Frame.begin(Edition.V2025, out, frame, COMMAND, Frame.FLAG_COMMAND, id);
        int data = Frame.dataOffset(frame);
        out[data] = (byte) keyType;
        Frame.put16(out, data + 1, key.length);
        System.arraycopy(key, 0, out, data + 3, key.length);
        CollectionTime.write(beginsAtMicros, out, data + 3 + key.length);
        CollectionTime.write(endsAtMicros, out, data + 9 + key.length);
        return Frame.finish(out, frame, FIXED_BYTES + key.length);
    }
}
