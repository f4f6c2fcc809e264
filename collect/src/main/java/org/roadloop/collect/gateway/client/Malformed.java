package org.roadloop.collect.gateway.client;

import java.util.Arrays;
import org.roadloop.collect.gb32960.Frame;

/** Deliberate faults, for demo and tests (异常报文). */
public enum Malformed {
    /** The checksum is wrong: counted {@code gb32960_bcc}. */
    BCC,
    /**
     * Bytes without a start mark: counted {@code gb32960_garbage}, or not at all right behind
     * another fault, which they are then part of.
     */
    GARBAGE,
    /** A unit of a type the edition does not define: counted {@code gb32960_unknown_unit}. */
    UNKNOWN_UNIT,
    /** A unit that runs over the end of the frame: counted {@code gb32960_unit_length}. */
    UNIT_LENGTH,
    /** Month 13: counted {@code gb32960_time}. */
    TIME;

    /** A faulty frame made from a right report. */
    byte[] from(byte[] report) {
        int data = Frame.HEADER_BYTES;
        return switch (this) {
            case BCC -> {
                byte[] frame = report.clone();
                frame[frame.length - 1] ^= 0x55;
                yield frame;
            }
            case GARBAGE -> {
                byte[] bytes = new byte[40];
                Arrays.fill(bytes, (byte) 0x5A);
                yield bytes;
            }
            case UNKNOWN_UNIT -> {
                byte[] frame = Arrays.copyOf(report, report.length + 3);
                frame[report.length - 1] = 0x30;
                Frame.finish(frame, 0, report.length + 3 - Frame.SMALLEST_BYTES);
                yield frame;
            }
            case UNIT_LENGTH -> {
                byte[] frame = Arrays.copyOf(report, report.length - 5);
                Frame.finish(frame, 0, frame.length - Frame.SMALLEST_BYTES);
                yield frame;
            }
            case TIME -> {
                byte[] frame = report.clone();
                frame[data + 1] = 13;
                Frame.finish(frame, 0, frame.length - Frame.SMALLEST_BYTES);
                yield frame;
            }
        };
    }
}
