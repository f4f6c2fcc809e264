package org.roadloop.app.part;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All governed rows of the first few identities of a table, for the operator's own eyes (抽样). What
 * governance masks is null here as everywhere.
 */
final class TableSample {
    static final int MOST_VEHICLES = 1_000;
    static final int MOST_ROWS = 200_000;

    private TableSample() {}

    /**
     * @param identity column with the pseudonym; it is read also when it is not asked for
     * @param lineage only rows of this lineage; empty for all
     */
    static ObjectNode of(
            TableSource tables,
            String table,
            String identity,
            List<String> columns,
            String lineage,
            int vehicles) {
        Filter filter = lineage.isEmpty() ? Filter.ALL : new Filter.Equal("lineage", lineage);
        List<String> read = new java.util.ArrayList<>(columns);
        if (!read.contains(identity)) {
            read.add(identity);
        }
        int identityAt = read.indexOf(identity);
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        columns.forEach(answer.putArray("columns")::add);
        ArrayNode rows = answer.putArray("rows");
        Set<String> chosen = new HashSet<>();
        try (TableSource.Scan scan = tables.open(table, TableSource.LATEST, read, filter)) {
            answer.put("snapshot", Long.toString(scan.snapshot()));
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows() && rows.size() < MOST_ROWS; row++) {
                            String vehicle = batch.strings(identityAt).get(row);
                            if (chosen.contains(vehicle)
                                    || (chosen.size() < vehicles && chosen.add(vehicle))) {
                                add(rows.addArray(), batch, row, columns.size());
                            }
                        }
                    });
        }
        return answer;
    }

    private static void add(ArrayNode to, Batch batch, int row, int columns) {
        Schema schema = batch.schema();
        for (int c = 0; c < columns; c++) {
            if (!batch.isOk(c, row)) {
                to.addNull();
                continue;
            }
            switch (schema.column(c).type()) {
                case BOOL -> to.add(batch.booleans(c)[row]);
                case INT -> to.add(batch.ints(c)[row]);
                case LONG, TIMESTAMP_MICROS_UTC -> to.add(batch.longs(c)[row]);
                case FLOAT -> to.add(batch.floats(c)[row]);
                case DOUBLE -> to.add(batch.doubles(c)[row]);
                case STRING -> to.add(batch.strings(c).get(row));
            }
        }
    }
}
