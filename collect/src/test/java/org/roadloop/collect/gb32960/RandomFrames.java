package org.roadloop.collect.gb32960;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/**
 * Frames of every message with drawn contents (随机报文), laid out from the tables of both editions by
 * hand and not by the classes under test: only counts and lengths are such that the frame can be
 * read. A byte is often FE or FF, and often out of range.
 */
public final class RandomFrames {
    private static final int[] COMMANDS_2016 = {1, 2, 3, 4, 5, 6, 7, 8, 0x80, 0x81, 0x82, 0x0C0};
    private static final int[] COMMANDS_2025 = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0A, 0x0B, 0x80, 0x81, 0x82, 0xC5
    };
    private static final int[] UNITS_2016 = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0x80, 0xFE};
    private static final int[] UNITS_2025 = {1, 2, 3, 4, 5, 6, 7, 8, 0x30, 0x31, 0x32, 0x90};

    private final Random random;
    private ByteArrayOutputStream data = new ByteArrayOutputStream();

    public RandomFrames(Random random) {
        this.random = random;
    }

    /** The next frame, a command or an answer. */
    public byte[] next() {
        boolean is2025 = random.nextBoolean();
        int command = drawn(is2025 ? COMMANDS_2025 : COMMANDS_2016);
        data = new ByteArrayOutputStream();
        boolean answer = random.nextInt(8) == 0 && command < 0xC0;
        if (answer) {
            time();
            return frame(is2025, command, 1 + random.nextInt(7), 1);
        }
        int encryption = random.nextInt(16) == 0 ? 2 + random.nextInt(4) : 1;
        if (encryption > 1) {
            any(random.nextInt(100));
        } else if (command == 2 || command == 3) {
            report(is2025);
        } else {
            message(command, is2025);
        }
        return frame(is2025, command, 0xFE, encryption);
    }

    /** A report in which every unit comes once, in any order. */
    public byte[] fullReport(boolean is2025) {
        data = new ByteArrayOutputStream();
        time();
        for (int type : is2025 ? UNITS_2025 : UNITS_2016) {
            unit(type, is2025);
        }
        return frame(is2025, 2, 0xFE, 1);
    }

    private void report(boolean is2025) {
        time();
        for (int i = random.nextInt(6); i > 0; i--) {
            unit(drawn(is2025 ? UNITS_2025 : UNITS_2016), is2025);
        }
        int end = random.nextInt(4);
        if (is2025 && end == 0) {
            data.write(0xFF);
            signature();
        } else if (end == 1) {
            data.write(0x45); // of neither edition
            any(random.nextInt(20));
        }
    }

    private void message(int command, boolean is2025) {
        switch (command) {
            case 1 -> {
                time();
                any(2);
                text(20);
                login(is2025);
            }
            case 4, 6 -> {
                time();
                any(2);
            }
            case 5 -> {
                time();
                any(2);
                text(12);
                text(20);
                any(1);
            }
            case 7, 8 -> {
                // An empty data unit.
            }
            case 9 -> {
                time();
                text(16);
                counted();
                text(17);
                signature();
            }
            case 0x0A -> any(2);
            case 0x0B -> {
                any(1);
                counted();
                time();
                time();
            }
            case 0x80 -> {
                time();
                int count = random.nextInt(20);
                data.write(count);
                any(count);
            }
            case 0x81 -> {
                time();
                parameters(is2025);
            }
            case 0x82 -> {
                time();
                data.write(random.nextInt(10));
                data.write(random.nextInt(256));
                any(random.nextInt(30));
            }
            default -> any(random.nextInt(60));
        }
    }

    private void login(boolean is2025) {
        int n = random.nextInt(4);
        data.write(n);
        if (!is2025) {
            int m = random.nextInt(3) * 12;
            data.write(m);
            for (int i = 0; i < n; i++) {
                text(m);
            }
            return;
        }
        int packs = 0;
        for (int i = 0; i < n; i++) {
            int m = random.nextInt(4);
            data.write(m);
            packs += m;
        }
        for (int i = 0; i < packs; i++) {
            text(24);
        }
    }

    private void parameters(boolean is2025) {
        int[] widths = {
            2, is2025 ? 1 : 2, is2025 ? 1 : 2, -1, -1, 2, 5, 5, 1, 2, 2, 1, -1, -1, 2, 1
        };
        int count = random.nextInt(6);
        data.write(count + 2);
        for (int i = 0; i < count; i++) {
            int id;
            do {
                id = 1 + random.nextInt(widths.length);
            } while (widths[id - 1] < 0);
            data.write(id);
            any(widths[id - 1]);
        }
        int length = random.nextInt(30);
        int name = random.nextBoolean() ? 4 : 0x0D;
        data.write(name);
        data.write(length);
        data.write(name + 1);
        text(length);
    }

    private void unit(int type, boolean is2025) {
        data.write(type);
        if (type >= 0x80) {
            counted();
            return;
        }
        switch (type) {
            case 1 -> any(is2025 ? 18 : 20);
            case 2 -> {
                int motors = count();
                any(motors * (is2025 ? 10 : 12));
            }
            case 3 -> {
                if (is2025) {
                    any(12);
                } else {
                    any(6);
                    any(wordCount());
                    any(10);
                }
            }
            case 4 -> any(is2025 ? 2 : 5);
            case 5 -> any(is2025 ? 10 : 9);
            case 6 -> {
                if (is2025) {
                    alarms(true);
                } else {
                    any(14);
                }
            }
            case 7 -> {
                if (is2025) {
                    packs();
                } else {
                    alarms(false);
                }
            }
            case 8 -> {
                if (is2025) {
                    temperatures();
                } else {
                    subsystems();
                }
            }
            case 9 -> temperatures();
            case 0x30 -> stacks();
            case 0x31 -> {
                any(5);
                any(2 * wordCount());
                any(wordCount());
            }
            case 0x32 -> any(18);
            default -> throw new IllegalArgumentException("no unit " + type);
        }
    }

    private void alarms(boolean is2025) {
        any(5);
        for (int list = 0; list < 4; list++) {
            any(4 * count());
        }
        if (is2025) {
            any(2 * count());
        }
    }

    private void subsystems() {
        for (int i = count(); i > 0; i--) {
            any(9);
            any(2 * count());
        }
    }

    private void packs() {
        for (int i = count(); i > 0; i--) {
            any(5);
            any(2 * wordCount());
        }
    }

    private void temperatures() {
        for (int i = count(); i > 0; i--) {
            any(1);
            any(wordCount());
        }
    }

    private void stacks() {
        for (int i = count(); i > 0; i--) {
            any(10);
            any(wordCount());
        }
    }

    private void signature() {
        data.write(1 + random.nextInt(3));
        counted();
        counted();
    }

    /** A count of one byte: now and then FE or FF, which no list follows. */
    private int count() {
        int count = random.nextInt(10) == 0 ? 0xFE + random.nextInt(2) : random.nextInt(4);
        data.write(count);
        return count >= 0xFE ? 0 : count;
    }

    private int wordCount() {
        boolean code = random.nextInt(10) == 0;
        int count = code ? 0xFFFE + random.nextInt(2) : random.nextInt(20);
        data.write(count >>> 8);
        data.write(count);
        return code ? 0 : count;
    }

    private void counted() {
        int size = random.nextInt(40);
        data.write(0);
        data.write(size);
        any(size);
    }

    private void time() {
        data.write(random.nextInt(100));
        data.write(1 + random.nextInt(12));
        data.write(1 + random.nextInt(28));
        data.write(random.nextInt(24));
        data.write(random.nextInt(60));
        data.write(random.nextInt(60));
    }

    private void text(int size) {
        int letters = size == 0 ? 0 : random.nextInt(size + 1);
        for (int i = 0; i < size; i++) {
            data.write(i < letters ? ' ' + random.nextInt(95) : 0);
        }
    }

    private void any(int count) {
        for (int i = 0; i < count; i++) {
            data.write(
                    switch (random.nextInt(8)) {
                        case 0 -> 0xFF;
                        case 1 -> 0xFE;
                        case 2 -> 0;
                        default -> random.nextInt(256);
                    });
        }
    }

    private int drawn(int[] of) {
        return of[random.nextInt(of.length)];
    }

    private byte[] frame(boolean is2025, int command, int flag, int encryption) {
        byte[] unit = data.toByteArray();
        byte[] frame = new byte[unit.length + 25];
        frame[0] = frame[1] = (byte) (is2025 ? '$' : '#');
        frame[2] = (byte) command;
        frame[3] = (byte) flag;
        byte[] vin = "LTEST000000000001".getBytes();
        System.arraycopy(vin, 0, frame, 4, vin.length);
        frame[21] = (byte) encryption;
        frame[22] = (byte) (unit.length >>> 8);
        frame[23] = (byte) unit.length;
        System.arraycopy(unit, 0, frame, 24, unit.length);
        for (int i = 2; i < frame.length - 1; i++) {
            frame[frame.length - 1] ^= frame[i];
        }
        return frame;
    }
}
