package org.roadloop.collect.text;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

/** Hex lines (十六进制报文行): tells them from binary, and feeds each to a decoder as its own input. */
public final class HexLines {
    /** Characters of a line; a longer one is an error. The largest message of a protocol fits. */
    public static final int LONGEST_LINE = 1 << 20;

    /** How far the look goes that tells text from binary. */
    private static final int LOOKED_AT = 8192;

    private static final int ENOUGH = 64;

    private static final HexFormat HEX = HexFormat.of();

    private HexLines() {}

    /** Hears of each line before what it gives. */
    public interface LineListener {
        /** {@code number} counts from 1. */
        void line(long number);
    }

    /**
     * Whether a stream starts with hex lines. Binary that happens to be nothing but hex digits is
     * taken for text; an empty stream is binary.
     */
    public static boolean startsWithHex(BufferedInputStream in) throws IOException {
        in.mark(LOOKED_AT);
        byte[] head = new byte[LOOKED_AT];
        int have = 0;
        // Enough to tell, and no more: the rest of a live stream may be long in coming.
        int n = 0;
        while (have < ENOUGH && n >= 0) {
            n = in.read(head, have, LOOKED_AT - have);
            have += Math.max(0, n);
        }
        in.reset();
        boolean comment = false;
        boolean lineStart = true;
        for (int i = 0; i < have; i++) {
            byte b = head[i];
            if (b == '\n') {
                comment = false;
                lineStart = true;
            } else if (b != ' ' && b != '\t' && b != '\r') {
                comment |= lineStart && b == '#';
                lineStart = false;
                if (comment ? b >= 0 && b < 0x20 : !isHexOrPrefix(head, i)) {
                    return false;
                }
            }
        }
        return have > 0;
    }

    private static boolean isHexOrPrefix(byte[] bytes, int at) {
        byte b = bytes[at];
        return HexFormat.isHexDigit(b) || (b == 'x' || b == 'X') && at > 0 && bytes[at - 1] == '0';
    }

    /** Decodes every line as an input of its own: offsets of errors count from its first byte. */
    public static void decode(
            InputStream in, MessageText.Decoder decoder, MessageText.Sink out, LineListener lines)
            throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        long number = 0;
        boolean tooLong = false;
        for (int b = in.read(); ; b = in.read()) {
            if (b >= 0 && b != '\n') {
                tooLong |= line.size() >= LONGEST_LINE;
                if (!tooLong) {
                    line.write(b);
                }
                continue;
            }
            if (b < 0 && line.size() == 0) {
                return;
            }
            lines.line(++number);
            if (tooLong) {
                out.error(0, "hex_line_length", "the line has more than 1048576 characters");
            } else {
                decodeLine(line.toByteArray(), decoder, out);
            }
            if (b < 0) {
                return;
            }
            line.reset();
            tooLong = false;
        }
    }

    private static void decodeLine(byte[] line, MessageText.Decoder decoder, MessageText.Sink out)
            throws IOException {
        byte[] bytes = new byte[line.length / 2];
        int digits = 0;
        for (int i = 0; i < line.length; i++) {
            byte b = line[i];
            if (b == ' ' || b == '\t' || b == '\r') {
                continue;
            }
            if (b == '#' && digits == 0) {
                return;
            }
            if (digits == 1 && bytes[0] == 0 && (b == 'x' || b == 'X')) {
                digits = 0;
                continue;
            }
            if (!HexFormat.isHexDigit(b)) {
                out.error(digits / 2, "hex_digit", "character %d is no hex digit".formatted(i + 1));
                return;
            }
            if (digits / 2 < bytes.length) {
                bytes[digits / 2] =
                        (byte) (bytes[digits / 2] << 4 & 0xF0 | HexFormat.fromHexDigit(b));
            }
            digits++;
        }
        if (digits % 2 == 1) {
            out.error(digits / 2, "hex_digit", "the line has an odd number of hex digits");
        } else if (digits > 0) {
            decoder.decode(new ByteArrayInputStream(bytes, 0, digits / 2), out);
        }
    }

    /** One line of hex, without its end. */
    public static String line(byte[] bytes) {
        return HEX.formatHex(bytes);
    }
}
