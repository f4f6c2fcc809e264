package org.roadloop.core.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * UTF-8 cells back to back: cell {@code i} is {@code bytes[offsets[i] .. offsets[i+1])}. Cells are
 * written in row order; a row that is skipped is empty. One thread.
 */
public final class StringColumn {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

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
        copy(source, offset, bytes, start, length);
        offsets[row + 1] = start + length;
        written = row + 1;
    }

    /**
     * Copies a short cell by words, the last of which may overlap the one before: a call of the
     * general copy costs more than moving the 7 to 26 bytes of most cells.
     */
    private static void copy(byte[] from, int at, byte[] to, int start, int length) {
        if (length < 4 || length > 32) {
            System.arraycopy(from, at, to, start, length);
        } else if (length < 8) {
            INT.set(to, start, (int) INT.get(from, at));
            INT.set(to, start + length - 4, (int) INT.get(from, at + length - 4));
        } else {
            LONG.set(to, start, (long) LONG.get(from, at));
            if (length > 16) {
                LONG.set(to, start + 8, (long) LONG.get(from, at + 8));
            }
            if (length > 24) {
                LONG.set(to, start + 16, (long) LONG.get(from, at + 16));
            }
            LONG.set(to, start + length - 8, (long) LONG.get(from, at + length - 8));
        }
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
