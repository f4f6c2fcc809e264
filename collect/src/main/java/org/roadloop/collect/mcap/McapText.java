package org.roadloop.collect.mcap;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.roadloop.collect.text.MessageText;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The records of an MCAP file as JSON objects (行车记录解析), in the order of the file. The data of a
 * message whose encoding is {@code json} are an object, of {@code text} encodings a string, of
 * others hex. The data of attachments are left out.
 */
public final class McapText implements MessageText {
    public static final String PROTOCOL = "mcap";

    private static final HexFormat HEX = HexFormat.of();

    private final JsonMapper mapper = JsonMapper.builder().build();

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public void decode(InputStream in, Sink out) throws IOException {
        // Not closed: the stream is the caller's.
        McapStream records = new McapStream(in, McapLimits.DEFAULT, out::error);
        for (McapRecord r = records.next(); r != null; r = records.next()) {
            if (!(r instanceof McapRecord.MessageIndex)) {
                out.message(object(r));
            }
        }
    }

    @Override
    public byte[] encode(ObjectNode message) {
        throw new IllegalArgumentException("MCAP files are read, not written, by this version");
    }

    private ObjectNode object(McapRecord record) {
        ObjectNode o = mapper.createObjectNode().put("message", record.getClass().getSimpleName());
        switch (record) {
            case McapRecord.Header r -> o.put("profile", r.profile()).put("library", r.library());
            case McapRecord.Footer r ->
                    o.put("summaryStartOffset", r.summaryStart())
                            .put("summaryOffsetStartOffset", r.summaryOffsetStart())
                            .put("summaryCrc", r.summaryCrc());
            case McapRecord.Schema r ->
                    o.put("id", r.id())
                            .put("name", r.name())
                            .put("encoding", r.encoding())
                            .put("dataHex", HEX.formatHex(r.data()));
            case McapRecord.Channel r -> {
                o.put("id", r.id()).put("schemaId", r.schemaId()).put("topic", r.topic());
                o.put("messageEncoding", r.messageEncoding());
                texts(o.putObject("metadata"), r.metadata());
            }
            case McapRecord.Message r -> {
                o.put("topic", r.channel().topic()).put("sequence", r.sequence());
                unsigned(o, "logTimeNanos", r.logTimeNanos());
                unsigned(o, "publishTimeNanos", r.publishTimeNanos());
                data(o, r);
            }
            case McapRecord.MessageIndex r -> o.put("channelId", r.channelId());
            case McapRecord.ChunkIndex r -> {
                unsigned(o, "startTimeNanos", r.startTimeNanos());
                unsigned(o, "endTimeNanos", r.endTimeNanos());
                o.put("offset", r.offset()).put("recordBytes", r.length());
                counts(o.putObject("messageIndexOffsets"), r.messageIndexOffsets());
                o.put("messageIndexBytes", r.messageIndexBytes());
                o.put("compression", r.compression()).put("compressedBytes", r.compressedBytes());
                o.put("uncompressedBytes", r.uncompressedBytes());
            }
            case McapRecord.Attachment r -> {
                unsigned(o, "logTimeNanos", r.logTimeNanos());
                unsigned(o, "createTimeNanos", r.createTimeNanos());
                o.put("name", r.name()).put("mediaType", r.mediaType());
                o.put("dataBytes", r.dataBytes()).put("crc", r.crc());
            }
            case McapRecord.AttachmentIndex r -> {
                o.put("offset", r.offset()).put("recordBytes", r.length());
                unsigned(o, "logTimeNanos", r.logTimeNanos());
                unsigned(o, "createTimeNanos", r.createTimeNanos());
                o.put("dataBytes", r.dataBytes());
                o.put("name", r.name()).put("mediaType", r.mediaType());
            }
            case McapRecord.Statistics r -> {
                o.put("messages", r.messages()).put("schemas", r.schemas());
                o.put("channels", r.channels()).put("attachments", r.attachments());
                o.put("metadata", r.metadata()).put("chunks", r.chunks());
                unsigned(o, "startTimeNanos", r.startTimeNanos());
                unsigned(o, "endTimeNanos", r.endTimeNanos());
                counts(o.putObject("channelMessages"), r.channelMessages());
            }
            case McapRecord.Metadata r -> {
                o.put("name", r.name());
                texts(o.putObject("values"), r.values());
            }
            case McapRecord.MetadataIndex r ->
                    o.put("offset", r.offset())
                            .put("recordBytes", r.length())
                            .put("name", r.name());
            case McapRecord.SummaryOffset r ->
                    o.put("groupOpcode", r.groupOpcode())
                            .put("groupStartOffset", r.groupStart())
                            .put("groupBytes", r.groupBytes());
            case McapRecord.DataEnd r -> o.put("dataCrc", r.dataCrc());
        }
        return o;
    }

    private void data(ObjectNode o, McapRecord.Message r) {
        String encoding = r.channel().messageEncoding();
        if (encoding.equals("json")) {
            try {
                o.set("data", mapper.readTree(r.bytes(), r.offset(), r.length()));
                return;
            } catch (JacksonException e) {
                // Not what the channel says: shown as the bytes that it is.
            }
        }
        if (encoding.startsWith("text")) {
            o.put("data", new String(r.bytes(), r.offset(), r.length(), StandardCharsets.UTF_8));
        } else {
            o.put("dataHex", HEX.formatHex(r.bytes(), r.offset(), r.offset() + r.length()));
        }
    }

    private static void texts(ObjectNode o, Map<String, String> texts) {
        texts.forEach(o::put);
    }

    private static void counts(ObjectNode o, Map<Integer, Long> counts) {
        counts.forEach((channel, count) -> o.put(Integer.toString(channel), count));
    }

    private static void unsigned(ObjectNode o, String member, long value) {
        if (value >= 0) {
            o.put(member, value);
        } else {
            o.put(member, new BigInteger(Long.toUnsignedString(value)));
        }
    }
}
