package org.roadloop.govern.privacy.probe;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/*
 * The idea. As in the search for many patterns by blocks of Wu and Manber (A fast algorithm for
 * multi-pattern searching, TR 94-17, 1994), the text is compared by blocks of B = 6 bytes, not by
 * patterns. Each pattern is filed under one of its blocks, the one that the fewest patterns share
 * (a count per hash, so about), for beginnings such as a JSON escape or the head of gzip are common to
 * thousands. A block that is rolled along the text is first looked up in a bitmap, and only if its
 * bit is set in a table of chains; then the pattern is compared in full. Nothing is skipped: a text
 * of n bytes costs n look-ups in the bitmap and, as blocks of text that are of a pattern are rare,
 * little more. Memory: the patterns, 20 bytes for each, the bitmap.
 */

/** Finds very many patterns in one pass over bytes (多模式匹配). Immutable, any thread. */
public final class PatternSearch {
    /** Bytes of a block; no pattern is shorter. */
    public static final int BLOCK = 6;

    private static final long BLOCK_MASK = (1L << 8 * BLOCK) - 1;
    private static final int READ_BYTES = 1 << 16;

    private final byte[] bytes;
    private final int[] starts;
    private final int[] anchors;
    private final int[] heads;
    private final int[] nexts;
    private final long[] bitmap;
    private final int longest;
    private final int bitmapShift;
    private final int headsShift;

    /** Takes what is found, perhaps several times; may be told of the same place twice. */
    public interface Found {
        void found(int pattern);
    }

    /**
     * @throws IllegalArgumentException if a pattern is shorter than {@link #BLOCK}
     */
    public PatternSearch(List<byte[]> patterns) {
        int count = patterns.size();
        starts = new int[count + 1];
        int most = BLOCK;
        for (int p = 0; p < count; p++) {
            int length = patterns.get(p).length;
            if (length < BLOCK) {
                throw new IllegalArgumentException(
                        "pattern " + p + " has " + length + " bytes; the least is " + BLOCK);
            }
            starts[p + 1] = Math.addExact(starts[p], length);
            most = Math.max(most, length);
        }
        longest = most;
        bytes = new byte[starts[count]];
        for (int p = 0; p < count; p++) {
            System.arraycopy(patterns.get(p), 0, bytes, starts[p], starts[p + 1] - starts[p]);
        }
        int tableBits = Math.max(8, 33 - Integer.numberOfLeadingZeros(count));
        headsShift = 64 - tableBits;
        bitmapShift = 64 - Math.min(30, tableBits + 5);
        heads = new int[1 << tableBits];
        Arrays.fill(heads, -1);
        nexts = new int[count];
        anchors = new int[count];
        bitmap = new long[1 << 64 - bitmapShift - 6];
        file(count);
    }

    private void file(int count) {
        int[] uses = new int[1 << 22];
        for (int p = 0; p < count; p++) {
            for (int at = starts[p]; at + BLOCK <= starts[p + 1]; at++) {
                uses[(int) (mixed(block(bytes, at)) >>> 42)]++;
            }
        }
        for (int p = 0; p < count; p++) {
            int best = starts[p];
            int fewest = Integer.MAX_VALUE;
            for (int at = starts[p]; at + BLOCK <= starts[p + 1]; at++) {
                int use = uses[(int) (mixed(block(bytes, at)) >>> 42)];
                if (use < fewest) {
                    fewest = use;
                    best = at;
                }
            }
            long hash = mixed(block(bytes, best));
            anchors[p] = best - starts[p];
            int slot = (int) (hash >>> headsShift);
            nexts[p] = heads[slot];
            heads[slot] = p;
            long bit = hash >>> bitmapShift;
            bitmap[(int) (bit >>> 6)] |= 1L << bit;
        }
    }

    private static long block(byte[] in, int at) {
        long block = 0;
        for (int i = 0; i < BLOCK; i++) {
            block = block << 8 | in[at + i] & 0xFF;
        }
        return block;
    }

    private static long mixed(long block) {
        long h = block * 0x9E3779B97F4A7C15L;
        return (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
    }

    /** Tells of every pattern within {@code text}. */
    public void search(byte[] text, Found found) {
        search(text, text.length, found);
    }

    /**
     * Reads to the end, in bounded memory.
     *
     * @return bytes read
     */
    public long search(InputStream in, Found found) throws IOException {
        byte[] buffer = new byte[Math.max(READ_BYTES, 4 * longest)];
        long total = 0;
        int held = 0;
        for (int read; (read = in.readNBytes(buffer, held, buffer.length - held)) > 0; ) {
            total += read;
            int length = held + read;
            search(buffer, length, found);
            held = Math.min(length, longest - 1);
            System.arraycopy(buffer, length - held, buffer, 0, held);
        }
        return total;
    }

    private void search(byte[] text, int length, Found found) {
        long block = 0;
        for (int end = 0; end < length; end++) {
            block = (block << 8 | text[end] & 0xFF) & BLOCK_MASK;
            if (end < BLOCK - 1) {
                continue;
            }
            long hash = mixed(block);
            long bit = hash >>> bitmapShift;
            if ((bitmap[(int) (bit >>> 6)] & 1L << bit) != 0) {
                compare(text, length, end - BLOCK + 1, (int) (hash >>> headsShift), found);
            }
        }
    }

    private void compare(byte[] text, int length, int at, int slot, Found found) {
        for (int p = heads[slot]; p >= 0; p = nexts[p]) {
            int from = at - anchors[p];
            int size = starts[p + 1] - starts[p];
            if (from >= 0
                    && from + size <= length
                    && Arrays.equals(text, from, from + size, bytes, starts[p], starts[p + 1])) {
                found.found(p);
            }
        }
    }

    /** Bytes that the index holds. */
    public long memoryBytes() {
        return bytes.length
                + 4L * (starts.length + anchors.length + heads.length + nexts.length)
                + 8L * bitmap.length;
    }
}
