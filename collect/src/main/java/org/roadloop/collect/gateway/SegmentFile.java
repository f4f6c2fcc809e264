package org.roadloop.collect.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Names, header and block framing of segment files; byte table in the package description. */
final class SegmentFile {
    static final int HEADER_BYTES = 16;
    static final int BLOCK_HEADER_BYTES = 16;
    static final int TAG_BYTES = BlockCipher.TAG_BYTES;

    private static final byte[] MAGIC = "RLFRLOG1".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern NAME = Pattern.compile("segment-(\\d{10,19})\\.(log|key)");

    private SegmentFile() {}

    static Path path(Path directory, long segment) {
        return directory.resolve("segment-%010d.log".formatted(segment));
    }

    /** Numbers of all segments that have a file of the given kind, {@code log} or {@code key}. */
    static NavigableSet<Long> list(Path directory, String kind) throws IOException {
        NavigableSet<Long> numbers = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(
                    file -> {
                        Matcher name = NAME.matcher(file.getFileName().toString());
                        if (name.matches() && name.group(2).equals(kind)) {
                            numbers.add(Long.parseLong(name.group(1)));
                        }
                    });
        }
        return numbers;
    }

    static ByteBuffer header(long segment) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putLong(segment).flip();
    }

    /** CRC of plain offset and ciphertext, which follow each other in a buffer. */
    static int crc(ByteBuffer block, int from, int to) {
        CRC32C crc = new CRC32C();
        ByteBuffer part = block.duplicate();
        part.limit(to).position(from);
        crc.update(part);
        return (int) crc.getValue();
    }

    static boolean readFully(FileChannel file, ByteBuffer into, long at) throws IOException {
        long position = at;
        while (into.hasRemaining()) {
            int n = file.read(into, position);
            if (n < 0) {
                return false;
            }
            position += n;
        }
        return true;
    }

    /**
     * Length of a segment up to the end of its last whole block. What follows was torn by a crash:
     * only one block is ever written at a time. A damaged block before a whole one is no torn tail
     * and stays, for the reader to count and skip.
     *
     * @throws IllegalStateException if the file has content behind a header that is not of this
     *     version: it must not be taken for an empty one
     */
    static long wholeBytes(FileChannel file, long segment, Path name) throws IOException {
        long size = file.size();
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES);
        if (!readFully(file, head, 0) || !head.flip().equals(header(segment))) {
            if (size > HEADER_BYTES) {
                throw new IllegalStateException(
                        "%s does not begin as a version-1 segment %d: it is damaged or of a newer version; restore it from a backup, or move it and its key away to give its frames up"
                                .formatted(name, segment));
            }
            return 0;
        }
        long at = HEADER_BYTES;
        long whole = at;
        ByteBuffer blockHead = ByteBuffer.allocate(BLOCK_HEADER_BYTES);
        ByteBuffer block = ByteBuffer.allocate(64 * 1024);
        while (at + BLOCK_HEADER_BYTES <= size) {
            blockHead.clear();
            if (!readFully(file, blockHead, at)) {
                return whole;
            }
            int n = blockHead.getInt(0);
            if (n <= TAG_BYTES || at + BLOCK_HEADER_BYTES + n > size) {
                return whole;
            }
            if (block.capacity() < 8 + n) {
                block = ByteBuffer.allocate(8 + n);
            }
            block.clear().limit(8 + n);
            boolean right =
                    readFully(file, block, at + 8) && crc(block, 0, 8 + n) == blockHead.getInt(4);
            at += BLOCK_HEADER_BYTES + n;
            whole = right ? at : whole;
        }
        return whole;
    }
}
