package org.roadloop.collect.mcap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/*
 * Chunks are opened in order of their first log time, each as late as possible: when the next
 * message of those that are open is not before it. So one chunk is open where times do not overlap,
 * and as many as overlap where they do.
 */

/** Messages of a file in order of log time (按时间读取). One thread. */
public final class McapMessages {
    private static final Comparator<McapRecord.Message> BY_TIME =
            (a, b) -> Long.compareUnsigned(a.logTimeNanos(), b.logTimeNanos());

    private final McapFile file;
    private final McapQuery query;
    private final Deque<McapRecord.ChunkIndex> closed;
    private final PriorityQueue<Open> open;
    private final @Nullable McapStream loose;
    private long openBytes;

    /** A chunk with the messages wanted of it in order, and how far it is read. */
    private static final class Open {
        private final McapRecord.ChunkIndex index;
        private final List<McapRecord.Message> messages;
        private int at;

        Open(McapRecord.ChunkIndex index, List<McapRecord.Message> messages) {
            this.index = index;
            this.messages = messages;
        }

        McapRecord.Message head() {
            return messages.get(at);
        }
    }

    McapMessages(McapFile file, McapQuery query) {
        this.file = file;
        this.query = query;
        List<McapRecord.ChunkIndex> chunks = file.summary().chunks();
        loose = chunks.isEmpty() ? file.stream() : null;
        closed =
                new ArrayDeque<>(
                        chunks.stream()
                                .filter(this::mayHold)
                                .sorted(
                                        (a, b) ->
                                                Long.compareUnsigned(
                                                        a.startTimeNanos(), b.startTimeNanos()))
                                .toList());
        open =
                new PriorityQueue<>(
                        Comparator.comparing(Open::head, BY_TIME)
                                .thenComparingLong(o -> o.index.offset()));
    }

    private boolean mayHold(McapRecord.ChunkIndex chunk) {
        if (!query.overlaps(chunk.startTimeNanos(), chunk.endTimeNanos())) {
            return false;
        }
        Map<Integer, Long> indexed = chunk.messageIndexOffsets();
        return query.topics().isEmpty()
                || indexed.isEmpty()
                || indexed.keySet().stream()
                        .map(id -> file.summary().channels().get(id))
                        .anyMatch(c -> c == null || query.topics().contains(c.topic()));
    }

    /**
     * The next message, or null after the last. In a file without chunks they come in the order of
     * the file.
     */
    public McapRecord.@Nullable Message next() throws IOException {
        McapStream stream = loose;
        if (stream != null) {
            for (McapRecord r = stream.next(); r != null; r = stream.next()) {
                if (r instanceof McapRecord.Message message && query.wants(message)) {
                    return message;
                }
            }
            return null;
        }
        while (mustOpen()) {
            openNext();
        }
        Open first = open.poll();
        if (first == null) {
            return null;
        }
        McapRecord.Message message = first.head();
        first.at++;
        if (first.at < first.messages.size()) {
            open.add(first);
        } else {
            openBytes -= first.index.uncompressedBytes();
        }
        return message;
    }

    private boolean mustOpen() {
        McapRecord.@Nullable ChunkIndex next = closed.peek();
        @Nullable Open first = open.peek();
        return next != null
                && (first == null
                        || Long.compareUnsigned(next.startTimeNanos(), first.head().logTimeNanos())
                                <= 0);
    }

    private void openNext() throws IOException {
        McapRecord.ChunkIndex index = closed.remove();
        long bytes = index.uncompressedBytes();
        if (openBytes + bytes > file.limits().openBytes() && !open.isEmpty()) {
            file.damage()
                    .found(
                            index.offset(),
                            "mcap_overlap",
                            "%d chunks overlap in time, more than %d bytes: this one is left out"
                                    .formatted(open.size() + 1, file.limits().openBytes()));
            return;
        }
        List<McapRecord.Message> messages = new ArrayList<>();
        try (McapStream chunk = file.chunk(index)) {
            for (McapRecord r = chunk.next(); r != null; r = chunk.next()) {
                if (r instanceof McapRecord.Message message && query.wants(message)) {
                    messages.add(message);
                }
            }
        }
        if (!messages.isEmpty()) {
            messages.sort(BY_TIME);
            openBytes += bytes;
            open.add(new Open(index, messages));
        }
    }
}
