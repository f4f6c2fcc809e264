package org.roadloop.collect.gb32960;

/**
 * Re-issued report (补发信息上报), command 03: the body of a {@link RealTimeReport} that could not be
 * sent, or was not answered, in time; GB/T 32960.3-2016 §7.3.
 */
public final class ReissuedReport {
    public static final int COMMAND = 0x03;

    private ReissuedReport() {}

    /** Turns a real-time report into a re-issued one, in place. */
    public static void from(byte[] bytes, int frame) {
        Frame.changeCommand(bytes, frame, COMMAND);
    }
}
