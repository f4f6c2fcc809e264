package org.roadloop.collect.rows;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.IdentityHash;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes rows, one JSON object a line, into the frame log (行数据入日志). One object per stream; any
 * thread.
 */
public final class RowLog {
    /** Bytes of a line; a longer one is refused. */
    public static final int LONGEST_LINE = 1 << 16;

    private static final int MOST_ERRORS = 1000;

    private final JsonMapper mapper =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private final FrameLog log;
    private final Counters counters;

    public RowLog(FrameLog log, Counters counters) {
        this.log = log;
        this.counters = counters;
    }

    /**
     * What became of a stream of rows.
     *
     * @param rows in the log, durable
     * @param rejected by reason
     * @param errors the first thousand
     */
    public record Receipt(long rows, SortedMap<String, Long> rejected, List<LineError> errors) {}

    /**
     * A line that is no row.
     *
     * @param line from 1
     */
    public record LineError(long line, String reason, String detail) {}

    /** Reads all lines; returns when the rows are durable. */
    public Receipt append(RowTable table, InputStream lines)
            throws IOException, InterruptedException {
        SortedMap<String, Long> rejected = new TreeMap<>();
        List<LineError> errors = new ArrayList<>();
        long rows = 0;
        long number = 0;
        long receivedAtMicros = System.currentTimeMillis() * 1000;
        try (BufferedInputStream in = new BufferedInputStream(lines, 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (readLine(in, line)) {
                number++;
                if (line.size() == 0) {
                    continue;
                }
                try {
                    append(table, line.toByteArray(), receivedAtMicros);
                    rows++;
                } catch (RowFault e) {
                    counters.increment(e.reason());
                    rejected.merge(e.reason(), 1L, Long::sum);
                    if (errors.size() < MOST_ERRORS) {
                        errors.add(new LineError(number, e.reason(), e.detail()));
                    }
                }
            }
        }
        log.flush();
        counters.add("rows_imported", rows);
        return new Receipt(rows, rejected, errors);
    }

    /** One byte more than is allowed is kept of a line that is too long. */
    private static boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
        line.reset();
        int b = in.read();
        if (b < 0) {
            return false;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() <= LONGEST_LINE) {
                line.write(b);
            }
        }
        return true;
    }

    private void append(RowTable table, byte[] line, long receivedAtMicros)
            throws RowFault, InterruptedException {
        if (line.length > LONGEST_LINE) {
            throw new RowFault("row_length", "a line has at most " + LONGEST_LINE + " bytes");
        }
        ObjectNode row = object(line);
        for (Map.Entry<String, JsonNode> cell : row.properties()) {
            if (!table.takes(cell.getKey())) {
                throw new RowFault(
                        "row_column",
                        "table %s takes no column '%s'; it takes %s"
                                .formatted(table.table(), cell.getKey(), table.columns()));
            }
            RowCells.check(
                    table.schema().column(table.schema().indexOf(cell.getKey())), cell.getValue());
        }
        @Nullable JsonNode identity = row.get(table.identity());
        if (identity == null || identity.asString().isEmpty() || !row.has(table.time())) {
            throw new RowFault(
                    "row_key",
                    "a row of %s needs '%s' and '%s'"
                            .formatted(table.table(), table.identity(), table.time()));
        }
        byte[] id = identity.asString().getBytes(StandardCharsets.UTF_8);
        log.append(
                table.source(),
                Lineage.REPLAY,
                IdentityHash.of(id, 0, id.length),
                receivedAtMicros,
                line,
                0,
                line.length);
    }

    private ObjectNode object(byte[] line) throws RowFault {
        try {
            if (mapper.readTree(line) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new RowFault("row_json", "the line is no JSON");
        }
        throw new RowFault("row_json", "the line is no JSON object");
    }
}
