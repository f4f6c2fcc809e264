package org.roadloop.govern.quality;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.govern.operator.Keyring;

/**
 * Key and content hash of every row of a batch (行键). The key is a keyed 128-bit hash under the
 * platform's key over the key columns: a state byte, then 8 bytes little-endian or, for text, 4
 * bytes of length and the bytes. Version 2 is {@link SipHash}; version 1, of tables that were made
 * before it, the first half of an HMAC-SHA256. Each has a key of its own, and a table keeps its
 * version for good: keys of two versions say nothing of each other. The content hash is a 64-bit
 * mix of states and values: it tells equal from different, it protects nothing. One thread.
 */
public final class RowKeys {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Of tables that are made now. */
    public static final int VERSION = 2;

    /** Property of a table: the version of its row keys; one without it has version 1. */
    public static final String TABLE_PROPERTY = "roadloop.row-key-version";

    private final @Nullable Mac mac;
    private final SipHash sip;
    private final byte[] out = new byte[32];
    private byte[] buffer = new byte[256];
    private long[] high = new long[0];
    private long[] low = new long[0];
    private long[] content = new long[0];

    /**
     * @param version 1..{@link #VERSION}
     */
    public RowKeys(Keyring keys, int version) {
        if (version < 1 || version > VERSION) {
            throw new IllegalArgumentException(
                    "row keys have no version "
                            + version
                            + "; this release knows 1.."
                            + VERSION
                            + ": a later one made the table");
        }
        mac = version == 1 ? keys.mac("row-key") : null;
        sip = new SipHash(keys.derive("row-key/2"));
    }

    public long[] high() {
        return high;
    }

    public long[] low() {
        return low;
    }

    public long[] content() {
        return content;
    }

    /**
     * Values of an INT column that count as one.
     *
     * @param value and {@code as}: {@code value[i]} is keyed as {@code as[i]}
     */
    public record Same(int[] value, int[] as) {
        public Same {
            value = value.clone();
            as = as.clone();
        }

        int of(int code) {
            for (int i = 0; i < value.length; i++) {
                if (value[i] == code) {
                    return as[i];
                }
            }
            return code;
        }
    }

    /**
     * @param keyColumns indexes under the keyed hash; {@code same[i]} belongs to {@code
     *     keyColumns[i]}
     * @param contentColumns indexes under the content hash
     */
    public void compute(
            Batch batch, int[] keyColumns, @Nullable Same[] same, int[] contentColumns) {
        int rows = batch.rows();
        if (high.length < rows) {
            high = new long[rows];
            low = new long[rows];
            content = new long[rows];
        }
        for (int row = 0; row < rows; row++) {
            int length = serialise(batch, keyColumns, same, row);
            if (mac != null) {
                hmac(mac, length, row);
            } else {
                sip.hash(buffer, length);
                high[row] = sip.first();
                low[row] = sip.second();
            }
        }
        Arrays.fill(content, 0, rows, 0x5DEECE66DL);
        for (int c : contentColumns) {
            mixColumn(batch, c, rows);
        }
    }

    private void hmac(Mac version1, int length, int row) {
        version1.update(buffer, 0, length);
        try {
            version1.doFinal(out, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC output does not fit 32 bytes", e);
        }
        high[row] = (long) BIG.get(out, 0);
        low[row] = (long) BIG.get(out, 8);
    }

    private int serialise(Batch batch, int[] keyColumns, @Nullable Same[] same, int row) {
        Schema schema = batch.schema();
        int at = 0;
        for (int k = 0; k < keyColumns.length; k++) {
            int c = keyColumns[k];
            byte state = batch.states(c)[row];
            if (buffer.length < at + 16) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
            buffer[at++] = state;
            if (state != CellState.OK) {
                continue;
            }
            switch (schema.column(c).type()) {
                case STRING -> {
                    StringColumn strings = batch.strings(c);
                    int length = strings.length(row);
                    if (buffer.length < at + 16 + length) {
                        buffer = Arrays.copyOf(buffer, Math.max(at + 16 + length, at * 2));
                    }
                    INT.set(buffer, at, length);
                    System.arraycopy(strings.bytes(), strings.offset(row), buffer, at + 4, length);
                    at += 4 + length;
                }
                case INT -> {
                    int value = batch.ints(c)[row];
                    Same classes = same[k];
                    LONG.set(buffer, at, (long) (classes == null ? value : classes.of(value)));
                    at += 8;
                }
                case LONG, TIMESTAMP_MICROS_UTC -> {
                    LONG.set(buffer, at, batch.longs(c)[row]);
                    at += 8;
                }
                case DOUBLE -> {
                    LONG.set(buffer, at, Double.doubleToLongBits(batch.doubles(c)[row]));
                    at += 8;
                }
                case FLOAT -> {
                    LONG.set(buffer, at, (long) Float.floatToIntBits(batch.floats(c)[row]));
                    at += 8;
                }
                case BOOL -> {
                    LONG.set(buffer, at, batch.booleans(c)[row] ? 1L : 0L);
                    at += 8;
                }
            }
        }
        return at;
    }

    private void mixColumn(Batch batch, int c, int rows) {
        byte[] states = batch.states(c);
        long[] h = content;
        switch (batch.schema().column(c).type()) {
            case BOOL -> {
                boolean[] cells = batch.booleans(c);
                for (int i = 0; i < rows; i++) {
                    h[i] = mix(h[i], states[i], cells[i] ? 1 : 0);
                }
            }
            case INT -> {
                int[] cells = batch.ints(c);
                for (int i = 0; i < rows; i++) {
                    h[i] = mix(h[i], states[i], cells[i]);
                }
            }
            case LONG, TIMESTAMP_MICROS_UTC -> {
                long[] cells = batch.longs(c);
                for (int i = 0; i < rows; i++) {
                    h[i] = mix(h[i], states[i], cells[i]);
                }
            }
            case FLOAT -> {
                float[] cells = batch.floats(c);
                for (int i = 0; i < rows; i++) {
                    h[i] = mix(h[i], states[i], Float.floatToIntBits(cells[i]));
                }
            }
            case DOUBLE -> {
                double[] cells = batch.doubles(c);
                for (int i = 0; i < rows; i++) {
                    h[i] = mix(h[i], states[i], Double.doubleToLongBits(cells[i]));
                }
            }
            case STRING -> {
                StringColumn cells = batch.strings(c);
                int i = 0;
                for (; i + 4 <= rows; i += 4) {
                    mixFour(cells, states, i);
                }
                for (; i < rows; i++) {
                    mixText(cells, states, i);
                }
            }
        }
    }

    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** FNV-1a, 64 bits. */
    private void mixText(StringColumn cells, byte[] states, int row) {
        byte[] bytes = cells.bytes();
        long text = FNV_BASIS;
        int end = cells.offset(row + 1);
        for (int k = cells.offset(row); k < end; k++) {
            text = (text ^ (bytes[k] & 0xFF)) * FNV_PRIME;
        }
        content[row] = mix(content[row], states[row], text);
    }

    /** Four rows side by side if their texts are equally long: a step waits for the one before. */
    private void mixFour(StringColumn cells, byte[] states, int row) {
        int a = cells.offset(row);
        int b = cells.offset(row + 1);
        int c = cells.offset(row + 2);
        int d = cells.offset(row + 3);
        int length = b - a;
        if (c - b != length || d - c != length || cells.offset(row + 4) - d != length) {
            for (int i = row; i < row + 4; i++) {
                mixText(cells, states, i);
            }
            return;
        }
        byte[] bytes = cells.bytes();
        long first = FNV_BASIS;
        long second = FNV_BASIS;
        long third = FNV_BASIS;
        long fourth = FNV_BASIS;
        for (int k = 0; k < length; k++) {
            first = (first ^ (bytes[a + k] & 0xFF)) * FNV_PRIME;
            second = (second ^ (bytes[b + k] & 0xFF)) * FNV_PRIME;
            third = (third ^ (bytes[c + k] & 0xFF)) * FNV_PRIME;
            fourth = (fourth ^ (bytes[d + k] & 0xFF)) * FNV_PRIME;
        }
        content[row] = mix(content[row], states[row], first);
        content[row + 1] = mix(content[row + 1], states[row + 1], second);
        content[row + 2] = mix(content[row + 2], states[row + 2], third);
        content[row + 3] = mix(content[row + 3], states[row + 3], fourth);
    }

    /** A cell that is not ok counts by its state alone. */
    private static long mix(long h, byte state, long value) {
        long x = state == CellState.OK ? value : state * 0x2545F4914F6CDD1DL;
        long mixed = (h ^ x ^ ((long) state << 56)) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }
}
