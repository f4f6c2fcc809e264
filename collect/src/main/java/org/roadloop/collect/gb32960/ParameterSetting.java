package org.roadloop.collect.gb32960;

import java.util.List;

/**
 * Parameter setting (参数设置), command 81, from platform to terminal: time 6, count 1, then id and
 * value of each; GB/T 32960.3-2016 annex B; GB/T 32960.3-2025 annex B, table B.9. One wrong value
 * refuses them all.
 */
public final class ParameterSetting {
    public static final int COMMAND = 0x81;

    private ParameterSetting() {}

    /** Returns the length of the frame. */
    public static int write(
            Edition edition,
            byte[] out,
            int frame,
            byte[] vin,
            long setAtMicros,
            List<ParameterValue> values) {
        Frame.begin(edition, out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        return writeValues(out, frame, setAtMicros, values);
    }

    static int writeValues(byte[] out, int frame, long atMicros, List<ParameterValue> values) {
        int data = Frame.dataOffset(frame);
        CollectionTime.write(atMicros, out, data);
        out[data + 6] = (byte) values.size();
        int at = data + 7;
        for (ParameterValue parameter : values) {
            out[at++] = (byte) parameter.id();
            byte[] value = parameter.value();
            System.arraycopy(value, 0, out, at, value.length);
            at += value.length;
        }
        return Frame.finish(out, frame, at - data);
    }
}
