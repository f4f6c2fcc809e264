package org.roadloop.core.watermark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.StringColumn;

/*
 * One AES call for a whole column instead of an HMAC per cell; AES of distinct blocks under a secret
 * key is a pseudorandom function (up to 2^64 blocks). The row's content is taken in by CBC-MAC, all
 * rows of a slice in step; its length comes first, so no content is the beginning of another.
 */

/**
 * The pseudorandom blocks that decide about the cells of one contract (伪随机块); the byte table is in
 * the description of the package. One thread.
 */
final class CellBlocks {
    static final int BLOCK = 16;

    /** Rows that are worked on at once. */
    static final int SLICE = 2_048;

    private static final int MARKED_ONE_IN = 8;

    private final SecretKey key;
    private final Cipher byValue;
    private final Cipher byRow;
    private final byte[] chain = new byte[SLICE * BLOCK];
    private final byte[] states = new byte[SLICE * BLOCK];
    private final boolean[] named = new boolean[SLICE];
    private final int[] lengths = new int[SLICE];
    private byte[] content = new byte[SLICE * 4 * BLOCK];

    /**
     * @param platform the platform's key for watermarks
     */
    CellBlocks(SecretKey platform, String agreementId) {
        key = new SecretKeySpec(hmac(platform, "watermark 1/" + agreementId), "HmacSHA256");
        byValue = aes("value");
        byRow = aes("row");
    }

    private Cipher aes(String use) {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(hmac(key, use), "AES"));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-256", e);
        }
    }

    private static byte[] hmac(SecretKey key, String label) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(label.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HmacSHA256", e);
        }
    }

    /** What stands for a column in the blocks of its cells. */
    byte[] tag(String column) {
        return Arrays.copyOf(hmac(key, "column/" + column), BLOCK);
    }

    static boolean marked(byte[] blocks, int cell) {
        return blocks[cell * BLOCK] % MARKED_ONE_IN == 0;
    }

    static int mark(byte[] blocks, int cell) {
        return blocks[cell * BLOCK + 1] & 1;
    }

    /** Equal for equal inputs, and for no others. */
    static long input(byte[] blocks, int cell) {
        return longAt(blocks, cell * BLOCK + 8);
    }

    /** Blocks of values by the numbers of their pairs. */
    void byValue(byte[] tag, long[] pairs, int count, byte[] blocks) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(tag, 0, blocks, i * BLOCK, 8);
            putLong(blocks, i * BLOCK + 8, pairs[i]);
        }
        encrypt(byValue, blocks, count);
    }

    /**
     * Takes in what names the rows of a slice; {@link #byRow} then gives the blocks of their cells.
     */
    void rows(Batch batch, int from, int count, int[] columns) {
        int stride = stride(batch, from, count, columns);
        if (content.length < count * stride) {
            content = new byte[count * stride];
        }
        Arrays.fill(content, 0, count * stride, (byte) 0);
        for (int i = 0; i < count; i++) {
            named[i] = write(batch, from + i, columns, i * stride, i);
        }
        digest(count, stride);
    }

    /** Bytes of the longest row, in whole blocks. */
    private static int stride(Batch batch, int from, int count, int[] columns) {
        int longest = 0;
        for (int i = 0; i < count; i++) {
            int bytes = 4;
            for (int c : columns) {
                bytes +=
                        switch (batch.schema().column(c).type()) {
                            case STRING -> 5 + batch.strings(c).length(from + i);
                            case LONG, TIMESTAMP_MICROS_UTC, INT, FLOAT, DOUBLE, BOOL -> 9;
                        };
            }
            longest = Math.max(longest, bytes);
        }
        return (longest + BLOCK - 1) / BLOCK * BLOCK;
    }

    private boolean write(Batch batch, int row, int[] columns, int start, int slot) {
        int at = start + 4;
        for (int c : columns) {
            if (!batch.isOk(c, row)) {
                lengths[slot] = 0;
                return false;
            }
            switch (batch.schema().column(c).type()) {
                case STRING -> {
                    StringColumn strings = batch.strings(c);
                    int length = strings.length(row);
                    content[at] = 1;
                    putInt(content, at + 1, length);
                    System.arraycopy(strings.bytes(), strings.offset(row), content, at + 5, length);
                    at += 5 + length;
                }
                case LONG, TIMESTAMP_MICROS_UTC -> {
                    content[at] = 2;
                    putLong(content, at + 1, batch.longs(c)[row]);
                    at += 9;
                }
                case INT, FLOAT, DOUBLE, BOOL ->
                        throw new IllegalStateException(
                                "column '" + batch.schema().column(c).name() + "' names no row");
            }
        }
        putInt(content, start, at - start - 4);
        lengths[slot] = at - start;
        return true;
    }

    private void digest(int count, int stride) {
        Arrays.fill(chain, 0, count * BLOCK, (byte) 0);
        for (int offset = 0; offset < stride; offset += BLOCK) {
            for (int i = 0; i < count; i++) {
                xor(chain, i * BLOCK, content, i * stride + offset);
            }
            encrypt(byRow, chain, count);
            for (int i = 0; i < count; i++) {
                boolean last = lengths[i] > offset && lengths[i] <= offset + BLOCK;
                if (last) {
                    System.arraycopy(chain, i * BLOCK, states, i * BLOCK, BLOCK);
                }
            }
        }
    }

    /** Whether all that names row {@code i} of the slice is there. */
    boolean named(int i) {
        return named[i];
    }

    void byRow(byte[] tag, int count, byte[] blocks) {
        System.arraycopy(states, 0, blocks, 0, count * BLOCK);
        for (int i = 0; i < count; i++) {
            xor(blocks, i * BLOCK, tag, 0);
        }
        encrypt(byRow, blocks, count);
    }

    private static void encrypt(Cipher cipher, byte[] blocks, int count) {
        try {
            cipher.doFinal(blocks, 0, count * BLOCK, blocks, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES on whole blocks failed", e);
        }
    }

    private static void xor(byte[] to, int at, byte[] with, int offset) {
        for (int b = 0; b < BLOCK; b++) {
            to[at + b] ^= with[offset + b];
        }
    }

    private static void putInt(byte[] to, int at, int value) {
        for (int b = 3; b >= 0; b--) {
            to[at + b] = (byte) value;
            value >>>= 8;
        }
    }

    private static void putLong(byte[] to, int at, long value) {
        for (int b = 7; b >= 0; b--) {
            to[at + b] = (byte) value;
            value >>>= 8;
        }
    }

    private static long longAt(byte[] from, int at) {
        long value = 0;
        for (int b = 0; b < 8; b++) {
            value = (value << 8) | (from[at + b] & 0xFF);
        }
        return value;
    }
}
