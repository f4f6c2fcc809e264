package org.roadloop.core.ledger;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What is durable first (日志): the entries from a base on, in frames of one group commit each. The
 * byte tables are in the package. One thread.
 *
 * <p>A frame is written only after the one before it is on disk. So only the last frame can be
 * torn, and a bad frame with a good one after it is damage, never a crash.
 */
final class Journal implements Closeable {
    static final int HEADER_BYTES = 64;
    static final int FRAME_HEADER_BYTES = 28;
    static final int MAX_BODY_BYTES = 96 << 20;
    private static final long MAGIC = 0x524F_4144_4A4E_4C31L; // "ROADJNL1"
    private static final int FRAME_MAGIC = 0x524C_4652; // "RLFR"

    /** Takes every entry in order. */
    interface Visitor {
        void entry(long index, byte[] leaf, long frameOffset) throws IOException;
    }

    /**
     * @param base index of the first entry
     * @param root of the tree of {@code base} leaves
     */
    record Header(long base, byte[] root) {}

    /**
     * What a scan found.
     *
     * @param size index after the last entry
     * @param goodBytes where the last good frame ends
     * @param tornBytes what follows it and is no frame: the rest of a write that a crash cut
     */
    record Scan(Header header, long size, long goodBytes, long tornBytes) {}

    private final Path file;
    private final FileChannel channel;
    private long bytes;

    private Journal(Path file, FileChannel channel, long bytes) {
        this.file = file;
        this.channel = channel;
        this.bytes = bytes;
    }

    /** Writes an empty journal, or one with entries carried over, in place of what is there. */
    static void create(Path file, Header header, List<byte[]> carried) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        try (FileChannel out =
                FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Journal journal = new Journal(draft, out, 0);
            journal.write(header(header));
            journal.bytes = HEADER_BYTES;
            if (!carried.isEmpty()) {
                journal.write(frame(header.base(), carried));
            }
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.sync(DurableFiles.directory(file));
    }

    /** Opens for appending after {@link #scan}; cuts what the scan found torn. */
    static Journal open(Path file, Scan scan) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            if (scan.tornBytes() > 0) {
                channel.truncate(scan.goodBytes());
                channel.force(true);
            }
            return new Journal(file, channel, scan.goodBytes());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Bytes that are on disk. */
    long bytes() {
        return bytes;
    }

    /**
     * Adds one frame and returns when it is on disk. If it throws, {@link #repair} must succeed
     * before the next.
     */
    void append(long firstIndex, List<byte[]> leaves) throws IOException {
        ByteBuffer frame = frame(firstIndex, leaves);
        long length = frame.remaining();
        write(frame);
        channel.force(false);
        bytes += length;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Cuts whatever a failed append left behind. */
    void repair() throws IOException {
        channel.truncate(bytes);
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void write(ByteBuffer buffer) throws IOException {
        long at = bytes;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
    }

    private static ByteBuffer header(Header header) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES);
        out.putLong(MAGIC).putInt(1).putInt(0).putLong(header.base()).put(header.root());
        out.putInt(12, crc(out.array(), 16, HEADER_BYTES - 16));
        return out.rewind();
    }

    private static ByteBuffer frame(long firstIndex, List<byte[]> leaves) {
        int body = 0;
        for (byte[] leaf : leaves) {
            body = Math.addExact(body, 2 + leaf.length);
        }
        ByteBuffer out = ByteBuffer.allocate(FRAME_HEADER_BYTES + body);
        out.position(FRAME_HEADER_BYTES);
        for (byte[] leaf : leaves) {
            out.putShort((short) leaf.length).put(leaf);
        }
        byte[] all = out.array();
        out.putInt(0, FRAME_MAGIC).putInt(4, body).putLong(8, firstIndex);
        out.putInt(16, leaves.size()).putInt(20, crc(all, FRAME_HEADER_BYTES, body));
        out.putInt(24, crc(all, 0, 24));
        return out.rewind();
    }

    static Header readHeader(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return readHeader(file, in);
        }
    }

    private static Header readHeader(Path file, FileChannel in) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES);
        if (!readFully(in, head, 0)) {
            throw new CorruptLogException(file, in.size(), "the journal ends within its header");
        }
        if (head.getLong(0) != MAGIC || head.getInt(8) != 1) {
            throw new CorruptLogException(file, 0, "this is no journal of version 1");
        }
        if (head.getInt(12) != crc(head.array(), 16, HEADER_BYTES - 16)) {
            throw new CorruptLogException(file, 12, "the journal's header fails its checksum");
        }
        return new Header(head.getLong(16), Arrays.copyOfRange(head.array(), 24, 56));
    }

    /**
     * Reads every entry, tells a torn end from damage.
     *
     * @throws CorruptLogException with the position, if a frame is bad that no crash explains
     */
    static Scan scan(Path file, Visitor visitor) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            Header header = readHeader(file, in);
            long end = in.size();
            long at = HEADER_BYTES;
            long index = header.base();
            ByteBuffer head = ByteBuffer.allocate(FRAME_HEADER_BYTES);
            while (at < end) {
                head.clear();
                boolean sound = readFully(in, head, at) && soundFrameHeader(head);
                long frameEnd = sound ? at + FRAME_HEADER_BYTES + head.getInt(4) : end;
                if (!sound || frameEnd > end) {
                    long next = findFrame(in, at + 1, end, index);
                    if (next >= 0) {
                        throw new CorruptLogException(
                                file,
                                at,
                                "the frame of entry "
                                        + index
                                        + " is bad, yet a good frame follows at byte "
                                        + next);
                    }
                    break;
                }
                if (head.getLong(8) != index) {
                    throw new CorruptLogException(
                            file,
                            at,
                            "the frame begins at entry "
                                    + head.getLong(8)
                                    + " where entry "
                                    + index
                                    + " belongs");
                }
                ByteBuffer body = ByteBuffer.allocate(head.getInt(4));
                if (!readFully(in, body, at + FRAME_HEADER_BYTES)) {
                    throw new EOFException(file + " became shorter while it was read");
                }
                if (crc(body.array(), 0, body.capacity()) != head.getInt(20)) {
                    if (frameEnd == end) {
                        break;
                    }
                    throw new CorruptLogException(
                            file, at, "the frame of entry " + index + " fails its checksum");
                }
                index = visit(file, at, index, head.getInt(16), body, visitor);
                at = frameEnd;
            }
            return new Scan(header, index, at, end - at);
        }
    }

    private static long visit(
            Path file, long at, long index, int count, ByteBuffer body, Visitor visitor)
            throws IOException {
        for (EntryBundle.Located located : EntryBundle.parse(file, body.array(), count)) {
            visitor.entry(index++, located.leaf(), at);
        }
        return index;
    }

    private static boolean soundFrameHeader(ByteBuffer head) {
        int body = head.getInt(4);
        return head.getInt(0) == FRAME_MAGIC
                && head.getInt(24) == crc(head.array(), 0, 24)
                && body >= 0
                && body <= MAX_BODY_BYTES
                && head.getInt(16) > 0;
    }

    /** Start of a frame header that checks and continues from entry {@code index}; -1 if none. */
    private static long findFrame(FileChannel in, long from, long end, long index)
            throws IOException {
        if (end - from > 2L * MAX_BODY_BYTES) {
            return from;
        }
        ByteBuffer rest = ByteBuffer.allocate((int) Math.max(0, end - from));
        readFully(in, rest, from);
        for (int i = 0; i + FRAME_HEADER_BYTES <= rest.capacity(); i++) {
            if (rest.getInt(i) == FRAME_MAGIC) {
                ByteBuffer head =
                        ByteBuffer.wrap(
                                Arrays.copyOfRange(rest.array(), i, i + FRAME_HEADER_BYTES));
                if (soundFrameHeader(head) && head.getLong(8) >= index) {
                    return from + i;
                }
            }
        }
        return -1;
    }

    private static boolean readFully(FileChannel in, ByteBuffer into, long at) throws IOException {
        while (into.hasRemaining()) {
            int n = in.read(into, at + into.position());
            if (n < 0) {
                return false;
            }
        }
        return true;
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    @Override
    public String toString() {
        return "journal " + file;
    }
}
