package org.roadloop.collect.mcap;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * The stretch of a stream that is looked at before it is consumed (读窗口). Grows to the largest
 * record asked for. One thread.
 */
final class Window {
    private static final int LEAST_BYTES = 1 << 16;

    private final InputStream in;
    private final CRC32 crc = new CRC32();
    private byte[] bytes = new byte[LEAST_BYTES];
    private int start;
    private int end;
    private long offset;
    private boolean ended;

    Window(InputStream in, long offset) {
        this.in = in;
        this.offset = offset;
    }

    /** Holds what is in the window from {@link #start} on; another array after {@link #holds}. */
    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    /** How much is in the window. */
    int have() {
        return end - start;
    }

    /** Offset in the file of what is at {@link #start}. */
    long offset() {
        return offset;
    }

    /** Reads on until {@code count} bytes are in the window; false if the stream ends before. */
    boolean holds(int count) throws IOException {
        if (count > bytes.length - start) {
            byte[] roomy = bytes;
            if (count > bytes.length) {
                roomy = new byte[(int) Math.min(Integer.MAX_VALUE - 8, count + count / 4L)];
            }
            System.arraycopy(bytes, start, roomy, 0, have());
            end -= start;
            start = 0;
            bytes = roomy;
        }
        while (have() < count && !ended) {
            int n = in.read(bytes, end, bytes.length - end);
            ended = n < 0;
            end += Math.max(0, n);
        }
        return have() >= count;
    }

    /** Goes on by so many bytes of the window, which count for the CRC. */
    void consume(int count) {
        crc.update(bytes, start, count);
        start += count;
        offset += count;
    }

    /** Goes on by {@code count} bytes of the stream; returns how many there were. */
    long skip(long count) throws IOException {
        return pass(count, new CRC32());
    }

    /** The same, and they count for {@code also} too. */
    long pass(long count, CRC32 also) throws IOException {
        long left = count;
        while (left > 0 && holds(1)) {
            int n = (int) Math.min(left, have());
            also.update(bytes, start, n);
            consume(n);
            left -= n;
        }
        return count - left;
    }

    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(bytes, start + from, start + to);
    }

    long crc() {
        return crc.getValue();
    }

    /** The CRC with bytes of the window that are not consumed yet. */
    long crcWith(int count) {
        // CRC32 cannot be copied: the few bytes are for the footer, at the end of the file.
        crc.update(bytes, start, count);
        return crc.getValue();
    }

    void resetCrc() {
        crc.reset();
    }
}
