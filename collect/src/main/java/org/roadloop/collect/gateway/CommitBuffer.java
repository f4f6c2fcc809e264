package org.roadloop.collect.gateway;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;

/** Records that wait for the same fsync, back to back (提交缓冲). One thread at a time. */
final class CommitBuffer {
    private final ByteBuffer bytes;
    private @Nullable CommitListener[] listeners = new CommitListener[256];
    private int[] starts = new int[256];
    private int records;

    CommitBuffer(int capacityBytes) {
        bytes = ByteBuffer.allocate(capacityBytes);
    }

    boolean hasRoom(int rawBytes) {
        return bytes.remaining() >= BlockReader.RECORD_HEADER_BYTES + rawBytes;
    }

    boolean isEmpty() {
        return records == 0;
    }

    int records() {
        return records;
    }

    byte[] bytes() {
        return bytes.array();
    }

    int length() {
        return bytes.position();
    }

    void add(
            Source source,
            Lineage lineage,
            long identityHash,
            long receivedAtMicros,
            byte[] raw,
            int offset,
            int length,
            @Nullable CommitListener listener) {
        if (records == starts.length) {
            starts = Arrays.copyOf(starts, 2 * records);
            listeners = Arrays.copyOf(listeners, 2 * records);
        }
        starts[records] = bytes.position();
        listeners[records++] = listener;
        bytes.putInt(length)
                .putLong(receivedAtMicros)
                .put(source.code())
                .put(lineage.code())
                .putLong(identityHash)
                .put(raw, offset, length);
    }

    /**
     * Tells each record's listener. One that fails, for instance because its event loop has ended,
     * keeps nobody else from hearing; returns how many calls failed.
     */
    int tellListeners() {
        int failed = 0;
        for (int i = 0; i < records; i++) {
            CommitListener listener = listeners[i];
            if (listener != null) {
                int start = starts[i];
                try {
                    listener.durable(
                            bytes.array(),
                            start + BlockReader.RECORD_HEADER_BYTES,
                            bytes.getInt(start));
                } catch (RuntimeException e) {
                    failed++;
                }
            }
        }
        CommitListener last = null;
        for (int i = 0; i < records; i++) {
            CommitListener listener = listeners[i];
            if (listener != null && listener != last) {
                last = listener;
                try {
                    listener.committed();
                } catch (RuntimeException e) {
                    failed++;
                }
            }
        }
        return failed;
    }

    void clear() {
        Arrays.fill(listeners, 0, records, null);
        records = 0;
        bytes.clear();
    }
}
