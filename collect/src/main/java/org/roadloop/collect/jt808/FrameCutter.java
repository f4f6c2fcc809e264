package org.roadloop.collect.jt808;

/**
 * Cuts a stretch of received bytes into frames, checks and unescapes them (断帧、转义还原与校验).
 *
 * <p>Flags only separate: one may close a frame and open the next, and a run of them is one
 * separator. What lies between two flags is believed only with right escapes, a right BCC, the
 * length that its header says and a decimal phone; whatever else it is, the search goes on behind
 * the next flag, so a fault costs nothing that follows it. What is longer than any frame is a fault
 * before its flag has come, so at most {@link Frame#LARGEST_FRAME_BYTES} ever wait.
 *
 * <p>One thread. Reused: {@link #over} then {@link #next} until {@link Verdict#MORE}. A frame
 * without escapes is read where it lies; another one is unescaped into a buffer of the cutter.
 */
public final class FrameCutter {
    /** What was found; every fault has a stable counter name. */
    public enum Verdict {
        /** A whole right message: {@link #bytes}, {@link #message}, {@link #messageBytes}. */
        FRAME("jt808_frames"),
        /** What is left from {@link #start} on is no whole frame yet. */
        MORE(""),
        /** Fewer bytes than a message has. */
        GARBAGE("jt808_garbage"),
        /** An escape byte is followed by neither 01 nor 02. */
        ESCAPE("jt808_escape"),
        /** The checksum is wrong. */
        BCC("jt808_bcc"),
        /** The length is not the one in the header, or above that of every frame. */
        LENGTH("jt808_length"),
        /** The phone has digits that are not decimal. */
        PHONE("jt808_phone");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        public String counterName() {
            return counterName;
        }
    }

    private static final int LARGEST_CONTENT_BYTES = Frame.LARGEST_FRAME_BYTES - 2;

    private final byte[] unescaped = new byte[LARGEST_CONTENT_BYTES];

    private byte[] received = unescaped;
    private int at;
    private int end;
    private int start;
    private int length;
    private int fault;

    private byte[] bytes = unescaped;
    private int message;
    private int messageBytes;

    /** Starts on {@code received[from .. to)}. */
    public void over(byte[] received, int from, int to) {
        this.received = received;
        at = from;
        end = to;
        start = from;
        length = 0;
    }

    public Verdict next() {
        byte[] in = received;
        int from = at;
        while (from < end && in[from] == Frame.FLAG) {
            from++;
        }
        start = from > at && from < end ? from - 1 : from;
        int special = Frame.findSpecial(in, from, end);
        boolean escaped = special < end && in[special] == Frame.ESCAPE;
        int close = escaped ? Frame.findFlag(in, special, end) : special;
        length = close - start;
        if (close - from > LARGEST_CONTENT_BYTES) {
            at = close;
            fault = start;
            return Verdict.LENGTH;
        }
        if (close == end) {
            at = start;
            return Verdict.MORE;
        }
        length++;
        at = close + 1;
        return escaped ? unescaped(from, special, close) : inPlace(from, close);
    }

    /** Offset of what {@link #next} found, with a flag before it; after MORE the first to keep. */
    public int start() {
        return start;
    }

    /** Length of what was found, with the flag that closes it. */
    public int length() {
        return length;
    }

    /** Offset of what is wrong, in the received bytes. */
    public int fault() {
        return fault;
    }

    /** Where the unescaped message lies; valid until the following call. */
    public byte[] bytes() {
        return bytes;
    }

    /** Offset of the message id. */
    public int message() {
        return message;
    }

    /** Length of header and body, without BCC. */
    public int messageBytes() {
        return messageBytes;
    }

    private Verdict inPlace(int from, int close) {
        bytes = received;
        message = from;
        Verdict verdict = check(close - from);
        if (verdict != Verdict.FRAME) {
            fault = from + fault;
        }
        return verdict;
    }

    private Verdict unescaped(int from, int escape, int close) {
        int count = Frame.unescape(received, from, escape, close, unescaped);
        if (count < 0) {
            fault = ~count;
            return Verdict.ESCAPE;
        }
        bytes = unescaped;
        message = 0;
        Verdict verdict = check(count);
        if (verdict != Verdict.FRAME) {
            fault = offsetOf(fault, from);
        }
        return verdict;
    }

    /** Checks a message of {@code count} bytes with BCC; a fault is told in unescaped bytes. */
    private Verdict check(int count) {
        byte[] in = bytes;
        int first = message;
        messageBytes = count - 1;
        if (count < Frame.SMALLEST_MESSAGE_BYTES) {
            fault = 0;
            return Verdict.GARBAGE;
        }
        if (Frame.xor(in, first, first + count) != 0) {
            fault = count - 1;
            return Verdict.BCC;
        }
        if (Frame.headerBytes(in, first) + Frame.bodyBytes(in, first) != count - 1) {
            fault = 2;
            return Verdict.LENGTH;
        }
        if (!Frame.hasDecimalPhone(in, first)) {
            fault = Frame.phoneOffset(in, first) - first;
            return Verdict.PHONE;
        }
        return Verdict.FRAME;
    }

    /** Where the byte lies that became byte {@code n} of the message. */
    private int offsetOf(int n, int from) {
        int i = from;
        for (int left = n; left > 0; left--) {
            i += received[i] == Frame.ESCAPE ? 2 : 1;
        }
        return i;
    }
}
