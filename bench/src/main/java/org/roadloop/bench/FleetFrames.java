package org.roadloop.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.roadloop.collect.gb32960.CollectionTime;
import org.roadloop.collect.gb32960.Frame;

/**
 * The real-time reports of a fleet, 101 bytes each, ready but for their time (车队报文): one copy and
 * six bytes make the report of a vehicle and second. Any thread.
 */
final class FleetFrames {
    static final int FRAME_BYTES = Gb32960Frames.SMALL_BYTES;

    /** Of an answer to a frame that has a time. */
    static final int ANSWER_BYTES = Frame.SMALLEST_BYTES + Frame.TIME_BYTES;

    private static final int NUMBER = 4 + 9;
    private static final int TIME = Frame.HEADER_BYTES;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int vehicles;
    private final byte[] frames;

    FleetFrames(long seed, int vehicles) {
        this.vehicles = vehicles;
        this.frames = new byte[vehicles * FRAME_BYTES];
        byte[] drawn = Gb32960Frames.small(seed);
        for (int v = 0; v < vehicles; v++) {
            int at = v * FRAME_BYTES;
            System.arraycopy(
                    drawn, v % Gb32960Frames.FRAMES * FRAME_BYTES, frames, at, FRAME_BYTES);
            System.arraycopy(vin(v).getBytes(StandardCharsets.US_ASCII), 0, frames, at + 4, 17);
            java.util.Arrays.fill(frames, at + TIME, at + TIME + Frame.TIME_BYTES, (byte) 0);
            Frame.finish(frames, at, FRAME_BYTES - Frame.SMALLEST_BYTES);
        }
    }

    int vehicles() {
        return vehicles;
    }

    static String vin(int vehicle) {
        return "LBENCH0X0%08d".formatted(vehicle);
    }

    static byte[] vinBytes(int vehicle) {
        return vin(vehicle).getBytes(StandardCharsets.US_ASCII);
    }

    /** What one second puts into every frame (时刻). */
    static final class Stamp {
        private final byte[] time = new byte[Frame.TIME_BYTES];
        private final byte xor;

        Stamp(long second) {
            CollectionTime.write(second * 1_000_000, time, 0);
            int all = 0;
            for (byte b : time) {
                all ^= b;
            }
            xor = (byte) all;
        }
    }

    /** Writes the report of a vehicle; returns its length. */
    int write(int vehicle, Stamp stamp, int command, byte[] out, int at) {
        System.arraycopy(frames, vehicle * FRAME_BYTES, out, at, FRAME_BYTES);
        System.arraycopy(stamp.time, 0, out, at + TIME, Frame.TIME_BYTES);
        int change = stamp.xor ^ out[at + 2] ^ command;
        out[at + 2] = (byte) command;
        out[at + FRAME_BYTES - 1] ^= (byte) change;
        return FRAME_BYTES;
    }

    /** Whether the answer is the success for that vehicle and second. */
    boolean isAnswered(int vehicle, Stamp stamp, byte[] answer, int at) {
        return answer[at] == 0x23
                && answer[at + 3] == Frame.FLAG_SUCCESS
                && (long) LONG.get(answer, at + NUMBER)
                        == (long) LONG.get(frames, vehicle * FRAME_BYTES + NUMBER)
                && answer[at + TIME + 4] == stamp.time[4]
                && answer[at + TIME + 5] == stamp.time[5];
    }
}
