package org.roadloop.collect.mcap;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import net.jpountz.lz4.LZ4FrameInputStream;

/**
 * The records of one chunk, decompressed and checked (数据块).
 *
 * @param offset of the chunk's record in the file
 * @param bytes fresh: messages are views of it
 * @param length of what could be read, at most {@code bytes.length}
 */
record Chunk(long offset, byte[] bytes, int length) {
    /** Fields of a chunk before the name of its compression. */
    static final int HEAD_BYTES = 28;

    /**
     * Decompresses a chunk.
     *
     * @param body of the record; if it is cut off, what there is of it
     * @throws MalformedBody if nothing of it can be used
     */
    static Chunk read(RecordBody body, long offset, McapLimits limits, McapDamage damage) {
        body.take(16);
        long size = body.u64();
        long crc = body.u32();
        String compression = body.string();
        long compressed = body.u64();
        if (size < 0 || size > limits.chunkBytes()) {
            throw new MalformedBody(
                    "mcap_chunk_size",
                    "the chunk has %s bytes without its compression, more than %d"
                            .formatted(Long.toUnsignedString(size), limits.chunkBytes()));
        }
        boolean cutOff = compressed < 0 || compressed > body.end - body.at;
        int have = cutOff ? body.end - body.at : (int) compressed;
        byte[] records = new byte[(int) size];
        int length = decompress(compression, body.bytes, body.at, have, records);
        if (length < records.length) {
            damage.found(
                    offset,
                    cutOff ? "mcap_truncated" : "mcap_chunk_data",
                    "of the chunk's %d bytes %d can be read, unchecked; its whole records follow"
                            .formatted(size, length));
        } else if (crc != 0 && crc != crc(records)) {
            throw new MalformedBody(
                    "mcap_chunk_crc",
                    "the CRC-32 of the chunk's %d bytes is %08x, not %08x: it is left out"
                            .formatted(size, crc(records), crc));
        }
        return new Chunk(offset, records, length);
    }

    /** What an index would say of the chunk, but for the places of its messages. */
    McapRecord.ChunkIndex index(RecordBody body) {
        long start = body.u64();
        long end = body.u64();
        body.take(12);
        String compression = body.string();
        return new McapRecord.ChunkIndex(
                start,
                end,
                offset,
                RecordBody.HEAD_BYTES
                        + (long) (body.end - body.at + HEAD_BYTES)
                        + 4
                        + compression.length(),
                Map.of(),
                0,
                compression,
                body.u64(),
                bytes.length);
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }

    /** Returns how many bytes could be had. */
    private static int decompress(String compression, byte[] from, int at, int have, byte[] to) {
        switch (compression) {
            case "" -> {
                int length = Math.min(have, to.length);
                System.arraycopy(from, at, to, 0, length);
                return length;
            }
            case "zstd" -> {
                return isWholeZstd(from, at, have, to)
                        ? to.length
                        : salvage(() -> new ZstdInputStream(input(from, at, have)), to);
            }
            case "lz4" -> {
                return salvage(() -> new LZ4FrameInputStream(input(from, at, have)), to);
            }
            default ->
                    throw new MalformedBody(
                            "mcap_compression",
                            "compression '%s' is not known; known are lz4, zstd and none"
                                    .formatted(compression));
        }
    }

    /** In one call; what is damaged is an exception or short. */
    private static boolean isWholeZstd(byte[] from, int at, int have, byte[] to) {
        try {
            return Zstd.decompressByteArray(to, 0, to.length, from, at, have) == to.length;
        } catch (ZstdException e) {
            return false;
        }
    }

    private static InputStream input(byte[] from, int at, int have) {
        return new ByteArrayInputStream(from, at, have);
    }

    /** Opens a decompressing stream. */
    private interface Opener {
        InputStream open() throws IOException;
    }

    private static int salvage(Opener opener, byte[] to) {
        int length = 0;
        try (InputStream in = opener.open()) {
            while (length < to.length) {
                int n = in.read(to, length, to.length - length);
                if (n < 0) {
                    break;
                }
                length += n;
            }
        } catch (IOException | RuntimeException e) {
            // Damaged behind this point: what came before is what there is.
            Arrays.fill(to, length, to.length, (byte) 0);
        }
        return length;
    }
}
