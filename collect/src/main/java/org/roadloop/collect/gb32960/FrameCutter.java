package org.roadloop.collect.gb32960;

/**
 * Cuts a stretch of received bytes into frames of either edition, as they come mixed on one port,
 * and finds the next frame after garbage (断帧与重同步).
 *
 * <p>The format has a start mark and a length but no terminator and no escaping, so a start mark
 * proves nothing: a length is believed only behind a plausible command, flag, encryption byte and
 * unique id, and a frame only with a right BCC. After a wrong BCC the search goes on one byte
 * further, not behind the length. While a frame is incomplete, a later frame that is complete and
 * right shows the earlier start to be false, so a false start cannot hold up what follows it.
 *
 * <p>One thread. Reused: {@link #over} then {@link #next} until {@link Verdict#MORE}.
 */
public final class FrameCutter {
    /** What was found; every fault has a stable counter name. */
    public enum Verdict {
        /** {@link #start} and {@link #length} are a whole frame with a right BCC. */
        FRAME("gb32960_frames"),
        /** What is left from {@link #start} on is no whole frame yet. */
        MORE(""),
        /** Bytes without a start mark were skipped. */
        GARBAGE("gb32960_garbage"),
        /** A start mark was followed by no plausible header. */
        HEADER("gb32960_header"),
        /** The length is above the bound of this port. */
        LENGTH("gb32960_length"),
        /** The checksum is wrong; {@link #start} and {@link #length} are the rejected frame. */
        BCC("gb32960_bcc");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        public String counterName() {
            return counterName;
        }
    }

    /** Below this, every new byte may end the wait for a false start. */
    private static final int SEARCH_ALWAYS_BYTES = 4096;

    private final int largestFrameBytes;

    /** How much of the present wait has been searched; see {@link #waiting}. */
    private int searched;

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private int start;
    private int length;

    /** The bytes up to the next mark belong to a fault that was already reported. */
    private boolean afterFault;

    public FrameCutter(int largestFrameBytes) {
        if (largestFrameBytes < Frame.SMALLEST_BYTES || largestFrameBytes > Frame.LARGEST_BYTES) {
            throw new IllegalArgumentException(
                    "frame bound %d is outside %d..%d"
                            .formatted(
                                    largestFrameBytes, Frame.SMALLEST_BYTES, Frame.LARGEST_BYTES));
        }
        this.largestFrameBytes = largestFrameBytes;
    }

    /** Starts on {@code bytes[from .. to)}. */
    public void over(byte[] received, int from, int to) {
        bytes = received;
        at = from;
        end = to;
        start = from;
        length = 0;
        afterFault = false;
    }

    public Verdict next() {
        int mark = findMark(at);
        if (mark > at && !afterFault) {
            return found(Verdict.GARBAGE, at, mark - at, mark);
        }
        at = mark;
        if (end - at < Frame.HEADER_BYTES) {
            return plausibleSoFar(at)
                    ? waiting()
                    : found(Verdict.HEADER, at, Math.min(2, end - at), at + 1);
        }
        if (!plausibleSoFar(at)) {
            return found(Verdict.HEADER, at, Frame.HEADER_BYTES, at + 1);
        }
        int frameBytes = Frame.frameBytes(bytes, at);
        if (frameBytes > largestFrameBytes) {
            return found(Verdict.LENGTH, at, Frame.HEADER_BYTES, at + 1);
        }
        if (frameBytes > end - at) {
            return waiting();
        }
        if (!Frame.hasRightBcc(bytes, at)) {
            return found(Verdict.BCC, at, frameBytes, at + 1);
        }
        return found(Verdict.FRAME, at, frameBytes, at + frameBytes);
    }

    /** Offset of what {@link #next} found; after {@code MORE} the first byte to keep. */
    public int start() {
        return start;
    }

    public int length() {
        return length;
    }

    /**
     * A long wait is searched anew only when it has grown by an eighth: a sender of false headers
     * one byte at a time would else cost a walk over all of them for each byte.
     */
    private Verdict waiting() {
        int waits = end - at;
        boolean due =
                waits < SEARCH_ALWAYS_BYTES || waits < searched || waits - searched >= waits / 8;
        int later = due ? findWholeFrame(at + 1) : -1;
        searched = due ? waits : searched;
        if (later >= 0) {
            return found(Verdict.HEADER, at, Math.min(Frame.HEADER_BYTES, later - at), later);
        }
        start = at;
        length = end - at;
        return Verdict.MORE;
    }

    private Verdict found(Verdict verdict, int from, int count, int continueAt) {
        start = from;
        length = count;
        at = continueAt;
        searched = 0;
        afterFault = verdict != Verdict.FRAME && verdict != Verdict.GARBAGE;
        return verdict;
    }

    /** First start mark at or after {@code from}; half a mark at the very end may become one. */
    private int findMark(int from) {
        for (int i = from; i < end; i++) {
            if (Frame.isStartByte(bytes[i]) && (i + 1 == end || bytes[i + 1] == bytes[i])) {
                return i;
            }
        }
        return end;
    }

    private int findWholeFrame(int from) {
        for (int i = findMark(from); end - i >= Frame.SMALLEST_BYTES; i = findMark(i + 1)) {
            if (plausibleSoFar(i)) {
                int frameBytes = Frame.frameBytes(bytes, i);
                if (frameBytes <= largestFrameBytes
                        && frameBytes <= end - i
                        && Frame.hasRightBcc(bytes, i)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Checks as much of the header as has arrived. */
    private boolean plausibleSoFar(int frame) {
        int have = end - frame;
        if (have > 2 && !plausibleCommand(Frame.command(bytes, frame))) {
            return false;
        }
        if (have > 3 && !plausibleFlag(Frame.flag(bytes, frame))) {
            return false;
        }
        int idEnd = Math.min(Frame.idOffset(frame) + Frame.ID_BYTES, end);
        for (int i = Frame.idOffset(frame); i < idEnd; i++) {
            // Platforms pad short ids of their own with spaces or zero bytes.
            if (bytes[i] != 0 && (bytes[i] < 0x20 || bytes[i] > 0x7E)) {
                return false;
            }
        }
        return have <= 21 || plausibleEncryption(Frame.encryption(bytes, frame));
    }

    private static boolean plausibleCommand(int command) {
        return (command >= 0x01 && command <= 0x0B) || (command >= 0x80 && command <= 0xFE);
    }

    private static boolean plausibleFlag(int flag) {
        return flag == Frame.FLAG_COMMAND || (flag >= 0x01 && flag <= 0x07);
    }

    private static boolean plausibleEncryption(int encryption) {
        return (encryption >= 0x01 && encryption <= 0x05) || encryption >= 0xFE;
    }
}
