package org.roadloop.bench;

import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

/**
 * Frames of JT/T 808-2019 for the codec's bench: 1,024 position reports with six add-ons (74 bytes
 * before escaping) or 1,024 batches of ten of them (583 bytes), each of another terminal and
 * moment, every value drawn; some bytes are escaped, as on the road. Written by hand here, so that
 * the codec is not measured on what it wrote itself.
 */
final class Jt808Frames {
    static final int FRAMES = 1_024;
    static final int POSITIONS_OF_BATCH = 10;

    private static final int FLAG = 0x7E;
    private static final int ESCAPE = 0x7D;
    private static final int POSITION_BYTES = 54;

    private final SplittableRandom random;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int bcc;

    private Jt808Frames(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The frames back to back. */
    static byte[] positions(long seed) {
        Jt808Frames frames = new Jt808Frames(seed);
        for (int i = 0; i < FRAMES; i++) {
            frames.header(0x0200, POSITION_BYTES, i);
            frames.position();
            frames.end();
        }
        return frames.out.toByteArray();
    }

    static byte[] batches(long seed) {
        Jt808Frames frames = new Jt808Frames(seed);
        for (int i = 0; i < FRAMES; i++) {
            frames.header(0x0704, 3 + POSITIONS_OF_BATCH * (2 + POSITION_BYTES), i);
            frames.word(POSITIONS_OF_BATCH);
            frames.put(1);
            for (int item = 0; item < POSITIONS_OF_BATCH; item++) {
                frames.word(POSITION_BYTES);
                frames.position();
            }
            frames.end();
        }
        return frames.out.toByteArray();
    }

    private void header(int id, int bodyBytes, int index) {
        out.write(FLAG);
        bcc = 0;
        word(id);
        word(0x4000 | bodyBytes);
        put(1, 0, 0, 0, 0, 0x01, 0x39, 0, 0);
        put(bcd(index / 100), bcd(index % 100));
        word(random.nextInt(65_536));
    }

    private void position() {
        dword(random.nextInt(16));
        dword(0x000C_0003);
        dword(22_000_000 + random.nextInt(20_000_000));
        dword(100_000_000 + random.nextInt(20_000_000));
        word(random.nextInt(1_000));
        word(random.nextInt(1_200));
        word(random.nextInt(360));
        put(0x26, bcd(1 + random.nextInt(12)), bcd(1 + random.nextInt(28)));
        put(bcd(random.nextInt(24)), bcd(random.nextInt(60)), bcd(random.nextInt(60)));
        put(0x01, 4);
        dword(random.nextInt(9_999_999));
        put(0x02, 2);
        word(random.nextInt(1_000));
        put(0x03, 2);
        word(random.nextInt(1_200));
        put(0x25, 4);
        dword(random.nextInt(1 << 15));
        put(0x30, 1, random.nextInt(32));
        put(0x31, 1, random.nextInt(24));
    }

    private void end() {
        put(bcc);
        out.write(FLAG);
    }

    private void dword(int value) {
        word(value >>> 16);
        word(value & 0xFFFF);
    }

    private void word(int value) {
        put(value >>> 8, value & 0xFF);
    }

    private void put(int... values) {
        for (int value : values) {
            bcc ^= value;
            if (value == FLAG || value == ESCAPE) {
                out.write(ESCAPE);
                out.write(value == FLAG ? 0x02 : 0x01);
            } else {
                out.write(value);
            }
        }
    }

    private static int bcd(int value) {
        return value / 10 << 4 | value % 10;
    }
}
