package org.roadloop.core.table;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * UTF-8 cells back to back: cell {@code i} is {@code bytes[offsets[i] .. offsets[i+1])}. Cells are
 * written in row order; a row that is skipped is empty. One thread.
 */
public final class StringColumn {
    private byte[] bytes = new byte[1024];
    private final int[] offsets;
    private int written;

    StringColumn(int capacity) {
        offsets = new int[capacity + 1];
    }

    /** Writes cell {@code row}; rows before it that were not written become empty. */
    public void set(int row, byte[] source, int offset, int length) {
        fillTo(row);
        int start = offsets[row];
        if (start + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, start + length));
        }
        System.arraycopy(source, offset, bytes, start, length);
        offsets[row + 1] = start + length;
        written = row + 1;
    }

    public void set(int row, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        set(row, utf8, 0, utf8.length);
    }

    public String get(int row) {
        int start = offset(row);
        return new String(bytes, start, offset(row + 1) - start, StandardCharsets.UTF_8);
    }

    /** The shared backing bytes; valid until the next {@code set}. */
    public byte[] bytes() {
        return bytes;
    }

    /** Start of cell {@code row}; {@code offset(row + 1)} is its end. */
    public int offset(int row) {
        return row <= written ? offsets[row] : offsets[written];
    }

    public int length(int row) {
        return offset(row + 1) - offset(row);
    }

    void clear() {
        written = 0;
        offsets[0] = 0;
    }

    private void fillTo(int row) {
        if (row < written) {
            throw new IllegalStateException(
                    "string cell " + row + " written after cell " + (written - 1));
        }
        for (int i = written; i < row; i++) {
            offsets[i + 1] = offsets[i];
        }
        written = row;
    }
}
