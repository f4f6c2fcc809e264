package org.roadloop.collect.mcap;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An MCAP file opened by its index (按索引读取): what it holds is known without reading it, and messages
 * of a time range and of some topics are read from their chunks only. One thread.
 *
 * <p>A file without a summary, or with one that is damaged, is read once from the start instead:
 * its chunks are indexed on the way.
 */
public final class McapFile implements Closeable {
    private static final int FOOTER_BYTES = RecordBody.HEAD_BYTES + 20;

    private final FileChannel channel;
    private final McapLimits limits;
    private final McapDamage damage;
    private final Summary summary;

    /**
     * What a file holds.
     *
     * @param schemas and {@code channels}: by id
     * @param statistics as its writer counted; empty if it did not
     * @param chunks in the order of the file
     */
    public record Summary(
            SortedMap<Integer, McapRecord.Schema> schemas,
            SortedMap<Integer, McapRecord.Channel> channels,
            Optional<McapRecord.Statistics> statistics,
            List<McapRecord.ChunkIndex> chunks,
            List<McapRecord.AttachmentIndex> attachments,
            List<McapRecord.MetadataIndex> metadata) {}

    private McapFile(FileChannel channel, McapLimits limits, McapDamage damage, Summary summary) {
        this.channel = channel;
        this.limits = limits;
        this.damage = damage;
        this.summary = summary;
    }

    public static McapFile open(Path file, McapLimits limits, McapDamage damage)
            throws IOException {
        FileChannel channel = FileChannel.open(file);
        try {
            @Nullable Summary summary = readSummary(channel, limits);
            return new McapFile(
                    channel,
                    limits,
                    damage,
                    summary == null ? scan(channel, limits, damage) : summary);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    public Summary summary() {
        return summary;
    }

    /** The messages that are asked for, in order of log time; equal times in order of the file. */
    public McapMessages messages(McapQuery query) {
        return new McapMessages(this, query);
    }

    /** An attachment by its index; empty if it is damaged, which is told. */
    public Optional<McapRecord.Attachment> attachment(McapRecord.AttachmentIndex index)
            throws IOException {
        return at(index.offset(), index.length(), McapRecord.Attachment.class);
    }

    /** Metadata by its index, as an attachment. */
    public Optional<McapRecord.Metadata> metadata(McapRecord.MetadataIndex index)
            throws IOException {
        return at(index.offset(), index.length(), McapRecord.Metadata.class);
    }

    private <T extends McapRecord> Optional<T> at(long offset, long length, Class<T> kind)
            throws IOException {
        @Nullable McapRecord record = part(offset, length).next();
        if (kind.isInstance(record)) {
            return Optional.of(kind.cast(record));
        }
        if (record != null) {
            damage.found(offset, "mcap_index", "here is not the record that the index names");
        }
        return Optional.empty();
    }

    private McapStream part(long offset, long length) {
        return McapStream.within(input(channel, offset, length), offset, limits, damage);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    McapLimits limits() {
        return limits;
    }

    McapDamage damage() {
        return damage;
    }

    /** All of the file from its start: messages outside of chunks are found only so. */
    McapStream stream() {
        return new McapStream(input(channel, 0, Long.MAX_VALUE), limits, damage);
    }

    /** The records of one chunk. */
    McapStream chunk(McapRecord.ChunkIndex index) {
        McapStream stream = part(index.offset(), index.length());
        stream.know(summary.channels().values());
        return stream;
    }

    /** Null if there is none, or it does not read. */
    private static @Nullable Summary readSummary(FileChannel channel, McapLimits limits)
            throws IOException {
        long footerAt = channel.size() - FOOTER_BYTES - McapStream.MAGIC.length;
        if (footerAt < McapStream.MAGIC.length) {
            return null;
        }
        ByteBuffer tail = ByteBuffer.allocate(FOOTER_BYTES);
        while (tail.hasRemaining() && channel.read(tail, footerAt + tail.position()) >= 0) {}
        byte[] bytes = tail.array();
        if (bytes[0] != RecordBody.FOOTER || RecordBody.u64(bytes, 1) != 20) {
            return null;
        }
        long start = RecordBody.u64(bytes, RecordBody.HEAD_BYTES);
        if (start < McapStream.MAGIC.length || start >= footerAt) {
            return null;
        }
        boolean[] damaged = {false};
        Contents contents = new Contents();
        try (McapStream stream =
                McapStream.from(
                        input(channel, start, Long.MAX_VALUE),
                        start,
                        limits,
                        (_, _, _) -> damaged[0] = true)) {
            for (McapRecord r = stream.next(); r != null; r = stream.next()) {
                contents.add(r);
            }
        }
        Summary summary = contents.summary();
        return damaged[0] || !contents.isComplete() ? null : summary;
    }

    private static Summary scan(FileChannel channel, McapLimits limits, McapDamage damage)
            throws IOException {
        Contents contents = new Contents();
        try (McapStream stream =
                new McapStream(input(channel, 0, Long.MAX_VALUE), limits, damage)) {
            stream.onChunk(contents.chunks::add);
            for (McapRecord r = stream.next(); r != null; r = stream.next()) {
                long at = stream.recordOffset();
                switch (r) {
                    case McapRecord.ChunkIndex _, McapRecord.AttachmentIndex _ -> {}
                    case McapRecord.MetadataIndex _ -> {}
                    case McapRecord.Attachment a ->
                            contents.attachments.add(
                                    new McapRecord.AttachmentIndex(
                                            at,
                                            stream.offset() - at,
                                            a.logTimeNanos(),
                                            a.createTimeNanos(),
                                            a.dataBytes(),
                                            a.name(),
                                            a.mediaType()));
                    case McapRecord.Metadata m ->
                            contents.metadata.add(
                                    new McapRecord.MetadataIndex(
                                            at, stream.offset() - at, m.name()));
                    case McapRecord.Message _ -> contents.looseMessages |= !stream.isInsideChunk();
                    default -> contents.add(r);
                }
            }
        }
        if (contents.looseMessages) {
            // Only a reading from the start finds them.
            contents.chunks.clear();
        }
        return contents.summary();
    }

    /** At most {@code length} bytes from an offset on; the channel's own position stays. */
    private static InputStream input(FileChannel channel, long from, long length) {
        return new InputStream() {
            private long at = from;
            private long left = length;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] to, int offset, int count) throws IOException {
                int most = (int) Math.min(count, left);
                if (most == 0) {
                    return count == 0 ? 0 : -1;
                }
                int n = channel.read(ByteBuffer.wrap(to, offset, most), at);
                at += Math.max(0, n);
                left -= Math.max(0, n);
                return n;
            }
        };
    }

    /** Collects a summary. */
    private static final class Contents {
        private final SortedMap<Integer, McapRecord.Schema> schemas = new TreeMap<>();
        private final SortedMap<Integer, McapRecord.Channel> channels = new TreeMap<>();
        private final List<McapRecord.ChunkIndex> chunks = new ArrayList<>();
        private final List<McapRecord.AttachmentIndex> attachments = new ArrayList<>();
        private final List<McapRecord.MetadataIndex> metadata = new ArrayList<>();
        private McapRecord.@Nullable Statistics statistics;
        private boolean looseMessages;

        void add(McapRecord record) {
            switch (record) {
                case McapRecord.Schema r -> schemas.putIfAbsent(r.id(), r);
                case McapRecord.Channel r -> channels.putIfAbsent(r.id(), r);
                case McapRecord.ChunkIndex r -> chunks.add(r);
                case McapRecord.AttachmentIndex r -> attachments.add(r);
                case McapRecord.MetadataIndex r -> metadata.add(r);
                case McapRecord.Statistics r -> statistics = r;
                default -> {}
            }
        }

        /** Whether the chunks and channels of the data section are all there. */
        boolean isComplete() {
            McapRecord.@Nullable Statistics counts = statistics;
            boolean allChunks =
                    counts == null ? !chunks.isEmpty() : counts.chunks() == chunks.size();
            boolean allChannels =
                    counts == null ? !channels.isEmpty() : counts.channels() == channels.size();
            return allChunks
                    && allChannels
                    && channels.values().stream()
                            .allMatch(c -> c.schemaId() == 0 || schemas.containsKey(c.schemaId()))
                    && chunks.stream()
                            .allMatch(
                                    c ->
                                            channels.keySet()
                                                    .containsAll(c.messageIndexOffsets().keySet()));
        }

        Summary summary() {
            return new Summary(
                    Collections.unmodifiableSortedMap(schemas),
                    Collections.unmodifiableSortedMap(channels),
                    Optional.ofNullable(statistics),
                    List.copyOf(chunks),
                    List.copyOf(attachments),
                    List.copyOf(metadata));
        }
    }
}
