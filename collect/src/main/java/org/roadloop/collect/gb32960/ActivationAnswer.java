package org.roadloop.collect.gb32960;

/**
 * Answer to an {@link Activation} (激活应答), command 0A, from platform to terminal: status 1, reason
 * 1; GB/T 32960.3-2025 annex B, table B.4.
 */
public final class ActivationAnswer {
    public static final int COMMAND = 0x0A;
    public static final int DATA_BYTES = 2;

    public static final Field STATUS = Field.ofState("status", 0, "activated", "failed");
    public static final Field REASON =
            new Field(
                    "reason",
                    1,
                    1,
                    0,
                    2,
                    0,
                    1,
                    java.util.List.of("none", "chipAlreadyActive", "vinDuplicate"));

    private ActivationAnswer() {}

    /** Returns the length of the frame. */
    public static int write(byte[] out, int frame, byte[] vin, int status, int reason) {
        Frame.begin(Edition.V2025, out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        int data = Frame.dataOffset(frame);
        out[data] = (byte) status;
        out[data + 1] = (byte) reason;
        return Frame.finish(out, frame, DATA_BYTES);
    }
}
