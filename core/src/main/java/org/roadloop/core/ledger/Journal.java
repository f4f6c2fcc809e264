package org.roadloop.core.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What is durable first (日志): the entries from a base on, in frames of one group commit each. The
 * byte tables are in the package; reading: {@link JournalScan}. One thread.
 *
 * <p>A frame is written only after the one before it is on disk. So only the last frame can be
 * torn, and a bad frame with a good one after it is damage, never a crash. The file is filled with
 * zeros ahead of the frames: a sync then need not write the file's new length too, and what a crash
 * left unwritten is told from what was changed later.
 */
final class Journal implements Closeable {
    static final int HEADER_BYTES = 64;
    static final int FRAME_HEADER_BYTES = 32;
    static final int MAX_BODY_BYTES = 96 << 20;
    static final long MAGIC = 0x524F_4144_4A4E_4C31L; // "ROADJNL1"
    static final int VERSION = 2;
    static final int FRAME_MAGIC = 0x524C_4632; // "RLF2"

    /** Zeros are written ahead in doubling steps of these sizes. */
    private static final int MIN_AHEAD = 64 << 10;

    private static final int MAX_AHEAD = 4 << 20;

    /** Entries carried over go into frames of so many bytes, and what the last entry is over. */
    private static final int CARRIED_BODY = 16 << 20;

    /** A buffer beyond this is not kept for the next frame. */
    private static final int KEPT_BUFFER = 8 << 20;

    /** Takes every entry in order. */
    interface Visitor {
        void entry(long index, byte[] leaf, long frameOffset) throws IOException;
    }

    /**
     * @param version of the file: 2, or 1 of a log not opened since
     * @param base index of the first entry
     * @param root of the tree of {@code base} leaves
     */
    record Header(int version, long base, byte[] root) {
        Header(long base, byte[] root) {
            this(VERSION, base, root);
        }
    }

    /**
     * What a scan found.
     *
     * @param size index after the last entry
     * @param goodBytes where the last good frame ends
     * @param tornBytes what follows it and is no frame: the rest of a write that a crash cut; zeros
     *     written ahead are not counted
     * @param chain checksum that the next frame carries of the last
     */
    record Scan(Header header, long size, long goodBytes, long tornBytes, int chain) {}

    private final Path file;
    private final FileChannel channel;
    private final Step.Listener steps;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private long bytes;
    private long filled;
    private int chain;

    private Journal(Path file, FileChannel channel, Step.Listener steps) {
        this.file = file;
        this.channel = channel;
        this.steps = steps;
    }

    /**
     * Writes an empty journal, or one with entries carried over, in place of what is there.
     *
     * @param carried packed entries; as many as came while the files before them were synced, which
     *     may be more than one frame can hold
     * @return open for appending
     */
    static Journal create(Path file, Header header, ByteBuffer carried, Step.Listener steps)
            throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        FileChannel out =
                FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            Journal journal = new Journal(file, out, steps);
            ByteBuffer head = header(header);
            journal.chain = head.getInt(12);
            journal.write(head, 0);
            journal.bytes = HEADER_BYTES;
            journal.filled = HEADER_BYTES;
            long next = header.base();
            while (carried.hasRemaining()) {
                int from = carried.position();
                int entries = skipEntries(carried, CARRIED_BODY);
                int until = carried.position();
                journal.begin(until - from).put(carried.slice(from, until - from));
                journal.bytes += journal.writeFrame(next, entries);
                next += entries;
            }
            out.force(true);
            steps.done(Step.JOURNAL_DRAFTED);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.sync(DurableFiles.directory(file));
            steps.done(Step.JOURNAL_BEGUN_ANEW);
            return journal;
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /** Passes over at least one entry, until {@code bytes} are reached; returns how many. */
    private static int skipEntries(ByteBuffer packed, int bytes) {
        int begin = packed.position();
        int entries = 0;
        while (packed.hasRemaining() && packed.position() - begin < bytes) {
            int length = Short.toUnsignedInt(packed.getShort());
            packed.position(packed.position() + length);
            entries++;
        }
        return entries;
    }

    /** Opens for appending after a scan; cuts what the scan found torn. */
    static Journal open(Path file, Scan scan, Step.Listener steps) throws IOException {
        if (scan.header().version() != VERSION) {
            throw new IllegalArgumentException("a journal of version 1 must be begun anew");
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            Journal journal = new Journal(file, channel, steps);
            journal.bytes = scan.goodBytes();
            journal.chain = scan.chain();
            journal.repair();
            return journal;
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
    void append(long firstIndex, List<Batch> batches) throws IOException {
        int body = 0;
        int count = 0;
        for (Batch batch : batches) {
            body = Math.addExact(body, batch.packed().length);
            count += batch.count();
        }
        ByteBuffer frame = begin(body);
        for (Batch batch : batches) {
            frame.put(batch.packed());
        }
        fillAhead(FRAME_HEADER_BYTES + body);
        int before = chain;
        try {
            int length = writeFrame(firstIndex, count);
            steps.done(Step.FRAME_WRITTEN);
            channel.force(false);
            bytes += length;
            steps.done(Step.FRAME_SYNCED);
        } catch (IOException e) {
            chain = before;
            throw e;
        }
        if (buffer.capacity() > KEPT_BUFFER) {
            buffer = ByteBuffer.allocateDirect(64 << 10);
        }
    }

    /** The buffer, with room for a body after the place of the frame header. */
    private ByteBuffer begin(int body) {
        int length = Math.addExact(FRAME_HEADER_BYTES, body);
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocateDirect(Math.max(length, length / 2 * 3));
        }
        return buffer.clear().position(FRAME_HEADER_BYTES);
    }

    /** Puts the header before the body in the buffer and writes both after the last frame. */
    private int writeFrame(long firstIndex, int count) throws IOException {
        ByteBuffer frame = buffer.flip();
        int length = frame.limit();
        frame.putInt(0, FRAME_MAGIC).putInt(4, length - FRAME_HEADER_BYTES).putLong(8, firstIndex);
        frame.putInt(16, count);
        frame.putInt(20, crc(frame, FRAME_HEADER_BYTES, length - FRAME_HEADER_BYTES));
        frame.putInt(24, chain);
        int crc = crc(frame, 0, 28);
        frame.putInt(28, crc);
        if (steps != Step.Listener.NONE) {
            write(frame.duplicate().limit(length / 2), bytes);
            steps.done(Step.FRAME_BEGUN);
        }
        write(frame, bytes);
        filled = Math.max(filled, bytes + length);
        chain = crc;
        return length;
    }

    /** Zeros as far as the next frame reaches and on; without room for more than it, no more. */
    private void fillAhead(int length) throws IOException {
        long end = bytes + length;
        if (end <= filled) {
            return;
        }
        long ahead = end + Math.clamp(filled, MIN_AHEAD, MAX_AHEAD);
        long from = filled;
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect(MIN_AHEAD);
            for (long at = end; at < ahead; at += MIN_AHEAD) {
                write(zeros.clear(), at);
            }
            filled = ahead;
        } catch (IOException full) {
            channel.truncate(from);
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Cuts whatever a failed append left behind, and zeros written ahead. */
    void repair() throws IOException {
        channel.truncate(bytes);
        channel.force(true);
        filled = bytes;
    }

    /** Closes a journal that another has taken the place of. */
    void abandon() throws IOException {
        channel.close();
    }

    /** A journal at rest has no zeros after its last frame. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (channel.isOpen()) {
                channel.truncate(bytes);
            }
        }
    }

    private void write(ByteBuffer from, long offset) throws IOException {
        long at = offset;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    private static ByteBuffer header(Header header) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES);
        out.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(header.base()).put(header.root());
        out.putInt(12, crc(out, 16, HEADER_BYTES - 16));
        return out.rewind();
    }

    static Header readHeader(Path file) throws IOException {
        return JournalScan.readHeader(file);
    }

    /**
     * Reads every entry, tells a torn end from damage.
     *
     * @throws CorruptLogException with the position, if a frame is bad that no crash explains
     */
    static Scan scan(Path file, Visitor visitor) throws IOException {
        return JournalScan.scan(file, visitor);
    }

    static int crc(ByteBuffer bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, length));
        return (int) crc.getValue();
    }

    @Override
    public String toString() {
        return "journal " + file;
    }
}
