package org.roadloop.collect.jt808;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Reads the fields of one body in order (消息体读取). Reading over the end gives zeros and is
 * remembered, so that a decoder reads straight down and asks {@link #isWhole} once at its end: bad
 * bytes come every day and cost no exception. One thread.
 */
public final class BodyReader {
    /** STRING of the standard; JT/T 808-2013 §4.2. */
    static final Charset GBK = Charset.forName("GBK");

    /** Begins a text that GBK would not give back byte for byte. */
    static final String HEX = "hex:";

    private final Edition edition;
    private final byte[] bytes;
    private final int end;
    private int at;
    private int fault = -1;

    public BodyReader(Edition edition, byte[] bytes, int body, int bodyBytes) {
        this.edition = edition;
        this.bytes = bytes;
        this.at = body;
        this.end = body + bodyBytes;
    }

    public Edition edition() {
        return edition;
    }

    /** Whether every byte was read, none over the end, and nothing was refused. */
    public boolean isWhole() {
        return fault < 0 && at == end;
    }

    /** Offset of the first field that was wrong, or of the bytes that no field took. */
    public int faultOffset() {
        return fault < 0 ? at : fault;
    }

    int remaining() {
        return fault < 0 ? end - at : 0;
    }

    /** Says that the field before is one the standard does not allow. */
    void refuse() {
        fault = fault < 0 ? at : fault;
    }

    int peek8(int ahead) {
        return remaining() > ahead ? bytes[at + ahead] & 0xFF : -1;
    }

    int u8() {
        int from = take(1);
        return from < 0 ? 0 : bytes[from] & 0xFF;
    }

    int u16() {
        int from = take(2);
        return from < 0 ? 0 : Frame.unsigned16(bytes, from);
    }

    long u32() {
        int from = take(4);
        return from < 0 ? 0 : Frame.unsigned32(bytes, from);
    }

    Bytes bytes(int length) {
        int from = take(length);
        return from < 0 ? Bytes.EMPTY : Bytes.copyOf(bytes, from, length);
    }

    Bytes rest() {
        return bytes(remaining());
    }

    /** GBK text, or {@code hex:} and its digits where GBK would not give the same bytes back. */
    String text(int length) {
        int from = take(length);
        return from < 0 ? "" : text(from, length, length);
    }

    String restText() {
        return text(remaining());
    }

    /** Text that is filled with zero bytes behind it. */
    String paddedText(int length) {
        int from = take(length);
        if (from < 0) {
            return "";
        }
        int used = length;
        while (used > 0 && bytes[from + used - 1] == 0) {
            used--;
        }
        return text(from, used, length);
    }

    /** BCD time of Beijing as text in UTC; its digits when it is no time. */
    String time() {
        int from = take(Bcd.TIME_BYTES);
        return from < 0 ? "" : Bcd.timeText(bytes, from, Bcd.BEIJING_SECONDS);
    }

    /** BCD time in UTC. */
    String utcTime() {
        int from = take(Bcd.TIME_BYTES);
        return from < 0 ? "" : Bcd.timeText(bytes, from, 0);
    }

    /** A reader of the next bytes alone. */
    BodyReader part(int length) {
        int from = take(length);
        return from < 0
                ? new BodyReader(edition, bytes, end, 0)
                : new BodyReader(edition, bytes, from, length);
    }

    /** Takes over what a {@link #part} found wrong. */
    void expectWhole(BodyReader part) {
        if (!part.isWhole() && fault < 0) {
            fault = part.faultOffset();
        }
    }

    private String text(int from, int used, int length) {
        String text = new String(bytes, from, used, GBK);
        boolean exact =
                !text.startsWith(HEX)
                        && Arrays.equals(
                                text.getBytes(GBK), Arrays.copyOfRange(bytes, from, from + used));
        return exact ? text : HEX + HexFormat.of().formatHex(bytes, from, from + length);
    }

    /** Offset of the next {@code length} bytes, or −1. */
    private int take(int length) {
        if (length > remaining()) {
            refuse();
            return -1;
        }
        at += length;
        return at - length;
    }
}
