package org.roadloop.collect.rows;

import java.util.Map;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.JsonDecoder;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import tools.jackson.databind.JsonNode;

/** Rows of files to rows of their raw table (行数据解码). One thread. */
public final class RowDecoder extends JsonDecoder {
    private final RowTable table;

    public RowDecoder(RowTable table, Counters counters) {
        super(table.source(), table.table(), table.schema(), "row_json", counters);
        this.table = table;
    }

    @Override
    protected void append(Batch rows, JsonNode cells, FrameLogReader record) {
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
