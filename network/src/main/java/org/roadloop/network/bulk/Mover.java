package org.roadloop.network.bulk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies a file at a rate (限速搬运): 64 KiB writes against a token bucket, SHA-256 of every 8 MiB
 * chunk. The target appears complete and on disk, or not at all. Any thread.
 */
public final class Mover {
    public static final int CHUNK_BYTES = 8 << 20;
    private static final int WRITE_BYTES = 64 << 10;

    /** What a late thread may catch up at once: a fiftieth of a second's worth. */
    private static final int BURST_PER_SECOND = 50;

    private Mover() {}

    /**
     * @param rateBitsPerSecond never exceeded over any interval by more than a fiftieth of a
     *     second's worth or one write
     */
    public static Manifest copy(Path source, Path target, long rateBitsPerSecond)
            throws IOException, InterruptedException {
        if (rateBitsPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "rate of " + rateBitsPerSecond + " bit/s moves nothing");
        }
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            Manifest manifest;
            try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ);
                    FileChannel out =
                            FileChannel.open(
                                    partial,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.TRUNCATE_EXISTING,
                                    StandardOpenOption.WRITE)) {
                manifest = copy(in, out, rateBitsPerSecond);
                out.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            return manifest;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static Manifest copy(FileChannel in, FileChannel out, long rateBitsPerSecond)
            throws IOException, InterruptedException {
        MessageDigest whole = Manifest.newDigest();
        MessageDigest chunk = Manifest.newDigest();
        List<byte[]> chunks = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE_BYTES);
        double bytesPerNano = rateBitsPerSecond / 8e9;
        double burst = Math.max(WRITE_BYTES, rateBitsPerSecond / 8.0 / BURST_PER_SECOND);
        double tokens = 0;
        long filled = System.nanoTime();
        long total = 0;
        int inChunk = 0;
        while (true) {
            buffer.clear().limit(Math.min(WRITE_BYTES, CHUNK_BYTES - inChunk));
            int read = in.read(buffer);
            if (read < 0) {
                break;
            }
            while (tokens < read) {
                long now = System.nanoTime();
                tokens = Math.min(burst, tokens + (now - filled) * bytesPerNano);
                filled = now;
                if (tokens < read) {
                    long waitNanos = (long) Math.ceil((read - tokens) / bytesPerNano);
                    Thread.sleep(waitNanos / 1_000_000, (int) (waitNanos % 1_000_000));
                }
            }
            tokens -= read;
            buffer.flip();
            whole.update(buffer.duplicate());
            chunk.update(buffer.duplicate());
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            total += read;
            inChunk += read;
            if (inChunk == CHUNK_BYTES) {
                chunks.add(chunk.digest());
                inChunk = 0;
            }
        }
        if (inChunk > 0) {
            chunks.add(chunk.digest());
        }
        return Manifest.of(total, CHUNK_BYTES, whole.digest(), chunks);
    }
}
