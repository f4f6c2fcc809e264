package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes whose meaning is not ours to know (不透明数据), kept as they came; hex in text. Immutable. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Bytes copyOf(byte[] source, int from, int length) {
        return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(source, from, from + length));
    }

    /** From pairs of hex digits. */
    @JsonCreator
    public static Bytes ofHex(String hex) {
        return new Bytes(HexFormat.of().parseHex(hex));
    }

    public int length() {
        return bytes.length;
    }

    public byte[] toArray() {
        return bytes.clone();
    }

    void copyTo(byte[] out, int at) {
        System.arraycopy(bytes, 0, out, at, bytes.length);
    }

    @JsonValue
    public String toHex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return toHex();
    }
}
