package org.roadloop.collect.v2x.j2735;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One record in the log of an on-board unit (车载单元日志记录), read in place; byte table in the package
 * description. Arguments named {@code at} are the offset of its first byte.
 */
public final class ObuLogRecord {
    public static final int HEADER_BYTES = 26;

    /** A payload that is not signed begins with these: IEEE 1609.2 version 3, unsecured data. */
    private static final int UNSECURED = 0x0380;

    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ObuLogRecord() {}

    /**
     * Bytes of the whole record.
     *
     * @return -1 when fewer are there, or the header is not one: direction over 1, no payload
     */
    public static int length(byte[] bytes, int at, int available) {
        if (available < HEADER_BYTES || (bytes[at] & 0xFF) > 1) {
            return -1;
        }
        int length = HEADER_BYTES + payloadBytes(bytes, at);
        return length == HEADER_BYTES || length > available ? -1 : length;
    }

    /** Whether the unit heard the message, and did not send it. */
    public static boolean isHeard(byte[] bytes, int at) {
        return bytes[at] == 1;
    }

    /** Of the unit itself, in 1e-7 degree. */
    public static int latitudeE7Degrees(byte[] bytes, int at) {
        return (int) INT.get(bytes, at + 1);
    }

    /** Of the unit itself, in 1e-7 degree. */
    public static int longitudeE7Degrees(byte[] bytes, int at) {
        return (int) INT.get(bytes, at + 5);
    }

    /** Of the unit itself, in 0.1 m. */
    public static int elevationDecimetres(byte[] bytes, int at) {
        return (int) INT.get(bytes, at + 9);
    }

    /** Of the unit itself, in 0.02 m/s. */
    public static int speedFiftiethsMps(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 13) & 0xFFFF;
    }

    /** Of the unit itself, in 0.0125 degree clockwise from north. */
    public static int headingEightiethsDegree(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 15) & 0xFFFF;
    }

    /** Seconds since 1970 UTC, unsigned. */
    public static long timeSeconds(byte[] bytes, int at) {
        return (int) INT.get(bytes, at + 17) & 0xFFFF_FFFFL;
    }

    /** To be added to {@link #timeSeconds}; 0..999 by its sense, 0..65535 by its room. */
    public static int timeMillis(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 21) & 0xFFFF;
    }

    /** 0 success; other values as the unit's maker numbers them. */
    public static int securityResult(byte[] bytes, int at) {
        return bytes[at + 23] & 0xFF;
    }

    public static int payloadBytes(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 24) & 0xFFFF;
    }

    /**
     * Where the J2735 frame begins in a payload that is not signed.
     *
     * @return bytes from {@code at}, or -1 when the payload is signed or no such
     */
    public static int frameOffset(byte[] bytes, int at) {
        int payload = payloadBytes(bytes, at);
        int from = at + HEADER_BYTES;
        if (payload < 3 || ((bytes[from] & 0xFF) << 8 | bytes[from + 1] & 0xFF) != UNSECURED) {
            return -1;
        }
        int first = bytes[from + 2] & 0xFF;
        int lengthBytes = first < 128 ? 0 : first & 0x7F;
        if (lengthBytes > 2 || payload < 3 + lengthBytes) {
            return -1;
        }
        int content = first < 128 ? first : 0;
        for (int i = 0; i < lengthBytes; i++) {
            content = content << 8 | bytes[from + 3 + i] & 0xFF;
        }
        return 3 + lengthBytes + content == payload ? HEADER_BYTES + 3 + lengthBytes : -1;
    }

    /** Writes a header before a payload. */
    public static byte[] write(
            boolean heard,
            int latitudeE7Degrees,
            int longitudeE7Degrees,
            int elevationDecimetres,
            int speedFiftiethsMps,
            int headingEightiethsDegree,
            long timeSeconds,
            int timeMillis,
            int securityResult,
            byte[] payload) {
        byte[] out = new byte[HEADER_BYTES + payload.length];
        out[0] = (byte) (heard ? 1 : 0);
        INT.set(out, 1, latitudeE7Degrees);
        INT.set(out, 5, longitudeE7Degrees);
        INT.set(out, 9, elevationDecimetres);
        SHORT.set(out, 13, (short) speedFiftiethsMps);
        SHORT.set(out, 15, (short) headingEightiethsDegree);
        INT.set(out, 17, (int) timeSeconds);
        SHORT.set(out, 21, (short) timeMillis);
        out[23] = (byte) securityResult;
        SHORT.set(out, 24, (short) payload.length);
        System.arraycopy(payload, 0, out, HEADER_BYTES, payload.length);
        return out;
    }
}
