package org.roadloop.collect.jt808;

/**
 * Cuts what comes to the port for an alarm's files (附件端口断帧): frames and {@link StreamPacket}s
 * follow each other on one connection. The data of a packet hold any byte, flags too, so a packet
 * is taken by its length; behind a fault the next flag or packet mark is looked for.
 *
 * <p>One thread. Reused: {@link #over} then {@link #next} until {@link Verdict#MORE}.
 */
public final class AttachmentCutter {
    /** What was found. */
    public enum Verdict {
        /** A frame: see {@link #frameCutter}. */
        FRAME(""),
        /** A packet of file data at {@link #start}. */
        STREAM_PACKET("jt808_stream_packets"),
        /** What is left from {@link #start} on is nothing whole yet. */
        MORE(""),
        /** A packet with more data than any: its mark is skipped. */
        STREAM_LENGTH("jt808_stream_length"),
        /** A fault that {@link #frameVerdict} names. */
        FAULT("");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        /** Empty where {@link #frameVerdict} has the name. */
        public String counterName() {
            return counterName;
        }
    }

    private final FrameCutter frames = new FrameCutter();
    private FrameCutter.Verdict frame = FrameCutter.Verdict.MORE;

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private int start;
    private int length;

    /** Starts on {@code received[from .. to)}. */
    public void over(byte[] received, int from, int to) {
        bytes = received;
        at = from;
        end = to;
        start = from;
        length = 0;
    }

    public Verdict next() {
        int from = at;
        while (from < end && bytes[from] == Frame.FLAG) {
            from++;
        }
        return StreamPacket.mayBegin(bytes, from, end) ? packet(from) : frame();
    }

    /** Offset of what {@link #next} found; after MORE the first byte to keep. */
    public int start() {
        return start;
    }

    public int length() {
        return length;
    }

    /** The cutter that found the last frame or fault, and where its message lies. */
    public FrameCutter frameCutter() {
        return frames;
    }

    /** Its verdict. */
    public FrameCutter.Verdict frameVerdict() {
        return frame;
    }

    private Verdict packet(int from) {
        start = from;
        length = end - from;
        if (end - from < StreamPacket.HEADER_BYTES) {
            at = from;
            return Verdict.MORE;
        }
        long data = StreamPacket.dataBytes(bytes, from);
        if (data > StreamPacket.LARGEST_DATA_BYTES) {
            length = 4;
            at = from + 4;
            return Verdict.STREAM_LENGTH;
        }
        int packetBytes = StreamPacket.HEADER_BYTES + (int) data;
        if (packetBytes > end - from) {
            at = from;
            return Verdict.MORE;
        }
        length = packetBytes;
        at = from + packetBytes;
        return Verdict.STREAM_PACKET;
    }

    private Verdict frame() {
        frames.over(bytes, at, end);
        frame = frames.next();
        start = frames.start();
        length = frames.length();
        at = start + length;
        return switch (frame) {
            case FRAME -> Verdict.FRAME;
            case MORE -> {
                at = start;
                yield Verdict.MORE;
            }
            case GARBAGE, ESCAPE, BCC, LENGTH, PHONE -> {
                at = findPacket(start + 1, at);
                length = at - start;
                yield Verdict.FAULT;
            }
        };
    }

    /** First mark of a packet in {@code bytes[from .. to)}, or {@code to}. */
    private int findPacket(int from, int to) {
        int i = from;
        while (i < to && !(to - i >= 4 && StreamPacket.mayBegin(bytes, i, to))) {
            i++;
        }
        return Math.min(i, to);
    }
}
