package org.roadloop.collect.jt808;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The envelope of every message (消息帧), read and written in place; JT/T 808-2013 §4.4, -2019 §4.4.
 * All integers are big-endian.
 *
 * <pre>
 *  on the wire:  7E | escaped( header | body | BCC ) | 7E
 *
 *  header 2013   0     2            4               10       12
 *               +----+------------+---------------+--------+-------------------+
 *               | id | properties | phone BCD 6   | serial | [packages, number]|
 *               +----+------------+---------------+--------+-------------------+
 *  header 2019   0     2            4         5            15       17
 *               +----+------------+---------+------------+--------+-------------------+
 *               | id | properties | version |phone BCD 10| serial | [packages, number]|
 *               +----+------------+---------+------------+--------+-------------------+
 *
 *  properties    bits 0-9 body length, 10-12 encryption, 13 sub-packages, 14 version flag
 * </pre>
 *
 * BCC is the XOR of header and body before escaping; {@code 7E} is escaped as {@code 7D 02} and
 * {@code 7D} as {@code 7D 01}. Arguments named {@code message} are the offset of the message id in
 * unescaped bytes.
 */
public final class Frame {
    public static final byte FLAG = 0x7E;
    public static final byte ESCAPE = 0x7D;

    public static final int LARGEST_BODY_BYTES = 1023;
    public static final int LARGEST_HEADER_BYTES = 21;

    /** Header, body and BCC of the largest message, unescaped. */
    public static final int LARGEST_MESSAGE_BYTES = LARGEST_HEADER_BYTES + LARGEST_BODY_BYTES + 1;

    /** The same with every byte escaped, between its flags. */
    public static final int LARGEST_FRAME_BYTES = 2 * LARGEST_MESSAGE_BYTES + 2;

    /** Header of 2013 and BCC around an empty body. */
    public static final int SMALLEST_MESSAGE_BYTES = 13;

    public static final int ENCRYPTION_NONE = 0;
    public static final int ENCRYPTION_RSA = 1;

    private static final int SUB_PACKAGES = 0x2000;
    private static final int VERSION_FLAG = 0x4000;
    private static final int RESERVED = 0x8000;

    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Frame() {}

    public static int id(byte[] bytes, int message) {
        return unsigned16(bytes, message);
    }

    static int properties(byte[] bytes, int message) {
        return unsigned16(bytes, message + 2);
    }

    public static Edition edition(byte[] bytes, int message) {
        return (bytes[message + 2] & VERSION_FLAG >> 8) == 0 ? Edition.JT2013 : Edition.JT2019;
    }

    /** 0..1023. */
    public static int bodyBytes(byte[] bytes, int message) {
        return properties(bytes, message) & LARGEST_BODY_BYTES;
    }

    /** 0 none, 1 RSA, 2..7 reserved. */
    public static int encryption(byte[] bytes, int message) {
        return properties(bytes, message) >> 10 & 7;
    }

    /** Whether the body is one package of several. */
    public static boolean isSubPackage(byte[] bytes, int message) {
        return (properties(bytes, message) & SUB_PACKAGES) != 0;
    }

    /** Bit 15, which both editions reserve. */
    static boolean hasReservedBit(byte[] bytes, int message) {
        return (properties(bytes, message) & RESERVED) != 0;
    }

    /** 2019: 1, one more at each revision; 0 in 2013, which has no such field. */
    public static int protocolVersion(byte[] bytes, int message) {
        return edition(bytes, message) == Edition.JT2019 ? bytes[message + 4] & 0xFF : 0;
    }

    /** Offset of the BCD digits of the terminal phone; their number is in the edition. */
    public static int phoneOffset(byte[] bytes, int message) {
        return message + (edition(bytes, message) == Edition.JT2019 ? 5 : 4);
    }

    /** All 12 or 20 digits of the terminal phone. */
    public static String phone(byte[] bytes, int message) {
        int at = phoneOffset(bytes, message);
        return HexFormat.of().formatHex(bytes, at, at + edition(bytes, message).phoneBytes());
    }

    /**
     * Writes the digits of the phone without leading zeros, so that one terminal has one identity
     * in both editions; all zeros become one.
     *
     * @param digits 20 bytes
     * @return offset of the first digit in {@code digits}; the last is at its end
     */
    public static int phoneDigits(byte[] bytes, int message, byte[] digits) {
        int at = phoneOffset(bytes, message);
        boolean longer = edition(bytes, message) == Edition.JT2019;
        int high = longer ? unsigned16(bytes, at) : 0;
        int middle = longer ? (int) INT.get(bytes, at + 2) : unsigned16(bytes, at);
        int low = (int) INT.get(bytes, longer ? at + 6 : at + 2);
        INT.set(digits, 0, (int) ascii(high));
        LONG.set(digits, 4, ascii(middle));
        LONG.set(digits, 12, ascii(low));
        int zeros =
                high != 0
                        ? Integer.numberOfLeadingZeros(high) - 16 >>> 2
                        : middle != 0
                                ? 4 + (Integer.numberOfLeadingZeros(middle) >>> 2)
                                : 12 + (Integer.numberOfLeadingZeros(low) >>> 2);
        return Math.min(zeros, digits.length - 1);
    }

    /** The eight nibbles as ASCII digits. */
    private static long ascii(int nibbles) {
        long spread = nibbles & 0xFFFF_FFFFL;
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFFL;
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FFL;
        spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
        return spread + 0x3030_3030_3030_3030L;
    }

    /** 0..65535, cyclic. */
    public static int serial(byte[] bytes, int message) {
        return unsigned16(bytes, message + edition(bytes, message).headerBytes() - 2);
    }

    /** Number of packages of this message, 1 when it is whole. */
    public static int packages(byte[] bytes, int message) {
        return isSubPackage(bytes, message)
                ? unsigned16(bytes, message + edition(bytes, message).headerBytes())
                : 1;
    }

    /** From 1. */
    public static int packageNumber(byte[] bytes, int message) {
        return isSubPackage(bytes, message)
                ? unsigned16(bytes, message + edition(bytes, message).headerBytes() + 2)
                : 1;
    }

    /** 12, 16, 17 or 21. */
    public static int headerBytes(byte[] bytes, int message) {
        return edition(bytes, message).headerBytes() + (isSubPackage(bytes, message) ? 4 : 0);
    }

    public static int bodyOffset(byte[] bytes, int message) {
        return message + headerBytes(bytes, message);
    }

    /** Whether all digits of the phone are decimal. */
    static boolean hasDecimalPhone(byte[] bytes, int message) {
        int at = phoneOffset(bytes, message);
        return edition(bytes, message) == Edition.JT2019
                ? Bcd.isDecimal((long) LONG.get(bytes, at))
                        && Bcd.isDecimal(unsigned16(bytes, at + 8))
                : Bcd.isDecimal(unsigned32(bytes, at) << 16 | unsigned16(bytes, at + 4));
    }

    /**
     * Writes the header of a message whose body is still to be written.
     *
     * @param phone at most 12 or 20 decimal digits, filled with zeros on the left
     * @return offset of the body
     */
    public static int begin(
            byte[] out, int message, int id, Edition edition, String phone, int serial) {
        put16(out, message, id);
        put16(out, message + 2, edition == Edition.JT2019 ? VERSION_FLAG : 0);
        int at = message + 4;
        if (edition == Edition.JT2019) {
            out[at++] = 1;
        }
        putPhone(out, at, edition.phoneBytes(), phone);
        put16(out, at + edition.phoneBytes(), serial);
        return message + edition.headerBytes();
    }

    /** The same for one package of several. */
    public static int beginPackage(
            byte[] out,
            int message,
            int id,
            Edition edition,
            String phone,
            int serial,
            int packages,
            int number) {
        int at = begin(out, message, id, edition, phone, serial);
        put16(out, message + 2, properties(out, message) | SUB_PACKAGES);
        put16(out, at, packages);
        put16(out, at + 2, number);
        return at + 4;
    }

    /** Sets the header fields that {@link #begin} leaves at their usual values. */
    static void setRare(
            byte[] out, int message, int protocolVersion, int encryption, boolean reservedBit) {
        put16(
                out,
                message + 2,
                properties(out, message) | encryption << 10 | (reservedBit ? RESERVED : 0));
        if (edition(out, message) == Edition.JT2019) {
            out[message + 4] = (byte) protocolVersion;
        }
    }

    /** Sets the body length and the BCC of a message; returns its length with BCC. */
    public static int finish(byte[] out, int message, int bodyBytes) {
        if (bodyBytes < 0 || bodyBytes > LARGEST_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "a body of %d bytes does not fit one message of at most %d; send it in packages"
                            .formatted(bodyBytes, LARGEST_BODY_BYTES));
        }
        put16(out, message + 2, properties(out, message) & ~LARGEST_BODY_BYTES | bodyBytes);
        int end = bodyOffset(out, message) + bodyBytes;
        out[end] = xor(out, message, end);
        return end + 1 - message;
    }

    /**
     * Writes a finished message between flags, escaped.
     *
     * @param messageBytes with BCC
     * @return length of the frame, at most {@link #LARGEST_FRAME_BYTES}
     */
    public static int escape(byte[] bytes, int message, int messageBytes, byte[] out, int frame) {
        int to = frame;
        out[to++] = FLAG;
        for (int i = message; i < message + messageBytes; i++) {
            byte b = bytes[i];
            if (b == FLAG || b == ESCAPE) {
                out[to++] = ESCAPE;
                out[to++] = (byte) (b == FLAG ? 0x02 : 0x01);
            } else {
                out[to++] = b;
            }
        }
        out[to++] = FLAG;
        return to - frame;
    }

    /**
     * Undoes the escaping of {@code bytes[from .. to)}, which holds no flag.
     *
     * @param firstEscape offset of the first escape byte, or {@code to}
     * @param out at least as long
     * @return length in {@code out}, or {@code ~offset} of an escape byte that no 01 or 02 follows
     */
    static int unescape(byte[] bytes, int from, int firstEscape, int to, byte[] out) {
        int length = 0;
        int at = from;
        int escape = firstEscape;
        while (true) {
            System.arraycopy(bytes, at, out, length, escape - at);
            length += escape - at;
            if (escape == to) {
                return length;
            }
            if (escape + 1 == to || (bytes[escape + 1] != 0x01 && bytes[escape + 1] != 0x02)) {
                return ~escape;
            }
            out[length++] = bytes[escape + 1] == 0x01 ? ESCAPE : FLAG;
            at = escape + 2;
            escape = findSpecial(bytes, at, to);
        }
    }

    /** XOR of {@code bytes[from .. to)}, eight bytes at a time. */
    static byte xor(byte[] bytes, int from, int to) {
        long folded = 0;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            folded ^= (long) LONG.get(bytes, i);
        }
        if (i < to && to - from >= 8) {
            // The low bytes of the last eight are those that are left.
            folded ^= (long) LONG.get(bytes, to - 8) & (1L << 8 * (to - i)) - 1;
            i = to;
        }
        folded ^= folded >>> 32;
        folded ^= folded >>> 16;
        folded ^= folded >>> 8;
        int rest = (int) folded;
        for (; i < to; i++) {
            rest ^= bytes[i];
        }
        return (byte) rest;
    }

    /** First flag or escape byte at or after {@code from}, or {@code to}; eight bytes at a time. */
    static int findSpecial(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long word = (long) LONG.get(bytes, i);
            long marks =
                    zeroBytes(word ^ 0x7D7D_7D7D_7D7D_7D7DL)
                            | zeroBytes(word ^ 0x7E7E_7E7E_7E7E_7E7EL);
            if (marks != 0) {
                return i + (Long.numberOfLeadingZeros(marks) >>> 3);
            }
        }
        while (i < to && bytes[i] != FLAG && bytes[i] != ESCAPE) {
            i++;
        }
        return i;
    }

    /** First flag at or after {@code from}, or {@code to}; eight bytes at a time. */
    static int findFlag(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long marks = zeroBytes((long) LONG.get(bytes, i) ^ 0x7E7E_7E7E_7E7E_7E7EL);
            if (marks != 0) {
                return i + (Long.numberOfLeadingZeros(marks) >>> 3);
            }
        }
        while (i < to && bytes[i] != FLAG) {
            i++;
        }
        return i;
    }

    /** The top bit of each byte that is zero, and no other; Warren, Hacker's Delight, §6-1. */
    private static long zeroBytes(long word) {
        long low = 0x7F7F_7F7F_7F7F_7F7FL;
        return ~((word & low) + low | word | low);
    }

    static int unsigned8(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    public static int unsigned16(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xFFFF;
    }

    public static long unsigned32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
    }

    static void put16(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    static void put32(byte[] bytes, int at, long value) {
        INT.set(bytes, at, (int) value);
    }

    private static void putPhone(byte[] out, int at, int phoneBytes, String phone) {
        int digits = 2 * phoneBytes;
        if (phone.length() > digits || !phone.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(
                    "a terminal phone has at most %d decimal digits in this edition, not %d characters"
                            .formatted(digits, phone.length()));
        }
        int missing = digits - phone.length();
        for (int i = 0; i < phoneBytes; i++) {
            out[at + i] =
                    (byte) (digit(phone, 2 * i - missing) << 4 | digit(phone, 2 * i + 1 - missing));
        }
    }

    private static int digit(String phone, int at) {
        return at < 0 ? 0 : phone.charAt(at) - '0';
    }
}
