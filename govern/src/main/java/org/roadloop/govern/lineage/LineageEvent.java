package org.roadloop.govern.lineage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One finished run as an OpenLineage {@code RunEvent} (血缘事件), spec 2-0-2: a stretch of the frame
 * log, or tables and files, in; a table out, with its columns and its row count.
 *
 * @param runId UUID of the run; made from the passport's hash, so that the two belong together
 * @param job name of the plan
 * @param inputs namespace-free names of what was read
 * @param output table that was written
 */
public record LineageEvent(
        Instant at,
        UUID runId,
        String job,
        List<String> inputs,
        String output,
        Schema schema,
        long rows,
        long dataBytes) {
    public LineageEvent {
        inputs = List.copyOf(inputs);
    }

    private static final String PRODUCER = "https://github.com/roadloop/roadloop";
    private static final String SPEC = "https://openlineage.io/spec/";
    private static final String NAMESPACE = "roadloop";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A UUID (version 8 bits set) from the first 16 bytes of a hex SHA-256. */
    public static UUID runIdOf(String sha256) {
        long high = Long.parseUnsignedLong(sha256.substring(0, 16), 16);
        long low = Long.parseUnsignedLong(sha256.substring(16, 32), 16);
        return new UUID(
                (high & ~0xF000L) | 0x8000L,
                (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
    }

    public String json() {
        ObjectNode event = JSON.createObjectNode();
        event.put("eventType", "COMPLETE");
        event.put("eventTime", at.toString());
        event.put("producer", PRODUCER);
        event.put("schemaURL", SPEC + "2-0-2/OpenLineage.json#/$defs/RunEvent");
        event.putObject("run").put("runId", runId.toString());
        ObjectNode jobNode = event.putObject("job");
        jobNode.put("namespace", NAMESPACE);
        jobNode.put("name", job);
        ArrayNode read = event.putArray("inputs");
        for (String input : inputs) {
            ObjectNode in = read.addObject();
            in.put("namespace", NAMESPACE);
            in.put("name", input);
        }
        ObjectNode out = event.putArray("outputs").addObject();
        out.put("namespace", NAMESPACE);
        out.put("name", output);
        ObjectNode schemaFacet = out.putObject("facets").putObject("schema");
        schemaFacet.put("_producer", PRODUCER);
        schemaFacet.put(
                "_schemaURL",
                SPEC + "facets/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet");
        ArrayNode fields = schemaFacet.putArray("fields");
        for (Column column : schema.columns()) {
            ObjectNode field = fields.addObject();
            field.put("name", column.name());
            field.put("type", column.type().name());
        }
        ObjectNode statistics = out.putObject("outputFacets").putObject("outputStatistics");
        statistics.put("_producer", PRODUCER);
        statistics.put(
                "_schemaURL",
                SPEC
                        + "facets/1-0-2/OutputStatisticsOutputDatasetFacet.json"
                        + "#/$defs/OutputStatisticsOutputDatasetFacet");
        statistics.put("rowCount", rows);
        statistics.put("size", dataBytes);
        return JSON.writeValueAsString(event);
    }

    /**
     * Adds the event as one line to a file of events (JSON Lines). If it fails no part of the line
     * stays, at the latest once the next one is added: a line without its end is cut.
     */
    public void appendTo(Path file) {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            long end = endOfLines(channel);
            channel.truncate(end).position(end);
            ByteBuffer line = ByteBuffer.wrap((json() + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot add a lineage event to " + file, e);
        }
    }

    /** Behind the last line feed. */
    private static long endOfLines(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        long end = channel.size();
        while (end > 0) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        return end;
    }
}
