package org.roadloop.core.ledger;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Reading of a journal (日志扫描) of version 1 or 2, and the judgement of its end.
 *
 * <p>The last frame may be torn by a crash. That it was, and was not changed after it was
 * acknowledged, shows in what is <em>not</em> there: the file was zeros before the frame, and JCS
 * has no zero bytes, so a torn frame lacks its end or has a whole disk sector of zeros in it. A bad
 * frame that is written from its first byte to its last is damage. One thread.
 */
final class JournalScan {
    private static final int SECTOR = 512;
    private static final int VERSION_1_MAGIC = 0x524C_4652; // "RLFR"
    private static final int VERSION_1_FRAME_HEADER = 28;

    private final Path file;
    private final FileChannel in;
    private final Journal.Header header;
    private final int frameHeaderBytes;
    private final long end;

    private JournalScan(Path file, FileChannel in) throws IOException {
        this.file = file;
        this.in = in;
        header = readHeader(file, in);
        frameHeaderBytes =
                header.version() == 1 ? VERSION_1_FRAME_HEADER : Journal.FRAME_HEADER_BYTES;
        end = in.size();
    }

    static Journal.Header readHeader(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return readHeader(file, in);
        }
    }

    private static Journal.Header readHeader(Path file, FileChannel in) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Journal.HEADER_BYTES);
        if (!readFully(in, head, 0)) {
            throw new CorruptLogException(file, in.size(), "the journal ends within its header");
        }
        int version = head.getInt(8);
        if (head.getLong(0) != Journal.MAGIC || version < 1 || version > Journal.VERSION) {
            throw new CorruptLogException(file, 0, "this is no journal of version 1 or 2");
        }
        if (head.getInt(12) != Journal.crc(head, 16, Journal.HEADER_BYTES - 16)) {
            throw new CorruptLogException(file, 12, "the journal's header fails its checksum");
        }
        return new Journal.Header(
                version, head.getLong(16), Arrays.copyOfRange(head.array(), 24, 56));
    }

    static Journal.Scan scan(Path file, Journal.Visitor visitor) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return new JournalScan(file, in).scan(visitor);
        }
    }

    private Journal.Scan scan(Journal.Visitor visitor) throws IOException {
        long at = Journal.HEADER_BYTES;
        long index = header.base();
        int chain = headerCrc();
        ByteBuffer head = ByteBuffer.allocate(frameHeaderBytes);
        while (at < end) {
            head.clear();
            boolean sound = readFully(in, head, at) && sound(head);
            if (sound && head.getLong(8) != index) {
                throw new CorruptLogException(
                        file,
                        at,
                        "the frame begins at entry "
                                + head.getLong(8)
                                + " where entry "
                                + index
                                + " belongs");
            }
            if (sound && header.version() > 1 && head.getInt(24) != chain) {
                throw new CorruptLogException(
                        file, at, "the frame does not follow the one before it");
            }
            ByteBuffer body = sound ? body(at, head.getInt(4)) : ByteBuffer.allocate(0);
            if (!sound || body.remaining() < head.getInt(4) || !bodyHolds(head, body)) {
                long written = mustBeTorn(at, index, sound ? head.getInt(4) : -1);
                return new Journal.Scan(header, index, at, written - at, chain);
            }
            for (EntryBundle.Located located :
                    EntryBundle.parse(file, body.array(), head.getInt(16))) {
                visitor.entry(index++, located.leaf(), at);
            }
            chain = head.getInt(frameHeaderBytes - 4);
            at += frameHeaderBytes + head.getInt(4);
        }
        return new Journal.Scan(header, index, at, 0, chain);
    }

    private int headerCrc() throws IOException {
        ByteBuffer crc = ByteBuffer.allocate(4);
        readFully(in, crc, 12);
        return crc.getInt(0);
    }

    /** As much of the body as the file has. */
    private ByteBuffer body(long at, int length) throws IOException {
        long there = Math.min(length, Math.max(0, end - at - frameHeaderBytes));
        ByteBuffer body = ByteBuffer.allocate((int) there);
        if (!readFully(in, body, at + frameHeaderBytes)) {
            throw new EOFException(file + " became shorter while it was read");
        }
        return body.rewind();
    }

    private static boolean bodyHolds(ByteBuffer head, ByteBuffer body) {
        return Journal.crc(body, 0, body.limit()) == head.getInt(20);
    }

    private boolean sound(ByteBuffer head) {
        int body = head.getInt(4);
        int magic = header.version() == 1 ? VERSION_1_MAGIC : Journal.FRAME_MAGIC;
        int crcAt = frameHeaderBytes - 4;
        return head.getInt(0) == magic
                && head.getInt(crcAt) == Journal.crc(head, 0, crcAt)
                && body >= 0
                && body <= Journal.MAX_BODY_BYTES
                && head.getInt(16) > 0;
    }

    /**
     * Returns where the bytes that were written end, if the bad frame at {@code at} is the rest of
     * a write that a crash cut.
     *
     * @param body length of the body, if the frame header is sound; else -1
     */
    private long mustBeTorn(long at, long index, int body) throws IOException {
        if (end - at > 2L * Journal.MAX_BODY_BYTES) {
            throw new CorruptLogException(
                    file, at, "the frame of entry " + index + " is bad, and much follows it");
        }
        ByteBuffer rest = ByteBuffer.allocate((int) (end - at));
        readFully(in, rest, at);
        byte[] bytes = rest.array();
        int frame = findFrame(rest, index);
        if (frame >= 0) {
            throw new CorruptLogException(
                    file,
                    at,
                    "the frame of entry "
                            + index
                            + " is bad, yet a good frame follows at byte "
                            + (at + frame));
        }
        int written = bytes.length;
        while (written > 0 && bytes[written - 1] == 0) {
            written--;
        }
        int frameEnd = body < 0 ? -1 : frameHeaderBytes + body;
        boolean endMissing = body < 0 ? written < frameHeaderBytes : written < frameEnd;
        // The next write begins when this frame is on disk: bytes beyond it say that it was.
        boolean goesOn = body >= 0 && written > frameEnd;
        // Version 1 grew with each frame: a file of the right length may still lack what was in it.
        boolean torn = header.version() == 1 || endMissing || hole(bytes, at, written);
        if (goesOn || !torn) {
            throw new CorruptLogException(
                    file,
                    at,
                    "the frame of entry "
                            + index
                            + " fails its checksum, yet it is written to its end: it was changed");
        }
        return at + written;
    }

    /** A sector, as far as it belongs to the frame, that is all zeros. */
    private static boolean hole(byte[] bytes, long at, int written) {
        int from = 0;
        while (from < written) {
            int until = (int) Math.min(written, ((at + from) / SECTOR + 1) * SECTOR - at);
            int i = from;
            while (i < until && bytes[i] == 0) {
                i++;
            }
            if (i == until) {
                return true;
            }
            from = until;
        }
        return false;
    }

    /** Offset of a frame header that checks and continues from entry {@code index}; -1 if none. */
    private int findFrame(ByteBuffer rest, long index) {
        int magic = header.version() == 1 ? VERSION_1_MAGIC : Journal.FRAME_MAGIC;
        for (int i = 1; i + frameHeaderBytes <= rest.capacity(); i++) {
            if (rest.getInt(i) == magic
                    && sound(rest.slice(i, frameHeaderBytes))
                    && rest.getLong(i + 8) >= index) {
                return i;
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
}
