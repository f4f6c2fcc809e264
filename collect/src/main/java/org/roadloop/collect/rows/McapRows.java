package org.roadloop.collect.rows;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.mcap.McapDamage;
import org.roadloop.collect.mcap.McapFile;
import org.roadloop.collect.mcap.McapLimits;
import org.roadloop.collect.mcap.McapRecord;
import org.roadloop.collect.mcap.McapStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The messages of an MCAP file as rows (行车记录行). {@code $topic}, {@code $sequence}, {@code
 * $log_time_ns} and {@code $publish_time_ns} are of the message; other columns are paths in it
 * where its encoding is {@code json}. The encoding {@code can-frame} is, in the one recording known
 * to use it, id u32 big-endian, bus u8, data: the columns {@code can_id}, {@code bus}, {@code
 * data_hex}.
 */
public final class McapRows implements RowFile {
    private static final int CAN_HEAD_BYTES = 5;

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Path file;
    private final McapLimits limits;

    public McapRows(Path file, McapLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    @Override
    public Set<String> names() throws IOException {
        Set<String> topics = new LinkedHashSet<>();
        McapDamage later = (_, _, _) -> {};
        try (McapFile mcap = McapFile.open(file, limits, later)) {
            mcap.summary().channels().values().forEach(c -> topics.add(c.topic()));
        }
        return topics;
    }

    @Override
    public void read(Sink sink) throws IOException {
        McapDamage damage =
                (offset, reason, detail) -> sink.error("offset " + offset, reason, detail);
        try (McapStream records =
                new McapStream(
                        new BufferedInputStream(Files.newInputStream(file), 1 << 16),
                        limits,
                        damage)) {
            long number = 0;
            for (McapRecord r = records.next(); r != null; r = records.next()) {
                if (r instanceof McapRecord.Message message) {
                    row(message, "message " + ++number, sink);
                }
            }
        }
    }

    private void row(McapRecord.Message message, String place, Sink sink) throws IOException {
        switch (message.channel().messageEncoding()) {
            case "json" -> {
                JsonNode object;
                try {
                    object = mapper.readTree(message.bytes(), message.offset(), message.length());
                } catch (JacksonException e) {
                    sink.error(place, "row_json", "the message is no JSON");
                    return;
                }
                sink.row(
                        place,
                        column ->
                                column.startsWith("$")
                                        ? ofMessage(message, column)
                                        : JsonFile.value(object, column));
            }
            case "can-frame" -> {
                if (message.length() < CAN_HEAD_BYTES) {
                    sink.error(place, "row_can_frame", "the frame has no id and bus");
                } else {
                    sink.row(place, column -> ofCanFrame(message, column));
                }
            }
            // Topics in other encodings can be told apart, not looked into.
            default -> sink.row(place, column -> ofMessage(message, column));
        }
    }

    private static @Nullable Object ofMessage(McapRecord.Message message, String column) {
        return switch (column) {
            case "$topic" -> message.channel().topic();
            case "$sequence" -> message.sequence();
            case "$log_time_ns" -> message.logTimeNanos();
            case "$publish_time_ns" -> message.publishTimeNanos();
            default -> null;
        };
    }

    private static @Nullable Object ofCanFrame(McapRecord.Message message, String column) {
        byte[] bytes = message.bytes();
        int at = message.offset();
        return switch (column) {
            case "can_id" ->
                    (bytes[at] & 0xFFL) << 24
                            | (bytes[at + 1] & 0xFF) << 16
                            | (bytes[at + 2] & 0xFF) << 8
                            | (bytes[at + 3] & 0xFF);
            case "bus" -> bytes[at + 4] & 0xFF;
            case "data_hex" ->
                    HexFormat.of().formatHex(bytes, at + CAN_HEAD_BYTES, at + message.length());
            default -> ofMessage(message, column);
        };
    }
}
