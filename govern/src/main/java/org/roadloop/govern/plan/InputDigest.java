package org.roadloop.govern.plan;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;

/**
 * SHA-256 over raw rows in log order, whatever the borders of the batches they came in (输入摘要): the
 * same stretch of the log read again gives the same digest. One thread.
 *
 * <p>The fixed-width columns of a row are laid out little-endian, each behind its state byte, and
 * run through one digest; each text column runs through a digest of its own (state byte, length,
 * bytes); the result is the SHA-256 of those digests in the order of columns.
 */
public final class InputDigest {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int TILE_ROWS = 256;

    private final Schema schema;
    private final Pipeline pipeline;
    private final int stride;
    private final byte[] tile;
    private final MessageDigest fixed = sha256();
    private final MessageDigest[] texts;
    private byte[] text = new byte[1 << 16];
    private int textLength;
    private long rows;

    public InputDigest(Plan plan, Pipeline pipeline) {
        this.schema = plan.rawSchema();
        this.pipeline = pipeline;
        int width = 0;
        texts = new MessageDigest[schema.size()];
        for (int c = 0; c < schema.size(); c++) {
            int cell = width(c);
            width += cell == 0 ? 0 : 1 + cell;
            texts[c] = sha256();
        }
        stride = width;
        tile = new byte[stride * TILE_ROWS];
    }

    private int width(int c) {
        return switch (schema.column(c).type()) {
            case BOOL -> 1;
            case INT, FLOAT -> 4;
            case LONG, TIMESTAMP_MICROS_UTC, DOUBLE -> 8;
            case STRING -> 0;
        };
    }

    /** Adds the rows of a batch that do not stand before {@code from}. */
    public void add(Batch batch, LogPosition from) {
        int first = 0;
        while (first < batch.rows() && pipeline.isBefore(batch, first, from)) {
            first++;
        }
        rows += batch.rows() - first;
        for (int start = first; start < batch.rows(); start += TILE_ROWS) {
            int end = Math.min(batch.rows(), start + TILE_ROWS);
            int at = 0;
            for (int c = 0; c < schema.size(); c++) {
                int cell = width(c);
                if (cell == 0) {
                    addText(batch, c, start, end);
                } else {
                    layOut(batch, c, start, end, at);
                    at += 1 + cell;
                }
            }
            fixed.update(tile, 0, (end - start) * stride);
        }
    }

    private void layOut(Batch batch, int c, int start, int end, int at) {
        byte[] states = batch.states(c);
        byte[] to = tile;
        for (int row = start, p = at; row < end; row++, p += stride) {
            to[p] = states[row];
        }
        int p = at + 1;
        switch (schema.column(c).type()) {
            case BOOL -> {
                boolean[] cells = batch.booleans(c);
                for (int row = start; row < end; row++, p += stride) {
                    to[p] = (byte) (states[row] == 0 && cells[row] ? 1 : 0);
                }
            }
            case INT -> {
                int[] cells = batch.ints(c);
                for (int row = start; row < end; row++, p += stride) {
                    INT.set(to, p, states[row] == 0 ? cells[row] : 0);
                }
            }
            case LONG, TIMESTAMP_MICROS_UTC -> {
                long[] cells = batch.longs(c);
                for (int row = start; row < end; row++, p += stride) {
                    LONG.set(to, p, states[row] == 0 ? cells[row] : 0L);
                }
            }
            case FLOAT -> {
                float[] cells = batch.floats(c);
                for (int row = start; row < end; row++, p += stride) {
                    FLOAT.set(to, p, states[row] == 0 ? cells[row] : 0f);
                }
            }
            case DOUBLE -> {
                double[] cells = batch.doubles(c);
                for (int row = start; row < end; row++, p += stride) {
                    DOUBLE.set(to, p, states[row] == 0 ? cells[row] : 0d);
                }
            }
            case STRING -> throw new IllegalStateException("text has no fixed width");
        }
    }

    private void addText(Batch batch, int c, int start, int end) {
        StringColumn strings = batch.strings(c);
        byte[] states = batch.states(c);
        textLength = 0;
        for (int row = start; row < end; row++) {
            int length = states[row] == 0 ? strings.length(row) : 0;
            if (text.length < textLength + 5 + length) {
                texts[c].update(text, 0, textLength);
                textLength = 0;
                if (text.length < 5 + length) {
                    text = new byte[5 + length];
                }
            }
            text[textLength] = states[row];
            INT.set(text, textLength + 1, length);
            System.arraycopy(strings.bytes(), strings.offset(row), text, textLength + 5, length);
            textLength += 5 + length;
        }
        texts[c].update(text, 0, textLength);
    }

    /** Rows digested since the last {@link #finish}. */
    public long rows() {
        return rows;
    }

    /** Lower-case hex of the digest; starts anew. */
    public String finish() {
        MessageDigest all = sha256();
        all.update(fixed.digest());
        for (int c = 0; c < texts.length; c++) {
            if (width(c) == 0) {
                all.update(texts[c].digest());
            }
        }
        rows = 0;
        return HexFormat.of().formatHex(all.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
