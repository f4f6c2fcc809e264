package org.roadloop.collect.gb32960.text;

import java.io.ByteArrayOutputStream;

/** Bytes as they are written, numbers big-endian (字节写出). One thread. */
final class ByteSink {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    void number(long value, int count) {
        for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }

    void bytes(byte[] bytes) {
        out.writeBytes(bytes);
    }

    int size() {
        return out.size();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
