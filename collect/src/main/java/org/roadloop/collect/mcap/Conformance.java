package org.roadloop.collect.mcap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records in the form of the official conformance suite (符合性测试格式): type, and fields in order of
 * name with every number as text. Tests and the bench compare with it.
 */
public final class Conformance {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Conformance() {}

    /** The records of an expected JSON file of the suite. */
    public static JsonNode expected(byte[] json) {
        return MAPPER.readTree(json).path("records");
    }

    /** All records but message indexes, which the suite leaves out. */
    public static ArrayNode of(List<McapRecord> records) {
        ArrayNode all = MAPPER.createArrayNode();
        records.stream()
                .filter(r -> !(r instanceof McapRecord.MessageIndex))
                .map(Conformance::of)
                .forEach(all::add);
        return all;
    }

    public static ObjectNode of(McapRecord record) {
        TreeMap<String, Object> fields = new TreeMap<>();
        switch (record) {
            case McapRecord.Header r -> {
                fields.put("profile", r.profile());
                fields.put("library", r.library());
            }
            case McapRecord.Footer r -> {
                fields.put("summary_start", r.summaryStart());
                fields.put("summary_offset_start", r.summaryOffsetStart());
                fields.put("summary_crc", r.summaryCrc());
            }
            case McapRecord.Schema r -> {
                fields.put("id", r.id());
                fields.put("name", r.name());
                fields.put("encoding", r.encoding());
                fields.put("data", bytes(r.data(), 0, r.data().length));
            }
            case McapRecord.Channel r -> {
                fields.put("id", r.id());
                fields.put("schema_id", r.schemaId());
                fields.put("topic", r.topic());
                fields.put("message_encoding", r.messageEncoding());
                fields.put("metadata", r.metadata());
            }
            case McapRecord.Message r -> {
                fields.put("channel_id", r.channel().id());
                fields.put("sequence", r.sequence());
                fields.put("log_time", r.logTimeNanos());
                fields.put("publish_time", r.publishTimeNanos());
                fields.put("data", bytes(r.bytes(), r.offset(), r.length()));
            }
            case McapRecord.MessageIndex r -> throw new IllegalArgumentException("not compared");
            case McapRecord.ChunkIndex r -> {
                fields.put("message_start_time", r.startTimeNanos());
                fields.put("message_end_time", r.endTimeNanos());
                fields.put("chunk_start_offset", r.offset());
                fields.put("chunk_length", r.length());
                fields.put("message_index_offsets", r.messageIndexOffsets());
                fields.put("message_index_length", r.messageIndexBytes());
                fields.put("compression", r.compression());
                fields.put("compressed_size", r.compressedBytes());
                fields.put("uncompressed_size", r.uncompressedBytes());
            }
            case McapRecord.Attachment r -> {
                fields.put("log_time", r.logTimeNanos());
                fields.put("create_time", r.createTimeNanos());
                fields.put("name", r.name());
                fields.put("media_type", r.mediaType());
                byte[] data = r.data();
                fields.put("data", data == null ? "" : bytes(data, 0, data.length));
            }
            case McapRecord.AttachmentIndex r -> {
                fields.put("offset", r.offset());
                fields.put("length", r.length());
                fields.put("log_time", r.logTimeNanos());
                fields.put("create_time", r.createTimeNanos());
                fields.put("data_size", r.dataBytes());
                fields.put("name", r.name());
                fields.put("media_type", r.mediaType());
            }
            case McapRecord.Statistics r -> {
                fields.put("message_count", r.messages());
                fields.put("schema_count", r.schemas());
                fields.put("channel_count", r.channels());
                fields.put("attachment_count", r.attachments());
                fields.put("metadata_count", r.metadata());
                fields.put("chunk_count", r.chunks());
                fields.put("message_start_time", r.startTimeNanos());
                fields.put("message_end_time", r.endTimeNanos());
                fields.put("channel_message_counts", r.channelMessages());
            }
            case McapRecord.Metadata r -> {
                fields.put("name", r.name());
                fields.put("metadata", r.values());
            }
            case McapRecord.MetadataIndex r -> {
                fields.put("offset", r.offset());
                fields.put("length", r.length());
                fields.put("name", r.name());
            }
            case McapRecord.SummaryOffset r -> {
                fields.put("group_opcode", r.groupOpcode());
                fields.put("group_start", r.groupStart());
                fields.put("group_length", r.groupBytes());
            }
            case McapRecord.DataEnd r -> fields.put("data_section_crc", r.dataCrc());
        }
        ObjectNode object = MAPPER.createObjectNode();
        object.put("type", record.getClass().getSimpleName());
        ArrayNode pairs = object.putArray("fields");
        fields.forEach((name, value) -> pairs.addArray().add(name).add(node(value)));
        return object;
    }

    private static List<String> bytes(byte[] bytes, int offset, int length) {
        List<String> words = new ArrayList<>();
        for (int i = offset; i < offset + length; i++) {
            words.add(Integer.toString(bytes[i] & 0xFF));
        }
        return words;
    }

    private static JsonNode node(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                ObjectNode object = MAPPER.createObjectNode();
                map.forEach((k, v) -> object.put(k.toString(), v.toString()));
                yield object;
            }
            case List<?> list -> {
                ArrayNode array = MAPPER.createArrayNode();
                list.forEach(v -> array.add(v.toString()));
                yield array;
            }
            default -> MAPPER.createObjectNode().textNode(value.toString());
        };
    }
}
