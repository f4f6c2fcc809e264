package org.roadloop.collect.gb32960;

import java.util.Arrays;

/**
 * Activation of a terminal's security chip (激活), command 09; GB/T 32960.3-2025 annex B, table B.3:
 * time 6, chip 16, key length 2, public key, VIN 17, then a signature as under a report but without
 * the mark FF ({@link #signatureMark}). {@link ActivationAnswer} answers.
 */
public final class Activation {
    public static final int COMMAND = 0x09;
    private static final int CHIP = 6;
    private static final int CHIP_BYTES = 16;
    private static final int KEY_LENGTH = CHIP + CHIP_BYTES;
    private static final int KEY = KEY_LENGTH + 2;

    private Activation() {}

    /** Whether the data unit has the length its key and its signature say. */
    public static boolean hasRightLength(byte[] bytes, int data, int dataBytes) {
        if (dataBytes < KEY || dataBytes < KEY + keyBytes(bytes, data) + Frame.ID_BYTES) {
            return false;
        }
        int mark = signatureMark(bytes, data);
        int end = data + dataBytes;
        return mark + VehicleSignature.length(bytes, mark, end) == end;
    }

    public static String chip(byte[] bytes, int data) {
        return Ascii.read(bytes, data + CHIP, CHIP_BYTES);
    }

    private static int keyBytes(byte[] bytes, int data) {
        return Frame.unsigned16(bytes, data + KEY_LENGTH);
    }

    public static byte[] publicKey(byte[] bytes, int data) {
        return Arrays.copyOfRange(bytes, data + KEY, data + KEY + keyBytes(bytes, data));
    }

    /** Offset of the VIN within the data unit's bytes, 17 of them. */
    public static int vin(byte[] bytes, int data) {
        return data + KEY + keyBytes(bytes, data);
    }

    /** Where {@link VehicleSignature} would have its mark: one before the algorithm. */
    public static int signatureMark(byte[] bytes, int data) {
        return vin(bytes, data) + Frame.ID_BYTES - 1;
    }

    /**
     * Writes the frame.
     *
     * @param algorithm of {@link VehicleSignature}
     * @return its length
     */
    public static int write(
            byte[] out,
            int frame,
            byte[] vin,
            long collectedAtMicros,
            String chip,
            byte[] publicKey,
            int algorithm,
            byte[] r,
            byte[] s) {
        Frame.begin(Edition.V2025, out, frame, COMMAND, Frame.FLAG_COMMAND, vin);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(collectedAtMicros, out, data);
        Arrays.fill(out, data + CHIP, data + CHIP + CHIP_BYTES, (byte) ' ');
        Ascii.write(out, data + CHIP, CHIP_BYTES, chip, "chip id");
        Frame.put16(out, data + KEY_LENGTH, publicKey.length);
        System.arraycopy(publicKey, 0, out, data + KEY, publicKey.length);
        int mark = signatureMark(out, data);
        int length = VehicleSignature.write(out, mark, algorithm, r, s);
        // The VIN's last byte lies where the mark would be.
        System.arraycopy(vin, 0, out, vin(out, data), Frame.ID_BYTES);
        return Frame.finish(out, frame, mark + length - data);
    }
}
