package org.roadloop.collect.jt808;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Writes the fields of one body in order (消息体写入), the inverse of {@link BodyReader}. A value that
 * its field cannot hold throws {@link IllegalArgumentException}. One thread.
 */
public final class BodyWriter {
    private final Edition edition;
    private byte[] bytes = new byte[256];
    private int at;

    public BodyWriter(Edition edition) {
        this.edition = edition;
    }

    public Edition edition() {
        return edition;
    }

    public int length() {
        return at;
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, at);
    }

    BodyWriter u8(String field, int value) {
        int to = room(field, value, 1);
        bytes[to] = (byte) value;
        return this;
    }

    BodyWriter u16(String field, int value) {
        int to = room(field, value, 2);
        Frame.put16(bytes, to, value);
        return this;
    }

    BodyWriter u32(String field, long value) {
        int to = room(field, value, 4);
        Frame.put32(bytes, to, value);
        return this;
    }

    BodyWriter bytes(Bytes value) {
        int to = room(value.length());
        value.copyTo(bytes, to);
        return this;
    }

    BodyWriter bytes(String field, Bytes value, int length) {
        if (value.length() != length) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, the standard gives it %d"
                            .formatted(field, value.length(), length));
        }
        return bytes(value);
    }

    BodyWriter text(String value) {
        return raw(encoded(value));
    }

    /** Length in one byte, then the text. */
    BodyWriter countedText(String field, String value) {
        byte[] encoded = encoded(value);
        return u8("length of " + field, encoded.length).raw(encoded);
    }

    /** Text filled with zero bytes behind it. */
    BodyWriter paddedText(String field, String value, int length) {
        byte[] encoded = encoded(value);
        if (encoded.length > length) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, its field holds %d".formatted(field, encoded.length, length));
        }
        return raw(Arrays.copyOf(encoded, length));
    }

    BodyWriter time(String text) {
        int to = room(Bcd.TIME_BYTES);
        Bcd.parseTime(text, Bcd.BEIJING_SECONDS, bytes, to);
        return this;
    }

    BodyWriter utcTime(String text) {
        int to = room(Bcd.TIME_BYTES);
        Bcd.parseTime(text, 0, bytes, to);
        return this;
    }

    /** Sets a length field that was written before its content. */
    void set8(int offset, String field, int value) {
        requireFits(field, value, 1);
        bytes[offset] = (byte) value;
    }

    void set16(int offset, String field, int value) {
        requireFits(field, value, 2);
        Frame.put16(bytes, offset, value);
    }

    static byte[] encoded(String text) {
        if (text.startsWith(BodyReader.HEX)) {
            return HexFormat.of().parseHex(text.substring(BodyReader.HEX.length()));
        }
        byte[] encoded = text.getBytes(BodyReader.GBK);
        if (!new String(encoded, BodyReader.GBK).equals(text)) {
            throw new IllegalArgumentException(
                    "a text of %d characters has one that GBK does not; send it as hex: and its bytes"
                            .formatted(text.length()));
        }
        return encoded;
    }

    private BodyWriter raw(byte[] value) {
        int to = room(value.length);
        System.arraycopy(value, 0, bytes, to, value.length);
        return this;
    }

    private int room(String field, long value, int length) {
        requireFits(field, value, length);
        return room(length);
    }

    private int room(int length) {
        if (at + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + length));
        }
        at += length;
        return at - length;
    }

    private static void requireFits(String field, long value, int length) {
        long most = (1L << 8 * length) - 1;
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(
                    "%s %d is outside 0..%d".formatted(field, value, most));
        }
    }
}
