package org.roadloop.bench;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Frames of GB/T 32960.3-2016 for the codec's bench: 1,024 small ones of 101 bytes (whole vehicle,
 * one motor, position, extremes, alarms) or 1,024 full ones of 334 bytes (96 cells and 24 probes
 * more), each of another vehicle and moment, every value drawn. Written by hand here, so that the
 * codec is not measured on what it wrote itself.
 */
final class Gb32960Frames {
    static final int FRAMES = 1_024;
    static final int SMALL_BYTES = 101;
    static final int FULL_BYTES = 334;
    private static final int CELLS = 96;
    private static final int PROBES = 24;

    private final SplittableRandom random;
    private final byte[] bytes;
    private int at;

    private Gb32960Frames(long seed, int frameBytes) {
        random = new SplittableRandom(seed);
        bytes = new byte[FRAMES * frameBytes];
    }

    /** The frames back to back. */
    static byte[] small(long seed) {
        return write(seed, SMALL_BYTES, false);
    }

    static byte[] full(long seed) {
        return write(seed, FULL_BYTES, true);
    }

    private static byte[] write(long seed, int frameBytes, boolean full) {
        Gb32960Frames frames = new Gb32960Frames(seed, frameBytes);
        for (int i = 0; i < FRAMES; i++) {
            int begin = frames.at;
            frames.frame(i, frameBytes, full);
            if (frames.at - begin != frameBytes) {
                throw new IllegalStateException(
                        "a frame of the bench has %d bytes, not %d"
                                .formatted(frames.at - begin, frameBytes));
            }
        }
        return frames.bytes;
    }

    private void frame(int index, int frameBytes, boolean full) {
        int begin = at;
        put(0x23, 0x23, 0x02, 0xFE);
        byte[] vin = "LBENCH0X0%08d".formatted(index).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(vin, 0, bytes, at, vin.length);
        at += vin.length;
        put(0x01);
        word(frameBytes - 25);
        put(26, 1 + drawn(12), 1 + drawn(28), drawn(24), drawn(60), drawn(60));
        put(0x01, 1 + drawn(3), 1 + drawn(4), 1 + drawn(3));
        word(drawn(2_201));
        doubleWord(drawn(10_000_000));
        word(drawn(10_001));
        word(drawn(20_001));
        put(drawn(101), 1 + drawn(2), drawn(16) | drawn(4) << 4);
        word(drawn(60_001));
        put(drawn(101), drawn(102));
        put(0x02, 1, 1, 1 + drawn(4), drawn(251));
        word(drawn(65_532));
        word(drawn(65_532));
        put(drawn(251));
        word(drawn(60_001));
        word(drawn(20_001));
        put(0x05, 0);
        doubleWord(73_000_000 + drawn(62_000_000));
        doubleWord(18_000_000 + drawn(35_000_000));
        put(0x06);
        extreme();
        extreme();
        put(1, 1 + drawn(250), drawn(251), 1, 1 + drawn(250), drawn(251));
        put(0x07, drawn(4));
        doubleWord(drawn(1 << 19));
        put(0, 0, 0, 0);
        if (full) {
            voltages();
            put(0x09, 1, 1);
            word(PROBES);
            for (int i = 0; i < PROBES; i++) {
                put(drawn(251));
            }
        }
        int bcc = 0;
        for (int i = begin + 2; i < at; i++) {
            bcc ^= bytes[i];
        }
        put(bcc);
    }

    private void extreme() {
        put(1, 1 + drawn(250));
        word(drawn(15_001));
    }

    private void voltages() {
        put(0x08, 1, 1);
        word(drawn(10_001));
        word(drawn(20_001));
        word(CELLS);
        word(1);
        put(CELLS);
        for (int i = 0; i < CELLS; i++) {
            word(drawn(60_001));
        }
    }

    private int drawn(int bound) {
        return random.nextInt(bound);
    }

    private void put(int... values) {
        for (int value : values) {
            bytes[at++] = (byte) value;
        }
    }

    private void word(int value) {
        put(value >>> 8, value);
    }

    private void doubleWord(int value) {
        word(value >>> 16);
        word(value);
    }
}
