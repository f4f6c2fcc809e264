package org.roadloop.collect.jt808;

/**
 * A packet of raw file data (文件码流) on the port that also carries frames, read in place; T/JSATL
 * 12-2017 §4.6.4, table 4-26. It is not answered.
 *
 * <pre>
 *  0             4         54       58       62
 * +-------------+---------+--------+--------+------+
 * | 30 31 63 64 | name 50 | offset | length | data |
 * +-------------+---------+--------+--------+------+
 * </pre>
 */
public final class StreamPacket {
    public static final int HEADER_BYTES = 62;

    /** The standard's piece; the last of a file is shorter. */
    public static final int LARGEST_DATA_BYTES = 64 * 1024;

    static final int NAME_BYTES = 50;

    private static final int MARK = 0x3031_6364;

    private StreamPacket() {}

    /** Whether {@code bytes[at .. end)} begin with the mark, as far as it has come. */
    static boolean mayBegin(byte[] bytes, int at, int end) {
        int have = Math.min(4, end - at);
        for (int i = 0; i < have; i++) {
            if (bytes[at + i] != (byte) (MARK >>> 24 - 8 * i)) {
                return false;
            }
        }
        return have > 0;
    }

    /** Name of the file, without the zero bytes that fill it. */
    public static String name(byte[] bytes, int packet) {
        return new BodyReader(Edition.JT2013, bytes, packet + 4, NAME_BYTES).paddedText(NAME_BYTES);
    }

    /** Of the data in its file. */
    public static long offsetBytes(byte[] bytes, int packet) {
        return Frame.unsigned32(bytes, packet + 4 + NAME_BYTES);
    }

    public static long dataBytes(byte[] bytes, int packet) {
        return Frame.unsigned32(bytes, packet + 8 + NAME_BYTES);
    }

    /** Writes the header; the data follow it. */
    public static void write(byte[] out, int packet, String name, long offsetBytes, int dataBytes) {
        byte[] encoded =
                new BodyWriter(Edition.JT2013).paddedText("name", name, NAME_BYTES).toArray();
        Frame.put32(out, packet, MARK);
        System.arraycopy(encoded, 0, out, packet + 4, NAME_BYTES);
        Frame.put32(out, packet + 4 + NAME_BYTES, offsetBytes);
        Frame.put32(out, packet + 8 + NAME_BYTES, dataBytes);
    }
}
