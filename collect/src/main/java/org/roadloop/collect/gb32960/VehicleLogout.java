package org.roadloop.collect.gb32960;

/**
 * Vehicle logout (车辆登出), command 04: time 6, serial 2 (that of the login); GB/T 32960.3-2016 §7.3,
 * table 20; GB/T 32960.3-2025 §7.3, table 28.
 */
public final class VehicleLogout {
    public static final int COMMAND = 0x04;
    public static final int DATA_BYTES = 8;

    private VehicleLogout() {}

    public static long collectedAtMicros(byte[] bytes, int data) {
        return CollectionTime.micros(bytes, data);
    }

    public static int serial(byte[] bytes, int data) {
        return Frame.unsigned16(bytes, data + 6);
    }

    /** Returns the length of the frame. */
    public static int write(byte[] out, int frame, byte[] id, long collectedAtMicros, int serial) {
        Frame.begin(out, frame, COMMAND, Frame.FLAG_COMMAND, id);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(collectedAtMicros, out, data);
        Frame.put16(out, data + 6, serial);
        return Frame.finish(out, frame, DATA_BYTES);
    }
}
