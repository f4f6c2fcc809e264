package org.roadloop.collect.rows;

import java.io.ByteArrayInputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameDecoder;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.Source;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows of files to rows of their raw table (行数据解码). One thread. */
public final class RowDecoder implements FrameDecoder {
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final RowTable table;
    private final Counters counters;
    private @Nullable Batch batch;

    public RowDecoder(RowTable table, Counters counters) {
        this.table = table;
        this.counters = counters;
    }

    @Override
    public boolean accepts(Source source) {
        return source == table.source();
    }

    @Override
    public String table() {
        return table.table();
    }

    @Override
    public Schema schema() {
        return table.schema();
    }

    @Override
    public void bind(Batch bound) {
        batch = bound;
    }

    @Override
    public void decode(FrameLogReader record) {
        Batch rows = batch;
        if (rows == null) {
            throw new IllegalStateException("no batch is bound");
        }
        JsonNode cells;
        try {
            cells =
                    mapper.readTree(
                            new ByteArrayInputStream(
                                    record.bytes(), record.offset(), record.length()));
        } catch (JacksonException e) {
            counters.increment("row_json");
            return;
        }
        Schema schema = table.schema();
        int row = rows.addRow();
        for (Map.Entry<String, JsonNode> cell : cells.properties()) {
            // A column that a later version took away is passed over.
            if (table.takes(cell.getKey())) {
                RowCells.set(rows, schema.indexOf(cell.getKey()), row, cell.getValue());
            }
        }
        rows.set(schema.indexOf("received_at"), row, record.receivedAtMicros());
        rows.set(schema.indexOf("lineage"), row, record.lineage().word());
        rows.set(schema.indexOf("segment"), row, record.segment());
        rows.set(schema.indexOf("frame_offset"), row, record.recordOffset());
        counters.increment("rows_decoded");
    }
}
