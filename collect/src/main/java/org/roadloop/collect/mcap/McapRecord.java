package org.roadloop.collect.mcap;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of an MCAP file (容器记录) as its fields; see the table in the package's description. Chunks
 * are not among them: their records come one by one. Unsigned 64-bit values are the bits of the
 * {@code long}. Byte arrays belong to the record and are shared, not to be changed.
 */
public sealed interface McapRecord {
    /**
     * The first record of a file.
     *
     * @param profile what the file conforms to; mostly empty
     */
    record Header(String profile, String library) implements McapRecord {}

    /** The last record; offsets are from the start of the file, 0 for none. */
    record Footer(long summaryStart, long summaryOffsetStart, long summaryCrc)
            implements McapRecord {}

    /**
     * The meaning of messages.
     *
     * @param encoding {@code jsonschema}, {@code protobuf}, {@code ros2msg}, …; empty for none
     */
    record Schema(int id, String name, String encoding, byte[] data) implements McapRecord {}

    /**
     * A stream of messages on a topic.
     *
     * @param schemaId 0 for none
     */
    record Channel(
            int id,
            int schemaId,
            String topic,
            String messageEncoding,
            Map<String, String> metadata)
            implements McapRecord {
        public Channel {
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    /**
     * A message: a view of its chunk, without a copy. Whoever keeps it keeps the chunk.
     *
     * @param sequence 0..2³²−1; 0 if the writer does not count
     * @param bytes holds the data from {@code offset}, {@code length} bytes
     */
    record Message(
            Channel channel,
            long sequence,
            long logTimeNanos,
            long publishTimeNanos,
            byte[] bytes,
            int offset,
            int length)
            implements McapRecord {}

    /**
     * Where the messages of one channel stand in the chunk before.
     *
     * @param logTimesNanos and {@code offsets} in the uncompressed chunk, pairwise
     */
    record MessageIndex(int channelId, long[] logTimesNanos, long[] offsets)
            implements McapRecord {}

    /**
     * Where a chunk stands.
     *
     * @param messageIndexOffsets by channel id; empty if messages are not indexed
     */
    record ChunkIndex(
            long startTimeNanos,
            long endTimeNanos,
            long offset,
            long length,
            Map<Integer, Long> messageIndexOffsets,
            long messageIndexBytes,
            String compression,
            long compressedBytes,
            long uncompressedBytes)
            implements McapRecord {
        public ChunkIndex {
            messageIndexOffsets =
                    Collections.unmodifiableMap(new LinkedHashMap<>(messageIndexOffsets));
        }
    }

    /**
     * A file beside the messages.
     *
     * @param data null if it is larger than the reader holds; its CRC was checked all the same
     */
    record Attachment(
            long logTimeNanos,
            long createTimeNanos,
            String name,
            String mediaType,
            long dataBytes,
            byte @Nullable [] data,
            long crc)
            implements McapRecord {}

    /** Where an attachment stands. */
    record AttachmentIndex(
            long offset,
            long length,
            long logTimeNanos,
            long createTimeNanos,
            long dataBytes,
            String name,
            String mediaType)
            implements McapRecord {}

    /** Counts of the whole file. */
    record Statistics(
            long messages,
            int schemas,
            long channels,
            long attachments,
            long metadata,
            long chunks,
            long startTimeNanos,
            long endTimeNanos,
            Map<Integer, Long> channelMessages)
            implements McapRecord {
        public Statistics {
            channelMessages = Collections.unmodifiableMap(new LinkedHashMap<>(channelMessages));
        }
    }

    /** What the writer says of the recording. */
    record Metadata(String name, Map<String, String> values) implements McapRecord {
        public Metadata {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    /** Where metadata stands. */
    record MetadataIndex(long offset, long length, String name) implements McapRecord {}

    /** Where the summary's records of one opcode stand. */
    record SummaryOffset(int groupOpcode, long groupStart, long groupBytes) implements McapRecord {}

    /** The end of the data section; what follows are copies and indexes. */
    record DataEnd(long dataCrc) implements McapRecord {}
}
