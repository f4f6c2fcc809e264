package org.roadloop.collect.v2x.uper;

import java.nio.charset.Charset;
import java.util.Arrays;

/** Bytes that are used again for the next message (字节串). One thread. */
public final class Octets {
    private byte[] bytes = new byte[0];
    private int length;

    public int length() {
        return length;
    }

    public byte at(int index) {
        return bytes[index];
    }

    /** The first {@link #length} count; valid until the next message. */
    public byte[] bytes() {
        return bytes;
    }

    public void clear() {
        length = 0;
    }

    public void add(byte octet) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(16, length * 2));
        }
        bytes[length++] = octet;
    }

    public void set(byte[] from) {
        clear();
        for (byte octet : from) {
            add(octet);
        }
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public String toString(Charset charset) {
        return new String(bytes, 0, length, charset);
    }
}
