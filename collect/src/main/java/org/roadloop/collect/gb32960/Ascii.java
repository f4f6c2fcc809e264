package org.roadloop.collect.gb32960;

import java.nio.charset.StandardCharsets;

/** Texts of fixed length, padded at the end with zero bytes or spaces (定长文本). */
final class Ascii {
    private Ascii() {}

    static String read(byte[] bytes, int at, int size) {
        int end = at + size;
        while (end > at && (bytes[end - 1] == 0 || bytes[end - 1] == ' ')) {
            end--;
        }
        return new String(bytes, at, end - at, StandardCharsets.US_ASCII);
    }

    /** Writes over the padding that is there. */
    static void write(byte[] out, int at, int size, String text, String what) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length > size) {
            throw new IllegalArgumentException(
                    "there is room for a %s of %d characters, not %d"
                            .formatted(what, size, ascii.length));
        }
        System.arraycopy(ascii, 0, out, at, ascii.length);
    }
}
