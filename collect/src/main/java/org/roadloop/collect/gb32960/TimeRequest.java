package org.roadloop.collect.gb32960;

/** Terminal time request (终端校时), command 08, empty data unit; GB/T 32960.3-2016 annex B. */
public final class TimeRequest {
    public static final int COMMAND = 0x08;

    private TimeRequest() {}

    /** Returns the length of the frame. */
    public static int write(byte[] out, int frame, byte[] vin) {
        Frame.begin(out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        return Frame.finish(out, frame, 0);
    }

    /** Writes the answer: the same header and the time of the platform; returns its length. */
    public static int answer(byte[] request, int frame, long nowMicros, byte[] out, int at) {
        System.arraycopy(request, frame, out, at, Frame.HEADER_BYTES);
        out[at + 3] = Frame.FLAG_SUCCESS;
        CollectionTime.write(nowMicros, out, Frame.dataOffset(at));
        return Frame.finish(out, at, Frame.TIME_BYTES);
    }
}
