package org.roadloop.govern.plan;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;

/*
 * SHA-256 costs by the byte, and most bytes of a report say nothing new: columns nobody sent,
 * states that are all "ok", counters that grow. So rows are taken in tiles of 1,024 from the start
 * of the stretch, each column of a tile is written in its shortest form, and only that is hashed.
 *
 * Why a change is still found. The form is one-to-one: it begins with the number of rows; every
 * column says by a tag how its states and its values are written, each tag fixes how many bytes
 * follow, and from them all states and all values of cells that are ok can be written back. Two
 * stretches that differ in a row, a state or a value therefore differ in the bytes that are hashed,
 * and to go unseen they would have to collide in SHA-256 itself. Which form is taken depends on the
 * rows of the tile alone, and a tile on its place in the stretch alone, so the same stretch read
 * again in other batches gives the same bytes. (The value of a cell that is not ok means nothing
 * and is left out, as it always was.)
 *
 *   tile    rows i32, then every column: states, values
 *   states  one byte 0..4 if all are that, else FF and a byte each; all not ok: no values follow
 *   values of fixed width, as 64-bit numbers (floating point: its bits), not ok = 0
 *           01 base i64                  all equal it
 *           02 | 03 | 04 base i64, then 1 | 2 | 4 bytes each: what it is above the base, unsigned
 *           05                           8 bytes each
 *   text    06 length i32, bytes         all are it
 *           07 length i32, bytes of all  all have that length
 *           08 length i32 each, bytes of all
 */

/**
 * SHA-256 over raw rows in log order, whatever the borders of the batches they came in (输入摘要): the
 * same stretch of the log read again gives the same digest. One thread.
 */
public final class InputDigest {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** Name and version of the form, as passports have it. */
    static final String FORM = "tiles/2";

    private static final int TILE_ROWS = 1_024;

    private final Schema schema;
    private final Pipeline pipeline;
    private final MessageDigest digest = sha256();
    private final Batch begun; // rows of a tile that is not full yet
    private final long[] wide = new long[TILE_ROWS];
    private byte[] out = new byte[1 << 16];
    private ByteBuffer view = view(out);
    private int length;
    private long rows;

    public InputDigest(Plan plan, Pipeline pipeline) {
        this.schema = plan.rawSchema();
        this.pipeline = pipeline;
        begun = new Batch(schema, TILE_ROWS);
    }

    /** Adds the rows of a batch that do not stand before {@code from}. */
    public void add(Batch batch, LogPosition from) {
        int at = 0;
        int end = batch.rows();
        while (at < end && pipeline.isBefore(batch, at, from)) {
            at++;
        }
        rows += end - at;
        if (begun.rows() > 0) {
            at = keep(batch, at, Math.min(end, at + TILE_ROWS - begun.rows()));
            if (begun.isFull()) {
                writeTile(begun, 0, TILE_ROWS);
                begun.clear();
            }
        }
        for (; end - at >= TILE_ROWS; at += TILE_ROWS) {
            writeTile(batch, at, TILE_ROWS);
        }
        keep(batch, at, end);
    }

    /** Copies rows behind those of the tile that was begun. */
    private int keep(Batch batch, int start, int end) {
        int to = begun.rows();
        int count = end - start;
        if (count <= 0) {
            return start;
        }
        for (int c = 0; c < schema.size(); c++) {
            System.arraycopy(batch.states(c), start, begun.states(c), to, count);
            switch (schema.column(c).type()) {
                case BOOL ->
                        System.arraycopy(batch.booleans(c), start, begun.booleans(c), to, count);
                case INT -> System.arraycopy(batch.ints(c), start, begun.ints(c), to, count);
                case LONG, TIMESTAMP_MICROS_UTC ->
                        System.arraycopy(batch.longs(c), start, begun.longs(c), to, count);
                case FLOAT -> System.arraycopy(batch.floats(c), start, begun.floats(c), to, count);
                case DOUBLE ->
                        System.arraycopy(batch.doubles(c), start, begun.doubles(c), to, count);
                case STRING -> {
                    StringColumn source = batch.strings(c);
                    StringColumn target = begun.strings(c);
                    for (int i = 0; i < count; i++) {
                        int row = start + i;
                        target.set(to + i, source.bytes(), source.offset(row), source.length(row));
                    }
                }
            }
        }
        begun.rows(to + count);
        return end;
    }

    private void writeTile(Batch batch, int start, int count) {
        length = 0;
        putInt(count);
        for (int c = 0; c < schema.size(); c++) {
            byte[] states = batch.states(c);
            byte first = states[start];
            boolean mixed = !CellState.allEqual(states, start, start + count);
            ensure(1 + count);
            if (mixed) {
                out[length++] = (byte) 0xFF;
                System.arraycopy(states, start, out, length, count);
                length += count;
            } else {
                out[length++] = first;
                if (first != CellState.OK) {
                    continue;
                }
            }
            switch (schema.column(c).type()) {
                case STRING -> putTexts(batch.strings(c), states, start, count);
                case BOOL, INT, LONG, TIMESTAMP_MICROS_UTC, FLOAT, DOUBLE -> {
                    widen(batch, c, start, count);
                    if (mixed) {
                        for (int i = 0; i < count; i++) {
                            wide[i] = states[start + i] == CellState.OK ? wide[i] : 0;
                        }
                    }
                    putNumbers(count);
                }
            }
        }
        digest.update(out, 0, length);
    }

    private void widen(Batch batch, int c, int start, int count) {
        long[] to = wide;
        switch (schema.column(c).type()) {
            case BOOL -> {
                boolean[] cells = batch.booleans(c);
                for (int i = 0; i < count; i++) {
                    to[i] = cells[start + i] ? 1 : 0;
                }
            }
            case INT -> {
                int[] cells = batch.ints(c);
                for (int i = 0; i < count; i++) {
                    to[i] = cells[start + i];
                }
            }
            case LONG, TIMESTAMP_MICROS_UTC ->
                    System.arraycopy(batch.longs(c), start, to, 0, count);
            case FLOAT -> {
                float[] cells = batch.floats(c);
                for (int i = 0; i < count; i++) {
                    to[i] = Float.floatToRawIntBits(cells[start + i]);
                }
            }
            case DOUBLE -> {
                double[] cells = batch.doubles(c);
                for (int i = 0; i < count; i++) {
                    to[i] = Double.doubleToRawLongBits(cells[start + i]);
                }
            }
            case STRING -> throw new IllegalStateException("text has no fixed width");
        }
    }

    private void putNumbers(int count) {
        long[] cells = wide;
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            least = Math.min(least, cells[i]);
            most = Math.max(most, cells[i]);
        }
        long span = most - least; // unsigned
        ensure(9 + 8 * count);
        byte[] to = out;
        if (Long.compareUnsigned(span, 0xFFFF_FFFFL) > 0) {
            to[length++] = 5;
            view.position(length);
            view.asLongBuffer().put(cells, 0, count);
            length += 8 * count;
            return;
        }
        int width = span == 0 ? 0 : span <= 0xFF ? 1 : span <= 0xFFFF ? 2 : 4;
        to[length] = (byte) (width == 0 ? 1 : width == 1 ? 2 : width == 2 ? 3 : 4);
        view.putLong(length + 1, least);
        int at = length + 9;
        length = at + width * count;
        switch (width) {
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = (byte) (cells[i] - least);
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    SHORT.set(to, at + 2 * i, (short) (cells[i] - least));
                }
            }
            case 4 -> {
                for (int i = 0; i < count; i++) {
                    INT.set(to, at + 4 * i, (int) (cells[i] - least));
                }
            }
            default -> {
                // All equal the base.
            }
        }
    }

    /** A cell that is not ok counts as empty. */
    private void putTexts(StringColumn strings, byte[] states, int start, int count) {
        byte[] bytes = strings.bytes();
        int firstLength = textLength(strings, states, start);
        boolean same = true;
        boolean equal = true;
        long total = 0;
        for (int row = start; row < start + count; row++) {
            int of = textLength(strings, states, row);
            total += of;
            same &= of == firstLength;
            equal =
                    equal
                            && same
                            && Arrays.equals(
                                    bytes,
                                    strings.offset(start),
                                    strings.offset(start) + firstLength,
                                    bytes,
                                    strings.offset(row),
                                    strings.offset(row) + of);
        }
        ensure(Math.toIntExact(5 + 4L * count + total));
        out[length++] = (byte) (equal ? 6 : same ? 7 : 8);
        if (same) {
            putInt(firstLength);
        } else {
            for (int row = start; row < start + count; row++) {
                putInt(textLength(strings, states, row));
            }
        }
        for (int row = start; row < start + (equal ? 1 : count); row++) {
            int of = textLength(strings, states, row);
            System.arraycopy(bytes, strings.offset(row), out, length, of);
            length += of;
        }
    }

    private static int textLength(StringColumn strings, byte[] states, int row) {
        return states[row] == CellState.OK ? strings.length(row) : 0;
    }

    private void putInt(int value) {
        ensure(4);
        INT.set(out, length, value);
        length += 4;
    }

    private void ensure(int more) {
        if (out.length - length < more) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
            view = view(out);
        }
    }

    private static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Rows digested since the last {@link #finish}. */
    public long rows() {
        return rows;
    }

    /** Lower-case hex of the digest; starts anew. */
    public String finish() {
        if (begun.rows() > 0) {
            writeTile(begun, 0, begun.rows());
            begun.clear();
        }
        rows = 0;
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
