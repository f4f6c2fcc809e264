package org.roadloop.collect.gb32960;

/** Heartbeat (心跳), command 07, empty data unit; GB/T 32960.3-2016 annex B. */
public final class Heartbeat {
    public static final int COMMAND = 0x07;

    private Heartbeat() {}

    /** Returns the length of the frame. */
    public static int write(byte[] out, int frame, byte[] vin) {
        Frame.begin(out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        return Frame.finish(out, frame, 0);
    }
}
