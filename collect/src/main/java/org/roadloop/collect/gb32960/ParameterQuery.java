package org.roadloop.collect.gb32960;

import java.util.List;

/**
 * Parameter query (参数查询), command 80, from platform to terminal: time 6, count 1, ids; GB/T
 * 32960.3-2016 annex B, tables B.9 and B.10; GB/T 32960.3-2025 annex B, tables B.5 and B.6. The
 * answer has the same command and the values behind the ids.
 */
public final class ParameterQuery {
    public static final int COMMAND = 0x80;

    private ParameterQuery() {}

    /** Returns the length of the frame. */
    public static int write(
            Edition edition,
            byte[] out,
            int frame,
            byte[] vin,
            long askedAtMicros,
            List<TerminalParameter> parameters) {
        Frame.begin(edition, out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(askedAtMicros, out, data);
        out[data + 6] = (byte) parameters.size();
        int at = data + 7;
        for (TerminalParameter parameter : parameters) {
            out[at++] = (byte) parameter.id();
        }
        return Frame.finish(out, frame, at - data);
    }

    /** Writes a terminal's answer; returns the length of the frame. */
    public static int writeAnswer(
            Edition edition,
            byte[] out,
            int frame,
            byte[] vin,
            long answeredAtMicros,
            List<ParameterValue> values) {
        Frame.begin(edition, out, frame, COMMAND, Frame.FLAG_SUCCESS, vin);
        return ParameterSetting.writeValues(out, frame, answeredAtMicros, values);
    }
}
