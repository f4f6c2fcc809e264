package org.roadloop.govern.classify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Distinct subjects of one counter, on disk and in memory (去重集合). One thread.
 *
 * <p>In memory an open-addressing table of 64-bit keyed hashes, at most three quarters full: 16 MiB
 * for up to 1.5 million. Two of a million subjects share a hash with a probability of 3 × 10⁻⁸. The
 * file is a sequence of frames, big-endian; a last one that was never written whole is cut off when
 * the file is opened:
 *
 * <pre>
 *   0  4  n, number of hashes, 1..4096
 *   4  8n hashes
 *   .. 4  CRC-32C of all before
 * </pre>
 */
final class SubjectSet implements AutoCloseable {
    private static final int MOST_IN_FRAME = 4096;

    private final FileChannel file;
    private long[] slots = new long[1024];
    private boolean hasZero;
    private int count;

    SubjectSet(Path path) {
        try {
            file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            load();
        } catch (IOException e) {
            throw new UncheckedIOException("subject counter " + path.getFileName(), e);
        }
    }

    private void load() throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(8 + 8 * MOST_IN_FRAME);
        long at = 0;
        while (true) {
            frame.clear();
            while (frame.hasRemaining() && file.read(frame, at + frame.position()) > 0) {}
            frame.flip();
            int hashes = frame.remaining() < 4 ? 0 : frame.getInt(0);
            int size = 8 + 8 * hashes;
            if (hashes < 1
                    || hashes > MOST_IN_FRAME
                    || frame.remaining() < size
                    || frame.getInt(size - 4) != crc(frame, size - 4)) {
                break;
            }
            for (int i = 0; i < hashes; i++) {
                put(frame.getLong(4 + 8 * i));
            }
            at += size;
        }
        file.truncate(at);
        file.position(at);
    }

    private static int crc(ByteBuffer frame, int length) {
        CRC32C crc = new CRC32C();
        crc.update(frame.array(), 0, length);
        return (int) crc.getValue();
    }

    int size() {
        return count;
    }

    long memoryBytes() {
        return 8L * slots.length;
    }

    boolean contains(long hash) {
        if (hash == 0) {
            return hasZero;
        }
        int mask = slots.length - 1;
        for (int i = slot(hash, mask); slots[i] != 0; i = (i + 1) & mask) {
            if (slots[i] == hash) {
                return true;
            }
        }
        return false;
    }

    /** How many there would be with these, which are sorted and distinct. */
    int sizeWith(long[] hashes) {
        int more = 0;
        for (long hash : hashes) {
            more += contains(hash) ? 0 : 1;
        }
        return count + more;
    }

    /** Adds those that are not there; on disk when it returns. */
    void addAll(long[] hashes) {
        ByteBuffer frame = ByteBuffer.allocate(8 + 8 * MOST_IN_FRAME);
        frame.position(4);
        try {
            boolean written = false;
            for (long hash : hashes) {
                if (contains(hash)) {
                    continue;
                }
                frame.putLong(hash);
                if (frame.position() == 4 + 8 * MOST_IN_FRAME) {
                    write(frame);
                    written = true;
                }
                put(hash);
            }
            if (frame.position() > 4) {
                write(frame);
                written = true;
            }
            if (written) {
                file.force(false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a subject counter can't be written", e);
        }
    }

    private void write(ByteBuffer frame) throws IOException {
        int end = frame.position();
        frame.putInt(0, (end - 4) / 8);
        frame.putInt(crc(frame, end));
        frame.flip();
        while (frame.hasRemaining()) {
            file.write(frame);
        }
        frame.clear();
        frame.position(4);
    }

    private void put(long hash) {
        if (contains(hash)) {
            return;
        }
        count++;
        if (hash == 0) {
            hasZero = true;
            return;
        }
        if (4L * count > 3L * slots.length) {
            long[] old = slots;
            slots = new long[2 * old.length];
            for (long kept : old) {
                if (kept != 0) {
                    insert(kept);
                }
            }
        }
        insert(hash);
    }

    private void insert(long hash) {
        int mask = slots.length - 1;
        int i = slot(hash, mask);
        while (slots[i] != 0) {
            i = (i + 1) & mask;
        }
        slots[i] = hash;
    }

    private static int slot(long hash, int mask) {
        return (int) (hash ^ (hash >>> 32)) & mask;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
