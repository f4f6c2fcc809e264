package org.roadloop.collect.v2x.day1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;

/**
 * What a roadside unit sends upward (路侧上行封装): its id, its time and one frame, or several of
 * vehicles; byte table in the package description. Read in place, used again for the next. One
 * thread.
 */
public final class RoadsideEnvelope {
    /** Before a frame's length where no count is. */
    public static final int HEADER_BYTES = 16;

    /** Most messages the count byte can say. */
    public static final int MOST_FRAMES = 255;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LITTLE_SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] offsets = new int[MOST_FRAMES];
    private final int[] lengths = new int[MOST_FRAMES];
    private long roadsideUnit;
    private long timeMillis;
    private boolean counted;
    private int count;
    private int length;

    /** What is wrong with an envelope; each has a counter name. */
    public enum Verdict {
        OK("v2x_envelopes"),
        /** Shorter than its header says. */
        LENGTH("v2x_envelope_length"),
        /** No frame is said to be there, or bytes follow the last. */
        COUNT("v2x_envelope_count");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        public String counterName() {
            return counterName;
        }
    }

    /** Finds the frames of an envelope that fills its bytes. */
    public Verdict read(byte[] bytes, int offset, int length) {
        Verdict verdict = readFirst(bytes, offset, length);
        if (verdict == Verdict.OK && this.length != length) {
            count = 0;
            return Verdict.COUNT;
        }
        return verdict;
    }

    /**
     * Finds the frames of an envelope that others may follow; its own bytes are then {@link
     * #length()}. The two shapes are told apart by byte 18: the first of a frame that is no BSM has
     * a bit set in its upper half; where a count is, byte 18 is the upper half of a length that is
     * far below 4096.
     */
    public Verdict readFirst(byte[] bytes, int offset, int available) {
        count = 0;
        if (available < HEADER_BYTES + 3) {
            return Verdict.LENGTH;
        }
        roadsideUnit = (long) LONG.get(bytes, offset);
        timeMillis = (long) LITTLE_LONG.get(bytes, offset + 8);
        counted = (bytes[offset + HEADER_BYTES + 2] & 0xF0) == 0;
        int frames = counted ? bytes[offset + HEADER_BYTES] & 0xFF : 1;
        if (frames == 0) {
            return Verdict.COUNT;
        }
        int at = offset + HEADER_BYTES + (counted ? 1 : 0);
        int end = offset + available;
        for (int i = 0; i < frames; i++) {
            int bytesHere = end - at < 2 ? 0 : (short) LITTLE_SHORT.get(bytes, at) & 0xFFFF;
            at += 2;
            if (bytesHere == 0 || bytesHere > end - at) {
                count = 0;
                return Verdict.LENGTH;
            }
            offsets[count] = at;
            lengths[count++] = bytesHere;
            at += bytesHere;
        }
        length = at - offset;
        return Verdict.OK;
    }

    /** Bytes of the whole envelope. */
    public int length() {
        return length;
    }

    /** Eight bytes, big-endian. */
    public long roadsideUnit() {
        return roadsideUnit;
    }

    /** Printable ASCII of {@link #roadsideUnit}, or 16 hex digits. */
    public String roadsideUnitName() {
        return name(roadsideUnit);
    }

    /** The eight bytes as text where they are printable ASCII, else as 16 hex digits. */
    public static String name(long roadsideUnit) {
        byte[] bytes = new byte[8];
        LONG.set(bytes, 0, roadsideUnit);
        for (byte octet : bytes) {
            if (octet < 0x20 || octet > 0x7E) {
                return "%016x".formatted(roadsideUnit);
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /** Since 1970 UTC, by the clock of the roadside unit. */
    public long timeMillis() {
        return timeMillis;
    }

    /** Whether a count comes before the frames: so for BSM only. */
    public boolean counted() {
        return counted;
    }

    public int count() {
        return count;
    }

    /** Of the first byte of a frame, in the array that was read. */
    public int offset(int frame) {
        return offsets[frame];
    }

    public int length(int frame) {
        return lengths[frame];
    }

    /** Reads one of the frames. */
    public Fault frame(byte[] bytes, int frame, UperReader reader, MessageFrame into) {
        return reader.read(bytes, offsets[frame], lengths[frame], into);
    }

    /**
     * Writes an envelope.
     *
     * @param counted whether a count comes before the frames: so for BSM only
     */
    public static byte[] write(
            long roadsideUnit, long timeMillis, boolean counted, byte[]... frames) {
        if (frames.length < 1 || frames.length > (counted ? MOST_FRAMES : 1)) {
            throw new IllegalArgumentException(frames.length + " frames in one envelope");
        }
        int total = HEADER_BYTES + (counted ? 1 : 0);
        for (byte[] frame : frames) {
            if (frame.length < 1 || frame.length > 0xFFFF) {
                throw new IllegalArgumentException("a frame of " + frame.length + " bytes");
            }
            if (counted ? frame.length > 0xFFF : (frame[0] & 0xF0) == 0) {
                throw new IllegalArgumentException("a BSM has a count before it, no other has");
            }
            total += 2 + frame.length;
        }
        byte[] out = new byte[total];
        LONG.set(out, 0, roadsideUnit);
        LITTLE_LONG.set(out, 8, timeMillis);
        int at = HEADER_BYTES;
        if (counted) {
            out[at++] = (byte) frames.length;
        }
        for (byte[] frame : frames) {
            LITTLE_SHORT.set(out, at, (short) frame.length);
            System.arraycopy(frame, 0, out, at + 2, frame.length);
            at += 2 + frame.length;
        }
        return out;
    }
}
