package org.roadloop.collect.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the blocks of one segment (段写入). One thread. */
final class SegmentWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);

    private final long segment;
    private final SecretKey key;
    private final FileChannel file;
    private final BlockCipher cipher = new BlockCipher();
    private ByteBuffer block = ByteBuffer.allocateDirect(64 * 1024);
    private long plainBytes;
    private long fileBytes;

    /** Makes key and file, durable under their names. */
    SegmentWriter(Path directory, SegmentKeys keys, long segment) throws IOException {
        this.segment = segment;
        key = keys.create(segment);
        file =
                FileChannel.open(
                        SegmentFile.path(directory, segment),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        try {
            ByteBuffer header = SegmentFile.header(segment);
            while (header.hasRemaining()) {
                file.write(header);
            }
            file.force(true);
            SegmentLog.forceDirectory(directory);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        fileBytes = SegmentFile.HEADER_BYTES;
    }

    long segment() {
        return segment;
    }

    /** Durable length of the plain record stream. */
    long plainBytes() {
        return plainBytes;
    }

    /** Encrypts, writes and fsyncs; on an exception nothing of the block counts. */
    void writeBlock(byte[] plain, int length) throws IOException {
        int cipherBytes = length + SegmentFile.TAG_BYTES;
        int blockBytes = SegmentFile.BLOCK_HEADER_BYTES + cipherBytes;
        if (block.capacity() < blockBytes) {
            block = ByteBuffer.allocateDirect(Math.max(blockBytes, 2 * block.capacity()));
        }
        block.clear();
        block.putInt(cipherBytes).putInt(0).putLong(plainBytes);
        cipher.seal(key, segment, plainBytes, plain, length, block);
        block.putInt(4, SegmentFile.crc(block, 8, blockBytes));
        block.flip();
        long at = fileBytes;
        while (block.hasRemaining()) {
            at += file.write(block, at);
        }
        file.force(false);
        fileBytes = at;
        plainBytes += length;
    }

    /** After a failed write: what may have reached the file is taken back, as far as possible. */
    void cutToDurable() {
        try {
            file.truncate(fileBytes);
        } catch (IOException e) {
            LOG.warn("segment {} could not be cut back: {}", segment, e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("segment {} did not close: {}", segment, e.getMessage());
        }
    }
}
